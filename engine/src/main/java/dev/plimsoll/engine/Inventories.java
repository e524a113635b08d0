package dev.plimsoll.engine;

import dev.plimsoll.engine.api.InfoText;
import dev.plimsoll.engine.container.Container;
import dev.plimsoll.engine.container.ContainerState;
import dev.plimsoll.engine.container.Containers;
import dev.plimsoll.engine.image.ImageStore;
import java.io.IOException;

/** How much there is of everything, for {@code docker info}. */
final class Inventories {
  private Inventories() {}

  static InfoText.Counts count(Containers containers, ImageStore images) throws IOException {
    int running = 0;
    int paused = 0;
    int stopped = 0;
    for (Container container : containers.all()) {
      switch (container.snapshot().state()) {
        case ContainerState.Running _, ContainerState.Restarting _ -> running++;
        case ContainerState.Paused _ -> paused++;
        case ContainerState.Created _,
            ContainerState.Exited _,
            ContainerState.Removing _,
            ContainerState.Dead _ ->
            stopped++;
      }
    }
    return new InfoText.Counts(running, paused, stopped, images.all().size());
  }
}
