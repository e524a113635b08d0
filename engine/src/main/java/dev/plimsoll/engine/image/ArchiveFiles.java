package dev.plimsoll.engine.image;

import dev.plimsoll.content.Ingest;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.engine.tar.Compression;
import dev.plimsoll.engine.tar.TarEntry;
import dev.plimsoll.engine.tar.TarReader;
import dev.plimsoll.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The files of an archive that {@code docker save} or another tool has made, by path. Which of them
 * are layers is told at the end of the archive, so small ones are kept in memory and large ones
 * become blobs as they go by.
 */
final class ArchiveFiles {
  private static final int SMALL_BYTES_MAX = 64 << 10;
  private static final int SMALL_BYTES_ALL_MAX = 64 << 20;
  private static final int FILES_MAX = 100_000;
  private static final int DOCUMENT_BYTES_MAX = 8 << 20;
  private static final int LINKS_MAX = 10;

  /** A file of the archive. */
  private sealed interface File {
    @SuppressWarnings("ArrayRecordComponent") // nobody compares these
    record Small(byte[] bytes) implements File {}

    record Large(Digest blob) implements File {}

    record Link(String target) implements File {}
  }

  private final Map<String, File> files = new HashMap<>();
  private final Blobs blobs;
  private final Lease lease;
  private int smallBytes;

  private ArchiveFiles(Blobs blobs, Lease lease) {
    this.blobs = blobs;
    this.lease = lease;
  }

  /** Reads an archive to its end; packed or not. */
  static ArchiveFiles read(InputStream archive, Blobs blobs, Lease lease) throws IOException {
    var files = new ArchiveFiles(blobs, lease);
    var reader = new TarReader(Compression.unpacked(archive));
    for (Optional<TarEntry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
      files.add(entry.get(), reader.body());
    }
    return files;
  }

  private void add(TarEntry entry, InputStream body) throws IOException {
    if (files.size() >= FILES_MAX) {
      throw new BadParameter("the archive has more than %d files".formatted(FILES_MAX));
    }
    String path = normal("", entry.name());
    switch (entry.type()) {
      case FILE -> files.put(path, file(entry, body));
      case SYMBOLIC_LINK -> files.put(path, new File.Link(normal(parent(path), entry.linkName())));
      case HARD_LINK -> files.put(path, new File.Link(normal("", entry.linkName())));
      case DIRECTORY, CHARACTER_DEVICE, BLOCK_DEVICE, FIFO -> {}
    }
  }

  private File file(TarEntry entry, InputStream body) throws IOException {
    if (entry.sizeBytes() <= SMALL_BYTES_MAX
        && smallBytes + entry.sizeBytes() <= SMALL_BYTES_ALL_MAX) {
      smallBytes += (int) entry.sizeBytes();
      return new File.Small(body.readNBytes((int) entry.sizeBytes()));
    }
    return new File.Large(ingest(body, entry.sizeBytes()));
  }

  private Digest ingest(InputStream bytes, long sizeBytes) throws IOException {
    Ingest ingest = blobs.begin(sizeBytes);
    try (ingest) {
      ingest.append(bytes);
      Digest digest = ingest.digest(Digest.Algorithm.SHA256);
      if (blobs.take(digest, lease)) {
        ingest.discard();
      } else {
        blobs.commit(ingest, digest, lease);
      }
      return digest;
    } catch (IOException | RuntimeException e) {
      ingest.discard();
      throw e;
    }
  }

  boolean has(String path) {
    return files.containsKey(path);
  }

  /** A file that is read whole: a manifest, a configuration. */
  byte[] document(String path) throws IOException {
    return switch (resolve(path)) {
      case File.Small(byte[] bytes) -> bytes;
      case File.Large(Digest blob) -> {
        if (blobs.sizeBytes(blob) > DOCUMENT_BYTES_MAX) {
          throw new BadParameter(
              "%s in the archive is larger than %d bytes".formatted(path, DOCUMENT_BYTES_MAX));
        }
        try (InputStream in = blobs.open(blob, 0)) {
          yield in.readAllBytes();
        }
      }
      case File.Link _ -> throw missing(path);
    };
  }

  /** A file as a blob: a layer. */
  Digest blob(String path) throws IOException {
    return switch (resolve(path)) {
      case File.Large(Digest blob) -> blob;
      case File.Small(byte[] bytes) -> ingest(new ByteArrayInputStream(bytes), bytes.length);
      case File.Link _ -> throw missing(path);
    };
  }

  private File resolve(String path) {
    String at = normal("", path);
    for (int i = 0; i <= LINKS_MAX; i++) {
      File file = files.get(at);
      if (file == null) {
        throw missing(path);
      }
      if (!(file instanceof File.Link(String target))) {
        return file;
      }
      at = target;
    }
    throw missing(path);
  }

  private static BadParameter missing(String path) {
    return new BadParameter("invalid archive: it has no file %s".formatted(path));
  }

  private static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  /** These are keys of a map and never names on disk, so climbing out only finds nothing. */
  private static String normal(String base, String path) {
    Deque<String> parts = new ArrayDeque<>();
    String whole = path.startsWith("/") ? path : base + "/" + path;
    for (String part : List.of(whole.split("/", -1))) {
      if (part.equals("..")) {
        parts.pollLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.addLast(part);
      }
    }
    return String.join("/", parts);
  }
}
