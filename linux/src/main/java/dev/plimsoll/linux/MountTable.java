package dev.plimsoll.linux;

import dev.plimsoll.linux.ffi.FileName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is mounted where, as {@code /proc/self/mountinfo} told it at one moment: {@code proc(5)}.
 *
 * @param entries in the order of mounting, so that of two at one place the later is the one seen
 */
public record MountTable(List<Entry> entries) {

  /**
   * One mount.
   *
   * @param root which directory of the file system is shown here, {@code /} unless it is a bind
   * @param target where, as this process sees it
   * @param options of this mount: {@code ro}, {@code nosuid}, …
   * @param tags how it propagates, as {@code shared:12}
   * @param source what it was mounted from: a device, or any word
   * @param superOptions of the file system: {@code size=64k}, or the controllers of a cgroup
   */
  public record Entry(
      long id,
      long parent,
      Device device,
      String root,
      String target,
      Set<String> options,
      Set<String> tags,
      String type,
      String source,
      Set<String> superOptions) {}

  public MountTable {
    entries = List.copyOf(entries);
  }

  /** The mounts of this process. */
  public static MountTable read() throws IOException {
    return parse(Files.readAllBytes(Path.of("/proc/self/mountinfo")));
  }

  /** The mounts that another process sees. */
  public static MountTable read(long pid) throws IOException {
    return parse(Files.readAllBytes(Path.of("/proc/" + pid + "/mountinfo")));
  }

  /**
   * Reads the text of a {@code mountinfo} file.
   *
   * @throws IOException if a line is none of this format
   */
  public static MountTable parse(byte[] mountinfo) throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (String line : new String(mountinfo, StandardCharsets.ISO_8859_1).split("\n", -1)) {
      if (!line.isEmpty()) {
        entries.add(entry(line));
      }
    }
    return new MountTable(entries);
  }

  private static Entry entry(String line) throws IOException {
    String[] fields = line.split(" ", -1);
    int dash = Arrays.asList(fields).indexOf("-");
    // The source may be the empty string, and the kernel then writes just two spaces.
    if (dash < 6 || fields.length < dash + 4) {
      throw new IOException("no line of mountinfo: \"" + line + "\"");
    }
    String[] device = fields[2].split(":", -1);
    return new Entry(
        Long.parseLong(fields[0]),
        Long.parseLong(fields[1]),
        new Device(Integer.parseInt(device[0]), Integer.parseInt(device[1])),
        unescaped(fields[3]),
        unescaped(fields[4]),
        words(fields[5]),
        new LinkedHashSet<>(Arrays.asList(fields).subList(6, dash)),
        unescaped(fields[dash + 1]),
        unescaped(fields[dash + 2]),
        words(fields[dash + 3]));
  }

  private static Set<String> words(String commaSeparated) {
    Set<String> words = new LinkedHashSet<>();
    for (String word : commaSeparated.split(",", -1)) {
      words.add(unescaped(word));
    }
    return words;
  }

  // Space, tab, line feed and backslash come as \040 \011 \012 \134; all else as it is.
  private static String unescaped(String field) {
    byte[] bytes = field.getBytes(StandardCharsets.ISO_8859_1);
    var out = new ByteArrayOutputStream(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\\' && i + 3 < bytes.length && octal(bytes, i + 1)) {
        out.write((bytes[i + 1] - '0') << 6 | (bytes[i + 2] - '0') << 3 | (bytes[i + 3] - '0'));
        i += 3;
      } else {
        out.write(bytes[i]);
      }
    }
    return FileName.decode(out.toByteArray());
  }

  private static boolean octal(byte[] bytes, int from) {
    for (int i = from; i < from + 3; i++) {
      if (bytes[i] < '0' || bytes[i] > '7') {
        return false;
      }
    }
    return true;
  }

  /** The mount that is seen at {@code target}, which is a path without links. */
  public Optional<Entry> at(Path target) {
    String wanted = target.toAbsolutePath().normalize().toString();
    return entries.reversed().stream().filter(e -> e.target().equals(wanted)).findFirst();
  }

  /** The mounts at {@code directory} and below, the deepest and latest first: the order to unmount. */
  public List<Entry> below(Path directory) {
    String top = directory.toAbsolutePath().normalize().toString();
    String inside = top.endsWith("/") ? top : top + "/";
    return entries.reversed().stream()
        .filter(e -> e.target().equals(top) || e.target().startsWith(inside))
        .toList();
  }
}
