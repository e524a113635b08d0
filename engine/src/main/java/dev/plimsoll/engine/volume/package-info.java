/**
 * Volumes: directories of the host that outlive containers.
 *
 * <pre>
 *   volumes/&lt;name&gt;/volume.json   what never changes: options, labels, when it was made
 *   volumes/&lt;name&gt;/_data         the bytes, reachable from the host at this path
 *   volumes/.new-…, .removed-…    half made or half removed: deleted at the next start
 * </pre>
 *
 * <p>Promises:
 *
 * <ul>
 *   <li>A volume that was answered survives a power cut; one that was not leaves nothing but a name
 *       that begins with a dot.
 *   <li>A volume is removed only while no container holds it, running or not; asking and removing
 *       are one transaction.
 *   <li>A directory that is whole but has no row is taken up again, never deleted: the bytes are the
 *       user's, the row is ours.
 *   <li>What the image has at the place of a new volume is in the volume wholly or not at all.
 * </ul>
 *
 * <p>Nothing here knows HTTP or containers beyond their ids. Start reading at {@link
 * dev.plimsoll.engine.volume.Volumes}.
 */
@NullMarked
package dev.plimsoll.engine.volume;

import org.jspecify.annotations.NullMarked;
