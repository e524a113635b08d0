package dev.plimsoll.engine.api;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a route's path looks like: {@code /containers/{id}/json}, or {@code /images/{name...}/json}
 * where the name spans slashes.
 *
 * <p>Paths are matched as they came and decoded afterwards, segment by segment, so that a {@code
 * %2F} inside a name is part of the name and not a separator.
 */
record PathPattern(List<Segment> segments) {
  private sealed interface Segment {
    record Literal(String text) implements Segment {}

    record One(String name) implements Segment {}

    /** One segment or more. A pattern has at most one of these. */
    record Many(String name) implements Segment {}
  }

  static PathPattern parse(String pattern) {
    List<Segment> segments = new ArrayList<>();
    for (String part : split(pattern)) {
      if (!part.startsWith("{")) {
        segments.add(new Segment.Literal(part));
      } else if (part.endsWith("...}")) {
        segments.add(new Segment.Many(part.substring(1, part.length() - 4)));
      } else {
        segments.add(new Segment.One(part.substring(1, part.length() - 1)));
      }
    }
    if (segments.stream().filter(Segment.Many.class::isInstance).count() > 1) {
      throw new IllegalArgumentException("two names span slashes in " + pattern);
    }
    return new PathPattern(List.copyOf(segments));
  }

  static List<String> split(String path) {
    return List.of(path.substring(1).split("/", -1));
  }

  /** The decoded names if the path looks like this, empty if it does not. */
  Optional<Map<String, String>> match(List<String> path) {
    int spare = path.size() - segments.size(); // how many extra segments a Many has to take
    Map<String, String> names = new LinkedHashMap<>();
    int at = 0;
    for (Segment segment : segments) {
      if (at >= path.size()) {
        return Optional.empty();
      }
      switch (segment) {
        case Segment.Literal(String text) -> {
          if (!text.equals(path.get(at))) {
            return Optional.empty();
          }
          at++;
        }
        case Segment.One(String name) -> {
          if (path.get(at).isEmpty()) {
            return Optional.empty();
          }
          names.put(name, decode(path.get(at)));
          at++;
        }
        case Segment.Many(String name) -> {
          if (spare < 0 || path.get(at).isEmpty()) {
            return Optional.empty();
          }
          int end = at + spare + 1;
          names.put(name, decode(String.join("/", path.subList(at, end))));
          at = end;
        }
      }
    }
    return at == path.size() ? Optional.of(names) : Optional.empty();
  }

  /** Throws {@link IllegalArgumentException} if a percent sign is not followed by two digits. */
  private static String decode(String text) {
    // URLDecoder reads forms, where a plus is a space; in a path it is a plus.
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
