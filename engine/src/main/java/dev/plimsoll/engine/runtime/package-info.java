/**
 * Running one container's processes by an OCI runtime: the specification that it reads, the
 * supervisor that stays with the processes, and the channels to them.
 *
 * <pre>
 *   SpecInput ──SpecWriter──▶ config.json ──Conmon.create──▶ created ──OciRuntime.start──▶ runs
 *                                             │ conmon stays: log file, attach socket, exit file
 * </pre>
 *
 * <p>One conmon per container outlives this engine, so output goes on being kept and the exit code
 * is written down whether the engine is there or not.
 *
 * <p>This package knows nothing of images, names, policies or the API. Start reading at {@link
 * dev.plimsoll.engine.runtime.SpecWriter} and {@link dev.plimsoll.engine.runtime.SpecInput}.
 */
@NullMarked
package dev.plimsoll.engine.runtime;

import org.jspecify.annotations.NullMarked;
