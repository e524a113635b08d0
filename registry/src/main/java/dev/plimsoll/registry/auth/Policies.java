package dev.plimsoll.registry.auth;

import dev.plimsoll.foundation.settings.SettingsException;
import dev.plimsoll.foundation.settings.YamlValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The policy in force. Its file is looked at every second that requests come, and read again when it
 * has changed; one that cannot be used changes nothing and is reported once. Safe for many threads.
 */
public final class Policies {
  private static final Logger log = LoggerFactory.getLogger(Policies.class);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  private final @Nullable Path file;
  private final LongSupplier nanos;
  private final AtomicLong lookedAtNanos;
  private volatile AccessPolicy policy;
  private volatile @Nullable Stamp seen;
  private volatile @Nullable String trouble;

  private record Stamp(FileTime modified, long sizeBytes, Object inode) {
    static @Nullable Stamp of(Path file) {
      try {
        var attributes =
            Files.readAttributes(file, java.nio.file.attribute.BasicFileAttributes.class);
        Object key = attributes.fileKey();
        return new Stamp(
            attributes.lastModifiedTime(), attributes.size(), key == null ? file : key);
      } catch (IOException e) {
        return null; // gone, or just being replaced: the policy in force goes on
      }
    }
  }

  private Policies(@Nullable Path file, AccessPolicy policy, LongSupplier nanos) {
    this.file = file;
    this.policy = policy;
    this.nanos = nanos;
    this.lookedAtNanos = new AtomicLong(nanos.getAsLong());
  }

  /** A registry without a policy file: open to everybody. */
  public static Policies open() {
    return new Policies(null, AccessPolicy.OPEN, System::nanoTime);
  }

  /**
   * Reads the file for the first time.
   *
   * @param nanos a clock that nobody sets, such as {@link System#nanoTime}
   * @throws SettingsException with file, line and reason
   */
  public static Policies of(Path file, LongSupplier nanos) {
    Stamp stamp = Stamp.of(file);
    var policies = new Policies(file, PolicyFile.read(YamlValue.read(file)), nanos);
    policies.seen = stamp;
    return policies;
  }

  /** Reads a policy from text, to try one without a file of its own. */
  public static AccessPolicy parse(String name, String text) {
    return PolicyFile.read(YamlValue.parse(name, text));
  }

  /** Whether there is a policy, and not just open doors. */
  public boolean configured() {
    return file != null;
  }

  /** The policy in force. */
  public AccessPolicy current() {
    if (file != null) {
      long now = nanos.getAsLong();
      long last = lookedAtNanos.get();
      if (now - last >= BETWEEN_LOOKS.toNanos() && lookedAtNanos.compareAndSet(last, now)) {
        look(file);
      }
    }
    return policy;
  }

  /** Looks at the file now, whatever the time. */
  public void reload() {
    if (file != null) {
      look(file);
    }
  }

  /** Why the file as it is now is not in force; empty if it is. */
  public Optional<String> trouble() {
    return Optional.ofNullable(trouble);
  }

  private synchronized void look(Path path) {
    Stamp now = Stamp.of(path);
    if (now == null ? trouble != null : now.equals(seen)) {
      return;
    }
    seen = now;
    try {
      policy = PolicyFile.read(YamlValue.read(path));
      trouble = null;
      log.info("access policy read again file={}", path);
    } catch (SettingsException e) {
      trouble = e.getMessage();
      log.error("access policy not read again, the last one stays in force: {}", e.getMessage());
    }
  }
}
