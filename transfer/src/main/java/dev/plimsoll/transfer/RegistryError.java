package dev.plimsoll.transfer;

import dev.plimsoll.oci.Json;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/**
 * The first error of a registry's answer.
 *
 * @param code such as {@code MANIFEST_UNKNOWN}; empty if the answer was not of the specified form
 * @param message what the registry said, or what it should have said
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes">
 *     OCI distribution-spec 1.1.1, Error codes</a>
 */
record RegistryError(String code, String message) {
  private static final int MESSAGE_CHARS_MAX = 1000;

  /** Reads an error body of any form; never throws. */
  static RegistryError of(int status, String reason, byte[] body) {
    try {
      JsonNode root = Json.tree(body);
      JsonNode first = root.path("errors").path(0);
      String code = first.path("code").asString("");
      String message = first.path("message").asString("");
      if (!code.isEmpty()) {
        return new RegistryError(code, shown(message));
      }
      // The form of token servers, and of dockerd-like proxies.
      String details = root.path("details").asString(root.path("message").asString(""));
      if (!details.isEmpty()) {
        return new RegistryError("", shown(details));
      }
    } catch (IllegalArgumentException e) {
      return unexpected(status, reason, body);
    }
    return unexpected(status, reason, body);
  }

  /** The error as the specification words it. */
  static RegistryError standard(String code) {
    return new RegistryError(
        code,
        switch (code) {
          case "UNAUTHORIZED" -> "authentication required";
          case "DENIED" -> "requested access to the resource is denied";
          case "MANIFEST_UNKNOWN" -> "manifest unknown";
          case "BLOB_UNKNOWN" -> "blob unknown to registry";
          case "NAME_UNKNOWN" -> "repository name not known to registry";
          case "TOOMANYREQUESTS" -> "too many requests";
          default -> "";
        });
  }

  /** "manifest unknown: manifest unknown", as Docker prints it. */
  String text() {
    String name = code.toLowerCase(Locale.ROOT).replace('_', ' ');
    return name.isEmpty() ? message : message.isEmpty() ? name : name + ": " + message;
  }

  private static RegistryError unexpected(int status, String reason, byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8).strip();
    boolean plain = !text.isEmpty() && text.length() <= 200 && !text.startsWith("<");
    return new RegistryError(
        "",
        "received unexpected HTTP status: %s%s"
            .formatted(
                reason.isEmpty() ? String.valueOf(status) : status + " " + reason,
                plain ? ": " + shown(text) : ""));
  }

  private static String shown(String text) {
    String start =
        text.length() > MESSAGE_CHARS_MAX ? text.substring(0, MESSAGE_CHARS_MAX) + "…" : text;
    return start.replaceAll("\\p{Cntrl}+", " ");
  }
}
