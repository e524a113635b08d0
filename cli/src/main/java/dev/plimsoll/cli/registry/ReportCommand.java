package dev.plimsoll.cli.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.plimsoll.cli.verb.Output;
import dev.plimsoll.docker.DockerClient;
import dev.plimsoll.docker.container.ContainerSummary;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.transfer.DeployedReport;
import dev.plimsoll.transfer.DeployedReport.Use;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Reports what a Docker host runs, stock or ours. */
@Command(
    description = {
      "Tell the registry what a Docker host runs, so that no rule deletes it.",
      "Run it from cron or a timer; each report replaces the host's last one."
    },
    mixinStandardHelpOptions = true)
final class ReportCommand extends RegistryVerb {
  private static final Set<String> RUNNING = Set.of("running", "paused", "restarting");

  @Option(
      names = "--host",
      paramLabel = "SOCKET",
      description = "The host's Docker socket (default: /var/run/docker.sock).")
  private String host = "/var/run/docker.sock";

  @Option(
      names = "--name",
      paramLabel = "REPORTER",
      description = "Who reports (default: this host's name).")
  private @Nullable String name;

  @Option(
      names = "--all-images",
      description = "Also report images without a container, as kept to go back to.")
  private boolean allImages;

  @Option(names = "--dry-run", description = "Print the report, and send nothing.")
  private boolean dryRun;

  @Override
  int run(Administration registry, Output output) throws IOException, InterruptedException {
    String reporter =
        name == null ? DeployedReport.reporterName(InetAddress.getLocalHost().getHostName()) : name;
    DeployedReport report = new DeployedReport(registry.base());
    try (DockerClient docker = DockerClient.connect(Path.of(host.replaceFirst("^unix://", "")))) {
      fill(report, docker);
    }
    if (dryRun) {
      output.data(new String(report.json(), UTF_8));
      return 0;
    }
    JsonNode taken = registry.put("/deployed/" + Administration.encoded(reporter), report.json());
    if (!output.json(taken)) {
      output.talk("reported %d images as %s".formatted(report.size(), reporter));
      for (JsonNode image : taken.path("inTrash")) {
        output.talk(
            "%s@%s is deployed and was deleted; plimsoll registry restore %d brings it back"
                .formatted(
                    image.path("repository").asString(),
                    image.path("digest").asString(),
                    image.path("deletion").asLong()));
      }
    }
    return 0;
  }

  private void fill(DeployedReport report, DockerClient docker)
      throws IOException, InterruptedException {
    Set<String> running = new HashSet<>();
    Set<String> kept = new HashSet<>();
    for (ContainerSummary container :
        docker.get("/containers/json?all=1", ContainerSummary[].class)) {
      boolean runs = RUNNING.contains(container.state());
      (runs ? running : kept).add(container.imageId());
      report.add(names(List.of(container.image())), runs ? Use.RUNNING : Use.ROLLBACK);
    }
    for (JsonNode image : docker.get("/images/json?all=1")) {
      String id = image.path("Id").asString();
      if (running.contains(id) || kept.contains(id) || allImages) {
        List<String> digests = new ArrayList<>();
        image.path("RepoDigests").forEach(digest -> digests.add(digest.asString()));
        report.add(names(digests), running.contains(id) ? Use.RUNNING : Use.ROLLBACK);
      }
    }
  }

  /** What can be read as a name; {@code <none>@<none>} and bare ids cannot, and name no registry. */
  private static Collection<ImageName> names(List<String> texts) {
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
