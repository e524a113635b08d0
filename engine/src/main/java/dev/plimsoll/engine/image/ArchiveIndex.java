package dev.plimsoll.engine.image;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.engine.refusal.EngineException.NotFound;
import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageManifest;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.Index;
import dev.plimsoll.oci.Json;
import dev.plimsoll.oci.Manifest;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.oci.Platform;
import dev.plimsoll.oci.Tag;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which images an archive holds: told by {@code manifest.json} in Docker's archives, old and new, or
 * by {@code index.json} in an OCI layout.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md">OCI
 *     image-spec 1.1.1, Image Layout</a>
 */
record ArchiveIndex(List<Entry> images) {
  private static final String CONTAINERD_NAME = "io.containerd.image.name";
  private static final String REF_NAME = "org.opencontainers.image.ref.name";

  /** An image in the archive: paths of its files, and the manifest if it has one. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares these
  record Entry(
      byte[] config,
      List<String> layerPaths,
      List<ImageName> names,
      Optional<ManifestBytes> manifest) {}

  private record DockerEntry(
      @JsonProperty("Config") @Nullable String config,
      @JsonProperty("RepoTags") @Nullable List<String> repoTags,
      @JsonProperty("Layers") @Nullable List<String> layers) {}

  /** @param platform the one to take of several; else this machine's, else the only one */
  static ArchiveIndex read(ArchiveFiles files, Optional<Platform> platform) throws IOException {
    if (files.has("manifest.json")) {
      return docker(files);
    }
    if (files.has("index.json")) {
      return oci(files, platform);
    }
    throw new BadParameter(
        "invalid archive: it has neither a manifest.json nor an index.json; is it an image?");
  }

  private static ArchiveIndex docker(ArchiveFiles files) throws IOException {
    List<Entry> images = new ArrayList<>();
    for (DockerEntry each : parse(files.document("manifest.json"), DockerEntry[].class)) {
      if (each.config == null) {
        throw new BadParameter("invalid archive: manifest.json names no Config");
      }
      List<ImageName> names =
          each.repoTags == null
              ? List.of()
              : each.repoTags.stream()
                  .map(ImageLookup::parse)
                  .map(ImageName::withDefaultTag)
                  .toList();
      List<String> layers = each.layers == null ? List.of() : each.layers;
      images.add(new Entry(files.document(each.config), layers, names, Optional.empty()));
    }
    return new ArchiveIndex(images);
  }

  private static ArchiveIndex oci(ArchiveFiles files, Optional<Platform> platform)
      throws IOException {
    if (!(manifest(files.document("index.json"), MediaTypes.OCI_INDEX) instanceof Index index)) {
      throw new BadParameter("invalid archive: index.json is no index");
    }
    List<Entry> images = new ArrayList<>();
    for (Descriptor each : index.manifests()) {
      collect(files, each, names(each), platform, images);
    }
    if (images.isEmpty()) {
      throw new NotFound(
          "the archive has no image for %s".formatted(platform.orElse(Platform.host())));
    }
    return new ArchiveIndex(images);
  }

  private static void collect(
      ArchiveFiles files,
      Descriptor descriptor,
      List<ImageName> names,
      Optional<Platform> platform,
      List<Entry> images)
      throws IOException {
    byte[] bytes = files.document(path(descriptor.digest()));
    if (!Digest.of(descriptor.digest().algorithm(), bytes).equals(descriptor.digest())) {
      throw new BadParameter(
          "invalid archive: the manifest %s is damaged".formatted(descriptor.digest()));
    }
    switch (manifest(bytes, descriptor.mediaType())) {
      case Index index -> {
        Optional<Descriptor> chosen = choose(index, platform);
        if (chosen.isPresent()) {
          collect(files, chosen.get(), names, platform, images);
        }
      }
      case ImageManifest image ->
          images.add(
              new Entry(
                  files.document(path(image.config().digest())),
                  image.layers().stream().map(layer -> path(layer.digest())).toList(),
                  names,
                  Optional.of(new ManifestBytes(descriptor.digest(), image.mediaType(), bytes))));
    }
  }

  /** The image asked for; without a wish this machine's, or the only one that is an image. */
  private static Optional<Descriptor> choose(Index index, Optional<Platform> platform) {
    Platform wanted = platform.orElse(Platform.host());
    List<Descriptor> images = index.manifests().stream().filter(d -> !isAttestation(d)).toList();
    Optional<Descriptor> matching =
        images.stream()
            .filter(d -> d.platform().map(p -> p.matches(wanted)).orElse(false))
            .findFirst();
    return matching.isPresent() || platform.isPresent() || images.size() != 1
        ? matching
        : Optional.of(images.getFirst());
  }

  private static boolean isAttestation(Descriptor descriptor) {
    return descriptor.platform().map(p -> p.os().equals("unknown")).orElse(false);
  }

  private static List<ImageName> names(Descriptor descriptor) {
    String full = descriptor.annotations().getOrDefault(CONTAINERD_NAME, "");
    String ref = descriptor.annotations().getOrDefault(REF_NAME, "");
    if (!full.isEmpty()) {
      return List.of(ImageLookup.parse(full).withDefaultTag());
    }
    boolean tagOnly = !ref.contains("/") && !ref.contains(":");
    if (ref.isEmpty() || (tagOnly && isTag(ref))) {
      return List.of(); // a tag alone does not say of which repository
    }
    return List.of(ImageLookup.parse(ref).withDefaultTag());
  }

  private static boolean isTag(String text) {
    try {
      return !new Tag(text).value().isEmpty();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static String path(Digest digest) {
    return "blobs/" + digest.algorithm().prefix() + "/" + digest.hex();
  }

  private static Manifest manifest(byte[] bytes, String mediaType) {
    try {
      return Manifest.parse(bytes, mediaType);
    } catch (IllegalArgumentException e) {
      throw new BadParameter("invalid archive: " + e.getMessage(), e);
    }
  }

  private static <T> T parse(byte[] bytes, Class<T> type) {
    try {
      return Json.read(bytes, type);
    } catch (IllegalArgumentException e) {
      throw new BadParameter("invalid archive: " + e.getMessage(), e);
    }
  }
}
