package dev.plimsoll.database;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One step of the schema.
 *
 * @param readableBy the lowest schema version whose code can use the result. A step that only adds
 *     says so in its first line, {@code -- readable by schema 3}, and can then be undone by starting
 *     the older release
 */
record Migration(int version, String name, String sql, String checksum, int readableBy) {
  private static final Pattern FILE_NAME = Pattern.compile("V([0-9]{1,6})__([a-z0-9_]+)\\.sql");
  private static final Pattern READABLE_BY =
      Pattern.compile("\\A-- readable by schema ([0-9]{1,6})\\R");

  static boolean isNameOfOne(String fileName) {
    return FILE_NAME.matcher(fileName).matches();
  }

  static Migration of(String fileName, String sql) {
    Matcher name = FILE_NAME.matcher(fileName);
    if (!name.matches()) {
      throw new IllegalArgumentException("not named like a migration: " + fileName);
    }
    int version = Integer.parseInt(name.group(1));
    Matcher readable = READABLE_BY.matcher(sql);
    int readableBy = readable.find() ? Integer.parseInt(readable.group(1)) : version;
    return new Migration(version, name.group(2), sql, checksum(sql), readableBy);
  }

  private static String checksum(String sql) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(sql.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
