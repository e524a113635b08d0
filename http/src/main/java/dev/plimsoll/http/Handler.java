package dev.plimsoll.http;

/** Answers requests. Called by many virtual threads at once, one for each request in progress. */
@FunctionalInterface
public interface Handler {
  /**
   * Answers one request in plain blocking code. The answer is complete when this returns; an open
   * {@link Response#stream()} or {@link Duplex} is closed then.
   *
   * <p>Whatever is thrown is logged once. If nothing was sent yet, a {@link BodyException} becomes
   * its status and all else becomes 500; otherwise the connection is cut, so that the client does
   * not take a part for the whole.
   */
  void handle(Request request, Response response) throws Exception;
}
