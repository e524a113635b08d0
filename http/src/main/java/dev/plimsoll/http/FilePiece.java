package dev.plimsoll.http;

import io.netty.channel.DefaultFileRegion;
import java.nio.channels.FileChannel;

/**
 * A part of a file for the kernel to send. Pieces are small, so that one fast reader does not hold the
 * event loop; and unlike its parent a piece leaves the file open, which belongs to the handler.
 */
final class FilePiece extends DefaultFileRegion {
  static final int BYTES_MAX = 2 * 1024 * 1024;

  FilePiece(FileChannel file, long position, long length) {
    super(file, position, length);
  }

  @Override
  protected void deallocate() {
    // the file is closed by whoever opened it
  }
}
