package dev.plimsoll.registry.api;

import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.registry.event.AuditLog;
import java.io.IOException;
import java.util.List;

/** {@code /plimsoll/v1/audit}: who changed what, newest first. */
public final class AuditApi implements AdminResource {
  private static final int PAGE_MAX = 1000;

  private final AuditLog log;

  public AuditApi(AuditLog log) {
    this.log = log;
  }

  private record Entries(List<AuditLog.Entry> changes) {}

  @Override
  public boolean handle(String path, Request request, Response response) throws IOException {
    if (!path.equals(ROOT + "/audit")) {
      return false;
    }
    if (!Parameters.refused("GET", request, response)) {
      Page page = Page.of(request, PAGE_MAX);
      long before = page.after().isEmpty() ? Long.MAX_VALUE : Parameters.number(page.after());
      Parameters.json(response, new Entries(log.page(request.query("actor"), before, page.size())));
    }
    return true;
  }
}
