package dev.plimsoll.http.client;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** Status line and headers of an answer. */
record ResponseHead(int minorVersion, int status, String reason, List<Header> headers) {

  Optional<String> header(String name) {
    return headers.stream()
        .filter(header -> header.name().equalsIgnoreCase(name))
        .map(Header::value)
        .findFirst();
  }

  List<String> headers(String name) {
    return headers.stream()
        .filter(header -> header.name().equalsIgnoreCase(name))
        .map(Header::value)
        .toList();
  }

  boolean informational() {
    return status < 200;
  }

  boolean chunked() {
    return headers("Transfer-Encoding").stream()
        .anyMatch(value -> value.toLowerCase(Locale.ROOT).strip().endsWith("chunked"));
  }

  /** Checked by {@link ResponseParser}: if present, it is one number. */
  OptionalLong contentLength() {
    return header("Content-Length")
        .map(Long::parseLong)
        .map(OptionalLong::of)
        .orElseGet(OptionalLong::empty);
  }

  /** Whether the server promises to read another request from this connection. */
  boolean keepsAlive() {
    return minorVersion >= 1
        && headers("Connection").stream()
            .noneMatch(value -> value.toLowerCase(Locale.ROOT).contains("close"));
  }
}
