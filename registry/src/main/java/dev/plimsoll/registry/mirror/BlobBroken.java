package dev.plimsoll.registry.mirror;

import dev.plimsoll.registry.repository.RegistryException;
import dev.plimsoll.registry.repository.RegistryException.UpstreamUnavailable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A blob that was on its way does not come, is not what it should be, or could not be kept; the
 * message says why.
 */
public final class BlobBroken extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean came;

  private BlobBroken(String message, @Nullable Exception cause, boolean came) {
    super(message, cause);
    this.came = came;
  }

  BlobBroken(String message) {
    this(message, null, false);
  }

  static BlobBroken lost(Exception cause) {
    return new BlobBroken(String.valueOf(cause.getMessage()), cause, false);
  }

  static BlobBroken notKept(Exception cause) {
    return new BlobBroken(String.valueOf(cause.getMessage()), cause, true);
  }

  /** Whether all of it came and was right, so that it can be read, and only not be kept. */
  public boolean came() {
    return came;
  }

  /** For a client that has none of it yet. */
  public RegistryException refusal() {
    return getCause() instanceof UpstreamTrouble trouble
        ? UpstreamLine.refusal(trouble)
        : new UpstreamUnavailable(String.valueOf(getMessage()));
  }
}
