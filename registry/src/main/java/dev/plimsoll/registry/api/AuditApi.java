package dev.plimsoll.registry.api;

import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.registry.event.AuditLog;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** {@code /plimsoll/v1/audit}: who changed what, newest first. */
public final class AuditApi implements AdminResource {
  private static final int PAGE_MAX = 1000;

  private final AuditLog log;

  public AuditApi(AuditLog log) {
    this.log = log;
  }

  private record Entries(List<AuditLog.Entry> changes) {}

  @Override
  public Set<String> parameters(String path) {
    return path.equals(ROOT + "/audit") ? Set.of("n", "last", "actor") : Set.of();
  }

  @Override
  public boolean handle(String path, Request request, Response response) throws IOException {
    if (!path.equals(ROOT + "/audit")) {
      return false;
    }
    if (!Parameters.refused("GET", request, response)) {
      Page page = Page.of(request, PAGE_MAX);
      long before = page.before();
      Parameters.json(response, new Entries(log.page(request.query("actor"), before, page.size())));
    }
    return true;
  }
}
