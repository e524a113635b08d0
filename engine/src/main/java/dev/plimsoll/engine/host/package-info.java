/**
 * What the engine says of the machine it runs on and of itself: read from files, changed by nobody.
 * Start reading at {@link dev.plimsoll.engine.host.HostFacts}.
 */
@NullMarked
package dev.plimsoll.engine.host;

import org.jspecify.annotations.NullMarked;
