package dev.plimsoll.registry.moving;

import dev.plimsoll.content.ContentStore;
import dev.plimsoll.content.Disk;
import dev.plimsoll.content.DurableFile;
import dev.plimsoll.database.Database;
import dev.plimsoll.database.DatabaseCopies;
import dev.plimsoll.oci.Json;
import dev.plimsoll.registry.check.Restoration;
import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A registry whose database is gone while its stores are not: a file that was lost with its machine,
 * or a PostgreSQL that is not the one it was. It does not start: an empty database would make garbage
 * of everything. {@link #replace} and {@link #refill} put the last copy in its place, and tell
 * the start that the collector is to stay off.
 */
public final class LostDatabase {
  private static final String DATABASE = "registry.db";
  private static final String NOTE = "restored";
  private static final String DRAFT = ".registry.db.draft";

  private final Path root;
  private final Disk disk;

  /** Of the registry whose things are in {@code root}. */
  public LostDatabase(Path root, Disk disk) {
    this.root = root;
    this.disk = disk;
  }

  /**
   * What the start has to know.
   *
   * @param source where the metadata is from
   * @param copiedAt of what time it is
   */
  public record Note(String source, String copiedAt) {
    /** There is no copy; everything is from the manifests' objects. */
    static final Note NO_COPY = new Note("the manifests alone", Instant.EPOCH.toString());

    static Note of(Path copy) {
      return new Note(copy.toString(), DatabaseCopies.takenAt(copy).toString());
    }
  }

  /**
   * Refuses to go on if the file is gone and manifests or bytes are not. To be asked before it is
   * opened.
   */
  public void refuseIfGone(ContentStore manifests, ContentStore blobs) throws IOException {
    if (Files.exists(database()) || note().isPresent()) {
      return;
    }
    if (Occupied.has(manifests)) {
      throw new IOException(
          "%s is gone, but the manifests in %s are not: %s brings them back; or %s"
              .formatted(database(), manifests, remedy(), another()));
    }
    if (Occupied.has(blobs)) { // as the restore of an earlier release left it
      throw new IOException(
          ("%s is gone, but the bytes in %s are not, and no manifest is there to say what they are:"
                  + " restore a backup with plimsoll registry restore --replace --data %s; or %s")
              .formatted(database(), blobs, root.getParent(), another()));
    }
  }

  /**
   * Refuses to go on if a database that is no file of ours has never been this registry's, and there
   * are manifests.
   */
  public void refuseIfNew(Transactions transactions, String name, ContentStore manifests)
      throws IOException {
    if (!isKnown(transactions) && note().isEmpty() && Occupied.has(manifests)) {
      throw new IOException(
          "%s has nothing of this registry, but there are manifests in %s: restore it with its own"
                  .formatted(name, manifests)
              + " tools, or %s brings back what the stores know; or %s"
                  .formatted(remedy(), another()));
    }
  }

  /** From now on the database is this registry's. To be called when all that it has to know is said. */
  public static void begin(Transactions transactions, Instant now) throws IOException {
    if (!isKnown(transactions)) {
      transactions.write(h ->
          h.createUpdate(
                  "INSERT INTO identity (id, begun_at) VALUES (1, :now)"
                      + " ON CONFLICT (id) DO NOTHING")
              .bind("now", now.toEpochMilli())
              .execute());
    }
  }

  static boolean isKnown(Transactions transactions) throws IOException {
    return transactions.read(
        h -> h.select("SELECT id FROM identity").mapTo(int.class).findOne().isPresent());
  }

  private String remedy() {
    return "plimsoll registry check --rebuild --data " + root.getParent();
  }

  private static String another() {
    return "give an empty place to begin with an empty registry";
  }

  /** Brings the copies of a database that are somewhere else into a directory. */
  @FunctionalInterface
  public interface Elsewhere {
    void fetch(Path directory) throws IOException;
  }

  /**
   * Puts the newest sound copy in the place of the file.
   *
   * @param elsewhere asked first: the machine may be new
   * @throws IOException if there is a database: it is not lost
   */
  public Note replace(Elsewhere elsewhere) throws IOException {
    if (Files.exists(database())) {
      throw new IOException(
          "%s is there; to rebuild a damaged one, stop the registry and move registry.db, -wal and"
                  .formatted(database())
              + " -shm away first");
    }
    Optional<Path> copy = newestCopy(elsewhere);
    Note note = copy.map(Note::of).orElse(Note.NO_COPY);
    leave(note);
    if (copy.isPresent()) {
      Path draft = root.resolve("db").resolve(DRAFT);
      Files.copy(copy.get(), draft, StandardCopyOption.REPLACE_EXISTING);
      disk.forceFile(draft);
      disk.replace(draft, database());
      disk.forceDirectory(root.resolve("db"));
    }
    return note;
  }

  /** Opens the database that is no file of ours. */
  @FunctionalInterface
  public interface Opening {
    Database open() throws IOException;
  }

  /** Opens a file as a database of this release's schema. */
  @FunctionalInterface
  public interface Drafting {
    Database open(Path file) throws IOException;
  }

  /**
   * Puts the rows of the newest sound copy into a database that is no file of ours, in one
   * transaction and with the word that it was restored: no replica that starts meanwhile takes it for
   * more than it is. Without a copy the next start takes everything from the stores.
   *
   * @throws IOException if the database is this registry's: it is not lost
   */
  public Note refill(Opening opening, Drafting drafting, Elsewhere elsewhere, Instant now)
      throws IOException {
    try (Database database = opening.open()) {
      if (isKnown(Transactions.of(database))) {
        throw new IOException(
            "%s has this registry's metadata; to rebuild it, empty it first".formatted(database));
      }
      Optional<Path> copy = newestCopy(elsewhere);
      if (copy.isEmpty()) {
        leave(Note.NO_COPY);
        return Note.NO_COPY;
      }
      Note note = Note.of(copy.get());
      Path draft = draft(copy.get(), drafting, note, now);
      boolean filled =
          database.fill(
              draft, h -> h.select("SELECT id FROM identity").mapTo(int.class).findOne().isEmpty());
      deleteDraft();
      if (!filled) {
        throw new IOException(
            "a registry has begun with %s meanwhile; nothing was changed".formatted(database));
      }
      return note;
    }
  }

  private Path draft(Path copy, Drafting drafting, Note note, Instant now) throws IOException {
    deleteDraft();
    Path draft = root.resolve("db").resolve(DRAFT);
    Files.copy(copy, draft);
    try (Database rows = drafting.open(draft)) {
      Transactions transactions = Transactions.of(rows);
      new Restoration(transactions).begin(note.source(), Instant.parse(note.copiedAt()), now);
      begin(transactions, now);
    }
    return draft;
  }

  private void deleteDraft() throws IOException {
    for (String end : List.of("", "-wal", "-shm")) {
      disk.delete(root.resolve("db").resolve(DRAFT + end));
    }
  }

  private Optional<Path> newestCopy(Elsewhere elsewhere) throws IOException {
    Path copies = root.resolve("db").resolve("copies");
    Files.createDirectories(copies);
    elsewhere.fetch(copies);
    return DatabaseCopies.newestSound(copies);
  }

  private void leave(Note note) throws IOException {
    new DurableFile(disk).replace(root.resolve("db").resolve(NOTE), Json.write(note));
  }

  /** What was left for the start. */
  public Optional<Note> note() throws IOException {
    Path file = root.resolve("db").resolve(NOTE);
    return Files.exists(file)
        ? Optional.of(Json.read(Files.readAllBytes(file), Note.class))
        : Optional.empty();
  }

  /** The database has it now. */
  public void forgetNote() throws IOException {
    disk.delete(root.resolve("db").resolve(NOTE));
    disk.forceDirectory(root.resolve("db"));
  }

  private Path database() {
    return root.resolve("db").resolve(DATABASE);
  }
}
