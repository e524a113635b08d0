package dev.plimsoll.http.client;

import java.util.regex.Pattern;

/**
 * One header field. Names are RFC 9110 tokens and values hold no line break, so that no value can
 * smuggle in a second header.
 */
public record Header(String name, String value) {
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  public Header {
    if (!TOKEN.matcher(name).matches()) {
      throw new IllegalArgumentException("not a header name: \"" + name + "\"");
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c != '\t' && (c < ' ' || c == 127 || c > 255)) {
        // The value itself stays out of the message: it may be a credential.
        throw new IllegalArgumentException(
            "the value of header " + name + " has a control character");
      }
    }
  }
}
