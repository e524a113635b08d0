package dev.plimsoll.engine.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.docker.container.BindOptions;
import dev.plimsoll.docker.container.ContainerConfig;
import dev.plimsoll.docker.container.DriverConfig;
import dev.plimsoll.docker.container.HostConfig;
import dev.plimsoll.docker.container.Mount;
import dev.plimsoll.docker.container.VolumeOptions;
import dev.plimsoll.engine.refusal.EngineException;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MountPlanTest {

  @Test
  void aPathIsABindAndANameIsAVolume() {
    List<MountSettings> mounts =
        plan(host -> host.binds = List.of("/srv//a/:/a:ro", "data:/b", "/c"), Map.of());

    assertThat(mounts)
        .extracting(m ->
            m.kind() + " " + m.source() + m.name() + " " + m.destination() + " " + m.writable())
        .containsExactly("BIND /srv/a /a false", "VOLUME data /b true", "VOLUME  /c true");
    assertThat(mounts.get(0).createSource()).isTrue();
    assertThat(mounts.get(2).anonymous()).isTrue();
  }

  @Test
  void whatIsAskedForByHandHidesTheImagesVolume() {
    assertThat(
            plan(
                host -> host.binds = List.of("/x:/data"),
                Map.of("/data", Map.of(), "/more", Map.of())))
        .extracting(MountSettings::kind)
        .containsExactly(MountSettings.Kind.BIND, MountSettings.Kind.VOLUME);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ":", "a:b:c:d", "/a:b", "x:/y", "/a:/", "/a:/b:bogus", "/a:/b:ro,rw", ":/b"})
  void whatMakesNoSenseIsRefused(String bind) {
    assertThatThrownBy(() -> MountPlan.parseBind(bind)).isInstanceOf(BadParameter.class);
  }

  @Test
  void onePlaceCannotBeTakenTwice() {
    assertThatThrownBy(() -> plan(host -> host.binds = List.of("/a:/x", "/b:/x/"), Map.of()))
        .hasMessage("Duplicate mount point: /x");
  }

  @Test
  void aMountsSourceMustExist() {
    var mount = new Mount("/x", "/no/such/place", "bind", false, "", null, null, null, null);

    assertThatThrownBy(() -> plan(host -> host.mounts = List.of(mount), Map.of()))
        .hasMessage(
            "invalid mount config for type \"bind\": bind source path does not exist: /no/such/place");
  }

  @Test
  void aKindThatIsNotSupportedIsNamed() {
    var mount = new Mount("/x", "busybox", "image", false, "", null, null, null, null);

    assertThatThrownBy(() -> plan(host -> host.mounts = List.of(mount), Map.of()))
        .isInstanceOf(EngineException.NotImplemented.class)
        .hasMessageContaining("image");
  }

  @Test
  void eachMistakeIsToldInDockersWords() {
    refused(
        new Mount("/x", "/tmp", "nonsense", false, "", null, null, null, null),
        "invalid mount config for type \"nonsense\": mount type unknown");
    refused(
        new Mount("x", "/tmp", "bind", false, "", null, null, null, null),
        "invalid mount config for type \"bind\": invalid mount path: 'x' mount path must be absolute");
    refused(
        new Mount(
            "/x",
            "/tmp",
            "bind",
            false,
            "",
            new BindOptions("sideways", false, false, false, false),
            null,
            null,
            null),
        "invalid mount config for type \"bind\": invalid propagation mode: sideways");
    assertThatThrownBy(() -> MountPlan.parseBind("/:/"))
        .hasMessage(
            "invalid volume specification: '/:/': invalid mount config for type \"bind\": invalid specification: destination can't be '/'");
    assertThatThrownBy(() -> plan(host -> host.tmpfs = Map.of("/t", "bogus"), Map.of()))
        .hasMessage("invalid tmpfs option [\"bogus\"]");
    assertThatThrownBy(() -> plan(host -> host.tmpfs = Map.of("t", ""), Map.of()))
        .hasMessage("invalid mount path: 't' mount path must be absolute");
  }

  private static void refused(Mount mount, String message) {
    assertThatThrownBy(() -> plan(host -> host.mounts = List.of(mount), Map.of()))
        .hasMessage(message);
  }

  @Test
  void whatAMountSaysOfItsVolumeIsFound() {
    var options =
        new VolumeOptions(
            false, Map.of("a", "b"), new DriverConfig("local", Map.of("type", "tmpfs")), "");
    var mount = new Mount("/x/", "data", "volume", false, "", null, options, null, null);
    HostConfig.Draft host = HostConfig.NONE.draft();
    host.mounts = List.of(mount);
    MountSettings planned = plan(h -> h.mounts = List.of(mount), Map.of()).getFirst();

    assertThat(MountPlan.optionsOf(host.finish(), planned)).isEqualTo(options);
    assertThat(MountPlan.optionsOf(HostConfig.NONE, planned).labels()).isEmpty();
  }

  @Test
  void aTmpfsIsClosedUnlessItIsOpened() {
    assertThat(
            plan(host -> host.tmpfs = Map.of("/t", "exec,size=1m"), Map.of()).getFirst().options())
        .containsExactly("nosuid", "nodev", "size=1m");
  }

  private static List<MountSettings> plan(
      Consumer<HostConfig.Draft> change, Map<String, Object> volumes) {
    HostConfig.Draft host = HostConfig.NONE.draft();
    change.accept(host);
    ContainerConfig.Draft config = ContainerConfig.NONE.draft();
    config.volumes = new java.util.TreeMap<>(volumes);
    return MountPlan.of(config.finish(), host.finish(), _ -> List.of());
  }
}
