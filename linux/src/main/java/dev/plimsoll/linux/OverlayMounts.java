package dev.plimsoll.linux;

import static dev.plimsoll.linux.ffi.SystemCall.FSCONFIG;
import static dev.plimsoll.linux.ffi.SystemCall.FSMOUNT;
import static dev.plimsoll.linux.ffi.SystemCall.FSOPEN;
import static dev.plimsoll.linux.ffi.SystemCall.MOVE_MOUNT;
import static dev.plimsoll.linux.ffi.SystemCall.READ;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.plimsoll.linux.ffi.FileName;
import dev.plimsoll.linux.ffi.Scratch;
import dev.plimsoll.linux.ffi.SystemCall;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** The two ways to mount an overlay. */
final class OverlayMounts {
  private static final int CLOSE_ON_EXEC = 1; // FSOPEN_CLOEXEC, FSMOUNT_CLOEXEC: linux/mount.h
  private static final int SET_FLAG = 0;
  private static final int SET_STRING = 1;
  private static final int CREATE = 6;
  private static final int MOVE_FROM_EMPTY_PATH = 4; // MOVE_MOUNT_F_EMPTY_PATH
  private static final int MESSAGE_BYTES_MAX = 4096;

  /** {@code mount(2)} reads its options up to a page, whatever more there is. */
  static final int OPTIONS_BYTES_MAX = 4095;

  private OverlayMounts() {}

  /**
   * By a file system context, one parameter per layer: Linux 6.7.
   *
   * @return false if this kernel has no such calls or its overlayfs does not know {@code lowerdir+};
   *     nothing is mounted then
   */
  static boolean byContext(Overlay overlay, Path target) throws IOException {
    try (Scratch s = Scratch.take()) {
      long opened = FSOPEN.call(s, s.text("overlay"), CLOSE_ON_EXEC);
      if (opened == -Errno.ENOSYS.number()) {
        return false;
      }
      try (var context = new FileDescriptor((int) check(FSOPEN, "overlay", opened), "overlay")) {
        configure(context, overlay, target);
        create(context, target);
        return true;
      } catch (LinuxException e) {
        if (lacksLayerParameter(e)) {
          return false;
        }
        throw e;
      }
    }
  }

  private static void configure(FileDescriptor context, Overlay overlay, Path target)
      throws LinuxException {
    set(context, "source", "overlay", target);
    for (Path lower : overlay.lower()) {
      set(context, "lowerdir+", lower.toString(), target);
    }
    if (overlay.writable().isPresent()) {
      set(context, "upperdir", overlay.writable().get().upper().toString(), target);
      set(context, "workdir", overlay.writable().get().work().toString(), target);
    }
    for (String option : overlay.options()) {
      int equals = option.indexOf('=');
      if (equals < 0) {
        set(context, SET_FLAG, option, "", target);
      } else {
        set(context, option.substring(0, equals), option.substring(equals + 1), target);
      }
    }
  }

  private static void create(FileDescriptor context, Path target) throws LinuxException {
    set(context, CREATE, "", "", target);
    try (Scratch s = Scratch.take()) {
      long mounted = FSMOUNT.call(s, context.number(), CLOSE_ON_EXEC, 0);
      if (mounted < 0) {
        throw failure("fsmount", target, mounted, context);
      }
      try (var mount = new FileDescriptor((int) mounted, "overlay")) {
        long result =
            MOVE_MOUNT.call(
                s,
                mount.number(),
                s.text(""),
                Directory.WORKING,
                s.text(target.toString()),
                MOVE_FROM_EMPTY_PATH);
        check(MOVE_MOUNT, target, result);
      }
    }
  }

  /**
   * Whether a failure says no more than that this kernel cannot take layers one by one. Linux 6.5 and
   * 6.6 refuse the parameter by name. Before, a context collects any parameter unseen, and only making
   * the mount fails, without a word.
   */
  static boolean lacksLayerParameter(LinuxException e) {
    return e.is(Errno.EINVAL)
        && (e.kernelSays().isEmpty() || e.kernelSays().contains("Unknown parameter 'lowerdir+'"));
  }

  private static void set(FileDescriptor context, String key, String value, Path target)
      throws LinuxException {
    set(context, SET_STRING, key, value, target);
  }

  private static void set(
      FileDescriptor context, int command, String key, String value, Path target)
      throws LinuxException {
    try (Scratch s = Scratch.take()) {
      long result =
          FSCONFIG.call(
              s,
              context.number(),
              command,
              key.isEmpty() ? 0 : s.text(key),
              value.isEmpty() ? 0 : s.text(value),
              0);
      if (result < 0) {
        String what = key.isEmpty() ? "overlay at " + target : key + " " + value;
        throw failure("fsconfig", what.strip(), result, context);
      }
    }
  }

  // The context tells in words what went wrong: a message per read, "e " before an error.
  private static LinuxException failure(
      String call, Object subject, long negated, FileDescriptor context) {
    List<String> messages = new ArrayList<>();
    try (Scratch s = Scratch.take()) {
      MemorySegment buffer = s.dirty(MESSAGE_BYTES_MAX);
      long length;
      while ((length = READ.call(s, context.number(), buffer.address(), MESSAGE_BYTES_MAX)) > 0) {
        String text = FileName.decode(buffer.asSlice(0, length).toArray(JAVA_BYTE)).strip();
        messages.add(text.length() > 2 && text.charAt(1) == ' ' ? text.substring(2) : text);
      }
    }
    return new LinuxException(call, subject, (int) -negated, String.join("; ", messages));
  }

  /**
   * By {@code mount(2)} and one text of options.
   *
   * @throws IOException if the text is longer than a page: the kernel would cut it and fail with
   *     ENOENT. Shorter paths help, such as links beside the layers.
   */
  static void byOptions(Overlay overlay, Path target) throws IOException {
    StringJoiner lowers = new StringJoiner(":");
    for (Path lower : overlay.lower()) {
      lowers.add(escaped(lower, true));
    }
    StringJoiner options = new StringJoiner(",");
    options.add("lowerdir=" + lowers);
    if (overlay.writable().isPresent()) {
      options.add("upperdir=" + escaped(overlay.writable().get().upper(), false));
      options.add("workdir=" + escaped(overlay.writable().get().work(), false));
    }
    overlay.options().forEach(options::add);
    String text = options.toString();
    int sizeBytes = FileName.encode(text).length;
    if (sizeBytes > OPTIONS_BYTES_MAX) {
      throw new IOException(
          "overlay at %s: its %d layers need %d bytes of options, mount(2) takes %d"
              .formatted(target, overlay.lower().size(), sizeBytes, OPTIONS_BYTES_MAX));
    }
    Mounts.call("overlay", target, "overlay", 0, text);
  }

  // Overlayfs splits at ',' and, between layers, at ':'; a backslash takes the meaning away.
  private static String escaped(Path path, boolean betweenLayers) {
    String text = path.toString().replace("\\", "\\\\").replace(",", "\\,");
    return betweenLayers ? text.replace(":", "\\:") : text;
  }

  private static long check(SystemCall call, Object subject, long result) throws LinuxException {
    if (result < 0) {
      throw LinuxException.of(call, subject, result);
    }
    return result;
  }
}
