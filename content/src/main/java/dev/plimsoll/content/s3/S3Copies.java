package dev.plimsoll.content.s3;

import dev.plimsoll.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/**
 * The newest of some files, by their names, kept in a bucket as well: copies of a database beside the
 * bytes that it knows.
 */
public final class S3Copies implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(S3Copies.class);
  private static final long IN_MEMORY_MAX = 32L << 20;

  /** A file's name and no path. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,100}");

  private final S3Bucket bucket;
  private final int most;

  private S3Copies(S3Bucket bucket, int most) {
    this.bucket = bucket;
    this.most = most;
  }

  /**
   * Opens the place; nothing is asked of it yet.
   *
   * @param address whose prefix holds nothing else
   */
  public static S3Copies open(S3Address address, int most) throws IOException {
    return new S3Copies(S3Clients.bucket(address), most);
  }

  /**
   * Writes a file under its name, reads it back, and only then removes those beyond the newest.
   *
   * @throws IOException also if what is read is not what was written; nothing is removed then
   */
  public void keep(Path file) throws IOException {
    String prefix = bucket.address().prefix();
    String name = prefix + file.getFileName();
    write(name, file);
    S3Bucket.Opened written =
        bucket.open(name).orElseThrow(() -> new IOException(name + " is not there"));
    try (InputStream here = Files.newInputStream(file);
        InputStream there = written.bytes()) {
      if (!digest(here).equals(digest(there))) {
        throw new IOException("%s is not what was written to it".formatted(name));
      }
    }
    List<String> all = bucket.listAll(prefix).stream().map(S3Bucket.Listed::name).sorted().toList();
    for (String old : all.subList(0, Math.max(0, all.size() - most))) {
      bucket.delete(old);
    }
    log.info("copy kept storage={} copy={}", bucket.address(), file.getFileName());
  }

  /** Brings those into a directory that are not there yet, each whole or not at all. */
  public void fetch(Path directory) throws IOException {
    String prefix = bucket.address().prefix();
    for (S3Bucket.Listed copy : bucket.listAll(prefix)) {
      String name = copy.name().substring(prefix.length());
      Path target = directory.resolve(name);
      if (!NAME.matcher(name).matches() || Files.exists(target)) {
        continue;
      }
      Path draft = directory.resolve("." + name + ".draft");
      S3Bucket.Opened opened =
          bucket.open(copy.name()).orElseThrow(() -> new IOException(copy.name() + " has gone"));
      try (InputStream bytes = opened.bytes()) {
        Files.copy(bytes, draft, StandardCopyOption.REPLACE_EXISTING);
      }
      Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
      log.info("copy fetched storage={} copy={}", bucket.address(), name);
    }
  }

  /** In parts, for S3 takes 5 GiB at once and databases grow. */
  private void write(String name, Path file) throws IOException {
    for (MultipartUpload left : bucket.unfinished(bucket.address().prefix())) {
      bucket.abortParts(left.key(), left.uploadId());
    }
    try (InputStream bytes = Files.newInputStream(file)) {
      byte[] first = bytes.readNBytes(partBytes(1));
      if (first.length < partBytes(1)) {
        bucket.put(name, S3Bucket.Body.of(first));
      } else {
        writeParts(name, first, bytes);
      }
    }
  }

  private void writeParts(String name, byte[] first, InputStream rest) throws IOException {
    String multipart = bucket.beginParts(name);
    try {
      List<Upload.Part> parts = new ArrayList<>();
      for (byte[] part = first; part.length > 0; ) {
        int number = parts.size() + 1;
        String etag = bucket.putPart(name, multipart, number, S3Bucket.Body.of(part));
        parts.add(new Upload.Part(number, part.length, etag));
        part = rest.readNBytes(partBytes(number + 1));
      }
      bucket.completeParts(name, multipart, parts);
    } catch (IOException e) {
      abandon(name, multipart, e);
      throw e;
    }
  }

  private void abandon(String name, String multipart, IOException because) {
    try {
      bucket.abortParts(name, multipart);
    } catch (IOException e) {
      because.addSuppressed(e); // the next copy removes it
    }
  }

  private int partBytes(int number) {
    PartSizes sizes = bucket.address().needs().partSizes().atMost(IN_MEMORY_MAX);
    return Math.toIntExact(sizes.sizeBytes(number));
  }

  private static Digest digest(InputStream bytes) throws IOException {
    MessageDigest hash = Digest.Algorithm.SHA256.newHash();
    byte[] buffer = new byte[64 << 10];
    for (int read = bytes.read(buffer); read >= 0; read = bytes.read(buffer)) {
      hash.update(buffer, 0, read);
    }
    return Digest.finished(Digest.Algorithm.SHA256, hash.digest());
  }

  @Override
  public void close() {
    bucket.close();
  }
}
