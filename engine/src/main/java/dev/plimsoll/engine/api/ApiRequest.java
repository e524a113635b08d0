package dev.plimsoll.engine.api;

import dev.plimsoll.docker.ApiVersion;
import dev.plimsoll.docker.AuthConfig;
import dev.plimsoll.engine.filter.Filters;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.http.Request;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One request of the Engine API, read the way dockerd reads it: what is malformed is refused with
 * dockerd's words.
 */
public final class ApiRequest {
  /** No request of the API but the streamed ones comes near this. */
  private static final int JSON_BYTES_MAX = 4 << 20;

  private static final Set<String> NO = Set.of("", "0", "no", "false", "none");
  private static final Pattern PARSER_NOTES =
      Pattern.compile(
          "^not valid JSON: | *\\((start marker|through reference chain).*", Pattern.DOTALL);
  private static final byte[] EMPTY_OBJECT = {'{', '}'};

  private final Request http;
  private final ApiVersion version;
  private final Map<String, String> names;

  ApiRequest(Request http, ApiVersion version, Map<String, String> names) {
    this.http = http;
    this.version = version;
    this.names = names;
  }

  /** The version of the API that the client speaks. */
  public ApiVersion version() {
    return version;
  }

  /** The request as it came: headers, streamed body, what to do when the client goes. */
  public Request http() {
    return http;
  }

  /** The decoded part of the path that the route's pattern calls by this name. */
  public String path(String name) {
    String value = names.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the pattern of this route has no {" + name + "}");
    }
    return value;
  }

  /** The first value of a parameter; an empty one counts as absent, as it does for dockerd. */
  public Optional<String> query(String name) {
    return http.query(name).filter(value -> !value.isEmpty());
  }

  /** All values of a parameter that may come more than once. */
  public List<String> queries(String name) {
    return http.queries(name);
  }

  /** Whether a parameter says yes: it is there and none of "", 0, no, false, none. */
  public boolean flag(String name) {
    return http.query(name).map(ApiRequest::isYes).orElse(false);
  }

  /** As {@link #flag}, for a parameter whose absence means yes. */
  public boolean flagUnlessAbsent(String name) {
    return http.query(name).map(ApiRequest::isYes).orElse(true);
  }

  private static boolean isYes(String value) {
    return !NO.contains(value.strip().toLowerCase(Locale.ROOT));
  }

  /**
   * A parameter that is a number.
   *
   * @throws BadParameter if it is there and is none
   */
  public OptionalLong number(String name) {
    Optional<String> value = query(name);
    if (value.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(value.get().strip()));
    } catch (NumberFormatException e) {
      throw new BadParameter(
          "invalid value for %s: \"%s\" is not a number".formatted(name, value.get()), e);
    }
  }

  public Filters filters() {
    return Filters.parse(http.query("filters").orElse(""));
  }

  /**
   * The login that came along, {@link AuthConfig#NONE} if none did.
   *
   * @throws BadParameter if the header is not base64 of JSON
   */
  public AuthConfig registryAuth() {
    try {
      return AuthConfig.decode(http.header("X-Registry-Auth").orElse(""));
    } catch (IllegalArgumentException e) {
      throw new BadParameter("invalid X-Registry-Auth header: " + e.getMessage(), e);
    }
  }

  /** Whether a body came with the request, as far as its headers tell. */
  public boolean hasBody() {
    return http.hasBody() && http.contentLength().orElse(1) > 0;
  }

  /**
   * Reads the body. No body is read as {@code {}}.
   *
   * @throws BadParameter if it is not JSON, does not fit the type, or is too large
   */
  public <T> T json(Class<T> type) throws IOException {
    if (!hasBody()) {
      return Json.read(EMPTY_OBJECT, type);
    }
    requireJsonType();
    byte[] body = http.body().readNBytes(JSON_BYTES_MAX + 1);
    if (body.length > JSON_BYTES_MAX) {
      throw new BadParameter(
          "invalid JSON: the request body is larger than %d bytes".formatted(JSON_BYTES_MAX));
    }
    if (body.length == 0) {
      throw new BadParameter("invalid JSON: got EOF while reading request body");
    }
    try {
      return Json.read(body, type);
    } catch (IllegalArgumentException e) {
      throw new BadParameter("invalid JSON: " + reason(e), e);
    }
  }

  /** Without the parser's notes on where in its own source it was. */
  private static String reason(IllegalArgumentException e) {
    return PARSER_NOTES.matcher(String.valueOf(e.getMessage())).replaceAll("");
  }

  private void requireJsonType() {
    String type = http.header("Content-Type").orElse("");
    String essence = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    if (essence.isEmpty()) {
      throw new BadParameter("malformed Content-Type header (): mime: no media type");
    }
    if (!essence.equals("application/json")) {
      throw new BadParameter(
          "unsupported Content-Type header (%s): must be 'application/json'".formatted(type));
    }
  }
}
