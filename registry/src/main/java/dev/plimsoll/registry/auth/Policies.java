package dev.plimsoll.registry.auth;

import dev.plimsoll.foundation.settings.SettingsException;
import dev.plimsoll.foundation.settings.WatchedFile;
import dev.plimsoll.foundation.settings.YamlValue;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The policy in force: its file's, read again when it has changed. Safe for many threads. */
public final class Policies {
  private final @Nullable WatchedFile<AccessPolicy> file;

  private Policies(@Nullable WatchedFile<AccessPolicy> file) {
    this.file = file;
  }

  /** A registry without a policy file: open to everybody. */
  public static Policies open() {
    return new Policies(null);
  }

  /**
   * Reads the file for the first time.
   *
   * @param nanos a clock that nobody sets, such as {@link System#nanoTime}
   * @throws SettingsException with file, line and reason
   */
  public static Policies of(Path file, LongSupplier nanos) {
    return new Policies(new WatchedFile<>("access policy", file, PolicyFile::read, nanos));
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
    return file == null ? AccessPolicy.OPEN : file.current();
  }

  /** Why the file as it is now is not in force; empty if it is. */
  public Optional<String> trouble() {
    return file == null ? Optional.empty() : file.trouble();
  }
}
