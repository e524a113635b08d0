package dev.plimsoll.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.plimsoll.foundation.log.Logging;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;

/**
 * The program. The first word chooses the command, and only that command's options are built:
 * building the whole tree of commands costs more than half of a short command's time.
 */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(run(arguments, utf8(System.out), utf8(System.err)));
  }

  private static PrintWriter utf8(PrintStream stream) {
    return new PrintWriter(stream, true, UTF_8);
  }

  /** Runs one command; answers 0 for done, 1 for failed, 2 for wrong usage. */
  static int run(String[] arguments, PrintWriter out, PrintWriter err) {
    String first = arguments.length == 0 ? "--help" : arguments[0];
    switch (first) {
      case "--version", "-V", "version" -> {
        out.println("plimsoll " + Version.TEXT);
        return ExitCode.OK;
      }
      case "--help", "-h", "help" -> {
        out.print(Help.TEXT);
        out.flush();
        return ExitCode.OK;
      }
      default -> {
        return Commands.named(first)
            .map(command -> execute(command, arguments, out, err))
            .orElseGet(() -> {
              err.printf(
                  "plimsoll: there is no command \"%s\"; plimsoll --help lists them%n", first);
              return ExitCode.USAGE;
            });
      }
    }
  }

  private static int execute(Object command, String[] arguments, PrintWriter out, PrintWriter err) {
    Logging.quiet();
    CommandLine line = new CommandLine(command).setOut(out).setErr(err);
    line.setExecutionExceptionHandler(new Failures());
    return line.execute(Arrays.copyOfRange(arguments, 1, arguments.length));
  }
}
