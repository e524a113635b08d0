package dev.plimsoll.system;

import java.io.IOException;
import java.nio.file.Path;

/** A registry of ours with a directory of its own. */
final class TestRegistry implements AutoCloseable {
  private final Places places;
  private RunningServer server;

  private TestRegistry(Places places) throws IOException {
    this.places = places;
    this.server = RunningServer.registry(places.data());
  }

  static TestRegistry start() throws IOException {
    return new TestRegistry(Places.make());
  }

  /** Host and port, as an image's name begins. */
  String host() {
    return server.host();
  }

  String url() {
    return server.address();
  }

  Path scratch() {
    return places.scratch();
  }

  void kill() {
    server.kill();
  }

  /** The next one on the same directory and the same port. */
  void next() throws IOException {
    String address = server.host();
    server = RunningServer.registry(places.data(), "--listen=" + address);
  }

  @Override
  public void close() throws IOException {
    try {
      server.close();
    } finally {
      places.remove();
    }
  }
}
