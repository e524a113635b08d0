package dev.plimsoll.registry.api;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of a blob.
 *
 * @param length 0 if nothing of the blob is in the range that was asked for
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110.html#section-14">RFC 9110, Range Requests</a>
 */
record ByteRange(long first, long length) {
  private static final Pattern ONE =
      Pattern.compile("bytes=(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))");

  boolean satisfiable() {
    return length > 0;
  }

  String contentRange(long sizeBytes) {
    return "bytes %d-%d/%d".formatted(first, first + length - 1, sizeBytes);
  }

  /** Reads a Range header; empty if it asks for several parts or for what is no bytes. */
  static Optional<ByteRange> of(String header, long sizeBytes) {
    Matcher matcher = ONE.matcher(header.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    if (matcher.group(3) != null) {
      long last = Math.min(Long.parseLong(matcher.group(3)), sizeBytes);
      return Optional.of(new ByteRange(sizeBytes - last, last));
    }
    long first = Long.parseLong(matcher.group(1));
    long end =
        matcher.group(2).isEmpty()
            ? sizeBytes
            : Math.min(Long.parseLong(matcher.group(2)) + 1, sizeBytes);
    return Optional.of(new ByteRange(first, Math.max(0, end - first)));
  }
}
