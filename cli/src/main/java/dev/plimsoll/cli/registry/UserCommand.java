package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.Output;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** Looks after users. */
@Command(
    description = "Look after the users who can sign in.",
    mixinStandardHelpOptions = true,
    subcommands = {
      UserCommand.Add.class,
      UserCommand.Passwd.class,
      UserCommand.Permit.class,
      UserCommand.Import.class,
      UserCommand.Ls.class,
      UserCommand.Remove.class
    })
final class UserCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "say what to do with users; see below");
  }

  @Command(
      name = "add",
      description = {
        "Add a user.",
        "The password is asked for at the terminal, or is the first line of standard input."
      },
      mixinStandardHelpOptions = true)
  static final class Add extends RegistryVerb {
    @Parameters(paramLabel = "NAME")
    private String name = "";

    @Option(names = "--may", paramLabel = "ROLE:PATTERN", description = Accounts.MAY)
    private List<String> may = List.of();

    @Override
    boolean begins() {
      return true;
    }

    @Override
    int run(Administration registry, Output output) throws IOException, InterruptedException {
      String password = Secrets.askForNew("Password for " + name + ": ");
      byte[] document = Json.write(Map.of("name", name, "password", password, "permissions", may));
      JsonNode added = registry.send("POST", "/users", document);
      if (!output.json(added)) {
        output.talk("added user " + name);
      }
      return 0;
    }
  }

  @Command(
      name = "passwd",
      description = {
        "Give a user another password.",
        "It is asked for at the terminal, or is the first line of standard input."
      },
      mixinStandardHelpOptions = true)
  static final class Passwd extends RegistryVerb {
    @Parameters(paramLabel = "NAME")
    private String name = "";

    @Override
    int run(Administration registry, Output output) throws IOException, InterruptedException {
      String password = Secrets.askForNew("New password for " + name + ": ");
      JsonNode changed =
          registry.send(
              "PUT",
              "/users/" + Administration.encoded(name),
              Json.write(Map.of("password", password)));
      if (!output.json(changed)) {
        output.talk("changed the password of " + name);
      }
      return 0;
    }
  }

  @Command(
      name = "permit",
      description =
          "Set what a user may do beside what the policy grants, in place of what it was.",
      mixinStandardHelpOptions = true)
  static final class Permit extends RegistryVerb {
    @Parameters(paramLabel = "NAME")
    private String name = "";

    @Option(names = "--may", paramLabel = "ROLE:PATTERN", description = Accounts.MAY)
    private List<String> may = List.of();

    @Override
    int run(Administration registry, Output output) throws IOException, InterruptedException {
      return Accounts.permit(registry, "/users/" + Administration.encoded(name), may, output);
    }
  }

  @Command(
      name = "import",
      description = {
        "Add the users of a file that htpasswd -B wrote, all or none.",
        "Users who are there get the password of the file."
      },
      mixinStandardHelpOptions = true)
  static final class Import extends RegistryVerb {
    @Parameters(paramLabel = "FILE")
    private Path file = Path.of("");

    @Override
    boolean begins() {
      return true;
    }

    @Override
    int run(Administration registry, Output output) throws IOException, InterruptedException {
      JsonNode done = registry.send("POST", "/users/import", Files.readAllBytes(file));
      if (!output.json(done)) {
        done.path("added").forEach(user -> output.data(user.asString()));
        done.path("changed").forEach(user -> output.talk("changed " + user.asString()));
      }
      return 0;
    }
  }

  @Command(name = "list", description = "List users.", mixinStandardHelpOptions = true)
  static final class Ls extends RegistryVerb {
    @Override
    int run(Administration registry, Output output) throws IOException, InterruptedException {
      return Accounts.list(registry.get("/users"), "users", output);
    }
  }

  @Command(
      name = "remove",
      description = "Remove a user, whose sign-ins end at once.",
      mixinStandardHelpOptions = true)
  static final class Remove extends RegistryVerb {
    @Parameters(paramLabel = "NAME")
    private String name = "";

    @Option(names = "--dry-run", description = "Say who would be removed, and remove nobody.")
    private boolean dryRun;

    @Override
    int run(Administration registry, Output output) throws IOException, InterruptedException {
      return Accounts.remove(registry, "users", name, Accounts.Run.of(dryRun), output);
    }
  }

  /** What users and robots have in common. */
  static final class Accounts {
    static final String MAY =
        "What it may do: pull, push, delete or admin, and where, such as push:team/**."
            + " May be given several times.";

    private Accounts() {}

    enum Run {
      REAL,
      DRY;

      static Run of(boolean dryRun) {
        return dryRun ? DRY : REAL;
      }
    }

    static int permit(Administration registry, String path, List<String> may, Output output)
        throws IOException, InterruptedException {
      Map<String, @Nullable Object> document = new LinkedHashMap<>();
      document.put("permissions", may);
      JsonNode changed = registry.send("PUT", path, Json.write(document));
      if (!output.json(changed)) {
        output.talk("may now do: " + (may.isEmpty() ? "what the policy grants" : may));
      }
      return 0;
    }

    static int list(JsonNode answer, String key, Output output) {
      if (!output.json(answer)) {
        for (JsonNode account : answer.path(key)) {
          StringBuilder line =
              new StringBuilder("%-24s".formatted(account.path("name").asString()));
          account.path("permissions").forEach(p -> line.append(' ').append(p.asString()));
          if (account.has("expiresAt")) {
            line.append(" until ").append(account.path("expiresAt").asString());
          }
          output.data(line.toString().stripTrailing());
        }
      }
      return 0;
    }

    static int remove(Administration registry, String kind, String name, Run run, Output output)
        throws IOException, InterruptedException {
      if (run == Run.DRY) {
        for (JsonNode account : registry.get("/" + kind).path(kind)) {
          if (account.path("name").asString().equals(name)) {
            if (!output.json(account)) {
              output.data(name);
            }
            return 0;
          }
        }
        throw new IOException("there is nobody called %s among the %s".formatted(name, kind));
      }
      JsonNode removed = registry.delete("/" + kind + "/" + Administration.encoded(name));
      if (!output.json(removed)) {
        output.talk("removed " + name);
      }
      return 0;
    }
  }
}
