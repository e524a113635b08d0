package dev.plimsoll.transfer;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.Platform;
import java.time.Duration;

/**
 * A registry's answer that means no, or content that is not what it should be. The messages are
 * those that users of Docker know. Trouble with the network is no refusal: it stays an {@link
 * java.io.IOException}.
 */
public abstract sealed class TransferException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private TransferException(String message) {
    super(message);
  }

  /** No such manifest, blob or repository. */
  public static final class NotFound extends TransferException {
    private static final long serialVersionUID = 1;

    NotFound(String message) {
      super(message);
    }

    static NotFound manifest(ImageName name, RegistryError error) {
      return new NotFound("manifest for %s not found: %s".formatted(name.familiar(), error.text()));
    }

    static NotFound repository(ImageName name, RegistryError error) {
      return new NotFound(
          "repository %s not found: %s".formatted(name.familiarRepository(), error.text()));
    }
  }

  /** The registry wants to know who asks, or does not believe it. */
  public static final class Unauthorized extends TransferException {
    private static final long serialVersionUID = 1;

    Unauthorized(String message) {
      super(message);
    }
  }

  /** The registry knows who asks, and says no; or hides whether there is anything. */
  public static final class Denied extends TransferException {
    private static final long serialVersionUID = 1;

    Denied(String message) {
      super(message);
    }

    static Denied pull(ImageName name, RegistryError error) {
      return new Denied(
          "pull access denied for %s, repository does not exist or may require 'docker login': %s"
              .formatted(name.familiarRepository(), error.text()));
    }
  }

  /** Content that is not what its digest or its size promised. */
  public static final class DigestMismatch extends TransferException {
    private static final long serialVersionUID = 1;

    DigestMismatch(String message) {
      super(message);
    }

    static DigestMismatch of(String what, Digest promised, Digest received) {
      return new DigestMismatch(
          "%s: verification failed: promised %s, received %s".formatted(what, promised, received));
    }
  }

  /** A manifest that is malformed, of schema 1, too large, or of something that is no image. */
  public static final class UnsupportedManifest extends TransferException {
    private static final long serialVersionUID = 1;

    UnsupportedManifest(String message) {
      super(message);
    }
  }

  /** An index without an image for the platform. */
  public static final class NoMatchingPlatform extends TransferException {
    private static final long serialVersionUID = 1;

    NoMatchingPlatform(Platform platform) {
      super("no matching manifest for " + platform + " in the manifest list entries");
    }
  }

  /** Any other answer that means no. */
  public static final class Rejected extends TransferException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String code;
    private final Duration retryAfter;

    Rejected(int status, RegistryError error) {
      this(status, error, Duration.ZERO);
    }

    Rejected(int status, RegistryError error, Duration retryAfter) {
      super(error.text());
      this.status = status;
      this.code = error.code();
      this.retryAfter = retryAfter;
    }

    /** How long the registry wants to be left alone; zero if it does not say. */
    public Duration retryAfter() {
      return retryAfter;
    }

    /** The HTTP status. */
    public int status() {
      return status;
    }

    /** The registry's code such as {@code TOOMANYREQUESTS}; empty if it gave none. */
    public String code() {
      return code;
    }
  }
}
