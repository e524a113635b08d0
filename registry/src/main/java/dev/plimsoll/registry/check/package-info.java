/**
 * Finds out whether everything is there: rows without bytes, bytes without rows, bytes that are not
 * what they should be, manifests that lack something; and repairs what can be repaired.
 *
 * <pre>
 *   check ──▶ blobs ──▶ manifests ──▶ tags ──▶ stores ──▶ over
 *               │ wrong      │ object lost        │ no row
 *               ▼            ▼                    ▼
 *            marked,     written anew       orphan, deleted when it has waited
 *            or fetched
 * </pre>
 *
 * <p>Promises:
 *
 * <ul>
 *   <li>It runs beside pushes and pulls, reads so many bytes a second and no more, holds no
 *       transaction open, and goes on after a restart where it was.
 *   <li>It deletes only bytes that had no row at two looks, an hour apart, and seven days after a
 *       restore.
 *   <li>A blob that is marked damaged is healed by the next push of it, or from a {@link
 *       dev.plimsoll.registry.check.RepairSource}.
 * </ul>
 *
 * <p>Begin at {@link dev.plimsoll.registry.check.Checks}.
 */
@NullMarked
package dev.plimsoll.registry.check;

import org.jspecify.annotations.NullMarked;
