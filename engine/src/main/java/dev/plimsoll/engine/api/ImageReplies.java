package dev.plimsoll.engine.api;

import dev.plimsoll.docker.ApiVersion;
import dev.plimsoll.docker.image.ImageHistoryItem;
import dev.plimsoll.docker.image.ImageInspectReply;
import dev.plimsoll.docker.image.ImageInspectReply.GraphDriver;
import dev.plimsoll.docker.image.ImageInspectReply.Metadata;
import dev.plimsoll.docker.image.ImageInspectReply.RootFs;
import dev.plimsoll.docker.image.ImageSummary;
import dev.plimsoll.engine.image.Image;
import dev.plimsoll.engine.image.ImageStore.HistoryLine;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageConfig;
import dev.plimsoll.oci.ImageName;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Images in the words of the API, which are not the same in all its versions. */
final class ImageReplies {
  private static final int WITHOUT_NONE_NAMES = 43;
  private static final int WITHOUT_VIRTUAL_SIZE = 44;
  private static final int WITHOUT_CONTAINER_FIELDS = 50;
  private static final String NEVER = "0001-01-01T00:00:00Z"; // Go's zero time

  private ImageReplies() {}

  static ImageSummary summary(
      Image image, ApiVersion version, long sharedSizeBytes, long containers) {
    boolean nameless = image.names().isEmpty() && image.digests().isEmpty();
    boolean sayNone = nameless && !version.atLeast(WITHOUT_NONE_NAMES);
    var config = image.config().config();
    return new ImageSummary(
        containers,
        image.created().orElse(Instant.EPOCH).getEpochSecond(),
        image.id().toString(),
        config == null ? null : config.labels(),
        image.parent().map(Object::toString).orElse(""),
        sayNone ? List.of("<none>@<none>") : familiar(image.digests()),
        sayNone ? List.of("<none>:<none>") : familiar(image.names()),
        sharedSizeBytes,
        image.sizeBytes(),
        version.atLeast(WITHOUT_VIRTUAL_SIZE) ? null : image.sizeBytes());
  }

  static ImageInspectReply inspect(Image image, List<Path> lowerDirectories, ApiVersion version) {
    ImageConfig config = image.config();
    return new ImageInspectReply(
        image.id().toString(),
        familiar(image.names()),
        familiar(image.digests()),
        image.parent().map(Object::toString).orElse(""),
        text(config.comment()),
        config.created(),
        text(config.dockerVersion()),
        text(config.author()),
        config(config.config(), version),
        text(config.architecture()),
        config.variant(),
        text(config.os()),
        config.osVersion(),
        image.sizeBytes(),
        version.atLeast(WITHOUT_VIRTUAL_SIZE) ? null : image.sizeBytes(),
        graphDriver(lowerDirectories),
        new RootFs("layers", config.diffIds().stream().map(Digest::toString).toList()),
        new Metadata(
            image.lastTaggedAt().map(Instant::toString).orElse(NEVER),
            image.pulledAt().map(Instant::toString).orElse(null),
            image.lastUsedAt().toString(),
            image.createdFrom()));
  }

  private static GraphDriver graphDriver(List<Path> topFirst) {
    Map<String, String> data = new LinkedHashMap<>();
    if (topFirst.size() > 1) {
      data.put(
          "LowerDir",
          topFirst.stream().skip(1).map(Path::toString).collect(Collectors.joining(":")));
    }
    if (!topFirst.isEmpty()) {
      data.put("UpperDir", topFirst.getFirst().toString());
    }
    return new GraphDriver(data, "overlay2");
  }

  /** Before 1.50 the fields of a container's configuration were there too, all of them empty. */
  private static @Nullable Object config(
      ImageConfig.@Nullable Defaults config, ApiVersion version) {
    if (version.atLeast(WITHOUT_CONTAINER_FIELDS)) {
      return config;
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("Hostname", "");
    all.put("Domainname", "");
    all.put("User", config == null ? "" : text(config.user()));
    for (String field :
        List.of("AttachStdin", "AttachStdout", "AttachStderr", "Tty", "OpenStdin", "StdinOnce")) {
      all.put(field, false);
    }
    put(all, "ExposedPorts", config == null ? null : config.exposedPorts());
    putAlways(all, "Env", config == null ? null : config.env());
    putAlways(all, "Cmd", config == null ? null : config.cmd());
    put(all, "Healthcheck", config == null ? null : config.healthcheck());
    put(all, "ArgsEscaped", config == null ? null : config.argsEscaped());
    all.put("Image", "");
    putAlways(all, "Volumes", config == null ? null : config.volumes());
    all.put("WorkingDir", config == null ? "" : text(config.workingDir()));
    putAlways(all, "Entrypoint", config == null ? null : config.entrypoint());
    putAlways(all, "OnBuild", config == null ? null : config.onBuild());
    putAlways(all, "Labels", config == null ? null : config.labels());
    put(all, "StopSignal", config == null ? null : config.stopSignal());
    put(all, "Shell", config == null ? null : config.shell());
    return all;
  }

  private static void put(Map<String, Object> all, String field, @Nullable Object value) {
    if (value != null) {
      all.put(field, value);
    }
  }

  private static void putAlways(Map<String, Object> all, String field, @Nullable Object value) {
    all.put(field, Objects.requireNonNullElse(value, Optional.empty())); // written as null
  }

  static ImageHistoryItem history(HistoryLine line) {
    return new ImageHistoryItem(
        line.comment(),
        line.created().map(ImageReplies::seconds).orElse(0L),
        line.createdBy(),
        line.id().map(Object::toString).orElse("<missing>"),
        line.sizeBytes(),
        line.names().isEmpty() ? null : line.names());
  }

  private static long seconds(String time) {
    try {
      return OffsetDateTime.parse(time).toEpochSecond();
    } catch (DateTimeException e) {
      return 0;
    }
  }

  private static List<String> familiar(List<ImageName> names) {
    return names.stream().map(ImageName::familiar).toList();
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }
}
