package dev.plimsoll.registry.model;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Reference;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.model.State.Named;
import dev.plimsoll.registry.model.Universe.Doc;
import dev.plimsoll.registry.repository.Chunk;
import dev.plimsoll.registry.repository.Manifests.Pushed;
import dev.plimsoll.registry.repository.RegistryException;
import dev.plimsoll.registry.repository.TagMove;
import dev.plimsoll.registry.repository.Trash;
import dev.plimsoll.registry.retention.DeployedImage;
import dev.plimsoll.registry.retention.ReporterName;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** What clients, owners and the world do to a registry, chosen by chance. */
final class Deeds {
  private final History history;
  private final Universe universe;
  private final Chunks chunks;
  private final Upkeep upkeep;

  Deeds(History history) {
    this.history = history;
    this.universe = history.universe;
    this.chunks = new Chunks(history);
    this.upkeep = new Upkeep(history);
  }

  void take(Step.Kind kind, Random random) throws IOException {
    switch (kind) {
      case UPLOAD -> upload(random);
      case CHUNKS -> chunks.take(random);
      case MOUNT -> mount(random);
      case HEAD -> head(random);
      case PUSH -> push(random);
      case RETAG -> retag(random);
      case DELETE_TAG -> deleteTag(random);
      case DELETE_MANIFEST -> deleteManifest(random);
      case DELETE_BLOB -> deleteBlob(random);
      case DELETE_REPOSITORY -> deleteRepository(random);
      case RESTORE -> restore(random);
      case REWIND -> rewind(random);
      case PURGE -> purge(random);
      case PIN -> pin(random);
      case UNPIN -> unpin(random);
      case REPORT -> report(random);
      case RETAIN -> upkeep.retain(random);
      case COLLECT -> upkeep.collect(random);
      case TIME -> time(random);
      case RESTART -> history.restart(random);
      case POWER_CUT -> powerCut(random);
    }
  }

  private State state() {
    return history.state;
  }

  private RepositoryName repository(Random random) {
    return Universe.pick(universe.repositories(), random);
  }

  private Digest blob(Random random) {
    return Universe.pick(List.copyOf(universe.blobs().keySet()), random);
  }

  private Tag tag(Random random) {
    return Universe.pick(universe.tags(), random);
  }

  private Doc doc(Random random) {
    return Universe.pick(List.copyOf(universe.docs().values()), random);
  }

  /** One that is there, or was, more often than not. */
  private Digest manifest(RepositoryName repository, Random random) {
    List<Digest> known = state().known(repository).map(Doc::digest).toList();
    return known.isEmpty() || random.nextInt(10) == 0
        ? doc(random).digest()
        : Universe.pick(known, random);
  }

  private void upload(Random random) throws IOException {
    RepositoryName to = repository(random);
    Digest blob = blob(random);
    upload(to, blob, random);
  }

  private void upload(RepositoryName to, Digest blob, Random random) throws IOException {
    byte[] bytes = universe.bytes(blob);
    boolean wrong = random.nextInt(30) == 0;
    Chunk chunk = Chunk.of(wrong ? Arrays.copyOf(bytes, bytes.length - 1) : bytes);
    history.attempt(
        "upload %s to %s".formatted(universe.name(blob), to),
        random,
        model -> {
          if (wrong) {
            throw new Model.Refused(RegistryException.DigestMismatch.class);
          }
          model.upload(to, blob);
          return true;
        },
        registry -> {
          registry.uploads.put(to, blob, chunk);
          return true;
        });
  }

  private void mount(Random random) throws IOException {
    RepositoryName to = repository(random);
    Digest blob = blob(random);
    Optional<RepositoryName> from =
        random.nextInt(4) == 0 ? Optional.empty() : Optional.of(repository(random));
    for (RepositoryName each : universe.repositories()) {
      history.ask(each, blob);
    }
    history.attempt(
        "mount %s from %s to %s"
            .formatted(universe.name(blob), from.map(RepositoryName::value).orElse("anywhere"), to),
        random,
        model -> model.mount(to, blob, from),
        registry -> registry.blobs.mount(to, blob, from));
  }

  private void head(Random random) throws IOException {
    RepositoryName in = repository(random);
    Digest blob = blob(random);
    history.ask(in, blob);
    history.attempt(
        "head of %s in %s".formatted(universe.name(blob), in),
        random,
        model -> model.promise(in, blob),
        registry -> registry.blobs.promise(in, blob));
  }

  /** As a client pushes: most times with what it needs, sometimes without. */
  private void push(Random random) throws IOException {
    RepositoryName to = repository(random);
    Doc doc = doc(random);
    if (random.nextInt(6) != 0) {
      for (Digest blob : doc.blobs()) {
        history.ask(to, blob);
        if (!state().visible(to, blob)) {
          upload(to, blob, random);
        }
      }
    }
    push(to, doc, random);
  }

  /** Another name for something that is there. */
  private void retag(Random random) throws IOException {
    RepositoryName to = repository(random);
    List<Doc> live = state().live(to).toList();
    if (!live.isEmpty()) {
      push(to, Universe.pick(live, random), random);
    }
  }

  private void push(RepositoryName to, Doc doc, Random random) throws IOException {
    Set<Tag> tags = new LinkedHashSet<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      tags.add(tag(random));
    }
    boolean byTag = !tags.isEmpty() && random.nextBoolean();
    Reference target = byTag ? tags.iterator().next() : doc.digest();
    for (Digest blob : doc.blobs()) {
      history.ask(to, blob);
    }
    history.attempt(
        "push %s to %s as %s".formatted(doc.number(), to, tags),
        random,
        model -> model.push(to, doc, tags),
        registry ->
            registry
                .manifests
                .put(to, new Pushed(target, tags, doc.type(), doc.bytes(), Model.ACTOR))
                .digest());
  }

  private void deleteTag(Random random) throws IOException {
    RepositoryName in = repository(random);
    Tag tag = tag(random);
    history.attempt(
        "delete tag %s of %s".formatted(tag, in),
        random,
        model -> model.deleteTag(in, tag),
        registry -> registry.manifests.delete(in, tag, Model.ACTOR, "asked for"));
  }

  private void deleteManifest(Random random) throws IOException {
    RepositoryName in = repository(random);
    Digest digest = manifest(in, random);
    history.attempt(
        "delete %s of %s".formatted(universe.doc(digest).number(), in),
        random,
        model -> model.deleteManifest(in, digest),
        registry -> registry.manifests.delete(in, digest, Model.ACTOR, "asked for"));
  }

  private void deleteBlob(Random random) throws IOException {
    RepositoryName in = repository(random);
    Digest blob = blob(random);
    history.ask(in, blob);
    history.attempt(
        "delete %s of %s".formatted(universe.name(blob), in),
        random,
        model -> {
          model.deleteBlob(in, blob);
          return true;
        },
        registry -> {
          registry.blobs.delete(in, blob);
          return true;
        });
  }

  private void deleteRepository(Random random) throws IOException {
    RepositoryName in = repository(random);
    history.attempt(
        "delete repository %s".formatted(in),
        random,
        model -> model.deleteRepository(in),
        registry -> registry.repositories.delete(in, Model.ACTOR).deletion());
  }

  private long deletion(Random random) {
    List<Long> all = List.copyOf(state().trash.keySet());
    return all.isEmpty() || random.nextInt(15) == 0
        ? state().lastDeletion + 5
        : Universe.pick(all, random);
  }

  private void restore(Random random) throws IOException {
    long deletion = deletion(random);
    boolean rehearsed = random.nextInt(3) == 0;
    history.attempt(
        "restore deletion %d".formatted(deletion),
        random,
        model -> model.restore(deletion),
        registry -> {
          Optional<Model.Restored> before =
              rehearsed
                  ? Optional.of(restored(registry.trash.rehearse(deletion, Model.ACTOR)))
                  : Optional.empty();
          Model.Restored done = restored(registry.trash.restore(deletion, Model.ACTOR));
          if (before.isPresent() && !before.get().equals(done)) {
            throw new Violation("rehearsed %s and did %s".formatted(before.get(), done));
          }
          return done;
        });
  }

  private static Model.Restored restored(Trash.Restored restored) {
    return new Model.Restored(
        new TreeSet<>(restored.manifests()),
        Set.copyOf(restored.tags()),
        Set.copyOf(restored.tagsKept()));
  }

  private void rewind(Random random) throws IOException {
    RepositoryName in = repository(random);
    Tag tag = tag(random);
    List<TagMove> moves = state().place(in).moves.getOrDefault(tag, List.of());
    Instant at =
        moves.isEmpty()
            ? history.clock.instant()
            : Universe.pick(moves, random).at().plusMillis(random.nextInt(3) - 1);
    history.attempt(
        "rewind %s of %s to %s".formatted(tag, in, at),
        random,
        model -> model.rewind(in, tag, at),
        registry -> {
          try {
            return new TreeSet<>(registry.rewind.rewind(in, tag, at, Model.ACTOR).outOfTrash());
          } catch (RegistryException.RepositoryUnknown e) {
            throw new RegistryException.NotRewindable(in, tag, String.valueOf(e.getMessage()));
          }
        });
  }

  private void purge(Random random) throws IOException {
    long deletion = deletion(random);
    history.attempt(
        "purge deletion %d".formatted(deletion),
        random,
        model -> {
          model.purge(deletion);
          return true;
        },
        registry -> {
          registry.trash.purge(deletion);
          return true;
        });
  }

  private void pin(Random random) throws IOException {
    RepositoryName in = repository(random);
    Reference reference = random.nextBoolean() ? tag(random) : manifest(in, random);
    boolean there =
        switch (reference) {
          case Tag tag -> state().place(in).tags.containsKey(tag);
          case Digest digest -> state().place(in).live.contains(digest);
        };
    history.attempt(
        "pin %s of %s".formatted(reference, in),
        random,
        model -> {
          model.pin(in, reference.toString(), there);
          return true;
        },
        registry -> {
          registry.pins.pin(in, reference, Model.ACTOR, "dear to me");
          return true;
        });
  }

  private void unpin(Random random) throws IOException {
    RepositoryName in = repository(random);
    List<String> pins = List.copyOf(state().place(in).pins);
    if (!pins.isEmpty()) {
      unpin(history, in, Universe.pick(pins, random), random);
    }
  }

  static void unpin(History history, RepositoryName in, String reference, Random random)
      throws IOException {
    history.attempt(
        "unpin %s of %s".formatted(reference, in),
        random,
        model -> model.unpin(in, reference),
        registry -> registry.pins.unpin(in, Reference.parse(reference), Model.ACTOR));
  }

  private void report(Random random) throws IOException {
    Set<Named> used = new LinkedHashSet<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      RepositoryName in = repository(random);
      used.add(new Named(in, manifest(in, random)));
    }
    report(history, "host-" + random.nextInt(2), used, random);
  }

  static void report(History history, String reporter, Set<Named> used, Random random)
      throws IOException {
    List<DeployedImage> images = new ArrayList<>();
    for (Named each : used) {
      images.add(
          new DeployedImage(
              Optional.of(each.repository()), each.digest(), DeployedImage.Usage.RUNNING));
    }
    history.attempt(
        "%s reports %d images".formatted(reporter, images.size()),
        random,
        model -> {
          model.report(reporter, used);
          return true;
        },
        registry -> {
          registry.deployed.report(new ReporterName(reporter), images, reporter);
          return true;
        });
  }

  private void time(Random random) throws IOException {
    switch (random.nextInt(8)) {
      case 0, 1, 2 -> history.clock.pass(Duration.ofMinutes(1 + random.nextInt(90)));
      case 3, 4 -> history.clock.pass(Duration.ofHours(1 + random.nextInt(40)));
      case 5 -> history.clock.pass(Duration.ofDays(1 + random.nextInt(3)));
      case 6 -> history.clock.jump(Duration.ofDays(random.nextInt(60)));
      default -> history.clock.jump(Duration.ofMinutes(-random.nextInt(60)));
    }
    history.tell("it is " + history.clock.instant());
    if (random.nextInt(4) == 0) {
      history.round();
    }
  }

  private void powerCut(Random random) throws IOException {
    history.tell("the power goes");
    history.powerCut("nothing", List.of(state()), random);
  }
}
