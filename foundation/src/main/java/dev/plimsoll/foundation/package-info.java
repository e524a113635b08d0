/**
 * What every part stands on: {@link dev.plimsoll.foundation.ByteSize sizes} and {@link
 * dev.plimsoll.foundation.Durations durations} as people write them, {@link
 * dev.plimsoll.foundation.settings.Settings settings}, threads, logging and metrics. Nothing here
 * knows what a container or a registry is.
 */
@NullMarked
package dev.plimsoll.foundation;

import org.jspecify.annotations.NullMarked;
