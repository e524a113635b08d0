package dev.plimsoll.registry.interleaving;

import dev.plimsoll.content.Blob;
import dev.plimsoll.content.BlobKey;
import dev.plimsoll.content.ContentException;
import dev.plimsoll.content.ContentStore;
import dev.plimsoll.content.Ingest;
import dev.plimsoll.content.IngestId;
import dev.plimsoll.content.IngestOptions;
import dev.plimsoll.content.StagedIngest;
import dev.plimsoll.content.Stored;
import dev.plimsoll.database.Work;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.registry.repository.ManifestObject;
import dev.plimsoll.registry.repository.Transactions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * All that actors share: a database in memory with the real schema, the names in the content store,
 * and the time. Each transaction and each call to the store is one step of the actor whose turn it
 * is.
 */
final class World implements Transactions, ContentStore, InstantSource, AutoCloseable {
  static final long TICK_MILLIS = 1000;

  /** A promise that was broken. */
  static final class Violation extends AssertionError {
    private static final long serialVersionUID = 1L;

    Violation(String message) {
      super(message);
    }
  }

  private final Tables tables;
  private final Handle handle;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();
  private final boolean namesUsedTwice;
  private Map<BlobKey, Long> files = new HashMap<>();
  private Set<BlobKey> objects = new HashSet<>();
  private Set<BlobKey> everUsed = new HashSet<>();
  private long generations;
  private long millis;
  private @Nullable Actor turn;
  private boolean inside;

  /**
   * An empty world.
   *
   * @param namesUsedTwice a mutation: the store gives every storing of a digest the same name
   */
  World(Tables tables, boolean namesUsedTwice) {
    this.tables = tables;
    this.handle = tables.handle();
    this.namesUsedTwice = namesUsedTwice;
  }

  /** The function that is the larger of two values. */
  String larger() {
    return tables.larger();
  }

  record State(
      Map<BlobKey, Long> files,
      Set<BlobKey> objects,
      Set<BlobKey> everUsed,
      long generations,
      long millis) {}

  /** What can be gone back to; the database's part is a savepoint of that name. */
  State save(String savepoint) {
    sql("SAVEPOINT " + savepoint);
    return new State(
        Map.copyOf(files), Set.copyOf(objects), Set.copyOf(everUsed), generations, millis);
  }

  void restore(State state, String savepoint) {
    sql("ROLLBACK TO " + savepoint);
    sql("RELEASE " + savepoint);
    files = new HashMap<>(state.files());
    objects = new HashSet<>(state.objects());
    everUsed = new HashSet<>(state.everUsed());
    generations = state.generations();
    millis = state.millis();
  }

  private void sql(String statement) {
    try (Statement s = handle.getConnection().createStatement()) {
      s.execute(statement);
    } catch (SQLException e) {
      throw new AssertionError(statement, e);
    }
  }

  /** The one column of a query that is asked again and again. */
  List<String> query(String text) {
    try {
      PreparedStatement statement = prepared.get(text);
      if (statement == null) {
        statement = handle.getConnection().prepareStatement(text);
        prepared.put(text, statement);
      }
      List<String> rows = new ArrayList<>();
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          rows.add(result.getString(1));
        }
      }
      return rows;
    } catch (SQLException e) {
      throw new AssertionError(text, e);
    }
  }

  Map<BlobKey, Long> files() {
    return files;
  }

  /** The manifests' objects that are there. */
  Set<BlobKey> objects() {
    return objects;
  }

  /** The store of the manifests' objects. */
  ContentStore manifests() {
    return new ObjectStore();
  }

  void tick(long ticks) {
    millis += ticks * TICK_MILLIS;
  }

  long ticks() {
    return millis / TICK_MILLIS;
  }

  /** Gives the turn to an actor for one step. */
  void step(Actor actor) throws IOException {
    turn = actor;
    try {
      actor.step();
    } finally {
      turn = null;
    }
  }

  /** Runs something from beginning to end, as one. */
  void atOnce(Actor.Deed deed) throws IOException {
    turn = null;
    deed.run(Actor.Memory.NONE);
  }

  @Override
  public <T extends @Nullable Object> T read(Work<T> work) throws IOException {
    return transaction(work);
  }

  @Override
  public <T extends @Nullable Object> T write(Work<T> work) throws IOException {
    return transaction(work);
  }

  @Override
  public <T extends @Nullable Object> T free(Work<T> work) throws IOException {
    return transaction(work);
  }

  /** The same transactions, with reads that are no steps: for what is decided again later. */
  Transactions glancing() {
    return new Transactions() {
      @Override
      @SuppressWarnings("unchecked") // an answer is what the work returned
      public <T extends @Nullable Object> T read(Work<T> work) throws IOException {
        Actor.Live look = () -> Objects.requireNonNull((Object) work.run(handle), "an answer");
        return (T) (turn == null ? look.run() : turn.glance(look));
      }

      @Override
      public <T extends @Nullable Object> T write(Work<T> work) throws IOException {
        return World.this.write(work);
      }

      @Override
      public <T extends @Nullable Object> T free(Work<T> work) throws IOException {
        return World.this.free(work);
      }
    };
  }

  @SuppressWarnings("unchecked") // an answer is what the work returned
  private <T extends @Nullable Object> T transaction(Work<T> work) throws IOException {
    return (T)
        step(() -> {
          sql("SAVEPOINT work");
          try {
            Object result = work.run(handle);
            sql("RELEASE work");
            return Objects.requireNonNull(result, "works of the core return something");
          } catch (IOException | RuntimeException e) {
            sql("ROLLBACK TO work");
            sql("RELEASE work");
            throw e;
          }
        });
  }

  private Object step(Actor.Live live) throws IOException {
    Actor.Live marked =
        () -> {
          inside = true;
          try {
            return live.run();
          } finally {
            inside = false;
          }
        };
    return turn == null ? marked.run() : turn.answer(marked);
  }

  @Override
  public Instant instant() {
    if (turn == null || inside) {
      return Instant.ofEpochMilli(millis);
    }
    try {
      return (Instant) turn.glance(() -> Instant.ofEpochMilli(millis));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String nextGeneration() {
    return "%016x".formatted(namesUsedTwice ? 0 : ++generations);
  }

  @Override
  public Ingest begin(IngestOptions options) {
    return new MemoryIngest();
  }

  @Override
  public boolean has(BlobKey key) throws IOException {
    return (Boolean) step(() -> files.containsKey(key));
  }

  @Override
  public long sizeBytes(BlobKey key) throws IOException {
    return (Long)
        step(() -> {
          Long size = files.get(key);
          if (size == null) {
            throw new ContentException.BlobUnknown(key);
          }
          return size;
        });
  }

  @Override
  public Blob open(BlobKey key) throws IOException {
    return new MemoryBlob(key, sizeBytes(key));
  }

  @Override
  public void delete(BlobKey key) throws IOException {
    step(() -> {
      Optional<String> state =
          handle
              .createQuery("SELECT state FROM blobs WHERE digest = :d AND generation = :g")
              .bind("d", key.digest().toString())
              .bind("g", key.generation())
              .mapTo(String.class)
              .findOne();
      if (state.isPresent() && !state.get().equals("deleting")) {
        throw new Violation(
            "the bytes of %s are deleted while it is %s".formatted(key, state.get()));
      }
      files.remove(key);
      return true;
    });
  }

  @Override
  public Ingest resume(IngestId id, IngestOptions options) {
    throw new ContentException.IngestUnknown(id);
  }

  @Override
  public Stream<Stored> list() {
    return Stream.empty();
  }

  @Override
  public List<StagedIngest> staged() {
    return List.of();
  }

  @Override
  public Optional<String> owner() {
    return Optional.empty();
  }

  @Override
  public String ownerPlace() {
    return "nowhere";
  }

  @Override
  public void own(String owner) {
    throw new UnsupportedOperationException("nobody else has it");
  }

  @Override
  public void discard(IngestId id) {
    throw new ContentException.IngestUnknown(id);
  }

  @Override
  public void close() {
    handle.close();
  }

  /**
   * Keeps manifests' objects by the manifest that is in them: when it was pushed makes no difference
   * here, and would make states out of times. An object that no row names is nobody else's business,
   * so making and deleting one is no step of its own: it happens with the step before it.
   */
  private final class ObjectStore implements ContentStore {
    private Object unseen(Actor.Live live) throws IOException {
      return turn == null ? live.run() : turn.glance(live);
    }

    /** Named by who makes it, and not by how many there were: orders of steps meet again. */
    private String generationOf(Digest manifest) {
      String maker = turn == null ? "" : turn.name;
      for (int n = 0; ; n++) {
        String name = "%08x%08x".formatted(maker.hashCode(), n);
        if (!objects.contains(new BlobKey(manifest, name))) {
          return name;
        }
      }
    }

    @Override
    public Ingest begin(IngestOptions options) {
      return new MemoryIngest() {
        @Override
        public BlobKey commit(Digest expected) throws IOException {
          Digest manifest = ManifestObject.parse(written()).manifest().digest();
          return (BlobKey)
              unseen(() -> {
                BlobKey key = new BlobKey(manifest, generationOf(manifest));
                objects.add(key);
                return key;
              });
        }
      };
    }

    @Override
    public void delete(BlobKey key) throws IOException {
      unseen(() -> {
        if (!query("SELECT object FROM manifests WHERE object = '%s'".formatted(key)).isEmpty()) {
          throw new Violation("the object %s is deleted while a manifest has it".formatted(key));
        }
        objects.remove(key);
        return true;
      });
    }

    @Override
    public Ingest resume(IngestId id, IngestOptions options) {
      throw new ContentException.IngestUnknown(id);
    }

    @Override
    public boolean has(BlobKey key) {
      return objects.contains(key);
    }

    @Override
    public long sizeBytes(BlobKey key) {
      throw new UnsupportedOperationException("no bytes behind it");
    }

    @Override
    public Blob open(BlobKey key) {
      throw new UnsupportedOperationException("no bytes behind it");
    }

    @Override
    public Stream<Stored> list() {
      return Stream.empty();
    }

    @Override
    public List<StagedIngest> staged() {
      return List.of();
    }

    @Override
    public Optional<String> owner() {
      return World.this.owner();
    }

    @Override
    public String ownerPlace() {
      return World.this.ownerPlace();
    }

    @Override
    public void own(String owner) {
      World.this.own(owner);
    }

    @Override
    public void discard(IngestId id) {
      throw new ContentException.IngestUnknown(id);
    }
  }

  private record MemoryBlob(BlobKey key, long sizeBytes) implements Blob {
    @Override
    public Optional<FileChannel> channel() {
      return Optional.empty();
    }

    @Override
    public InputStream stream(long offset, long lengthBytes) {
      throw new UnsupportedOperationException("no bytes behind it");
    }

    @Override
    public void close() {
      // Nothing is held.
    }
  }

  /** Its bytes concern nobody else until they are committed, so only that is a step. */
  private class MemoryIngest implements Ingest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    byte[] written() {
      return bytes.toByteArray();
    }

    @Override
    public IngestId id() {
      return new IngestId("0".repeat(32));
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public long sizeBytes() {
      return bytes.size();
    }

    @Override
    public void append(ByteBuffer part) {
      byte[] copy = new byte[part.remaining()];
      part.get(copy);
      bytes.writeBytes(copy);
    }

    @Override
    public long append(InputStream source) throws IOException {
      return source.transferTo(bytes);
    }

    @Override
    public Digest digest(Digest.Algorithm algorithm) {
      return Digest.of(algorithm, bytes.toByteArray());
    }

    @Override
    public void force() {
      // Nothing is lost here.
    }

    @Override
    public BlobKey commit(Digest expected) throws IOException {
      return (BlobKey)
          step(() -> {
            BlobKey key = new BlobKey(expected, nextGeneration());
            if (!everUsed.add(key)) {
              throw new Violation("the name %s is used twice".formatted(key));
            }
            files.put(key, sizeBytes());
            return key;
          });
    }

    @Override
    public void discard() {
      // Nothing is held.
    }

    @Override
    public void close() {
      // Nothing is held.
    }
  }
}
