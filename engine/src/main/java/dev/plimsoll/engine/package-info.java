/**
 * The engine put together: {@link dev.plimsoll.engine.EngineServer} makes every part, in the order
 * in which they need each other, and listens. Nothing below imports this package.
 *
 * <pre>
 *   api ──▶ container ──▶ image ──▶ layer        each a core class over rows and directories
 *    │          ├──▶ volume, network, log
 *    │          └──▶ runtime (crun or runc, conmon)
 *    └──▶ event, filter, refusal                 what all of them share
 * </pre>
 */
@NullMarked
package dev.plimsoll.engine;

import org.jspecify.annotations.NullMarked;
