package dev.plimsoll.linux.cgroup;

import java.io.IOException;
import java.util.List;

/**
 * One control group, by its path; it may not exist yet or no more. Safe for many threads; holds
 * nothing open.
 */
public sealed interface Cgroup permits CgroupV1, CgroupV2 {

  /** The path within the hierarchy, such as {@code /plimsoll/<id>}. */
  String path();

  boolean exists();

  /** Makes it and its parents; that it exists already is no failure. */
  void create() throws IOException;

  /** Moves a process in, with all its threads; its children stay where they are. */
  void add(long pid) throws IOException;

  /** The processes in it and in the groups below; none if it does not exist. */
  List<Long> processes() throws IOException;

  /**
   * What it has used so far, with the groups below.
   *
   * @throws java.nio.file.NoSuchFileException if it does not exist
   */
  CgroupStats stats() throws IOException;

  /** Sets the limits that are named, and no others; what was set before a failure stays. */
  void limit(CgroupLimits limits) throws IOException;

  /**
   * Stops all its processes where they are; returns when they stand.
   *
   * @throws IOException if that takes more than a few seconds, as with a process that waits for a dead
   *     disk; all of them run on then. Also if this process itself is one of them
   */
  void freeze() throws IOException;

  void thaw() throws IOException;

  boolean isFrozen() throws IOException;

  /**
   * Kills all its processes, frozen ones too, with those in groups below; returns when they are gone.
   *
   * @throws IOException if some are left after a few seconds, or this process itself is one of them
   */
  void kill() throws IOException;

  /**
   * Removes it and the groups below; that it does not exist is no failure.
   *
   * @throws IOException if processes are in it
   */
  void remove() throws IOException;
}
