package dev.plimsoll.http;

import java.time.Duration;

/** Is told of every request that has ended, whatever its end. Has to be quick and to throw nothing. */
@FunctionalInterface
public interface RequestMetrics {
  /** For servers whose requests nobody counts. */
  RequestMetrics NONE = request -> {};

  void finished(Finished request);

  /**
   * A request that has ended.
   *
   * @param path without the query, as sent
   * @param status as sent; 499 when the client was gone before there was one
   * @param receivedBytes of the body, as far as it was received
   * @param sentBytes of the body
   */
  record Finished(
      String id,
      String method,
      String path,
      int status,
      long receivedBytes,
      long sentBytes,
      Duration duration) {}
}
