package dev.plimsoll.engine.exec;

import java.security.SecureRandom;
import java.util.HexFormat;

/** The name of an exec: 64 hexadecimal digits, chosen at random. */
public record ExecId(String value) {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SHORT_LENGTH = 16; // a socket's path has 107 bytes at most

  static ExecId random() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return new ExecId(HexFormat.of().formatHex(bytes));
  }

  /** What its directory is called. */
  String fileName() {
    return value.substring(0, SHORT_LENGTH);
  }

  @Override
  public String toString() {
    return value;
  }
}
