package dev.plimsoll.content;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The real disk. Linux only: elsewhere a directory cannot be opened and forced. Forces asked for on
 * a virtual thread run on one of a few platform threads, as they would hold a carrier.
 */
public final class LocalDisk implements Disk {
  private final ForcingThreads threads = new ForcingThreads();

  @Override
  public Output create(Path file) throws IOException {
    return new LocalOutput(FileChannel.open(file, CREATE_NEW, WRITE));
  }

  @Override
  public Output append(Path file) throws IOException {
    return new LocalOutput(FileChannel.open(file, APPEND));
  }

  @Override
  public void forceDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, READ)) {
      threads.force(channel);
    }
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    if (Files.exists(to)) {
      throw new FileAlreadyExistsException(to.toString());
    }
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void replace(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void link(Path existing, Path name) throws IOException {
    Files.createLink(name, existing);
  }

  @Override
  public void forceFile(Path file) throws IOException {
    forceDirectory(file); // the kernel makes no difference
  }

  @Override
  public void delete(Path file) throws IOException {
    Files.deleteIfExists(file);
  }

  @Override
  public void createDirectory(Path directory) throws IOException {
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory)) {
        throw e;
      }
    }
  }

  private final class LocalOutput implements Output {
    private final FileChannel channel;

    private LocalOutput(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }

    @Override
    public void force() throws IOException {
      threads.force(channel);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
