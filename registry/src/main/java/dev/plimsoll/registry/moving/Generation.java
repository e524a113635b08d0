package dev.plimsoll.registry.moving;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Json;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A registry at one moment, as a backup keeps it: what its manifest says, docs/formats/backup.md.
 *
 * @param name its time, as files are named by it
 * @param schema of its database
 * @param database what the database's file is
 * @param blobs that are files of the backup; small ones are in the database
 * @param missing blobs that the backup could not have, the first {@link #MISSING_MAX} of them
 * @param missingBlobs how many those are
 */
public record Generation(
    String name,
    Instant takenAt,
    int schema,
    Digest database,
    long databaseBytes,
    long blobs,
    long blobBytes,
    long manifests,
    long tags,
    long missingBlobs,
    List<Missing> missing) {
  static final int MISSING_MAX = 1000;
  static final Pattern NAME = Pattern.compile("[0-9]{8}T[0-9]{6}Z");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final String FORMAT_1 = "plimsoll backup generation 1 ";

  public Generation {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not a generation: \"" + name + "\"");
    }
    missing = List.copyOf(missing);
  }

  /** A blob that the registry could not give. */
  public record Missing(String digest, String reason) {}

  /** What a generation that is taken now is called. */
  static String name(Instant takenAt) {
    return TIME.format(takenAt);
  }

  /** Whether every image of it comes back whole. */
  public boolean complete() {
    return missingBlobs == 0;
  }

  private record Body(
      String takenAt,
      int schema,
      String database,
      long databaseBytes,
      long blobs,
      long blobBytes,
      long manifests,
      long tags,
      long missingBlobs,
      List<Missing> missing) {}

  byte[] bytes() {
    byte[] body =
        Json.write(
            new Body(
                takenAt.toString(),
                schema,
                database.toString(),
                databaseBytes,
                blobs,
                blobBytes,
                manifests,
                tags,
                missingBlobs,
                missing));
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes((FORMAT_1 + Digest.sha256(body) + "\n").getBytes(US_ASCII));
    all.writeBytes(body);
    return all.toByteArray();
  }

  /**
   * Reads a manifest.
   *
   * @throws IllegalArgumentException if it is none, or not as it was written
   */
  static Generation parse(String name, byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != '\n') {
      end++;
    }
    String first = new String(bytes, 0, end, US_ASCII);
    if (!first.startsWith(FORMAT_1)) {
      throw new IllegalArgumentException("it is no manifest of a format that this release reads");
    }
    byte[] rest = Arrays.copyOfRange(bytes, Math.min(end + 1, bytes.length), bytes.length);
    if (!first.equals(FORMAT_1 + Digest.sha256(rest))) {
      throw new IllegalArgumentException("its bytes are not those that were written");
    }
    Body body = Json.read(rest, Body.class);
    return new Generation(
        name,
        Instant.parse(body.takenAt()),
        body.schema(),
        Digest.parse(body.database()),
        body.databaseBytes(),
        body.blobs(),
        body.blobBytes(),
        body.manifests(),
        body.tags(),
        body.missingBlobs(),
        body.missing());
  }
}
