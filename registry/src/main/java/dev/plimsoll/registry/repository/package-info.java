/**
 * The registry's core: repositories, blobs, uploads, manifests, tags and the trash. It knows nothing
 * of HTTP.
 *
 * <pre>
 *   upload ──commit──▶ blob ◀──link, with a lease── repository
 *                       ▲                              │
 *                       └────reference──── manifest ◀──┴── tag
 * </pre>
 *
 * <p>The database decides, the content store is dumb: a blob exists when its row says so. A
 * repository sees a blob through a <em>link</em>. A link is held by a lease (upload, mount and HEAD
 * write one) or by a manifest that names the blob; when neither holds it, {@link
 * dev.plimsoll.registry.gc} takes it away, and a blob without links is condemned, and later deleted.
 * The check inside the transaction that stores a manifest is what makes this safe; leases only spare
 * clients needless refusals.
 *
 * <p>Promises, which {@code InterleavingTest} searches for exceptions to:
 *
 * <ul>
 *   <li>A manifest that was stored and not deleted can be read byte for byte, with all its blobs.
 *   <li>A row of a live or condemned blob means that its bytes are there.
 *   <li>After a blob was stored, mounted or promised to a repository, a manifest of that repository
 *       that names it is accepted for as long as the lease lasts.
 *   <li>What is deleted is gone for readers when the deletion returns, and comes back whole from the
 *       trash.
 * </ul>
 *
 * <p>Begin at {@link dev.plimsoll.registry.repository.Manifests#put}, then {@link
 * dev.plimsoll.registry.repository.BlobRows}.
 */
@NullMarked
package dev.plimsoll.registry.repository;

import org.jspecify.annotations.NullMarked;
