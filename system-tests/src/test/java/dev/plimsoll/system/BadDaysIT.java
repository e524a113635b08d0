package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong on bad days ends in a clear sentence and leaves nothing behind. */
class BadDaysIT {
  private static TestEngine engine;
  private static Shell shell;
  private static TestImage busybox;

  @BeforeAll
  static void start() throws Exception {
    busybox = TestImage.busybox();
    engine = TestEngine.with(busybox);
    shell = engine.shell();
  }

  @AfterAll
  static void stop() throws Exception {
    engine.close();
  }

  private static Program engineOn(Path data, Path run) {
    return Program.plimsoll(
        "engine",
        "serve",
        "--data=" + data,
        "--run=" + run,
        "--socket=" + run.resolve("engine.sock"));
  }

  @Test
  void twoEnginesDoNotShareADirectory() throws Exception {
    Program.Result second = engineOn(engine.data(), engine.scratch()).run();

    assertThat(second.code()).isEqualTo(1);
    assertThat(second.err()).contains(engine.data().toString()).doesNotContain("Exception");
    assertThat(shell.out("docker run --rm busybox echo unharmed")).isEqualTo("unharmed");
  }

  @Test
  void aSocketThatAnswersIsNotTaken() throws Exception {
    Places other = Places.make();
    try {
      Program.Result second =
          Program.plimsoll(
                  "engine",
                  "serve",
                  "--data=" + other.data(),
                  "--run=" + other.run(),
                  "--socket=" + engine.run().resolve("engine.sock"))
              .run();

      assertThat(second.code()).isEqualTo(1);
      assertThat(second.err()).contains("engine.sock").doesNotContain("Exception");
      assertThat(shell.out("docker version -f '{{.Server.APIVersion}}'")).isEqualTo("1.51");
    } finally {
      other.remove();
    }
  }

  @Test
  void aSocketThatNobodyServesIsReplaced() throws Exception {
    TestEngine stale = TestEngine.start();
    try (stale) {
      stale.kill();
      assertThat(Files.exists(stale.run().resolve("engine.sock"))).isTrue();
      stale.next();
      assertThat(stale.shell().out("docker ps -q")).isEmpty();
    }
  }

  /** Missing for this process alone: in a mount namespace where the file cannot be run. */
  @ParameterizedTest
  @ValueSource(strings = {"crun runc", "conmon"})
  void aMissingProgramIsNamedWithItsPackage(String missing) throws Exception {
    Places other = Places.make();
    try {
      String hidden =
          """
          cd %1$s && touch none && for f in %2$s; do mount --bind none $(readlink -f $(command -v $f)); done
          exec %3$s engine serve --data=%1$s --run=%4$s --socket=%4$s/e.sock\
          """
              .formatted(other.data(), missing, Program.launcher(), other.run());

      Program.Result result =
          Program.of("timeout", "30", "unshare", "-m", "bash", "-c", hidden).run();

      assertThat(result.code()).as(result.out() + result.err()).isEqualTo(1);
      assertThat(result.err())
          .contains(missing.split(" ")[0])
          .contains("install")
          .doesNotContain("Exception");
    } finally {
      other.remove();
    }
  }

  @Test
  void aSettingThatNobodyKnowsStopsTheStart() throws Exception {
    shell.out("printf 'engine:\\n  frobnicate: 1\\n' >$D/wrong.yaml");

    Program.Result result =
        Program.plimsoll("engine", "serve", "--config=" + engine.scratch().resolve("wrong.yaml"))
            .run();

    assertThat(result.code()).isIn(1, 2);
    assertThat(result.err()).contains("frobnicate").doesNotContain("Exception");
  }

  /** Nothing of a refused image may be on the host, and nothing in the listing. */
  private static void refused(TestImage image, Tar layer) throws Exception {
    Program.Result result = shell.line("docker load").input(image.layer(layer).archive()).run();

    assertThat(result.code() != 0 || shell.run("docker image inspect " + image.name()).code() == 0)
        .isTrue();
    assertThat(Files.exists(Path.of("/pl-escaped"))).isFalse();
    assertThat(Files.exists(engine.data().resolve("pl-escaped"))).isFalse();
    shell.run("docker rmi " + image.name());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../../../../../../../pl-escaped",
        "/../../pl-escaped",
        "a/../../../../../../../../../pl-escaped"
      })
  void aPathThatClimbsOutGetsNowhere(String path) throws Exception {
    refused(busybox.named("climbs"), new Tar().file(path, "out"));
  }

  @Test
  void aLinkThatLeadsOutGetsNowhere() throws Exception {
    refused(
        busybox.named("links"), new Tar().symbolicLink("out", "/").file("out/pl-escaped", "out"));
    refused(
        busybox.named("links"),
        new Tar().symbolicLink("up", "../../../../../../../..").file("up/pl-escaped", "out"));
    refused(
        busybox.named("links"), new Tar().hardLink("stolen", "../../../../../../../../etc/shadow"));
    refused(busybox.named("links"), new Tar().hardLink("stolen", "/etc/shadow-of-host"));
  }

  @Test
  void anArchiveThatIsCutIsRefusedAndLeavesNothing() throws Exception {
    byte[] archive = busybox.named("cut").with("User", "9").archive();
    String before =
        shell.out("docker images -aq; ls %s/engine/layers | wc -l".formatted(engine.data()));

    Program.Result result =
        shell.line("docker load").input(java.util.Arrays.copyOf(archive, archive.length / 2)).run();

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err() + result.out()).isNotBlank().doesNotContain("Exception");
    assertThat(shell.out("docker images -aq; ls %s/engine/layers | wc -l".formatted(engine.data())))
        .isEqualTo(before);
  }

  @Test
  void whatIsNoArchiveIsRefused() throws Exception {
    assertThat(shell.line("docker load").input("hello".repeat(1000)).run().code()).isEqualTo(1);
    assertThat(shell.line("docker load").input(new Tar().file("x", "y").bytes()).run().err())
        .doesNotContain("Exception");
  }

  @Test
  void aLayerThatIsNotWhatWasPromisedIsRefused() throws Exception {
    TestImage honest = busybox.named("swapped").layer(new Tar().file("f", "promised"));
    byte[] archive = honest.archive();
    String text = new String(archive, java.nio.charset.StandardCharsets.ISO_8859_1);
    byte[] swapped =
        text.replace("promised", "deceived").getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);

    Program.Result result = shell.line("docker load").input(swapped).run();

    assertThat(result.code()).as(result.out()).isEqualTo(1);
    assertThat(shell.run("docker inspect swapped").code()).isEqualTo(1);
  }

  @Test
  void aBombDoesNotFillTheDisk() throws Exception {
    ByteArrayOutputStream zeros = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(zeros)) {
      byte[] chunk = new byte[1 << 20];
      for (int i = 0; i < 600; i++) {
        gzip.write(chunk);
      }
    }

    Program.Result result = shell.line("docker load").input(zeros.toByteArray()).run();

    assertThat(result.code()).isEqualTo(1);
    assertThat(Integer.parseInt(shell.out("du -sm %s/engine | cut -f1".formatted(engine.data()))))
        .isLessThan(100);
  }

  @Test
  void aFullDiskRefusesAndLeavesNothing() throws Exception {
    Places small = Places.make();
    try {
      shell.out(
          "dd if=/dev/zero of=%1$s.img bs=1M count=24 status=none && mkfs.ext4 -q %1$s.img && mount -o loop %1$s.img %1$s && mkdir %1$s/scratch %1$s/client"
              .formatted(small.data()));
      try (RunningServer server = RunningServer.engine(small.data(), small.run())) {
        Shell full = new Shell(java.util.Map.of("DOCKER_HOST", server.address()));
        byte[] big = new byte[30 << 20];
        new java.util.Random(1).nextBytes(big);

        Program.Result load =
            full.line("docker load")
                .input(busybox.named("big").layer(new Tar().file("big", 0644, big)).archive())
                .run();

        assertThat(load.code()).isEqualTo(1);
        assertThat(load.err() + load.out()).containsIgnoringCase("no space left");
        full.line("docker load").input(busybox.archive()).run().succeeded();
        assertThat(full.out("docker images --format '{{.Repository}}'")).isEqualTo("busybox");
        assertThat(full.out("docker run --rm --network none busybox echo fits")).isEqualTo("fits");
      }
    } finally {
      shell.run("umount %1$s; rm -f %1$s.img".formatted(small.data()));
      small.remove();
    }
  }

  @Test
  void aRegistryThatDiesInTheMiddleOfAPullIsSurvived() throws Exception {
    byte[] big = new byte[20 << 20];
    new java.util.Random(3).nextBytes(big);
    try (TestRegistry registry = TestRegistry.start();
        CuttingProxy proxy = CuttingProxy.before(registry.host())) {
      Shell there = shell.with("R", proxy.host());
      engine.load(busybox.named(proxy.host() + "/big:1").layer(new Tar().file("big", 0644, big)));
      there.out("docker push -q $R/big:1; docker rmi $R/big:1");

      proxy.cutEvery(3 << 20);
      String pulled = there.run("docker pull $R/big:1").err();
      proxy.cutNever();

      assertThat(there.out("docker pull -q $R/big:1")).endsWith("/big:1");
      assertThat(pulled).doesNotContain("Exception");
      assertThat(there.out("docker run --rm $R/big:1 sha256sum /big"))
          .startsWith(TestImage.sha256(big));
      there.out("docker rmi $R/big:1");
    }
  }

  @Test
  void aRegistryThatIsGoneIsNamedAndNothingStays() throws Exception {
    try (TestRegistry registry = TestRegistry.start();
        CuttingProxy proxy = CuttingProxy.before(registry.host())) {
      Shell there = shell.with("R", proxy.host());
      there.out("docker tag busybox $R/gone:1; docker push -q $R/gone:1; docker rmi $R/gone:1");
      proxy.cutEvery(100);

      Program.Result pull = there.run("docker pull $R/gone:1");

      assertThat(pull.code()).isEqualTo(1);
      assertThat(pull.err()).contains(proxy.host()).doesNotContain("Exception");
      assertThat(there.run("docker image inspect $R/gone:1").code()).isEqualTo(1);
    }
  }
}
