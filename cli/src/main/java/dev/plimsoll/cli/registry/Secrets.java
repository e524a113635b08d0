package dev.plimsoll.cli.registry;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** Reads passwords: unseen at a terminal, else the first line of standard input. */
final class Secrets {
  private static final int LENGTH_MAX = 4096;

  private Secrets() {}

  @SuppressWarnings("SystemConsoleNull") // where a provider of the JDK is left out, it does
  static String ask(String prompt) throws IOException {
    Console console = System.console();
    if (console != null && console.isTerminal()) {
      char[] typed = console.readPassword("%s", prompt);
      if (typed == null) {
        throw new IOException("no password was typed");
      }
      return new String(typed);
    }
    return line();
  }

  /** A new password, typed twice at a terminal. */
  @SuppressWarnings("SystemConsoleNull") // as above
  static String askForNew(String prompt) throws IOException {
    String first = ask(prompt);
    Console console = System.console();
    if (console != null && console.isTerminal() && !first.equals(ask("Again: "))) {
      throw new IOException("the two passwords differ; nothing was changed");
    }
    return first;
  }

  /** The first line of standard input. */
  static String line() throws IOException {
    var reader = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    StringBuilder text = new StringBuilder();
    for (int c = reader.read(); c >= 0 && c != '\n'; c = reader.read()) {
      if (text.length() == LENGTH_MAX) {
        throw new IOException("standard input begins with no password: its first line is too long");
      }
      text.append((char) c);
    }
    if (text.isEmpty()) {
      throw new IOException("no password on standard input; pass it as the first line");
    }
    return text.charAt(text.length() - 1) == '\r'
        ? text.substring(0, text.length() - 1)
        : text.toString();
  }
}
