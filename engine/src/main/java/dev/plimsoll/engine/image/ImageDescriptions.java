package dev.plimsoll.engine.image;

import dev.plimsoll.content.DurableFile;
import dev.plimsoll.content.LocalDisk;
import dev.plimsoll.database.Database;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory {@code images/}: a file for each image that says what never changes of it, on disk
 * before the image's row and gone after it. Safe for many threads.
 */
final class ImageDescriptions {
  private static final Logger log = LoggerFactory.getLogger(ImageDescriptions.class);
  private static final Pattern NAME = Pattern.compile("([0-9a-f]{64})\\.json");
  private static final int FILE_BYTES_MAX = 64 << 20;

  private final Path directory;
  private final Database database;
  private final DurableFile files = new DurableFile(new LocalDisk());

  /** Held by those who write a file and then its row; alone by whoever deletes files without one. */
  private final ReadWriteLock order = new ReentrantReadWriteLock();

  private volatile boolean strangersStay;

  private ImageDescriptions(Path directory, Database database) {
    this.directory = directory;
    this.database = database;
  }

  static ImageDescriptions open(Path directory, Database database) throws IOException {
    Files.createDirectories(directory);
    return new ImageDescriptions(directory, database);
  }

  /** At start: images of a release that wrote none get theirs, and half-written ones go. */
  void recover() throws IOException {
    files.removeDrafts(directory);
    for (ImageId id : ids()) {
      if (!Files.exists(file(id))) {
        files.replace(file(id), Json.write(database.read(handle -> fromRows(handle, id))));
      }
    }
    // No image at all, but descriptions: more likely the database was lost than that all of them
    // are
    // left-overs.
    strangersStay = ids().isEmpty() && !described().isEmpty();
    if (strangersStay) {
      log.warn("image descriptions without rows left alone count={}", described().size());
    }
    sweep();
  }

  private List<ImageId> ids() throws IOException {
    return database.read(ImageRows::ids);
  }

  private Path file(ImageId id) {
    return directory.resolve(id.digest().hex() + ".json");
  }

  /** Gives an image its row. */
  interface RowWriting<T> {
    T write() throws IOException;
  }

  /** Writes a new image's description, then its row: a crash between them leaves a file to sweep. */
  <T> T before(NewImage image, RowWriting<T> row) throws IOException {
    order.readLock().lock();
    try {
      Path file = file(image.id());
      if (!Files.exists(file)) {
        files.replace(file, Json.write(of(image)));
      }
      return row.write();
    } finally {
      order.readLock().unlock();
    }
  }

  /** Deletes the files of images that have no row any more. */
  void sweep() throws IOException {
    order.writeLock().lock();
    try {
      Set<ImageId> known = new HashSet<>(ids());
      for (ImageId id : described()) {
        if (!strangersStay && !known.contains(id)) {
          Files.deleteIfExists(file(id));
        }
      }
    } finally {
      order.writeLock().unlock();
    }
  }

  /** The images that have a file here. */
  List<ImageId> described() throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .map(entry -> NAME.matcher(String.valueOf(entry.getFileName())))
          .filter(Matcher::matches)
          .map(name -> ImageId.parse("sha256:" + name.group(1)))
          .toList();
    }
  }

  /** What the image's file says; empty if there is none that can be read. */
  Optional<ImageDescription> read(ImageId id) throws IOException {
    try {
      if (Files.size(file(id)) > FILE_BYTES_MAX) {
        return Optional.empty();
      }
      return Optional.of(ImageDescription.parse(Files.readAllBytes(file(id))))
          .filter(described -> described.id().equals(id.toString()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      log.warn("image description unreadable id={} cause={}", id, e.getMessage());
      return Optional.empty();
    }
  }

  private static ImageDescription of(NewImage image) {
    return new ImageDescription(
        ImageDescription.FORMAT,
        image.id().toString(),
        image.config(),
        image.layers().stream()
            .map(part ->
                new ImageDescription.Part(
                    part.layer().diffId().toString(),
                    part.layer().id().toString(),
                    part.blob().map(Object::toString).orElse(null)))
            .toList(),
        image.createdFrom(),
        image.parent().map(ImageId::toString).orElse(null),
        image.names().stream().map(Object::toString).toList(),
        image.manifests().stream().map(ImageDescriptions::of).toList());
  }

  private static ImageDescription.Manifest of(ManifestBytes manifest) {
    return new ImageDescription.Manifest(manifest.mediaType(), manifest.content());
  }

  private static ImageDescription fromRows(Handle handle, ImageId id) {
    Optional<Image> image = ImageRows.find(handle, id); // empty for one that is only still used
    List<ImageDescription.Part> parts = new ArrayList<>();
    for (ImageRows.Part part : ImageRows.layers(handle, id)) {
      parts.add(
          new ImageDescription.Part(
              part.diffId().toString(),
              part.layer().toString(),
              part.blob().map(Object::toString).orElse(null)));
    }
    return new ImageDescription(
        ImageDescription.FORMAT,
        id.toString(),
        ImageRows.config(handle, id),
        parts,
        image.map(Image::createdFrom).orElse(""),
        image.flatMap(Image::parent).map(ImageId::toString).orElse(null),
        image.map(i -> i.names().stream().map(Object::toString).toList()).orElse(List.of()),
        ImageRows.manifests(handle, id).stream().map(ImageDescriptions::of).toList());
  }
}
