package dev.plimsoll.cli.registry;

import java.net.URI;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads where a registry is, such as {@code http://127.0.0.1:5000}. */
final class UrlReader implements ITypeConverter<URI> {
  @Override
  public URI convert(String text) {
    String begin = text.toLowerCase(Locale.ROOT);
    try {
      URI url = URI.create(text);
      if (url.getHost() != null && (begin.startsWith("http://") || begin.startsWith("https://"))) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw new TypeConversionException(
        "\"%s\" is no URL of a registry, such as http://127.0.0.1:5000".formatted(text));
  }
}
