/**
 * Files in and out of containers: {@code docker cp}, {@code diff} and {@code export}.
 *
 * <p>A path of a container is walked here name by name from a held directory ({@link
 * dev.plimsoll.engine.archive.ContainerTree}), so that links lead to where they would lead inside and
 * never out, whatever the container does to them meanwhile. Volumes and the like are seen in their
 * places, also of a container that does not run.
 *
 * <p>Begin at {@link dev.plimsoll.engine.archive.Archives}.
 */
@NullMarked
package dev.plimsoll.engine.archive;

import org.jspecify.annotations.NullMarked;
