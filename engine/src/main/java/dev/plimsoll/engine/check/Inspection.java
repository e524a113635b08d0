package dev.plimsoll.engine.check;

import java.io.IOException;

/** Looks through what one subject keeps on disk. Safe beside an engine that works. */
public interface Inspection {
  /** Whether something may be changed. */
  enum Mode {
    LOOK,
    MEND
  }

  /** Compares rows with what is on disk, reading all of it. */
  void look(Mode mode, Findings findings) throws IOException, InterruptedException;

  /**
   * Gives what has no row its row again, from its description, and drops the rows of what is gone.
   * Only while no engine works, on a database that was made anew or is an old copy.
   */
  void rebuild(Findings findings) throws IOException, InterruptedException;
}
