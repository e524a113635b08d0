package dev.plimsoll.content.s3;

import java.util.OptionalLong;

/**
 * How large the parts of an object are. S3 takes 10,000 parts of 5 MiB to 5 GiB, and nobody says at
 * the beginning how much will come: so parts double after each thousand, from 8 MiB. The first 24 GB
 * come in parts of 16 MiB at most; 10,000 parts hold 8 TiB.
 *
 * @param equalBytes for servers that want all parts but the last of one size; empty: they grow
 */
record PartSizes(OptionalLong equalBytes) {
  static final int PARTS_MAX = 10_000;
  private static final long FIRST_BYTES = 8L << 20;
  private static final int DOUBLED_AFTER = 1000;

  /** The size of the part of this number; numbers begin with 1. */
  long sizeBytes(int number) {
    return equalBytes.orElse(FIRST_BYTES << ((number - 1) / DOUBLED_AFTER));
  }

  /** The same, where equal parts must not be larger, for who holds one in memory. */
  PartSizes atMost(long bytes) {
    return equalBytes.isPresent()
        ? new PartSizes(OptionalLong.of(Math.min(bytes, equalBytes.getAsLong())))
        : this;
  }
}
