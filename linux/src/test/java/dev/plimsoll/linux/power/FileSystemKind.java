package dev.plimsoll.linux.power;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The file systems that data directories lie on. */
public enum FileSystemKind {
  EXT4,
  XFS,
  BTRFS;

  /** Its name for {@code mkfs} and {@code mount}. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  List<String> makingOptions() {
    return switch (this) {
      case EXT4 -> List.of("-q", "-F", "-m", "0");
      case XFS, BTRFS -> List.of("-q", "-f");
    };
  }

  /** Whether this kernel has it, as a module or built in. */
  public boolean supported() throws IOException {
    return Files.readString(Path.of("/proc/filesystems")).contains("\t" + text() + "\n");
  }
}
