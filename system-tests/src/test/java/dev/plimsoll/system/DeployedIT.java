package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Hosts tell a registry what they run: a stock dockerd by a command, our engine by itself. */
class DeployedIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  private Places places;
  private RunningServer registry;
  private Shell shell;

  @BeforeEach
  void makeRoom() throws Exception {
    places = Places.make();
    Path work = places.scratch();
    Files.writeString(
        work.resolve("access.yaml"),
        """
        grants:
          - {to: "user:ada", may: admin, repositories: "**"}
          - {to: anonymous, may: pull, repositories: "team/**"}
        """);
    Files.writeString(
        work.resolve("registry.yaml"),
        "registry: {gc: {condemned-for: 0}, access: {policy: %s/access.yaml}}\n".formatted(work));
    Program.plimsoll("registry", "user", "add", "ada", "--data=" + places.data())
        .input("a-long-password\n")
        .run()
        .succeeded();
    begin("127.0.0.1:0");
    shell =
        new Shell(
            Map.of(
                "R",
                registry.host(),
                "W",
                work.toString(),
                "P",
                Program.launcher() + " registry",
                "A",
                "--user ada --url " + registry.address(),
                "PLIMSOLL_PASSWORD",
                "a-long-password",
                "DOCKER_CONFIG",
                places.client().toString()));
    shell.line("cat >$W/b.tar").input(TestImage.busybox().archive()).run().succeeded();
    for (String tag : new String[] {"1", "2"}) {
      shell.out(
          "skopeo copy -q --dest-tls-verify=false --dest-creds ada:a-long-password"
              + " docker-archive:$W/b.tar docker://$R/team/app:"
              + tag
              + (tag.equals("2") ? " --format oci" : ""));
    }
  }

  private void begin(String listen) throws Exception {
    registry =
        RunningServer.registry(
            places.data(),
            "--listen=" + listen,
            "--config=" + places.scratch().resolve("registry.yaml"));
  }

  @AfterEach
  void stop() throws Exception {
    registry.close();
    places.remove();
  }

  private void expectReportedWhenItsTagMovesOnAndWhenItHasNoNameAtAll(
      Shell there, Shell reporting, String report) throws Exception {
    push("moving", "old");
    String old = digest("moving");
    there.out("docker pull -q $R/team/app:moving");
    there.out("docker create --name moving --network none $R/team/app:moving sleep 1000");
    push("moving", "new");
    there.out("docker pull -q $R/team/app:moving");
    reporting.out(report);
    assertThat(heard("web-1")).contains(old, digest("1")).doesNotContain(digest("moving"));

    there.out("docker rmi -f $R/team/app@" + old);
    Program.Result nameless = reporting.run(report);
    assertThat(nameless.code()).as(nameless.err()).isEqualTo(1);
    assertThat(nameless.err()).contains("container moving is of sha256:");
    assertThat(heard("web-1")).contains(old, digest("1"));
    there.out("docker rm moving");
    reporting.out(report);
    assertThat(heard("web-1")).doesNotContain(old);
  }

  /** Another image than the others. */
  private void push(String tag, String content) throws Exception {
    var image = new TestImage("i:1", List.of(new Tar().file("tag", content).bytes()), Map.of());
    shell.line("cat >$W/i.tar").input(image.archive()).run().succeeded();
    shell.out(
        "skopeo copy -q --dest-tls-verify=false --dest-creds ada:a-long-password"
            + " docker-archive:$W/i.tar docker://$R/team/app:"
            + tag);
  }

  /** What the registry has of a reporter's last report. */
  private String heard(String reporter) throws Exception {
    return shell
        .run("curl -sS -u ada:$PLIMSOLL_PASSWORD http://$R/plimsoll/v1/deployed/" + reporter)
        .out();
  }

  private String digest(String tag) throws Exception {
    return shell.out(
        "skopeo inspect --tls-verify=false -f '{{.Digest}}' docker://$R/team/app:" + tag);
  }

  /** A secret by which a reporter speaks for itself and for nobody else. */
  private String robot(String name) throws Exception {
    return shell.out(
        "$P robot add " + name + " --may 'pull:team/**' --expires 1d $A 2>/dev/null | tail -n 1");
  }

  private void expectTakenOnlyOnceItsReporterIsRemoved(String reporter, String tag)
      throws Exception {
    String digest = digest(tag);
    shell.out(
        "curl -sSf -X DELETE -u ada:$PLIMSOLL_PASSWORD http://$R/v2/team/app/manifests/" + digest);
    shell.out("$P gc --now $A");
    assertThat(restored(digest)).isTrue();
    assertThat(digest(tag)).as("held by the last word of a silent reporter").isEqualTo(digest);
    shell.out("skopeo copy -q --src-tls-verify=false docker://$R/team/app:" + tag + " dir:$W/held");

    shell.out("$P deployed --remove " + reporter + " $A");
    assertThat(shell.out("$P deployed $A 2>&1")).doesNotContain(reporter);
    shell.out(
        "curl -sSf -X DELETE -u ada:$PLIMSOLL_PASSWORD http://$R/v2/team/app/manifests/" + digest);
    shell.out("$P gc --now $A");
    assertThat(restored(digest)).isFalse();
  }

  private boolean restored(String digest) throws Exception {
    String path = "trash/restore?repository=team/app&reference=" + digest;
    return shell
            .run(
                "curl -sSf -X POST -u ada:$PLIMSOLL_PASSWORD \"http://$R/plimsoll/v1/"
                    + path
                    + "\"")
            .code()
        == 0;
  }

  @Test
  void aStockDockerHostReportsWhatItRunsAndWhatItKeeps() throws Exception {
    try (TestDockerd dockerd = TestDockerd.start(places)) {
      Shell there =
          dockerd
              .shell()
              .with("R", registry.host())
              .with("W", places.scratch().toString())
              .with("DOCKER_CONFIG", places.client().toString());
      there.out("docker load -q -i $W/b.tar && docker create --network none busybox:latest");
      there.out("docker pull -q $R/team/app:1 && docker pull -q $R/team/app:2");
      there.out("docker run -d --network none $R/team/app:1 sleep 1000");
      there.out("docker create --network none $R/team/app:2");
      Shell reporting =
          shell.with("PLIMSOLL_PASSWORD", robot("web-1")).with("S", dockerd.socket().toString());
      String report = "$P report --host $S --url http://$R --user robot+web-1 --name ";

      assertThat(reporting.out(report + "web-1 --dry-run")).contains(digest("1"), digest("2"));
      assertThat(reporting.run(report + "web-2").err())
          .as("a robot speaks for itself alone")
          .containsIgnoringCase("denied");
      assertThat(reporting.out(report + "web-1 2>&1")).contains("reported 2 images as web-1");
      expectReportedWhenItsTagMovesOnAndWhenItHasNoNameAtAll(there, reporting, report + "web-1");
    }

    assertThat(heard("web-1"))
        .contains(
            "{\"repository\":\"team/app\",\"digest\":\"%s\",\"use\":\"running\""
                .formatted(digest("1")),
            "{\"repository\":\"team/app\",\"digest\":\"%s\",\"use\":\"rollback\""
                .formatted(digest("2")));
    expectTakenOnlyOnceItsReporterIsRemoved("web-1", "1");
  }

  @Test
  void ourEngineReportsByItselfAndGoesOnWhenTheRegistryIsBack() throws Exception {
    Path credentials =
        Files.writeString(
            places.scratch().resolve("credentials"), "robot+web-3:" + robot("web-3") + "\n");
    Path settings =
        Files.writeString(
            places.scratch().resolve("engine.yaml"),
            "engine: {report: {registry: %s, name: web-3, every: 1s, credentials: %s}}\n"
                .formatted(registry.address(), credentials));
    try (TestEngine engine = TestEngine.start("--config=" + settings)) {
      Shell there = engine.shell().with("R", registry.host());
      there.out("docker run -d --name app $R/team/app:1 sleep 1000");
      await().atMost(SOON).until(() -> heard("web-3").contains("\"use\":\"running\""));
      assertThat(heard("web-3")).contains(digest("1"), "\"repository\":\"team/app\"");

      String address = registry.host();
      registry.kill();
      there.out("docker stop -t 0 app");
      begin(address);
      await().atMost(SOON).until(() -> heard("web-3").contains("\"use\":\"rollback\""));
    }

    assertThat(shell.out("$P deployed $A 2>&1")).contains("web-3");
  }
}
