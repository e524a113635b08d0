package dev.plimsoll.transfer;

import dev.plimsoll.http.client.ClientResponse;
import dev.plimsoll.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A registry's answer.
 *
 * @param asked the URL that was answered, after redirects
 */
record RegistryReply(URI asked, ClientResponse response) implements AutoCloseable {
  /** How much of an error's body is read. */
  static final int ERROR_BYTES_MAX = 64 * 1024;

  private static final Pattern WHOLE = Pattern.compile("bytes [0-9]+-[0-9]+/([0-9]{1,18})");

  int status() {
    return response.status();
  }

  InputStream body() {
    return response.body();
  }

  Optional<String> header(String name) {
    return response.header(name);
  }

  OptionalLong contentLength() {
    return response.contentLength();
  }

  /** How many bytes the whole has of which this is a range: the end of {@code Content-Range}. */
  OptionalLong rangeOf() {
    Matcher whole = WHOLE.matcher(header("Content-Range").orElse(""));
    return whole.matches() ? OptionalLong.of(Long.parseLong(whole.group(1))) : OptionalLong.empty();
  }

  /** {@code Content-Type} without parameters, in lower case; empty where it says nothing. */
  String mediaType() {
    String type = header("Content-Type").orElse("");
    int parameters = type.indexOf(';');
    String bare = (parameters < 0 ? type : type.substring(0, parameters)).strip();
    boolean saysNothing =
        bare.equals("application/json")
            || bare.equals("application/octet-stream")
            || bare.startsWith("text/");
    return saysNothing ? "" : bare;
  }

  /** {@code Docker-Content-Digest}, if there is a legal one. */
  Optional<Digest> contentDigest() {
    try {
      return header("Docker-Content-Digest").map(Digest::parse);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** {@code Retry-After}, in seconds or as a time by the registry's own clock; zero without one. */
  Duration retryAfter() {
    String value = header("Retry-After").orElse("").strip();
    if (value.isEmpty()) {
      return Duration.ZERO;
    }
    try {
      Duration wait =
          value.chars().allMatch(Character::isDigit)
              ? Duration.ofSeconds(Long.parseLong(value))
              : Duration.between(time(header("Date").orElse("")), time(value));
      return wait.isNegative() ? Duration.ZERO : wait;
    } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
      return Duration.ZERO;
    }
  }

  private static Instant time(String text) {
    return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text));
  }

  /** Reads the error; an answer to HEAD has none, so the status has to do. */
  RegistryError error() throws IOException {
    Optional<RegistryError> oauth = oauthError();
    if (oauth.isPresent()) {
      return oauth.get();
    }
    byte[] body = response.body().readNBytes(ERROR_BYTES_MAX);
    RegistryError said = RegistryError.of(status(), response.reason(), body);
    if (!said.code().isEmpty()) {
      return said.message().isEmpty() ? RegistryError.standard(said.code()) : said;
    }
    return status() == 401 ? RegistryError.standard("UNAUTHORIZED") : said;
  }

  /** RFC 6750 section 3.1: the reason stands in the header, and there it is precise. */
  private Optional<RegistryError> oauthError() {
    List<Challenge> challenges = Challenge.of(response.headers("WWW-Authenticate"));
    for (Challenge challenge : challenges) {
      String description = challenge.parameter("error_description");
      String code =
          switch (challenge.parameter("error")) {
            case "invalid_token" -> "UNAUTHORIZED";
            case "insufficient_scope" -> "DENIED";
            default -> "";
          };
      if (challenge.scheme().equals("bearer") && !code.isEmpty()) {
        RegistryError standard = RegistryError.standard(code);
        return Optional.of(description.isEmpty() ? standard : new RegistryError(code, description));
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() throws IOException {
    response.close();
  }
}
