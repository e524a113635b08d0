package dev.plimsoll.linux;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A signal by its number, as x86_64 and aarch64 have them: {@code signal(7)}.
 *
 * @param number 1 to 64
 */
public record Signal(int number) {
  private static final String[] NAMES = {
    "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
    "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU",
    "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS"
  };
  private static final int REALTIME_MIN = 34; // glibc keeps 32 and 33 for itself
  private static final int REALTIME_MAX = 64;
  private static final Pattern REALTIME = Pattern.compile("RTM(IN|AX)(?:([+-])(\\d{1,2}))?");

  public static final Signal HUP = new Signal(1);
  public static final Signal INT = new Signal(2);
  public static final Signal QUIT = new Signal(3);
  public static final Signal KILL = new Signal(9);
  public static final Signal USR1 = new Signal(10);
  public static final Signal USR2 = new Signal(12);
  public static final Signal PIPE = new Signal(13);
  public static final Signal TERM = new Signal(15);
  public static final Signal CHLD = new Signal(17);
  public static final Signal CONT = new Signal(18);
  public static final Signal STOP = new Signal(19);
  public static final Signal WINCH = new Signal(28);

  public Signal {
    if (number < 1 || number > REALTIME_MAX) {
      throw new IllegalArgumentException("no signal: " + number + "; they go from 1 to 64");
    }
  }

  /**
   * Reads {@code KILL}, {@code SIGKILL}, {@code sigkill}, {@code 9}, {@code RTMIN+3}.
   *
   * @throws IllegalArgumentException on anything else
   */
  public static Signal parse(String text) {
    if (text.matches("\\d{1,3}")) {
      return new Signal(Integer.parseInt(text));
    }
    String name = text.toUpperCase(Locale.ROOT);
    if (name.startsWith("SIG")) {
      name = name.substring(3);
    }
    for (int i = 1; i < NAMES.length; i++) {
      if (NAMES[i].equals(name)) {
        return new Signal(i);
      }
    }
    Matcher realtime = REALTIME.matcher(name);
    if (realtime.matches()) {
      return realtime(text, realtime);
    }
    return switch (name) {
      case "IOT" -> new Signal(6);
      case "CLD" -> CHLD;
      case "POLL" -> new Signal(29);
      default -> throw new IllegalArgumentException("no signal: \"" + text + "\"");
    };
  }

  private static Signal realtime(String text, Matcher parts) {
    int base = parts.group(1).equals("IN") ? REALTIME_MIN : REALTIME_MAX;
    int offset = parts.group(3) == null ? 0 : Integer.parseInt(parts.group(3));
    int number = "-".equals(parts.group(2)) ? base - offset : base + offset;
    if (number < REALTIME_MIN || number > REALTIME_MAX) {
      throw new IllegalArgumentException("no signal: \"" + text + "\"");
    }
    return new Signal(number);
  }

  /** With {@code SIG} in front: {@code SIGKILL}, {@code SIGRTMIN+3}. */
  public String name() {
    if (number < NAMES.length) {
      return "SIG" + NAMES[number];
    }
    return number < REALTIME_MIN ? "SIG" + number : "SIGRTMIN+" + (number - REALTIME_MIN);
  }

  @Override
  public String toString() {
    return name();
  }
}
