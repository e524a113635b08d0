package dev.plimsoll.docker;

import java.io.IOException;

/** A daemon's answer that means no: its message, as it was sent, and the status. */
public final class DockerException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int status;

  public DockerException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** The HTTP status: 404 for what is not there, 409 for what is in use … */
  public int status() {
    return status;
  }
}
