/**
 * {@code plimsoll engine check}: looks through everything that an engine keeps, mends what can be
 * mended, and after the loss of the database finds again what the directories themselves tell.
 *
 * <p>Each subject looks through its own: {@link dev.plimsoll.engine.check.Inspection} is what it
 * implements, {@link dev.plimsoll.engine.check.Findings} where it says what it saw. Nothing here
 * knows the subjects.
 */
@NullMarked
package dev.plimsoll.engine.check;

import org.jspecify.annotations.NullMarked;
