package dev.plimsoll.system;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A bash as a user has it, with the variables that lead {@code docker} to an engine. What it is told
 * is what the user would type.
 */
final class Shell {
  private final Map<String, String> variables;

  Shell(Map<String, String> variables) {
    this.variables = Map.copyOf(variables);
  }

  /** The same with one more variable. */
  Shell with(String variable, String value) {
    Map<String, String> more = new LinkedHashMap<>(variables);
    more.put(variable, value);
    return new Shell(more);
  }

  /** The same with the variables of another one, which hold where both have one. */
  Shell with(Shell other) {
    Map<String, String> more = new LinkedHashMap<>(variables);
    more.putAll(other.variables);
    return new Shell(more);
  }

  /** A line, ready to run or to be given input first. */
  Program line(String line) {
    Program program = Program.of("bash", "-uo", "pipefail", "-c", line);
    variables.forEach(program::with);
    return program;
  }

  /** Runs a line, however it ends. */
  Program.Result run(String line) throws IOException, InterruptedException {
    return line(line).run();
  }

  /** What a line wrote to its standard output; an {@link AssertionError} if it failed. */
  String out(String line) throws IOException, InterruptedException {
    Program.Result result = run(line);
    if (result.code() != 0) {
      throw new AssertionError(
          "%s%nended with %d: %s%s".formatted(line, result.code(), result.out(), result.err()));
    }
    return result.out().strip();
  }

  /** What a line wrote to its standard error; an {@link AssertionError} if it did not fail. */
  String refusal(String line) throws IOException, InterruptedException {
    Program.Result result = run(line);
    if (result.code() == 0) {
      throw new AssertionError("%s%nsucceeded: %s".formatted(line, result.out()));
    }
    return result.err().strip();
  }

  /** What a line wrote if run as the command of a terminal. */
  Program terminal(String line) {
    Program program = Program.of("script", "-qefc", line, "/dev/null");
    variables.forEach(program::with);
    return program;
  }
}
