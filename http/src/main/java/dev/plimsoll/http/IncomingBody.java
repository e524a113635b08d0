package dev.plimsoll.http;

import io.netty.buffer.ByteBuf;

/**
 * The body of the request that is being answered, on its way from the socket to the handler's inbox.
 * For the event loop.
 */
final class IncomingBody {
  private final BodyDecoder decoder;
  private final Inbox inbox;
  private final HeldBytes behind;
  private long discardedBytes;

  /**
   * A body of which nothing has come yet.
   *
   * @param behind takes what follows its end
   */
  IncomingBody(RequestHead head, Limits limits, Inbox inbox, HeldBytes behind) {
    this.decoder =
        head.chunked()
            ? new ChunkedBody(limits.headersBytes())
            : new FixedBody(head.contentLength());
    this.inbox = inbox;
    this.behind = behind;
  }

  /** How far a body is. */
  enum Progress {
    MORE_TO_COME,
    WHOLE,
    /** Nobody knows where a next request would begin: the connection ends with this one. */
    BROKEN
  }

  /** Takes bytes, and releases them. */
  Progress feed(ByteBuf bytes) {
    try {
      ByteBuf part = decoder.decode(bytes);
      if (part != null) {
        discardedBytes += part.readableBytes();
        inbox.add(part);
      }
      if (!decoder.done()) {
        return Progress.MORE_TO_COME;
      }
      inbox.end();
      if (bytes.isReadable()) {
        behind.add(bytes.retain());
      }
      return Progress.WHOLE;
    } catch (BodyException e) {
      inbox.fail(e);
      return Progress.BROKEN;
    } finally {
      bytes.release();
    }
  }

  /** From here on nobody reads it. */
  void discard() {
    discardedBytes = 0;
  }

  long discardedBytes() {
    return discardedBytes;
  }
}
