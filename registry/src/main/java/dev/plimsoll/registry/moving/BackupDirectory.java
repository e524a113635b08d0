package dev.plimsoll.registry.moving;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.plimsoll.content.ContentException;
import dev.plimsoll.content.Disk;
import dev.plimsoll.content.DurableFile;
import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.registry.job.Progress;
import dev.plimsoll.registry.repository.RegistryException.JobRefused;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A directory that holds backups: docs/formats/backup.md, version 1. Blobs lie under their digests
 * and are shared by all generations; a generation is there when its manifest is, which is written
 * last. Safe for many threads that copy blobs.
 */
public final class BackupDirectory {
  private static final String FORMAT_1 = "plimsoll backup 1\n";
  private static final int MANIFEST_BYTES_MAX = 16 << 20;
  private static final int BUFFER_BYTES = 64 << 10;
  private static final Pattern HEX = Pattern.compile("[0-9a-f]+");
  private static final Pattern LEFT =
      Pattern.compile("\\..*\\.draft|[0-9]{8}T[0-9]{6}Z\\.db(-journal|-wal|-shm)?");

  private final Path root;
  private final Disk disk;
  private final Set<Path> unforced = ConcurrentHashMap.newKeySet();

  private BackupDirectory(Path root, Disk disk) {
    this.root = root;
    this.disk = disk;
  }

  /**
   * Opens what is there for reading.
   *
   * @throws JobRefused if it holds no backup that this release reads
   */
  public static BackupDirectory open(Path root, Disk disk) throws IOException {
    if (!Files.isDirectory(root)) {
      throw new JobRefused(root + " is not there, or no directory");
    }
    if (identity(root).isEmpty()) {
      throw new JobRefused(
          root + " holds no backup: a backup is made with plimsoll registry backup --to DIR");
    }
    return new BackupDirectory(root, disk);
  }

  /** One that is not there yet, for a dry run: nothing is in it. */
  static BackupDirectory absent(Path root, Disk disk) {
    return new BackupDirectory(root, disk);
  }

  /**
   * Opens a directory for another generation, and makes it if it is missing or empty.
   *
   * @param registry which one it is for
   * @throws JobRefused if it holds something else, or backups of another registry
   */
  static BackupDirectory make(Path root, Disk disk, String registry) throws IOException {
    refuseOthers(root, registry);
    Files.createDirectories(root);
    BackupDirectory directory = new BackupDirectory(root, disk);
    disk.createDirectory(directory.generations());
    disk.createDirectory(root.resolve("blobs"));
    for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
      disk.createDirectory(directory.blobs(algorithm));
    }
    disk.forceDirectory(root.resolve("blobs"));
    disk.forceDirectory(root);
    if (identity(root).isEmpty()) {
      new DurableFile(disk)
          .replace(root.resolve("format"), (FORMAT_1 + registry + "\n").getBytes(UTF_8));
    }
    return directory;
  }

  /** Refuses a directory that a backup of this registry must not go to; changes nothing. */
  static void refuseOthers(Path root, String registry) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    Optional<String> identity = identity(root);
    if (identity.isPresent() && !identity.get().equals(registry)) {
      throw new JobRefused(
          "%s holds backups of another registry; give each a directory of its own".formatted(root));
    }
    Set<String> ours = Set.of("lock", "blobs", "generations", "lost+found");
    try (Stream<Path> files = Files.list(root)) {
      boolean foreign =
          files
              .map(file -> String.valueOf(file.getFileName()))
              .anyMatch(name -> !ours.contains(name) && !name.startsWith(".format."));
      if (identity.isEmpty() && foreign) {
        throw new JobRefused(
            "%s holds something that is no backup; give it a directory that is empty or new"
                .formatted(root));
      }
    }
  }

  private static Optional<String> identity(Path root) throws IOException {
    Path format = root.resolve("format");
    if (!Files.exists(format)) {
      return Optional.empty();
    }
    String text = Files.readString(format);
    if (!text.startsWith(FORMAT_1)) {
      throw new JobRefused(
          "%s is of no format that this release reads; a newer one may".formatted(format));
    }
    return Optional.of(text.substring(FORMAT_1.length()).strip());
  }

  /** Which registry's backups these are. */
  String registry() throws IOException {
    return identity(root).orElse("");
  }

  Path root() {
    return root;
  }

  /** Told of manifests that are not what was written. */
  interface Unreadable {
    void tell(String name, String reason);
  }

  /** What is there, the newest first. */
  List<Generation> generations(Unreadable unreadable) throws IOException {
    List<Generation> all = new ArrayList<>();
    for (String name : names()) {
      try {
        if (Files.size(manifest(name)) > MANIFEST_BYTES_MAX) {
          throw new IllegalArgumentException("it is larger than a manifest may be");
        }
        all.add(Generation.parse(name, Files.readAllBytes(manifest(name))));
      } catch (IllegalArgumentException e) {
        unreadable.tell(name, "its manifest: " + e.getMessage());
      }
    }
    return all;
  }

  private List<String> names() throws IOException {
    if (!Files.isDirectory(generations())) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(generations())) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.endsWith(".manifest"))
          .map(name -> name.substring(0, name.length() - ".manifest".length()))
          .filter(name -> Generation.NAME.matcher(name).matches())
          .sorted(Comparator.reverseOrder())
          .toList();
    }
  }

  boolean isTaken(String name) {
    return Files.exists(manifest(name)) || Files.exists(database(name));
  }

  Path database(String generation) {
    return generations().resolve(generation + ".db");
  }

  /**
   * The database of a generation.
   *
   * @throws IOException if it is not what was written
   */
  Path sound(Generation generation) throws IOException {
    Path file = database(generation.name());
    if (!Files.exists(file) || !hash(file, Digest.Algorithm.SHA256).equals(generation.database())) {
      throw new IOException(
          "%s is not what was written to it; restore another generation with --generation"
              .formatted(file));
    }
    return file;
  }

  /**
   * The generation that is asked for, or the newest.
   *
   * @throws JobRefused if it is not there, with those that are
   */
  public Generation choose(Optional<String> name, Progress progress) throws IOException {
    List<Generation> all =
        generations(
            (damaged, reason) -> progress.found("damaged", "generation " + damaged, reason));
    return all.stream()
        .filter(each -> name.isEmpty() || each.name().equals(name.get()))
        .findFirst()
        .orElseThrow(() ->
            new JobRefused(
                "%s has no generation %s that can be read; it has %s"
                    .formatted(
                        root,
                        name.orElse("at all"),
                        all.isEmpty() ? "none" : all.stream().map(Generation::name).toList())));
  }

  private Path manifest(String generation) {
    return generations().resolve(generation + ".manifest");
  }

  private Path generations() {
    return root.resolve("generations");
  }

  private Path blobs(Digest.Algorithm algorithm) {
    return root.resolve("blobs").resolve(algorithm.prefix());
  }

  private Path shard(Digest digest) {
    return blobs(digest.algorithm()).resolve(digest.hex().substring(0, 2));
  }

  private Path blob(Digest digest) {
    return shard(digest).resolve(digest.hex());
  }

  /** Whether there are bytes of that length; they were verified when they came. */
  boolean has(Digest digest, long sizeBytes) throws IOException {
    try {
      return Files.size(blob(digest)) == sizeBytes;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** The bytes of a blob that is there. */
  InputStream open(Digest digest) throws IOException {
    return Files.newInputStream(blob(digest));
  }

  /** What is wrong with a blob that is there, or not; every byte is read. */
  Optional<String> problem(Digest digest, long sizeBytes) throws IOException {
    try {
      long found = Files.size(blob(digest));
      if (found != sizeBytes) {
        return Optional.of("it has %d bytes in the place of %d".formatted(found, sizeBytes));
      }
      return hash(blob(digest), digest.algorithm()).equals(digest)
          ? Optional.empty()
          : Optional.of("its bytes are others");
    } catch (NoSuchFileException e) {
      return Optional.of("its bytes are missing");
    }
  }

  /**
   * Copies a blob here. Always a copy, never a link: what damages a file, a disk or a program, must
   * not reach both.
   *
   * @throws ContentException.DigestMismatch if the bytes are others; nothing stays
   */
  void keep(Digest digest, InputStream source) throws IOException {
    Path target = blob(digest);
    Path shard = shard(digest);
    if (!Files.isDirectory(shard)) {
      disk.createDirectory(shard);
      disk.forceDirectory(blobs(digest.algorithm()));
    }
    Path draft = shard.resolve("." + digest.hex() + "." + UUID.randomUUID() + ".draft");
    try {
      Digest received = write(draft, source, digest.algorithm());
      if (!received.equals(digest)) {
        throw new ContentException.DigestMismatch(digest, received);
      }
      disk.replace(draft, target);
      unforced.add(shard);
    } catch (IOException | RuntimeException e) {
      try {
        disk.delete(draft);
      } catch (IOException secondary) {
        e.addSuppressed(secondary);
      }
      if (e instanceof IOException trouble) {
        throw NoSpaceException.orElse(trouble, target);
      }
      throw e;
    }
  }

  private Digest write(Path draft, InputStream source, Digest.Algorithm algorithm)
      throws IOException {
    MessageDigest hash = algorithm.newHash();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (Disk.Output output = disk.create(draft)) {
      for (int read = source.read(buffer); read >= 0; read = source.read(buffer)) {
        hash.update(buffer, 0, read);
        output.write(ByteBuffer.wrap(buffer, 0, read));
      }
      output.force();
    }
    return Digest.finished(algorithm, hash.digest());
  }

  /** Makes a generation: everything that it needs is durable before it is there. */
  void add(Generation generation) throws IOException {
    for (Path shard : List.copyOf(unforced)) {
      disk.forceDirectory(shard);
      unforced.remove(shard);
    }
    new DurableFile(disk).replace(manifest(generation.name()), generation.bytes());
  }

  /** Ends a generation: it is gone first, what it was made of later. */
  void remove(Generation generation) throws IOException {
    disk.delete(manifest(generation.name()));
    disk.forceDirectory(generations());
    disk.delete(database(generation.name()));
  }

  /** Removes what a backup that was cut off left half done; whole blobs stay for the next one. */
  void removeLeftovers() throws IOException {
    for (Path file : files(generations())) {
      String name = String.valueOf(file.getFileName());
      int dot = name.indexOf(".db");
      boolean finished = dot > 0 && Files.exists(manifest(name.substring(0, dot)));
      if (LEFT.matcher(name).matches() && !finished) {
        disk.delete(file);
      }
    }
    for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
      for (Path shard : files(blobs(algorithm))) {
        for (Path file : files(shard)) {
          if (LEFT.matcher(String.valueOf(file.getFileName())).matches()) {
            disk.delete(file);
          }
        }
      }
    }
  }

  /** Takes a blob that is there. */
  interface Blobs {
    void each(Digest digest, long sizeBytes) throws IOException;
  }

  /** Goes through all blobs that are here, whoever needs them. */
  void forEachBlob(Blobs blobs) throws IOException {
    for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
      for (Path shard : new TreeSet<>(files(blobs(algorithm)))) {
        for (Path file : new TreeSet<>(files(shard))) {
          String hex = String.valueOf(file.getFileName());
          if (HEX.matcher(hex).matches() && hex.length() == algorithm.hexLength()) {
            blobs.each(new Digest(algorithm, hex), Files.size(file));
          }
        }
      }
    }
  }

  void delete(Digest digest) throws IOException {
    disk.delete(blob(digest));
  }

  private static List<Path> files(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }

  /** What a file is. */
  static Digest hash(Path file, Digest.Algorithm algorithm) throws IOException {
    MessageDigest hash = algorithm.newHash();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        hash.update(buffer, 0, read);
      }
    }
    return Digest.finished(algorithm, hash.digest());
  }

  @Override
  public String toString() {
    return root.toString();
  }
}
