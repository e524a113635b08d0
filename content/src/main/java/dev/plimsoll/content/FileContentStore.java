package dev.plimsoll.content;

import dev.plimsoll.content.ContentException.BlobUnknown;
import dev.plimsoll.content.ContentException.IngestInUse;
import dev.plimsoll.content.ContentException.IngestUnknown;
import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.foundation.Reserve;
import dev.plimsoll.oci.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * A content store in a directory of its own. Only one process at a time works on it: its owner holds
 * the {@link dev.plimsoll.foundation.DataDirectoryLock}.
 */
public final class FileContentStore implements ContentStore {
  private static final String FORMAT_1 = "plimsoll content store 1\n";

  private final Layout layout;
  private final Disk disk;
  private final Reserve reserve;
  private final RandomGenerator random;
  private final Set<IngestId> inUse = ConcurrentHashMap.newKeySet();
  private final Set<Path> durableShards = ConcurrentHashMap.newKeySet();

  private FileContentStore(Layout layout, Disk disk, Reserve reserve, RandomGenerator random) {
    this.layout = layout;
    this.disk = disk;
    this.reserve = reserve;
    this.random = random;
  }

  /** As {@link #open(Path, Disk, Reserve)}, without a reserve. */
  public static FileContentStore open(Path root, Disk disk) throws IOException {
    return open(root, disk, Reserve.none());
  }

  /**
   * Opens the store in {@code root}, or makes it.
   *
   * @param reserve while it is lacking, nothing new is taken
   * @throws IOException if the store was written by a newer release
   */
  public static FileContentStore open(Path root, Disk disk, Reserve reserve) throws IOException {
    return open(root, disk, reserve, new SecureRandom());
  }

  static FileContentStore open(Path root, Disk disk, Reserve reserve, RandomGenerator random)
      throws IOException {
    Layout layout = new Layout(root.toAbsolutePath());
    Paths.createDirectories(disk, layout.root());
    checkFormat(layout, disk);
    Paths.createDirectories(disk, layout.staging());
    for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
      Paths.createDirectories(disk, layout.blobs(algorithm));
      // A program that was killed may have made shards and not forced their names.
      disk.forceDirectory(layout.blobs(algorithm));
    }
    return new FileContentStore(layout, disk, reserve, random);
  }

  private static void checkFormat(Layout layout, Disk disk) throws IOException {
    DurableFile files = new DurableFile(disk);
    files.removeDrafts(layout.root());
    if (!Files.exists(layout.format())) {
      files.replace(layout.format(), FORMAT_1.getBytes(StandardCharsets.UTF_8));
      return;
    }
    String format = Files.readString(layout.format());
    if (!format.equals(FORMAT_1)) {
      throw new IOException(
          "%s says \"%s\", this release reads \"%s\": it was written by a newer release; start that"
                  .formatted(layout.format(), format.strip(), FORMAT_1.strip())
              + " one");
    }
  }

  @Override
  public Ingest begin(IngestOptions options) throws IOException {
    if (reserve.isLacking() && !reserve.hold()) {
      throw new NoSpaceException(
          "%s: the disk is nearly full; what is left is kept for deleting"
              .formatted(layout.root()));
    }
    IngestId id = new IngestId(randomHex(16));
    inUse.add(id);
    try {
      Path staged = layout.staged(id);
      return new FileIngest(this, id, staged, disk.create(staged), options);
    } catch (IOException e) {
      inUse.remove(id);
      throw NoSpaceException.orElse(e, layout.root());
    }
  }

  @Override
  public Ingest adopt(Path file) throws IOException {
    IngestId id = new IngestId(randomHex(16));
    inUse.add(id);
    try {
      Path staged = layout.staged(id);
      disk.link(file, staged);
      return new AdoptedFile(this, id, staged, Files.size(staged));
    } catch (NoSuchFileException e) {
      inUse.remove(id);
      throw e;
    } catch (IOException | UnsupportedOperationException e) {
      inUse.remove(id); // another file system, or not ours to link
      return ContentStore.super.adopt(file);
    }
  }

  @Override
  public Optional<String> owner() throws IOException {
    return Files.exists(layout.owner())
        ? Optional.of(Files.readString(layout.owner()).strip())
        : Optional.empty();
  }

  @Override
  public String ownerPlace() {
    return layout.owner().toString();
  }

  @Override
  public void own(String owner) throws IOException {
    new DurableFile(disk).replace(layout.owner(), (owner + "\n").getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public Optional<Path> fileOf(BlobKey key) {
    return Optional.of(layout.blob(key));
  }

  @Override
  public Ingest resume(IngestId id, IngestOptions options) throws IOException {
    claim(id);
    try {
      Path staged = layout.staged(id);
      if (!Files.exists(staged)) {
        throw new IngestUnknown(id);
      }
      FileIngest ingest = new FileIngest(this, id, staged, disk.append(staged), options);
      ingest.hashAgain();
      return ingest;
    } catch (IOException | RuntimeException e) {
      inUse.remove(id);
      throw e;
    }
  }

  @Override
  public boolean has(BlobKey key) {
    return Files.isRegularFile(layout.blob(key));
  }

  @Override
  public long sizeBytes(BlobKey key) throws IOException {
    try {
      return Files.size(layout.blob(key));
    } catch (NoSuchFileException e) {
      throw new BlobUnknown(key);
    }
  }

  @Override
  public Blob open(BlobKey key) throws IOException {
    try {
      return FileBlob.open(key, layout.blob(key));
    } catch (NoSuchFileException e) {
      throw new BlobUnknown(key);
    }
  }

  @Override
  public void delete(BlobKey key) throws IOException {
    disk.delete(layout.blob(key));
  }

  @Override
  public Stream<Stored> list() throws IOException {
    return new Listing(layout).open();
  }

  @Override
  public Stream<Stored> list(int part) throws IOException {
    return new Listing(layout).open(part);
  }

  @Override
  public List<StagedIngest> staged() throws IOException {
    List<StagedIngest> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(layout.staging())) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Optional<IngestId> id = layout.ingestOf(file);
        if (id.isPresent()) {
          stagedIn(file, id.get()).ifPresent(found::add);
        }
      }
    }
    return found;
  }

  private Optional<StagedIngest> stagedIn(Path file, IngestId id) throws IOException {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      StagedIngest.Use use =
          inUse.contains(id) ? StagedIngest.Use.IN_USE : StagedIngest.Use.WAITING;
      return Optional.of(
          new StagedIngest(id, attributes.size(), attributes.lastModifiedTime().toInstant(), use));
    } catch (NoSuchFileException e) {
      return Optional.empty(); // committed or discarded since the directory was read
    }
  }

  @Override
  public void discard(IngestId id) throws IOException {
    claim(id);
    try {
      disk.delete(layout.staged(id));
    } finally {
      inUse.remove(id);
    }
  }

  /** Gives staged bytes, already forced, their name among the blobs. */
  BlobKey publish(Path staged, Digest digest) throws IOException {
    BlobKey key = new BlobKey(digest, randomHex(8));
    Path shard = layout.shard(digest);
    makeDurable(shard);
    Path blob = layout.blob(key);
    disk.rename(staged, blob);
    try {
      // A rename is durable only when its directory is: without this, a blob whose push we answered
      // can be gone after a power cut.
      disk.forceDirectory(shard);
    } catch (IOException e) {
      try {
        disk.delete(blob); // nobody has heard of it
      } catch (IOException secondary) {
        e.addSuppressed(secondary);
      }
      throw e;
    }
    return key;
  }

  /** One at a time, so that nobody takes for durable what another has made and not yet forced. */
  private void makeDurable(Path shard) throws IOException {
    if (durableShards.contains(shard)) {
      return;
    }
    synchronized (durableShards) {
      Paths.createDirectories(disk, shard);
      durableShards.add(shard);
    }
  }

  Disk disk() {
    return disk;
  }

  /** An ingest is over, or waits to be resumed. */
  void release(IngestId id) {
    inUse.remove(id);
  }

  private void claim(IngestId id) {
    if (!inUse.add(id)) {
      throw new IngestInUse(id);
    }
  }

  private String randomHex(int bytes) {
    byte[] value = new byte[bytes];
    random.nextBytes(value);
    return HexFormat.of().formatHex(value);
  }

  @Override
  public String toString() {
    return layout.root().toString();
  }
}
