package dev.plimsoll.linux.ffi;

import java.util.Locale;

/** The processor architectures whose system call numbers and flag values are known here. */
public enum Machine {
  X86_64,
  AARCH64;

  /** What this program runs on. */
  public static final Machine CURRENT = of(System.getProperty("os.arch"));

  static Machine of(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "amd64", "x86_64" -> X86_64;
      case "aarch64", "arm64" -> AARCH64;
      default ->
          throw new UnsupportedOperationException(
              "no system call numbers for " + name + "; amd64 and aarch64 are known");
    };
  }

  /** The value for this machine out of those for each. */
  public static int pick(int x86, int aarch64) {
    return CURRENT == X86_64 ? x86 : aarch64;
  }
}
