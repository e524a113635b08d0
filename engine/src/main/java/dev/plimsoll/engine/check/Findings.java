package dev.plimsoll.engine.check;

import dev.plimsoll.engine.check.Finding.Kind;
import dev.plimsoll.engine.check.Finding.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What was looked at and what was found, while it is being found. For one thread. */
public final class Findings {
  private final Map<Kind, Integer> looked = new EnumMap<>(Kind.class);
  private final List<Finding> found = new ArrayList<>();

  public void looked(Kind kind) {
    looked.merge(kind, 1, Integer::sum);
  }

  public void add(Kind kind, String id, String what, Outcome outcome) {
    found.add(new Finding(kind, id, what, outcome));
  }

  /** How many of each kind were looked at, by its name in small letters. */
  public Map<String, Integer> looked() {
    Map<String, Integer> counts = new TreeMap<>();
    looked.forEach((kind, count) -> counts.put(small(kind), count));
    return counts;
  }

  /** Has each subject look through what it keeps, in order. */
  public static Findings of(List<? extends Inspection> inspections, Inspection.Mode mode)
      throws IOException, InterruptedException {
    var findings = new Findings();
    for (Inspection each : inspections) {
      each.look(mode, findings);
    }
    return findings;
  }

  /** As a program reads it: {@code looked} and {@code findings}. */
  public Map<String, Object> report() {
    return Map.of(
        "looked",
        looked(),
        "findings",
        found.stream()
            .map(each ->
                Map.of(
                    "kind", small(each.kind()),
                    "id", each.id(),
                    "what", each.what(),
                    "outcome", small(each.outcome()),
                    "bad", each.outcome().bad()))
            .toList());
  }

  private static String small(Enum<?> name) {
    return name.name().toLowerCase(Locale.ROOT);
  }

  public List<Finding> found() {
    return List.copyOf(found);
  }
}
