package dev.plimsoll.registry.api;

import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.http.Response;
import dev.plimsoll.oci.Json;
import dev.plimsoll.registry.auth.AccessException;
import dev.plimsoll.registry.repository.RegistryException;
import dev.plimsoll.registry.repository.RegistryException.BlobUnknown;
import dev.plimsoll.registry.repository.RegistryException.ChunkOutOfOrder;
import dev.plimsoll.registry.repository.RegistryException.CollectorOff;
import dev.plimsoll.registry.repository.RegistryException.DeadEventUnknown;
import dev.plimsoll.registry.repository.RegistryException.DeletionUnknown;
import dev.plimsoll.registry.repository.RegistryException.DigestMismatch;
import dev.plimsoll.registry.repository.RegistryException.Held;
import dev.plimsoll.registry.repository.RegistryException.JobInProgress;
import dev.plimsoll.registry.repository.RegistryException.JobRefused;
import dev.plimsoll.registry.repository.RegistryException.Malformed;
import dev.plimsoll.registry.repository.RegistryException.ManifestBlobsUnknown;
import dev.plimsoll.registry.repository.RegistryException.ManifestInvalid;
import dev.plimsoll.registry.repository.RegistryException.ManifestTooLarge;
import dev.plimsoll.registry.repository.RegistryException.ManifestUnknown;
import dev.plimsoll.registry.repository.RegistryException.Mirrored;
import dev.plimsoll.registry.repository.RegistryException.NoPolicy;
import dev.plimsoll.registry.repository.RegistryException.NotPinned;
import dev.plimsoll.registry.repository.RegistryException.NotRewindable;
import dev.plimsoll.registry.repository.RegistryException.ReporterUnknown;
import dev.plimsoll.registry.repository.RegistryException.RepositoryUnknown;
import dev.plimsoll.registry.repository.RegistryException.RetentionOff;
import dev.plimsoll.registry.repository.RegistryException.SizeMismatch;
import dev.plimsoll.registry.repository.RegistryException.StillReferenced;
import dev.plimsoll.registry.repository.RegistryException.TooManyReporters;
import dev.plimsoll.registry.repository.RegistryException.TooManyUploads;
import dev.plimsoll.registry.repository.RegistryException.Unsupported;
import dev.plimsoll.registry.repository.RegistryException.UploadBusy;
import dev.plimsoll.registry.repository.RegistryException.UploadUnknown;
import dev.plimsoll.registry.repository.RegistryException.UpstreamBusy;
import dev.plimsoll.registry.repository.RegistryException.UpstreamUnavailable;
import dev.plimsoll.registry.repository.RegistryException.WebhookUnknown;
import java.io.IOException;
import java.util.List;

/**
 * An error as the specification wants it told.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes">
 *     distribution-spec 1.1.1, Error Codes</a>
 */
record ErrorReply(int status, String code, String message) {

  private record Body(List<Item> errors) {}

  private record Item(String code, String message) {}

  /** The one place where refusals become HTTP. A new refusal does not compile until it is here. */
  static ErrorReply to(RegistryException refusal) {
    String message = String.valueOf(refusal.getMessage());
    return switch (refusal) {
      case Malformed e -> new ErrorReply(400, code(e.subject()), message);
      case RepositoryUnknown _ -> new ErrorReply(404, "NAME_UNKNOWN", message);
      case BlobUnknown _ -> new ErrorReply(404, "BLOB_UNKNOWN", message);
      case ManifestUnknown _ -> new ErrorReply(404, "MANIFEST_UNKNOWN", message);
      case ManifestBlobsUnknown _ -> new ErrorReply(404, "MANIFEST_BLOB_UNKNOWN", message);
      case ManifestInvalid _ -> new ErrorReply(400, "MANIFEST_INVALID", message);
      case ManifestTooLarge _ -> new ErrorReply(413, "SIZE_INVALID", message);
      case UploadUnknown _ -> new ErrorReply(404, "BLOB_UPLOAD_UNKNOWN", message);
      case UploadBusy _ -> new ErrorReply(409, "BLOB_UPLOAD_INVALID", message);
      case TooManyUploads _ -> new ErrorReply(429, "TOOMANYREQUESTS", message);
      case ChunkOutOfOrder _ -> new ErrorReply(416, "BLOB_UPLOAD_INVALID", message);
      case SizeMismatch _ -> new ErrorReply(400, "SIZE_INVALID", message);
      case DigestMismatch _ -> new ErrorReply(400, "DIGEST_INVALID", message);
      case RegistryException.QuotaExceeded _ -> new ErrorReply(403, "DENIED", message);
      case RegistryException.TagImmutable _ -> new ErrorReply(403, "DENIED", message);
      case StillReferenced _ -> new ErrorReply(405, "DENIED", message);
      case Held _ -> new ErrorReply(409, "DENIED", message);
      case NotRewindable _ -> new ErrorReply(404, "TAG_NOT_REWINDABLE", message);
      case NoPolicy _ -> new ErrorReply(409, "NO_POLICY", message);
      case TooManyReporters _ -> new ErrorReply(429, "TOOMANYREQUESTS", message);
      case ReporterUnknown _ -> new ErrorReply(404, "REPORTER_UNKNOWN", message);
      case NotPinned _ -> new ErrorReply(404, "PIN_UNKNOWN", message);
      case RetentionOff _ -> new ErrorReply(409, "DENIED", message);
      case CollectorOff _ -> new ErrorReply(409, "DENIED", message);
      case JobInProgress _ -> new ErrorReply(409, "DENIED", message);
      case WebhookUnknown _ -> new ErrorReply(404, "WEBHOOK_UNKNOWN", message);
      case DeadEventUnknown _ -> new ErrorReply(404, "EVENT_UNKNOWN", message);
      case JobRefused _ -> new ErrorReply(400, "JOB_INVALID", message);
      case DeletionUnknown _ -> new ErrorReply(404, "DELETION_UNKNOWN", message);
      case UpstreamUnavailable _ -> new ErrorReply(502, "UNKNOWN", message);
      case UpstreamBusy _ -> new ErrorReply(429, "TOOMANYREQUESTS", message);
      case Mirrored _ -> new ErrorReply(403, "DENIED", message);
      case Unsupported _ -> new ErrorReply(405, "UNSUPPORTED", message);
    };
  }

  /** The same for refusals that depend on who asks. */
  static ErrorReply to(AccessException refusal) {
    String message = String.valueOf(refusal.getMessage());
    return switch (refusal) {
      case AccessException.SignInRequired _ -> new ErrorReply(401, "UNAUTHORIZED", message);
      case AccessException.TokenEnded _ -> new ErrorReply(401, "UNAUTHORIZED", message);
      case AccessException.ScopeTooSmall _ -> new ErrorReply(401, "UNAUTHORIZED", message);
      case AccessException.Denied _ -> new ErrorReply(403, "DENIED", message);
      case AccessException.OnlyFromHere _ -> new ErrorReply(403, "DENIED", message);
      case AccessException.TooManyRequests _ -> new ErrorReply(429, "TOOMANYREQUESTS", message);
      case AccessException.ReadOnly _ -> new ErrorReply(405, "UNSUPPORTED", message);
      case AccessException.AccountUnknown _ -> new ErrorReply(404, "ACCOUNT_UNKNOWN", message);
      case AccessException.AccountExists _ -> new ErrorReply(409, "ACCOUNT_EXISTS", message);
      case AccessException.Invalid _ -> new ErrorReply(400, "ACCOUNT_INVALID", message);
    };
  }

  private static String code(Malformed.Subject subject) {
    return switch (subject) {
      case NAME -> "NAME_INVALID";
      case TAG -> "TAG_INVALID";
      case DIGEST -> "DIGEST_INVALID";
      case UPLOAD -> "BLOB_UPLOAD_INVALID";
      case PARAMETER -> "PARAMETER_INVALID";
      case PAGE -> "PAGINATION_NUMBER_INVALID";
      case DOCUMENT -> "DOCUMENT_INVALID";
    };
  }

  static ErrorReply noEndpoint() {
    return new ErrorReply(404, "UNSUPPORTED", "there is no such endpoint");
  }

  /** What went wrong inside is for the log, not for strangers. */
  static ErrorReply internal(String requestId) {
    return new ErrorReply(
        500, "UNKNOWN", "something went wrong; the registry's log has it as " + requestId);
  }

  /** Which server it is and what it said is for the log. */
  static ErrorReply unavailable() {
    return new ErrorReply(
        503,
        "UNAVAILABLE",
        "the registry cannot reach its database or its storage at this moment; try again in some"
            + " seconds");
  }

  /**
   * Docker shows the reason phrase of a status it does not know and does not try again, as it does
   * with other 5xx.
   */
  static void sendNoSpace(Response response, NoSpaceException full) throws IOException {
    String sentence = String.valueOf(full.getMessage());
    response.reason("no space left on device: " + plain(sentence));
    new ErrorReply(507, "DENIED", "no space left on device: " + sentence).send(response);
  }

  void send(Response response) throws IOException {
    response
        .status(status)
        .header("Content-Type", "application/json")
        .send(Json.write(new Body(List.of(new Item(code, message)))));
  }

  /** What a reason phrase may hold. */
  private static String plain(String text) {
    return text.replaceAll("[^\\x20-\\x7e]", "?");
  }
}
