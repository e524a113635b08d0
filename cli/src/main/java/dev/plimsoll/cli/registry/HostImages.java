package dev.plimsoll.cli.registry;

import dev.plimsoll.docker.DockerClient;
import dev.plimsoll.docker.container.ContainerSummary;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.transfer.DeployedReport;
import dev.plimsoll.transfer.DeployedReport.Use;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What the containers of a Docker host are of, as far as the host knows it by a digest.
 *
 * @param unknown a clause for each container whose image the host has by no name any more: it may be
 *     the registry's, and what it is cannot be told
 * @param local the same for images that were built or loaded there, which no registry gave
 */
record HostImages(List<String> unknown, List<String> local) {
  private static final Set<String> RUNNING = Set.of("running", "paused", "restarting");

  /**
   * Fills a report.
   *
   * @param allImages also with images that no container is of
   */
  static HostImages into(DeployedReport report, DockerClient docker, boolean allImages)
      throws IOException, InterruptedException {
    HostImages found = new HostImages(new ArrayList<>(), new ArrayList<>());
    List<ContainerSummary> containers =
        List.of(docker.get("/containers/json?all=1", ContainerSummary[].class));
    Map<String, JsonNode> images =
        new HashMap<>(); // after the containers: none of theirs is too new
    docker
        .get("/images/json?all=1")
        .forEach(image -> images.put(image.path("Id").asString(), image));
    for (ContainerSummary container : containers) {
      found.add(report, container, images.get(container.imageId()));
    }
    if (allImages) {
      images.values().forEach(image -> report.add(digests(image), Use.ROLLBACK));
    }
    return found;
  }

  private void add(DeployedReport report, ContainerSummary container, @Nullable JsonNode image) {
    List<ImageName> names = new ArrayList<>(names(List.of(container.image())));
    names.removeIf(name -> name.digest().isEmpty());
    if (image != null) {
      names.addAll(digests(image));
    }
    report.add(names, RUNNING.contains(container.state()) ? Use.RUNNING : Use.ROLLBACK);
    if (names.isEmpty()) {
      boolean tagged = image != null && !names(texts(image, "RepoTags")).isEmpty();
      (tagged ? local : unknown)
          .add(
              "container %s is of %s (%s)"
                  .formatted(
                      container.names().isEmpty()
                          ? container.id()
                          : container.names().getFirst().replaceFirst("^/", ""),
                      container.image(),
                      container.imageId()));
    }
  }

  private static List<ImageName> digests(JsonNode image) {
    return names(texts(image, "RepoDigests"));
  }

  private static List<String> texts(JsonNode image, String list) {
    List<String> texts = new ArrayList<>();
    image.path(list).forEach(text -> texts.add(text.asString()));
    return texts;
  }

  /** What can be read as a name; {@code <none>@<none>} and bare ids cannot, and name no registry. */
  private static List<ImageName> names(List<String> texts) {
    List<ImageName> names = new ArrayList<>();
    for (String text : texts) {
      try {
        names.add(ImageName.parse(text));
      } catch (IllegalArgumentException e) {
        // A container's image may be given by its id alone; the list of images has its digests.
      }
    }
    return names;
  }
}
