package dev.plimsoll.http;

/** The character classes of RFC 9110, section 5.6.2 and 5.5, and RFC 9112, section 3. */
final class Characters {
  private static final boolean[] TOKEN = new boolean[128];

  static {
    for (char c = '0'; c <= '9'; c++) {
      TOKEN[c] = true;
    }
    for (char c = 'a'; c <= 'z'; c++) {
      TOKEN[c] = true;
      TOKEN[c - 32] = true;
    }
    for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
      TOKEN[c] = true;
    }
  }

  private Characters() {}

  static boolean isToken(int c) {
    return c >= 0 && c < TOKEN.length && TOKEN[c];
  }

  static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isToken(text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /** What a field value may hold: tab, space, visible ASCII and the bytes above it; no control. */
  static boolean isFieldValue(int c) {
    return c == '\t' || (c >= ' ' && c != 0x7f);
  }

  static boolean isFieldValue(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isFieldValue(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** What a request target may hold: visible ASCII. A fragment never goes over the wire. */
  static boolean isTarget(int c) {
    return c > ' ' && c < 0x7f && c != '#';
  }

  /** The value of a hexadecimal digit, or -1. */
  static int hex(int c) {
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    int lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }
}
