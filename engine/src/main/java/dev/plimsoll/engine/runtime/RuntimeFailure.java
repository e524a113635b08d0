package dev.plimsoll.engine.runtime;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The runtime would not do what it was told. The message has the words that clients of Docker look
 * for: {@code docker run} exits with 127 or 126 because of them.
 */
public final class RuntimeFailure extends IOException {
  private static final long serialVersionUID = 1L;

  private static final Pattern LOGRUS = Pattern.compile("msg=\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern CRUN_NOT_FOUND =
      Pattern.compile("executable file [`']?([^`':]*)[`']? not found in \\$PATH");

  private final int exitCode;

  private RuntimeFailure(String message, int exitCode) {
    super(message);
    this.exitCode = exitCode;
  }

  /** What the container's exit code is said to be: 127 not found, 126 not executable, else 128. */
  public int exitCode() {
    return exitCode;
  }

  /**
   * Makes a failure from what the runtime wrote.
   *
   * @param what was tried, such as {@code create}
   * @param said the runtime's standard error, in logrus' form (runc) or plain (crun)
   */
  static RuntimeFailure of(String what, String said) {
    String text = sentence(said);
    return new RuntimeFailure(
        "OCI runtime %s failed: %s: unknown".formatted(what, text), code(text));
  }

  private static int code(String text) {
    String lower = text.toLowerCase(java.util.Locale.ROOT);
    if (lower.contains("executable file not found")
        || lower.contains("no such file or directory")
        || lower.contains("system cannot find the file specified")) {
      return 127;
    }
    if (lower.contains("permission denied") || lower.contains("is a directory")) {
      return 126;
    }
    return 128;
  }

  /** The last error that was said, as one sentence. */
  static String sentence(String said) {
    String text = said.strip();
    Matcher logged = LOGRUS.matcher(text);
    String last = "";
    while (logged.find()) {
      last = logged.group(1);
    }
    if (!last.isEmpty()) {
      text = last.replace("\\\"", "\"").replace("\\n", "\n").replace("\\\\", "\\").strip();
    }
    Matcher crun = CRUN_NOT_FOUND.matcher(text);
    if (crun.find() && !crun.group(1).isBlank()) {
      return "unable to start container process: exec: \"%s\": executable file not found in $PATH"
          .formatted(crun.group(1));
    }
    return text.isEmpty() ? "it said nothing" : text;
  }
}
