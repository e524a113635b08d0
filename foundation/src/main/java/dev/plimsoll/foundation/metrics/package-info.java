/** Counting, for Prometheus. Start reading at {@link dev.plimsoll.foundation.metrics.Metrics}. */
@NullMarked
package dev.plimsoll.foundation.metrics;

import org.jspecify.annotations.NullMarked;
