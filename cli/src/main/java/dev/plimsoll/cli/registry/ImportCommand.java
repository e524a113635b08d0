package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Output;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Has the registry take over what another one holds. */
@Command(
    description = {
      "Import what another registry holds, from its directory or through its API.",
      "From a docker-registry's directory: all repositories, manifests and tags.",
      "Files are linked where the file system is the same, and never changed.",
      "From a URL: tags with their manifests, what refers to them, and blobs. The",
      "server fetches: its machine has to reach the URL. A path of the URL stands",
      "before the names of repositories there, and not here.",
      "All is verified; what is damaged is named and left out. Run again, it brings",
      "what is missing or has moved. Exit code 1: something could not be imported."
    },
    mixinStandardHelpOptions = true)
final class ImportCommand extends RegistryVerb {
  private static final Pattern URL = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://.*");

  @Option(
      names = "--from",
      required = true,
      paramLabel = "DIR|URL",
      converter = SourceReader.class,
      description = {
        "A docker-registry's root directory on this machine,",
        "such as /var/lib/docker-registry; or a registry,",
        "such as https://registry.example"
      })
  private String from = "";

  @Option(
      names = "--repository",
      paramLabel = "PATTERN",
      description = {
        "With a URL: which repositories, such as team/**",
        "(default: all); as often as you like. Without * and ?",
        "no catalog is needed."
      })
  private List<String> repositories = List.of();

  @Option(
      names = "--tag",
      paramLabel = "PATTERN",
      description = {
        "With a URL: which tags, such as v1.* (default: all);",
        "as often as you like."
      })
  private List<String> tags = List.of();

  @Mixin private final OtherRegistry other = new OtherRegistry();

  @Option(
      names = "--dry-run",
      description = {
        "Import nothing. From a directory: read and verify all.",
        "From a URL: ask for all, and fetch no blob."
      })
  private boolean dryRun;

  @Spec private @Nullable CommandSpec spec;

  @Override
  boolean begins() {
    return true;
  }

  @Override
  int run(Administration registry, Output output) throws IOException, InterruptedException {
    JobFollow follow = new JobFollow(registry, output);
    JsonNode job = URL.matcher(from).matches() ? ofRegistry(follow) : ofDirectory(follow);
    int code = follow.tell(job, dryRun ? "would import" : "imported");
    boolean lost = JobFollow.found(job, "damaged", "refused", "lost-tag", "absent", "no-match");
    return code == 0 && lost ? 1 : code;
  }

  private JsonNode ofRegistry(JobFollow follow) throws IOException, InterruptedException {
    Map<String, Object> document = other.credentials(from);
    document.put("repositories", repositories);
    document.put("tags", tags);
    return follow.run(
        "/import",
        "?dry-run=%s&%s".formatted(dryRun, other.query(from)),
        OtherRegistry.json(document));
  }

  private JsonNode ofDirectory(JobFollow follow) throws IOException, InterruptedException {
    if (spec != null && (other.wasSaid() || !repositories.isEmpty() || !tags.isEmpty())) {
      throw new ParameterException(
          spec.commandLine(),
          "--repository, --tag, --username, --password-stdin and --insecure are for"
              + " --from URL; a directory is imported whole");
    }
    Path directory = Path.of(from).toAbsolutePath().normalize();
    return follow.run(
        "/import",
        "?dry-run=%s&from=%s".formatted(dryRun, Administration.encoded(directory.toString())));
  }
}
