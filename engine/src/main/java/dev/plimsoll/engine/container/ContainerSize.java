package dev.plimsoll.engine.container;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * What a container occupies.
 *
 * @param writtenBytes what it changed of its image
 * @param totalBytes with the image
 */
public record ContainerSize(long writtenBytes, long totalBytes) {

  /** Adds up the regular files below a directory; those that go away meanwhile are passed over. */
  static long written(Path upper) throws IOException {
    long[] sum = {0};
    if (!Files.exists(upper)) {
      return 0;
    }
    Files.walkFileTree(
        upper,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile()) {
              sum[0] += attributes.size();
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
    return sum[0];
  }
}
