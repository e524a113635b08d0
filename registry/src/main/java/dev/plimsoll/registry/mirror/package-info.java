/**
 * Other registries, seen through this one: what is asked for is fetched once, kept, and served for
 * as long as nobody deletes it, whatever becomes of where it came from.
 *
 * <pre>
 *   GET docker.io/library/busybox ──▶ Mirrors ──▶ Mirror (one upstream)
 *                                                  ├─ tag: asked by HEAD, at most every minute
 *                                                  │    └─ no good answer: what was pulled before
 *                                                  ├─ manifest: fetched, checked, stored
 *                                                  └─ MirroredBlobs ──▶ BlobFetch: one download,
 *                                                                       any number of readers
 *   whatever is asked of the upstream goes by its UpstreamLine, which knows when it is to be left alone
 * </pre>
 *
 * <p>Promises, each with a test:
 *
 * <ul>
 *   <li>What was ever pulled is served while the upstream is down, slow, out of patience, lying, or
 *       has taken it back; the answer, the log and a metric say so.
 *   <li>Nothing reaches a client as a whole blob whose digest is not the one it asked for.
 *   <li>Any number of pulls of one blob cost the upstream one.
 *   <li>On a full disk pulls go on, past the store.
 * </ul>
 *
 * <p>Manifests here may name blobs that nobody has pulled yet: what is promised of pushed images,
 * that all is there, is not promised of these. Begin at {@link
 * dev.plimsoll.registry.mirror.Mirror#manifest}.
 */
@NullMarked
package dev.plimsoll.registry.mirror;

import org.jspecify.annotations.NullMarked;
