package dev.plimsoll.registry.api;

import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.auth.AccessControl;
import dev.plimsoll.registry.auth.AccessException;
import dev.plimsoll.registry.auth.Action;
import dev.plimsoll.registry.auth.Caller;
import dev.plimsoll.registry.auth.Credentials;
import dev.plimsoll.registry.auth.Need;
import dev.plimsoll.registry.auth.Scope;
import dev.plimsoll.registry.auth.Sessions;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where every request is let in or refused: what {@link AccessControl} decides, in HTTP. */
final class Gate {
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.:\\[\\]-]{1,255}");

  private final AccessControl access;
  private final Origins origins;
  private final Locations locations;
  private final Meaning meaning;

  /** What a request is about, where its path does not say it all. */
  interface Meaning {
    Endpoint of(Endpoint endpoint, Request request);
  }

  Gate(AccessControl access, Origins origins, Locations locations, Meaning meaning) {
    this.meaning = meaning;
    this.access = access;
    this.origins = origins;
    this.locations = locations;
  }

  /** Finds out who asks. */
  Visitor admit(Request request) throws IOException {
    AccessControl.Origin origin = origins.of(request);
    Credentials credentials = Credentials.parse(request.header("Authorization"));
    return new Visitor(access.admit(credentials, origin), origin, request.id());
  }

  /** Returns if the visitor may do what the request asks; refuses if not. */
  void check(Endpoint endpoint, Visitor visitor, Request request) {
    Caller caller = visitor.caller();
    switch (endpoint) {
      case Endpoint.Base _ -> {
        // Clients ask here whether there is anything to sign in to, and sign in only if told so.
        if (access.configured() && caller.equals(Caller.ANONYMOUS)) {
          throw new AccessException.SignInRequired();
        }
      }
      case Endpoint.Catalog _ -> {
        if (!caller.mayList()) {
          throw new AccessException.ScopeTooSmall(caller.identity());
        }
      }
      default -> require(need(endpoint, request), visitor);
    }
  }

  void require(Need need, Visitor visitor) {
    access.require(need, visitor.caller(), visitor.origin());
  }

  boolean mayPull(Visitor visitor, RepositoryName repository) {
    return access.allows(visitor.caller(), Action.PULL, repository);
  }

  /** What is measured is for those who sign in, and for the registry's own machine. */
  void checkMetrics(Visitor visitor) {
    if (access.configured()
        && visitor.caller().equals(Caller.ANONYMOUS)
        && visitor.origin().nearness() != AccessControl.Nearness.THIS_MACHINE) {
      throw new AccessException.SignInRequired();
    }
  }

  private static Need need(Endpoint endpoint, Request request) {
    String method = request.method();
    return switch (endpoint) {
      case Endpoint.Base _, Endpoint.Catalog _ -> new Need.Nothing();
      case Endpoint.Blob at -> new Need.On(forContent(method), at.repository());
      case Endpoint.ManifestOf at -> new Need.On(forContent(method), at.repository());
      case Endpoint.Uploads at -> new Need.On(Action.PUSH, at.repository());
      case Endpoint.Upload at -> new Need.On(Action.PUSH, at.repository());
      case Endpoint.Tags at -> new Need.On(Action.PULL, at.repository());
      case Endpoint.Referrers at -> new Need.On(Action.PULL, at.repository());
    };
  }

  private static Action forContent(String method) {
    return switch (method) {
      case "GET", "HEAD" -> Action.PULL;
      case "DELETE" -> Action.DELETE;
      default -> Action.PUSH;
    };
  }

  /** Tells a client that was refused how to sign in, if that would help. */
  void challenge(AccessException refusal, Request request, Response response) {
    boolean invalid = request.header("Authorization").isPresent();
    switch (refusal) {
      case AccessException.SignInRequired _ ->
          response.header("WWW-Authenticate", challenge(request, invalid ? "invalid_token" : ""));
      case AccessException.TokenEnded _ ->
          response.header("WWW-Authenticate", challenge(request, "invalid_token"));
      case AccessException.ScopeTooSmall _ ->
          response.header("WWW-Authenticate", challenge(request, "insufficient_scope"));
      case AccessException.TooManyRequests e ->
          response.header("Retry-After", e.retryAfterSeconds());
      default -> {}
    }
  }

  private String challenge(Request request, String error) {
    String path = locations.inner(request.path());
    boolean ours = path.startsWith(AdminResource.ROOT + "/"); // no token is good for these
    if (ours || access.policy().sessions().challenge() == Sessions.Challenge.BASIC) {
      return "Basic realm=\"Plimsoll registry\", charset=\"UTF-8\"";
    }
    StringBuilder text =
        new StringBuilder("Bearer realm=\"")
            .append(base(request))
            .append(TokenApi.PATH)
            .append("\",service=\"")
            .append(TokenApi.SERVICE)
            .append('"');
    scope(path, request).ifPresent(scope -> text.append(",scope=\"").append(scope).append('"'));
    if (!error.isEmpty()) {
      text.append(",error=\"").append(error).append('"');
    }
    return text.toString();
  }

  /** Absolute, as the token flow wants it. */
  private String base(Request request) {
    if (!locations.base().isEmpty()) {
      return locations.base();
    }
    String host = request.header("Host").filter(h -> HOST.matcher(h).matches()).orElse("localhost");
    return (request.secure() ? "https://" : "http://") + host;
  }

  private Optional<String> scope(String path, Request request) {
    Optional<Endpoint> endpoint =
        path.startsWith("/v2/") ? Endpoint.parse(path.substring("/v2".length())) : Optional.empty();
    if (endpoint.isEmpty()) {
      return Optional.empty();
    }
    Endpoint meant = meaning.of(endpoint.get(), request);
    if (meant instanceof Endpoint.Catalog) {
      return Optional.of("registry:catalog:*");
    }
    return need(meant, request) instanceof Need.On(Action action, RepositoryName repository)
        ? Optional.of(Scope.text(action, repository))
        : Optional.empty();
  }
}
