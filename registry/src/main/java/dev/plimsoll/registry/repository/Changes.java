package dev.plimsoll.registry.repository;

import dev.plimsoll.database.Work;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What one run of a transaction's work has done so far. Whoever writes rows that others are told of
 * says so with {@link #tell}; it is heard if whoever runs the transaction listens. For one thread.
 */
public final class Changes {
  private static final ScopedValue<Changes> HEARD = ScopedValue.newInstance();

  /** A repository may be brought back with a hundred thousand tags: nobody is told of each. */
  private static final int TOLD_MAX = 1000;

  private final List<Change> told = new ArrayList<>();
  private final SequencedMap<Long, Long> more = new LinkedHashMap<>();

  /** Says what the transaction of this thread has done. */
  public static void tell(Change change) {
    if (HEARD.isBound()) {
      HEARD.get().add(change);
    }
  }

  /** Whether anybody listens, where saying costs something. */
  static boolean heard() {
    return HEARD.isBound();
  }

  /** Runs a work and hears what it tells. */
  public <T extends @Nullable Object> T of(Work<T> work, Handle h) throws IOException {
    return ScopedValue.where(HEARD, this).<T, IOException>call(() -> work.run(h));
  }

  private void add(Change change) {
    if (told.size() < TOLD_MAX || !(change instanceof Change.InRepository in)) {
      told.add(change);
    } else {
      more.merge(in.repositoryId(), 1L, Long::sum);
    }
  }

  /** What was told, in order, and how much more there was. */
  public List<Change> all() {
    List<Change> all = new ArrayList<>(told);
    more.forEach((repository, changes) -> all.add(new Change.More(repository, changes)));
    return all;
  }
}
