package dev.plimsoll.content;

import dev.plimsoll.oci.Digest;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where things are in a store's directory: {@code docs/formats/content-store.md}, version 1. */
record Layout(Path root) {
  private static final Pattern BLOB = Pattern.compile("([0-9a-f]+)-([0-9a-f]{16})");
  private static final Pattern INGEST = Pattern.compile("[0-9a-f]{32}");

  Path format() {
    return root.resolve("format");
  }

  Path owner() {
    return root.resolve("owner");
  }

  Path staging() {
    return root.resolve("staging");
  }

  Path staged(IngestId id) {
    return staging().resolve(id.value());
  }

  Path blobs() {
    return root.resolve("blobs");
  }

  Path blobs(Digest.Algorithm algorithm) {
    return blobs().resolve(algorithm.prefix());
  }

  /** One of 256 directories, so that none grows beyond what people can list. */
  Path shard(Digest digest) {
    return blobs(digest.algorithm()).resolve(digest.hex().substring(0, 2));
  }

  Path blob(BlobKey key) {
    return shard(key.digest()).resolve(key.digest().hex() + "-" + key.generation());
  }

  /** The key of a file, if it is a blob in its right place. */
  Optional<BlobKey> keyOf(Path file) {
    Matcher name = BLOB.matcher(String.valueOf(file.getFileName()));
    if (!name.matches()) {
      return Optional.empty();
    }
    for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
      if (name.group(1).length() == algorithm.hexLength()) {
        BlobKey key = new BlobKey(new Digest(algorithm, name.group(1)), name.group(2));
        return blob(key).equals(file) ? Optional.of(key) : Optional.empty();
      }
    }
    return Optional.empty();
  }

  Optional<IngestId> ingestOf(Path file) {
    String name = String.valueOf(file.getFileName());
    return INGEST.matcher(name).matches() ? Optional.of(new IngestId(name)) : Optional.empty();
  }

  /** How an audit calls a file that is not of the store's making. */
  String nameOf(Path file) {
    return root.relativize(file).toString();
  }
}
