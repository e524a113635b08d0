package dev.plimsoll.content;

import dev.plimsoll.foundation.NoSpaceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Replaces small state files so that a crash leaves the old content or the new, never a mixture. */
public final class DurableFile {
  private static final Pattern DRAFT =
      Pattern.compile("\\..+\\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\.draft");

  private final Disk disk;

  public DurableFile(Disk disk) {
    this.disk = disk;
  }

  /**
   * Replaces {@code target}, or makes it; its directory must be there. When this returns, the new
   * content survives a power cut. Two at a time on one target are safe: one of them wins.
   *
   * @throws NoSpaceException if the disk is full; {@code target} is as it was
   * @throws IOException if any step fails; {@code target} then holds its old content or its new
   */
  public void replace(Path target, byte[] content) throws IOException {
    Path file = target.toAbsolutePath();
    Path directory = Paths.parent(file);
    Path draft = directory.resolve("." + file.getFileName() + "." + UUID.randomUUID() + ".draft");
    try {
      try (Disk.Output output = disk.create(draft)) {
        output.write(ByteBuffer.wrap(content));
        output.force(); // the bytes before the name: else the new name may point at zeros
      }
      disk.replace(draft, file);
      disk.forceDirectory(directory); // and the name itself
    } catch (IOException e) {
      try {
        disk.delete(draft);
      } catch (IOException secondary) {
        e.addSuppressed(secondary);
      }
      IOException trouble = NoSpaceException.orElse(e, target);
      throw trouble instanceof NoSpaceException
          ? trouble
          : new IOException("replacing " + target, e);
    }
  }

  /** Removes the drafts that a crash has left in {@code directory}: at start, before others write. */
  public void removeDrafts(Path directory) throws IOException {
    List<Path> drafts;
    try (Stream<Path> files = Files.list(directory)) {
      drafts =
          files
              .filter(file -> DRAFT.matcher(String.valueOf(file.getFileName())).matches())
              .toList();
    }
    for (Path draft : drafts) {
      disk.delete(draft);
    }
  }
}
