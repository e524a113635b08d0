package dev.plimsoll.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RuntimeFailureTest {

  @Test
  void whatRuncSaysBecomesASentenceThatClientsKnow() {
    RuntimeFailure failure =
        RuntimeFailure.of(
            "create",
            "time=\"2026-11-22T20:48:34Z\" level=error msg=\"runc create failed: unable to start"
                + " container process: exec: \\\"nosuch\\\": executable file not found in $PATH\"\n");

    assertThat(failure)
        .hasMessage(
            "OCI runtime create failed: runc create failed: unable to start container process:"
                + " exec: \"nosuch\": executable file not found in $PATH: unknown");
    assertThat(failure.exitCode()).isEqualTo(127);
  }

  @Test
  void whatCrunSaysMeansTheSame() {
    RuntimeFailure failure =
        RuntimeFailure.of(
            "create", "executable file `nosuch` not found in $PATH: No such file or directory");

    assertThat(failure.getMessage())
        .contains("exec: \"nosuch\": executable file not found in $PATH");
    assertThat(failure.exitCode()).isEqualTo(127);
  }

  @Test
  void theExitCodeTellsWhyItCouldNotBeStarted() {
    assertThat(RuntimeFailure.of("create", "exec: \"/etc\": permission denied").exitCode())
        .isEqualTo(126);
    assertThat(RuntimeFailure.of("create", "out of cheese").exitCode()).isEqualTo(128);
  }
}
