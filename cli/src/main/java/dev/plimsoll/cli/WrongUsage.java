package dev.plimsoll.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what is wrong with the words of a command, and not all that could be said: that is help's. */
final class WrongUsage implements IParameterExceptionHandler {
  @Override
  public int handleParseException(ParameterException e, String[] arguments) {
    CommandLine line = e.getCommandLine();
    PrintWriter err = line.getErr();
    err.printf(
        "%s: %s%n",
        line.getCommandSpec().qualifiedName(),
        String.valueOf(e.getMessage()).replaceFirst("^Error: ", ""));
    UnmatchedArgumentException.printSuggestions(e, err);
    err.printf("%s --help explains it%n", line.getCommandSpec().qualifiedName());
    err.flush();
    return ExitCode.USAGE;
  }
}
