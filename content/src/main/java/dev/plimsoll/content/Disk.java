package dev.plimsoll.content;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * What durable writers do to a disk: every step after which the power may fail. Reading is not a
 * step and goes past it.
 */
public interface Disk {

  /** Makes a file that was not there. */
  Output create(Path file) throws IOException;

  /** Opens a file to write at its end. */
  Output append(Path file) throws IOException;

  /**
   * Makes the names in a directory durable, that is: files made, renamed or deleted there. The bytes
   * of files are forced by their {@link Output}.
   */
  void forceDirectory(Path directory) throws IOException;

  /**
   * Renames within the file system, atomically. Both names are durable when the directory of {@code
   * to} is forced.
   *
   * @throws java.nio.file.FileAlreadyExistsException if {@code to} is there
   */
  void rename(Path from, Path to) throws IOException;

  /** Like {@link #rename}; {@code to} is replaced if it is there. */
  void replace(Path from, Path to) throws IOException;

  /**
   * Gives an existing file a second name on the same file system; the file is not opened.
   *
   * @throws IOException if the file systems differ, or the kernel does not let this user do it
   */
  void link(Path existing, Path name) throws IOException;

  /** Makes the bytes of a file durable that somebody else has written; it is opened for reading. */
  void forceFile(Path file) throws IOException;

  /** Deletes a file; no matter if it is not there. */
  void delete(Path file) throws IOException;

  /** Makes a directory; no matter if it is there. Its parent must be. */
  void createDirectory(Path directory) throws IOException;

  /** A file being written. */
  interface Output extends AutoCloseable {

    /** Writes all of {@code bytes}, at the end. */
    void write(ByteBuffer bytes) throws IOException;

    /**
     * Makes what was written durable, but not the file's name. A force that failed is not tried
     * again: the kernel may have dropped the pages, and would report success the second time.
     */
    void force() throws IOException;

    @Override
    void close() throws IOException;
  }
}
