/** Threads for calls that must not run on a virtual thread's carrier. */
@NullMarked
package dev.plimsoll.foundation.thread;

import org.jspecify.annotations.NullMarked;
