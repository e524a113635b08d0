/**
 * Pulling from and pushing to any registry that speaks the OCI distribution specification or
 * Docker's, whoever runs it.
 *
 * <pre>
 *   Registries ──▶ hosts to try (mirrors, https, http) ──▶ RegistrySession (one host, one repository,
 *      │                                                    one caller's credentials)
 *      ├─ pull:  manifest ─▶ platform ─▶ config ─▶ layers, several at once ─▶ BlobSink
 *      ├─ push:  BlobSource ─▶ layers, several at once ─▶ config ─▶ manifest
 *      └─ login: are these credentials good?
 * </pre>
 *
 * <p>Promises, each with a test:
 *
 * <ul>
 *   <li>Nothing reaches {@link dev.plimsoll.transfer.BlobDraft#commit} whose digest or size is not
 *       what the manifest says, and a manifest asked for by digest has that digest.
 *   <li>Credentials go to the registry they were given for and to the token server it names, and
 *       never along with a redirect to another host.
 *   <li>A connection that breaks in mid-layer is made again and goes on where it broke, a bounded
 *       number of times.
 *   <li>Manifests, token answers and error bodies have a limit; layers end at the size announced.
 * </ul>
 *
 * <p>Refusals are {@link dev.plimsoll.transfer.TransferException}s whose messages are Docker's;
 * trouble with the network is {@link java.io.IOException}. This package knows nothing of layers on
 * disk, images, or the Engine API. Start reading at {@link dev.plimsoll.transfer.Registries}.
 */
@NullMarked
package dev.plimsoll.transfer;

import org.jspecify.annotations.NullMarked;
