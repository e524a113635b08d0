package dev.plimsoll.registry.api;

import java.util.ArrayList;
import java.util.List;

/**
 * The steps of this process that change the disk or the database: counted, and the one that was
 * chosen not taken. {@link StepAgent} has each of them call here first.
 */
public final class Steps {
  /** The exit code of a process whose step has come; that of no signal. */
  static final int DEAD = 86;

  private static final String COMMIT = "Writer.commit";
  private static final String TOLD = "Job.tell";
  private static final int NONE = Integer.MAX_VALUE;
  private static final List<String> NAMES = new ArrayList<>();
  private static int last = NONE;

  private Steps() {}

  /** Called before a step; does not return from the one that was chosen. */
  public static synchronized void step(String name) {
    if (last == NONE) {
      return;
    }
    if (name.equals(TOLD) && (NAMES.isEmpty() || !NAMES.getLast().equals(COMMIT))) {
      return; // of a reading
    }
    NAMES.add(name);
    if (NAMES.size() >= last) {
      Runtime.getRuntime().halt(DEAD);
    }
  }

  /**
   * {@code die N}: the N-th step from now is not taken, the process is gone. {@code count}: all are,
   * and are counted. {@code live}: all are. The answer is the names of the steps that were counted
   * since the last command.
   */
  static synchronized String command(String text) {
    String names = String.join(" ", NAMES);
    NAMES.clear();
    last =
        switch (text) {
          case "live" -> NONE;
          case "count" -> NONE - 1;
          default -> Integer.parseInt(text.substring("die ".length()));
        };
    return names;
  }
}
