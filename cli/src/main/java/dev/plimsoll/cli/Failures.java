package dev.plimsoll.cli;

import dev.plimsoll.foundation.OneLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Turns what went wrong into one sentence on standard error, and never into a stack trace. */
final class Failures implements IExecutionExceptionHandler {

  @Override
  public int handleExecutionException(Exception e, CommandLine line, ParseResult parsed) {
    PrintWriter err = line.getErr();
    err.printf("%s: %s%n", line.getCommandSpec().qualifiedName(), OneLine.of(sentence(e)));
    err.flush();
    return ExitCode.SOFTWARE;
  }

  /** The failure and its causes, each said once, from what was asked down to the reason. */
  static String sentence(Throwable failure) {
    StringBuilder text = new StringBuilder(one(failure));
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      String clause = one(cause);
      if (text.indexOf(clause) < 0) {
        text.append(": ").append(clause);
      }
    }
    return text.toString();
  }

  private static String one(Throwable failure) {
    String message = failure.getMessage();
    return switch (failure) {
      case NoSuchFileException e -> "there is no file " + e.getMessage();
      case IOException _ when message != null -> message;
      default ->
          message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    };
  }
}
