package dev.plimsoll.content.s3;

import dev.plimsoll.content.BlobKey;
import dev.plimsoll.content.IngestId;
import dev.plimsoll.oci.Digest;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What objects are called: {@code docs/formats/content-store.md}, S3, version 1.
 *
 * <p>A blob that came in one piece is the object of its name. One that came in parts had to be given
 * a name before its digest was known: its bytes are {@code parts/<generation>}, and the object of
 * its name is an empty mark. The first digit of the generation tells which.
 */
record S3Layout(String prefix) {
  private static final Pattern BLOB =
      Pattern.compile("blobs/([a-z0-9]+)/([0-9a-f]+)-([0-9a-f]{16})");
  private static final Pattern STAGED = Pattern.compile("uploads/([0-9a-f]{32})/[0-9a-f-]+");
  private static final Pattern PARTS = Pattern.compile("parts/(1[0-9a-f]{15})");
  private static final char IN_PARTS = '1';

  /** A generation from 64 random bits, for bytes in one piece. */
  static String whole(String random) {
    return '0' + random.substring(1);
  }

  /** A generation from 64 random bits, for bytes in parts. */
  static String inParts(String random) {
    return IN_PARTS + random.substring(1);
  }

  static boolean isInParts(BlobKey key) {
    return key.generation().charAt(0) == IN_PARTS;
  }

  String format() {
    return prefix + "format";
  }

  String owner() {
    return prefix + "owner";
  }

  String blobs() {
    return prefix + "blobs/";
  }

  /** The object that an audit finds. */
  String name(BlobKey key) {
    return "%s%s/%s-%s"
        .formatted(
            blobs(), key.digest().algorithm().prefix(), key.digest().hex(), key.generation());
  }

  /** The object that holds the bytes. */
  String bytes(BlobKey key) {
    return isInParts(key) ? parts(key.generation()) : name(key);
  }

  String parts() {
    return prefix + "parts/";
  }

  String parts(String generation) {
    return parts() + generation;
  }

  String uploads() {
    return prefix + "uploads/";
  }

  String uploads(IngestId id) {
    return uploads() + id + "/";
  }

  /** Where the state of an ingest is written by its {@code turn}-th writer. */
  String upload(IngestId id, int turn, String writer) {
    return uploads(id) + "%08x-%s".formatted(turn, writer);
  }

  /** Which writer wrote a state. */
  int turn(IngestId id, String object) {
    String name = object.substring(uploads(id).length());
    return Integer.parseInt(name.substring(0, name.indexOf('-')), 16);
  }

  Optional<BlobKey> keyOf(String object) {
    Matcher name = BLOB.matcher(inner(object));
    if (!name.matches()) {
      return Optional.empty();
    }
    for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
      if (algorithm.prefix().equals(name.group(1))
          && name.group(2).length() == algorithm.hexLength()) {
        return Optional.of(new BlobKey(new Digest(algorithm, name.group(2)), name.group(3)));
      }
    }
    return Optional.empty();
  }

  /** The generation whose bytes an object holds, or is to hold. */
  Optional<String> generationOf(String object) {
    Matcher name = PARTS.matcher(inner(object));
    return name.matches() ? Optional.of(name.group(1)) : Optional.empty();
  }

  Optional<IngestId> ingestOf(String object) {
    Matcher name = STAGED.matcher(inner(object));
    return name.matches() ? Optional.of(new IngestId(name.group(1))) : Optional.empty();
  }

  /** How an audit calls an object that is not of the store's making. */
  String inner(String object) {
    return object.substring(prefix.length());
  }
}
