/**
 * What happens in the engine, told to whoever listens.
 *
 * <p>A core class says {@link dev.plimsoll.engine.event.Events#publish} after the thing has
 * happened and is durable; it never waits for a listener. A listener gets what happened since a
 * moment it names, as far as that is still kept, and then what happens, in order and without a gap.
 * One that does not keep up is ended, never silently skipped.
 *
 * <p>Nothing here knows HTTP. Start reading at {@link dev.plimsoll.engine.event.Events}.
 */
@NullMarked
package dev.plimsoll.engine.event;

import org.jspecify.annotations.NullMarked;
