package dev.plimsoll.engine.runtime;

import java.util.List;

/** As whom a process runs, in numbers; {@code home} is where {@code HOME} points by default. */
public record ProcessUser(long uid, long gid, List<Long> additionalGids, String home) {
  public static final ProcessUser ROOT = new ProcessUser(0, 0, List.of(), "/root");

  public ProcessUser {
    additionalGids = List.copyOf(additionalGids);
  }
}
