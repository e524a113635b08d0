package dev.plimsoll.http.client;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that does what a test tells it, byte by byte, on a port the kernel picked. */
final class ScriptedServer implements Closeable {
  /** What happens on one connection; it is closed when the script returns. */
  interface Script {
    void run(Exchange exchange) throws Exception;
  }

  private final ServerSocket listener;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();

  ScriptedServer(Script script) throws IOException {
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(() -> accept(script));
  }

  /** Answers every request of every connection with the same bytes. */
  static ScriptedServer answering(String answer) throws IOException {
    return new ScriptedServer(exchange -> {
      while (!exchange.readHead().isEmpty()) {
        exchange.write(answer);
      }
    });
  }

  Endpoint endpoint() {
    return new Endpoint.Tcp("127.0.0.1", port());
  }

  int port() {
    return listener.getLocalPort();
  }

  int connections() {
    return connections.get();
  }

  private void accept(Script script) {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        sockets.add(socket);
        int number = connections.incrementAndGet();
        Thread.ofVirtual().start(() -> run(script, socket, number));
      } catch (IOException e) {
        return;
      }
    }
  }

  private static void run(Script script, Socket socket, int number) {
    try (socket) {
      script.run(
          new Exchange(
              new BufferedInputStream(socket.getInputStream()), socket.getOutputStream(), number));
    } catch (Exception e) {
      return; // the client left in mid-script: some tests are about that
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  /** One connection, seen by the script. {@code number} counts from 1. */
  record Exchange(InputStream in, OutputStream out, int number) {
    /** The request's head without the empty line; empty at the end of the connection. */
    String readHead() throws IOException {
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int read = in.read();
        if (read < 0) {
          return "";
        }
        head.append((char) read);
      }
      return head.substring(0, head.length() - 4);
    }

    void write(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }

    String readText(int bytes) throws IOException {
      return new String(in.readNBytes(bytes), StandardCharsets.ISO_8859_1);
    }
  }
}
