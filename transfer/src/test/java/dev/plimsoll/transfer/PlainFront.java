package dev.plimsoll.transfer;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * Stands before the JDK's HTTP server and hangs up on a TLS handshake, as real servers do; the JDK's
 * would wait for the rest of a request line.
 */
final class PlainFront implements Closeable {
  private static final int TLS_HANDSHAKE = 0x16;

  private final ServerSocket listener;
  private final InetSocketAddress behind;

  PlainFront(InetSocketAddress behind) throws IOException {
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.behind = behind;
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        Socket server = new Socket()) {
      int first = client.getInputStream().read();
      if (first < 0 || first == TLS_HANDSHAKE) {
        return;
      }
      server.connect(behind);
      server.getOutputStream().write(first);
      Thread back = Thread.ofVirtual().start(() -> pump(server, client));
      pump(client, server);
      back.join();
    } catch (IOException | InterruptedException e) {
      return; // one of the two has gone: so does the other
    }
  }

  /** Both ends are closed when one has nothing more to say. */
  private static void pump(Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[16 * 1024];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        out.write(buffer, 0, read);
      }
    } catch (IOException e) {
      return; // as above
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
