package dev.plimsoll.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * The run from which the AOT cache is made: it walks the paths that every start walks, so that
 * their classes are read, verified and linked once, at build time.
 */
final class Training {
  private Training() {}

  public static void main(String[] arguments) {
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    Main.run(new String[] {"--version"}, nowhere, nowhere);
    Main.run(new String[] {"--help"}, nowhere, nowhere);
  }
}
