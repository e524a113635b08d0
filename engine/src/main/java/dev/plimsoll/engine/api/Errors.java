package dev.plimsoll.engine.api;

import dev.plimsoll.engine.refusal.EngineException;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.engine.refusal.EngineException.Conflict;
import dev.plimsoll.engine.refusal.EngineException.Failed;
import dev.plimsoll.engine.refusal.EngineException.Forbidden;
import dev.plimsoll.engine.refusal.EngineException.NotFound;
import dev.plimsoll.engine.refusal.EngineException.NotImplemented;
import dev.plimsoll.engine.refusal.EngineException.NotModified;
import dev.plimsoll.engine.refusal.EngineException.Unavailable;
import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.http.BodyException;
import dev.plimsoll.transfer.TransferException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The one place where refusals and trouble become a status and a message. The message is what a
 * user of {@code docker} reads after "Error response from daemon: ".
 */
record Errors(int status, String message) {
  /** Beyond this many causes nobody reads on. */
  private static final int CAUSES_MAX = 8;

  /** What scripts look for. */
  private static final String NO_SPACE = "no space left on device";

  /** Whether somebody has to look at the daemon's log: everything that is not the caller's doing. */
  boolean isTrouble() {
    return status >= 500 && status != 501 && status != 503;
  }

  static Errors of(Throwable thrown) {
    return switch (thrown) {
      case EngineException refusal -> new Errors(statusOf(refusal), messageOf(refusal));
      case TransferException refusal -> new Errors(statusOf(refusal), sentenceOf(refusal));
      case NoSpaceException full -> new Errors(507, endingWith(sentenceOf(full), NO_SPACE));
      case BodyException body -> new Errors(body.status(), sentenceOf(body));
      case IOException trouble -> new Errors(500, sentenceOf(trouble));
      case InterruptedException _ -> new Errors(503, "the engine is stopping");
      default -> new Errors(500, "internal error: " + thrown);
    };
  }

  /** A new refusal does not compile until it is here. */
  private static int statusOf(EngineException refusal) {
    return switch (refusal) {
      case BadParameter _ -> 400;
      case Forbidden _ -> 403;
      case NotFound _ -> 404;
      case Conflict _ -> 409;
      case NotModified _ -> 304;
      case NotImplemented _ -> 501;
      case Unavailable _ -> 503;
      case Failed _ -> 500;
    };
  }

  /** As dockerd: what may be hidden and what is not there look alike. */
  private static int statusOf(TransferException refusal) {
    return switch (refusal) {
      case TransferException.NotFound _,
          TransferException.Denied _,
          TransferException.NoMatchingPlatform _ ->
          404;
      case TransferException.Unauthorized _ -> 401;
      case TransferException.UnsupportedManifest _ -> 400;
      case TransferException.DigestMismatch _, TransferException.Rejected _ -> 500;
    };
  }

  private static String messageOf(EngineException refusal) {
    return refusal.getMessage() == null ? refusal.getClass().getSimpleName() : refusal.getMessage();
  }

  /** The path from what was asked for down to the cause, each clause once. */
  private static String sentenceOf(Throwable trouble) {
    List<String> clauses = new ArrayList<>();
    Throwable at = trouble;
    for (int i = 0; i < CAUSES_MAX && at != null; i++, at = at.getCause()) {
      String clause = at.getMessage() == null ? at.getClass().getSimpleName() : at.getMessage();
      String words = clause.toLowerCase(Locale.ROOT);
      if (clauses.stream().noneMatch(said -> said.toLowerCase(Locale.ROOT).contains(words))) {
        clauses.add(clause);
      }
    }
    return String.join(": ", clauses);
  }

  private static String endingWith(String sentence, String end) {
    return sentence.toLowerCase(Locale.ROOT).contains(end) ? sentence : sentence + ": " + end;
  }
}
