package dev.plimsoll.registry.api;

import dev.plimsoll.foundation.Durations;
import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.registry.auth.Account;
import dev.plimsoll.registry.auth.Accounts;
import dev.plimsoll.registry.auth.Permission;
import dev.plimsoll.registry.event.AuditLog;
import dev.plimsoll.registry.repository.RegistryException.Malformed;
import dev.plimsoll.registry.repository.RegistryException.Malformed.Subject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * {@code /plimsoll/v1/users} and {@code /plimsoll/v1/robots}. Secrets come in bodies, never in
 * addresses, which are logged.
 */
public final class AccountsApi implements AdminResource {
  private static final String USERS = ROOT + "/users";
  private static final String ROBOTS = ROOT + "/robots";
  private static final int BODY_BYTES_MAX = 1 << 20;

  private final Accounts accounts;

  public AccountsApi(Accounts accounts) {
    this.accounts = accounts;
  }

  private record Users(List<Item> users) {}

  private record Robots(List<Item> robots) {}

  private record Item(
      String name, List<String> permissions, Instant createdAt, Optional<Instant> expiresAt) {
    static Item of(Account account) {
      return new Item(
          account.name(),
          account.permissions().stream().map(Permission::toString).toList(),
          account.createdAt(),
          account.expiresAt());
    }
  }

  private record NewRobot(
      String name,
      List<String> permissions,
      Optional<Instant> expiresAt,
      String username,
      String token) {}

  private record Changed(String changed) {}

  private record Removed(String removed) {}

  @Override
  public boolean handle(String path, Request request, Response response) throws IOException {
    if (path.equals(USERS)) {
      users(request, response);
    } else if (path.equals(USERS + "/import")) {
      importUsers(request, response);
    } else if (path.startsWith(USERS + "/")) {
      user(path.substring(USERS.length() + 1), request, response);
    } else if (path.equals(ROBOTS)) {
      robots(request, response);
    } else if (path.startsWith(ROBOTS + "/")) {
      robot(path.substring(ROBOTS.length() + 1), request, response);
    } else {
      return false;
    }
    return true;
  }

  private void users(Request request, Response response) throws IOException {
    switch (request.method()) {
      case "GET" ->
          Parameters.json(
              response,
              new Users(accounts.list(Account.Kind.USER).stream().map(Item::of).toList()));
      case "POST" -> {
        JsonNode body =
            Parameters.document(request, BODY_BYTES_MAX, "name", "password", "permissions");
        AuditLog.detail("user " + text(body, "name"));
        Account added =
            accounts.addUser(text(body, "name"), text(body, "password"), permissions(body));
        Parameters.json(response, Item.of(added));
      }
      default -> Methods.refuse(response, "GET, POST");
    }
  }

  private void importUsers(Request request, Response response) throws IOException {
    if (Parameters.refused("POST", request, response)) {
      return;
    }
    String file = new String(request.bytes(BODY_BYTES_MAX), StandardCharsets.UTF_8);
    Parameters.json(response, accounts.importHtpasswd(file));
  }

  private void user(String name, Request request, Response response) throws IOException {
    switch (request.method()) {
      case "PUT" -> {
        JsonNode body = Parameters.document(request, BODY_BYTES_MAX, "password", "permissions");
        if (body.has("permissions")) {
          accounts.permit(Account.Kind.USER, name, permissions(body));
        }
        if (body.has("password") || !body.has("permissions")) {
          accounts.setPassword(name, text(body, "password"));
        }
        Parameters.json(response, new Changed(name));
      }
      case "DELETE" -> remove(Account.Kind.USER, name, response);
      default -> Methods.refuse(response, "PUT, DELETE");
    }
  }

  private void robots(Request request, Response response) throws IOException {
    switch (request.method()) {
      case "GET" ->
          Parameters.json(
              response,
              new Robots(accounts.list(Account.Kind.ROBOT).stream().map(Item::of).toList()));
      case "POST" -> {
        JsonNode body =
            Parameters.document(request, BODY_BYTES_MAX, "name", "permissions", "expires");
        AuditLog.detail("robot " + text(body, "name"));
        tell(accounts.addRobot(text(body, "name"), permissions(body), life(body)), response);
      }
      default -> Methods.refuse(response, "GET, POST");
    }
  }

  private void robot(String name, Request request, Response response) throws IOException {
    switch (request.method()) {
      case "PUT" -> {
        JsonNode body = Parameters.document(request, BODY_BYTES_MAX, "permissions");
        accounts.permit(Account.Kind.ROBOT, name, permissions(body));
        Parameters.json(response, new Changed(name));
      }
      case "POST" -> {
        JsonNode body = Parameters.document(request, BODY_BYTES_MAX, "expires");
        tell(accounts.renewRobot(name, life(body)), response);
      }
      case "DELETE" -> remove(Account.Kind.ROBOT, name, response);
      default -> Methods.refuse(response, "PUT, POST, DELETE");
    }
  }

  private void remove(Account.Kind kind, String name, Response response) throws IOException {
    accounts.remove(kind, name);
    Parameters.json(response, new Removed(name));
  }

  private static void tell(Accounts.NewRobot robot, Response response) throws IOException {
    Account account = robot.account();
    response.header("Cache-Control", "no-store");
    Parameters.json(
        response,
        new NewRobot(
            account.name(),
            account.permissions().stream().map(Permission::toString).toList(),
            account.expiresAt(),
            account.signInName(),
            robot.token()));
  }

  private static String text(JsonNode body, String key) {
    JsonNode value = body.path(key);
    if (!value.isString()) {
      throw new Malformed(Subject.DOCUMENT, "the document needs a text \"%s\"".formatted(key));
    }
    return value.asString();
  }

  private static List<Permission> permissions(JsonNode body) {
    List<Permission> permissions = new ArrayList<>();
    for (JsonNode item : Parameters.list(body, "permissions")) {
      permissions.add(Endpoint.read(Subject.DOCUMENT, item.asString(""), Permission::parseNew));
    }
    return permissions;
  }

  private static Optional<Duration> life(JsonNode body) {
    JsonNode value = body.path("expires");
    return value.isMissingNode()
        ? Optional.empty()
        : Optional.of(Endpoint.read(Subject.DOCUMENT, value.asString(""), Durations::parse));
  }
}
