package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The registry behind HAProxy, which ends TLS: what answers say about addresses leads back there. */
class ProxyIT {
  private static final String BLOB =
      "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

  @TempDir private Path scratch;

  @Test
  void withoutBeingToldAddressesAreRelativeAndLeadThroughTheProxy() throws Exception {
    try (RunningServer registry = RunningServer.registry(scratch.resolve("r"));
        PeerServer proxy = PeerServer.haproxy(scratch, PeerServer.freePort(), registry.host())) {
      Shell shell = shell(proxy);

      assertThat(
              shell.out(
                  "curl -fsS --cacert $D/proxy.crt -D- -o/dev/null -X POST https://$P/v2/r/blobs/uploads/"))
          .containsPattern("(?i)location: /v2/r/blobs/uploads/\\S+");
      pushAndCopyBack(shell);
    }
  }

  @Test
  void withAnExternalUrlAddressesHaveItsSchemeHostAndPath() throws Exception {
    int port = PeerServer.freePort();
    String external = "https://127.0.0.1:%d/images".formatted(port);
    Path settings = scratch.resolve("plimsoll.yaml");
    Files.writeString(settings, "registry.external-url: " + external + "\n");
    try (RunningServer registry =
            RunningServer.registry(scratch.resolve("r"), "--config=" + settings);
        PeerServer proxy = PeerServer.haproxy(scratch, port, registry.host())) {
      Shell shell = shell(proxy);

      String begun =
          shell.out(
              "curl -fsS --cacert $D/proxy.crt -D- -o/dev/null -X POST https://$P/images/v2/r/blobs/uploads/");
      assertThat(begun).containsIgnoringCase("location: " + external + "/v2/r/blobs/uploads/");
      shell.out(
          "l=$(curl -fsS --cacert $D/proxy.crt -o/dev/null -w '%header{location}' -X POST https://$P/images/v2/r/blobs/uploads/)"
              + " && printf hello | curl -fsS --cacert $D/proxy.crt -X PUT --data-binary @- \"$l?digest="
              + BLOB
              + "\"");
      assertThat(shell.out("curl -fsS --cacert $D/proxy.crt https://$P/images/v2/r/blobs/" + BLOB))
          .isEqualTo("hello");
      pushAndCopyBack(shell); // asks at the root, as all clients do, and is led below /images
      assertThat(
              shell.out(
                  "curl -fsS --cacert $D/proxy.crt -D- -o/dev/null \"https://$P/images/v2/b/tags/list?n=1\""))
          .containsIgnoringCase("link: <" + external + "/v2/b/tags/list?n=1&last=");
    }
  }

  @Test
  void dockerPushesAndPullsThroughTheProxy() throws Exception {
    TestImage busybox = TestImage.busybox();
    try (RunningServer registry = RunningServer.registry(scratch.resolve("r"));
        PeerServer proxy = PeerServer.haproxy(scratch, PeerServer.freePort(), registry.host());
        TestEngine engine = TestEngine.with(busybox)) {
      Shell shell = engine.shell().with("P", proxy.host());

      shell.out(
          "docker tag busybox $P/team/b:1 && docker push -q $P/team/b:1 && docker rmi $P/team/b:1");
      shell.out("docker pull -q $P/team/b:1");

      assertThat(shell.out("docker inspect -f '{{.Id}}' $P/team/b:1")).isEqualTo(busybox.id());
    }
  }

  @Test
  void whoSignsInThroughTheProxyIsSentToItForTokens() throws Exception {
    int port = PeerServer.freePort();
    Path data = scratch.resolve("r");
    Path policy =
        Files.writeString(
            scratch.resolve("access.yaml"),
            "grants: [{to: \"user:ada\", may: push, repositories: \"team/**\"}]\n");
    Path settings =
        Files.writeString(
            scratch.resolve("plimsoll.yaml"),
            "registry: {external-url: \"https://127.0.0.1:%d\", access.policy: %s}\n"
                .formatted(port, policy));
    Program.plimsoll("registry", "user", "add", "ada", "--data=" + data, "--config=" + settings)
        .input("adas-long-password\n")
        .run()
        .succeeded();
    try (RunningServer registry = RunningServer.registry(data, "--config=" + settings);
        PeerServer proxy = PeerServer.haproxy(scratch, port, registry.host());
        TestEngine engine = TestEngine.with(TestImage.busybox())) {
      Shell shell = engine.shell().with("P", proxy.host());

      assertThat(shell.out("curl -sSk -D- -o/dev/null https://$P/v2/"))
          .containsIgnoringCase("realm=\"https://%s/plimsoll/v1/token\"".formatted(proxy.host()));
      shell.out("echo adas-long-password | docker login -u ada --password-stdin $P 2>/dev/null");
      shell.out("docker tag busybox $P/team/b:1 && docker push -q $P/team/b:1");
      shell.out("docker rmi $P/team/b:1 && docker pull -q $P/team/b:1");
    }
  }

  private static void pushAndCopyBack(Shell shell) throws Exception {
    shell.line("cat >$D/b.tar").input(TestImage.busybox().archive()).run().succeeded();
    shell.out("skopeo copy -q --dest-cert-dir $D/certs docker-archive:$D/b.tar docker://$P/b:1");
    shell.out("skopeo copy -q --src-cert-dir $D/certs docker://$P/b:1 dir:$D/out");
    shell.out("skopeo copy -q --dest-cert-dir $D/certs dir:$D/out docker://$P/b:2");
  }

  private Shell shell(PeerServer proxy) throws Exception {
    Shell shell = new Shell(Map.of("P", proxy.host(), "D", scratch.toString()));
    shell.out("mkdir -p $D/certs && cp $D/proxy.crt $D/certs/ca.crt");
    return shell;
  }
}
