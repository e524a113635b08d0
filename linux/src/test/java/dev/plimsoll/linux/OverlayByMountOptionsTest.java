package dev.plimsoll.linux;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OverlayByMountOptionsTest extends OverlayContract {
  @Override
  void mount(Overlay overlay, Path target) throws IOException {
    OverlayMounts.byOptions(overlay, target);
  }

  @Test
  void moreThanAPageOfOptionsIsRefusedAndNotCut() throws IOException {
    List<Path> layers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      layers.add(root.resolve("a-layer-with-quite-a-long-name-" + i));
    }

    assertThatThrownBy(() -> mount(Overlay.readOnly(layers), target))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("its 100 layers need")
        .hasMessageContaining("mount(2) takes 4095");
  }
}
