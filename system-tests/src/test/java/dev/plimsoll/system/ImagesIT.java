package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Images: in and out of registries and archives, names, listings, and their removal. */
class ImagesIT {
  private static TestEngine engine;
  private static Shell shell;
  private static TestRegistry registry;
  private static TestImage busybox;

  @BeforeAll
  static void start() throws Exception {
    busybox = TestImage.busybox();
    engine = TestEngine.with(busybox);
    registry = TestRegistry.start();
    shell = engine.shell().with("R", registry.host());
  }

  @AfterAll
  static void stop() throws Exception {
    engine.close();
    registry.close();
  }

  @Test
  void whatIsPushedIsPulledTheSame() throws Exception {
    shell.out("docker tag busybox $R/team/busybox:1");

    String pushed = shell.out("docker push $R/team/busybox:1");
    shell.out("docker rmi $R/team/busybox:1");
    String pulled = shell.out("docker pull $R/team/busybox:1");

    assertThat(pushed).containsPattern("1: digest: sha256:[0-9a-f]{64} size: \\d+");
    String digest = pushed.replaceAll("(?s).*digest: (sha256:[0-9a-f]{64}).*", "$1");
    assertThat(pulled)
        .contains("Digest: " + digest)
        .contains("Status: Downloaded newer image for " + registry.host() + "/team/busybox:1");
    assertThat(shell.out("docker inspect -f '{{.Id}}' $R/team/busybox:1")).isEqualTo(busybox.id());
    assertThat(shell.out("docker inspect -f '{{.RepoDigests}}' $R/team/busybox:1"))
        .contains("/team/busybox@" + digest);
    assertThat(shell.out("docker pull $R/team/busybox:1")).contains("Image is up to date");
    assertThat(shell.out("docker run --rm $R/team/busybox@" + digest + " echo by digest"))
        .isEqualTo("by digest");
  }

  @Test
  void runPullsWhatIsNotThere() throws Exception {
    shell.out("docker tag busybox $R/wanted; docker push -q $R/wanted; docker rmi $R/wanted");

    Program.Result result = shell.run("docker run --rm $R/wanted echo here");

    assertThat(result.out()).isEqualTo("here\n");
    assertThat(result.err()).contains("Unable to find image", "Status: Downloaded newer image");
  }

  @Test
  void aLayerIsPushedOnceAndFoundInAnotherRepository() throws Exception {
    shell.out("docker tag busybox $R/one; docker push -q $R/one; docker tag busybox $R/two");

    assertThat(shell.out("docker push $R/two")).containsAnyOf("Mounted from one", "already exists");
    assertThat(shell.out("docker push $R/two")).contains("Layer already exists");
  }

  @Test
  void allTagsArePushedAndPulled() throws Exception {
    shell.out("for t in a b c; do docker tag busybox $R/tags:$t; done; docker push -aq $R/tags");
    shell.out("docker rmi $R/tags:a $R/tags:b $R/tags:c; docker pull -aq $R/tags");

    assertThat(shell.out("docker images $R/tags --format '{{.Tag}}' | sort")).isEqualTo("a\nb\nc");
  }

  @Test
  void anUnknownImageIsSaidToBeUnknown() throws Exception {
    assertThat(shell.refusal("docker pull $R/no/such"))
        .contains("manifest for %s/no/such:latest not found".formatted(registry.host()));
    assertThat(shell.run("docker run --rm $R/no/such").code()).isEqualTo(125);
    assertThat(shell.refusal("docker inspect nobody/knows"))
        .contains("No such object: nobody/knows");
    assertThat(shell.refusal("docker push $R/unknown"))
        .contains("An image does not exist locally with the tag: " + registry.host() + "/unknown");
    assertThat(shell.refusal("docker tag nobody there")).contains("No such image: nobody:latest");
    assertThat(shell.refusal("docker rmi nobody")).contains("No such image: nobody:latest");
    assertThat(shell.refusal("docker pull Upper/Case")).contains("must be lowercase");
  }

  @Test
  void aRegistryThatIsNotThereIsNamed() throws Exception {
    assertThat(shell.refusal("docker pull 127.0.0.1:1/x")).contains("127.0.0.1:1");
  }

  @Test
  void savedAndLoadedIsTheSame() throws Exception {
    shell.out(
        "docker tag busybox saved:1; docker save -o $D/s.tar saved:1 busybox; docker rmi saved:1");

    assertThat(shell.out("docker load -i $D/s.tar")).contains("Loaded image: saved:1");

    assertThat(shell.out("docker inspect -f '{{.Id}}' saved:1")).isEqualTo(busybox.id());
    assertThat(shell.out("tar tf $D/s.tar")).contains("manifest.json", "oci-layout", "index.json");
    shell.out("skopeo copy docker-archive:$D/s.tar:saved:1 dir:$D/skopeo");
    assertThat(shell.out("docker rmi saved:1")).contains("Untagged: saved:1");
  }

  @Test
  void anArchiveOfAnotherToolIsLoaded() throws Exception {
    shell.out("docker save busybox -o $D/b.tar");
    shell.out("skopeo copy docker-archive:$D/b.tar oci-archive:$D/oci.tar:oci-made:2");

    assertThat(shell.out("docker load -i $D/oci.tar")).contains("Loaded image");
    assertThat(shell.out("gzip <$D/b.tar | docker load")).contains("Loaded image: busybox:latest");
  }

  @Test
  void aFilesystemIsImported() throws Exception {
    assertThat(
            shell.out(
                "mkdir $D/fs && echo hi >$D/fs/file && tar c -C $D/fs . |"
                    + " docker import -c 'CMD [\"/x\"]' - imported:1"))
        .startsWith("sha256:");
    assertThat(shell.out("docker inspect -f '{{json .Config.Cmd}}' imported:1"))
        .isEqualTo("[\"/x\"]");
    shell.out("docker rmi imported:1");
  }

  @Test
  void aFilesystemIsImportedFromTheWeb() throws Exception {
    shell.out("docker create --name away busybox; docker export away | gzip > $D/root.tar.gz");
    var web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    web.createContext(
        "/",
        exchange -> {
          boolean there = exchange.getRequestURI().getPath().equals("/root.tar.gz");
          exchange.sendResponseHeaders(there ? 200 : 404, there ? 0 : -1);
          if (there) {
            Files.copy(engine.scratch().resolve("root.tar.gz"), exchange.getResponseBody());
          }
          exchange.close();
        });
    web.start();
    String url = "http://127.0.0.1:" + web.getAddress().getPort();
    try {
      shell.out(
          "docker import -c 'HEALTHCHECK --retries=2 CMD true' " + url + "/root.tar.gz web:1");

      assertThat(shell.out("docker run --rm web:1 echo here")).isEqualTo("here");
      assertThat(shell.out("docker inspect -f '{{json .Config.Healthcheck}}' web:1"))
          .isEqualTo("{\"Test\":[\"CMD-SHELL\",\"true\"],\"Retries\":2}");
      assertThat(shell.refusal("docker import " + url + "/other"))
          .contains(url + "/other: got HTTP status code 404");
      assertThat(
              shell.out(
                  "curl -s -X POST --unix-socket ${DOCKER_HOST#unix://}"
                      + " 'http://engine/images/create?fromSrc=ftp://127.0.0.1/x'"))
          .contains("only http:// and https:// URLs");
    } finally {
      web.stop(0);
    }
  }

  @Test
  void historyTellsOfEveryLayer() throws Exception {
    engine.load(busybox.named("layered").layer(new Tar().file("second", "2\n")));

    assertThat(shell.out("docker history -q layered").lines()).hasSizeGreaterThanOrEqualTo(2);
    assertThat(shell.out("docker run --rm layered cat /second")).isEqualTo("2");
    shell.out("docker rmi layered");
  }

  @Test
  void aWhiteoutTakesAway() throws Exception {
    engine.load(
        busybox
            .named("whited")
            .layer(new Tar().directory("d/").file("d/one", "1").file("d/two", "2"))
            .layer(new Tar().directory("d/").file("d/.wh.one", ""))
            .layer(new Tar().file("etc/.wh.group", "")));

    assertThat(shell.out("docker run --rm whited sh -c 'ls /d; ls /etc/group 2>&1; true'"))
        .startsWith("two\n")
        .contains("No such file");
    shell.out("docker rmi whited");
  }

  @Test
  void inspectTellsTheDefaults() throws Exception {
    engine.load(
        busybox
            .named("described")
            .with("Env", List.of("A=1"))
            .with("Labels", Map.of("l", "v"))
            .with("ExposedPorts", Map.of("80/tcp", Map.of())));

    assertThat(
            shell.out(
                "docker image inspect -f '{{.Os}}/{{.Architecture}} {{.Config.Env}}"
                    + " {{.Config.Labels.l}} {{.Created}} {{len .RootFS.Layers}}' described"))
        .isEqualTo("linux/amd64 [A=1] v 2024-02-29T12:00:00Z 1");
    assertThat(shell.out("docker images --filter label=l=v --format '{{.Repository}}'"))
        .isEqualTo("described");
    shell.out("docker rmi described");
  }

  @Test
  void anImageInUseStays() throws Exception {
    engine.load(busybox.named("used").with("User", "1"));
    shell.out("docker create --name user used");

    assertThat(shell.refusal("docker rmi used"))
        .contains("conflict: unable to remove repository reference");
    shell.out("docker rm user");
    assertThat(shell.out("docker rmi used")).contains("Untagged: used:latest", "Deleted: sha256:");
  }

  @Test
  void pruneTakesWhatHasNoName() throws Exception {
    engine.load(busybox.named("moving").with("User", "2"));
    engine.load(busybox.named("moving").with("User", "3"));
    assertThat(shell.out("docker images -q --filter dangling=true")).isNotEmpty();

    assertThat(shell.out("docker image prune -f"))
        .contains("deleted: sha256:", "Total reclaimed space");

    assertThat(shell.out("docker images -q --filter dangling=true")).isEmpty();
    shell.out("docker rmi moving");
  }

  @Test
  void diskUseIsToldAndPruned() throws Exception {
    assertThat(shell.out("docker system df --format '{{.Type}}'"))
        .isEqualTo("Images\nContainers\nLocal Volumes\nBuild Cache");
    assertThat(shell.out("docker system df -v")).contains(busybox.id().substring(7, 19));
    assertThat(shell.out("docker system prune -f")).contains("Total reclaimed space");
    assertThat(shell.out("docker images busybox -q")).isNotEmpty();
  }

  @Test
  void theListingIsAsUsersKnowIt() throws Exception {
    assertThat(shell.out("docker images busybox"))
        .matches(
            "REPOSITORY +TAG +IMAGE ID +CREATED +SIZE\nbusybox +latest +[0-9a-f]{12} +.* ago +[0-9.]+MB");
    assertThat(shell.out("docker images -q --no-trunc busybox")).isEqualTo(busybox.id());
  }

  @Test
  void buildIsRefusedWithASentence() throws Exception {
    String build = "printf 'FROM busybox\\n' | DOCKER_BUILDKIT=0 docker build -";

    assertThat(shell.refusal(build)).containsIgnoringCase("build").doesNotContain("page not found");
  }
}
