package dev.plimsoll.engine.tar;

import java.time.Instant;
import java.util.Map;

/**
 * The header of one member of an archive.
 *
 * @param name as written, decoded by {@link dev.plimsoll.linux.ffi.FileName}; may begin with {@code /} or contain {@code
 *     ..}, and ends with {@code /} for most directories
 * @param mode permission bits with setuid, setgid and sticky; no file type
 * @param sizeBytes of the content as it is on disk, holes included; 0 for everything but files
 * @param linkName target of a symbolic link, name of the other member for a hard link, else empty
 * @param xattrs extended attributes by full name ({@code security.capability}); values are bytes
 * @param sparse whether runs of zeros in the content were holes
 */
public record TarEntry(
    String name,
    TarType type,
    int mode,
    long uid,
    long gid,
    long sizeBytes,
    Instant modified,
    String linkName,
    int deviceMajor,
    int deviceMinor,
    Map<String, byte[]> xattrs,
    boolean sparse) {

  private static final int FILE_MODE = 0644;
  private static final int DIRECTORY_MODE = 0755;

  /** A plain file of root's, readable by all. */
  public static TarEntry file(String name, long sizeBytes, Instant modified) {
    return new TarEntry(
        name, TarType.FILE, FILE_MODE, 0, 0, sizeBytes, modified, "", 0, 0, Map.of(), false);
  }

  /** A directory of root's, readable by all. */
  public static TarEntry directory(String name, Instant modified) {
    return new TarEntry(
        name, TarType.DIRECTORY, DIRECTORY_MODE, 0, 0, 0, modified, "", 0, 0, Map.of(), false);
  }
}
