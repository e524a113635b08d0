package dev.plimsoll.engine.image;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.plimsoll.engine.tar.TarEntry;
import dev.plimsoll.engine.tar.TarWriter;
import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.Json;
import dev.plimsoll.oci.Tag;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code docker save}: images as an archive that is an OCI layout and has Docker's {@code
 * manifest.json} beside it, as Docker 25 and newer write it. Layers go out packed as they came.
 */
public final class ImageSaves {
  private static final byte[] LAYOUT = Json.write(Map.of("imageLayoutVersion", "1.0.0"));

  private final ImageStore store;
  private final ImageManifests manifests;

  public ImageSaves(ImageStore store) {
    this.store = store;
    this.manifests = new ImageManifests(store);
  }

  /** Images to be saved, found and kept; closing it ends that. */
  public final class Selection implements AutoCloseable {
    private final Lease lease = store.lease("save");
    private final Map<Image, Set<ImageName>> images = new LinkedHashMap<>();

    /** Writes the archive; {@code out} is flushed, not closed. */
    public void writeTo(OutputStream out) throws IOException, InterruptedException {
      write(this, out);
    }

    @Override
    public void close() throws IOException {
      lease.close();
    }
  }

  /**
   * Finds images: by name, by id (then without names), or by a repository, which means all its tags.
   *
   * @throws dev.plimsoll.engine.refusal.EngineException.NotFound if one of them is not here
   */
  public Selection select(List<String> names) throws IOException {
    Selection selection = new Selection();
    try {
      for (String name : names) {
        add(selection, name);
      }
      return selection;
    } catch (IOException | RuntimeException e) {
      selection.close();
      throw e;
    }
  }

  private void add(Selection selection, String text) throws IOException {
    if (!text.startsWith("sha256:") && !text.matches("[0-9a-f]{64}")) {
      ImageName name = ImageLookup.parse(text);
      if (name.tag().isEmpty() && name.digest().isEmpty() && addAll(selection, name)) {
        return;
      }
    }
    Image found = store.find(text);
    Set<ImageName> names = selection.images.computeIfAbsent(found, _ -> new LinkedHashSet<>());
    if (!ImageLookup.isIdOf(found.id(), text)) {
      ImageName name = ImageLookup.parse(text).withDefaultTag();
      if (name.digest().isEmpty()) {
        names.add(name);
      }
    }
  }

  private boolean addAll(Selection selection, ImageName repository) throws IOException {
    boolean any = false;
    for (Image image : store.all()) {
      for (ImageName name : image.names()) {
        if (name.withoutReference().equals(repository)) {
          selection.images.computeIfAbsent(image, _ -> new LinkedHashSet<>()).add(name);
          any = true;
        }
      }
    }
    return any;
  }

  private record DockerEntry(
      @JsonProperty("Config") String config,
      @JsonProperty("RepoTags") List<String> repoTags,
      @JsonProperty("Layers") List<String> layers) {}

  private void write(Selection selection, OutputStream out)
      throws IOException, InterruptedException {
    var tar = new TarWriter(out);
    Set<Digest> written = new LinkedHashSet<>();
    List<DockerEntry> docker = new ArrayList<>();
    List<Map<String, Object>> index = new ArrayList<>();
    tar.add(TarEntry.directory("blobs/", Instant.EPOCH));
    tar.add(TarEntry.directory("blobs/sha256/", Instant.EPOCH));
    for (Map.Entry<Image, Set<ImageName>> each : selection.images.entrySet()) {
      Image image = each.getKey();
      ManifestBytes manifest = manifests.of(image, selection.lease);
      List<String> layers = new ArrayList<>();
      for (Descriptor layer : ImageManifests.layers(manifest)) {
        layers.add(path(layer.digest()));
        if (written.add(layer.digest())) {
          blob(tar, layer.digest());
        }
      }
      document(tar, written, image.id().digest(), store.config(image.id()));
      document(tar, written, manifest.digest(), manifest.content());
      docker.add(
          new DockerEntry(
              path(image.id().digest()),
              each.getValue().stream().map(ImageName::familiar).toList(),
              layers));
      index.addAll(descriptors(manifest, each.getValue()));
      store.publish(image, "save");
    }
    file(
        tar,
        "index.json",
        Json.write(
            Map.of(
                "schemaVersion",
                2,
                "mediaType",
                "application/vnd.oci.image.index.v1+json",
                "manifests",
                index)));
    file(tar, "manifest.json", Json.write(docker));
    file(tar, "oci-layout", LAYOUT);
    tar.finish();
  }

  private static List<Map<String, Object>> descriptors(
      ManifestBytes manifest, Set<ImageName> names) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (ImageName name : names) {
      Map<String, Object> descriptor = descriptor(manifest);
      descriptor.put(
          "annotations",
          Map.of(
              "io.containerd.image.name", name.toString(),
              "org.opencontainers.image.ref.name", name.tag().orElse(Tag.LATEST).value()));
      all.add(descriptor);
    }
    return all.isEmpty() ? List.of(descriptor(manifest)) : all;
  }

  private static Map<String, Object> descriptor(ManifestBytes manifest) {
    Map<String, Object> descriptor = new LinkedHashMap<>();
    descriptor.put("mediaType", manifest.mediaType());
    descriptor.put("digest", manifest.digest().toString());
    descriptor.put("size", manifest.content().length);
    return descriptor;
  }

  private void blob(TarWriter tar, Digest digest) throws IOException {
    try (InputStream in = store.blobs().open(digest, 0)) {
      tar.add(TarEntry.file(path(digest), store.blobs().sizeBytes(digest), Instant.EPOCH), in);
    }
  }

  private static void document(TarWriter tar, Set<Digest> written, Digest digest, byte[] bytes)
      throws IOException {
    if (written.add(digest)) {
      file(tar, path(digest), bytes);
    }
  }

  private static void file(TarWriter tar, String name, byte[] bytes) throws IOException {
    tar.add(TarEntry.file(name, bytes.length, Instant.EPOCH), bytes);
  }

  private static String path(Digest digest) {
    return "blobs/" + digest.algorithm().prefix() + "/" + digest.hex();
  }
}
