package dev.plimsoll.content;

import com.sun.management.OperatingSystemMXBean;
import dev.plimsoll.oci.Digest;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;

/**
 * How fast a gigabyte becomes a blob, and for how much CPU: {@code java … IngestSpeed DIRECTORY},
 * with a directory on the disk that is meant.
 */
final class IngestSpeed {
  private static final long TOTAL_BYTES = 1L << 30;
  private static final int ROUNDS = 5;
  private static final int[] PART_KIB = {16, 64, 256};

  private IngestSpeed() {}

  public static void main(String[] arguments) throws IOException {
    FileContentStore store =
        FileContentStore.open(Path.of(arguments[0]).resolve("ingest-speed"), new LocalDisk());
    for (int round = 0; round < ROUNDS; round++) {
      for (int kib : PART_KIB) {
        byte[] content = new byte[kib << 10];
        new Random(kib).nextBytes(content);
        measure(store, "heap", ByteBuffer.wrap(content));
        measure(store, "direct", ByteBuffer.allocateDirect(kib << 10).put(content).flip());
      }
    }
  }

  private static void measure(FileContentStore store, String kind, ByteBuffer part)
      throws IOException {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long began = System.nanoTime();
    long cpuBefore = system.getProcessCpuTime();
    try (Ingest ingest = store.begin()) {
      while (ingest.sizeBytes() < TOTAL_BYTES) {
        ingest.append(part.duplicate());
      }
      double written = (System.nanoTime() - began) / 1e9;
      BlobKey key = ingest.commit(ingest.digest(Digest.Algorithm.SHA256));
      double seconds = (System.nanoTime() - began) / 1e9;
      System.out.printf(
          "%s %d KiB parts: %.0f MB/s, %.2f CPU s, commit %.2f s%n",
          kind,
          part.capacity() >> 10,
          TOTAL_BYTES / 1e6 / seconds,
          (system.getProcessCpuTime() - cpuBefore) / 1e9,
          seconds - written);
      store.delete(key);
    }
  }
}
