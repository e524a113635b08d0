package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What {@code -v}, {@code --mount} and {@code --tmpfs} put into a container. */
class RunVolumesIT {
  private static TestEngine engine;
  private static Shell shell;

  @BeforeAll
  static void start() throws Exception {
    TestImage busybox = TestImage.busybox();
    Tar files = new Tar().directory("stock/").file("stock/rope", "hemp\n");
    files.entry(
        "stock/owned", '0', 0640, "", "mine\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    engine =
        TestEngine.with(
            busybox,
            busybox.named("stocked").layer(files),
            busybox.named("declares").layer(files).with("Volumes", Map.of("/stock", Map.of())));
    shell = engine.shell();
  }

  @AfterAll
  static void stop() throws Exception {
    engine.close();
  }

  @Test
  void aNamedVolumeOutlivesItsContainers() throws Exception {
    shell.out("docker run --rm -v hold:/hold busybox sh -c 'echo cargo >/hold/list'");

    assertThat(shell.out("docker run --rm -v hold:/elsewhere busybox cat /elsewhere/list"))
        .isEqualTo("cargo");
    assertThat(shell.out("docker volume ls -q")).contains("hold");
  }

  @Test
  void anEmptyVolumeIsFilledFromTheImage() throws Exception {
    assertThat(shell.out("docker run --rm -v filled:/stock stocked ls -l /stock"))
        .contains("rope")
        .contains("-rw-r-----");
    assertThat(shell.out("docker run --rm -v filled:/other busybox cat /other/rope"))
        .isEqualTo("hemp");
    assertThat(shell.out("docker run --rm -v unfilled:/stock:nocopy stocked ls /stock")).isEmpty();
    assertThat(
            shell.out(
                "docker run --rm --mount source=kept,target=/stock,volume-nocopy stocked ls /stock"))
        .isEmpty();
  }

  @Test
  void aVolumeWithContentKeepsIt() throws Exception {
    shell.out("docker run --rm -v used:/v busybox touch /v/own");

    assertThat(shell.out("docker run --rm -v used:/stock stocked ls /stock")).isEqualTo("own");
  }

  @Test
  void aDeclaredVolumeIsAnonymousAndGoesWithRm() throws Exception {
    shell.out("docker run --name declaring declares true");
    String volume = shell.out("docker inspect -f '{{(index .Mounts 0).Name}}' declaring");

    assertThat(volume).matches("[0-9a-f]{64}");
    assertThat(shell.out("docker volume inspect -f '{{.Mountpoint}}' " + volume + " | xargs ls"))
        .contains("rope");
    shell.out("docker rm -v declaring");
    assertThat(shell.out("docker volume ls -q")).doesNotContain(volume);
  }

  @Test
  void aBindIsTheHostsDirectory() throws Exception {
    shell.out("mkdir -p $D/bind && echo host >$D/bind/file");

    assertThat(
            shell.out(
                "docker run --rm -v $D/bind:/b busybox sh -c 'cat /b/file; echo back >/b/new'"))
        .isEqualTo("host");
    assertThat(shell.out("cat $D/bind/new")).isEqualTo("back");
    assertThat(
            shell.out("docker run --rm --mount type=bind,src=$D/bind,dst=/b busybox cat /b/file"))
        .isEqualTo("host");
    assertThat(shell.out("docker run --rm -v $D/bind/file:/one busybox cat /one"))
        .isEqualTo("host");
  }

  @Test
  void readOnlyIsReadOnly() throws Exception {
    shell.out("mkdir -p $D/ro");
    for (String mount :
        new String[] {
          "-v $D/ro:/b:ro", "--mount type=bind,src=$D/ro,dst=/b,readonly", "-v quiet:/b:ro"
        }) {
      assertThat(shell.refusal("docker run --rm " + mount + " busybox touch /b/x"))
          .as(mount)
          .contains("Read-only file system");
    }
  }

  @Test
  void aMissingSourceIsMadeForVolumeButNotForMount() throws Exception {
    shell.out("docker run --rm -v $D/made/here:/b busybox touch /b/x");

    assertThat(shell.out("ls $D/made/here")).isEqualTo("x");
    Program.Result mount =
        shell.run("docker run --rm --mount type=bind,src=$D/unmade,dst=/b busybox true");
    assertThat(mount.code()).isEqualTo(125);
    assertThat(mount.err())
        .contains("invalid mount config for type \"bind\": bind source path does not exist: ");
  }

  @Test
  void tmpfsIsMemoryOfTheSizeAskedFor() throws Exception {
    assertThat(shell.out("docker run --rm --tmpfs /t busybox grep ' /t ' /proc/mounts"))
        .startsWith("tmpfs /t tmpfs rw,nosuid,nodev,noexec");
    assertThat(
            shell.out("docker run --rm --tmpfs /t:size=3m,exec busybox grep ' /t ' /proc/mounts"))
        .contains("size=3072k")
        .doesNotContain("noexec");
    assertThat(
            shell.out(
                "docker run --rm --mount type=tmpfs,dst=/t,tmpfs-size=5m,tmpfs-mode=1770 busybox"
                    + " sh -c 'grep \" /t \" /proc/mounts; stat -c %a /t'"))
        .contains("size=5120k")
        .endsWith("1770");
  }

  @Test
  void volumesFromBringsTheMountsOfAnother() throws Exception {
    shell.out("docker create --name lender -v lent:/lent busybox");
    shell.out("docker run --rm -v lent:/v busybox sh -c 'echo yes >/v/f'");

    assertThat(shell.out("docker run --rm --volumes-from lender busybox cat /lent/f"))
        .isEqualTo("yes");
    assertThat(shell.refusal("docker run --rm --volumes-from lender:ro busybox touch /lent/f2"))
        .contains("Read-only");
  }

  @Test
  void theEnginesOwnSocketCanBeMounted() throws Exception {
    shell.out("docker run --rm -v ${DOCKER_HOST#unix://}:/s busybox test -S /s");
  }

  @Test
  void aMountPropagatesAsAsked() throws Exception {
    shell.out("mkdir -p $D/p && mount --bind $D/p $D/p && mount --make-shared $D/p");
    try {
      assertThat(
              shell.out(
                  "docker run -d --name slave -v $D/p:/p:rslave busybox sleep 100 >/dev/null;"
                      + " mkdir $D/p/in; mount -t tmpfs x $D/p/in; touch $D/p/in/seen;"
                      + " docker exec slave ls /p/in"))
          .isEqualTo("seen");
    } finally {
      shell.run("docker rm -f slave; umount $D/p/in; umount $D/p");
    }
  }

  @Test
  void aVolumeInUseIsNotRemoved() throws Exception {
    shell.out("docker volume create busy; docker create --name user -v busy:/b busybox");

    assertThat(shell.refusal("docker volume rm busy")).contains("volume is in use - [");
    shell.out("docker rm user && docker volume rm busy");
  }

  @Test
  void volumesAreMadeListedInspectedAndPruned() throws Exception {
    assertThat(shell.out("docker volume create --label keep=no plain")).isEqualTo("plain");
    assertThat(
            shell.out("docker volume ls --filter label=keep=no --format '{{.Name}} {{.Driver}}'"))
        .isEqualTo("plain local");
    assertThat(shell.out("docker volume inspect -f '{{.Scope}} {{.Labels.keep}}' plain"))
        .isEqualTo("local no");
    assertThat(shell.out("docker volume prune -af --filter label=keep=no"))
        .contains("plain")
        .contains("Total reclaimed space");
    assertThat(shell.refusal("docker volume inspect plain")).contains("no such volume");
  }

  @Test
  void aMountMakesTheVolumeAsItSays() throws Exception {
    String mount =
        "--mount type=volume,src=told,dst=/v,volume-label=a=b,volume-opt=type=tmpfs,"
            + "volume-opt=device=tmpfs,volume-opt=o=size=64k";

    assertThat(shell.out("docker run --rm " + mount + " busybox df -k /v | tail -1"))
        .matches("tmpfs +64 .*");
    assertThat(shell.out("docker volume inspect -f '{{json .Labels}} {{.Options.o}}' told"))
        .isEqualTo("{\"a\":\"b\"} size=64k");
    assertThat(
            shell.refusal(
                "docker run --rm --mount type=volume,src=odd,dst=/v,volume-opt=x=1 busybox true"))
        .contains("create odd: invalid option: \"x\"");
    assertThat(shell.refusal("docker volume inspect odd")).contains("no such volume");
  }

  @Test
  void aTmpfsVolumeIsWhatItsOptionsSay() throws Exception {
    shell.out("docker volume create -o type=tmpfs -o device=tmpfs -o o=size=2m,uid=1000 memory");

    assertThat(shell.out("docker run --rm -v memory:/m busybox grep ' /m ' /proc/mounts"))
        .contains("size=2048k");
  }
}
