/**
 * {@code plimsoll engine …}: one class a verb.
 *
 * <p>Start reading at {@link dev.plimsoll.cli.engine.EngineVerbs}; a new verb is a class like {@link
 * dev.plimsoll.cli.engine.ServeCommand} and one line there.
 */
@NullMarked
package dev.plimsoll.cli.engine;

import org.jspecify.annotations.NullMarked;
