package dev.plimsoll.engine.image;

import dev.plimsoll.engine.filter.Filters;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.foundation.Durations;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Moments as filters name them: {@code 24h} ago, {@code 2024-05-06}, RFC 3339 or unix seconds. */
public final class Moments {
  private static final Pattern UNIX = Pattern.compile("[0-9]{1,12}(\\.[0-9]{1,9})?");

  private Moments() {}

  /** The moment of the {@code until} filter, which may be there once. */
  public static Optional<Instant> until(Filters filters, Instant now) {
    List<String> values = filters.all("until");
    if (values.size() > 1) {
      throw new BadParameter("more than one until filter specified");
    }
    return values.stream().findFirst().map(text -> parse(text, now));
  }

  static Instant parse(String text, Instant now) {
    try {
      return now.minus(Durations.parse(text));
    } catch (IllegalArgumentException e) {
      // It is no duration, so it must be a date.
    }
    try {
      if (UNIX.matcher(text).matches()) {
        return Instant.ofEpochSecond(Long.parseLong(text.split("\\.", 2)[0]));
      }
      if (text.length() == 10) {
        return LocalDate.parse(text).atStartOfDay(ZoneId.systemDefault()).toInstant();
      }
      boolean zoned = text.matches(".*(Z|[+-][0-9]{2}:[0-9]{2})");
      return zoned
          ? OffsetDateTime.parse(text).toInstant()
          : LocalDateTime.parse(text).atZone(ZoneId.systemDefault()).toInstant();
    } catch (DateTimeException e) {
      throw new BadParameter("failed to parse value as time or duration: \"" + text + "\"", e);
    }
  }
}
