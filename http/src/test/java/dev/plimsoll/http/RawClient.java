package dev.plimsoll.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/** A client that sends exactly the bytes it is told and reads answers by RFC 9112, and nothing else. */
final class RawClient implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final InputStream in;
  private final OutputStream out;
  private final HalfCloseable connection;

  interface HalfCloseable extends AutoCloseable {
    void shutdownOutput() throws IOException;

    @Override
    void close() throws IOException;
  }

  /** An answer as it came over the wire. */
  @SuppressWarnings("ArrayRecordComponent") // answers are read, never compared
  record Answer(String statusLine, List<String> headers, byte[] body) {
    int status() {
      return Integer.parseInt(statusLine.substring(9, 12));
    }

    Optional<String> header(String name) {
      return headers.stream()
          .filter(
              line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst();
    }

    String text() {
      return new String(body, StandardCharsets.ISO_8859_1);
    }
  }

  private RawClient(InputStream in, OutputStream out, HalfCloseable connection) {
    this.in = in;
    this.out = out;
    this.connection = connection;
  }

  static RawClient tcp(InetSocketAddress address) throws IOException {
    return of(new Socket(address.getAddress(), address.getPort()));
  }

  static RawClient tls(InetSocketAddress address, SSLContext context) throws IOException {
    return of(context.getSocketFactory().createSocket(address.getAddress(), address.getPort()));
  }

  private static RawClient of(Socket socket) throws IOException {
    socket.setSoTimeout((int) PATIENCE.toMillis());
    socket.setTcpNoDelay(true);
    return new RawClient(
        socket.getInputStream(),
        socket.getOutputStream(),
        new HalfCloseable() {
          @Override
          public void shutdownOutput() throws IOException {
            socket.shutdownOutput();
          }

          @Override
          public void close() throws IOException {
            socket.close();
          }
        });
  }

  static RawClient unix(Path path) throws IOException {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
    return new RawClient(
        Channels.newInputStream(channel),
        Channels.newOutputStream(channel),
        new HalfCloseable() {
          @Override
          public void shutdownOutput() throws IOException {
            channel.shutdownOutput();
          }

          @Override
          public void close() throws IOException {
            channel.close();
          }
        });
  }

  InputStream in() {
    return in;
  }

  OutputStream out() {
    return out;
  }

  RawClient send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  RawClient send(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
    return this;
  }

  RawClient get(String target) throws IOException {
    return send("GET " + target + " HTTP/1.1\r\nHost: test\r\n\r\n");
  }

  void shutdownOutput() throws IOException {
    connection.shutdownOutput();
  }

  /** Reads one answer to anything but HEAD; also an interim one. */
  Answer answer() throws IOException {
    return answer(true);
  }

  Answer answerToHead() throws IOException {
    return answer(false);
  }

  Answer answer(boolean withBody) throws IOException {
    String statusLine = line();
    List<String> headers = new ArrayList<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      headers.add(line);
    }
    Answer head = new Answer(statusLine, headers, new byte[0]);
    int status = head.status();
    if (!withBody || status < 200 || status == 204 || status == 304) {
      return head;
    }
    return new Answer(statusLine, headers, body(head));
  }

  private byte[] body(Answer head) throws IOException {
    if (head.header("Transfer-Encoding").isPresent()) {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      while (true) {
        int size = Integer.parseInt(line(), 16);
        body.write(exactly(size));
        if (!line().isEmpty()) {
          throw new IOException("a chunk of " + size + " bytes has no end");
        }
        if (size == 0) {
          return body.toByteArray();
        }
      }
    }
    Optional<String> length = head.header("Content-Length");
    return length.isPresent() ? exactly(Integer.parseInt(length.get())) : in.readAllBytes();
  }

  /** Whatever comes first, for answers that fit one packet. */
  byte[] firstBytes() throws IOException {
    byte[] bytes = new byte[64 * 1024];
    return Arrays.copyOf(bytes, in.read(bytes));
  }

  byte[] exactly(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("wanted %d bytes, got %d".formatted(length, bytes.length));
    }
    return bytes;
  }

  String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the connection ended after \"" + line + "\"");
      }
      line.append((char) c);
    }
    if (line.isEmpty() || line.charAt(line.length() - 1) != '\r') {
      throw new IOException("a bare line feed after \"" + line + "\"");
    }
    return line.substring(0, line.length() - 1);
  }

  /** Reads to the end of the connection, counting a reset as an end. */
  byte[] rest() {
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    try {
      in.transferTo(rest);
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the connection was not closed", e);
    } catch (IOException reset) {
      return rest.toByteArray();
    }
    return rest.toByteArray();
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
