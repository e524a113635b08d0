package dev.plimsoll.foundation.thread;

import java.io.IOException;

/** A piece of work that may meet trouble with the world. */
@FunctionalInterface
public interface Task<T> {
  T run() throws IOException;
}
