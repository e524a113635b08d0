package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The engine against a registry that is not ours and wants to know who asks. */
class OtherRegistryIT {
  private TestImage busybox;
  private TestEngine engine;
  private PeerServer registry;
  private Shell shell;

  @BeforeEach
  void start() throws Exception {
    busybox = TestImage.busybox();
    engine = TestEngine.with(busybox);
    registry = PeerServer.dockerRegistry(engine.scratch());
    shell = engine.shell().with("R", registry.host());
  }

  @AfterEach
  void stop() throws Exception {
    registry.close();
    engine.close();
  }

  @Test
  void whoHasLoggedInPushesAndPulls() throws Exception {
    assertThat(shell.out("docker login -u user -p right $R 2>/dev/null"))
        .contains("Login Succeeded");
    shell.out("docker tag busybox $R/team/b:1 && docker push -q $R/team/b:1");
    shell.out("docker rmi $R/team/b:1 && docker pull -q $R/team/b:1");

    assertThat(shell.out("docker inspect -f '{{.Id}}' $R/team/b:1")).isEqualTo(busybox.id());
    assertThat(shell.out("docker run --rm $R/team/b:1 echo theirs")).isEqualTo("theirs");
  }

  @Test
  void aWrongPasswordIsRefusedAndNothingIsRemembered() throws Exception {
    assertThat(shell.refusal("docker login -u user -p wrong $R")).contains("401 Unauthorized");

    assertThat(shell.out("cat $DOCKER_CONFIG/config.json 2>/dev/null || true"))
        .doesNotContain(registry.host());
  }

  @Test
  void whoHasNotLoggedInIsToldSo() throws Exception {
    shell.out("docker tag busybox $R/team/b:1");

    assertThat(shell.refusal("docker push $R/team/b:1"))
        .containsAnyOf("no basic auth credentials", "unauthorized", "authentication required");
    assertThat(shell.refusal("docker pull $R/team/c:1 </dev/null"))
        .containsAnyOf("no basic auth credentials", "unauthorized", "authentication required");
  }
}
