package dev.plimsoll.cli.machine;

import dev.plimsoll.linux.Command;
import dev.plimsoll.linux.Processes;
import dev.plimsoll.linux.ShortRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.time.Duration;
import java.util.List;

/**
 * The user {@code plimsoll}, as whom the registry runs so that it is not root.
 *
 * <p>Its group is {@code nogroup}, not one of its own name: the members of the group {@code
 * plimsoll} may use the engine's socket, which is as good as being root, and the registry has no
 * business there.
 */
final class RegistryUser {
  private static final String NAME = "plimsoll";
  private static final String GROUP = "nogroup";
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private RegistryUser() {}

  /** Makes the user if there is none, and {@code directory}, which is then the user's alone. */
  static void own(Path directory) throws IOException, InterruptedException {
    if (!exists()) {
      run(
          "useradd",
          "--system",
          "--no-create-home",
          "--gid",
          GROUP,
          "--shell",
          "/usr/sbin/nologin",
          "--comment",
          "Plimsoll registry",
          NAME);
    }
    Files.createDirectories(directory);
    run("chown", "--recursive", NAME + ":" + GROUP, directory.toString());
    run("chmod", "0700", directory.toString());
  }

  private static boolean exists() throws IOException {
    try {
      UserPrincipal user =
          Path.of("/").getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(NAME);
      return user.getName().equals(NAME);
    } catch (UserPrincipalNotFoundException e) {
      return false;
    }
  }

  /** The words that go before a command so that it runs as this user and keeps its pid. */
  static List<String> prefix() {
    return List.of(
        "--reuid=" + NAME,
        "--regid=" + GROUP,
        "--clear-groups",
        "--no-new-privs",
        "--bounding-set=-all",
        "--");
  }

  private static void run(String tool, String... arguments)
      throws IOException, InterruptedException {
    Path program =
        Processes.find(tool).orElseThrow(() -> new IOException("there is no " + tool + " here"));
    ShortRun.Result result = Processes.run(Command.of(program, arguments), LIMIT);
    if (result.status().code() != 0) {
      throw new IOException(
          "%s %s: %s".formatted(tool, String.join(" ", arguments), result.error().strip()));
    }
  }
}
