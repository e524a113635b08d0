/**
 * The HTTP/1.1 client: plain blocking calls, made for virtual threads, on TCP, TLS and unix
 * sockets.
 *
 * <pre>
 *   ClientRequest ──send──▶ ClientResponse ──body() read to its end──▶ connection back to the pool
 *        │                        └────────close() before the end───▶ connection closed
 *        └───hijack──▶ Duplex (the connection belongs to the caller until closed)
 * </pre>
 *
 * <p>Promises, each with a test:
 *
 * <ul>
 *   <li>Nothing waits for ever, unless the request is {@link
 *       dev.plimsoll.http.client.ClientRequest#patient()}: connecting, the wait for an answer and
 *       every step of a body have a time limit.
 *   <li>Nothing read into memory is without limit; a body is streamed.
 *   <li>A body that ends early is an error, never a short body.
 *   <li>A request is sent again only if it is idempotent, its body can be sent again, the
 *       connection had been used before, and not one byte of an answer came.
 *   <li>Redirects, authentication and retries with back-off are the caller's: only the caller knows
 *       who may see its credentials.
 * </ul>
 *
 * <p>Start reading at {@link dev.plimsoll.http.client.HttpClient}. Why it stands on plain sockets:
 * {@code docs/decisions/0003-http-client.md}.
 */
@NullMarked
package dev.plimsoll.http.client;

import org.jspecify.annotations.NullMarked;
