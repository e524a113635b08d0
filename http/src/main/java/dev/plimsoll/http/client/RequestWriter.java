package dev.plimsoll.http.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Puts one request on a connection. */
final class RequestWriter {
  private static final int CHUNK_BYTES = 64 * 1024;

  /** How far sending got. */
  enum Outcome {
    /** The whole request is out. */
    SENT,
    /** The server answered before it had read everything, or went away: look at what it said. */
    CUT_SHORT
  }

  private final Connection connection;
  private final ClientRequest request;
  private final String userAgent;

  RequestWriter(Connection connection, ClientRequest request, String userAgent) {
    this.connection = connection;
    this.request = request;
    this.userAgent = userAgent;
  }

  /** Head and, unless the server is asked first, body. {@code extra} are header lines. */
  Outcome sendHead(String extra) throws IOException {
    ByteArrayOutputStream start = new ByteArrayOutputStream(512);
    start.writeBytes(head(extra).getBytes(StandardCharsets.ISO_8859_1));
    if (request.body() instanceof RequestBody.Bytes body) {
      start.writeBytes(body.bytes()); // with the head in one segment
    }
    try {
      connection.output().write(start.toByteArray());
      connection.output().flush();
      return Outcome.SENT;
    } catch (java.net.SocketTimeoutException e) {
      throw e;
    } catch (IOException e) {
      return Outcome.CUT_SHORT;
    }
  }

  Outcome sendBody() throws IOException {
    return switch (request.body()) {
      case RequestBody.None _, RequestBody.Bytes _ -> Outcome.SENT;
      case RequestBody.Sized(long lengthBytes, RequestBody.Writer writer) ->
          stream(new SizedOut(lengthBytes), writer);
      case RequestBody.Chunked(RequestBody.Writer writer) -> stream(new ChunkedOut(), writer);
    };
  }

  private static Outcome stream(BodyOut out, RequestBody.Writer writer) throws IOException {
    try {
      writer.writeTo(out);
      out.finish();
      return Outcome.SENT;
    } catch (IOException | RuntimeException e) {
      if (out.cutShort) {
        return Outcome.CUT_SHORT; // however the writer dressed up our own exception
      }
      throw e;
    }
  }

  private String head(String extra) {
    StringBuilder head = new StringBuilder(256);
    head.append(request.method()).append(' ');
    if (connection.route().asksProxyForWholeUri()) {
      head.append(request.endpoint());
    }
    head.append(request.target()).append(" HTTP/1.1\r\n");
    head.append("Host: ").append(request.endpoint().authority()).append("\r\n");
    if (request.header("User-Agent").isEmpty()) {
      head.append("User-Agent: ").append(userAgent).append("\r\n");
    }
    for (Header header : request.headers()) {
      head.append(header.name()).append(": ").append(header.value()).append("\r\n");
    }
    if (connection.route().asksProxyForWholeUri()) {
      connection
          .route()
          .proxy()
          .flatMap(ProxySettings.Proxy::userInfo)
          .ifPresent(info ->
              head.append("Proxy-Authorization: ")
                  .append(Dialer.proxyAuthorization(info))
                  .append("\r\n"));
    }
    switch (request.body()) {
      case RequestBody.None _ -> {
        if (request.method().equals("POST") || request.method().equals("PUT")) {
          head.append(
              "Content-Length: 0\r\n"); // RFC 9110 section 8.6: these are expected to say it
        }
      }
      case RequestBody.Bytes body ->
          head.append("Content-Length: ").append(body.bytes().length).append("\r\n");
      case RequestBody.Sized sized ->
          head.append("Content-Length: ").append(sized.lengthBytes()).append("\r\n");
      case RequestBody.Chunked _ -> head.append("Transfer-Encoding: chunked\r\n");
    }
    return head.append(extra).append("\r\n").toString();
  }

  /** Notices when the connection breaks or the server answers although the body is not yet sent. */
  private abstract class BodyOut extends OutputStream {
    boolean cutShort;

    abstract void finish() throws IOException;

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    void put(byte[] bytes, int offset, int length) throws IOException {
      if (cutShort || connection.input().available() > 0) {
        cutShort = true;
        throw new IOException("the server answered before the request was sent");
      }
      try {
        connection.output().write(bytes, offset, length);
      } catch (IOException e) {
        // A server that stalls is no server that answered: the connection is closed already.
        cutShort = !connection.isClosed();
        throw e;
      }
    }
  }

  private final class SizedOut extends BodyOut {
    private final long lengthBytes;
    private long leftBytes;

    SizedOut(long lengthBytes) {
      this.lengthBytes = lengthBytes;
      this.leftBytes = lengthBytes;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, bytes.length);
      if (length > leftBytes) {
        throw new IOException("the body is longer than the " + lengthBytes + " bytes announced");
      }
      put(bytes, offset, length);
      leftBytes -= length;
    }

    @Override
    void finish() throws IOException {
      if (leftBytes > 0) {
        throw new IOException(
            "the body has %d bytes, %d were announced"
                .formatted(lengthBytes - leftBytes, lengthBytes));
      }
    }
  }

  private final class ChunkedOut extends BodyOut {
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private int filled;

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, bytes.length);
      int done = 0;
      while (done < length) {
        int piece = Math.min(length - done, chunk.length - filled);
        System.arraycopy(bytes, offset + done, chunk, filled, piece);
        filled += piece;
        done += piece;
        if (filled == chunk.length) {
          flush();
        }
      }
    }

    @Override
    public void flush() throws IOException {
      if (filled > 0) { // an empty chunk would end the body
        byte[] framed = new byte[filled + 16];
        byte[] size = (Integer.toHexString(filled) + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(size, 0, framed, 0, size.length);
        System.arraycopy(chunk, 0, framed, size.length, filled);
        framed[size.length + filled] = '\r';
        framed[size.length + filled + 1] = '\n';
        put(framed, 0, size.length + filled + 2);
        filled = 0;
      }
    }

    @Override
    void finish() throws IOException {
      flush();
      put("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1), 0, 5);
    }
  }
}
