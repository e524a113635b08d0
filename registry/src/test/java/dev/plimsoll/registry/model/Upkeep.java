package dev.plimsoll.registry.model;

import dev.plimsoll.foundation.settings.YamlValue;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.gc.Collector.Mode;
import dev.plimsoll.registry.gc.Collector.Phase;
import dev.plimsoll.registry.gc.GcReport;
import dev.plimsoll.registry.retention.Decision;
import dev.plimsoll.registry.retention.Policy;
import dev.plimsoll.registry.retention.PolicyFile;
import dev.plimsoll.registry.retention.Retention;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the registry does to itself: collects, and retains. */
final class Upkeep {
  private static final List<Policy> POLICIES =
      Stream.of(
              """
              rules:
              - name: newest
                repositories: ['app', 'app/*']
                tags: ['*']
                keep: {newest: 2}
              """,
              """
              rules:
              - name: young
                repositories: ['**']
                tags: ['*']
                keep: {pushed-within: 2d}
              """)
          .map(text -> PolicyFile.read(YamlValue.parse("policy", text)))
          .toList();

  private final History history;

  Upkeep(History history) {
    this.history = history;
  }

  void collect(Random random) throws IOException {
    Mode mode = random.nextInt(5) == 0 ? Mode.NOW : Mode.WHEN_DUE;
    EnumSet<Phase> phases = EnumSet.allOf(Phase.class);
    if (random.nextInt(4) == 0) {
      phases.removeIf(phase -> random.nextBoolean());
    }
    List<State> reached = new ArrayList<>(List.of(history.state));
    State looked = history.state.copy();
    new Model(looked, history.clock).look();
    reached.add(looked);
    reached.addAll(Model.collect(looked, history.clock, mode, phases));
    boolean rehearsed = random.nextInt(3) == 0 && phases.size() == Phase.values().length;
    history.attempt(
        "collect %s %s".formatted(mode, phases),
        random,
        reached,
        true,
        null,
        registry -> {
          registry.deadlines.look();
          if (rehearsed) {
            rehearsed(registry, mode);
          } else if (!phases.isEmpty()) {
            registry.collector.run(mode, phases);
          }
          return true;
        });
  }

  /** What a dry run says, a run does; what it says it freed was there before; then all is done. */
  private void rehearsed(Installation registry, Mode mode) throws IOException {
    GcReport said = registry.collector.dryRun(mode);
    long before = storedBytes();
    GcReport did = registry.collector.run(mode);
    same(said, did);
    if (did.failed() == 0 && before - storedBytes() != did.freedBytes()) {
      throw new Violation("freed %d bytes, said %s".formatted(before - storedBytes(), did));
    }
    GcReport again = registry.collector.run(mode);
    if (again.purged() + again.unlinked() + again.deleted().size() > 0) {
      throw new Violation("a second run found more: " + again);
    }
  }

  private static void same(GcReport said, GcReport did) {
    boolean same =
        said.purged() == did.purged()
            && said.unlinked() == did.unlinked()
            && said.condemned() == did.condemned()
            && said.freedBytes() == did.freedBytes()
            && new TreeSet<>(said.deleted()).equals(new TreeSet<>(did.deleted()));
    if (!same && did.failed() == 0) {
      throw new Violation("a dry run said %s, and the run did %s".formatted(said, did));
    }
  }

  private long storedBytes() throws IOException {
    return history
        .power()
        .read(h ->
            h.createQuery("SELECT coalesce(sum(size_bytes), 0) FROM blobs")
                .mapTo(Long.class)
                .one());
  }

  /** What a dry run lists, the run does, and nothing that is held goes. */
  void retain(Random random) throws IOException {
    Policy policy = Universe.pick(POLICIES, random);
    Retention retention = history.registry.retention;
    new Model(history.state, history.clock).look();
    List<Decision> said = new ArrayList<>();
    retention.run(policy, Retention.Mode.DRY, Optional.empty(), said::add);
    List<Decision> did = new ArrayList<>();
    retention.run(policy, Retention.Mode.REAL, Optional.empty(), did::add);
    said.removeIf(
        decision -> // a run does not talk of repositories that no rule is about
        did.stream().noneMatch(other -> other.repository().equals(decision.repository())));
    if (!decided(said).equals(decided(did))) {
      throw new Violation("retention said %s and did %s".formatted(decided(said), decided(did)));
    }
    for (Decision decision : did) {
      if (decision.deletes() && held(decision)) {
        throw new Violation("retention deleted what is held: " + decision);
      }
    }
    Map<Long, Model.Found> found = deletionsAfter(history.state.lastDeletion);
    check(did, found);
    new Model(history.state, history.clock).retained(found);
    history.tell("retain: %d deletions".formatted(found.size()));
  }

  private boolean held(Decision decision) {
    return switch (decision.object()) {
      case Tag tag -> history.state.place(decision.repository()).pins.contains(tag.value());
      case Digest digest -> history.state.held(decision.repository(), digest);
    };
  }

  private static Set<String> decided(List<Decision> decisions) {
    return decisions.stream()
        .map(decision ->
            "%s %s %s %s"
                .formatted(
                    decision.repository(),
                    decision.object(),
                    decision.verdict(),
                    decision.reason()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The trash has what was decided, and nothing else. */
  private static void check(List<Decision> did, Map<Long, Model.Found> found) {
    Set<String> decided =
        did.stream()
            .filter(Decision::deletes)
            .map(decision -> decision.repository() + " " + decision.object())
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> gone = new TreeSet<>();
    for (Model.Found each : found.values()) {
      each.manifests().forEach(digest -> gone.add(each.repository() + " " + digest));
      each.tags().keySet().forEach(tag -> gone.add(each.repository() + " " + tag));
    }
    if (!decided.equals(gone)) {
      throw new Violation("retention decided on %s, and the trash has %s".formatted(decided, gone));
    }
  }

  private Map<Long, Model.Found> deletionsAfter(long last) throws IOException {
    Map<Long, Model.Found> found = new TreeMap<>();
    history
        .power()
        .<Boolean>read(h -> {
          h.createQuery(
                  """
                  SELECT d.id, r.name, d.reference, d.reason FROM deletions d
                  JOIN repositories r ON r.id = d.repository_id WHERE d.id > :last
                  """)
              .bind("last", last)
              .map((rs, ctx) ->
                  Map.entry(
                      rs.getLong("id"),
                      new Model.Found(
                          new RepositoryName(rs.getString("name")),
                          rs.getString("reference"),
                          rs.getString("reason"),
                          new TreeSet<>(),
                          new java.util.LinkedHashMap<>())))
              .forEach(entry -> found.put(entry.getKey(), entry.getValue()));
          for (Map.Entry<Long, Model.Found> each : found.entrySet()) {
            h.createQuery("SELECT digest FROM manifests WHERE deletion_id = :id")
                .bind("id", each.getKey())
                .mapTo(String.class)
                .forEach(digest -> each.getValue().manifests().add(Digest.parse(digest)));
            h.createQuery("SELECT name, digest FROM deleted_tags WHERE deletion_id = :id")
                .bind("id", each.getKey())
                .map((rs, ctx) ->
                    Map.entry(new Tag(rs.getString("name")), Digest.parse(rs.getString("digest"))))
                .forEach(tag -> each.getValue().tags().put(tag.getKey(), tag.getValue()));
          }
          return true;
        });
    return found;
  }
}
