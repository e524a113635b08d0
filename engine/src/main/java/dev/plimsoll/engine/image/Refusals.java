package dev.plimsoll.engine.image;

import dev.plimsoll.engine.refusal.EngineException;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.engine.refusal.EngineException.Failed;
import dev.plimsoll.engine.refusal.EngineException.NotFound;
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
      case TransferException.UnsupportedManifest _ -> new BadParameter(message, refusal);
      // 500, as dockerd's: to a 401 the client answers by asking for a name, and a script hangs.
      case TransferException.Unauthorized _,
          TransferException.DigestMismatch _,
          TransferException.Rejected _ ->
          new Failed(message, refusal);
    };
  }
}
