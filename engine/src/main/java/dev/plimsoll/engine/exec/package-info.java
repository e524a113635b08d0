/**
 * Further processes in running containers: {@code docker exec}.
 *
 * <pre>
 *   create ──▶ Created ──start──▶ Starting ──▶ Running ──▶ Ended, forgotten after a while
 *                                    └──the runtime refuses──▶ Ended with 126 or 127
 * </pre>
 *
 * <p>An exec lives in memory only. The engine is the process' parent and holds its pipes or terminal
 * itself, so nothing of an exec outlives the engine but the process, which is the container's: it
 * ends with the container, on a lost terminal, or by itself. What the start needed on disk is removed
 * when the process runs, and what a kill left is removed at the next start.
 *
 * <p>Begin at {@link dev.plimsoll.engine.exec.Execs}; {@code docs/decisions/0008-exec.md} says why no
 * conmon stands in between.
 */
@NullMarked
package dev.plimsoll.engine.exec;

import org.jspecify.annotations.NullMarked;
