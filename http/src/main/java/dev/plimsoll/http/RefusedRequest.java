package dev.plimsoll.http;

/** A request that is answered with a status by the server itself, before any handler sees it. */
final class RefusedRequest extends Exception {
  private final int status;
  private final String sentence;

  RefusedRequest(int status, String message) {
    super(message);
    this.status = status;
    this.sentence = message;
  }

  int status() {
    return status;
  }

  /** What the client is told. */
  String sentence() {
    return sentence;
  }

  /** It happens to every scanner's request: no stack is needed to understand it. */
  @Override
  public Throwable fillInStackTrace() {
    return this;
  }
}
