package dev.plimsoll.system;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Stands before a server and breaks connections after as many bytes of answer as it is told. */
final class CuttingProxy implements AutoCloseable {
  private final String host;
  private final int port;
  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile long cutAfterBytes = Long.MAX_VALUE;

  private CuttingProxy(String host, int port) throws IOException {
    this.host = host;
    this.port = port;
    this.server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    Thread.ofVirtual().start(this::accept);
  }

  static CuttingProxy before(String address) throws IOException {
    String[] parts = address.split(":");
    return new CuttingProxy(parts[0], Integer.parseInt(parts[1]));
  }

  String host() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  /** From now on each connection, also one that is open, ends after so many bytes more. */
  void cutEvery(long bytes) {
    cutAfterBytes = bytes;
  }

  void cutNever() {
    cutAfterBytes = Long.MAX_VALUE;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Socket origin = new Socket(host, port);
        open.add(client);
        open.add(origin);
        Thread.ofVirtual().start(() -> pass(client, origin, false));
        Thread.ofVirtual().start(() -> pass(origin, client, true));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void pass(Socket from, Socket to, boolean answers) {
    try (from;
        to) {
      InputStream input = from.getInputStream();
      OutputStream output = to.getOutputStream();
      byte[] buffer = new byte[8192];
      long passed = 0;
      int length;
      while ((length = input.read(buffer)) >= 0) {
        passed += length;
        if (answers && passed > cutAfterBytes) {
          return;
        }
        output.write(buffer, 0, length);
      }
    } catch (IOException e) {
      // one of the two has gone, and so does the other
    } finally {
      open.remove(from);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
