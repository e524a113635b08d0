package dev.plimsoll.engine.container;

import dev.plimsoll.docker.container.ContainerConfig;
import dev.plimsoll.docker.container.HealthConfig;
import dev.plimsoll.engine.refusal.EngineException;
import dev.plimsoll.oci.ImageConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Completes what a user asked for with what the image says, as dockerd does. */
final class ImageDefaults {
  private ImageDefaults() {}

  /**
   * The whole configuration of a container.
   *
   * @throws EngineException.BadParameter if neither names a command
   */
  static ContainerConfig merge(ContainerConfig asked, ImageConfig image) {
    ContainerConfig.Draft draft = asked.draft();
    ImageConfig.Defaults defaults = image.config();
    if (defaults != null) {
      merge(draft, defaults);
    }
    // `--entrypoint ""` arrives as [""]: it takes the image's entry point away, and its command.
    if (draft.entrypoint != null && draft.entrypoint.equals(List.of(""))) {
      draft.entrypoint = null;
    }
    if (isEmpty(draft.entrypoint) && isEmpty(draft.cmd)) {
      throw new EngineException.BadParameter("no command specified");
    }
    return draft.finish();
  }

  private static void merge(ContainerConfig.Draft draft, ImageConfig.Defaults image) {
    draft.user = first(draft.user, image.user());
    draft.workingDir = first(draft.workingDir, image.workingDir());
    draft.stopSignal = first(draft.stopSignal == null ? "" : draft.stopSignal, image.stopSignal());
    draft.exposedPorts = union(draft.exposedPorts, image.exposedPorts());
    draft.volumes = union(draft.volumes, image.volumes());
    draft.labels = union(draft.labels, image.labels());
    draft.env = environment(draft.env, image.env());
    if (draft.stopSignal.isEmpty()) {
      draft.stopSignal = null;
    }
    if (isEmpty(draft.entrypoint)) {
      if (isEmpty(draft.cmd)) {
        draft.cmd = image.cmd();
      }
      if (draft.entrypoint == null) {
        draft.entrypoint = image.entrypoint();
      }
    }
    if (draft.shell == null) {
      draft.shell = image.shell();
    }
    if (draft.onBuild == null) {
      draft.onBuild = image.onBuild();
    }
    if (image.healthcheck() != null) {
      draft.healthcheck = health(draft.healthcheck, image.healthcheck());
    }
  }

  private static boolean isEmpty(@Nullable List<String> list) {
    return list == null || list.isEmpty();
  }

  private static String first(String asked, @Nullable String image) {
    return asked.isEmpty() && image != null ? image : asked;
  }

  private static <V> Map<String, V> union(Map<String, V> asked, @Nullable Map<String, V> image) {
    Map<String, V> all = new LinkedHashMap<>();
    if (image != null) {
      all.putAll(image);
    }
    all.putAll(asked);
    return all;
  }

  private static List<String> environment(List<String> asked, @Nullable List<String> image) {
    List<String> all = new ArrayList<>(asked);
    for (String variable : image == null ? List.<String>of() : image) {
      String name = name(variable);
      if (asked.stream().noneMatch(a -> name(a).equals(name))) {
        all.add(variable);
      }
    }
    return all;
  }

  private static String name(String variable) {
    int equals = variable.indexOf('=');
    return equals < 0 ? variable : variable.substring(0, equals);
  }

  private static HealthConfig health(@Nullable HealthConfig asked, ImageConfig.Healthcheck image) {
    HealthConfig base = asked == null ? new HealthConfig(List.of(), 0, 0, 0, 0, 0) : asked;
    return new HealthConfig(
        base.test().isEmpty() && image.test() != null ? image.test() : base.test(),
        first(base.intervalNanos(), image.interval()),
        first(base.timeoutNanos(), image.timeout()),
        base.retries() == 0 && image.retries() != null ? image.retries() : base.retries(),
        first(base.startPeriodNanos(), image.startPeriod()),
        first(base.startIntervalNanos(), image.startInterval()));
  }

  private static long first(long asked, @Nullable Long image) {
    return asked == 0 && image != null ? image : asked;
  }
}
