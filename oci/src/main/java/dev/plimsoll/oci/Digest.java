package dev.plimsoll.oci;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The address of a piece of content: an algorithm and the hash of its bytes, written {@code
 * sha256:2cf24dba…}.
 *
 * <p>Only lower-case hexadecimal is legal, so equal text and equal content are the same thing and
 * nothing is normalised on the way in.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#digests">OCI
 *     image-spec 1.1.1, Digests</a>
 */
public record Digest(Algorithm algorithm, String hex) implements Reference, Comparable<Digest> {

  /** The registered algorithms of the image specification. */
  public enum Algorithm {
    SHA256("sha256", "SHA-256", 64),
    SHA512("sha512", "SHA-512", 128);

    private final String prefix;
    private final String javaName;
    private final int hexLength;

    Algorithm(String prefix, String javaName, int hexLength) {
      this.prefix = prefix;
      this.javaName = javaName;
      this.hexLength = hexLength;
    }

    /** The name as it stands before the colon. */
    public String prefix() {
      return prefix;
    }

    /** How many hexadecimal digits the hash has. */
    public int hexLength() {
      return hexLength;
    }

    /** A new hash, for one thread. */
    public MessageDigest newHash() {
      try {
        return MessageDigest.getInstance(javaName);
      } catch (NoSuchAlgorithmException e) {
        throw new AssertionError("every JDK has " + javaName, e);
      }
    }
  }

  public Digest {
    if (hex.length() != algorithm.hexLength || !isLowerHex(hex)) {
      throw new IllegalArgumentException("not a %s hash: \"%s\"".formatted(algorithm.prefix, hex));
    }
  }

  /** Reads {@code algorithm:hex}; throws {@link IllegalArgumentException} on anything else. */
  public static Digest parse(String text) {
    for (Algorithm algorithm : Algorithm.values()) {
      if (text.startsWith(algorithm.prefix + ":")) {
        return new Digest(algorithm, text.substring(algorithm.prefix.length() + 1));
      }
    }
    throw new IllegalArgumentException("not a digest: \"" + text + "\"");
  }

  public static Digest sha256(byte[] content) {
    return of(Algorithm.SHA256, content);
  }

  public static Digest of(Algorithm algorithm, byte[] content) {
    return finished(algorithm, algorithm.newHash().digest(content));
  }

  /** The digest whose raw hash was computed elsewhere, for instance while bytes went by. */
  public static Digest finished(Algorithm algorithm, byte[] hash) {
    return new Digest(algorithm, HexFormat.of().formatHex(hash));
  }

  private static boolean isLowerHex(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int compareTo(Digest other) {
    int byAlgorithm = algorithm.compareTo(other.algorithm);
    return byAlgorithm != 0 ? byAlgorithm : hex.compareTo(other.hex);
  }

  @Override
  public String toString() {
    return algorithm.prefix + ":" + hex;
  }
}
