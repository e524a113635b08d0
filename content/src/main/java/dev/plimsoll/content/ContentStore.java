package dev.plimsoll.content;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Keeps bytes by what they are. It decides nothing: which blobs there should be is a database's
 * business, and the store is told to delete. Safe for many threads.
 */
public interface ContentStore {

  /** Begins an ingest with a SHA-256 hash and no limit. */
  default Ingest begin() throws IOException {
    return begin(IngestOptions.DEFAULT);
  }

  /**
   * Begins an ingest; the caller closes it.
   *
   * @throws dev.plimsoll.foundation.NoSpaceException if the disk is full, or so nearly that what is
   *     left is kept for deleting
   */
  Ingest begin(IngestOptions options) throws IOException;

  /** As {@link #resume(IngestId, IngestOptions)}, with SHA-256 and no limit. */
  default Ingest resume(IngestId id) throws IOException {
    return resume(id, IngestOptions.DEFAULT);
  }

  /**
   * Takes up an ingest that was closed, or that a crash left. Its bytes may have to be read and
   * hashed again, which takes a second or so for a gigabyte. Its size tells where to go on; after a crash that
   * can be less than was appended.
   *
   * @throws ContentException.IngestUnknown if it was committed, discarded, or never begun
   * @throws ContentException.IngestInUse if it is open
   */
  Ingest resume(IngestId id, IngestOptions options) throws IOException;

  /**
   * Begins an ingest that holds the bytes of a file and takes no more; the caller closes it. Where
   * the store can, the file gets a second name and is not copied. It is only ever read, and must not
   * be changed by anybody from then on.
   */
  default Ingest adopt(Path file) throws IOException {
    Ingest ingest = begin();
    try (InputStream in = Files.newInputStream(file)) {
      ingest.append(in);
      return ingest;
    } catch (IOException | RuntimeException e) {
      try {
        ingest.discard();
      } catch (IOException secondary) {
        e.addSuppressed(secondary);
      }
      throw e;
    }
  }

  /** The file that holds a blob, where it is one: for backups that need not copy it. */
  default Optional<Path> fileOf(BlobKey key) {
    return Optional.empty();
  }

  boolean has(BlobKey key) throws IOException;

  /**
   * The length of a blob in bytes.
   *
   * @throws ContentException.BlobUnknown if there is none
   */
  long sizeBytes(BlobKey key) throws IOException;

  /**
   * Opens a blob for reading; the caller closes it. Reading goes on undisturbed when the blob is
   * deleted meanwhile.
   *
   * @throws ContentException.BlobUnknown if there is none
   */
  Blob open(BlobKey key) throws IOException;

  /**
   * Deletes a blob; no matter if there is none. A power cut may bring it back, as bytes that an
   * audit finds: who must know that it is gone asks again after a restart.
   */
  void delete(BlobKey key) throws IOException;

  /**
   * Everything that is stored, in no order, while the store is in use: what is committed or deleted
   * meanwhile may be in it or not. To be closed; trouble is an {@link java.io.UncheckedIOException}.
   */
  Stream<Stored> list() throws IOException;

  /** Into how many parts {@link #list(int)} divides the store. */
  int PARTS = 256;

  /**
   * The same for one of {@link #PARTS}: those blobs whose digest begins with this byte, so that a
   * long look can be taken in pieces and go on after a restart. What is not of the store's making
   * comes with part 0.
   */
  default Stream<Stored> list(int part) throws IOException {
    return list()
        .filter(stored ->
            switch (stored) {
              case Stored.StoredBlob(BlobKey key, long _) ->
                  Integer.parseInt(key.digest().hex(), 0, 2, 16) == part;
              case Stored.Foreign _ -> part == 0;
            });
  }

  /** Ingests that were begun and neither committed nor discarded. */
  List<StagedIngest> staged() throws IOException;

  /**
   * An address that whoever has it may read a blob by, without asking here, for as long as the store
   * was told; empty where bytes come from here only. It does not keep the blob: who deletes waits.
   */
  default Optional<URI> address(BlobKey key) {
    return Optional.empty();
  }

  /**
   * Removes what crashes left that is in no list, such as objects that were never finished, and that
   * has not changed since {@code limit}. What a database knows is never removed, whatever the
   * store's own lists lack; where it can, the store mends those.
   *
   * @return how much it removed
   */
  default int tidy(Instant limit, Recorded recorded) throws IOException {
    return 0;
  }

  /** What a database knows of the bytes of these generations. */
  interface Recorded {
    Collection<BlobKey> of(Collection<String> generations) throws IOException;
  }

  /** Whether what is behind it answered when it was last asked; a directory always does. */
  default boolean answers() {
    return true;
  }

  /** Whose store it is, as it was told by {@link #own}; empty if nobody has said so yet. */
  Optional<String> owner() throws IOException;

  /** Where that is written down, as people find it. */
  String ownerPlace();

  /** Writes down whose store it is, one line; who may say so is the caller's business. */
  void own(String owner) throws IOException;

  /**
   * Gives up an ingest that waits; no matter if there is none.
   *
   * @throws ContentException.IngestInUse if it is open
   */
  void discard(IngestId id) throws IOException;
}
