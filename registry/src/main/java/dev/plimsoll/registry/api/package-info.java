/**
 * The registry over HTTP: the OCI distribution specification 1.1.1, what Docker's client needs beside
 * it, and a small API of our own for the command line.
 *
 * <p>A request walks one way: {@link dev.plimsoll.registry.api.RegistryApi} reads its path into an
 * {@link dev.plimsoll.registry.api.Endpoint}, one class for each kind of thing turns its text into
 * types and calls the core, and whatever the core refuses becomes a status in {@link
 * dev.plimsoll.registry.api.ErrorReply} and nowhere else.
 *
 * <p>This is the only package of the registry that knows HTTP. Begin at {@link
 * dev.plimsoll.registry.api.RegistryApi}.
 */
@NullMarked
package dev.plimsoll.registry.api;

import org.jspecify.annotations.NullMarked;
