package dev.plimsoll.registry.retention;

import dev.plimsoll.foundation.Durations;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.retention.Inventory.ManifestLine;
import dev.plimsoll.registry.retention.Inventory.TagLine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether what a rule keeps is true of a tag or manifest. */
final class RuleReading {
  private final ImageGraph graph;
  private final Ages ages;

  RuleReading(ImageGraph graph, Ages ages) {
    this.graph = graph;
    this.ages = ages;
  }

  /** The place of each tag, 1 for the newest; empty if the rule keeps none for its place. */
  Map<Tag, Integer> ranks(Rule rule, List<TagLine> lines) {
    if (!(rule.keep() instanceof Keep.These these) || these.newest().isEmpty()) {
      return Map.of();
    }
    record Aged(TagLine line, Optional<Version> version, Instant pushedAt) {}
    Comparator<Aged> older =
        Comparator.comparing(Aged::pushedAt).thenComparing(aged -> aged.line().tag().value());
    Comparator<Aged> order =
        rule.byVersion()
            ? Comparator.comparing((Aged aged) -> aged.version().orElseThrow()).thenComparing(older)
            : older;
    List<Aged> sorted = new ArrayList<>();
    for (TagLine line : lines) {
      sorted.add(new Aged(line, Version.of(line.tag().value()), pushedAt(line)));
    }
    sorted.sort(order.reversed());
    Map<Tag, Integer> ranks = new HashMap<>();
    sorted.forEach(aged -> ranks.put(aged.line().tag(), ranks.size() + 1));
    return ranks;
  }

  /** Why the rule keeps a tag; empty if it does not. */
  Optional<String> keeps(Rule rule, TagLine line, int rank) {
    return switch (rule.keep()) {
      case Keep.Everything _ -> Optional.of("it keeps everything");
      case Keep.These these -> {
        if (rank > 0 && rank <= these.newest().orElse(0)) {
          yield Optional.of(
              "number %d of the newest %d".formatted(rank, these.newest().getAsInt()));
        }
        Instant pushed = pushedAt(line);
        yield within("pushed", these.pushedWithin(), pushed)
            .or(() -> within("pulled", these.pulledWithin(), lastUse(pulledAt(line), pushed)));
      }
    };
  }

  /** Why the rule keeps an untagged manifest; empty if it does not. */
  Optional<String> keeps(Rule rule, ManifestLine line) {
    return switch (rule.keep()) {
      case Keep.Everything _ -> Optional.of("it keeps everything");
      case Keep.These these ->
          within("untagged", these.untaggedWithin(), lastUse(line.untaggedAt(), line.pushedAt()))
              .or(() -> within("pushed", these.pushedWithin(), line.pushedAt()))
              .or(() ->
                  within(
                      "pulled",
                      these.pulledWithin(),
                      lastUse(graph.pulledAt(line.digest()), line.pushedAt())));
    };
  }

  /** How old a tag is, for who wonders why it goes. */
  String age(TagLine line) {
    return age(pushedAt(line), pulledAt(line));
  }

  String age(ManifestLine line) {
    return "untagged, " + age(line.pushedAt(), graph.pulledAt(line.digest()));
  }

  private String age(Instant pushed, Optional<Instant> pulled) {
    return "pushed %s ago, %s"
        .formatted(
            round(ages.since(pushed)),
            pulled
                .map(at -> "pulled %s ago".formatted(round(ages.since(at))))
                .orElse("never pulled"));
  }

  /** What was never pulled counts from its push. */
  private static Instant lastUse(Optional<Instant> pulled, Instant pushed) {
    return pulled.filter(at -> at.isAfter(pushed)).orElse(pushed);
  }

  private Optional<Instant> pulledAt(TagLine line) {
    Optional<Instant> image = graph.pulledAt(line.digest());
    return line.pulledAt().filter(at -> image.isEmpty() || at.isAfter(image.get())).or(() -> image);
  }

  private Instant pushedAt(TagLine line) {
    ManifestLine manifest = graph.manifest(line.digest());
    return manifest != null && manifest.pushedAt().isAfter(line.movedAt())
        ? manifest.pushedAt()
        : line.movedAt();
  }

  private Optional<String> within(String what, Optional<Duration> limit, Instant then) {
    return limit
        .filter(duration -> ages.within(duration, then))
        .map(duration ->
            "%s %s ago, within %s"
                .formatted(what, round(ages.since(then)), Durations.format(duration)));
  }

  /** To the largest unit that says something. */
  private static String round(Duration age) {
    Duration whole = age.isNegative() ? Duration.ZERO : age;
    long days = whole.toDays();
    long hours = whole.toHours();
    long minutes = whole.toMinutes();
    return days > 0
        ? days + "d"
        : hours > 0 ? hours + "h" : minutes > 0 ? minutes + "m" : whole.toSeconds() + "s";
  }
}
