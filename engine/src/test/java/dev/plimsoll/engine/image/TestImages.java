package dev.plimsoll.engine.image;

import dev.plimsoll.content.FileContentStore;
import dev.plimsoll.content.LocalDisk;
import dev.plimsoll.database.Database;
import dev.plimsoll.engine.event.Events;
import dev.plimsoll.engine.layer.LayerLimits;
import dev.plimsoll.engine.layer.Layers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The images of a directory of a test, opened as the engine opens them; open again to restart. */
final class TestImages implements AutoCloseable {
  final Database database;
  final Layers layers;
  final FileContentStore content;
  final ImageStore store;
  final Events events;
  final Map<ImageId, List<ImageUsers.User>> users = new HashMap<>();
  Instant now = Instant.parse("2026-01-02T03:04:05Z");

  private TestImages(Path root) throws IOException {
    InstantSource clock = () -> now;
    database = Database.open(root.resolve("db/engine.db"), "db/engine");
    content = FileContentStore.open(root.resolve("content"), new LocalDisk());
    layers =
        Layers.open(root.resolve("layers"), database, LayerLimits.DEFAULT, clock, 2, _ -> false);
    events = new Events(clock);
    store =
        ImageStore.open(
            root.resolve("images"),
            database,
            content,
            layers,
            events,
            image -> users.getOrDefault(image, List.of()),
            clock);
  }

  static TestImages open(Path root) throws IOException {
    return new TestImages(root);
  }

  /** What a load or pull told its user, line by line. */
  static final class Heard implements Progress {
    final List<String> lines = new ArrayList<>();

    @Override
    public synchronized void status(String text) {
      lines.add(text);
    }

    @Override
    public synchronized void status(String id, String text) {
      lines.add(id + ": " + text);
    }

    @Override
    public synchronized void stream(String text) {
      lines.add(text.strip());
    }
  }

  @Override
  public void close() throws IOException {
    layers.close();
    database.close();
  }
}
