package dev.plimsoll.http.client;

import java.io.IOException;

/** The server answered a request for a raw connection with an ordinary answer. */
public final class UpgradeRefusedException extends IOException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final byte[] body;

  UpgradeRefusedException(int status, byte[] body) {
    super("the server answered " + status + " instead of switching protocols");
    this.status = status;
    this.body = body.clone();
  }

  public int status() {
    return status;
  }

  /** The beginning of the answer's body, at most 64 KiB. */
  public byte[] body() {
    return body.clone();
  }
}
