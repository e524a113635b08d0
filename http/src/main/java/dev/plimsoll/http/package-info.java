/**
 * The HTTP server that all products share: HTTP/1.1 on TCP, TLS and unix sockets, behind plain
 * blocking Java.
 *
 * <pre>
 *   socket ──▶ event loop: parses, keeps the time ──▶ one virtual thread per request: Handler
 *                  ▲      │ body parts, bounded               │
 *                  │      └──────────────────────▶ Request    │
 *                  └──────────── writes, bounded ──────────── Response
 * </pre>
 *
 * <p>Promises, each checked by a test on all three kinds of socket:
 *
 * <ul>
 *   <li>Requests of one connection are handled one at a time and answered in order.
 *   <li>A slow client costs memory up to the {@link dev.plimsoll.http.Limits} and blocks nobody but
 *       its own handler; a client that is gone ends its handler's reads and writes with {@link
 *       dev.plimsoll.http.ClientGone} and runs {@link
 *       dev.plimsoll.http.Request#onDisconnect(Runnable)}.
 *   <li>What two parsers could read differently (RFC 9112, section 11) is refused with 400 and the
 *       connection closed; nothing behind it is read as a request.
 *   <li>An answer given before the body was read reaches the client that is still sending.
 *   <li>Logs name no query, no header and no body.
 * </ul>
 *
 * <p>The library below (Netty) is hidden: no type of it is in a public signature, and nobody outside
 * this package may lean on it. Start reading at {@link dev.plimsoll.http.HttpServer}; then {@code
 * Conversation}, which holds the life of one connection.
 */
@NullMarked
package dev.plimsoll.http;

import org.jspecify.annotations.NullMarked;
