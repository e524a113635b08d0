package dev.plimsoll.database;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** Writes notes from several threads until it is killed or nobody listens, and says each that was acknowledged. */
final class KilledWriter {
  private KilledWriter() {}

  public static void main(String[] arguments) throws Exception {
    Database database = Database.open(Path.of(arguments[0]), Notes.MIGRATIONS);
    AtomicLong next = new AtomicLong();
    Thread[] writers = new Thread[8];
    for (int i = 0; i < writers.length; i++) {
      writers[i] = Thread.ofVirtual().start(() -> write(database, next));
    }
    for (Thread writer : writers) {
      writer.join();
    }
  }

  private static void write(Database database, AtomicLong next) {
    try {
      while (!System.out.checkError()) { // whoever listens is gone, if it was killed itself
        String text = "note " + next.incrementAndGet();
        database.write(handle -> Notes.add(handle, text));
        synchronized (System.out) {
          System.out.println(text);
        }
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
