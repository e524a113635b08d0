package dev.plimsoll.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.plimsoll.cli.RegistryTarget.Registry;
import dev.plimsoll.foundation.ByteSize;
import dev.plimsoll.foundation.log.Logging;
import dev.plimsoll.http.HttpServer;
import dev.plimsoll.registry.RegistryServer;
import dev.plimsoll.registry.RegistrySettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** The registry's commands. */
@Command(
    name = "registry",
    description = "The registry: images by the OCI distribution protocol.",
    mixinStandardHelpOptions = true)
final class RegistryCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say what to do: plimsoll registry --help lists it");
  }

  @Command(
      name = "serve",
      description = "Serve images until SIGTERM.",
      mixinStandardHelpOptions = true)
  int serve(
      @Mixin ProgramSettings settings,
      @Option(
              names = "--data",
              paramLabel = "DIR",
              description = "Data directory (default: /var/lib/plimsoll).")
          @Nullable Path data,
      @Option(
              names = "--listen",
              paramLabel = "HOST:PORT",
              description = "Where to listen (default: 127.0.0.1:5000; port 0 takes a free one).")
          @Nullable String listen)
      throws IOException, InterruptedException {
    Logging.toStandardError();
    RegistrySettings all =
        RegistrySettings.from(
            settings.flag("registry.data", data).flag("registry.listen", listen).load());
    if (all.accessLog()) {
      Logging.inDetail(HttpServer.ACCESS_LOG);
    }
    RegistryServer server = RegistryServer.start(all);
    Serving.untilTold(server::close, List.of(server.url()), out());
    return 0;
  }

  @Command(
      name = "gc",
      description = {
        "Collect what nothing refers to and whose time has come.",
        "The server does so by itself; this does it now and says what went."
      },
      mixinStandardHelpOptions = true)
  int gc(
      @Mixin RegistryTarget target,
      @Option(names = "--dry-run", description = "Say what would be deleted, and delete nothing.")
          boolean dryRun,
      @Option(
              names = "--now",
              description = {
                "Do not wait for leases and trash: empties the trash.",
                "A push that is under way may have to begin again."
              })
          boolean now,
      @Option(names = "--json", description = "Print the report as JSON.") boolean json)
      throws IOException, InterruptedException {
    return target.use(registry -> {
      JsonNode report = registry.post("/gc?dry-run=%s&now=%s".formatted(dryRun, now));
      if (json) {
        out().println(report);
        return 0;
      }
      report.path("deleted").forEach(digest -> out().println(digest.asString()));
      err()
          .printf(
              "%s %d blobs, %s; %d newly condemned%n",
              dryRun ? "would delete" : "deleted",
              report.path("deletedBlobs").asInt(),
              new ByteSize(report.path("freedBytes").asLong()),
              report.path("condemned").asInt());
      return report.path("failed").asInt() == 0 ? 0 : 1;
    });
  }

  @Command(
      name = "trash",
      description = "List what was deleted and can still be had back.",
      mixinStandardHelpOptions = true)
  int trash(
      @Mixin RegistryTarget target,
      @Parameters(
              paramLabel = "REPOSITORY",
              arity = "0..1",
              description = "Only what was deleted from this repository.")
          @Nullable String repository,
      @Option(names = "--json", description = "Print the list as JSON.") boolean json)
      throws IOException, InterruptedException {
    return target.use(registry -> {
      String filter = repository == null ? "" : "?repository=" + encoded(repository);
      JsonNode list = registry.get("/trash" + filter);
      if (json) {
        out().println(list);
        return 0;
      }
      list.path("deletions").forEach(this::print);
      return 0;
    });
  }

  @Command(
      name = "restore",
      description = "Take a deleted tag or manifest out of the trash, with all it had.",
      mixinStandardHelpOptions = true)
  int restore(
      @Mixin RegistryTarget target,
      @Parameters(paramLabel = "ID|REPOSITORY", description = "As trash lists it.") String what,
      @Parameters(
              paramLabel = "TAG|DIGEST",
              arity = "0..1",
              description = "Where a repository was named: its newest deletion is taken back.")
          @Nullable String reference)
      throws IOException, InterruptedException {
    return target.use(registry -> {
      JsonNode restored = registry.post("/trash/restore?" + deletion(what, reference));
      restored.path("manifests").forEach(digest -> out().println(digest.asString()));
      restored.path("tags").forEach(tag -> out().println(tag.asString()));
      restored
          .path("tagsKept")
          .forEach(tag ->
              err().printf("tag %s points elsewhere by now and was left so%n", tag.asString()));
      return 0;
    });
  }

  @Command(
      name = "purge",
      description = "Delete something from the trash before its time; it cannot be had back.",
      mixinStandardHelpOptions = true)
  int purge(
      @Mixin RegistryTarget target,
      @Parameters(paramLabel = "ID|REPOSITORY", description = "As trash lists it.") String what,
      @Parameters(
              paramLabel = "TAG|DIGEST",
              arity = "0..1",
              description = "Where a repository was named: its newest deletion is purged.")
          @Nullable String reference,
      @Option(names = "--dry-run", description = "Say what would be purged, and purge nothing.")
          boolean dryRun)
      throws IOException, InterruptedException {
    return target.use(registry -> {
      if (dryRun) {
        return sayWhatWouldGo(registry, what, reference);
      }
      JsonNode purged = registry.post("/trash/purge?" + deletion(what, reference));
      err().printf("purged deletion %d%n", purged.path("purged").asLong());
      return 0;
    });
  }

  private int sayWhatWouldGo(Registry registry, String what, @Nullable String reference)
      throws IOException, InterruptedException {
    String filter = reference == null ? "" : "?repository=" + encoded(what);
    for (JsonNode deletion : registry.get("/trash" + filter).path("deletions")) {
      boolean meant =
          reference == null
              ? deletion.path("id").asString().equals(what)
              : deletion.path("reference").asString().equals(reference);
      if (meant) {
        print(deletion);
        return 0;
      }
    }
    throw new IOException("the trash holds nothing of that name; plimsoll registry trash lists it");
  }

  private void print(JsonNode deletion) {
    out()
        .printf(
            "%-6d %-24s %-10s %s %s%n",
            deletion.path("id").asLong(),
            deletion.path("deletedAt").asString(),
            new ByteSize(deletion.path("sizeBytes").asLong()),
            deletion.path("repository").asString(),
            deletion.path("reference").asString());
  }

  private static String deletion(String what, @Nullable String reference) {
    return reference == null
        ? "id=" + encoded(what)
        : "repository=%s&reference=%s".formatted(encoded(what), encoded(reference));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
