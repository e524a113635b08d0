package dev.plimsoll.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL of Debian's package, in a temporary directory and as an unprivileged user, with
 * nothing forced to the disk. Takes about two seconds to begin, so tests share one.
 */
public final class PostgresServer implements AutoCloseable {
  private static final long STEP_SECONDS_MAX = 60;
  private static final AtomicInteger SCHEMAS = new AtomicInteger();
  private static @Nullable PostgresServer shared;

  private final Path directory;
  private final int port;

  private PostgresServer(Path directory, int port) {
    this.directory = directory;
    this.port = port;
  }

  /** The one that the tests of this process share; it ends with the process. */
  public static synchronized PostgresServer shared() {
    PostgresServer known = shared;
    if (known == null) {
      try {
        PostgresServer started = start();
        Runtime.getRuntime().addShutdownHook(new Thread(started::close));
        shared = started;
        return started;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return known;
  }

  /** One of the test's own, that may be stopped and begun again. */
  public static PostgresServer start() throws IOException {
    Path directory = Files.createTempDirectory("plimsoll-postgres");
    if (isRoot()) {
      run(List.of("chown", "postgres", directory.toString()));
    }
    PostgresServer server = new PostgresServer(directory, freePort());
    asUser(
        tool("initdb").toString(),
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
        "--username=plimsoll",
        "--pgdata=" + server.data());
    server.begin();
    return server;
  }

  /** Begins, again after {@link #stop}; the port stays the same. */
  public void begin() throws IOException {
    asUser(
        tool("pg_ctl").toString(),
        "--pgdata=" + data(),
        "--log=" + directory.resolve("log"),
        "--options=-p %d -h 127.0.0.1 -k %s -c fsync=off -c max_connections=200 -c shared_buffers=32MB"
            .formatted(port, directory),
        "--wait",
        "start");
  }

  /** Ends at once, and breaks every connection. */
  public void stop() throws IOException {
    asUser(tool("pg_ctl").toString(), "--pgdata=" + data(), "--mode=immediate", "--wait", "stop");
  }

  /** A place of its own for one test: an empty schema. */
  public PostgresAddress schema() {
    String name = "test" + SCHEMAS.incrementAndGet() + "_" + ProcessHandle.current().pid();
    execute("CREATE SCHEMA " + name);
    return new PostgresAddress(
        url() + "&currentSchema=" + name, Optional.empty(), Optional.empty());
  }

  /** Runs a statement as the owner of all. */
  public void execute(String sql) {
    try (Connection connection = DriverManager.getConnection(url());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
  }

  private String url() {
    return "jdbc:postgresql://127.0.0.1:%d/postgres?user=plimsoll".formatted(port);
  }

  private Path data() {
    return directory.resolve("data");
  }

  @Override
  public void close() {
    try {
      if (Files.exists(data().resolve("postmaster.pid"))) {
        stop();
      }
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static Path tool(String name) throws IOException {
    try (Stream<Path> versions = Files.list(Path.of("/usr/lib/postgresql"))) {
      return versions
          .map(version -> version.resolve("bin").resolve(name))
          .filter(Files::isExecutable)
          .max(Comparator.naturalOrder())
          .orElseThrow(() -> new IOException("no " + name + " under /usr/lib/postgresql"));
    }
  }

  private static void asUser(String... command) throws IOException {
    List<String> all = new ArrayList<>();
    if (isRoot()) {
      all.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
    }
    all.addAll(List.of(command));
    run(all);
  }

  private static void run(List<String> command) throws IOException {
    Path said = Files.createTempFile("plimsoll-postgres", ".said");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(Path.of("/").toFile())
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      if (!process.waitFor(STEP_SECONDS_MAX, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IOException(command + ":\n" + Files.readString(said));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      Files.delete(said);
    }
  }
}
