package dev.plimsoll.content.s3;

import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.foundation.UnavailableException;
import java.io.IOException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What went wrong with S3, in this project's words. */
final class S3Trouble {
  private static final int NOT_FOUND = 404;
  private static final int FORBIDDEN = 403;
  private static final int UNAUTHORIZED = 401;
  private static final int PRECONDITION_FAILED = 412;
  private static final int CONFLICT = 409;
  private static final int NOT_IMPLEMENTED = 501;
  private static final int INSUFFICIENT_STORAGE = 507;
  private static final int CLIENT_ERRORS = 400;
  private static final int SERVER_ERRORS = 500;
  private static final int TIMEOUT = 408;
  private static final int TOO_MANY = 429;

  private S3Trouble() {}

  static boolean isAbsent(SdkException e) {
    return status(e) == NOT_FOUND;
  }

  /** The name is taken, or is being taken. */
  static boolean isTaken(SdkException e) {
    return status(e) == PRECONDITION_FAILED || status(e) == CONFLICT;
  }

  /** The server does not know what was asked for. */
  static boolean isUnknownFeature(SdkException e) {
    return status(e) == NOT_IMPLEMENTED;
  }

  /** There was no answer, or none but that there can be none now. */
  static boolean isOutage(SdkException e) {
    int status = status(e);
    boolean serverError = status >= SERVER_ERRORS && status != NOT_IMPLEMENTED;
    return status == 0
        || (serverError && status != INSUFFICIENT_STORAGE)
        || status == TIMEOUT
        || status == TOO_MANY;
  }

  /** With a sentence; an outage is an {@link UnavailableException}. */
  static IOException of(S3Address address, String what, SdkException e) {
    int status = status(e);
    String sentence = "%s: %s: %s".formatted(address, what, message(e));
    if (status == INSUFFICIENT_STORAGE) {
      return new NoSpaceException(sentence, e);
    }
    if (status == FORBIDDEN || status == UNAUTHORIZED) {
      return new IOException(
          sentence
              + ". The credentials lack a right, or are wrong: the registry needs s3:GetObject,"
              + " s3:PutObject, s3:DeleteObject, s3:ListBucket, s3:AbortMultipartUpload and"
              + " s3:ListBucketMultipartUploads",
          e);
    }
    if (status == NOT_IMPLEMENTED) {
      return new IOException(sentence + " (asked for by storage.s3.encryption?)", e);
    }
    if (isOutage(e)) {
      return new UnavailableException(sentence, e);
    }
    return new IOException(sentence, e);
  }

  private static String message(SdkException e) {
    if (e instanceof S3Exception answer && answer.awsErrorDetails() != null) {
      return "%d %s %s"
          .formatted(
              answer.statusCode(),
              answer.awsErrorDetails().errorCode(),
              answer.awsErrorDetails().errorMessage());
    }
    return S3Line.trouble(e).orElseGet(() -> String.valueOf(e.getMessage()));
  }

  private static int status(SdkException e) {
    return e instanceof S3Exception answer && answer.statusCode() >= CLIENT_ERRORS
        ? answer.statusCode()
        : 0;
  }
}
