package dev.plimsoll.registry.repository;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Json;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All that brings a manifest back when the database is lost, as one object beside the blobs:
 * docs/formats/manifest-objects.md, version 1.
 *
 * @param tags that it was pushed with; where they point now is the database's to say
 * @param small the blobs it names that live in the database, and would be lost with it
 */
public record ManifestObject(
    RepositoryName repository,
    StoredManifest manifest,
    Instant pushedAt,
    Set<Tag> tags,
    Map<Digest, byte[]> small) {
  private static final byte[] FORMAT_1 = "plimsoll manifest 1\n".getBytes(US_ASCII);

  public ManifestObject {
    tags = Set.copyOf(tags);
    small = new LinkedHashMap<>(small);
  }

  @Override
  public String toString() {
    return "object of " + manifest.digest() + " in " + repository;
  }

  private record Header(
      String repository,
      String digest,
      String mediaType,
      int sizeBytes,
      String pushedAt,
      List<String> tags,
      List<Part> blobs) {}

  private record Part(String digest, int sizeBytes) {}

  byte[] bytes() {
    Header header =
        new Header(
            repository.value(),
            manifest.digest().toString(),
            manifest.mediaType(),
            manifest.bytes().length,
            pushedAt.toString(),
            tags.stream().map(Tag::value).sorted().toList(),
            small.entrySet().stream()
                .map(blob -> new Part(blob.getKey().toString(), blob.getValue().length))
                .toList());
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(FORMAT_1);
    all.writeBytes(Json.write(header));
    all.write('\n');
    all.writeBytes(manifest.bytes());
    small.values().forEach(all::writeBytes);
    return all.toByteArray();
  }

  /**
   * Reads an object back.
   *
   * @throws IllegalArgumentException if it is none, or not whole
   */
  public static ManifestObject parse(byte[] bytes) {
    if (!Arrays.equals(FORMAT_1, Arrays.copyOf(bytes, FORMAT_1.length))) {
      throw new IllegalArgumentException("it is no manifest of a format that this release reads");
    }
    int end = FORMAT_1.length;
    while (end < bytes.length && bytes[end] != '\n') {
      end++;
    }
    Header header = Json.read(Arrays.copyOfRange(bytes, FORMAT_1.length, end), Header.class);
    int at = end + 1;
    byte[] content = part(bytes, at, header.sizeBytes(), Digest.parse(header.digest()));
    at += header.sizeBytes();
    Map<Digest, byte[]> small = new LinkedHashMap<>();
    for (Part blob : header.blobs()) {
      Digest digest = Digest.parse(blob.digest());
      small.put(digest, part(bytes, at, blob.sizeBytes(), digest));
      at += blob.sizeBytes();
    }
    Set<Tag> tags = new LinkedHashSet<>();
    new ArrayList<>(header.tags()).forEach(tag -> tags.add(new Tag(tag)));
    return new ManifestObject(
        new RepositoryName(header.repository()),
        new StoredManifest(Digest.parse(header.digest()), header.mediaType(), content),
        Instant.parse(header.pushedAt()),
        tags,
        small);
  }

  private static byte[] part(byte[] bytes, int from, int sizeBytes, Digest promised) {
    if (sizeBytes < 0 || from > bytes.length - sizeBytes) {
      throw new IllegalArgumentException("it ends before its " + promised + " does");
    }
    byte[] part = Arrays.copyOfRange(bytes, from, from + sizeBytes);
    if (!Digest.of(promised.algorithm(), part).equals(promised)) {
      throw new IllegalArgumentException("its bytes are not those of " + promised);
    }
    return part;
  }
}
