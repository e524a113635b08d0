/**
 * Content-addressed storage: bytes go in through an {@link dev.plimsoll.content.Ingest}, and come
 * out by their {@link dev.plimsoll.content.BlobKey}.
 *
 * <pre>
 *   begin ──▶ Ingest ──append*──▶ Ingest ──commit──▶ blob, readable by its key ──delete──▶ gone
 *                ▲                  │ └──discard──▶ nothing
 *             resume ◀─── staged ◀──close
 * </pre>
 *
 * <p>Promises of every store here, checked by {@code ContentStoreContract}, and by cutting the power
 * before every step:
 *
 * <ul>
 *   <li>A blob is visible only when its bytes are on disk and are what its digest says.
 *   <li>After a power cut a blob is wholly there or wholly absent; one whose commit returned is
 *       there.
 *   <li>A key is never used twice: a delete that comes late, or again, hits no newer bytes.
 *   <li>Whatever a crash leaves is found by {@link dev.plimsoll.content.ContentStore#list} and {@link
 *       dev.plimsoll.content.ContentStore#staged}.
 *   <li>A full disk is a {@link dev.plimsoll.foundation.NoSpaceException}, and nothing partial stays.
 * </ul>
 *
 * <p>{@link dev.plimsoll.content.DurableFile} is for small state that is no content. Both stand on
 * {@link dev.plimsoll.content.Disk}, the seam where tests cut the power. The layout on disk is in
 * {@code docs/formats/content-store.md}.
 *
 * <p>This package knows nothing of repositories, tags, images or HTTP. Start reading at {@link
 * dev.plimsoll.content.ContentStore}.
 */
@NullMarked
package dev.plimsoll.content;

import org.jspecify.annotations.NullMarked;
