package dev.plimsoll.linux.power;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.plimsoll.linux.Command;
import dev.plimsoll.linux.FileDescriptor;
import dev.plimsoll.linux.MountTable;
import dev.plimsoll.linux.Mounts;
import dev.plimsoll.linux.OpenFlag;
import dev.plimsoll.linux.Processes;
import dev.plimsoll.linux.ffi.Scratch;
import dev.plimsoll.linux.ffi.SystemCall;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/**
 * A file system of the running kernel on a disk whose power can be cut.
 *
 * <p>The disk is a file on a second file system, which {@link #cut} shuts down at one moment without
 * writing its log ({@code EXT4_IOC_SHUTDOWN}, as the {@code godown} of xfstests does). Until a flush
 * reaches it, what was written to the disk lies in that file system's cache, so the cut loses it:
 * the disk behaves as one with a volatile cache, whatever file system is on it.
 *
 * <pre>
 *   {@link #path()} ─ ext4, xfs or btrfs ─ loop device ─ file ─ ext4 that is shut down ─ loop device ─ memory
 * </pre>
 *
 * <p>For one thread, save that {@link #cut} may come at any moment of others' work. Whoever uses the
 * files dies with the machine: end these processes between {@link #cut} and {@link #restore}.
 */
public final class PowerCutDisk implements AutoCloseable {
  private static final long SIZE_BYTES = 384L << 20; // xfs takes no less than 300 MiB
  private static final String MEMORY = "size=1g,mode=0700";
  private static final int SHUTDOWN = 0x8004587D; // _IOR('X', 125, __u32), fs/ext4/ext4.h
  private static final int NO_LOG_FLUSH = 2; // EXT4_GOING_FLAGS_NOLOGFLUSH
  private static final int WRITE_AND_WAIT = 7; // SYNC_FILE_RANGE_*, linux/fs.h
  private static final int LUMP_BYTES = 64 << 10;
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(5);

  private static final MethodHandle SYNC_FILE_RANGE =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("sync_file_range"),
              FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));

  private final FileSystemKind kind;
  private final Path memory;
  private final Path outer;
  private final Path disk;
  private final Path path;
  private final List<String> loops = new ArrayList<>();

  private PowerCutDisk(FileSystemKind kind, Path place) throws IOException {
    this.kind = kind;
    this.memory = Files.createDirectories(place.resolve("memory"));
    this.outer = Files.createDirectories(place.resolve("outer"));
    this.disk = outer.resolve("disk");
    this.path = Files.createDirectories(place.resolve("disk"));
  }

  /** A new, empty file system, mounted below {@code place}, which is an empty directory. */
  public static PowerCutDisk make(FileSystemKind kind, Path place)
      throws IOException, InterruptedException {
    var made = new PowerCutDisk(kind, place.toRealPath());
    try {
      made.build();
      return made;
    } catch (IOException | InterruptedException | RuntimeException e) {
      made.close();
      throw e;
    }
  }

  private void build() throws IOException, InterruptedException {
    Mounts.tmpfs(memory, MEMORY);
    Path image = memory.resolve("image");
    allocate(image, SIZE_BYTES + (64L << 20));
    run("mkfs.ext4", "-q", "-F", "-m", "0", image.toString());
    run("mount", loop(image), outer.toString());
    fill(disk);
    List<String> making = new ArrayList<>(kind.makingOptions());
    making.add(loop(disk));
    run("mkfs." + kind.text(), making.toArray(String[]::new));
    mount();
  }

  private static void allocate(Path file, long bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[1]), bytes - 1);
    }
  }

  /** Every block has its place on the outer disk: then writing back one needs none of its log. */
  private static void fill(Path file) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocateDirect(4 << 20);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (long written = 0; written < SIZE_BYTES; ) {
        written += channel.write(zeros.clear());
      }
      channel.force(true);
    }
  }

  private String loop(Path file) throws IOException, InterruptedException {
    String device = run("losetup", "--find", "--show", file.toString()).strip();
    loops.add(device);
    return device;
  }

  private void mount() throws IOException, InterruptedException {
    run("mount", loops.getLast(), path.toString());
  }

  /** Where the file system is mounted. */
  public Path path() {
    return path;
  }

  /**
   * Has the disk write some of what lies in its cache, in no order, as disks do. Without it a cut
   * loses everything since the last flush.
   */
  public void writeSome(RandomGenerator random, int lumps) throws IOException {
    try (FileDescriptor file = FileDescriptor.open(disk, 0, OpenFlag.WRITE)) {
      for (int i = 0; i < lumps; i++) {
        long from = random.nextLong(SIZE_BYTES / LUMP_BYTES) * LUMP_BYTES;
        var _ =
            (int)
                SYNC_FILE_RANGE.invokeExact(file.number(), from, (long) LUMP_BYTES, WRITE_AND_WAIT);
      }
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("a downcall throws nothing of its own", e);
    }
  }

  /** The power goes: from now on nothing reaches the disk, and whoever writes gets an error. */
  public void cut() throws IOException {
    try (FileDescriptor root = FileDescriptor.open(outer, 0, OpenFlag.DIRECTORY);
        Scratch s = Scratch.take()) {
      MemorySegment how = s.zeros(Integer.BYTES);
      how.set(JAVA_INT, 0, NO_LOG_FLUSH);
      long result = SystemCall.IOCTL.call(s, root.number(), SHUTDOWN, how.address());
      if (result != 0) {
        throw new IOException("shutting down %s: errno %d".formatted(outer, -result));
      }
    }
  }

  /** The machine comes up again: the file system is mounted and goes through its journal. */
  public void restore() throws IOException, InterruptedException {
    takeDown();
    run("mount", loops.getFirst(), outer.toString());
    loop(disk);
    mount();
  }

  /** Unmounts both file systems and whatever is mounted in the inner one. */
  private void takeDown() throws IOException, InterruptedException {
    for (MountTable.Entry each : MountTable.read().below(path).reversed()) {
      Path target = Path.of(each.target());
      if (!target.equals(path)) {
        Mounts.release(target);
      }
    }
    unmount(path);
    if (loops.size() > 1) {
      run("losetup", "--detach", loops.removeLast());
    }
    unmount(outer);
  }

  /** Waits for those who die with their files open. */
  private static void unmount(Path target) throws IOException, InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (MountTable.read().at(target).isPresent()) {
      try {
        Mounts.unmount(target);
      } catch (IOException e) {
        if (System.nanoTime() > end) {
          throw new IOException(target + " is still used", e);
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }

  private static String run(String program, String... arguments)
      throws IOException, InterruptedException {
    var result =
        Processes.run(
            Command.of(
                Processes.find(program)
                    .orElseThrow(() -> new IOException(program + " is not installed")),
                arguments),
            LIMIT);
    if (!result.succeeded()) {
      throw new IOException(program + " " + List.of(arguments) + ": " + result.error());
    }
    return result.output();
  }

  @Override
  public void close() throws IOException {
    try {
      takeDown();
      while (!loops.isEmpty()) {
        run("losetup", "--detach", loops.removeLast());
      }
      unmount(memory);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
