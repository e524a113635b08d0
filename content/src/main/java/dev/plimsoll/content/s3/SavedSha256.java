package dev.plimsoll.content.s3;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * SHA-256 whose state can be written down and taken up by another process, which no hash of the
 * JDK's allows. It costs ten times the CPU of theirs, so it hashes only what is appended to an
 * upload that was begun elsewhere.
 *
 * @see <a href="https://csrc.nist.gov/pubs/fips/180-4/upd1/final">FIPS 180-4, Secure Hash Standard,
 *     sections 5 and 6.2</a>
 */
final class SavedSha256 extends MessageDigest implements Cloneable {
  private static final int BLOCK_BYTES = 64;
  private static final int WORDS = 8;
  private static final int DIGEST_BYTES = 32;

  /** The length in bits stands in the last eight bytes of the last block. */
  private static final int LENGTH_AT = 56;

  private static final int[] K = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
  };

  private static final int[] BEGIN = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
  };

  private int[] state = BEGIN.clone();
  private byte[] block = new byte[BLOCK_BYTES];
  private final int[] schedule = new int[BLOCK_BYTES];
  private long sizeBytes;

  SavedSha256() {
    super("SHA-256");
  }

  /**
   * Takes up what {@link #save} wrote.
   *
   * @throws IllegalArgumentException if it is no such text
   */
  static SavedSha256 of(String saved) {
    ByteBuffer bytes = ByteBuffer.wrap(HexFormat.of().parseHex(saved));
    if (bytes.remaining() < Long.BYTES + DIGEST_BYTES) {
      throw new IllegalArgumentException("not the state of a hash: " + saved);
    }
    SavedSha256 hash = new SavedSha256();
    hash.sizeBytes = bytes.getLong();
    for (int i = 0; i < WORDS; i++) {
      hash.state[i] = bytes.getInt();
    }
    if (bytes.remaining() != hash.inBlock()) {
      throw new IllegalArgumentException("not the state of a hash: " + saved);
    }
    bytes.get(hash.block, 0, hash.inBlock());
    return hash;
  }

  /** All that is needed to go on, as text. */
  String save() {
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + DIGEST_BYTES + inBlock());
    bytes.putLong(sizeBytes);
    for (int word : state) {
      bytes.putInt(word);
    }
    bytes.put(block, 0, inBlock());
    return HexFormat.of().formatHex(bytes.array());
  }

  @Override
  protected void engineUpdate(byte input) {
    engineUpdate(new byte[] {input}, 0, 1);
  }

  @Override
  protected void engineUpdate(byte[] input, int offset, int length) {
    int at = offset;
    int left = length;
    int filled = inBlock();
    sizeBytes += length;
    if (filled > 0) {
      int part = Math.min(left, BLOCK_BYTES - filled);
      System.arraycopy(input, at, block, filled, part);
      at += part;
      left -= part;
      if (filled + part == BLOCK_BYTES) {
        compress(block, 0);
      }
    }
    for (; left >= BLOCK_BYTES; left -= BLOCK_BYTES, at += BLOCK_BYTES) {
      compress(input, at);
    }
    if (left > 0) {
      System.arraycopy(input, at, block, 0, left);
    }
  }

  @Override
  protected byte[] engineDigest() {
    long bits = sizeBytes * Byte.SIZE;
    int filled = inBlock();
    byte[] padding = new byte[(filled < LENGTH_AT ? LENGTH_AT : LENGTH_AT + BLOCK_BYTES) - filled];
    padding[0] = (byte) 0x80;
    engineUpdate(padding, 0, padding.length);
    engineUpdate(ByteBuffer.allocate(Long.BYTES).putLong(bits).array(), 0, Long.BYTES);
    ByteBuffer digest = ByteBuffer.allocate(DIGEST_BYTES);
    for (int word : state) {
      digest.putInt(word);
    }
    engineReset();
    return digest.array();
  }

  @Override
  protected void engineReset() {
    state = BEGIN.clone();
    sizeBytes = 0;
  }

  @Override
  public Object clone() throws CloneNotSupportedException {
    return SavedSha256.of(save());
  }

  private int inBlock() {
    return (int) (sizeBytes % BLOCK_BYTES);
  }

  private void compress(byte[] input, int offset) {
    int[] w = schedule;
    ByteBuffer words = ByteBuffer.wrap(input, offset, BLOCK_BYTES);
    for (int i = 0; i < 16; i++) {
      w[i] = words.getInt();
    }
    for (int i = 16; i < BLOCK_BYTES; i++) {
      int a = w[i - 15];
      int b = w[i - 2];
      int s0 = Integer.rotateRight(a, 7) ^ Integer.rotateRight(a, 18) ^ (a >>> 3);
      int s1 = Integer.rotateRight(b, 17) ^ Integer.rotateRight(b, 19) ^ (b >>> 10);
      w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    int[] s = state;
    int a = s[0];
    int b = s[1];
    int c = s[2];
    int d = s[3];
    int e = s[4];
    int f = s[5];
    int g = s[6];
    int h = s[7];
    for (int i = 0; i < BLOCK_BYTES; i++) {
      int s1 = Integer.rotateRight(e, 6) ^ Integer.rotateRight(e, 11) ^ Integer.rotateRight(e, 25);
      int one = h + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i];
      int s0 = Integer.rotateRight(a, 2) ^ Integer.rotateRight(a, 13) ^ Integer.rotateRight(a, 22);
      int two = s0 + ((a & b) ^ (a & c) ^ (b & c));
      h = g;
      g = f;
      f = e;
      e = d + one;
      d = c;
      c = b;
      b = a;
      a = one + two;
    }
    s[0] += a;
    s[1] += b;
    s[2] += c;
    s[3] += d;
    s[4] += e;
    s[5] += f;
    s[6] += g;
    s[7] += h;
  }
}
