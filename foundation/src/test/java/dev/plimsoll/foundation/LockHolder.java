package dev.plimsoll.foundation;

import java.nio.file.Path;

/** Takes a lock, says so, and waits to be killed. */
final class LockHolder {
  private LockHolder() {}

  public static void main(String[] arguments) throws Exception {
    try (DataDirectoryLock lock = DataDirectoryLock.acquire(Path.of(arguments[0]))) {
      System.out.println("holding " + lock);
      Thread.currentThread().join();
    }
  }
}
