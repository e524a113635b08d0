package dev.plimsoll.content;

/** One thing that an audit finds in a store. */
public sealed interface Stored {

  /** A blob, as its name says; its bytes were not read. */
  record StoredBlob(BlobKey key, long sizeBytes) implements Stored {}

  /** Something the store has not made. It is left alone. */
  record Foreign(String name) implements Stored {}
}
