package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The clients that people have, from Debian's packages and from Maven, against one registry with
 * TLS, a policy and tags that stay, which shows another registry as well. Each logs in, pushes,
 * pulls what it pushed and pulls through the mirror, and what it says and what the registry has is
 * the same digest. Each moves a tag that must not be moved, and shows its user why it could not.
 */
class ClientsIT {
  private static final String POLICY =
      """
      grants:
        - {to: anonymous, may: pull, repositories: "up.test/library/**"}
        - {to: "robot:ci", may: pull, repositories: "up.test/private/**"}
      immutable-tags:
        - {repositories: "team/**", tags: "v*"}
      """;
  private static final String IMMUTABLE =
      "denied: tag v1 of repository team/%s is immutable: it stays at %s";

  private static Places places;
  private static TlsAddress address;
  private static final Deque<AutoCloseable> BEGUN = new ArrayDeque<>();
  private static RunningServer upstream;
  private static RunningServer registry;
  private static Shell shell;

  @BeforeAll
  static void start() throws Exception {
    places = Places.make();
    Path work = places.scratch();
    address = TlsAddress.make(work.resolve("tls"));
    BEGUN.push(address);
    address.certificate("registry");
    upstream = RunningServer.registry(work.resolve("upstream"));
    BEGUN.push(upstream);
    Files.writeString(work.resolve("access.yaml"), POLICY);
    Path settings =
        Files.writeString(
            work.resolve("plimsoll.yaml"),
            """
            registry:
              access.policy: %1$s/access.yaml
              tls: {certificate: %1$s/tls/registry.crt, key: %1$s/tls/registry.key}
              mirror: {upstreams: [up.test=%2$s], fallback: up.test}
            """
                .formatted(work, upstream.address()));
    String token =
        Program.plimsoll(
                "registry", "robot", "add", "ci", "--may=push:team/**", "--data=" + places.data())
            .run()
            .succeeded();
    registry =
        RunningServer.registry(places.data(), "--config=" + settings, "--listen=" + address + ":0");
    BEGUN.push(registry);
    shell =
        new Shell(
            Map.of(
                "W",
                work.toString(),
                "R",
                registry.host(),
                "U",
                upstream.host(),
                "TOKEN",
                token.substring(token.lastIndexOf('\n') + 1),
                "CERTS",
                Files.createDirectory(work.resolve("certs")).toString()));
    shell.out("cp $W/tls/ca.crt $CERTS/");
    archive("base", TestImage.busybox());
    for (String repository : new String[] {"library", "private"}) {
      shell.out(
          "skopeo copy -q --dest-tls-verify=false docker-archive:$W/base.tar docker://$U/%s/base:1"
              .formatted(repository));
    }
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable begun : BEGUN) {
      begun.close();
    }
    places.requireNothingMounted();
    places.remove();
  }

  private static void archive(String name, TestImage image) throws Exception {
    shell.line("cat >$W/%s.tar".formatted(name)).input(image.archive()).run().succeeded();
  }

  /** A shell whose clients remember logins in a place of their own; nobody has logged in. */
  private static Shell stranger(String name) throws Exception {
    Path place = Files.createTempDirectory(places.scratch(), name);
    Files.writeString(place.resolve("auth.json"), "{}");
    return shell
        .with("D", place.toString())
        .with("DOCKER_CONFIG", place.toString())
        .with("REGISTRY_AUTH_FILE", place.resolve("auth.json").toString());
  }

  /** What the registry has by that name, as skopeo sees it. */
  private static String digest(String image) throws Exception {
    return shell.out(
        "skopeo inspect --cert-dir $CERTS --creds robot+ci:$TOKEN -f '{{.Digest}}' docker://$R/"
            + image);
  }

  private static String digestAtUpstream(String image) throws Exception {
    return shell.out("skopeo inspect --tls-verify=false -f '{{.Digest}}' docker://$U/" + image);
  }

  private static String immutable(String repository, String digest) {
    return IMMUTABLE.formatted(repository, digest);
  }

  /** Writes what podman and buildah build: this machine's busybox and a label. */
  private static void containerfile(Shell client, String label) throws Exception {
    client.out(
        """
        mkdir -p $D/context && cp $(command -v busybox) $D/context/ && cat >$D/context/Containerfile <<END
        FROM scratch
        COPY busybox /bin/busybox
        LABEL is="%s"
        END
        """
            .formatted(label));
  }

  /** With {@code $C}, podman or buildah, which keep what they have in a place of this test's own. */
  private static Shell builder(String program) throws Exception {
    Shell client = stranger(program);
    containerfile(client, "first");
    return client.with(
        "C",
        program
            + " --root %1$s/%2$s --runroot %3$s/%2$s --storage-driver vfs"
                .formatted(places.data(), program, places.run()));
  }

  @Test
  void podman() throws Exception {
    Shell podman = builder("podman");
    podman = podman.with("CONTAINERS_CONF", podman.out("echo $D/containers.conf"));
    podman.out(
        """
        cat >$D/containers.conf <<END
        [engine]
        cgroup_manager = "cgroupfs"
        events_logger = "none"
        lock_type = "file"
        tmp_dir = "%s/libpod"
        END
        """
            .formatted(places.run()));
    podman.out("$C build -q -t $R/team/podman:v1 $D/context");
    assertThat(podman.refusal("$C login -u robot+ci -p $TOKEN $R"))
        .contains("x509: certificate signed by unknown authority");
    assertThat(podman.refusal("$C login --cert-dir $CERTS -u robot+ci -p wrong $R"))
        .contains("invalid username/password");
    assertThat(podman.refusal("$C push --cert-dir $CERTS $R/team/podman:v1")).contains("denied");

    podman.out("$C login --cert-dir $CERTS -u robot+ci -p $TOKEN $R");
    podman.out("$C push -q --cert-dir $CERTS --digestfile $D/digest $R/team/podman:v1");
    String pushed = digest("team/podman:v1");
    assertThat(podman.out("cat $D/digest")).isEqualTo(pushed);

    podman.out("$C rmi $R/team/podman:v1 && $C pull -q --cert-dir $CERTS $R/team/podman:v1");
    assertThat(podman.out("$C image inspect -f '{{.RepoDigests}}' $R/team/podman:v1"))
        .contains("team/podman@" + pushed);

    containerfile(podman, "second");
    podman.out("$C build -q -t $R/team/podman:v1 $D/context");
    assertThat(podman.refusal("$C push -q --cert-dir $CERTS $R/team/podman:v1"))
        .contains(immutable("podman", pushed));
    assertThat(digest("team/podman:v1")).isEqualTo(pushed);

    podman.out(
        """
        cat >$D/registries.conf <<END
        [[registry]]
        prefix = "up.test"
        location = "127.0.0.1:1"
        [[registry.mirror]]
        location = "$R/up.test"
        END
        """);
    Shell mirrored =
        podman.with("CONTAINERS_REGISTRIES_CONF", podman.out("echo $D/registries.conf"));
    mirrored.out("$C pull -q --cert-dir $CERTS up.test/private/base:1");
    assertThat(mirrored.out("$C image inspect -f '{{.RepoDigests}}' up.test/private/base:1"))
        .contains("up.test/private/base@" + digestAtUpstream("private/base:1"));
  }

  @Test
  void buildah() throws Exception {
    Shell buildah = builder("buildah");
    String push = "$C push -q --cert-dir $CERTS --digestfile $D/digest $R/team/buildah:v1";

    buildah.out("$C login --cert-dir $CERTS -u robot+ci -p $TOKEN $R");
    buildah.out("$C build -q -t $R/team/buildah:v1 $D/context && " + push);
    String pushed = digest("team/buildah:v1");
    assertThat(buildah.out("cat $D/digest")).isEqualTo(pushed);

    buildah.out("$C rmi $R/team/buildah:v1 && $C pull -q --cert-dir $CERTS $R/team/buildah:v1");
    assertThat(buildah.out("$C inspect --type image -f '{{.FromImageDigest}}' $R/team/buildah:v1"))
        .isEqualTo(pushed);

    buildah.out(
        "$C manifest create all && $C manifest add --cert-dir $CERTS all docker://$R/team/buildah:v1");
    buildah.out(
        "$C manifest push -q --all --cert-dir $CERTS --digestfile $D/list all docker://$R/team/buildah:all");
    assertThat(buildah.out("cat $D/list")).isEqualTo(digest("team/buildah:all"));

    containerfile(buildah, "second");
    buildah.out("$C build -q -t $R/team/buildah:v1 $D/context");
    assertThat(buildah.refusal(push)).contains(immutable("buildah", pushed));
  }

  @Test
  void jib() throws Exception {
    Shell jib =
        stranger("jib")
            .with("CLASSES", System.getProperty("java.class.path"))
            .with("JAVA", System.getProperty("java.home") + "/bin");
    String build =
        "$JAVA/java -Xmx128m -XX:TieredStopAtLevel=1 -Djavax.net.ssl.trustStore=$D/trust"
            + " -Djavax.net.ssl.trustStorePassword=authority -cp $CLASSES dev.plimsoll.system.JibBuild"
            + " $R/up.test/private/base:1 $R/team/jib:v1 robot+ci $TOKEN $D/App.txt $D/cache";
    jib.out("echo first >$D/App.txt");
    jib.out(
        "$JAVA/keytool -importcert -noprompt -file $W/tls/ca.crt -keystore $D/trust -storepass authority 2>&1");

    String pushed = jib.out(build);

    assertThat(digest("team/jib:v1")).isEqualTo(pushed);
    jib.out(
        "skopeo copy -q --src-cert-dir $CERTS --src-creds robot+ci:$TOKEN docker://$R/team/jib:v1 dir:$D/pulled");
    assertThat(jib.out("sha256sum <$D/pulled/manifest.json"))
        .startsWith(pushed.substring("sha256:".length()));
    assertThat(
            jib.out(
                "for blob in $D/pulled/*; do tar -xzOf $blob app/App.txt 2>/dev/null; done; true"))
        .isEqualTo("first");

    jib.out("echo second >$D/App.txt");
    assertThat(jib.refusal(build))
        .contains("Unauthorized for " + registry.host() + "/team/jib")
        .contains(immutable("jib", pushed).substring("denied: ".length()));
    assertThat(digest("team/jib:v1")).isEqualTo(pushed);
  }

  @Test
  void docker() throws Exception {
    archive("docker", TestImage.busybox().named("first:1"));
    archive("second", TestImage.busybox().layer(new Tar().file("moved", "yes")).named("second:1"));
    Shell settings = stranger("docker");
    settings.out(
        """
        mkdir -p $D/etc/docker/certs.d/$R && cp $W/tls/ca.crt $D/etc/docker/certs.d/$R/
        echo '{"registry-mirrors": ["https://'$R'"]}' >$D/etc/docker/daemon.json
        echo 127.0.0.1 localhost registry-1.docker.io auth.docker.io >$D/etc/hosts\
        """);
    try (TestDockerd dockerd = TestDockerd.start(places, Path.of(settings.out("echo $D/etc")))) {
      Shell docker = settings.with(dockerd.stockShell());
      docker.out("docker load -q -i $W/docker.tar && docker load -q -i $W/second.tar");
      docker.out("docker tag first:1 $R/team/docker:v1");
      assertThat(docker.refusal("echo wrong | docker login -u robot+ci --password-stdin $R"))
          .contains("unauthorized");
      assertThat(docker.refusal("docker push $R/team/docker:v1")).contains("denied");

      docker.out("echo $TOKEN | docker login -u robot+ci --password-stdin $R 2>/dev/null");
      String said = docker.out("docker push $R/team/docker:v1 | tail -n 1");
      String pushed = digest("team/docker:v1");
      assertThat(said).contains("v1: digest: " + pushed + " size: ");

      docker.out("docker rmi -f $R/team/docker:v1 first:1 && docker pull -q $R/team/docker:v1");
      assertThat(docker.out("docker image inspect -f '{{.RepoDigests}}' $R/team/docker:v1"))
          .contains("team/docker@" + pushed);

      docker.out("docker tag second:1 $R/team/docker:v1");
      assertThat(docker.refusal("docker push -q $R/team/docker:v1"))
          .contains(immutable("docker", pushed));
      assertThat(digest("team/docker:v1")).isEqualTo(pushed);

      docker.out("docker pull -q base:1");
      assertThat(docker.out("docker image inspect -f '{{.RepoDigests}}' base:1"))
          .contains("base@" + digestAtUpstream("library/base:1"));
    }
  }

  @Test
  void containerd() throws Exception {
    archive("ctr", TestImage.busybox().named("registry.test/first:1"));
    archive(
        "moved",
        TestImage.busybox().layer(new Tar().file("moved", "yes")).named("registry.test/second:1"));
    Path own = Files.createDirectory(places.data().resolve("ctr"));
    try (TestContainerd containerd = TestContainerd.start(own, places.run())) {
      Shell ctr =
          stranger("hosts")
              .with("CTR", "ctr --address %s images".formatted(containerd.socket()))
              .with("AUTH", "--user robot+ci:" + shell.out("echo $TOKEN"));
      hosts(ctr, "$R", "https://$R", "\"pull\", \"resolve\", \"push\"");
      hosts(ctr, "up.test", "http://127.0.0.1:1", "\"pull\", \"resolve\"");
      String push = "$CTR push --hosts-dir $D $AUTH $R/team/ctr:v1";
      ctr.out(
          "for i in ctr moved; do $CTR import --no-unpack --snapshotter native $W/$i.tar; done");
      ctr.out("$CTR tag registry.test/first:1 $R/team/ctr:v1");
      assertThat(ctr.refusal("$CTR push --hosts-dir $D $R/team/ctr:v1"))
          .contains("authorization failed");

      ctr.out(push);
      String pushed = digest("team/ctr:v1");
      assertThat(has(ctr, "team/ctr:v1")).isEqualTo(pushed);

      ctr.out("$CTR rm --sync $R/team/ctr:v1 registry.test/first:1");
      ctr.out("$CTR pull --snapshotter native --hosts-dir $D $AUTH $R/team/ctr:v1");
      assertThat(has(ctr, "team/ctr:v1")).isEqualTo(pushed);

      ctr.out("$CTR tag --force registry.test/second:1 $R/team/ctr:v1");
      assertThat(ctr.refusal(push)).contains("403 Forbidden"); // the sentence it keeps to itself
      assertThat(digest("team/ctr:v1")).isEqualTo(pushed);

      ctr.out("$CTR pull --snapshotter native --hosts-dir $D up.test/library/base:1");
      ctr.out("$CTR pull --snapshotter native --hosts-dir $D $AUTH up.test/private/base:1");
      assertThat(has(ctr, "up.test/library/base:1"))
          .isEqualTo(has(ctr, "up.test/private/base:1"))
          .isEqualTo(digestAtUpstream("library/base:1"));
    }
  }

  /** Sends containerd to our registry for the images of {@code name}. */
  private static void hosts(Shell client, String name, String server, String capabilities)
      throws Exception {
    client.out(
        """
        mkdir $D/%1$s && cat >$D/%1$s/hosts.toml <<END
        server = "%2$s"
        [host."https://$R"]
          capabilities = [%3$s]
          ca = "$W/tls/ca.crt"
        END
        """
            .formatted(name, server, capabilities));
  }

  /** The digest that containerd has by a name. */
  private static String has(Shell ctr, String image) throws Exception {
    return ctr.out("$CTR ls | grep -F %s | grep -o 'sha256:[0-9a-f]*'".formatted(image));
  }
}
