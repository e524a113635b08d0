package dev.plimsoll.database;

import static java.nio.file.StandardOpenOption.READ;

import dev.plimsoll.foundation.Reserve;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteConnection;

/** Makes the database ready: its directory, what a crash left, its schema. */
final class Opening {
  /** SQLite opens a WAL database with less than this: a page of each file and the index. */
  private static final long NEEDED_BYTES = 1 << 20;

  private Opening() {}

  static void open(Connections connections, Migrations migrations, Reserve reserve)
      throws IOException {
    Path directory = parent(connections.file());
    boolean isNew = !Files.exists(connections.file());
    createDirectories(directory);
    try {
      migrate(connections, migrations);
    } catch (IOException e) {
      // SQLite has several names for a full disk here; the free space tells.
      if (Files.getFileStore(directory).getUsableSpace() >= NEEDED_BYTES || !reserve.release()) {
        throw e;
      }
      migrate(connections, migrations);
    }
    if (isNew) {
      force(directory);
    }
  }

  private static void migrate(Connections connections, Migrations migrations) throws IOException {
    try (SQLiteConnection connection = connections.migrating()) {
      migrations.apply(connection, Dialect.SQLITE, connections.file());
    } catch (SQLException e) {
      throw Trouble.of(connections.file(), "bringing the schema up to date", e);
    }
  }

  /** Makes what is missing of a directory's path, so that it survives a power cut. */
  static void createDirectories(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path parent = parent(directory);
    createDirectories(parent);
    Files.createDirectories(directory);
    force(parent);
  }

  static void force(Path fileOrDirectory) throws IOException {
    try (FileChannel channel = FileChannel.open(fileOrDirectory, READ)) {
      channel.force(true);
    }
  }

  private static Path parent(Path path) throws IOException {
    Path parent = path.getParent();
    if (parent == null) {
      throw new IOException(path + " has no parent directory");
    }
    return parent;
  }
}
