package dev.plimsoll.engine.container;

import dev.plimsoll.engine.refusal.EngineException;
import java.io.ByteArrayOutputStream;

/**
 * The keys by which a user leaves a container's terminal without ending the container, such as
 * {@code ctrl-p,ctrl-q}. Finds them in what is typed; not safe for many threads.
 */
public final class DetachKeys {
  private static final byte[] DEFAULT = {16, 17};

  private final byte[] keys;
  private int matched;

  private DetachKeys(byte[] keys) {
    this.keys = keys;
  }

  /** Reads them; empty means the default. */
  public static DetachKeys parse(String text) {
    if (text.isEmpty()) {
      return new DetachKeys(DEFAULT);
    }
    var keys = new ByteArrayOutputStream();
    for (String key : text.split(",", -1)) {
      keys.write(code(key, text));
    }
    return new DetachKeys(keys.toByteArray());
  }

  private static int code(String key, String whole) {
    if (key.length() == 1 && key.charAt(0) < 0x80) {
      return key.charAt(0);
    }
    if (key.startsWith("ctrl-") && key.length() == 6) {
      char letter = Character.toLowerCase(key.charAt(5));
      int special = "@[\\]^_".indexOf(letter);
      if (letter >= 'a' && letter <= 'z') {
        return letter - 'a' + 1;
      }
      if (special >= 0) {
        return special == 0 ? 0 : 26 + special;
      }
    }
    throw new EngineException.BadParameter(
        "Invalid detach keys (%s) provided: Unknown character: '%s'".formatted(whole, key));
  }

  /** What came of some typed bytes. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  public record Typed(byte[] passed, boolean detached) {}

  /** Takes typed bytes; a beginning of the keys is held back until it is clear what it is. */
  public Typed type(byte[] bytes, int length) {
    var passed = new ByteArrayOutputStream(length + keys.length);
    for (int i = 0; i < length; i++) {
      if (bytes[i] == keys[matched]) {
        matched++;
        if (matched == keys.length) {
          return new Typed(passed.toByteArray(), true);
        }
        continue;
      }
      passed.write(keys, 0, matched);
      matched = bytes[i] == keys[0] && keys.length > 1 ? 1 : 0;
      if (matched == 0) {
        passed.write(bytes[i]);
      }
    }
    return new Typed(passed.toByteArray(), false);
  }
}
