package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.registry.UserCommand.Accounts;
import dev.plimsoll.cli.verb.Output;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Looks after robots. */
@Command(
    description = "Look after robots: programs that sign in with a token.",
    mixinStandardHelpOptions = true,
    subcommands = {
      RobotCommand.Add.class,
      RobotCommand.Renew.class,
      RobotCommand.Permit.class,
      RobotCommand.Ls.class,
      RobotCommand.Remove.class
    })
final class RobotCommand implements Callable<Integer> {
  private static final String EXPIRES =
      "How long the token is good, such as 90d; without it, until the robot is removed.";

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "say what to do with robots; see below");
  }

  @Command(
      name = "add",
      description = {
        "Add a robot, and print its token.",
        "The token is shown this once; the registry keeps only a hash of it."
      },
      mixinStandardHelpOptions = true)
  static final class Add extends RegistryVerb {
    @Parameters(paramLabel = "NAME")
    private String name = "";

    @Option(names = "--may", paramLabel = "ROLE:PATTERN", description = Accounts.MAY)
    private List<String> may = List.of();

    @Option(names = "--expires", paramLabel = "DURATION", description = EXPIRES)
    private @Nullable String expires;

    @Override
    boolean begins() {
      return true;
    }

    @Override
    int run(Administration registry, Output output) throws IOException, InterruptedException {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("name", name);
      document.put("permissions", may);
      if (expires != null) {
        document.put("expires", expires);
      }
      return tell(registry.send("POST", "/robots", Json.write(document)), output);
    }
  }

  @Command(
      name = "renew",
      description = "Give a robot another token, and print it; the one before ends at once.",
      mixinStandardHelpOptions = true)
  static final class Renew extends RegistryVerb {
    @Parameters(paramLabel = "NAME")
    private String name = "";

    @Option(names = "--expires", paramLabel = "DURATION", description = EXPIRES)
    private @Nullable String expires;

    @Override
    int run(Administration registry, Output output) throws IOException, InterruptedException {
      Map<String, String> document = expires == null ? Map.of() : Map.of("expires", expires);
      String path = "/robots/" + Administration.encoded(name);
      return tell(registry.send("POST", path, Json.write(document)), output);
    }
  }

  @Command(
      name = "permit",
      description =
          "Set what a robot may do beside what the policy grants, in place of what it was.",
      mixinStandardHelpOptions = true)
  static final class Permit extends RegistryVerb {
    @Parameters(paramLabel = "NAME")
    private String name = "";

    @Option(names = "--may", paramLabel = "ROLE:PATTERN", description = Accounts.MAY)
    private List<String> may = List.of();

    @Override
    int run(Administration registry, Output output) throws IOException, InterruptedException {
      return Accounts.permit(registry, "/robots/" + Administration.encoded(name), may, output);
    }
  }

  @Command(name = "list", description = "List robots.", mixinStandardHelpOptions = true)
  static final class Ls extends RegistryVerb {
    @Override
    int run(Administration registry, Output output) throws IOException, InterruptedException {
      return Accounts.list(registry.get("/robots"), "robots", output);
    }
  }

  @Command(
      name = "remove",
      description = "Remove a robot; its token ends at once.",
      mixinStandardHelpOptions = true)
  static final class Remove extends RegistryVerb {
    @Parameters(paramLabel = "NAME")
    private String name = "";

    @Option(names = "--dry-run", description = "Say which would be removed, and remove none.")
    private boolean dryRun;

    @Override
    int run(Administration registry, Output output) throws IOException, InterruptedException {
      return Accounts.remove(registry, "robots", name, Accounts.Run.of(dryRun), output);
    }
  }

  /** The token alone goes to standard output, so that a script can keep it. */
  private static int tell(JsonNode robot, Output output) {
    if (!output.json(robot)) {
      output.talk(
          "docker login -u %s%s"
              .formatted(
                  robot.path("username").asString(),
                  robot.has("expiresAt")
                      ? "; good until "
                          + Instant.parse(robot.path("expiresAt").asString())
                              .truncatedTo(ChronoUnit.SECONDS)
                      : ""));
      output.data(robot.path("token").asString());
    }
    return 0;
  }
}
