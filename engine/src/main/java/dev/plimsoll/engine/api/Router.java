package dev.plimsoll.engine.api;

import dev.plimsoll.docker.ApiVersion;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.engine.refusal.EngineException.NotFound;
import dev.plimsoll.http.ClientGone;
import dev.plimsoll.http.Handler;
import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the method that answers a request. Paths may begin with the version of the API that the
 * client speaks, {@code /v1.24} to {@code /v1.51}; without one, the newest is meant. A path or
 * method that nobody has registered is answered as dockerd does: 404, "page not found".
 *
 * <p>Routes are added before the first request; from then on it is safe for many threads.
 */
public final class Router implements Handler {
  private static final Logger log = LoggerFactory.getLogger(Router.class);
  private static final Pattern VERSIONED = Pattern.compile("/v([0-9.]+)(/.*)");

  private record Route(PathPattern pattern, ApiHandler handler) {}

  private final Map<String, List<Route>> routes = new HashMap<>();
  private final String server;

  /** @param server the name and version of this program, for the {@code Server} header */
  public Router(String server) {
    this.server = server;
  }

  public Router get(String pattern, ApiHandler handler) {
    return add("GET", pattern, handler);
  }

  public Router head(String pattern, ApiHandler handler) {
    return add("HEAD", pattern, handler);
  }

  public Router post(String pattern, ApiHandler handler) {
    return add("POST", pattern, handler);
  }

  public Router put(String pattern, ApiHandler handler) {
    return add("PUT", pattern, handler);
  }

  public Router delete(String pattern, ApiHandler handler) {
    return add("DELETE", pattern, handler);
  }

  /** Adds the routes of a whole subject. */
  public Router add(Resource resource) {
    resource.routes(this);
    return this;
  }

  private Router add(String method, String pattern, ApiHandler handler) {
    routes
        .computeIfAbsent(method, _ -> new ArrayList<>())
        .add(new Route(PathPattern.parse(pattern), handler));
    return this;
  }

  @Override
  public void handle(Request request, Response response) throws Exception {
    response
        .header("Api-Version", ApiVersion.NEWEST)
        .header("Docker-Experimental", "false")
        .header("Ostype", "linux")
        .header("Server", server);
    try {
      dispatch(request, response);
    } catch (ClientGone e) {
      throw e; // nobody is there to be told
    } catch (Exception e) {
      if (response.committed()) {
        throw e;
      }
      refuse(request, response, Errors.of(e), e);
    }
  }

  private void dispatch(Request request, Response response) throws Exception {
    String path = request.path();
    ApiVersion version = ApiVersion.NEWEST;
    Matcher versioned = VERSIONED.matcher(path);
    if (versioned.matches()) {
      version = accepted(versioned.group(1));
      path = versioned.group(2);
    }
    List<String> segments = PathPattern.split(path.startsWith("/") ? path : "/" + path);
    for (Route route : routes.getOrDefault(request.method(), List.of())) {
      Optional<Map<String, String>> names = match(route, segments);
      if (names.isPresent()) {
        route.handler.handle(new ApiRequest(request, version, names.get()), response);
        return;
      }
    }
    throw new NotFound("page not found");
  }

  private static Optional<Map<String, String>> match(Route route, List<String> segments) {
    try {
      return route.pattern.match(segments);
    } catch (IllegalArgumentException e) {
      throw new BadParameter("malformed path: " + e.getMessage(), e);
    }
  }

  private static ApiVersion accepted(String text) {
    ApiVersion version;
    try {
      version = ApiVersion.parse(text);
    } catch (IllegalArgumentException e) {
      throw new NotFound("page not found");
    }
    if (version.compareTo(ApiVersion.OLDEST) < 0) {
      throw new BadParameter(
          "client version %s is too old. Minimum supported API version is %s, please upgrade your client to a newer version"
              .formatted(text, ApiVersion.OLDEST));
    }
    if (version.compareTo(ApiVersion.NEWEST) > 0) {
      throw new BadParameter(
          "client version %s is too new. Maximum supported API version is %s"
              .formatted(text, ApiVersion.NEWEST));
    }
    return version;
  }

  private static void refuse(Request request, Response response, Errors error, Exception cause)
      throws IOException {
    if (error.isTrouble()) {
      log.error(
          "request failed id={} method={} path={} status={}",
          request.id(),
          request.method(),
          request.path(),
          error.status(),
          cause);
    }
    if (error.status() == 304) {
      response.status(304).send();
      return;
    }
    JsonReply.send(response, error.status(), Map.of("message", error.message()));
  }
}
