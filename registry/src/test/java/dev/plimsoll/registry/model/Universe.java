package dev.plimsoll.registry.model;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** All that can be in the registry of one history: few things, so that they meet often. */
record Universe(
    List<RepositoryName> repositories,
    List<Tag> tags,
    Map<Digest, byte[]> blobs,
    Map<Digest, Doc> docs) {

  /** Blobs up to this size live in their rows. */
  static final int SMALL_BYTES_MAX = 64;

  private static final int BLOBS = 14;
  private static final int IMAGES = 26;
  private static final int INDEXES = 7;

  /**
   * A manifest that can be pushed.
   *
   * @param number what it is called in the story of a history
   * @param blobs that it names; none for an index
   * @param children that it names; none for an image
   */
  record Doc(
      String number,
      Digest digest,
      String type,
      byte[] bytes,
      Set<Digest> blobs,
      Set<Digest> children,
      Optional<Digest> subject) {

    Set<Digest> named() {
      return blobs.isEmpty() ? children : blobs;
    }
  }

  static Universe of(Random random) {
    Map<Digest, byte[]> blobs = new LinkedHashMap<>();
    for (int i = 0; i < BLOBS; i++) {
      byte[] bytes =
          "blob %d;".formatted(i).repeat(1 + random.nextInt(40)).getBytes(StandardCharsets.UTF_8);
      blobs.put(Digest.sha256(bytes), bytes);
    }
    Universe universe =
        new Universe(
            List.of(
                new RepositoryName("app"),
                new RepositoryName("app/web"),
                new RepositoryName("library")),
            IntStream.range(0, 5).mapToObj(i -> new Tag("t" + i)).toList(),
            blobs,
            new LinkedHashMap<>());
    for (int i = 0; i < IMAGES; i++) {
      universe.add(universe.image(i, random));
    }
    for (int i = 0; i < INDEXES; i++) {
      universe.add(universe.index(i, random));
    }
    return universe;
  }

  private void add(Doc doc) {
    docs.putIfAbsent(doc.digest(), doc);
  }

  private Doc image(int number, Random random) {
    List<Digest> known = List.copyOf(blobs.keySet());
    Set<Digest> layers = new LinkedHashSet<>();
    for (int i = 1 + random.nextInt(3); i >= 0; i--) {
      layers.add(known.get(random.nextInt(known.size())));
    }
    Optional<Digest> subject =
        number > 3 && random.nextInt(3) == 0
            ? Optional.of(pick(List.copyOf(docs.keySet()), random))
            : Optional.empty();
    String all =
        layers.stream().map(d -> blob(MediaTypes.OCI_LAYER, d)).collect(Collectors.joining(","));
    byte[] bytes =
        """
        {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]%s,"annotations":{"n":"%d"}}\
        """
            .formatted(
                MediaTypes.OCI_MANIFEST,
                blob(MediaTypes.OCI_CONFIG, layers.iterator().next()),
                all,
                subject.map(d -> ",\"subject\":" + manifest(d)).orElse(""),
                number)
            .getBytes(StandardCharsets.UTF_8);
    return new Doc(
        "image" + number,
        Digest.sha256(bytes),
        MediaTypes.OCI_MANIFEST,
        bytes,
        layers,
        Set.of(),
        subject);
  }

  private Doc index(int number, Random random) {
    Set<Digest> children = new LinkedHashSet<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      children.add(pick(List.copyOf(docs.keySet()), random));
    }
    byte[] bytes =
        """
        {"schemaVersion":2,"mediaType":"%s","manifests":[%s],"annotations":{"n":"%d"}}\
        """
            .formatted(
                MediaTypes.OCI_INDEX,
                children.stream().map(this::manifest).collect(Collectors.joining(",")),
                number)
            .getBytes(StandardCharsets.UTF_8);
    return new Doc(
        "index" + number,
        Digest.sha256(bytes),
        MediaTypes.OCI_INDEX,
        bytes,
        Set.of(),
        children,
        Optional.empty());
  }

  private String blob(String type, Digest digest) {
    return descriptor(type, digest, bytes(digest).length);
  }

  private String manifest(Digest digest) {
    Doc doc = doc(digest);
    return descriptor(doc.type(), digest, doc.bytes().length);
  }

  private static String descriptor(String type, Digest digest, int sizeBytes) {
    return """
    {"mediaType":"%s","digest":"%s","size":%d}\
    """
        .formatted(type, digest, sizeBytes);
  }

  byte[] bytes(Digest blob) {
    byte[] bytes = blobs.get(blob);
    if (bytes == null) {
      throw new IllegalArgumentException("no blob of this universe: " + blob);
    }
    return bytes;
  }

  Doc doc(Digest digest) {
    Doc doc = docs.get(digest);
    if (doc == null) {
      throw new IllegalArgumentException("no manifest of this universe: " + digest);
    }
    return doc;
  }

  /** What there are manifests about. */
  Set<Digest> subjects() {
    return docs.values().stream()
        .flatMap(doc -> doc.subject().stream())
        .collect(Collectors.toSet());
  }

  /** What a blob is called in the story of a history. */
  String name(Digest blob) {
    return "blob" + List.copyOf(blobs.keySet()).indexOf(blob);
  }

  static <T> T pick(List<T> from, Random random) {
    return from.get(random.nextInt(from.size()));
  }
}
