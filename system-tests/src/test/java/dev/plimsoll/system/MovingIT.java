package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Moves in from Debian's docker-registry that docker has filled, destroys things, and mends them. */
class MovingIT {
  private static TestImage busybox;
  private static TestEngine engine;
  private static PeerServer peer;

  private Places places;
  private RunningServer registry;
  private Shell shell;

  @BeforeAll
  static void fillTheOtherRegistry() throws Exception {
    busybox = TestImage.busybox();
    Tar layer = new Tar();
    layer.file("more", "more ".repeat(50_000));
    engine = TestEngine.with(busybox, busybox.named("more:latest").layer(layer));
    peer = PeerServer.dockerRegistry(engine.scratch());
    Shell docker = engine.shell().with("R", peer.host());
    docker.out("docker login -u user -p right $R 2>/dev/null");
    docker.out("docker tag busybox $R/team/b:1 && docker push -q $R/team/b:1");
    docker.out("docker tag more $R/team/b:2 && docker push -q $R/team/b:2");
  }

  @AfterAll
  static void stopTheOtherRegistry() throws Exception {
    peer.close();
    engine.close();
  }

  @BeforeEach
  void start() throws IOException {
    places = Places.make();
    registry = RunningServer.registry(places.data());
    shell = shell();
  }

  @AfterEach
  void stop() throws Exception {
    registry.close();
    places.remove();
  }

  private Shell shell() {
    return engine
        .shell()
        .with("P", Program.launcher().toString())
        .with("U", registry.address())
        .with("H", registry.host())
        .with("R", peer.host())
        .with("OURS", places.data().toString())
        .with("S", places.scratch().toString());
  }

  private void requirePulled(String tag) throws Exception {
    shell.out(
        "rm -rf $S/pulled && skopeo --insecure-policy copy -q --src-tls-verify=false"
            + " docker://$H/team/b:"
            + tag
            + " dir:$S/pulled");
  }

  private Path largest() throws IOException {
    try (Stream<Path> all = Files.walk(places.data())) {
      return all.filter(Files::isRegularFile)
          .filter(file -> file.toString().contains("/content/blobs/"))
          .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
          .orElseThrow();
    }
  }

  @Test
  void aDirectoryThatDockerFilledIsImportedAndDockerPullsIt() throws Exception {
    shell.out("$P registry import --url $U --from $D/peer");

    shell.out("docker pull -q $H/team/b:1");
    assertThat(shell.out("docker inspect -f '{{.Id}}' $H/team/b:1")).isEqualTo(busybox.id());
    requirePulled("2");
    assertThat(shell.run("$P registry import --url $U --from $D/peer").err())
        .contains("imported: 0 B, 0 found");
  }

  @Test
  void ofADamagedDirectoryTheRestIsImported() throws Exception {
    shell.out("cp -a $D/peer $S/broken");
    String layer =
        shell.out(
            "skopeo --insecure-policy inspect --raw --tls-verify=false --creds user:right"
                + " docker://$R/team/b:2 | grep -o 'sha256:[0-9a-f]*' | tail -1 | cut -d: -f2");
    shell.out("rm $S/broken/docker/registry/v2/blobs/sha256/??/" + layer + "/data");

    Program.Result import2 = shell.run("$P registry import --url $U --from $S/broken");

    assertThat(import2.code()).isEqualTo(1);
    assertThat(import2.out()).contains("damaged", "team/b@sha256:", layer, "missing", "lost-tag");
    requirePulled("1");
    shell.refusal("skopeo inspect --tls-verify=false docker://$H/team/b:2");
  }

  @Test
  void aRegistryThatRunsIsImportedByWhatDockerLoginKnows() throws Exception {
    assertThat(shell.run("$P registry import --url $U --from http://$R --dry-run").err())
        .contains("would import: ", ", 0 found");
    shell.out("$P registry import --url $U --from http://$R");

    assertThat(shell.run("$P registry import --url $U --from http://$R --tag '?'").err())
        .contains("imported: 0 B, 0 found");
    shell.out("docker pull -q $H/team/b:1");
    assertThat(shell.out("docker inspect -f '{{.Id}}' $H/team/b:1")).isEqualTo(busybox.id());
    requirePulled("2");
  }

  @Test
  void aWrongPasswordAndWhatDoesNotGoTogetherAreSaid() throws Exception {
    String command = "$P registry import --url $U --from http://$R ";

    assertThat(shell.refusal("echo wrong | " + command + "--username user --password-stdin"))
        .contains("does not list its repositories", "nauthorized", "--username NAME")
        .doesNotContain("wrong");
    shell.out("echo right | " + command + "--username user --password-stdin --repository team/b");
    assertThat(shell.run(command + "--username user").code()).isEqualTo(2);
    assertThat(shell.run("$P registry import --url $U --from $D/peer --tag 1").code()).isEqualTo(2);
    assertThat(shell.run("$P registry check --url $U --dry-run").code()).isEqualTo(2);
    requirePulled("1");
  }

  @Test
  void aLostDatabaseAndLostBytesComeBack() throws Exception {
    for (String tag : List.of("1", "2")) {
      shell.out(
          "skopeo --insecure-policy copy -q --src-creds user:right --src-tls-verify=false"
              + " --dest-tls-verify=false docker://$R/team/b:"
              + tag
              + " docker://$H/team/b:"
              + tag);
    }
    registry.close();
    shell.out("rm $OURS/registry/db/registry.db*");

    shell.out("$P registry check --rebuild --data $OURS");

    registry = RunningServer.registry(places.data());
    shell = shell();
    requirePulled("2");
    Files.delete(largest());
    assertThat(shell.run("$P registry check --url $U").out()).contains("damaged", "team/b:");
    assertThat(shell.run("$P registry check --url $U --audit --repair").out())
        .contains("not repaired: ", "--from URL");

    assertThat(shell.out("$P registry check --url $U --audit --repair --from http://$R"))
        .contains("repaired", "from http://");

    requirePulled("2");
    shell.out("$P registry check --url $U");
  }
}
