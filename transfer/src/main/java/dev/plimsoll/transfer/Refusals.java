package dev.plimsoll.transfer;

import dev.plimsoll.oci.ImageName;
import java.io.IOException;

/** Turns a registry's errors into ours, in the words and by the rules of dockerd. */
final class Refusals {
  private Refusals() {}

  /**
   * @param absent the code that a 404 without one stands for
   */
  static TransferException pull(ImageName name, RegistryReply reply, String absent)
      throws IOException {
    RegistryError error = reply.error();
    if (reply.status() == 404 && error.code().isEmpty()) {
      error = RegistryError.standard(absent);
    }
    return switch (error.code()) {
      case "DENIED" -> TransferException.Denied.pull(name, error);
      case "MANIFEST_UNKNOWN" -> TransferException.NotFound.manifest(name, error);
      case "NAME_UNKNOWN" -> TransferException.NotFound.repository(name, error);
      default -> other(reply, error);
    };
  }

  static TransferException push(RegistryReply reply) throws IOException {
    return other(reply, reply.error());
  }

  private static TransferException other(RegistryReply reply, RegistryError error) {
    int status = reply.status();
    if (error.code().equals("DENIED") || status == 403) {
      return new TransferException.Denied(error.text());
    }
    return switch (status) {
      case 401 -> new TransferException.Unauthorized(error.text());
      case 404 -> new TransferException.NotFound(error.text());
      default -> new TransferException.Rejected(status, error, reply.retryAfter());
    };
  }

  /** Whether the same request may succeed a little later. */
  static boolean passing(int status) {
    return status == 408 || status == 429 || (status >= 500 && status != 501 && status != 507);
  }
}
