package dev.plimsoll.registry.api;

import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.auth.Action;
import dev.plimsoll.registry.auth.Need;
import dev.plimsoll.registry.repository.Repositories;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** {@code /plimsoll/v1/repositories/NAME}: deletes a repository whole. */
public final class RepositoriesApi implements AdminResource {
  private static final String PLACE = ROOT + "/repositories/";

  private final Repositories repositories;

  public RepositoriesApi(Repositories repositories) {
    this.repositories = repositories;
  }

  private record Deleted(
      boolean dryRun,
      String repository,
      Optional<Long> deletion,
      List<String> manifests,
      List<String> tags) {}

  @Override
  public Optional<Need> need(String path, Request request) {
    return path.startsWith(PLACE)
        ? Optional.of(new Need.On(Action.ADMIN, name(path)))
        : Optional.empty();
  }

  @Override
  public boolean rehearses(String method, String path) {
    return method.equals("DELETE") && path.startsWith(PLACE);
  }

  @Override
  public boolean handle(String path, Request request, Response response) throws IOException {
    if (!path.startsWith(PLACE)) {
      return false;
    }
    if (!Parameters.refused("DELETE", request, response)) {
      RepositoryName repository = name(path);
      boolean dryRun = Parameters.dryRun(request);
      String actor = Callers.of(request);
      Repositories.Deleted deleted =
          dryRun
              ? repositories.rehearse(repository, actor)
              : repositories.delete(repository, actor);
      Parameters.json(
          response,
          new Deleted(
              dryRun,
              repository.value(),
              dryRun ? Optional.empty() : Optional.of(deleted.deletion()),
              deleted.manifests().stream().map(Digest::toString).toList(),
              deleted.tags().stream().map(Tag::value).toList()));
    }
    return true;
  }

  private static RepositoryName name(String path) {
    return Endpoint.name(path.substring(PLACE.length()));
  }
}
