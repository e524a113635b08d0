/**
 * What containers said, kept in files. conmon writes them, one line for each line that was said:
 * {@code 2026-11-22T15:29:28.029038230+00:00 stdout F text}, with {@code P} for {@code F} where the
 * line goes on in the next one. Anybody can read them with an editor.
 *
 * <p>{@code log} is the file that is written, {@code log.1} the one before it and so on: {@link
 * dev.plimsoll.engine.log.LogFiles} turns them over, {@link dev.plimsoll.engine.log.LogReader} reads
 * all that are kept as one. This package knows containers only by their files. Start reading at
 * {@link dev.plimsoll.engine.log.LogReader}.
 */
@NullMarked
package dev.plimsoll.engine.log;

import org.jspecify.annotations.NullMarked;
