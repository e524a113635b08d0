package dev.plimsoll.engine.image;

import dev.plimsoll.engine.image.ImageStore.HistoryLine;
import dev.plimsoll.engine.layer.Layer;
import dev.plimsoll.oci.ImageConfig;
import dev.plimsoll.oci.ImageName;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The history a configuration tells, with the sizes of the layers it speaks of. */
record ImageHistory(Image image, List<Layer> layers) {

  /** The newest first; only the newest has the image's id, as Docker shows it. */
  List<HistoryLine> lines() {
    List<ImageConfig.History> steps =
        Objects.requireNonNullElse(image.config().history(), List.of());
    List<HistoryLine> oldestFirst = new ArrayList<>();
    int layer = 0;
    for (ImageConfig.History step : steps) {
      boolean empty = Boolean.TRUE.equals(step.emptyLayer());
      long size = !empty && layer < layers.size() ? layers.get(layer++).sizeBytes() : 0;
      oldestFirst.add(
          new HistoryLine(
              Optional.empty(),
              Optional.ofNullable(step.created()),
              text(step.createdBy()),
              List.of(),
              size,
              text(step.comment())));
    }
    for (; layer < layers.size(); layer++) {
      oldestFirst.add(unexplained(layers.get(layer)));
    }
    if (!oldestFirst.isEmpty()) {
      oldestFirst.add(withImage(oldestFirst.removeLast()));
    }
    return oldestFirst.reversed();
  }

  private HistoryLine unexplained(Layer layer) {
    return new HistoryLine(
        Optional.empty(),
        Optional.ofNullable(image.config().created()),
        "",
        List.of(),
        layer.sizeBytes(),
        "");
  }

  private HistoryLine withImage(HistoryLine newest) {
    return new HistoryLine(
        Optional.of(image.id()),
        newest.created(),
        newest.createdBy(),
        image.names().stream().map(ImageName::familiar).toList(),
        newest.sizeBytes(),
        newest.comment());
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }
}
