package dev.plimsoll.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads a file's or directory's name. An empty one, as a script's unset variable leaves it, would
 * be the directory that the command happens to run in.
 */
final class PathReader implements ITypeConverter<Path> {
  @Override
  public Path convert(String text) {
    if (text.isBlank()) {
      throw new TypeConversionException("it is empty; name a file or directory");
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new TypeConversionException("\"%s\" is no name of a file".formatted(text));
    }
  }
}
