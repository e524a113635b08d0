package dev.plimsoll.engine.crash;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The steps of this process that change something outside of it: counted, and the last of them, if
 * one was given, not taken any more. {@link StepAgent} has them call here before each.
 */
public final class Steps {
  private static final int NONE = Integer.MAX_VALUE;
  private static final AtomicInteger TAKEN = new AtomicInteger();
  private static final List<String> NAMES = new CopyOnWriteArrayList<>();
  private static volatile int last = NONE;

  private Steps() {}

  /** Called before a step; does not return from the one that was given as the last. */
  public static void step(String name) {
    if (last == NONE) {
      return;
    }
    int number = TAKEN.incrementAndGet();
    NAMES.add(name);
    if (number >= last) {
      Runtime.getRuntime().halt(137);
    }
  }

  /**
   * {@code die N}: the N-th step from now is not taken, the process is gone. Anything else: all are.
   * The answer is how many there were since the last command, and which.
   */
  static String command(String text) {
    int taken = TAKEN.getAndSet(0);
    String names = String.join(" ", NAMES);
    NAMES.clear();
    last = text.startsWith("die ") ? Integer.parseInt(text.substring(4)) : NONE;
    return taken + " " + names;
  }
}
