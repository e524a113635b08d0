/**
 * How this module calls the kernel: {@link dev.plimsoll.linux.ffi.SystemCall} makes a call, {@link
 * dev.plimsoll.linux.ffi.Scratch} holds its arguments, {@link dev.plimsoll.linux.ffi.FileName}
 * carries names across. For the classes of this module only; everybody else uses what they offer.
 */
@NullMarked
package dev.plimsoll.linux.ffi;

import org.jspecify.annotations.NullMarked;
