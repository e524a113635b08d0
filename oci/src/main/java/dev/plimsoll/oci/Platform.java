package dev.plimsoll.oci;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;

/**
 * What an image runs on, in Go's names: {@code linux}, {@code amd64}, {@code v8}.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md">OCI
 *     image-spec 1.1.1, the platform of an index's entry</a>
 */
public record Platform(
    String architecture,
    String os,
    @JsonProperty("os.version") Optional<String> osVersion,
    Optional<String> variant) {

  public Platform(String os, String architecture) {
    this(architecture, os, Optional.empty(), Optional.empty());
  }

  /**
   * Reads {@code os/architecture[/variant]}, or an architecture alone.
   *
   * @throws IllegalArgumentException if there are more parts or an empty one
   */
  public static Platform parse(String text) {
    String[] parts = text.split("/", -1);
    for (String part : parts) {
      if (!part.matches("[A-Za-z0-9_.-]+")) {
        throw new IllegalArgumentException(
            "\"%s\" is not a platform (write os/architecture[/variant])".formatted(text));
      }
    }
    return switch (parts.length) {
      case 1 ->
          parts[0].equals("linux") || parts[0].equals("windows")
              ? new Platform(parts[0], host().architecture())
              : new Platform("linux", goArchitecture(parts[0]));
      case 2 -> new Platform(parts[0], goArchitecture(parts[1]));
      case 3 ->
          new Platform(goArchitecture(parts[1]), parts[0], Optional.empty(), Optional.of(parts[2]));
      default ->
          throw new IllegalArgumentException(
              "\"%s\" is not a platform (write os/architecture[/variant])".formatted(text));
    };
  }

  /** The platform that this process runs on. */
  public static Platform host() {
    return new Platform("linux", goArchitecture(System.getProperty("os.arch")));
  }

  private static String goArchitecture(String name) {
    return switch (name) {
      case "x86_64", "x86-64" -> "amd64";
      case "aarch64" -> "arm64";
      case "i386", "i686", "x86" -> "386";
      case "armhf", "armel" -> "arm";
      default -> name;
    };
  }

  /**
   * Whether an image for {@code this} runs where {@code wanted} is asked for. A variant that was not
   * written means the usual one: v8 on arm64, v7 on arm, v1 on amd64.
   */
  public boolean matches(Platform wanted) {
    return os.equals(wanted.os)
        && architecture.equals(wanted.architecture)
        && normalVariant().equals(wanted.normalVariant());
  }

  private String normalVariant() {
    return variant.orElseGet(() ->
        switch (architecture) {
          case "arm64" -> "v8";
          case "arm" -> "v7";
          case "amd64" -> "v1";
          default -> "";
        });
  }

  @Override
  public String toString() {
    return os + "/" + architecture + variant.map(v -> "/" + v).orElse("");
  }
}
