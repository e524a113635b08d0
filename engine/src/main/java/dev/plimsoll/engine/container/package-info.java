/**
 * The life of containers: made, started, watched, ended, removed.
 *
 * <p>Promises:
 *
 * <ul>
 *   <li>A container that was answered with an id survives a kill of the engine and a power cut: its
 *       description is on disk before its row is.
 *   <li>One container's trouble is its own: every operation holds that container's lock only, with a
 *       deadline, and lists are answered from memory.
 *   <li>Containers run on while the engine is away; the next engine has them with the right states
 *       and exit codes.
 * </ul>
 *
 * <p>Start reading at {@link dev.plimsoll.engine.container.ContainerState}.
 */
@NullMarked
package dev.plimsoll.engine.container;

import org.jspecify.annotations.NullMarked;
