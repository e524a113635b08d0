package dev.plimsoll.foundation;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * A file that keeps space back, so that deleting, which writes before it frees, still works at 0
 * bytes free.
 *
 * <pre>
 *   lacking ──hold──▶ held ──release──▶ lacking    (hold refuses while space is short)
 * </pre>
 *
 * <p>Who deletes and meets a full disk calls {@link #release} and tries again. Who takes new data
 * refuses it while the reserve is lacking, for what the reserve gave up is not for them. {@link
 * #hold} is called at start, after space was freed, and now and then. Safe for many threads.
 */
public final class Reserve {
  private static final int BLOCK_BYTES = 1 << 20;

  private final Path file;
  private final long sizeBytes;
  private volatile boolean held;

  /**
   * Looks whether the reserve is there; allocates nothing yet.
   *
   * @param file on the file system that the reserve is for, in a directory that exists
   */
  public Reserve(Path file, long sizeBytes) throws IOException {
    if (sizeBytes < 0) {
      throw new IllegalArgumentException("a reserve of %d bytes".formatted(sizeBytes));
    }
    this.file = file.toAbsolutePath();
    this.sizeBytes = sizeBytes;
    this.held = sizeBytes > 0 && Files.exists(file) && Files.size(file) == sizeBytes;
  }

  private Reserve() {
    this.file = Path.of("none");
    this.sizeBytes = 0;
  }

  /** A reserve of nothing: never lacking, and nothing to give up. */
  public static Reserve none() {
    return new Reserve();
  }

  /** How much it keeps back. */
  public long sizeBytes() {
    return sizeBytes;
  }

  /** Whether space is short: it was given up, or never could be had. */
  public boolean isLacking() {
    return !held && sizeBytes > 0;
  }

  /**
   * Takes the space, if at least twice as much is free: else taking it back would fill the disk that
   * was just freed. It is written, not only promised, and with bytes that no file system compresses.
   *
   * @return whether it is held now
   */
  public synchronized boolean hold() throws IOException {
    if (held || sizeBytes == 0) {
      return true;
    }
    if (Files.getFileStore(directory()).getUsableSpace() < 2 * sizeBytes) {
      return false;
    }
    try {
      fill();
    } catch (IOException e) {
      Files.deleteIfExists(file);
      if (NoSpaceException.orElse(e, file) instanceof NoSpaceException) {
        return false;
      }
      throw e;
    }
    held = true;
    return true;
  }

  /**
   * Gives the space up.
   *
   * @return whether there was anything to give up: if not, trying again is no use
   */
  public synchronized boolean release() throws IOException {
    if (sizeBytes == 0) {
      return false;
    }
    boolean gaveUp = Files.deleteIfExists(file); // a half-filled one too
    held = false;
    if (gaveUp) {
      // ext4 hands freed blocks out again only after its journal has committed the deletion.
      try (FileChannel directory = FileChannel.open(directory(), READ)) {
        directory.force(true);
      }
    }
    return gaveUp;
  }

  private void fill() throws IOException {
    byte[] block = new byte[BLOCK_BYTES];
    new SplittableRandom(1).nextBytes(block);
    try (FileChannel channel = FileChannel.open(file, CREATE, WRITE, TRUNCATE_EXISTING)) {
      for (long left = sizeBytes; left > 0; ) {
        left -= channel.write(ByteBuffer.wrap(block, 0, (int) Math.min(left, BLOCK_BYTES)));
      }
      channel.force(true);
    }
  }

  private Path directory() throws IOException {
    Path directory = file.getParent();
    if (directory == null) {
      throw new IOException(file + " has no directory");
    }
    return directory;
  }
}
