package dev.plimsoll.cli.registry;

import dev.plimsoll.foundation.Durations;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A time as people write it: {@code 2026-01-31T18:00:00Z}, {@code 2026-01-31 18:00} and {@code
 * 2026-01-31} by this machine's clock, or how long ago: {@code 2h}.
 */
final class PastTime implements ITypeConverter<Instant> {
  private static final List<Function<String, Instant>> FORMS =
      List.of(
          text -> OffsetDateTime.parse(text).toInstant(),
          text ->
              LocalDateTime.parse(text.replace(' ', 'T'))
                  .atZone(ZoneId.systemDefault())
                  .toInstant(),
          text -> LocalDate.parse(text).atStartOfDay(ZoneId.systemDefault()).toInstant());

  @Override
  public Instant convert(String text) {
    for (Function<String, Instant> form : FORMS) {
      try {
        return form.apply(text.strip());
      } catch (DateTimeParseException e) {
        // The next form may fit.
      }
    }
    try {
      return Instant.now().minus(Durations.parse(text));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new TypeConversionException(
          "\"%s\" is no time; write 2026-01-31T18:00:00Z, \"2026-01-31 18:00\" or, for two hours ago, 2h"
              .formatted(text));
    }
  }
}
