package dev.plimsoll.registry.event;

import dev.plimsoll.database.Work;
import dev.plimsoll.foundation.log.LogContext;
import dev.plimsoll.registry.repository.Change.Requested;
import dev.plimsoll.registry.repository.Changes;
import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The record of changes. A thread says who it works for with {@link #record}; the first transaction
 * that it writes through {@link #transactions()} then carries the note; threads that go on with its
 * work share it by {@link #behalf()}. Safe for many threads.
 *
 * <p>Old entries go as new ones come, two for one, so that keeping the log short is never a task of
 * its own.
 */
public final class AuditLog {
  private static final ScopedValue<AuditNote> NOTE = ScopedValue.newInstance();
  private static final int FORGOTTEN_AT_ONCE = 2;
  private static final int LENGTH_MAX = 2000;

  private final Transactions plain;
  private final Transactions noting;
  private final Duration keptFor;
  private final InstantSource clock;

  /**
   * A log in the database of {@code transactions}.
   *
   * @param keptFor how long an entry stays at least
   */
  public AuditLog(Transactions transactions, Duration keptFor, InstantSource clock) {
    this.plain = transactions;
    this.noting = new Noting();
    this.keptFor = keptFor;
    this.clock = clock;
  }

  /** One change. */
  public record Entry(
      long id,
      Instant at,
      String actor,
      String address,
      String request,
      String action,
      String detail) {}

  /** What {@link #record} runs. */
  public interface Change {
    void make() throws IOException;
  }

  /** Runs a change that is to be on record if it writes anything. */
  public static void record(AuditNote note, Change change) throws IOException {
    ScopedValue.where(NOTE, note)
        .<@Nullable Void, IOException>call(() -> {
          change.make();
          return null;
        });
  }

  /** The change that a thread makes, for other threads that go on with it. */
  public static final class Behalf {
    private final @Nullable AuditNote note;

    private Behalf(@Nullable AuditNote note) {
      this.note = note;
    }

    /** Does it in the name of the change, if there was one. */
    public void run(Runnable work) {
      if (note == null) {
        work.run();
      } else {
        in(note).run(work);
      }
    }

    /** The same for what answers. */
    public <T extends @Nullable Object> Callable<T> of(Callable<T> work) {
      return note == null ? work : () -> in(note).call(work::call);
    }
  }

  private static ScopedValue.Carrier in(AuditNote note) {
    return ScopedValue.where(NOTE, note).where(LogContext.REQUEST, note.request());
  }

  /** In whose name this thread works; new threads do not inherit it. */
  public static Behalf behalf() {
    return new Behalf(NOTE.isBound() ? NOTE.get() : null);
  }

  /** Adds to the note of the change that this thread makes, if it makes one. */
  public static void detail(String more) {
    if (NOTE.isBound()) {
      NOTE.get().detail(more);
    }
  }

  /** The database, for all whose changes are to be on record. */
  public Transactions transactions() {
    return noting;
  }

  /**
   * Entries, the newest first.
   *
   * @param actor only of this one
   */
  public List<Entry> page(Optional<String> actor, long beforeId, int most) throws IOException {
    return plain.read(h ->
        h.createQuery(
                """
                SELECT id, made_at, actor, address, request, action, detail FROM audit_log
                WHERE id < :before AND (:any = 1 OR actor = :actor)
                ORDER BY id DESC LIMIT :most
                """)
            .bind("before", beforeId)
            .bind("any", actor.isEmpty() ? 1 : 0)
            .bind("actor", actor.orElse(""))
            .bind("most", most)
            .map((rs, ctx) -> entry(rs))
            .list());
  }

  private final class Noting implements Transactions {
    @Override
    public boolean shared() {
      return plain.shared();
    }

    @Override
    public <T extends @Nullable Object> T read(Work<T> work) throws IOException {
      return plain.read(work);
    }

    @Override
    public <T extends @Nullable Object> T look(Work<T> work) throws IOException {
      return plain.look(work);
    }

    @Override
    public <T extends @Nullable Object> T write(Work<T> work) throws IOException {
      return noting(work, plain::write);
    }

    @Override
    public <T extends @Nullable Object> T free(Work<T> work) throws IOException {
      return noting(work, plain::free);
    }
  }

  /** One of the two ways in which work is committed. */
  private interface Commit<T extends @Nullable Object> {
    T run(Work<T> work) throws IOException;
  }

  private <T extends @Nullable Object> T noting(Work<T> work, Commit<T> commit) throws IOException {
    AuditNote note = NOTE.isBound() ? NOTE.get() : null;
    if (note == null || note.kept()) {
      return commit.run(work);
    }
    note.keeping().lock(); // the threads of a job share one
    try {
      if (!note.kept()) {
        T result = commit.run(noted(note, work));
        note.keep();
        return result;
      }
    } finally {
      note.keeping().unlock();
    }
    return commit.run(work);
  }

  private <T extends @Nullable Object> Work<T> noted(AuditNote note, Work<T> work) {
    return h -> {
      T result = work.run(h);
      insert(h, note);
      return result;
    };
  }

  private void insert(Handle h, AuditNote note) {
    Changes.tell(
        new Requested(
            note.actor(), note.address(), note.request(), cut(note.action()), cut(note.detail())));
    Instant now = clock.instant();
    h.createUpdate(
            """
            INSERT INTO audit_log (made_at, actor, address, request, action, detail)
            VALUES (:at, :actor, :address, :request, :action, :detail)
            """)
        .bind("at", now.toEpochMilli())
        .bind("actor", note.actor())
        .bind("address", note.address())
        .bind("request", note.request())
        .bind("action", cut(note.action()))
        .bind("detail", cut(note.detail()))
        .execute();
    h.createUpdate(
            """
            DELETE FROM audit_log WHERE id IN (
              SELECT id FROM audit_log WHERE made_at < :limit ORDER BY made_at LIMIT :most)
            """)
        .bind("limit", now.minus(keptFor).toEpochMilli())
        .bind("most", FORGOTTEN_AT_ONCE)
        .execute();
  }

  private static String cut(String text) {
    return text.length() <= LENGTH_MAX ? text : text.substring(0, LENGTH_MAX) + "…";
  }

  private static Entry entry(ResultSet rs) throws SQLException {
    return new Entry(
        rs.getLong("id"),
        Instant.ofEpochMilli(rs.getLong("made_at")),
        rs.getString("actor"),
        rs.getString("address"),
        rs.getString("request"),
        rs.getString("action"),
        rs.getString("detail"));
  }
}
