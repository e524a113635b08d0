package dev.plimsoll.registry.repository;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.content.FileContentStore;
import dev.plimsoll.content.LocalDisk;
import dev.plimsoll.database.Database;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** I13: the counters equal a recount after any history. */
class UsageProperties {
  private static final List<RepositoryName> REPOSITORIES =
      List.of(new RepositoryName("a"), new RepositoryName("a/b"));
  private static final int STEPS = 40;

  @Property(tries = 15)
  void theCountersEqualARecountAfterAnyHistory(@ForAll long seed) throws Exception {
    Path directory = Files.createTempDirectory("usage");
    try (Database database = Database.open(directory.resolve("test.db"), "db/registry")) {
      var world = new World(database, directory, new Random(seed));
      for (int i = 0; i < STEPS; i++) {
        world.step();
        assertThat(world.counted()).isEqualTo(world.recount());
      }
    } finally {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static final class World {
    private final Transactions transactions;
    private final Random random;
    private final Uploads uploads;
    private final Manifests manifests;
    private final Trash trash;
    private final Repositories repositories;
    private final List<Long> deletions = new ArrayList<>();

    World(Database database, Path directory, Random random) throws IOException {
      this.random = random;
      this.transactions = Transactions.of(database);
      var generation = new AtomicLong();
      var rows = new BlobRows();
      var cache = new ReadCache(0);
      var clock = InstantSource.system();
      var store = FileContentStore.open(directory.resolve("content"), new LocalDisk());
      var objects =
          new ManifestObjects(
              transactions, FileContentStore.open(directory.resolve("manifests"), new LocalDisk()));
      this.uploads =
          new Uploads(
              transactions,
              store,
              rows,
              cache,
              Lease.DEFAULT,
              Uploads.Limits.DEFAULT,
              () -> HexFormat.of().toHexDigits(generation.incrementAndGet()),
              clock);
      this.manifests = new Manifests(transactions, objects, rows, cache, 10, clock);
      this.trash = new Trash(transactions, rows, cache, Lease.DEFAULT, 10, clock);
      this.repositories = new Repositories(transactions, cache, clock);
    }

    void step() throws IOException {
      RepositoryName place = REPOSITORIES.get(random.nextInt(2));
      try {
        switch (random.nextInt(10)) {
          case 0, 1, 2, 3 -> push(place);
          case 4 -> deletions.add(manifests.delete(place, tag(), "t", "t"));
          case 5, 6 -> deletions.add(manifests.delete(place, digest(), "t", "t"));
          case 7 -> trash.restore(deletion(), "t");
          case 8 -> trash.purge(deletion());
          default -> deletions.add(repositories.delete(place, "t").deletion());
        }
      } catch (RegistryException refused) {
        assertThat(refused).isNotNull(); // counts for nothing
      }
    }

    private void push(RepositoryName place) throws IOException {
      List<byte[]> layers = new ArrayList<>();
      for (int i = random.nextInt(3); i >= 0; i--) {
        byte[] layer =
            "layer %d".formatted(random.nextInt(4)).repeat(9).getBytes(StandardCharsets.UTF_8);
        if (layers.stream().noneMatch(known -> java.util.Arrays.equals(known, layer))) {
          layers.add(layer);
        }
        uploads.put(place, Digest.sha256(layer), Chunk.of(layer));
      }
      String list =
          layers.stream()
              .skip(1)
              .map(l -> descriptor(MediaTypes.OCI_LAYER, l))
              .reduce((a, b) -> a + "," + b)
              .orElse("");
      byte[] manifest =
          """
          {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}\
          """
              .formatted(
                  MediaTypes.OCI_MANIFEST,
                  descriptor(MediaTypes.OCI_CONFIG, layers.getFirst()),
                  list)
              .getBytes(StandardCharsets.UTF_8);
      manifests.put(
          place, new Manifests.Pushed(tag(), Set.of(), MediaTypes.OCI_MANIFEST, manifest, "t"));
    }

    private static String descriptor(String type, byte[] bytes) {
      return """
      {"mediaType":"%s","digest":"%s","size":%d}\
      """
          .formatted(type, Digest.sha256(bytes), bytes.length);
    }

    private Tag tag() {
      return new Tag("t" + random.nextInt(3));
    }

    private Digest digest() throws IOException {
      List<String> known =
          transactions.read(h ->
              h.createQuery("SELECT digest FROM manifests ORDER BY digest")
                  .mapTo(String.class)
                  .list());
      return known.isEmpty()
          ? Digest.sha256(new byte[0])
          : Digest.parse(known.get(random.nextInt(known.size())));
    }

    private long deletion() {
      return deletions.isEmpty() ? -1 : deletions.get(random.nextInt(deletions.size()));
    }

    Map<Long, String> counted() throws IOException {
      return transactions.read(h ->
          h.createQuery(
                  """
                  SELECT repository_id, size_bytes, tags FROM repository_usage
                  WHERE size_bytes <> 0 OR tags <> 0
                  """)
              .map((rs, ctx) -> Map.entry(rs.getLong(1), rs.getLong(2) + " " + rs.getLong(3)))
              .collectToMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    Map<Long, String> recount() throws IOException {
      return transactions.read(h ->
          h.createQuery(
                  """
                  SELECT * FROM (SELECT r.id,
                    COALESCE((SELECT SUM(m.size_bytes) FROM manifests m
                      WHERE m.repository_id = r.id AND m.deletion_id IS NULL), 0)
                    + COALESCE((SELECT SUM(b.size_bytes) FROM blobs b
                      WHERE b.digest IN (SELECT f.digest FROM manifest_references f
                        JOIN manifests m ON m.id = f.manifest_id AND m.deletion_id IS NULL
                        WHERE f.repository_id = r.id)), 0) AS bytes,
                    (SELECT COUNT(*) FROM tags t WHERE t.repository_id = r.id) AS tags
                  FROM repositories r) WHERE bytes <> 0 OR tags <> 0
                  """)
              .map((rs, ctx) -> Map.entry(rs.getLong(1), rs.getLong(2) + " " + rs.getLong(3)))
              .collectToMap(Map.Entry::getKey, Map.Entry::getValue));
    }
  }
}
