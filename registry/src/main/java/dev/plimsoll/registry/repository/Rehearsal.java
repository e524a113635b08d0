package dev.plimsoll.registry.repository;

import dev.plimsoll.database.Work;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A dry run: the same work in a transaction that is then undone, so that what it tells is what the
 * real one would do.
 */
public final class Rehearsal {
  private Rehearsal() {}

  /** Ends the transaction without a commit. */
  private static final class Undone extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Undone() {
      super("dry run", null, false, false);
    }
  }

  /** Runs {@code work}, takes back what it wrote, and returns what it returned. */
  public static <T> T of(Transactions transactions, Work<T> work) throws IOException {
    AtomicReference<@Nullable T> result = new AtomicReference<>();
    try {
      transactions.write(h -> {
        result.set(work.run(h));
        throw new Undone();
      });
    } catch (Undone undone) {
      return Objects.requireNonNull(result.get());
    }
    throw new IllegalStateException("a dry run was committed");
  }
}
