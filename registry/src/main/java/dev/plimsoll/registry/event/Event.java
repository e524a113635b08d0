package dev.plimsoll.registry.event;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Json;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.repository.Change;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is told of one change.
 *
 * @param repository empty: of the registry as a whole
 * @param subject what changed: a repository, a tag or digest of it, or a request
 */
record Event(EventType type, String repository, String subject, Map<String, Object> data) {
  private static final int LISTED_MAX = 100;

  /** The form of CloudEvents 1.0, structured mode. */
  private record Envelope(
      String specversion,
      String id,
      String source,
      String type,
      String subject,
      Instant time,
      String datacontenttype,
      Map<String, Object> data) {}

  /**
   * Tells of a change.
   *
   * @param request that was the reason, if one that goes on record was
   * @param names of repositories, by the numbers of their rows
   */
  static Event of(Change change, Change.@Nullable Requested request, LongFunction<String> names) {
    Event event =
        switch (change) {
          case Change.InRepository in -> of(in, names.apply(in.repositoryId()));
          case Change.Requested asked ->
              new Event(
                  EventType.ADMINISTERED,
                  "",
                  asked.action(),
                  data("action", asked.action(), "detail", asked.detail()));
        };
    if (request != null) {
      event.data.putIfAbsent("actor", request.actor());
      event.data.put("request", data("id", request.request(), "address", request.address()));
    }
    event.data.putIfAbsent("actor", "registry");
    return event;
  }

  private static Event of(Change.InRepository change, String repository) {
    return switch (change) {
      case Change.ManifestPushed m ->
          about(
              EventType.MANIFEST_PUSHED,
              repository,
              "@" + m.digest(),
              data(
                  "digest",
                  m.digest(),
                  "mediaType",
                  m.mediaType(),
                  "sizeBytes",
                  m.sizeBytes(),
                  "tags",
                  m.tags().stream().map(Tag::value).sorted().toList(),
                  "subject",
                  m.subject(),
                  "actor",
                  m.actor()));
      case Change.ManifestMirrored m ->
          about(
              EventType.MANIFEST_MIRRORED,
              repository,
              "@" + m.digest(),
              data(
                  "digest",
                  m.digest(),
                  "mediaType",
                  m.mediaType(),
                  "sizeBytes",
                  m.sizeBytes(),
                  "tags",
                  m.tags().stream().map(Tag::value).sorted().toList()));
      case Change.ManifestDeleted m ->
          about(
              EventType.MANIFEST_DELETED,
              repository,
              "@" + m.digest(),
              data(
                  "digest",
                  m.digest(),
                  "deletion",
                  m.deletion(),
                  "reason",
                  m.reason(),
                  "actor",
                  m.actor()));
      case Change.ManifestRestored m ->
          about(
              EventType.MANIFEST_RESTORED,
              repository,
              "@" + m.digest(),
              data("digest", m.digest()));
      case Change.TagMoved t ->
          about(
              EventType.TAG_MOVED,
              repository,
              ":" + t.tag(),
              data("tag", t.tag().value(), "from", t.from(), "to", t.to(), "actor", t.actor()));
      case Change.TagDeleted t ->
          about(
              EventType.TAG_DELETED,
              repository,
              ":" + t.tag(),
              data("tag", t.tag().value(), "from", t.from(), "actor", t.actor()));
      case Change.RepositoryDeleted r ->
          about(
              EventType.REPOSITORY_DELETED,
              repository,
              "",
              data(
                  "deletion",
                  r.deletion(),
                  "manifests",
                  r.manifests(),
                  "tags",
                  r.tags(),
                  "actor",
                  r.actor()));
      case Change.DeletionPurged d ->
          about(
              EventType.DELETION_PURGED,
              repository,
              "",
              data(
                  "deletion",
                  d.deletion(),
                  "reference",
                  d.reference(),
                  "manifests",
                  d.manifests().size(),
                  "digests",
                  d.manifests().stream().limit(LISTED_MAX).map(Digest::toString).toList()));
      case Change.BlobDeleted b ->
          about(EventType.BLOB_DELETED, repository, "@" + b.digest(), data("digest", b.digest()));
      case Change.More more ->
          about(EventType.REPOSITORY_CHANGED, repository, "", data("changes", more.changes()));
    };
  }

  /** Tells nothing but that it arrives. */
  static Event ping(String webhook, String actor) {
    return new Event(EventType.PING, "", webhook, data("webhook", webhook, "actor", actor));
  }

  private static Event about(
      EventType type, String repository, String part, Map<String, Object> data) {
    Map<String, Object> all = data("repository", repository);
    all.putAll(data);
    return new Event(type, repository, repository + part, all);
  }

  /** Names and values by turns; what is absent is left out. */
  private static Map<String, Object> data(Object... namesAndValues) {
    Map<String, Object> data = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      String name = (String) namesAndValues[i];
      switch (namesAndValues[i + 1]) {
        case Optional<?> optional -> optional.ifPresent(value -> data.put(name, value.toString()));
        case Digest digest -> data.put(name, digest.toString());
        case List<?> list -> data.put(name, list);
        case Object value -> data.put(name, value);
      }
    }
    return data;
  }

  /**
   * As it is sent.
   *
   * @param id the same for every attempt and every receiver
   * @param source the registry
   */
  byte[] body(String id, String source, Instant time) {
    return Json.write(
        new Envelope(
            "1.0",
            id,
            source,
            type.toString(),
            subject,
            time.truncatedTo(ChronoUnit.MILLIS),
            "application/json",
            data));
  }
}
