package dev.plimsoll.content;

import dev.plimsoll.oci.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Walks through all blobs, one directory at a time, however many there are. */
record Listing(Layout layout) {
  private static final Pattern SHARD = Pattern.compile("[0-9a-f]{2}");

  Stream<Stored> open() {
    return Arrays.stream(Digest.Algorithm.values())
        .flatMap(algorithm -> files(layout.blobs(algorithm)))
        .flatMap(this::inside);
  }

  /** Only the shards of one byte; what is beside the shards comes with the first. */
  Stream<Stored> open(int part) {
    String shard = "%02x".formatted(part);
    return Arrays.stream(Digest.Algorithm.values())
        .flatMap(algorithm -> files(layout.blobs(algorithm)))
        .filter(file -> {
          String name = String.valueOf(file.getFileName());
          boolean isShard = SHARD.matcher(name).matches() && Files.isDirectory(file);
          return isShard ? name.equals(shard) : part == 0;
        })
        .flatMap(this::inside);
  }

  private Stream<Stored> inside(Path shard) {
    return Files.isDirectory(shard)
        ? files(shard).flatMap(this::stored)
        : Stream.of(new Stored.Foreign(layout.nameOf(shard)));
  }

  private Stream<Stored> stored(Path file) {
    Optional<BlobKey> key = layout.keyOf(file);
    if (key.isEmpty() || Files.isDirectory(file)) {
      return Stream.of(new Stored.Foreign(layout.nameOf(file)));
    }
    try {
      return Stream.of(new Stored.StoredBlob(key.get(), Files.size(file)));
    } catch (NoSuchFileException e) {
      return Stream.empty(); // deleted since the directory was read
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings("StreamResourceLeak") // flatMap closes what it has read
  private static Stream<Path> files(Path directory) {
    try {
      return Files.list(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
