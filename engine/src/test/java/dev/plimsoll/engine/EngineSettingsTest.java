package dev.plimsoll.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.foundation.settings.Settings;
import dev.plimsoll.foundation.settings.SettingsException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EngineSettingsTest {
  private static EngineSettings with(Map<String, String> flags) {
    return EngineSettings.from(
        Settings.load(Optional.empty(), Map.of(), flags, EngineSettings.ALL));
  }

  @Test
  void theDefaultsAreThoseOfTheDocumentation() {
    EngineSettings defaults = with(Map.of());

    assertThat(defaults.data()).isEqualTo(Path.of("/var/lib/plimsoll"));
    assertThat(defaults.root()).isEqualTo(Path.of("/var/lib/plimsoll/engine"));
    assertThat(defaults.run()).isEqualTo(Path.of("/run/plimsoll"));
    assertThat(defaults.sockets()).containsExactly(Path.of("/run/plimsoll/engine.sock"));
    assertThat(defaults.socketGroup()).isEqualTo("plimsoll");
    assertThat(defaults.registries().mirrors()).isEmpty();
    assertThat(defaults.registries().certificatesDirectory())
        .isEqualTo(Path.of("/etc/docker/certs.d"));
  }

  @Test
  void anotherDataDirectoryHasAnotherRunDirectory() {
    Path one = with(Map.of("engine.data", "/srv/one")).run();
    Path two = with(Map.of("engine.data", "/srv/two")).run();

    assertThat(one).isNotEqualTo(two).hasParentRaw(Path.of("/run"));
    assertThat(with(Map.of("engine.data", "/srv/one/")).run()).isEqualTo(one);
  }

  @Test
  void theSocketFollowsTheRunDirectoryUnlessItIsGiven() {
    assertThat(with(Map.of("engine.run", "/run/x")).socket())
        .isEqualTo(Path.of("/run/x/engine.sock"));
    assertThat(with(Map.of("engine.socket", "/tmp/s")).socket()).isEqualTo(Path.of("/tmp/s"));
  }

  @Test
  void aSecondSocketIsListenedOnWhereAskedFor() {
    assertThat(with(Map.of("engine.docker-socket", "/var/run/docker.sock")).sockets())
        .containsExactly(Path.of("/run/plimsoll/engine.sock"), Path.of("/var/run/docker.sock"));
  }

  @Test
  void registriesAreSetAsInDockersDaemonJson() {
    EngineSettings settings =
        with(
            Map.of(
                "engine.registry-mirrors", "https://a.example, http://b.example:5000",
                "engine.insecure-registries", "10.0.0.0/8,reg.example:5000"));

    assertThat(settings.registries().mirrors()).hasSize(2);
    assertThat(settings.registries().insecureRegistries())
        .containsExactly("10.0.0.0/8", "reg.example:5000");
  }

  @Test
  void whatMakesNoSenseStopsTheStartWithASentence() {
    assertThatThrownBy(() -> with(Map.of("engine.sokcet", "/x")))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("engine.socket");
    assertThatThrownBy(() -> with(Map.of("engine.downloads-max", "0")))
        .isInstanceOf(SettingsException.class);
    assertThatThrownBy(() -> with(Map.of("engine.registry-mirrors", "a.example")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a.example");
  }
}
