package dev.plimsoll.transfer;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;

/** URLs that servers send: not always as RFC 3986 wants them. */
final class Locations {
  private static final int CHARS_MAX = 16 * 1024;
  private static final String TOLERATED = "\"<>\\^`{|} ";

  private Locations() {}

  /** Reads a URL; characters that should have been escaped are escaped. */
  static URI parse(String text) throws IOException {
    if (text.length() > CHARS_MAX) {
      throw new IOException("a URL of " + text.length() + " characters");
    }
    StringBuilder escaped = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (c > 126 || TOLERATED.indexOf(c) >= 0) {
        escaped.append("%%%02X".formatted((int) c));
      } else {
        escaped.append(c);
      }
    }
    try {
      return new URI(escaped.toString());
    } catch (URISyntaxException e) {
      throw new IOException("not a URL: \"" + withoutQuery(text) + "\"", e);
    }
  }

  /** Where a {@code Location} header leads; http or https. */
  static URI resolve(URI asked, String location) throws IOException {
    URI target = asked.resolve(parse(location));
    String scheme = target.getScheme() == null ? "" : target.getScheme();
    boolean web = scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https");
    if (!web || target.getRawAuthority() == null) {
      throw new IOException("a redirect to \"" + withoutQuery(location) + "\"");
    }
    return target;
  }

  /** For messages: a signed URL's query is a credential. */
  static String withoutQuery(String url) {
    int query = url.indexOf('?');
    return query < 0 ? url : url.substring(0, query);
  }
}
