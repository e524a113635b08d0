package dev.plimsoll.database;

import java.util.Optional;

/**
 * Where PostgreSQL is, and as whom to come.
 *
 * @param url as JDBC has it, such as {@code jdbc:postgresql://db.example.org/registry?sslmode=verify-full};
 *     its parameters are those of the driver
 * @param user empty: as the URL or the environment says
 * @param password never shown
 */
public record PostgresAddress(String url, Optional<String> user, Optional<String> password) {
  private static final String SCHEME = "jdbc:postgresql:";

  public PostgresAddress {
    if (!url.startsWith(SCHEME)) {
      throw new IllegalArgumentException("it must begin with %s//HOST/DATABASE".formatted(SCHEME));
    }
  }

  /** The URL without its parameters, for there may be a password among them. */
  @Override
  public String toString() {
    int parameters = url.indexOf('?');
    String place = parameters < 0 ? url : url.substring(0, parameters);
    return place.substring("jdbc:".length()).replaceAll("//[^/@]*@", "//");
  }
}
