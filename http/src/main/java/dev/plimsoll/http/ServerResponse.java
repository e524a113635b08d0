package dev.plimsoll.http;

import dev.plimsoll.http.RequestHead.Version;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The answer of one {@link Exchange}: decides the framing, and whether the connection is kept. */
final class ServerResponse implements Response {
  /** Bodies up to here go out together with their head. */
  private static final int TOGETHER_BYTES_MAX = 64 * 1024;

  private static final int PIECE_BYTES = 128 * 1024;

  /** What became of the answer. */
  enum Progress {
    UNCOMMITTED,
    BEGUN,
    COMPLETE
  }

  private final Exchange exchange;
  private final HeaderFields headers = new HeaderFields();
  private int status = 200;
  private @Nullable String reason;
  private Progress progress = Progress.UNCOMMITTED;
  private boolean keepAlive;
  private @Nullable AutoCloseable open;
  private volatile long sentBytes;

  ServerResponse(Exchange exchange) {
    this.exchange = exchange;
  }

  Progress progress() {
    return progress;
  }

  boolean keepAlive() {
    return keepAlive;
  }

  long sentBytes() {
    return sentBytes;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer at a time; volatile for the reader
  void countSent(long bytes) {
    sentBytes += bytes;
  }

  private Outbox outbox() {
    return exchange.connection().outbox();
  }

  @Override
  public Response status(int code) {
    checkUncommitted();
    if (code < 200 || code > 599) {
      throw new IllegalArgumentException("not a status to answer with: " + code);
    }
    status = code;
    return this;
  }

  @Override
  public int status() {
    return status;
  }

  @Override
  public Response reason(String phrase) {
    checkUncommitted();
    if (!Characters.isFieldValue(phrase)) {
      throw new IllegalArgumentException("not a reason phrase: \"" + phrase + "\"");
    }
    reason = phrase;
    return this;
  }

  @Override
  public Response header(String name, Object value) {
    checkUncommitted();
    headers.set(name, checked(name, value));
    return this;
  }

  @Override
  public Response addHeader(String name, Object value) {
    checkUncommitted();
    headers.add(name, checked(name, value));
    return this;
  }

  private static String checked(String name, Object value) {
    String text = value.toString();
    if (!Characters.isToken(name)
        || !Characters.isFieldValue(text)
        || name.equalsIgnoreCase("Transfer-Encoding")) {
      throw new IllegalArgumentException("not a header to send: " + name + ": " + text);
    }
    return text;
  }

  private void checkUncommitted() {
    if (committed()) {
      throw new IllegalStateException("the answer has been sent already");
    }
  }

  @Override
  public boolean committed() {
    return progress != Progress.UNCOMMITTED;
  }

  /** Forgets what the handler prepared, for an answer of the server's own. */
  void reset() {
    checkUncommitted();
    for (int i = headers.size() - 1; i >= 0; i--) {
      headers.remove(headers.name(0));
    }
    status = 200;
    reason = null;
  }

  @Override
  public void send() throws IOException {
    send(new byte[0]);
  }

  @Override
  public void send(byte[] body) throws IOException {
    byte[] head = begin(body.length);
    if (bodyDropped() || body.length == 0) {
      outbox().write(head);
    } else if (body.length <= TOGETHER_BYTES_MAX) {
      byte[] both = Arrays.copyOf(head, head.length + body.length);
      System.arraycopy(body, 0, both, head.length, body.length);
      outbox().write(both);
      countSent(body.length);
    } else {
      outbox().write(head);
      writePieces(body, 0, body.length);
    }
    progress = Progress.COMPLETE;
  }

  private void writePieces(byte[] bytes, int offset, int length) throws IOException {
    for (int done = 0; done < length; ) {
      int piece = Math.min(length - done, PIECE_BYTES);
      outbox().write(bytes, offset + done, piece);
      done += piece;
      countSent(piece);
    }
  }

  @Override
  public void send(FileChannel file, long position, long length) throws IOException {
    Objects.checkFromIndexSize(position, length, Long.MAX_VALUE);
    checkUncommitted();
    if (position + length > file.size()) {
      throw new EOFException(
          "the file has %d bytes, %d from %d were to be sent"
              .formatted(file.size(), length, position));
    }
    if (length <= TOGETHER_BYTES_MAX && !bodyDropped()) {
      send(read(file, position, (int) length));
      return;
    }
    outbox().write(begin(length));
    if (!bodyDropped()) {
      if (exchange.secure()) {
        copyPieces(file, position, length);
      } else {
        sendPieces(file, position, length);
      }
      outbox().awaitEmpty();
    }
    progress = Progress.COMPLETE;
  }

  private void sendPieces(FileChannel file, long position, long length) throws IOException {
    for (long done = 0; done < length; ) {
      long piece = Math.min(length - done, FilePiece.BYTES_MAX);
      outbox().write(new FilePiece(file, position + done, piece));
      done += piece;
      countSent(piece);
    }
  }

  /** TLS has to see the bytes. */
  private void copyPieces(FileChannel file, long position, long length) throws IOException {
    for (long done = 0; done < length; ) {
      int piece = (int) Math.min(length - done, PIECE_BYTES);
      outbox().write(read(file, position + done, piece));
      done += piece;
      countSent(piece);
    }
  }

  private static byte[] read(FileChannel file, long position, int length) throws IOException {
    ByteBuffer target = ByteBuffer.allocate(length);
    while (target.hasRemaining()) {
      if (file.read(target, position + target.position()) < 0) {
        throw new EOFException("the file became shorter while it was sent");
      }
    }
    return target.array();
  }

  @Override
  public void send(InputStream body, long length) throws IOException {
    outbox().write(begin(length));
    if (!bodyDropped()) {
      for (long done = 0; done < length; ) {
        byte[] piece = body.readNBytes((int) Math.min(length - done, PIECE_BYTES));
        if (piece.length == 0) {
          throw new EOFException("%d bytes were promised, %d came".formatted(length, done));
        }
        outbox().write(piece);
        done += piece.length;
        countSent(piece.length);
      }
    }
    progress = Progress.COMPLETE;
  }

  @Override
  public OutputStream stream() throws IOException {
    outbox().write(begin(-1));
    BodyOutput.Framing framing =
        bodyDropped()
            ? BodyOutput.Framing.DROPPED
            : exchange.head().version() == Version.HTTP_1_1
                ? BodyOutput.Framing.CHUNKED
                : BodyOutput.Framing.UNTIL_CLOSE;
    BodyOutput stream = new BodyOutput(outbox(), framing, this::countSent);
    open = stream;
    return stream;
  }

  @Override
  public Duplex hijack() throws IOException {
    checkUncommitted();
    exchange.discardBody();
    progress = Progress.BEGUN;
    if (exchange.head().upgrade().filter("tcp"::equalsIgnoreCase).isPresent()) {
      status = 101;
      headers.set("Connection", "Upgrade");
      headers.set("Upgrade", "tcp");
      outbox().write(ResponseHead.bytes(101, reason == null ? "UPGRADED" : reason, headers));
    } else {
      status = 200;
      outbox().write(ResponseHead.bytes(200, reason == null ? "OK" : reason, headers));
    }
    RawConnection raw = new RawConnection(exchange.connection(), this::countSent);
    exchange.connection().hijacked(raw);
    open = raw;
    return raw;
  }

  /** The handler has returned: what it left open is closed. */
  void finish() throws IOException {
    if (!committed()) {
      throw new IllegalStateException("the handler sent no answer");
    }
    if (open instanceof BodyOutput stream) {
      stream.end();
    }
    progress = Progress.COMPLETE;
  }

  /** Lets go of a connection that was handed over; its readers and writers end. */
  void release() {
    if (open instanceof RawConnection raw) {
      raw.close();
    }
  }

  private boolean bodyDropped() {
    return exchange.head().isHead() || status == 204 || status == 304;
  }

  /**
   * Commits, and makes the head.
   *
   * @param length of the body, -1 if it is not known
   */
  private byte[] begin(long length) {
    checkUncommitted();
    keepAlive = decideKeepAlive(length);
    progress = Progress.BEGUN;
    frame(length);
    if (!keepAlive) {
      headers.set("Connection", "close");
    } else if (exchange.head().version() == Version.HTTP_1_0) {
      headers.set("Connection", "keep-alive");
    }
    if (!headers.has("Date")) {
      headers.add("Date", ResponseHead.date());
    }
    headers.set("X-Request-Id", exchange.id());
    return ResponseHead.bytes(status, reason == null ? Reasons.of(status) : reason, headers);
  }

  private void frame(long length) {
    boolean lengthGiven = headers.has("Content-Length");
    if (status == 204) {
      headers.remove("Content-Length");
    } else if (exchange.head().isHead() || status == 304) {
      if (!lengthGiven && length >= 0 && status != 304) {
        headers.set("Content-Length", Long.toString(length));
      }
    } else if (length >= 0) {
      headers.set("Content-Length", Long.toString(length));
    } else {
      headers.remove("Content-Length");
      if (exchange.head().version() == Version.HTTP_1_1) {
        headers.add("Transfer-Encoding", "chunked");
      }
    }
  }

  private boolean decideKeepAlive(long length) {
    Inbox inbox = exchange.inbox();
    boolean endKnown = length >= 0 || exchange.head().version() == Version.HTTP_1_1;
    return endKnown
        && exchange.head().keepsAlive()
        && !headers.hasToken("Connection", "close")
        && !exchange.connection().draining()
        && !inbox.failed()
        && !exchange.awaitsContinue()
        && exchange.connection().couldDiscard(exchange.head().contentLength(), inbox);
  }
}
