package dev.plimsoll.http.client;

import java.io.IOException;

/** What the server sent is not HTTP/1.1, or goes beyond what this client reads. */
public final class MalformedResponseException extends IOException {
  private static final long serialVersionUID = 1;

  MalformedResponseException(String message) {
    super(message);
  }
}
