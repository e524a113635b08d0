package dev.plimsoll.engine.api;

import dev.plimsoll.http.Response;

/**
 * Answers one kind of request. It runs on a virtual thread of the connection and may block. What it
 * throws before it has begun to answer becomes a refusal by {@link Errors}; afterwards the
 * connection is cut, so that the client cannot take half an answer for a whole one.
 */
@FunctionalInterface
public interface ApiHandler {
  void handle(ApiRequest request, Response response) throws Exception;
}
