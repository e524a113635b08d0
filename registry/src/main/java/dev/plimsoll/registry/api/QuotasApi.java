package dev.plimsoll.registry.api;

import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.registry.auth.AccessControl;
import dev.plimsoll.registry.repository.Quota;
import dev.plimsoll.registry.repository.Quotas;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;

/** {@code /plimsoll/v1/quotas}: how far each quota is used. */
public final class QuotasApi implements AdminResource {
  private final AccessControl access;
  private final Quotas quotas;

  public QuotasApi(AccessControl access, Quotas quotas) {
    this.access = access;
    this.quotas = quotas;
  }

  private record Levels(List<Level> quotas) {}

  private record Level(
      String namespace, OptionalLong bytesMax, OptionalLong tagsMax, long bytes, long tags) {
    static Level of(Quotas.Level level) {
      Quota quota = level.quota();
      return new Level(
          quota.namespace().isEmpty() ? "*" : quota.namespace(),
          quota.bytesMax(),
          quota.tagsMax(),
          level.usage().sizeBytes(),
          level.usage().tags());
    }
  }

  @Override
  public boolean handle(String path, Request request, Response response) throws IOException {
    if (!path.equals(ROOT + "/quotas")) {
      return false;
    }
    if (!Parameters.refused("GET", request, response)) {
      Parameters.json(
          response,
          new Levels(quotas.levels(access.policy().quotas()).stream().map(Level::of).toList()));
    }
    return true;
  }
}
