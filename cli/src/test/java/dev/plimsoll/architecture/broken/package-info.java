/** Classes that break every rule of the frame, so that the rules can be seen to fail. */
@NullMarked
package dev.plimsoll.architecture.broken;

import org.jspecify.annotations.NullMarked;
