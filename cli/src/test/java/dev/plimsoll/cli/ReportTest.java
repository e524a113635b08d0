package dev.plimsoll.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.foundation.settings.Settings;
import dev.plimsoll.http.HttpServer;
import dev.plimsoll.http.Limits;
import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.http.UnixListener;
import dev.plimsoll.registry.RegistryServer;
import dev.plimsoll.registry.RegistrySettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a Docker host is reported to run, when it does not know all of it by name. */
class ReportTest {
  private static final String OLD = "sha256:" + "a".repeat(64);
  private static final String NEW = "sha256:" + "b".repeat(64);

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path data;
  private RegistryServer registry;
  private HttpServer docker;
  private volatile String containers = "[]";
  private volatile String images = "[]";

  @BeforeEach
  void serve() throws Exception {
    registry =
        RegistryServer.start(
            RegistrySettings.from(
                Settings.load(
                    Optional.empty(),
                    Map.of(),
                    Map.of("registry.data", data + "/registry", "registry.listen", "127.0.0.1:0"),
                    RegistrySettings.ALL)));
    docker = new HttpServer(this::answer, Limits.DEFAULT);
    docker.listen(
        new UnixListener(socket(), PosixFilePermissions.fromString("rw-------"), Optional.empty()));
  }

  private Path socket() {
    return data.resolve("docker.sock");
  }

  @AfterEach
  void close() throws Exception {
    docker.close(Duration.ZERO);
    registry.close();
  }

  private void answer(Request request, Response response) throws IOException {
    response.header("Api-Version", "1.41").header("Content-Type", "application/json");
    response.send(
        (request.path().endsWith("/containers/json")
                ? containers
                : request.path().endsWith("/images/json") ? images : "{}")
            .getBytes(UTF_8));
  }

  private int report(String... more) {
    String[] all = new String[more.length + 7];
    String[] first = {
      "registry", "report", "--name=web-1", "--host", socket().toString(), "--url", registry.url()
    };
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return run(all);
  }

  private int run(String... arguments) {
    return Main.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
  }

  private String told() {
    out.getBuffer().setLength(0);
    run("registry", "deployed", "web-1", "--url", registry.url(), "--json");
    return out.toString();
  }

  private static String container(String name, String image, String id) {
    return "{\"Id\":\"c\",\"Names\":[\"/%s\"],\"Image\":\"%s\",\"ImageID\":\"%s\",\"State\":\"running\"}"
        .formatted(name, image, id);
  }

  private static String image(String id, String tag, String digest) {
    return "{\"Id\":\"%s\",\"RepoTags\":[\"%s\"],\"RepoDigests\":[\"%s\"]}"
        .formatted(id, tag, digest);
  }

  @Test
  void aSocketThatNobodyServesIsNamed() {
    assertThat(run("registry", "report", "--host", "/none.sock", "--url", registry.url()))
        .isEqualTo(1);
    assertThat(err.toString())
        .contains("no Docker host answers at /none.sock", "the last report stands");
  }

  @Test
  void anImageWhoseTagMovedOnIsReportedForAsLongAsItRuns() {
    containers = "[%s]".formatted(container("old", "sha256:1", "sha256:1"));
    images =
        "[%s,%s]"
            .formatted(
                image("sha256:1", "<none>:<none>", "hub.example/app@" + OLD),
                image("sha256:2", "hub.example/app:latest", "hub.example/app@" + NEW));

    assertThat(report()).as(err.toString()).isZero();

    assertThat(told()).contains(OLD).doesNotContain(NEW);
  }

  @Test
  void whatTheHostHasByNoNameAnyMoreIsNamedAndTheLastWordStays() {
    containers = "[%s]".formatted(container("web", "hub.example/app:1", "sha256:1"));
    images = "[%s]".formatted(image("sha256:1", "hub.example/app:1", "hub.example/app@" + OLD));
    assertThat(report()).as(err.toString()).isZero();

    containers =
        "[%s,%s,%s]"
            .formatted(
                container("web", "sha256:1", "sha256:1"),
                container("gone", "hub.example/gone:1", "sha256:3"),
                container("next", "hub.example/app:2", "sha256:2"));
    images =
        "[%s,%s]"
            .formatted(
                image("sha256:1", "<none>:<none>", "<none>@<none>"),
                image("sha256:2", "hub.example/app:2", "hub.example/app@" + NEW));

    assertThat(report()).isEqualTo(1);
    assertThat(err.toString())
        .contains("container web is of sha256:1", "container gone is of hub.example/gone:1")
        .contains("what web-1 said before stays in the report")
        .doesNotContain("container next");
    assertThat(told()).contains(OLD, NEW);
    assertThat(report("--dry-run")).isEqualTo(1);
    assertThat(out.toString()).contains(OLD, NEW);
  }

  @Test
  void whatWasBuiltThereIsLeftOutAndToldOf() {
    containers = "[%s]".formatted(container("dev", "mine:latest", "sha256:1"));
    images = "[{\"Id\":\"sha256:1\",\"RepoTags\":[\"mine:latest\"],\"RepoDigests\":null}]";

    assertThat(report()).isZero();
    assertThat(err.toString())
        .contains("container dev is of mine:latest (sha256:1), built or loaded there")
        .contains("reported 0 images as web-1");
  }
}
