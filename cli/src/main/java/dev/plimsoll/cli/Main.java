package dev.plimsoll.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.plimsoll.cli.Commands.Group;
import dev.plimsoll.cli.verb.Verb;
import dev.plimsoll.foundation.log.Logging;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;

/**
 * The program. The first word or two choose the command, and only that command's options are built:
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
    if (first.equals("--version") || first.equals("-V") || first.equals("version")) {
      out.println("plimsoll " + Version.TEXT);
      return ExitCode.OK;
    }
    if (isHelp(first)) {
      return show(Help.all(), out);
    }
    return Commands.group(first)
        .map(group -> runVerb(group, arguments, out, err))
        .orElseGet(() -> runNamed(first, 1, arguments, out, err));
  }

  private static int runVerb(Group group, String[] arguments, PrintWriter out, PrintWriter err) {
    String verb = arguments.length == 1 ? "" : arguments[1];
    if (isHelp(verb)) {
      return show(Help.of(group), out);
    }
    if (verb.isEmpty()) {
      err.printf("plimsoll %1$s: say what to do; plimsoll %1$s --help lists it%n", group.word());
      return ExitCode.USAGE;
    }
    return runNamed(group.word() + " " + verb, 2, arguments, out, err);
  }

  private static int runNamed(
      String name, int words, String[] arguments, PrintWriter out, PrintWriter err) {
    Optional<Verb> verb = Commands.named(name);
    if (verb.isEmpty()) {
      err.printf("plimsoll: there is no command \"%s\"; plimsoll --help lists them%n", name);
      return ExitCode.USAGE;
    }
    Logging.quiet();
    CommandLine line = new CommandLine(verb.get().command().get()).setOut(out).setErr(err);
    line.setCommandName("plimsoll " + name);
    line.registerConverter(Path.class, new PathReader());
    line.setExecutionExceptionHandler(new Failures());
    line.setParameterExceptionHandler(new WrongUsage());
    return line.execute(Arrays.copyOfRange(arguments, words, arguments.length));
  }

  private static boolean isHelp(String word) {
    return word.equals("--help") || word.equals("-h") || word.equals("help");
  }

  private static int show(String text, PrintWriter out) {
    out.print(text);
    out.flush();
    return ExitCode.OK;
  }
}
