/**
 * Linux, as far as Plimsoll needs it: one class per family of calls, and nothing of images, containers
 * or HTTP. All native access of the program is in this module.
 *
 * <ul>
 *   <li>Files: {@link dev.plimsoll.linux.Directory} holds a directory and works on the names in it,
 *       {@link dev.plimsoll.linux.FileDescriptor} is an open file, {@link
 *       dev.plimsoll.linux.FileSystems} are the disks below.
 *   <li>Mounts: {@link dev.plimsoll.linux.Mounts} makes them, {@link dev.plimsoll.linux.MountTable} tells
 *       which there are.
 *   <li>Processes: {@link dev.plimsoll.linux.Command} says what to start, {@link
 *       dev.plimsoll.linux.Processes} starts it, {@link dev.plimsoll.linux.ProcessHold} holds any
 *       process.
 *   <li>Talking to conmon: {@link dev.plimsoll.linux.SeqPacketSocket}, {@link
 *       dev.plimsoll.linux.Fifo}, {@link dev.plimsoll.linux.Pipe}.
 *   <li>The machine: {@link dev.plimsoll.linux.Namespaces}, {@link dev.plimsoll.linux.Capability},
 *       {@link dev.plimsoll.linux.Accounts}, {@link dev.plimsoll.linux.KernelProbe}.
 *   <li>In packages of their own, which lean on this one: {@code cgroup}, {@code network}, {@code
 *       probe}; below it {@code ffi}.
 * </ul>
 *
 * <p>What holds everywhere here: a failed call is a {@link dev.plimsoll.linux.LinuxException} with its
 * errno; descriptors are closed on exec; a number is what the kernel's headers say for x86_64 and
 * aarch64 with glibc. Begin with {@link dev.plimsoll.linux.Directory}.
 */
@NullMarked
package dev.plimsoll.linux;

import org.jspecify.annotations.NullMarked;
