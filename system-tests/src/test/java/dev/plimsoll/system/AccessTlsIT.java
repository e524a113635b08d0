package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A registry with TLS under an authority of its own, on an address that no client takes for this
 * machine: nobody is let off looking at the certificate.
 */
class AccessTlsIT {
  private static final String PASSWORD = "adas-long-password";

  private static TlsAddress address;
  private static TestEngine engine;
  private static RunningServer registry;
  private static Shell shell;

  @BeforeAll
  static void start() throws Exception {
    Path certificates = Files.createTempDirectory("plimsoll-certs.d");
    engine = TestEngine.start("--config=" + engineSettings(certificates));
    engine.load(TestImage.busybox());
    address = TlsAddress.make(engine.scratch().resolve("tls"));
    shell =
        engine
            .shell()
            .with("C", certificates.toString())
            .with("plimsoll", Program.launcher() + " registry");
    address.certificate("first");
    shell.out("cp $D/tls/first.key $D/tls/key.pem; cp $D/tls/first.crt $D/tls/chain.pem");
    Files.writeString(
        engine.scratch().resolve("access.yaml"),
        "grants: [{to: \"user:ada\", may: admin, repositories: \"**\"}]\n");
    Path settings =
        Files.writeString(
            engine.scratch().resolve("plimsoll.yaml"),
            """
            registry:
              access.policy: %1$s/access.yaml
              tls: {certificate: %1$s/tls/chain.pem, key: %1$s/tls/key.pem}
            """
                .formatted(engine.scratch()));
    Path data = engine.scratch().resolve("registry");
    Program.plimsoll("registry", "user", "add", "ada", "--data=" + data, "--config=" + settings)
        .input(PASSWORD + "\n")
        .run()
        .succeeded();
    registry = RunningServer.registry(data, "--config=" + settings, "--listen=" + address + ":0");
    shell = shell.with("R", registry.host());
    shell = shell.with("ROBOT", "robot+node:" + robot());
    trust();
  }

  @AfterAll
  static void stop() throws Exception {
    registry.close();
    engine.close();
    address.close();
    shell.out("rm -r $C");
  }

  private static Path engineSettings(Path certificates) throws Exception {
    return Files.writeString(
        certificates.resolve("engine.yaml"), "engine.certificates: %s\n".formatted(certificates));
  }

  private static String robot() throws Exception {
    return shell.out(
        "curl -fsS --cacert $D/tls/ca.crt -u ada:%s https://$R/plimsoll/v1/robots -d '{\"name\":\"node\",\"permissions\":[\"push:team/**\"]}' | sed 's/.*\"token\":\"\\([^\"]*\\).*/\\1/'"
            .formatted(PASSWORD));
  }

  private static void trust() throws Exception {
    shell.out("mkdir -p $C/$R && cp $D/tls/ca.crt $C/$R/ca.crt");
  }

  private static String login(Shell shell) throws Exception {
    return shell.out(
        "echo ${ROBOT#*:} | docker login -u robot+node --password-stdin $R 2>/dev/null");
  }

  @Test
  void dockerTakesTheAuthorityFromItsDirectoryAndNothingWithoutIt() throws Exception {
    shell.out("rm -r $C/$R");
    try {
      assertThat(shell.refusal("echo ${ROBOT#*:} | docker login -u robot+node --password-stdin $R"))
          .contains("certificate");
    } finally {
      trust();
    }

    assertThat(login(shell)).contains("Login Succeeded");
    shell.out("docker tag busybox $R/team/docker:1 && docker push -q $R/team/docker:1");
    shell.out("docker rmi $R/team/docker:1 && docker pull -q $R/team/docker:1");
  }

  @Test
  void anotherCertificateIsServedWithoutARestart() throws Exception {
    address.certificate("second");
    shell.out("cp $D/tls/second.key $D/tls/key.pem.new && mv $D/tls/key.pem.new $D/tls/key.pem");
    shell.out("curl -fsS --cacert $D/tls/ca.crt https://$R/healthz"); // one of two files is new
    shell.out(
        "cp $D/tls/second.crt $D/tls/chain.pem.new && mv $D/tls/chain.pem.new $D/tls/chain.pem");

    await().untilAsserted(() -> assertThat(served()).contains("CN = second"));
    assertThat(login(shell)).contains("Login Succeeded");
  }

  @Test
  void itsOwnCommandLineTakesTheAuthorityFromWhereDockerDoes() throws Exception {
    Shell ada = shell.with("PLIMSOLL_PASSWORD", PASSWORD);
    String gc = "$plimsoll gc --url https://$R --user ada ";
    assertThat(ada.refusal(gc))
        .contains("no secure connection with https://", "/etc/docker/certs.d/", "/ca.crt");

    Files.writeString(
        engine.scratch().resolve("client.yaml"),
        "registry.mirror.certificates: " + ada.out("echo $C"));
    ada.out(gc + "--config $D/client.yaml");
  }

  private static String served() throws Exception {
    return shell.out(
        "openssl s_client -connect $R -CAfile $D/tls/ca.crt </dev/null 2>/dev/null | openssl x509 -noout -subject");
  }

  @Test
  void whoSendsSighupToHaveItReadItsFilesDoesNotEndIt() throws Exception {
    shell.out("kill -HUP " + registry.pid());

    shell.out("curl -fsS --cacert $D/tls/ca.crt https://$R/healthz");
    assertThat(registry.isAlive()).isTrue();
  }

  @Test
  void containerdPullsWithARobotsTokenAndNotWithoutOne() throws Exception {
    login(shell);
    shell.out("docker tag busybox $R/team/node:1 && docker push -q $R/team/node:1");
    shell.out(
        """
        mkdir -p $D/hosts/$R && cat >$D/hosts/$R/hosts.toml <<END
        server = "https://$R"
        [host."https://$R"]
          capabilities = ["pull", "resolve"]
          ca = "$D/tls/ca.crt"
        END
        """);
    Path run = Files.createTempDirectory(Path.of("/run"), "pl-ctr");
    try (TestContainerd containerd = TestContainerd.start(engine.scratch(), run)) {
      Shell node = shell.with("CTR", "ctr --address " + containerd.socket());

      assertThat(node.refusal("$CTR content fetch --hosts-dir $D/hosts $R/team/node:1"))
          .contains("authorization failed");
      node.out("$CTR content fetch --hosts-dir $D/hosts --user $ROBOT $R/team/node:1");
      assertThat(node.out("$CTR images ls -q")).contains("/team/node:1");
    } finally {
      shell.out("rm -rf " + run);
    }
  }
}
