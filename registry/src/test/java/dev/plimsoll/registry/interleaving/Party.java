package dev.plimsoll.registry.interleaving;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.gc.Collector;
import dev.plimsoll.registry.gc.GcPolicy;
import dev.plimsoll.registry.repository.BlobRows;
import dev.plimsoll.registry.repository.Blobs;
import dev.plimsoll.registry.repository.Chunk;
import dev.plimsoll.registry.repository.Lease;
import dev.plimsoll.registry.repository.ManifestObjects;
import dev.plimsoll.registry.repository.Manifests;
import dev.plimsoll.registry.repository.ReadCache;
import dev.plimsoll.registry.repository.RegistryException.BlobUnknown;
import dev.plimsoll.registry.repository.RegistryException.DeletionUnknown;
import dev.plimsoll.registry.repository.RegistryException.ManifestBlobsUnknown;
import dev.plimsoll.registry.repository.RegistryException.ManifestUnknown;
import dev.plimsoll.registry.repository.RegistryException.StillReferenced;
import dev.plimsoll.registry.repository.Trash;
import dev.plimsoll.registry.repository.Uploads;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The registry on a {@link World}, and the things that clients do with it. Each of them checks what
 * was promised to it.
 */
final class Party {
  static final RepositoryName A = new RepositoryName("a");
  static final RepositoryName B = new RepositoryName("b");
  static final Tag TAG = new Tag("1");

  /** Too large for a row, so its bytes are a file. */
  static final byte[] LAYER = "a layer".getBytes(StandardCharsets.UTF_8);

  /** Small enough to live in its row. */
  static final byte[] CONFIG = "{}".getBytes(StandardCharsets.UTF_8);

  private static final Duration TICK = Duration.ofMillis(World.TICK_MILLIS);
  private static final Lease LEASE = new Lease(TICK);
  private static final GcPolicy POLICY = new GcPolicy(TICK, Duration.ZERO, 10);
  private static final Uploads.Limits LIMITS =
      new Uploads.Limits(10, 4, Duration.ofDays(1), Duration.ZERO);
  private static final long SETTLING_TICKS = 50;

  final World world;
  private final List<byte[]> contents;
  private final byte[] image;
  private final Digest imageDigest;
  private final Manifests manifests;
  private final Blobs blobs;
  private final Uploads uploads;
  private final Trash trash;
  private final Collector collector;

  /**
   * A registry that nobody has used yet.
   *
   * @param contents the blobs of the image that is pushed: a layer, or a layer and a config
   */
  Party(World world, BlobRows rows, List<byte[]> contents) {
    this.world = world;
    this.contents = contents;
    this.image = image(contents);
    this.imageDigest = Digest.sha256(image);
    ReadCache nothing = new ReadCache(0);
    this.blobs = new Blobs(world, world, rows, nothing, LEASE, world);
    this.uploads =
        new Uploads(world, world, rows, nothing, LEASE, LIMITS, world::nextGeneration, world);
    ManifestObjects objects = new ManifestObjects(world.glancing(), world.manifests());
    this.manifests = new Manifests(world, objects, rows, nothing, 10, world);
    this.trash = new Trash(world, rows, nothing, LEASE, 10, world);
    this.collector =
        new Collector(
            world, world, objects, rows, trash, nothing, Collector.Brake.NONE, POLICY, world);
  }

  /** The collector, each of its phases an actor: together they can do what two collectors can. */
  List<Actor> collectors(Collector.Mode mode, Set<Collector.Phase> phases) {
    return phases.stream()
        .map(phase ->
            Actor.cyclic(
                phase.name().toLowerCase(Locale.ROOT),
                memory -> {
                  collector.run(mode, Set.of(phase));
                  return memory;
                }))
        .toList();
  }

  void collect(Set<Collector.Phase> phases) throws IOException {
    collector.run(Collector.Mode.WHEN_DUE, phases);
  }

  void settle() throws IOException {
    for (int i = 0; i < 4; i++) {
      world.tick(SETTLING_TICKS);
      collector.run(Collector.Mode.WHEN_DUE);
    }
  }

  /** Whether a refused manifest is a broken promise, or what an impatient collector may do. */
  enum Promises {
    KEPT,
    VOID
  }

  /** A push as clients do it. */
  List<Actor.Deed> push(RepositoryName to, Optional<RepositoryName> from, Promises promises) {
    List<Actor.Deed> deeds = new ArrayList<>();
    contents.forEach(blob -> deeds.add(offer(to, from, blob)));
    deeds.add(put(to, promises));
    return deeds;
  }

  /** Before it pushes, a client asks for each blob, else mounts it, else uploads it. */
  private Actor.Deed offer(RepositoryName to, Optional<RepositoryName> from, byte[] blob) {
    return memory -> {
      Instant until = world.instant().plus(LEASE.promised());
      Digest digest = Digest.sha256(blob);
      try {
        blobs.promise(to, digest);
      } catch (BlobUnknown unknown) {
        if (from.isEmpty() || !blobs.mount(to, digest, from)) {
          uploads.put(to, digest, Chunk.of(blob));
        }
      }
      Instant held = until.isBefore(memory.heldUntil()) ? until : memory.heldUntil();
      return new Actor.Memory(held, memory.deletion());
    };
  }

  /** Then it sends the manifest. */
  private Actor.Deed put(RepositoryName to, Promises promises) {
    return memory -> {
      try {
        manifests.put(
            to, new Manifests.Pushed(TAG, Set.of(), MediaTypes.OCI_MANIFEST, image, "client"));
      } catch (ManifestBlobsUnknown e) {
        if (promises == Promises.KEPT && world.instant().isBefore(memory.heldUntil())) {
          throw new World.Violation("refused within the lease: " + e.getMessage());
        }
      }
      return memory;
    };
  }

  /** A whole push, for what was there before. */
  void pushAtOnce(RepositoryName to) throws IOException {
    for (Actor.Deed deed : push(to, Optional.empty(), Promises.KEPT)) {
      world.atOnce(deed);
    }
  }

  /** Pulls the image whole, if it is there. */
  Actor.Deed pull(RepositoryName from) {
    return memory -> {
      List<Digest> unreadable = new ArrayList<>();
      try {
        manifests.get(from, imageDigest);
        for (byte[] blob : contents) {
          open(from, Digest.sha256(blob), unreadable);
        }
        if (!unreadable.isEmpty()) {
          manifests.get(from, imageDigest); // still there, so its blobs had to be, too
          throw new World.Violation("lost " + unreadable);
        }
      } catch (ManifestUnknown e) {
        // Deleted by somebody, or refused.
      }
      return memory;
    };
  }

  private void open(RepositoryName from, Digest digest, List<Digest> unreadable)
      throws IOException {
    try {
      blobs.open(from, digest).close();
    } catch (BlobUnknown e) {
      unreadable.add(digest);
    }
  }

  Actor.Deed delete(RepositoryName from) {
    return memory -> {
      try {
        long deletion = manifests.delete(from, imageDigest, "client", "test");
        return new Actor.Memory(memory.heldUntil(), Optional.of(deletion));
      } catch (ManifestUnknown e) {
        return memory;
      }
    };
  }

  /** What is deleted is not to be seen, if nobody pushes or restores it. */
  Actor.Deed seeNothing(RepositoryName from) {
    return memory -> {
      for (var reference : List.of(imageDigest, TAG)) {
        try {
          manifests.get(from, reference);
        } catch (ManifestUnknown e) {
          continue;
        }
        throw new World.Violation(reference + " is to be seen after its deletion");
      }
      return memory;
    };
  }

  Actor.Deed deleteLayer(RepositoryName from) {
    return memory -> {
      try {
        blobs.delete(from, Digest.sha256(LAYER));
      } catch (BlobUnknown | StillReferenced e) {
        // as it should be
      }
      return memory;
    };
  }

  Actor.Deed restore() {
    return memory -> {
      try {
        if (memory.deletion().isPresent()) {
          trash.restore(memory.deletion().get(), "client");
        }
      } catch (DeletionUnknown e) {
        // the time was over
      }
      return memory;
    };
  }

  private static byte[] image(List<byte[]> contents) {
    byte[] layer = contents.getFirst();
    byte[] config = contents.getLast();
    return """
    {"schemaVersion":2,"mediaType":"%s",
     "config":{"mediaType":"%s","digest":"%s","size":%d},
     "layers":[{"mediaType":"%s","digest":"%s","size":%d}]}
    """
        .formatted(
            MediaTypes.OCI_MANIFEST,
            MediaTypes.OCI_CONFIG,
            Digest.sha256(config),
            config.length,
            MediaTypes.OCI_LAYER,
            Digest.sha256(layer),
            layer.length)
        .getBytes(StandardCharsets.UTF_8);
  }
}
