package dev.plimsoll.http;

import dev.plimsoll.http.RequestHead.Version;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * Reads one request head, strictly. Wherever RFC 9112 lets a recipient repair what it got, and so read
 * something else than the proxy in front of it, this refuses instead: no folded lines, no white space
 * before the colon, no bare line feed, no second length, no coding but {@code chunked}.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-11.2">RFC 9112, 11.2, Request Smuggling</a>
 */
final class RequestHeadParser {
  private static final int LENGTH_DIGITS_MAX = 18; // what surely fits a long

  private final byte[] head;
  private final int headersMax;
  private int position;

  /**
   * Prepares to read a head.
   *
   * @param head from the first byte of the request line to the end of the empty line
   */
  RequestHeadParser(byte[] head, int headersMax) {
    this.head = head;
    this.headersMax = headersMax;
  }

  RequestHead parse() throws RefusedRequest {
    String method = until(' ', "method");
    if (!Characters.isToken(method)) {
      throw new RefusedRequest(400, "the method is no token");
    }
    String target = until(' ', "request target");
    for (int i = 0; i < target.length(); i++) {
      if (!Characters.isTarget(target.charAt(i))) {
        throw new RefusedRequest(400, "the request target has a character that must be encoded");
      }
    }
    Version version = version(until('\r', "version"));
    expectLineFeed();
    HeaderFields headers = headers();
    checkHost(version, headers);
    boolean chunked = chunked(version, headers);
    long contentLength = contentLength(headers, chunked);
    checkExpectation(version, headers);
    return new RequestHead(
        method, originForm(method, target, headers), version, headers, contentLength, chunked);
  }

  private String until(char end, String what) throws RefusedRequest {
    int start = position;
    while (position < head.length && head[position] != end) {
      if (head[position] == '\r' || head[position] == '\n') {
        break;
      }
      position++;
    }
    if (position >= head.length || head[position] != end || position == start) {
      throw new RefusedRequest(400, "the request line has no proper " + what);
    }
    String text = new String(head, start, position - start, StandardCharsets.ISO_8859_1);
    position++;
    return text;
  }

  private void expectLineFeed() throws RefusedRequest {
    if (position >= head.length || head[position] != '\n') {
      throw new RefusedRequest(400, "a line ends with a bare carriage return");
    }
    position++;
  }

  private static Version version(String text) throws RefusedRequest {
    return switch (text) {
      case "HTTP/1.1" -> Version.HTTP_1_1;
      case "HTTP/1.0" -> Version.HTTP_1_0;
      default -> {
        boolean wellFormed = text.matches("HTTP/[0-9]\\.[0-9]");
        throw new RefusedRequest(
            wellFormed ? 505 : 400, "only HTTP/1.1 and HTTP/1.0 are spoken here");
      }
    };
  }

  private HeaderFields headers() throws RefusedRequest {
    HeaderFields headers = new HeaderFields();
    while (head[position] != '\r') {
      if (headers.size() == headersMax) {
        throw new RefusedRequest(431, "more than " + headersMax + " header lines");
      }
      int colon = position;
      while (Characters.isToken(head[colon])) {
        colon++;
      }
      if (colon == position || head[colon] != ':') {
        throw new RefusedRequest(400, "a header line has no proper name");
      }
      String name = new String(head, position, colon - position, StandardCharsets.ISO_8859_1);
      position = colon + 1;
      headers.add(name, fieldValue());
    }
    position++;
    expectLineFeed();
    return headers;
  }

  private String fieldValue() throws RefusedRequest {
    int start = position;
    while (Characters.isFieldValue(head[position] & 0xff)) {
      position++;
    }
    int end = position;
    if (head[position] != '\r') {
      throw new RefusedRequest(400, "a header value has a control character");
    }
    position++;
    expectLineFeed();
    while (start < end && (head[start] == ' ' || head[start] == '\t')) {
      start++;
    }
    while (end > start && (head[end - 1] == ' ' || head[end - 1] == '\t')) {
      end--;
    }
    return new String(head, start, end - start, StandardCharsets.ISO_8859_1);
  }

  /** RFC 9112, section 3.2: exactly one Host in HTTP/1.1, one at most in HTTP/1.0. */
  private static void checkHost(Version version, HeaderFields headers) throws RefusedRequest {
    List<String> hosts = headers.all("Host");
    if (hosts.size() > 1 || (hosts.isEmpty() && version == Version.HTTP_1_1)) {
      throw new RefusedRequest(400, "a request has exactly one Host header");
    }
    for (String host : hosts) {
      if (host.chars().anyMatch(c -> c <= ' ' || c == ',' || c > 0x7e)) {
        throw new RefusedRequest(400, "the Host header is not a host");
      }
    }
  }

  private static boolean chunked(Version version, HeaderFields headers) throws RefusedRequest {
    List<String> codings = headers.all("Transfer-Encoding");
    if (codings.isEmpty()) {
      return false;
    }
    if (version == Version.HTTP_1_0) {
      throw new RefusedRequest(400, "HTTP/1.0 has no Transfer-Encoding");
    }
    if (codings.size() > 1 || !codings.getFirst().equalsIgnoreCase("chunked")) {
      throw new RefusedRequest(400, "the one Transfer-Encoding understood is: chunked");
    }
    return true;
  }

  private static long contentLength(HeaderFields headers, boolean chunked) throws RefusedRequest {
    List<String> lengths = headers.all("Content-Length");
    if (lengths.isEmpty()) {
      return -1;
    }
    if (chunked) {
      throw new RefusedRequest(400, "both Transfer-Encoding and Content-Length");
    }
    String length = lengths.getFirst();
    if (lengths.size() > 1
        || length.isEmpty()
        || length.length() > LENGTH_DIGITS_MAX
        || !length.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new RefusedRequest(400, "Content-Length is one decimal number");
    }
    return Long.parseLong(length);
  }

  private static void checkExpectation(Version version, HeaderFields headers)
      throws RefusedRequest {
    if (version == Version.HTTP_1_1) {
      for (String expectation : headers.all("Expect")) {
        if (!expectation.equalsIgnoreCase("100-continue")) {
          throw new RefusedRequest(417, "the one expectation understood is: 100-continue");
        }
      }
    }
  }

  /**
   * RFC 9112, section 3.2.2: a server accepts the absolute form. Its authority has to be the Host's, as
   * two that differ are how a request gets past a proxy's rules.
   */
  private static String originForm(String method, String target, HeaderFields headers)
      throws RefusedRequest {
    if (method.equals("CONNECT")) {
      throw new RefusedRequest(400, "this server is no proxy");
    }
    if (target.startsWith("/") || (target.equals("*") && method.equals("OPTIONS"))) {
      return target;
    }
    String lower = target.toLowerCase(Locale.ROOT);
    if (!lower.startsWith("http://") && !lower.startsWith("https://")) {
      throw new RefusedRequest(400, "the request target is no path");
    }
    int start = target.indexOf("//") + 2;
    int end = start;
    while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
      end++;
    }
    if (!target.substring(start, end).equalsIgnoreCase(headers.first("Host").orElse(""))) {
      throw new RefusedRequest(400, "the request target names another host than Host");
    }
    String rest = target.substring(end);
    return rest.startsWith("/") ? rest : "/" + rest;
  }
}
