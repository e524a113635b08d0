package dev.plimsoll.http.client;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the head of an answer, RFC 9112. Strict where leniency lets two parties disagree about
 * where a message ends: no folded lines, no second Content-Length, no space before the colon.
 */
final class ResponseParser {
  private static final int HEADERS_MAX = 256;

  private final int headBytesMax;

  ResponseParser(int headBytesMax) {
    this.headBytesMax = headBytesMax;
  }

  /**
   * @throws EmptyAnswerException if the connection ended before the first byte
   */
  ResponseHead read(InputStream in) throws IOException {
    LineReader lines = new LineReader(in, headBytesMax);
    String statusLine = lines.next();
    if (!statusLine.matches("HTTP/1\\.[0-9] [1-9][0-9]{2}( .*)?")) {
      throw new MalformedResponseException("not an HTTP/1.1 answer: \"" + shown(statusLine) + "\"");
    }
    int minorVersion = statusLine.charAt(7) - '0';
    int status = Integer.parseInt(statusLine.substring(9, 12));
    String reason = statusLine.length() > 13 ? statusLine.substring(13) : "";
    ResponseHead head = new ResponseHead(minorVersion, status, reason, headers(lines));
    requireOneLength(head);
    return head;
  }

  /** Reads header lines up to the empty one; also the trailers of a chunked body. */
  static List<Header> headers(LineReader lines) throws IOException {
    List<Header> headers = new ArrayList<>();
    for (String line = lines.next(); !line.isEmpty(); line = lines.next()) {
      if (headers.size() == HEADERS_MAX) {
        throw new MalformedResponseException("more than " + HEADERS_MAX + " headers");
      }
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw new MalformedResponseException("not a header: \"" + shown(line) + "\"");
      }
      try {
        headers.add(new Header(line.substring(0, colon), line.substring(colon + 1).strip()));
      } catch (IllegalArgumentException e) {
        throw new MalformedResponseException(String.valueOf(e.getMessage()));
      }
    }
    return List.copyOf(headers);
  }

  private static void requireOneLength(ResponseHead head) throws MalformedResponseException {
    List<String> lengths = head.headers("Content-Length").stream().distinct().toList();
    if (lengths.size() > 1) {
      throw new MalformedResponseException("two different Content-Length headers");
    }
    if (!lengths.isEmpty() && !lengths.getFirst().matches("[0-9]{1,18}")) {
      throw new MalformedResponseException(
          "not a Content-Length: \"" + shown(lengths.getFirst()) + "\"");
    }
    for (String coding : head.headers("Transfer-Encoding")) {
      if (!coding.strip().toLowerCase(Locale.ROOT).equals("chunked")) {
        throw new MalformedResponseException(
            "transfer coding \"" + shown(coding) + "\" was not asked for");
      }
    }
  }

  private static String shown(String text) {
    String start = text.length() > 80 ? text.substring(0, 80) + "…" : text;
    return start.replaceAll("[^ -~…]", "?");
  }

  /** Lines that end in CRLF or LF, at most {@code bytesMax} bytes in all. */
  static final class LineReader {
    private final InputStream in;
    private final byte[] line;
    private int bytesLeft;
    private boolean started;

    LineReader(InputStream in, int bytesMax) {
      this.in = in;
      this.line = new byte[bytesMax];
      this.bytesLeft = bytesMax;
    }

    String next() throws IOException {
      int length = 0;
      while (true) {
        int read = started ? in.read() : first();
        if (read < 0) {
          throw new EOFException("the connection ended within the headers of the answer");
        }
        started = true;
        if (bytesLeft-- == 0) {
          throw new MalformedResponseException(
              "the headers of the answer are larger than " + line.length + " bytes");
        }
        if (read == '\n') {
          int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
          return new String(line, 0, end, StandardCharsets.ISO_8859_1);
        }
        line[length++] = (byte) read;
      }
    }

    private int first() throws IOException {
      try {
        int read = in.read();
        if (read < 0) {
          throw new EmptyAnswerException(null);
        }
        return read;
      } catch (SocketTimeoutException e) {
        throw e; // the server may be working on it still
      } catch (EmptyAnswerException e) {
        throw e;
      } catch (IOException e) {
        throw new EmptyAnswerException(e);
      }
    }
  }

  /** The server closed the connection without a byte of answer. */
  static final class EmptyAnswerException extends EOFException {
    private static final long serialVersionUID = 1;

    EmptyAnswerException(@Nullable IOException cause) {
      super("the server closed the connection without an answer");
      initCause(cause);
    }
  }
}
