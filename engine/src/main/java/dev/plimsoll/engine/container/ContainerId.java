package dev.plimsoll.engine.container;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** The name a container keeps for life: 64 lower-case hexadecimal digits, chosen at random. */
public record ContainerId(@JsonValue String value) implements Comparable<ContainerId> {
  private static final Pattern LEGAL = Pattern.compile("[0-9a-f]{64}");
  private static final SecureRandom RANDOM = new SecureRandom();

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public ContainerId {
    if (!isLegal(value)) {
      throw new IllegalArgumentException("not a container id: \"" + value + "\"");
    }
  }

  public static boolean isLegal(String text) {
    return LEGAL.matcher(text).matches();
  }

  /** A new one. Its short form is never all digits: a host name must not look like a number. */
  public static ContainerId random() {
    byte[] bytes = new byte[32];
    while (true) {
      RANDOM.nextBytes(bytes);
      String hex = HexFormat.of().formatHex(bytes);
      if (!hex.substring(0, 12).chars().allMatch(Character::isDigit)) {
        return new ContainerId(hex);
      }
    }
  }

  /** The twelve digits that users see, and the container's host name unless it is given one. */
  public String shortForm() {
    return value.substring(0, 12);
  }

  @Override
  public int compareTo(ContainerId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
