package dev.plimsoll.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OverlayByTheBestWayTest extends OverlayContract {
  @Override
  void mount(Overlay overlay, Path target) throws IOException {
    Mounts.overlay(overlay, target);
  }

  @Test
  void fiveHundredLayersWithLongPathsMountAndOneMoreIsExplained() throws IOException {
    List<Path> layers = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      layers.add(layer("a-layer-with-quite-a-long-name-" + i, "file-" + i, "x"));
    }

    mount(Overlay.readOnly(layers), target);
    assertThat(target.resolve("file-499")).exists();
    Mounts.unmount(target);

    layers.add(layer("one-more", "f", "x"));
    assertThatThrownBy(() -> mount(Overlay.readOnly(layers), target))
        .hasMessageContaining("too many lower directories, limit is 500");
  }

  @Test
  void aKernelWithoutTheLayerParameterIsToldFromAWrongMount() {
    assertThat(lacksLayerParameter("overlay: Unknown parameter 'lowerdir+'")).isTrue();
    assertThat(lacksLayerParameter("")).isTrue();
    assertThat(lacksLayerParameter("too many lower directories, limit is 500")).isFalse();
    assertThat(
            OverlayMounts.lacksLayerParameter(
                new LinuxException("fsconfig", "overlay", Errno.ENOENT.number())))
        .isFalse();
  }

  private static boolean lacksLayerParameter(String kernelSays) {
    return OverlayMounts.lacksLayerParameter(
        new LinuxException("fsconfig", "overlay", Errno.EINVAL.number(), kernelSays));
  }
}
