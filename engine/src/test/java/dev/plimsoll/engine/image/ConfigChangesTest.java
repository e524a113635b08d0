package dev.plimsoll.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.oci.ImageConfig;
import dev.plimsoll.oci.ImageConfig.Healthcheck;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigChangesTest {

  private static ImageConfig.Defaults changed(String... changes) {
    return ConfigChanges.apply(ConfigChanges.empty(), List.of(changes));
  }

  @Test
  void aHealthCheckIsReadAsADockerfileHasIt() {
    assertThat(
            changed("HEALTHCHECK --interval=5s --timeout=1m30s --retries=2 CMD test -e /ok")
                .healthcheck())
        .isEqualTo(
            new Healthcheck(
                List.of("CMD-SHELL", "test -e /ok"),
                5_000_000_000L,
                90_000_000_000L,
                2,
                null,
                null));
    assertThat(changed("healthcheck cmd [\"true\", \"now\"]").healthcheck())
        .extracting(Healthcheck::test)
        .isEqualTo(List.of("CMD", "true", "now"));
    assertThat(changed("HEALTHCHECK NONE").healthcheck())
        .extracting(Healthcheck::test)
        .isEqualTo(List.of("NONE"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HEALTHCHECK | Unknown type \"\" in HEALTHCHECK (try CMD)",
        "HEALTHCHECK CMD | Missing command after HEALTHCHECK CMD",
        "HEALTHCHECK NONE x | HEALTHCHECK NONE takes no arguments",
        "HEALTHCHECK --often=1s CMD x | unknown flag: --often",
        "HEALTHCHECK --retries=0 CMD x | --retries must be at least 1 (not 0)",
        "HEALTHCHECK --interval=0 CMD x | Interval interval=0 cannot be less than 1ms",
        "RUN x | run is not a valid change command"
      })
  void whatIsNoChangeIsRefusedInDockersWords(String change, String message) {
    assertThatThrownBy(() -> changed(change)).isInstanceOf(BadParameter.class).hasMessage(message);
  }
}
