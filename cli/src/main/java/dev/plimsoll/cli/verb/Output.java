package dev.plimsoll.cli.verb;

import dev.plimsoll.foundation.OneLine;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/**
 * How a command prints: data to standard output, as JSON where asked, and talk to standard error. What
 * it prints may be others' words, and is one line whatever is in them.
 */
public final class Output {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  @Option(names = "--json", description = "Print the answer as JSON.")
  private boolean json;

  /** Prints this as JSON, if that is asked for, and says whether it did. */
  public boolean json(JsonNode answer) {
    if (json) {
      data(answer.toString());
    }
    return json;
  }

  /** Prints a line of what was asked for. */
  public void data(String line) {
    print(command().commandLine().getOut(), line);
  }

  /** Prints a line of what the person at the terminal may want to know beside it. */
  public void talk(String line) {
    print(command().commandLine().getErr(), line);
  }

  private static void print(PrintWriter to, String line) {
    to.println(OneLine.of(line));
    to.flush();
  }

  private CommandSpec command() {
    if (command == null) {
      throw new IllegalStateException("not part of a command");
    }
    return command;
  }
}
