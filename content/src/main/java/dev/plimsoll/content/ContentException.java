package dev.plimsoll.content;

import dev.plimsoll.oci.Digest;

/** What a store understood and refuses. Trouble with the disk stays an {@link java.io.IOException}. */
public abstract sealed class ContentException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private ContentException(String message) {
    super(message);
  }

  /** There are no bytes of that key, or no longer. */
  public static final class BlobUnknown extends ContentException {
    private static final long serialVersionUID = 1;

    public BlobUnknown(BlobKey key) {
      super("no blob " + key);
    }
  }

  /** The ingest was committed, discarded, or never begun. */
  public static final class IngestUnknown extends ContentException {
    private static final long serialVersionUID = 1;

    public IngestUnknown(IngestId id) {
      super("no ingest " + id);
    }
  }

  /** Two would write to one ingest. */
  public static final class IngestInUse extends ContentException {
    private static final long serialVersionUID = 1;

    public IngestInUse(IngestId id) {
      super("ingest %s is in use".formatted(id));
    }
  }

  /** The bytes are not what they were said to be. */
  public static final class DigestMismatch extends ContentException {
    private static final long serialVersionUID = 1;

    public DigestMismatch(Digest expected, Digest received) {
      super("promised %s, received %s".formatted(expected, received));
    }
  }

  /** More bytes than the ingest may take. */
  public static final class TooLarge extends ContentException {
    private static final long serialVersionUID = 1;

    public TooLarge(long sizeBytesMax) {
      super("larger than the %d bytes that are allowed".formatted(sizeBytesMax));
    }
  }
}
