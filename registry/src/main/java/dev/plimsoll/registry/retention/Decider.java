package dev.plimsoll.registry.retention;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.repository.Hold;
import dev.plimsoll.registry.repository.Removal;
import dev.plimsoll.registry.retention.Decision.Reason;
import dev.plimsoll.registry.retention.Decision.Verdict;
import dev.plimsoll.registry.retention.Inventory.ManifestLine;
import dev.plimsoll.registry.retention.Inventory.TagLine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides what becomes of each tag and manifest of a repository. A pure function: it reads no clock
 * and no database, and changes nothing.
 *
 * <p>Tags are decided by the first rule that is about them. A manifest stays while a tag of it, an
 * index that names it or a subject that it is about stays; it goes with its last tag, with its last
 * index or with its subject; and what nothing leads to is decided by the rules about the untagged.
 */
public final class Decider {
  /** Where signatures are kept whose tool knows no referrers: a tag named after the digest. */
  private static final Pattern NAMED_AFTER =
      Pattern.compile("(sha256|sha512)-([0-9a-f]{64,128})(?:\\..*)?");

  private final Inventory inventory;
  private final List<Rule> rules;
  private final ImageGraph graph;
  private final RuleReading reading;
  private final Map<Tag, Decision> tags = new LinkedHashMap<>();
  private final Map<Digest, Decision> manifests = new LinkedHashMap<>();
  private final Map<Digest, String> ruleOf = new HashMap<>();
  private final Map<Digest, Instant> followers = new HashMap<>();

  private Decider(Inventory inventory, Policy policy, Ages ages) {
    this.inventory = inventory;
    this.rules = policy.about(inventory.repository());
    this.graph = new ImageGraph(inventory);
    this.reading = new RuleReading(graph, ages);
  }

  /** Decides on all of a repository. */
  public static Decisions decide(Inventory inventory, Policy policy, Ages ages) {
    return new Decider(inventory, policy, ages).decide();
  }

  private Decisions decide() {
    decideTags();
    graph.circles().forEach(line -> decide(line, Verdict.KEEP, new Reason.InCircle()));
    graph.order().forEach(this::decideManifest);
    List<Decision> all = new ArrayList<>(tags.values());
    all.addAll(manifests.values());
    return new Decisions(all, removals());
  }

  private void decideTags() {
    Map<Rule, List<TagLine>> about = new LinkedHashMap<>();
    for (TagLine line : inventory.tags()) {
      Optional<Digest> namedAfter = namedAfter(line.tag());
      if (namedAfter.isPresent()) {
        decide(
            line,
            Verdict.KEEP,
            hold(line).<Reason>map(Reason.Held::new).orElse(new Reason.About(namedAfter.get())));
        continue;
      }
      ruleFor(line.tag())
          .ifPresentOrElse(
              rule -> about.computeIfAbsent(rule, _ -> new ArrayList<>()).add(line),
              () ->
                  decide(
                      line,
                      Verdict.KEEP,
                      hold(line).<Reason>map(Reason.Held::new).orElseGet(Reason.NoRule::new)));
    }
    about.forEach((rule, lines) -> decide(rule, lines));
  }

  /** The held ones count among the newest too. */
  private void decide(Rule rule, List<TagLine> lines) {
    Map<Tag, Integer> ranks = reading.ranks(rule, lines);
    for (TagLine line : lines) {
      Optional<Hold> hold = hold(line);
      if (hold.isPresent()) {
        decide(line, Verdict.KEEP, new Reason.Held(hold.get()));
        continue;
      }
      Optional<String> kept = reading.keeps(rule, line, ranks.getOrDefault(line.tag(), 0));
      decide(
          line,
          kept.isPresent() ? Verdict.KEEP : Verdict.DELETE,
          new Reason.ByRule(rule.name(), kept.orElseGet(() -> reading.age(line))));
      if (kept.isEmpty()) {
        ruleOf.put(line.digest(), rule.name());
      }
    }
  }

  private void decide(TagLine line, Verdict verdict, Reason reason) {
    tags.put(
        line.tag(),
        new Decision(
            inventory.repository(),
            line.tag(),
            verdict,
            reason,
            graph.sizeBytes(line.digest()),
            0));
  }

  private Optional<Hold> hold(TagLine line) {
    return Optional.ofNullable(inventory.tagHolds().get(line.tag()))
        .or(() -> graph.hold(line.digest()));
  }

  private Optional<Rule> ruleFor(Tag tag) {
    return rules.stream().filter(rule -> rule.isAboutTag(tag.value())).findFirst();
  }

  /** The manifest of this repository that a tag is named after, as cosign's are. */
  private Optional<Digest> namedAfter(Tag tag) {
    Matcher name = NAMED_AFTER.matcher(tag.value());
    if (!name.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Digest.parse(name.group(1) + ":" + name.group(2)))
          .filter(digest -> graph.manifest(digest) != null);
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // it only looks like one
    }
  }

  private void decideManifest(ManifestLine line) {
    Optional<Reason> stays = whyItStays(line);
    if (stays.isPresent()) {
      decide(line, Verdict.KEEP, stays.get());
      return;
    }
    List<TagLine> tagged = graph.tags(line.digest());
    if (!tagged.isEmpty()) {
      goes(line, ruleOf.get(line.digest()), "goes with tag " + tagged.getLast().tag());
      return;
    }
    Optional<Digest> above =
        graph.parents(line.digest()).stream().findFirst().or(() -> graph.subject(line));
    if (above.isPresent()) {
      followers.put(line.digest(), line.pushedAt());
      goes(line, ruleOf.get(above.get()), "goes with " + above.get());
      return;
    }
    Optional<Rule> rule = rules.stream().filter(Rule::isAboutUntagged).findFirst();
    Optional<String> kept = rule.flatMap(r -> reading.keeps(r, line));
    if (rule.isEmpty()) {
      decide(line, Verdict.KEEP, new Reason.NoRule());
    } else if (kept.isPresent()) {
      decide(line, Verdict.KEEP, new Reason.ByRule(rule.get().name(), kept.get()));
    } else {
      goes(line, rule.get().name(), reading.age(line));
    }
  }

  private Optional<Reason> whyItStays(ManifestLine line) {
    Digest digest = line.digest();
    return graph
        .hold(digest)
        .<Reason>map(Reason.Held::new)
        .or(() ->
            graph.tags(digest).stream()
                .map(TagLine::tag)
                .filter(tag -> !deletes(tags.get(tag)))
                .<Reason>map(Reason.TaggedAs::new)
                .findFirst())
        .or(() ->
            graph.parents(digest).stream()
                .filter(parent -> !deletes(manifests.get(parent)))
                .<Reason>map(Reason.PartOf::new)
                .findFirst())
        .or(() ->
            graph
                .subject(line)
                .filter(subject -> !deletes(manifests.get(subject)))
                .map(Reason.About::new));
  }

  private static boolean deletes(@Nullable Decision decision) {
    return decision != null && decision.deletes();
  }

  private void goes(ManifestLine line, @Nullable String rule, String why) {
    String name = rule == null ? "" : rule;
    ruleOf.put(line.digest(), name);
    decide(line, Verdict.DELETE, new Reason.ByRule(name, why));
  }

  private void decide(ManifestLine line, Verdict verdict, Reason reason) {
    manifests.put(
        line.digest(),
        new Decision(
            inventory.repository(),
            line.digest(),
            verdict,
            reason,
            graph.sizeBytes(line.digest()),
            0));
  }

  private List<Removal> removals() {
    List<Removal> removals = new ArrayList<>();
    for (TagLine line : inventory.tags()) {
      if (deletes(tags.get(line.tag())) && !deletes(manifests.get(line.digest()))) {
        removals.add(
            new Removal.OfTag(
                inventory.repository(),
                line.tag(),
                line.digest(),
                line.movedAt(),
                reason(tags.get(line.tag()))));
      }
    }
    for (ManifestLine line : graph.order()) {
      if (deletes(manifests.get(line.digest())) && !followers.containsKey(line.digest())) {
        Map<Tag, Instant> moved = new LinkedHashMap<>();
        graph.tags(line.digest()).forEach(tag -> moved.put(tag.tag(), tag.movedAt()));
        removals.add(
            new Removal.OfImage(
                inventory.repository(),
                line.digest(),
                moved,
                line.pushedAt(),
                followers,
                reason(manifests.get(line.digest()))));
      }
    }
    return removals;
  }

  private static String reason(@Nullable Decision decision) {
    return decision != null && decision.reason() instanceof Reason.ByRule(String rule, String _)
        ? "rule " + rule
        : "";
  }
}
