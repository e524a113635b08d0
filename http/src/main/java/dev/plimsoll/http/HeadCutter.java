package dev.plimsoll.http;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Cuts request heads off the bytes of one connection, however they arrive, and keeps their limits.
 * Looks at each byte once.
 */
final class HeadCutter {
  private static final int EMPTY_LINES_MAX =
      2; // RFC 9112, section 2.2: some clients send one too many

  private final Limits limits;
  private int scanned;
  private int lineStart;
  private int requestLineEnd;
  private int emptyLines;

  HeadCutter(Limits limits) {
    this.limits = limits;
  }

  /**
   * Takes the next head out of {@code held}.
   *
   * @return the head with its empty line, or null while it is incomplete
   */
  byte @Nullable [] next(ByteBuf held) throws RefusedRequest {
    int base = held.readerIndex();
    if (requestLineEnd == 0 && scanned == lineStart && held.isReadable()) {
      checkFirstByte(held.getByte(base));
    }
    while (scanned < held.readableBytes()) {
      int lineFeed = held.indexOf(base + scanned, held.writerIndex(), (byte) '\n');
      if (lineFeed < 0) {
        scanned = held.readableBytes();
        break;
      }
      int end = lineFeed - base;
      if (end == lineStart || held.getByte(lineFeed - 1) != '\r') {
        throw new RefusedRequest(400, "a line ends with a bare line feed");
      }
      boolean empty = end - 1 == lineStart;
      scanned = end + 1;
      lineStart = scanned;
      if (requestLineEnd == 0) {
        if (empty) {
          skipEmptyLine(held);
          base = held.readerIndex();
          continue;
        }
        requestLineEnd = scanned;
      } else if (empty) {
        checkLength(scanned);
        return cut(held);
      }
      checkLength(scanned);
    }
    checkLength(scanned);
    return null;
  }

  /** Refuses TLS on a plain port, and other protocols, at their first byte: no line end may ever come. */
  private static void checkFirstByte(byte first) throws RefusedRequest {
    if (first != '\r' && first != '\n' && !Characters.isToken(first)) {
      throw new RefusedRequest(400, "this is not HTTP");
    }
  }

  private void skipEmptyLine(ByteBuf held) throws RefusedRequest {
    if (++emptyLines > EMPTY_LINES_MAX) {
      throw new RefusedRequest(400, "too many empty lines before a request");
    }
    held.skipBytes(2);
    scanned = 0;
    lineStart = 0;
    if (held.isReadable()) {
      checkFirstByte(held.getByte(held.readerIndex()));
    }
  }

  private void checkLength(int length) throws RefusedRequest {
    if (requestLineEnd == 0) {
      if (length > limits.requestLineBytes() + 2) {
        throw new RefusedRequest(
            414, "the request line is longer than " + limits.requestLineBytes() + " bytes");
      }
    } else if (requestLineEnd > limits.requestLineBytes() + 2) {
      throw new RefusedRequest(
          414, "the request line is longer than " + limits.requestLineBytes() + " bytes");
    } else if (length - requestLineEnd > limits.headersBytes()) {
      throw new RefusedRequest(
          431, "the headers are longer than " + limits.headersBytes() + " bytes");
    }
  }

  private byte[] cut(ByteBuf held) {
    byte[] head = new byte[scanned];
    held.readBytes(head);
    scanned = 0;
    lineStart = 0;
    requestLineEnd = 0;
    emptyLines = 0;
    return head;
  }
}
