package dev.plimsoll.http;

import java.util.Optional;

/**
 * A request line and header section that passed all checks.
 *
 * @param target in origin form, or {@code *}
 * @param contentLength -1 where there is none
 */
record RequestHead(
    String method,
    String target,
    Version version,
    HeaderFields headers,
    long contentLength,
    boolean chunked) {

  /** The two versions served. */
  enum Version {
    HTTP_1_0,
    HTTP_1_1
  }

  boolean hasBody() {
    return chunked || contentLength > 0;
  }

  boolean isHead() {
    return method.equals("HEAD");
  }

  String path() {
    int question = target.indexOf('?');
    return question < 0 ? target : target.substring(0, question);
  }

  /** The query without its question mark, "" where there is none. */
  String query() {
    int question = target.indexOf('?');
    return question < 0 ? "" : target.substring(question + 1);
  }

  boolean keepsAlive() {
    return version == Version.HTTP_1_1
        ? !headers.hasToken("Connection", "close")
        : headers.hasToken("Connection", "keep-alive");
  }

  /** An expectation of HTTP/1.0 is to be ignored (RFC 9110, section 10.1.1). */
  boolean expectsContinue() {
    return version == Version.HTTP_1_1 && hasBody() && headers.has("Expect");
  }

  Optional<String> upgrade() {
    return headers.first("Upgrade");
  }
}
