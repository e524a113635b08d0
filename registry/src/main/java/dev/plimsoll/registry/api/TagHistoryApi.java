package dev.plimsoll.registry.api;

import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.auth.Action;
import dev.plimsoll.registry.auth.Need;
import dev.plimsoll.registry.repository.RegistryException.Malformed.Subject;
import dev.plimsoll.registry.repository.TagRewind;
import dev.plimsoll.registry.repository.Tags;
import java.io.IOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code /plimsoll/v1/tags/…}: where a tag has pointed, and bringing it back there. */
public final class TagHistoryApi implements AdminResource {
  private final Tags tags;
  private final TagRewind rewind;

  public TagHistoryApi(Tags tags, TagRewind rewind) {
    this.tags = tags;
    this.rewind = rewind;
  }

  private record History(String repository, String tag, List<Move> moves) {}

  private record Move(Optional<String> from, Optional<String> to, Instant at, String actor) {}

  private record Rewound(
      boolean dryRun,
      String repository,
      String tag,
      Optional<String> from,
      String to,
      List<String> outOfTrash) {}

  @Override
  public Optional<Need> need(String path, Request request) {
    return switch (path) {
      case ROOT + "/tags/history" ->
          request.query("repository").map(name -> new Need.On(Action.PULL, Endpoint.name(name)));
      case ROOT + "/tags/restore" -> Parameters.toAdministerOne(request);
      default -> Optional.empty();
    };
  }

  @Override
  public boolean rehearses(String method, String path) {
    return method.equals("POST") && path.equals(ROOT + "/tags/restore");
  }

  @Override
  public Set<String> parameters(String path) {
    return switch (path) {
      case ROOT + "/tags/history" -> Set.of("repository", "tag");
      case ROOT + "/tags/restore" -> Set.of("repository", "tag", "at");
      default -> Set.of();
    };
  }

  @Override
  public boolean handle(String path, Request request, Response response) throws IOException {
    switch (path) {
      case ROOT + "/tags/history" -> history(request, response);
      case ROOT + "/tags/restore" -> restore(request, response);
      default -> {
        return false;
      }
    }
    return true;
  }

  private void history(Request request, Response response) throws IOException {
    if (Parameters.refused("GET", request, response)) {
      return;
    }
    RepositoryName repository = Endpoint.name(Parameters.required(request, "repository"));
    Tag tag = tag(request);
    List<Move> moves =
        tags.history(repository, tag).stream()
            .map(move ->
                new Move(
                    move.from().map(Digest::toString),
                    move.to().map(Digest::toString),
                    move.at(),
                    move.actor()))
            .toList();
    Parameters.json(response, new History(repository.value(), tag.value(), moves));
  }

  private void restore(Request request, Response response) throws IOException {
    if (Parameters.refused("POST", request, response)) {
      return;
    }
    RepositoryName repository = Endpoint.name(Parameters.required(request, "repository"));
    Tag tag = tag(request);
    Instant at =
        Endpoint.read(Subject.PARAMETER, Parameters.required(request, "at"), TagHistoryApi::time);
    boolean dryRun = Parameters.dryRun(request);
    String actor = Callers.of(request);
    TagRewind.Rewound done =
        dryRun
            ? rewind.rehearse(repository, tag, at, actor)
            : rewind.rewind(repository, tag, at, actor);
    Parameters.json(
        response,
        new Rewound(
            dryRun,
            repository.value(),
            tag.value(),
            done.from().map(Digest::toString),
            done.to().toString(),
            done.outOfTrash().stream().map(Digest::toString).toList()));
  }

  private static Tag tag(Request request) {
    return Endpoint.read(Subject.TAG, Parameters.required(request, "tag"), Tag::new);
  }

  private static Instant time(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "at is \"%s\"; it must be a time such as 2026-01-31T18:00:00Z".formatted(text), e);
    }
  }
}
