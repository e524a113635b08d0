package dev.plimsoll.http;

import java.io.IOException;

/**
 * The client closed the connection, lost it, or was cut off because it read nothing for the stall
 * time. Nobody is there to be answered, so a handler lets it rise.
 */
public final class ClientGone extends IOException {
  ClientGone(String message) {
    super(message);
  }
}
