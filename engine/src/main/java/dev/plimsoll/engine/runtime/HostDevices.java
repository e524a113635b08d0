package dev.plimsoll.engine.runtime;

import dev.plimsoll.docker.container.DeviceMapping;
import dev.plimsoll.engine.refusal.EngineException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Looks up the device nodes of this host. */
public final class HostDevices {
  private static final int FILE_TYPE = 0170000; // S_IFMT
  private static final int CHARACTER = 0020000; // S_IFCHR
  private static final int BLOCK = 0060000; // S_IFBLK
  private static final int PERMISSIONS = 07777;
  private static final Path DEV = Path.of("/dev");

  /** What a container has of its own, so the host's must not come in with {@code --privileged}. */
  private static final Set<String> NEVER =
      Set.of("pts", "shm", "fd", "mqueue", "console", ".lxc", ".lxd-mounts", ".udev");

  private HostDevices() {}

  static long major(long device) {
    return (device >>> 8 & 0xfff) | (device >>> 32 & ~0xfffL);
  }

  static long minor(long device) {
    return (device & 0xff) | (device >>> 12 & ~0xffL);
  }

  /**
   * The device, or all devices below the directory, that a mapping names.
   *
   * @throws EngineException.Failed in dockerd's words if there is none
   */
  public static List<HostDevice> of(DeviceMapping mapping) {
    String inside =
        mapping.pathInContainer().isEmpty() ? mapping.pathOnHost() : mapping.pathInContainer();
    String access = mapping.cgroupPermissions().isEmpty() ? "rwm" : mapping.cgroupPermissions();
    Path path = Path.of(mapping.pathOnHost());
    try {
      Path real = path.toRealPath();
      List<HostDevice> found = new ArrayList<>();
      if (Files.isDirectory(real)) {
        collect(real, inside, access, Set.of(), found);
      } else {
        add(real, inside, access, found);
      }
      if (found.isEmpty()) {
        throw new EngineException.BadParameter(
            "error gathering device information while adding custom device \"%s\": not a device node"
                .formatted(path));
      }
      return found;
    } catch (NoSuchFileException e) {
      throw new EngineException.Failed(
          "error gathering device information while adding custom device \"%s\": no such file or directory"
              .formatted(path),
          e);
    } catch (IOException e) {
      throw new EngineException.Failed(
          "error gathering device information while adding custom device \"%s\": %s"
              .formatted(path, e.getMessage()),
          e);
    }
  }

  /** Every device below {@code /dev} that a privileged container sees. */
  public static List<HostDevice> all() throws IOException {
    List<HostDevice> found = new ArrayList<>();
    collect(DEV, DEV.toString(), "rwm", NEVER, found);
    return found;
  }

  private static void collect(
      Path directory, String inside, String access, Set<String> skipped, List<HostDevice> found)
      throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (skipped.contains(name) || Files.isSymbolicLink(entry)) {
          continue;
        }
        if (Files.isDirectory(entry)) {
          collect(entry, inside + "/" + name, access, skipped, found);
        } else {
          add(entry, inside + "/" + name, access, found);
        }
      }
    }
  }

  private static void add(Path node, String inside, String access, List<HostDevice> found)
      throws IOException {
    Map<String, Object> facts;
    try {
      facts = Files.readAttributes(node, "unix:mode,rdev,uid,gid", LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return; // devices come and go
    }
    int mode = (int) fact(facts, "mode");
    int type = mode & FILE_TYPE;
    if (type != CHARACTER && type != BLOCK) {
      return;
    }
    long device = (long) fact(facts, "rdev");
    found.add(
        new HostDevice(
            inside,
            type == BLOCK ? "b" : "c",
            major(device),
            minor(device),
            mode & PERMISSIONS,
            Integer.toUnsignedLong((int) fact(facts, "uid")),
            Integer.toUnsignedLong((int) fact(facts, "gid")),
            access));
  }

  private static Object fact(Map<String, Object> facts, String name) {
    return Objects.requireNonNull(facts.get(name));
  }
}
