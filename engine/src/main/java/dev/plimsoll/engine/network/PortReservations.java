package dev.plimsoll.engine.network;

import dev.plimsoll.engine.refusal.EngineException;
import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.HashMap;
import java.util.Map;

/**
 * Holds the host's ports that are published, by sockets that are bound and never used.
 *
 * <p>The packet filter leads a published port to its container whether or not a program of the host
 * has it open, and would take the traffic away from that program without a word. So a port is ours
 * only once the kernel gave it to us, and while we hold it no program can open it. A bound socket
 * that does not listen answers what reaches it past the filter (such as {@code ::1}) with a reset,
 * so that a client goes on to the next address at once.
 *
 * <p>Safe for many threads. After a kill the kernel has taken the sockets back; they are opened again
 * when running containers are adopted.
 */
final class PortReservations implements AutoCloseable {
  private record Place(String address, int port, Protocol protocol) {}

  private final Map<Place, Closeable> held = new HashMap<>();

  /**
   * Reserves a port as wished.
   *
   * @throws EngineException.Failed if it, or every port of its range, is in use, in Docker's words
   */
  synchronized PublishedPort reserve(PortWish wish) throws IOException {
    BindException refused = new BindException("no port of the range is free");
    for (int port = wish.hostPortFirst(); port <= wish.hostPortLast(); port++) {
      try {
        return new PublishedPort(wish.hostAddress(), bind(wish, port), wish.port());
      } catch (BindException e) {
        refused = e;
      }
    }
    throw inUse(wish, refused);
  }

  private int bind(PortWish wish, int port) throws IOException {
    Protocol protocol = wish.port().protocol();
    if (held.containsKey(new Place(wish.hostAddress(), port, protocol))) {
      throw new BindException("held by another container");
    }
    InetSocketAddress place =
        new InetSocketAddress(InetAddress.getByName(wish.hostAddress()), port);
    Closeable socket;
    int bound;
    if (protocol == Protocol.UDP) {
      DatagramSocket datagrams = new DatagramSocket(place);
      socket = datagrams;
      bound = datagrams.getLocalPort();
    } else {
      Socket stream = new Socket();
      try {
        stream.bind(place);
      } catch (IOException e) {
        stream.close();
        throw e;
      }
      socket = stream;
      bound = stream.getLocalPort();
    }
    held.put(new Place(wish.hostAddress(), bound, protocol), socket);
    return bound;
  }

  private static EngineException inUse(PortWish wish, BindException refused) {
    String range =
        wish.hostPortFirst() == wish.hostPortLast()
            ? String.valueOf(wish.hostPortFirst())
            : wish.hostPortFirst() + "-" + wish.hostPortLast();
    return new EngineException.Failed(
        "Bind for %s:%s failed: port is already allocated".formatted(wish.hostAddress(), range),
        refused);
  }

  synchronized void release(PublishedPort port) throws IOException {
    Closeable socket =
        held.remove(new Place(port.hostAddress(), port.hostPort(), port.port().protocol()));
    if (socket != null) {
      socket.close();
    }
  }

  @Override
  public synchronized void close() throws IOException {
    for (Closeable socket : held.values()) {
      socket.close();
    }
    held.clear();
  }
}
