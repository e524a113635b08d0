package dev.plimsoll.http.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** The bytes under a connection. */
sealed interface Transport {

  InputStream input() throws IOException;

  OutputStream output() throws IOException;

  /** Tells the peer that nothing more will come; reading goes on. */
  void shutdownOutput() throws IOException;

  /** Whether nothing has arrived on an idle connection, not even its end. */
  boolean quiet();

  /** Closes at once, whoever is blocked in it, and never throws. */
  void abandon();

  /**
   * TCP, with or without TLS.
   *
   * @param socket what is read and written
   * @param bottom the TCP socket under all TLS layers. Closing the TLS socket could wait for a lock
   *     that a blocked writer holds; closing the bottom never waits.
   */
  record Stream(Socket socket, Socket bottom) implements Transport {
    @Override
    public InputStream input() throws IOException {
      return socket.getInputStream();
    }

    @Override
    public OutputStream output() throws IOException {
      return socket.getOutputStream();
    }

    @Override
    public void shutdownOutput() throws IOException {
      socket.shutdownOutput();
    }

    @Override
    public boolean quiet() {
      try {
        socket.setSoTimeout(1);
        try {
          return socket.getInputStream().read() == Integer.MIN_VALUE;
        } catch (SocketTimeoutException e) {
          return true;
        } finally {
          socket.setSoTimeout(0);
        }
      } catch (IOException e) {
        return false;
      }
    }

    @Override
    public void abandon() {
      try {
        bottom.close();
      } catch (IOException e) {
        return; // it was closed already, or never open: both are what was wanted
      }
    }
  }

  /** A unix socket. */
  record Local(SocketChannel channel) implements Transport {
    static Local connect(Path socket) throws IOException {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        channel.connect(UnixDomainSocketAddress.of(socket));
        return new Local(channel);
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    }

    @Override
    public InputStream input() {
      return Channels.newInputStream(channel);
    }

    @Override
    public OutputStream output() {
      return Channels.newOutputStream(channel);
    }

    @Override
    public void shutdownOutput() throws IOException {
      channel.shutdownOutput();
    }

    @Override
    public boolean quiet() {
      try {
        channel.configureBlocking(false);
        boolean nothing = channel.read(ByteBuffer.allocate(1)) == 0;
        channel.configureBlocking(true);
        return nothing;
      } catch (IOException e) {
        return false;
      }
    }

    @Override
    public void abandon() {
      try {
        channel.close();
      } catch (IOException e) {
        return; // as above
      }
    }
  }
}
