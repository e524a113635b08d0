package dev.plimsoll.engine.network;

/** What a published port carries. */
public enum Protocol {
  TCP,
  UDP;

  /** The name in {@code 80/tcp} and in the packet filter. */
  public String text() {
    return this == TCP ? "tcp" : "udp";
  }
}
