package dev.plimsoll.engine.report;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether and to whom it is told what runs here.
 *
 * @param registry empty: to nobody
 * @param name by which the registry knows this engine
 * @param every how long until the same is told again
 * @param credentials a file that holds {@code user:password}; empty: none are shown
 */
public record ReportSettings(
    Optional<URI> registry, String name, Duration every, Optional<Path> credentials) {
  public static final ReportSettings OFF =
      new ReportSettings(Optional.empty(), "", Duration.ofMinutes(1), Optional.empty());

  public ReportSettings {
    if (!every.isPositive()) {
      throw new IllegalArgumentException(
          "engine.report.every is %s; it must be positive".formatted(every));
    }
    registry.ifPresent(url -> {
      if (url.getHost() == null
          || !("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
        throw new IllegalArgumentException(
            "engine.report.registry is %s; it must begin with http:// or https:// and a host"
                .formatted(url));
      }
    });
  }
}
