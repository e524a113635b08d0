package dev.plimsoll.registry.model;

import dev.plimsoll.content.ContentStore;
import dev.plimsoll.content.Stored;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.model.State.Deleted;
import dev.plimsoll.registry.model.State.Named;
import dev.plimsoll.registry.model.State.Place;
import dev.plimsoll.registry.model.Universe.Doc;
import dev.plimsoll.registry.repository.Deletion;
import dev.plimsoll.registry.repository.OpenBlob;
import dev.plimsoll.registry.repository.RegistryException;
import dev.plimsoll.registry.repository.RegistryException.BlobUnknown;
import dev.plimsoll.registry.repository.RegistryException.ManifestUnknown;
import dev.plimsoll.registry.repository.StoredManifest;
import dev.plimsoll.registry.repository.TagMove;
import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Asks a registry for everything that clients can see and much that they cannot, and compares it with
 * what the model says. What the model leaves open is decided by what is seen.
 */
final class Comparison {
  private static final int ALL = 10_000;

  private final Installation registry;
  private final Transactions transactions;
  private final State state;

  Comparison(Installation registry, Transactions transactions, State state) {
    this.registry = registry;
    this.transactions = transactions;
    this.state = state;
  }

  private static void same(String what, @Nullable Object is, @Nullable Object expected) {
    if (!Objects.equals(is, expected)) {
      throw new Violation("%s: %s where %s was expected".formatted(what, is, expected));
    }
  }

  /** Everything, but for what nobody has heard of, or has been purged. */
  void whole() throws IOException {
    same("manifests' rows", manifestRows(), expectedRows());
    for (RepositoryName repository : state.places.keySet()) {
      tags(repository);
      for (Doc known : state.known(repository).toList()) {
        manifest(repository, known.digest());
      }
      for (Digest digest : state.universe.subjects()) {
        referrers(repository, digest);
      }
      for (Digest linked : List.copyOf(state.place(repository).links.keySet())) {
        blob(repository, linked);
      }
    }
    trash();
    catalog();
    holds();
    same("usage", usage(), expectedUsage());
    bytesBehindRows();
  }

  /** The same with all that may have come, to be told from what has not. */
  void wholeAfterPowerCut() throws IOException {
    whole();
    for (RepositoryName repository : state.places.keySet()) {
      for (Digest digest : state.universe.blobs().keySet()) {
        blob(repository, digest);
      }
    }
  }

  private static List<String> query(Transactions transactions, String sql) throws IOException {
    return transactions.read(h -> h.createQuery(sql).mapTo(String.class).list());
  }

  private Set<String> manifestRows() throws IOException {
    return new TreeSet<>(
        query(
            transactions,
            """
            SELECT r.name || ' ' || m.digest || ' ' || coalesce(m.deletion_id, 0) || ' '
              || m.pushed_at
            FROM manifests m JOIN repositories r ON r.id = m.repository_id
            """));
  }

  private Set<String> expectedRows() {
    Set<String> rows = new TreeSet<>();
    state.places.forEach(
        (name, place) -> place.live.forEach(digest -> rows.add(row(name, digest, 0))));
    state.trash.forEach((id, deleted) ->
        deleted.manifests.forEach(digest -> rows.add(row(deleted.repository, digest, id))));
    return rows;
  }

  private String row(RepositoryName repository, Digest digest, long deletion) {
    return "%s %s %d %d"
        .formatted(repository, digest, deletion, state.pushes.get(new Named(repository, digest)));
  }

  /** A manifest by its digest: its very bytes, or that it is not there. */
  void manifest(RepositoryName repository, Digest digest) throws IOException {
    boolean expected = state.place(repository).live.contains(digest);
    Doc doc = state.universe.doc(digest);
    try {
      StoredManifest found = registry.manifests.get(repository, digest);
      if (!expected) {
        throw new Violation("%s is served from %s".formatted(doc.number(), repository));
      }
      same("type of " + doc.number(), found.mediaType(), doc.type());
      if (!Arrays.equals(found.bytes(), doc.bytes())) {
        throw new Violation("%s of %s has other bytes".formatted(doc.number(), repository));
      }
    } catch (ManifestUnknown e) {
      if (expected) {
        throw new Violation("%s is not served from %s".formatted(doc.number(), repository));
      }
    }
  }

  /** Where a tag points. */
  void tag(RepositoryName repository, Tag tag) throws IOException {
    @Nullable Digest found = null;
    try {
      found = registry.manifests.get(repository, tag).digest();
    } catch (ManifestUnknown e) {
      // it points nowhere
    }
    same("%s:%s".formatted(repository, tag), found, state.place(repository).tags.get(tag));
  }

  private void tags(RepositoryName repository) throws IOException {
    Place place = state.place(repository);
    List<Tag> found = List.of();
    Map<Tag, List<TagMove>> moves = new TreeMap<>(java.util.Comparator.comparing(Tag::value));
    try {
      found = registry.tags.page(repository, "", ALL);
      for (Tag tag : state.universe.tags()) {
        moves.put(tag, registry.tags.history(repository, tag));
      }
    } catch (RegistryException.RepositoryUnknown e) {
      // nothing was ever in it
    }
    same("tags of " + repository, Set.copyOf(found), place.tags.keySet());
    for (Tag tag : state.universe.tags()) {
      tag(repository, tag);
      List<TagMove> is = moves.getOrDefault(tag, List.of());
      same(
          "history of %s:%s".formatted(repository, tag),
          is,
          place.moves.getOrDefault(tag, List.of()));
    }
  }

  private void referrers(RepositoryName repository, Digest subject) throws IOException {
    Set<Digest> found =
        registry.manifests.referrers(repository, subject, Optional.empty(), "", ALL).stream()
            .map(StoredManifest::digest)
            .collect(Collectors.toSet());
    Set<Digest> expected =
        state
            .live(repository)
            .filter(doc -> doc.subject().equals(Optional.of(subject)))
            .map(Doc::digest)
            .collect(Collectors.toSet());
    same("referrers to " + subject, found, expected);
  }

  /** A blob: its very bytes, or that it is not there. */
  void blob(RepositoryName repository, Digest digest) throws IOException {
    if (state.perhaps(repository, digest)) {
      state.settle(repository, digest, registry.blobs.has(repository, digest));
    }
    boolean expected = state.visible(repository, digest);
    try (OpenBlob blob = registry.blobs.open(repository, digest)) {
      byte[] bytes =
          switch (blob) {
            case OpenBlob.InMemory(byte[] all) -> all;
            case OpenBlob.Stored(var stored) -> stored.stream(0).readAllBytes();
          };
      if (!expected) {
        throw new Violation("blob %s is served from %s".formatted(digest, repository));
      }
      if (!Arrays.equals(bytes, state.universe.bytes(digest))) {
        throw new Violation("blob %s of %s has other bytes".formatted(digest, repository));
      }
    } catch (BlobUnknown e) {
      if (expected) {
        throw new Violation(
            "%s is not served from %s%s: %s"
                .formatted(
                    state.universe.name(digest),
                    repository,
                    state.namedByLive(repository, digest) ? ", an image is broken" : "",
                    state.place(repository).links.get(digest)));
      }
    }
  }

  private void trash() throws IOException {
    Map<Long, String> found = new TreeMap<>();
    for (Deletion d : registry.trash.list(Optional.empty(), Long.MAX_VALUE, ALL)) {
      found.put(
          d.id(),
          "%s %s, %d manifests, %d tags"
              .formatted(d.repository(), d.reference(), d.manifests(), d.tags()));
    }
    Map<Long, String> expected = new TreeMap<>();
    state.trash.forEach((id, d) -> expected.put(id, describe(d)));
    same("trash", found, expected);
    Map<Long, Long> keptFrom =
        transactions.read(h ->
            h.createQuery("SELECT id, kept_from FROM deletions")
                .map((rs, ctx) -> Map.entry(rs.getLong("id"), rs.getLong("kept_from")))
                .collectToMap(Map.Entry::getKey, Map.Entry::getValue));
    state.trash.forEach((id, d) -> same("keeping of " + describe(d), keptFrom.get(id), d.keptFrom));
  }

  private static String describe(Deleted d) {
    return "%s %s, %d manifests, %d tags"
        .formatted(d.repository, d.reference, d.manifests.size(), d.tags.size());
  }

  private void catalog() throws IOException {
    same(
        "catalog",
        Set.copyOf(registry.tags.catalog("", ALL)),
        state.places.entrySet().stream()
            .filter(place -> !place.getValue().live.isEmpty())
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet()));
  }

  /** Pins, and what is deployed. */
  private void holds() throws IOException {
    Set<String> pins = new TreeSet<>();
    state.places.forEach((name, place) -> place.pins.forEach(pin -> pins.add(name + " " + pin)));
    same(
        "pins",
        registry.pins.list(Optional.empty(), "", "", ALL).stream()
            .map(pin -> pin.repository() + " " + pin.reference())
            .collect(Collectors.toCollection(TreeSet::new)),
        pins);
    Set<String> used = new TreeSet<>();
    state.reports.forEach((reporter, images) ->
        images.forEach(
            image -> used.add("%s %s %s".formatted(reporter, image.repository(), image.digest()))));
    same(
        "deployed",
        new TreeSet<>(
            query(
                transactions,
                "SELECT reporter || ' ' || repository || ' ' || digest FROM deployed")),
        used);
  }

  private Set<String> usage() throws IOException {
    return new TreeSet<>(
        query(
            transactions,
            """
            SELECT r.name || ' ' || u.size_bytes || ' ' || u.tags FROM repository_usage u
            JOIN repositories r ON r.id = u.repository_id WHERE u.size_bytes <> 0 OR u.tags <> 0
            """));
  }

  private Set<String> expectedUsage() {
    return state.places.entrySet().stream()
        .filter(place -> !place.getValue().live.isEmpty())
        .map(place ->
            "%s %d %d"
                .formatted(
                    place.getKey(), state.sizeBytes(place.getKey()), place.getValue().tags.size()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** No row without bytes, be it a blob's or a manifest's. */
  private void bytesBehindRows() throws IOException {
    Set<String> files = stored(registry.content);
    List<String> rows =
        query(
            transactions,
            """
            SELECT digest || '-' || generation || ' ' || size_bytes FROM blobs
            WHERE content IS NULL AND state IN ('live', 'condemned')
            """);
    rows.stream()
        .filter(row -> !files.contains(row))
        .forEach(row -> {
          throw new Violation("a row without bytes: " + row);
        });
    List<String> objects = names(registry.objects.store());
    for (String object : query(transactions, "SELECT coalesce(object, 'none') FROM manifests")) {
      if (!objects.contains(object)) {
        throw new Violation("a manifest without its object: " + object);
      }
    }
  }

  private static Set<String> stored(ContentStore store) throws IOException {
    try (Stream<Stored> all = store.list()) {
      return all.map(Comparison::name).collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static String name(Stored stored) {
    return switch (stored) {
      case Stored.StoredBlob(var key, long sizeBytes) -> key + " " + sizeBytes;
      case Stored.Foreign(String name) -> throw new Violation("a foreign file: " + name);
    };
  }

  private static List<String> names(ContentStore store) throws IOException {
    List<String> names = new ArrayList<>();
    for (String stored : stored(store)) {
      names.add(stored.substring(0, stored.indexOf(' ')));
    }
    return names;
  }

  /** After all deadlines have passed and all looks were taken: what is kept is what is needed. */
  void settled() throws IOException {
    whole();
    same("trash", state.trash.keySet(), Set.of());
    Set<String> needed =
        state.places.keySet().stream()
            .flatMap(state::live)
            .flatMap(doc -> doc.blobs().stream())
            .map(Digest::toString)
            .collect(Collectors.toCollection(TreeSet::new));
    same(
        "blobs",
        new TreeSet<>(query(transactions, "SELECT digest || ' ' || state FROM blobs")),
        needed.stream().map(d -> d + " live").collect(Collectors.toCollection(TreeSet::new)));
    same(
        "files of blobs",
        stored(registry.content),
        new TreeSet<>(
            query(
                transactions,
                "SELECT digest || '-' || generation || ' ' || size_bytes FROM blobs WHERE content IS NULL")));
    same(
        "objects of manifests",
        new TreeSet<>(names(registry.objects.store())),
        new TreeSet<>(query(transactions, "SELECT object FROM manifests")));
    same("staged bytes of blobs", registry.content.staged(), List.of());
    same("staged manifests", registry.objects.store().staged(), List.of());
    same("uploads", registry.uploads.recorded(), List.of());
    same("orphans", query(transactions, "SELECT object FROM orphans"), List.of());
  }
}
