package dev.plimsoll.registry.repository;

import dev.plimsoll.database.Database;
import dev.plimsoll.database.Work;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * How the core reaches its database: {@link Database} in the running registry, one step of a search
 * in the interleaving test.
 */
public interface Transactions {

  /** See {@link Database#read}. */
  <T extends @Nullable Object> T read(Work<T> work) throws IOException;

  /** See {@link Database#look}. */
  default <T extends @Nullable Object> T look(Work<T> work) throws IOException {
    return read(work);
  }

  /** See {@link Database#write}. */
  <T extends @Nullable Object> T write(Work<T> work) throws IOException;

  /** See {@link Database#free}. */
  <T extends @Nullable Object> T free(Work<T> work) throws IOException;

  /** Whether other processes may change what was read, at any moment. */
  default boolean shared() {
    return false;
  }

  static Transactions of(Database database) {
    return new Transactions() {
      @Override
      public boolean shared() {
        return database.sharing() == Database.Sharing.WITH_OTHERS;
      }

      @Override
      public <T extends @Nullable Object> T read(Work<T> work) throws IOException {
        return database.read(work);
      }

      @Override
      public <T extends @Nullable Object> T look(Work<T> work) throws IOException {
        return database.look(work);
      }

      @Override
      public <T extends @Nullable Object> T write(Work<T> work) throws IOException {
        return database.write(work);
      }

      @Override
      public <T extends @Nullable Object> T free(Work<T> work) throws IOException {
        return database.free(work);
      }
    };
  }
}
