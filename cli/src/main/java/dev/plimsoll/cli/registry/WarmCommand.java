package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Output;
import dev.plimsoll.foundation.ByteSize;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Has images of upstreams pulled before somebody needs them. */
@Command(
    description = {
      "Pull images of mirrored registries into this one, whole.",
      "What is here already is not fetched again."
    },
    mixinStandardHelpOptions = true)
final class WarmCommand extends RegistryVerb {
  @Parameters(
      paramLabel = "IMAGE",
      arity = "1..*",
      description = "By its name at the upstream, such as busybox:1.36 or quay.io/org/app:2.")
  private List<String> images = List.of();

  @Option(
      names = "--platform",
      paramLabel = "OS/ARCH",
      split = ",",
      description = "Which images of an index (default: all of them).")
  private List<String> platforms = List.of();

  private record Wanted(List<String> images, List<String> platforms) {}

  @Override
  boolean begins() {
    return true;
  }

  @Override
  int run(Administration registry, Output output) throws IOException, InterruptedException {
    AtomicInteger failures = new AtomicInteger();
    registry.post(
        "/warm",
        Json.write(new Wanted(images, platforms)),
        line -> {
          if (line.has("error")) {
            failures.incrementAndGet();
          }
          if (!output.json(line)) {
            tell(line, output);
          }
        });
    return failures.get() == 0 ? 0 : 1;
  }

  private static void tell(JsonNode line, Output output) {
    String image = line.path("image").asString();
    if (line.has("error")) {
      output.talk("%s: %s".formatted(image, line.path("error").asString()));
    } else if (line.has("blob")) {
      output.talk(
          "%s: %s %s %s"
              .formatted(
                  image,
                  line.path("blob").asString(),
                  new ByteSize(line.path("bytes").asLong()),
                  line.path("fetched").asBoolean() ? "fetched" : "was here"));
    } else {
      output.data(line.path("repository").asString() + "@" + line.path("digest").asString());
      String stale = line.path("stale").asString("");
      output.talk(
          "%s: %d blobs, %d of them fetched, %s%s"
              .formatted(
                  image,
                  line.path("blobs").asInt(),
                  line.path("fetchedBlobs").asInt(),
                  new ByteSize(line.path("fetchedBytes").asLong()),
                  stale.isEmpty() ? "" : "; perhaps not the newest: " + stale));
    }
  }
}
