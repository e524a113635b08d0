package dev.plimsoll.foundation.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of rules that is read again when it has changed. It is looked at when somebody asks, at most
 * once a second; one that cannot be used changes nothing and is reported once. Safe for many threads.
 */
public final class WatchedFile<T> {
  private static final Logger log = LoggerFactory.getLogger(WatchedFile.class);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  private final String name;
  private final Path file;
  private final Function<YamlValue, T> reader;
  private final LongSupplier nanos;
  private final AtomicLong lookedAtNanos;
  private volatile T value;
  private volatile @Nullable Stamp seen;
  private volatile @Nullable SettingsException trouble;

  private record Stamp(FileTime modified, long sizeBytes, Object inode) {
    static @Nullable Stamp of(Path file) {
      try {
        var attributes = Files.readAttributes(file, BasicFileAttributes.class);
        Object key = attributes.fileKey();
        return new Stamp(
            attributes.lastModifiedTime(), attributes.size(), key == null ? file : key);
      } catch (IOException e) {
        return null; // gone, or just being replaced: what is in force goes on
      }
    }
  }

  /**
   * Reads the file for the first time.
   *
   * @param name what it holds, for the log, such as {@code access policy}
   * @param reader throws a {@link SettingsException} for what cannot be used
   * @param nanos a clock that nobody sets, such as {@link System#nanoTime}
   * @throws SettingsException with file, line and reason
   */
  public WatchedFile(String name, Path file, Function<YamlValue, T> reader, LongSupplier nanos) {
    this.name = name;
    this.file = file;
    this.reader = reader;
    this.nanos = nanos;
    this.seen = Stamp.of(file);
    this.value = reader.apply(YamlValue.read(file));
    this.lookedAtNanos = new AtomicLong(nanos.getAsLong());
  }

  /** What is in force. */
  public T current() {
    long now = nanos.getAsLong();
    long last = lookedAtNanos.get();
    if (now - last >= BETWEEN_LOOKS.toNanos() && lookedAtNanos.compareAndSet(last, now)) {
      look();
    }
    return value;
  }

  /**
   * Looks at the file now, whatever the time.
   *
   * @throws SettingsException if it cannot be used; what was in force stays
   */
  public T reload() {
    look();
    SettingsException why = trouble;
    if (why != null) {
      throw why;
    }
    return value;
  }

  /** Why the file as it is now is not in force; empty if it is. */
  public Optional<String> trouble() {
    return Optional.ofNullable(trouble).map(SettingsException::getMessage);
  }

  private synchronized void look() {
    Stamp now = Stamp.of(file);
    if (now == null ? trouble != null : now.equals(seen)) {
      return;
    }
    seen = now;
    try {
      value = reader.apply(YamlValue.read(file));
      trouble = null;
      log.info("{} read again file={}", name, file);
    } catch (SettingsException e) {
      trouble = e;
      log.error("{} not read again, the last one stays in force: {}", name, e.getMessage());
    }
  }
}
