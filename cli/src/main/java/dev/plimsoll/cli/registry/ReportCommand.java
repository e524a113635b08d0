package dev.plimsoll.cli.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.plimsoll.cli.verb.Output;
import dev.plimsoll.docker.DockerClient;
import dev.plimsoll.transfer.DeployedReport;
import dev.plimsoll.transfer.DeployedReport.Use;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Reports what a Docker host runs, stock or ours. */
@Command(
    description = {
      "Tell the registry what a Docker host runs, so that no rule deletes it.",
      "Run it from cron or a timer; each report replaces the host's last one.",
      "Where the host no longer knows what a container is of, the last one stays and the exit is 1."
    },
    mixinStandardHelpOptions = true)
final class ReportCommand extends RegistryVerb {
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
    HostImages found;
    try (DockerClient docker = host()) {
      found = HostImages.into(report, docker, allImages);
    }
    found.local().forEach(image -> output.talk(image + ", built or loaded there; it is left out"));
    if (!found.unknown().isEmpty()) {
      keepLastWord(report, registry.find("/deployed/" + Administration.encoded(reporter)));
    }
    if (dryRun) {
      output.data(new String(report.json(), UTF_8));
    } else {
      send(registry, reporter, report, output);
    }
    found
        .unknown()
        .forEach(image ->
            output.talk(
                ("%s, which the host has by no name any more: it cannot be reported, so what %s said"
                        + " before stays in the report; pull the image again, or make the container"
                        + " anew")
                    .formatted(image, reporter)));
    return found.unknown().isEmpty() ? 0 : 1;
  }

  private DockerClient host() throws IOException, InterruptedException {
    Path socket = Path.of(host.replaceFirst("^unix://", ""));
    try {
      return DockerClient.connect(socket);
    } catch (IOException e) {
      throw new IOException(
          "no Docker host answers at %s; nothing was reported, and the last report stands"
              .formatted(socket),
          e);
    }
  }

  private static void send(
      Administration registry, String reporter, DeployedReport report, Output output)
      throws IOException, InterruptedException {
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
  }

  /** What runs and cannot be named may have been named before, when the host still knew. */
  private static void keepLastWord(DeployedReport report, Optional<JsonNode> last) {
    last.ifPresent(said ->
        said.path("images")
            .forEach(image ->
                report.keep(
                    Optional.of(image.path("repository").asString(""))
                        .filter(repository -> !repository.isEmpty()),
                    image.path("digest").asString(),
                    image.path("use").asString().equals("running") ? Use.RUNNING : Use.ROLLBACK)));
  }
}
