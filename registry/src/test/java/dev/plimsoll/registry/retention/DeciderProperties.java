package dev.plimsoll.registry.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.foundation.settings.YamlValue;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.repository.Hold;
import dev.plimsoll.registry.retention.Inventory.ManifestLine;
import dev.plimsoll.registry.retention.Inventory.TagLine;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The decisions, beside a model that is too simple to be wrong and too slow to be used. */
class DeciderProperties {
  private static final RepositoryName APP = new RepositoryName("team/app");
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
  private static final Policy POLICY =
      PolicyFile.read(
          YamlValue.parse(
              "test",
              """
              rules:
              - {name: elsewhere, repositories: [other/*], tags: ['*'], keep: {newest: 1}}
              - {name: stable, repositories: [team/app], tags: [stable*], keep: everything}
              - {name: releases, repositories: [team/*], tags: ['*'], except: [n*],
                 keep: {newest: 2, order: version, pulled-within: 20d}}
              - {name: nightly, repositories: ['**'], tags: [n*], keep: {newest: 1, pushed-within: 10d}}
              - {name: untagged, repositories: ['**'], untagged: true,
                 keep: {untagged-within: 5d, pulled-within: 3d}}
              """));

  @Property(tries = 3000)
  void whatStaysIsWhatTheModelKeeps(@ForAll long seed) {
    Inventory inventory = inventory(new Random(seed), 12, 10);

    Decisions decided = Decider.decide(inventory, POLICY, new Ages(NOW, List.of()));

    Set<Object> deleted = new HashSet<>();
    decided.all().stream().filter(Decision::deletes).forEach(d -> deleted.add(d.object()));
    assertThat(decided.all()).hasSize(inventory.tags().size() + inventory.manifests().size());
    assertThat(deleted).isEqualTo(new Naive(inventory).deleted());
  }

  @Property(tries = 500)
  void nothingThatStaysMissesAnythingAndNothingHeldGoes(@ForAll long seed) {
    Inventory inventory = inventory(new Random(seed), 30, 30);

    Set<Object> gone = new HashSet<>();
    Decider.decide(inventory, POLICY, new Ages(NOW, List.of())).all().stream()
        .filter(Decision::deletes)
        .forEach(d -> gone.add(d.object()));

    for (TagLine tag : inventory.tags()) {
      assertThat(gone.contains(tag.digest()) && !gone.contains(tag.tag())).isFalse();
    }
    for (ManifestLine line : inventory.manifests()) {
      if (!gone.contains(line.digest())) {
        assertThat(gone).doesNotContainAnyElementsOf(some(line.children()));
      }
    }
    assertThat(gone).doesNotContainAnyElementsOf(some(inventory.tagHolds().keySet()));
    assertThat(gone).doesNotContainAnyElementsOf(some(inventory.digestHolds().keySet()));
  }

  @Property(tries = 300)
  void theNewestStay(@ForAll @IntRange(min = 1, max = 40) int count, @ForAll long seed) {
    Random random = new Random(seed);
    List<TagLine> tags = new ArrayList<>();
    List<ManifestLine> manifests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Digest digest = digest(i);
      Instant at = NOW.minus(Duration.ofDays(100 + random.nextInt(50)));
      tags.add(new TagLine(new Tag("v1." + i), digest, at, Optional.empty()));
      manifests.add(manifest(digest, at, List.of(), Optional.empty()));
    }

    List<Decision> all =
        Decider.decide(
                new Inventory(APP, tags, manifests, Map.of(), Map.of()),
                POLICY,
                new Ages(NOW, List.of()))
            .all();

    Set<Object> kept = new HashSet<>();
    all.stream()
        .filter(d -> !d.deletes() && d.object() instanceof Tag)
        .forEach(d -> kept.add(d.object()));
    Set<Object> newest = new HashSet<>();
    for (int i = Math.max(0, count - 2); i < count; i++) {
      newest.add(new Tag("v1." + i));
    }
    assertThat(kept).isEqualTo(newest);
  }

  /** With one thing more, for an assertion that takes nothing empty. */
  private static List<Object> some(Collection<?> objects) {
    List<Object> all = new ArrayList<>(objects);
    all.add("nothing");
    return all;
  }

  static Digest digest(int number) {
    return Digest.sha256(("manifest " + number).getBytes(StandardCharsets.UTF_8));
  }

  private static ManifestLine manifest(
      Digest digest, Instant at, List<Digest> children, Optional<Digest> subject) {
    return new ManifestLine(digest, at, Optional.empty(), Optional.empty(), subject, children, 1);
  }

  /** Manifests that name and are about earlier ones, and tags of all kinds. */
  static Inventory inventory(Random random, int manifestsMax, int tagsMax) {
    int count = 1 + random.nextInt(manifestsMax);
    List<ManifestLine> manifests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Digest> children = new ArrayList<>();
      for (int child = 0; child < i; child++) {
        if (random.nextInt(6) == 0) {
          children.add(digest(child));
        }
      }
      Optional<Digest> subject =
          random.nextInt(4) == 0
              ? Optional.of(digest(random.nextInt(i + 2) - 1))
              : Optional.empty();
      subject = subject.filter(s -> !s.equals(digest(manifests.size())));
      manifests.add(
          new ManifestLine(
              digest(i), past(random), maybe(random), maybe(random), subject, children, 1));
    }
    Map<Tag, TagLine> tags = new HashMap<>();
    String[] names = {"n%d", "v1.%d", "stable%d", "1.%d-rc.1", "other%d", "v2.%d"};
    for (int i = random.nextInt(tagsMax); i > 0; i--) {
      Tag tag = new Tag(names[random.nextInt(names.length)].formatted(random.nextInt(4)));
      tags.put(tag, new TagLine(tag, digest(random.nextInt(count)), past(random), maybe(random)));
    }
    if (random.nextInt(3) == 0) {
      Tag sig = new Tag("sha256-%s.sig".formatted(digest(random.nextInt(count + 1)).hex()));
      tags.put(sig, new TagLine(sig, digest(random.nextInt(count)), past(random), maybe(random)));
    }
    Map<Tag, Hold> tagHolds = new HashMap<>();
    Map<Digest, Hold> digestHolds = new HashMap<>();
    tags.keySet().stream()
        .filter(_ -> random.nextInt(10) == 0)
        .forEach(tag -> tagHolds.put(tag, new Hold.Pinned(tag.value(), "a", "")));
    if (random.nextInt(3) == 0) {
      Digest held = digest(random.nextInt(count));
      digestHolds.put(held, new Hold.Deployed(held.toString(), "web-1"));
    }
    return new Inventory(APP, List.copyOf(tags.values()), manifests, tagHolds, digestHolds);
  }

  private static Instant past(Random random) {
    return NOW.minus(Duration.ofHours(random.nextInt(30 * 24)));
  }

  private static Optional<Instant> maybe(Random random) {
    return random.nextBoolean() ? Optional.of(past(random)) : Optional.empty();
  }

  /** Says again what docs/registry/retention.md says, by asking everything of everything. */
  private record Naive(Inventory in) {

    Set<Object> deleted() {
      Set<Object> stay = new HashSet<>();
      for (TagLine tag : in.tags()) {
        if (tagStays(tag)) {
          stay.add(tag.tag());
        }
      }
      boolean grew = true;
      while (grew) { // a manifest stays if something leads to it from what stays
        grew = false;
        for (ManifestLine line : in.manifests()) {
          if (!stay.contains(line.digest()) && manifestStays(line, stay)) {
            grew = stay.add(line.digest());
          }
        }
      }
      Set<Object> gone = new HashSet<>();
      in.tags().forEach(tag -> gone.add(tag.tag()));
      in.manifests().forEach(line -> gone.add(line.digest()));
      gone.removeAll(stay);
      return gone;
    }

    private boolean manifestStays(ManifestLine line, Set<Object> stay) {
      if (held(line.digest()) || inCircle(line.digest())) {
        return true;
      }
      boolean tagged = false;
      for (TagLine tag : in.tags()) {
        tagged |= tag.digest().equals(line.digest());
        if (tag.digest().equals(line.digest()) && stay.contains(tag.tag())) {
          return true;
        }
      }
      boolean above = false;
      for (ManifestLine other : in.manifests()) {
        if (other.children().contains(line.digest())
            || line.subject().equals(Optional.of(other.digest()))) {
          above = true;
          if (stay.contains(other.digest())) {
            return true;
          }
        }
      }
      return !tagged
          && !above
          && (within(5, later(line.untaggedAt(), line.pushedAt()))
              || within(3, later(pulled(line.digest()), line.pushedAt())));
    }

    private boolean tagStays(TagLine tag) {
      String name = tag.tag().value();
      if (in.tagHolds().containsKey(tag.tag()) || held(tag.digest()) || name.startsWith("stable")) {
        return true;
      }
      if (attached(tag)) {
        return true;
      }
      Instant pushed = pushed(tag);
      if (name.startsWith("n")) {
        return within(10, pushed)
            || in.tags().stream()
                .filter(t -> t.tag().value().startsWith("n"))
                .noneMatch(t -> newer(t, tag));
      }
      Optional<Version> version = Version.of(name);
      if (version.isEmpty()) {
        return true;
      }
      long newer =
          in.tags().stream()
              .filter(
                  t -> !t.tag().value().startsWith("n") && !t.tag().value().startsWith("stable"))
              .filter(t -> Version.of(t.tag().value()).isPresent())
              .filter(t -> {
                int order = Version.of(t.tag().value()).orElseThrow().compareTo(version.get());
                return order > 0 || (order == 0 && newer(t, tag));
              })
              .count();
      Optional<Instant> used = pulled(tag.digest());
      if (tag.pulledAt().isPresent()) {
        used = Optional.of(later(used, tag.pulledAt().get()));
      }
      return newer < 2 || within(20, later(used, pushed));
    }

    private boolean attached(TagLine tag) {
      return in.manifests().stream()
          .anyMatch(
              line -> tag.tag().value().equals("sha256-%s.sig".formatted(line.digest().hex())));
    }

    private boolean newer(TagLine a, TagLine b) {
      int order = pushed(a).compareTo(pushed(b));
      return order > 0 || (order == 0 && a.tag().value().compareTo(b.tag().value()) > 0);
    }

    private Instant pushed(TagLine tag) {
      return in.manifests().stream()
          .filter(line -> line.digest().equals(tag.digest()))
          .map(ManifestLine::pushedAt)
          .findFirst()
          .map(at -> later(Optional.of(at), tag.movedAt()))
          .orElse(tag.movedAt());
    }

    private Optional<Instant> pulled(Digest digest) {
      Optional<Instant> last = Optional.empty();
      for (ManifestLine line : in.manifests()) {
        if (line.digest().equals(digest)) {
          last = line.pulledAt();
          for (Digest child : line.children()) {
            Optional<Instant> below = pulled(child);
            if (below.isPresent()) {
              last = Optional.of(later(last, below.get()));
            }
          }
        }
      }
      return last;
    }

    private boolean held(Digest digest) {
      if (in.digestHolds().containsKey(digest)
          || in.tags().stream()
              .anyMatch(t -> t.digest().equals(digest) && in.tagHolds().containsKey(t.tag()))) {
        return true;
      }
      for (ManifestLine other : in.manifests()) {
        if (above(other.digest()).contains(digest) && heldItself(other.digest())) {
          return true;
        }
      }
      return false;
    }

    private boolean heldItself(Digest digest) {
      return in.digestHolds().containsKey(digest)
          || in.tags().stream()
              .anyMatch(t -> t.digest().equals(digest) && in.tagHolds().containsKey(t.tag()));
    }

    /** All that leads to it. */
    private Set<Digest> above(Digest digest) {
      Set<Digest> above = new HashSet<>();
      boolean grew = true;
      while (grew) {
        grew = false;
        for (ManifestLine line : in.manifests()) {
          boolean leads =
              line.children().stream().anyMatch(c -> c.equals(digest) || above.contains(c))
                  || in.manifests().stream()
                      .anyMatch(below ->
                          (below.digest().equals(digest) || above.contains(below.digest()))
                              && below.subject().equals(Optional.of(line.digest())));
          grew |= leads && above.add(line.digest());
        }
      }
      return above;
    }

    private boolean inCircle(Digest digest) {
      Set<Digest> all = above(digest);
      return all.contains(digest) || all.stream().anyMatch(up -> above(up).contains(up));
    }

    private static boolean within(int days, Instant then) {
      return then.plus(Duration.ofDays(days)).isAfter(NOW);
    }

    private static Instant later(Optional<Instant> a, Instant b) {
      return a.filter(at -> at.isAfter(b)).orElse(b);
    }
  }
}
