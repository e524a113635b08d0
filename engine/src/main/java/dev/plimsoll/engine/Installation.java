package dev.plimsoll.engine;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.zip.CRC32;

/**
 * What tells two installations on one machine apart: the default one has plain names, any other one
 * has names that end in a suffix made from its data directory. Bridge, packet filter table, control
 * groups and run directory follow it, so that two engines never touch each other's.
 *
 * @param suffix empty, or eight hexadecimal digits
 */
record Installation(String suffix) {
  static final Path DEFAULT_DATA = Path.of("/var/lib/plimsoll");
  private static final String NAME = "plimsoll";

  static Installation of(Path data) {
    Path absolute = data.toAbsolutePath().normalize();
    if (absolute.equals(DEFAULT_DATA)) {
      return new Installation("");
    }
    CRC32 sum = new CRC32();
    sum.update(absolute.toString().getBytes(StandardCharsets.UTF_8));
    return new Installation(HexFormat.of().toHexDigits((int) sum.getValue()));
  }

  Path run() {
    return Path.of("/run", name());
  }

  String cgroupParent() {
    return "/" + name();
  }

  private String name() {
    return suffix.isEmpty() ? NAME : NAME + "-" + suffix;
  }
}
