package dev.plimsoll.engine.network;

/** A port of the host that leads to a port of a container. */
public record PublishedPort(String hostAddress, int hostPort, ContainerPort port) {

  /** Whether it is published on every address of the host. */
  boolean everywhere() {
    return hostAddress.equals(PortWish.ANY_ADDRESS);
  }
}
