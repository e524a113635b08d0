/**
 * What a machine can do for containers, found out by trying: {@link
 * dev.plimsoll.linux.probe.MachineProbe}, for {@code plimsoll doctor}.
 */
@NullMarked
package dev.plimsoll.linux.probe;

import org.jspecify.annotations.NullMarked;
