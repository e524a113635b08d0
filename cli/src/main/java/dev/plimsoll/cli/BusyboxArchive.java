package dev.plimsoll.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.plimsoll.engine.tar.TarEntry;
import dev.plimsoll.engine.tar.TarType;
import dev.plimsoll.engine.tar.TarWriter;
import dev.plimsoll.linux.Command;
import dev.plimsoll.linux.Processes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A file system that fits in two megabytes: the host's static busybox under all its names, a user
 * database and a place for temporary files. It has no dates of its own, so the same busybox makes
 * the same bytes.
 */
final class BusyboxArchive {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Instant UNDATED = Instant.EPOCH;
  private static final int EXECUTABLE = 0755;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TarWriter tar = new TarWriter(bytes);

  private BusyboxArchive() {}

  /** The archive, as {@code docker import} takes it. */
  static byte[] make() throws IOException, InterruptedException {
    return new BusyboxArchive().written();
  }

  private byte[] written() throws IOException, InterruptedException {
    Path busybox =
        Processes.find("busybox")
            .orElseThrow(() ->
                new IOException(
                    "there is no busybox to make the first image from; install busybox-static"));
    for (String directory : List.of("bin/", "dev/", "etc/", "proc/", "root/", "sys/", "usr/")) {
      tar.add(TarEntry.directory(directory, UNDATED));
    }
    tar.add(entry("tmp/", TarType.DIRECTORY, 01777, 0, ""));
    file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n");
    file("etc/group", "root:x:0:\nnogroup:x:65534:\n");
    byte[] program = Files.readAllBytes(busybox);
    tar.add(entry("bin/busybox", TarType.FILE, EXECUTABLE, program.length, ""), program);
    for (String name : names(busybox)) {
      if (!name.equals("busybox")) {
        tar.add(entry("bin/" + name, TarType.SYMBOLIC_LINK, 0777, 0, "busybox"));
      }
    }
    tar.finish();
    return bytes.toByteArray();
  }

  private static List<String> names(Path busybox) throws IOException, InterruptedException {
    return Processes.run(Command.of(busybox, "--list"), LIMIT)
        .output()
        .lines()
        .filter(name -> name.matches("[a-z0-9._\\[-]+"))
        .toList();
  }

  private void file(String name, String text) throws IOException {
    byte[] content = text.getBytes(UTF_8);
    tar.add(TarEntry.file(name, content.length, UNDATED), content);
  }

  private static TarEntry entry(String name, TarType type, int mode, long sizeBytes, String link) {
    return new TarEntry(name, type, mode, 0, 0, sizeBytes, UNDATED, link, 0, 0, Map.of(), false);
  }
}
