package dev.plimsoll.cli.registry;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads where images come from: a directory or a URL, which are told apart later. */
final class SourceReader implements ITypeConverter<String> {
  @Override
  public String convert(String text) {
    if (text.isBlank()) {
      throw new TypeConversionException("it is empty; name a directory or a URL");
    }
    return text;
  }
}
