package dev.plimsoll.content.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An ingest as it is written down, so that any process can go on with it: the parts that are with S3
 * already, what is known of the hash, and behind it the bytes that do not fill a part yet.
 *
 * @param multipart what S3 calls the object in the making; empty while everything is in the tail
 * @param generation of the object in the making
 * @param digests of all bytes so far, by algorithm
 * @param hash the state of {@link SavedSha256} after all bytes so far, where it is known
 */
record Upload(
    Optional<String> multipart,
    String generation,
    List<Part> parts,
    long sizeBytes,
    int tailBytes,
    Map<String, String> digests,
    Optional<String> hash) {
  private static final String FORMAT_1 = "plimsoll upload 1 ";

  /** The first line, and the header after it: long before it comes to the tail. */
  private static final int LINE_BYTES_MAX = 64;

  record Part(int number, long sizeBytes, String etag) {}

  long partsBytes() {
    return sizeBytes - tailBytes;
  }

  /** What stands before the tail. */
  byte[] header() {
    byte[] json = Json.write(this);
    byte[] line = (FORMAT_1 + json.length + "\n").getBytes(UTF_8);
    byte[] all = new byte[line.length + json.length];
    System.arraycopy(line, 0, all, 0, line.length);
    System.arraycopy(json, 0, all, line.length, json.length);
    return all;
  }

  /** A state as it was read; the tail is what is behind {@code tailAt}. */
  record Read(Upload upload, int tailAt) {}

  /**
   * Reads a header, and where the tail begins.
   *
   * @throws IllegalArgumentException if it is none that this release reads
   */
  static Read parse(byte[] bytes) {
    int end = 0;
    while (end < Math.min(bytes.length, LINE_BYTES_MAX) && bytes[end] != '\n') {
      end++;
    }
    String line = new String(bytes, 0, end, UTF_8);
    if (!line.startsWith(FORMAT_1) || end == bytes.length) {
      throw new IllegalArgumentException("not an upload of a format that this release reads");
    }
    int jsonBytes = Integer.parseInt(line.substring(FORMAT_1.length()));
    int tailAt = end + 1 + jsonBytes;
    byte[] json = java.util.Arrays.copyOfRange(bytes, end + 1, tailAt);
    Upload upload = Json.read(json, Upload.class);
    if (bytes.length - tailAt != upload.tailBytes()) {
      throw new IllegalArgumentException("an upload that ends before its tail does");
    }
    return new Read(upload, tailAt);
  }

  Optional<Digest> digest(Digest.Algorithm algorithm) {
    return Optional.ofNullable(digests.get(algorithm.prefix()))
        .map(hex -> new Digest(algorithm, hex));
  }
}
