package dev.plimsoll.registry.mirror;

import static java.util.Objects.requireNonNull;

import java.io.IOException;

/** What went wrong on our side of a download: the upstream is not to blame, nor to be left alone. */
final class OwnTrouble extends IOException {
  private static final long serialVersionUID = 1L;

  OwnTrouble(IOException cause) {
    super(cause.getMessage(), cause);
  }

  /** As it happened. */
  IOException itself() {
    return (IOException) requireNonNull(getCause());
  }
}
