package dev.plimsoll.linux;

import static dev.plimsoll.linux.ffi.SystemCall.*;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.plimsoll.linux.ffi.FileName;
import dev.plimsoll.linux.ffi.Scratch;
import dev.plimsoll.linux.ffi.SystemCall;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The extended attributes of one file: of an open one, or of a name in a directory without following
 * it. Linux has no {@code setxattrat} before 6.13, so a name is reached by {@code /proc/self/fd}.
 */
final class Attributes {
  private static final int VALUE_BYTES_MAX = 65_536; // XATTR_SIZE_MAX, also of the list of names

  private final int descriptor;
  private final String path;
  private final Object subject;

  private Attributes(int descriptor, String path, Object subject) {
    this.descriptor = descriptor;
    this.path = path;
    this.subject = subject;
  }

  static Attributes ofDescriptor(int descriptor, Object subject) {
    return new Attributes(descriptor, "", subject);
  }

  static Attributes ofName(int directory, String name, Object subject) {
    return new Attributes(-1, "/proc/self/fd/" + directory + "/" + name, subject);
  }

  Optional<byte[]> get(String name) throws IOException {
    try (Scratch s = Scratch.take()) {
      MemorySegment value = s.buffer();
      long length =
          path.isEmpty()
              ? FGETXATTR.call(s, descriptor, s.text(name), value.address(), VALUE_BYTES_MAX)
              : LGETXATTR.call(s, s.text(path), s.text(name), value.address(), VALUE_BYTES_MAX);
      if (length == -Errno.ENODATA.number()) {
        return Optional.empty();
      }
      return Optional.of(value.asSlice(0, check(LGETXATTR, length)).toArray(JAVA_BYTE));
    }
  }

  void set(String name, byte[] content) throws IOException {
    try (Scratch s = Scratch.take()) {
      long value = s.bytes(content).address();
      check(
          LSETXATTR,
          path.isEmpty()
              ? FSETXATTR.call(s, descriptor, s.text(name), value, content.length, 0)
              : LSETXATTR.call(s, s.text(path), s.text(name), value, content.length, 0));
    }
  }

  void remove(String name) throws IOException {
    try (Scratch s = Scratch.take()) {
      check(
          LREMOVEXATTR,
          path.isEmpty()
              ? FREMOVEXATTR.call(s, descriptor, s.text(name))
              : LREMOVEXATTR.call(s, s.text(path), s.text(name)));
    }
  }

  List<String> names() throws IOException {
    try (Scratch s = Scratch.take()) {
      MemorySegment list = s.buffer();
      long length =
          path.isEmpty()
              ? FLISTXATTR.call(s, descriptor, list.address(), VALUE_BYTES_MAX)
              : LLISTXATTR.call(s, s.text(path), list.address(), VALUE_BYTES_MAX);
      if (length == -Errno.EOPNOTSUPP.number()) {
        return List.of();
      }
      return split(list.asSlice(0, check(LLISTXATTR, length)).toArray(JAVA_BYTE));
    }
  }

  private static List<String> split(byte[] list) {
    List<String> names = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < list.length; i++) {
      if (list[i] == 0) {
        names.add(FileName.decode(list, from, i - from));
        from = i + 1;
      }
    }
    return names;
  }

  private long check(SystemCall call, long result) throws LinuxException {
    if (result < 0) {
      throw LinuxException.of(call, subject, result);
    }
    return result;
  }
}
