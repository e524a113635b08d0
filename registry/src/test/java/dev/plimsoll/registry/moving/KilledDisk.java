package dev.plimsoll.registry.moving;

import dev.plimsoll.content.Disk;
import dev.plimsoll.content.LocalDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** The real disk until a step, before which the process is killed: nothing is done from then on. */
final class KilledDisk implements Disk {
  private final LocalDisk disk = new LocalDisk();
  private final AtomicInteger steps = new AtomicInteger();
  private final int killBefore;
  private final String message;

  /** What it says when it is over. */
  static final String KILLED = "killed";

  KilledDisk(int killBefore) {
    this(killBefore, KILLED);
  }

  /** The same for a disk that says something else, such as that it is full. */
  KilledDisk(int killBefore, String message) {
    this.killBefore = killBefore;
    this.message = message;
  }

  private void step() throws IOException {
    if (steps.incrementAndGet() >= killBefore) {
      throw new IOException(message);
    }
  }

  @Override
  public Output create(Path file) throws IOException {
    step();
    return new KilledOutput(disk.create(file));
  }

  @Override
  public Output append(Path file) throws IOException {
    step();
    return new KilledOutput(disk.append(file));
  }

  @Override
  public void forceDirectory(Path directory) throws IOException {
    step();
    disk.forceDirectory(directory);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    step();
    disk.rename(from, to);
  }

  @Override
  public void replace(Path from, Path to) throws IOException {
    step();
    disk.replace(from, to);
  }

  @Override
  public void link(Path existing, Path name) throws IOException {
    step();
    disk.link(existing, name);
  }

  @Override
  public void forceFile(Path file) throws IOException {
    step();
    disk.forceFile(file);
  }

  @Override
  public void delete(Path file) throws IOException {
    step();
    disk.delete(file);
  }

  @Override
  public void createDirectory(Path directory) throws IOException {
    step();
    disk.createDirectory(directory);
  }

  private final class KilledOutput implements Output {
    private final Output output;

    KilledOutput(Output output) {
      this.output = output;
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
      step();
      output.write(bytes);
    }

    @Override
    public void force() throws IOException {
      step();
      output.force();
    }

    @Override
    public void close() throws IOException {
      output.close();
    }
  }
}
