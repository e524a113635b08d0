/**
 * Control groups, version 1, version 2 and the two side by side, behind one {@link
 * dev.plimsoll.linux.cgroup.Cgroup}.
 *
 * <p>{@link dev.plimsoll.linux.cgroup.CgroupLayout} finds out what the machine has, from the kernel's own
 * files, and answers the group at a path; the same path means the same group in every hierarchy, as
 * {@code linux.cgroupsPath} of the OCI runtime specification does. A hybrid machine is used by its
 * version 1 hierarchies, for that is where its controllers are.
 *
 * <p>Everything here is reading and writing small kernel files: no native calls, safe for many
 * threads, nothing kept in memory. Begin with {@link dev.plimsoll.linux.cgroup.CgroupLayout#detect}.
 */
@NullMarked
package dev.plimsoll.linux.cgroup;

import org.jspecify.annotations.NullMarked;
