/** What the log looks like. Start reading at {@link dev.plimsoll.foundation.log.Logging}. */
@NullMarked
package dev.plimsoll.foundation.log;

import org.jspecify.annotations.NullMarked;
