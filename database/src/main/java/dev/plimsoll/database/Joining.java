package dev.plimsoll.database;

/** Waits for the threads one has started. */
final class Joining {
  private Joining() {}

  /** Waits to the end, and keeps an interrupt for the caller. */
  static void join(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
