package dev.plimsoll.registry.api;

import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.registry.auth.ReadOnly;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** {@code /plimsoll/v1/read-only}: whether the registry takes changes. */
public final class ReadOnlyApi implements AdminResource {
  static final String PATH = ROOT + "/read-only";

  private static final int REASON_CHARS_MAX = 500;

  private final ReadOnly readOnly;

  public ReadOnlyApi(ReadOnly readOnly) {
    this.readOnly = readOnly;
  }

  private record State(boolean readOnly, Optional<String> reason) {}

  @Override
  public Set<String> parameters(String path) {
    return path.equals(PATH) ? Set.of("reason") : Set.of();
  }

  @Override
  public boolean handle(String path, Request request, Response response) throws IOException {
    if (!path.equals(PATH)) {
      return false;
    }
    switch (request.method()) {
      case "GET" -> tell(response);
      case "PUT" -> {
        String reason =
            request.query("reason").filter(text -> !text.isBlank()).orElse("maintenance");
        readOnly.begin(
            reason.substring(0, Math.min(REASON_CHARS_MAX, reason.length())), Callers.of(request));
        tell(response);
      }
      case "DELETE" -> {
        readOnly.end(Callers.of(request));
        tell(response);
      }
      default -> Methods.refuse(response, "GET, PUT, DELETE");
    }
    return true;
  }

  private void tell(Response response) throws IOException {
    Optional<String> reason = readOnly.reason();
    Parameters.json(response, new State(reason.isPresent(), reason));
  }
}
