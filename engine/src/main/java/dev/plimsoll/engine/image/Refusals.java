package dev.plimsoll.engine.image;

import dev.plimsoll.engine.refusal.EngineException;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.engine.refusal.EngineException.Failed;
import dev.plimsoll.engine.refusal.EngineException.NotFound;
import dev.plimsoll.engine.refusal.EngineException.Unauthorized;
import dev.plimsoll.transfer.TransferException;

/** What a registry refuses, as a refusal of the engine with the status that dockerd gives it. */
final class Refusals {
  private Refusals() {}

  static EngineException of(TransferException refusal) {
    String message = String.valueOf(refusal.getMessage());
    return switch (refusal) {
      case TransferException.NotFound _, TransferException.NoMatchingPlatform _ ->
          new NotFound(message);
      // dockerd says 404: whoever may not know that a repository exists, does not learn it.
      case TransferException.Denied _ -> new NotFound(message);
      case TransferException.Unauthorized _ -> new Unauthorized(message);
      case TransferException.UnsupportedManifest _ -> new BadParameter(message, refusal);
      case TransferException.DigestMismatch _, TransferException.Rejected _ ->
          new Failed(message, refusal);
    };
  }
}
