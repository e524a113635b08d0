package dev.plimsoll.cli.registry;

import dev.plimsoll.oci.Json;
import dev.plimsoll.transfer.Credentials;
import dev.plimsoll.transfer.CredentialsFile;
import dev.plimsoll.transfer.RegistryAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How commands show themselves to a registry that is not the one they act on. */
final class OtherRegistry {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  @Option(
      names = "--username",
      paramLabel = "NAME",
      description = {
        "Who you are at the other registry, with",
        "--password-stdin (default: as docker login has written",
        "to $DOCKER_CONFIG or ~/.docker)."
      })
  private @Nullable String username;

  @Option(
      names = "--password-stdin",
      description = "Standard input's first line is --username's password.")
  private boolean passwordStdin;

  @Option(
      names = "--insecure",
      description = {
        "Do not verify the other registry's certificate. Better:",
        "its authority in /etc/docker/certs.d/HOST:PORT/ca.crt",
        "on the server's machine."
      })
  private boolean insecure;

  /** Whether any of its options was given. */
  boolean wasSaid() {
    return username != null || passwordStdin || insecure;
  }

  /** The query's part about it. */
  String query(String url) {
    return "from=%s&insecure=%s".formatted(Administration.encoded(url), insecure);
  }

  /** What it is shown. */
  Map<String, Object> credentials(String url) throws IOException {
    RegistryAddress address;
    try {
      address = RegistryAddress.parse(url);
    } catch (IllegalArgumentException e) {
      throw refusal("--from: " + e.getMessage());
    }
    if ((username == null) == passwordStdin) {
      throw refusal("--username and --password-stdin go together");
    }
    Map<String, Object> document = new LinkedHashMap<>();
    switch (username == null ? ofDocker(address) : given(username)) {
      case Credentials.Anonymous _ -> {}
      case Credentials.Password(String name, String password) -> {
        document.put("username", name);
        document.put("password", password);
      }
      case Credentials.IdentityToken(String token) -> document.put("identityToken", token);
      case Credentials.RegistryToken(String token) -> document.put("registryToken", token);
    }
    return document;
  }

  /** The document as it travels. */
  static byte[] json(Map<String, Object> document) {
    return Json.write(document);
  }

  private Credentials given(String name) throws IOException {
    try {
      return new Credentials.Password(name, Secrets.line());
    } catch (IllegalArgumentException e) {
      throw refusal("--username: " + e.getMessage());
    }
  }

  private static Credentials ofDocker(RegistryAddress address) throws IOException {
    Path directory =
        Optional.ofNullable(System.getenv("DOCKER_CONFIG"))
            .map(Path::of)
            .orElse(Path.of(System.getProperty("user.home"), ".docker"));
    Path file = directory.resolve("config.json");
    return Files.isReadable(file)
        ? CredentialsFile.read(file).of(address.registry())
        : Credentials.anonymous();
  }

  private ParameterException refusal(String sentence) {
    if (command == null) {
      throw new IllegalStateException(sentence);
    }
    return new ParameterException(command.commandLine(), sentence);
  }
}
