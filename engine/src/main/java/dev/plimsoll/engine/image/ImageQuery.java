package dev.plimsoll.engine.image;

import dev.plimsoll.engine.filter.Filters;
import dev.plimsoll.oci.ImageName;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * {@code docker images}: which images, and which of their names, in dockerd's sense of its filters.
 */
public final class ImageQuery {
  private static final Set<String> KNOWN =
      Set.of("dangling", "label", "label!", "before", "since", "reference", "until");

  private final ImageStore store;

  public ImageQuery(ImageStore store) {
    this.store = store;
  }

  /** What of the images is wanted. */
  public enum Scope {
    /** Without those that only another image was built from. */
    FINAL,
    ALL
  }

  /** The images that pass, the newest first; with the {@code reference} filter only matching names. */
  public List<Image> list(Filters filters, Scope scope) throws IOException {
    filters.allowOnly(KNOWN);
    boolean dangling = filters.flag("dangling").orElse(false);
    boolean named = filters.flag("dangling").map(d -> !d).orElse(false);
    Optional<Instant> before = createdOf(filters, "before", Comparator.naturalOrder());
    Optional<Instant> since = createdOf(filters, "since", Comparator.reverseOrder());
    Optional<Instant> until = Moments.until(filters, store.clock().instant());
    List<Image> all = store.all();
    Set<ImageId> parents = new HashSet<>();
    all.forEach(image -> image.parent().ifPresent(parents::add));
    List<Image> found = new ArrayList<>();
    for (Image image : all) {
      Instant created = image.created().orElse(Instant.EPOCH);
      if (before.map(limit -> !created.isBefore(limit)).orElse(false)
          || since.map(limit -> !created.isAfter(limit)).orElse(false)
          || until.map(limit -> !created.isBefore(limit)).orElse(false)
          || !filters.matchesLabels(labels(image))) {
        continue;
      }
      Image shown = filters.has("reference") ? matching(image, filters.all("reference")) : image;
      boolean nameless = shown.names().isEmpty() && shown.digests().isEmpty();
      boolean intermediate = nameless && parents.contains(image.id());
      if ((nameless && (named || filters.has("reference")))
          || (intermediate && scope == Scope.FINAL)
          || (dangling && !shown.names().isEmpty())) {
        continue;
      }
      found.add(shown);
    }
    found.sort(
        Comparator.comparing((Image i) -> i.created().orElse(Instant.EPOCH))
            .reversed()
            .thenComparing(Image::id));
    return found;
  }

  /** The size of the layers of an image that other images have too. */
  public long sharedSizeBytes(Image image) throws IOException {
    return store
        .database()
        .read(handle ->
            handle
                .createQuery(
                    "SELECT coalesce(sum(size_bytes), 0) FROM layer l WHERE EXISTS (SELECT 1"
                        + " FROM image_layer i WHERE i.layer = l.id AND i.image = ?) AND EXISTS"
                        + " (SELECT 1 FROM image_layer i JOIN image m ON m.id = i.image WHERE"
                        + " i.layer = l.id AND i.image <> ? AND m.removed_at IS NULL)")
                .bind(0, image.id().toString())
                .bind(1, image.id().toString())
                .mapTo(Long.class)
                .one());
  }

  /** What all unpacked layers occupy, each once. */
  public long layersSizeBytes() throws IOException {
    return store
        .database()
        .read(handle ->
            handle
                .createQuery("SELECT coalesce(sum(size_bytes), 0) FROM layer")
                .mapTo(Long.class)
                .one());
  }

  private Optional<Instant> createdOf(Filters filters, String name, Comparator<Instant> order)
      throws IOException {
    List<Instant> times = new ArrayList<>();
    for (String image : filters.all(name)) {
      times.add(store.find(image).created().orElse(Instant.EPOCH));
    }
    return times.stream().min(order);
  }

  static Map<String, String> labels(Image image) {
    var config = image.config().config();
    return config == null || config.labels() == null ? Map.of() : config.labels();
  }

  private static Image matching(Image image, List<String> patterns) {
    return image.withNames(
        image.names().stream().filter(name -> matches(name, patterns)).toList(),
        image.digests().stream().filter(name -> matches(name, patterns)).toList());
  }

  /** A pattern is matched against the name as Docker shows it, with its tag and without. */
  static boolean matches(ImageName name, List<String> patterns) {
    return patterns.stream()
        .map(ImageQuery::glob)
        .anyMatch(glob ->
            glob.matcher(name.familiar()).matches()
                || glob.matcher(name.familiarRepository()).matches());
  }

  /** Go's {@code path.Match}: a star stops at a slash. */
  private static Pattern glob(String pattern) {
    var regex = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      int close = c == '[' ? pattern.indexOf(']', i + 2) : -1;
      if (close > 0) {
        String set = pattern.substring(i + 1, close).replace("\\", "\\\\").replace("[", "\\[");
        regex.append('[').append(set).append(']');
        i = close;
      } else {
        regex.append(
            switch (c) {
              case '*' -> "[^/]*";
              case '?' -> "[^/]";
              default -> Pattern.quote(String.valueOf(c));
            });
      }
    }
    return Pattern.compile(regex.toString());
  }
}
