package dev.plimsoll.engine.image;

import dev.plimsoll.engine.tar.TarEntry;
import dev.plimsoll.engine.tar.TarType;
import dev.plimsoll.engine.tar.TarWriter;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** Images made for tests, and the archives they come in. */
public final class TestArchives {
  private static final Instant TIME = Instant.parse("2024-05-06T07:08:09Z");

  private TestArchives() {}

  /** An image of some layers, each an archive. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares these
  public record Made(byte[] config, List<byte[]> layers) {
    public ImageId id() {
      return new ImageId(Digest.sha256(config));
    }
  }

  /** A layer with one directory and one file in it. */
  public static byte[] layer(String path, String content) throws IOException {
    String directory = path.substring(0, path.lastIndexOf('/') + 1);
    List<TarEntry> entries = new ArrayList<>();
    if (!directory.isEmpty()) {
      entries.add(TarEntry.directory(directory, TIME));
    }
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    return tar(writer -> {
      for (TarEntry entry : entries) {
        writer.add(entry);
      }
      writer.add(TarEntry.file(path, bytes.length, TIME), bytes);
    });
  }

  static byte[] whiteout(String directory, String name) throws IOException {
    return tar(writer -> {
      writer.add(TarEntry.directory(directory, TIME));
      writer.add(
          new TarEntry(
              directory + ".wh." + name,
              TarType.FILE,
              0,
              0,
              0,
              0,
              TIME,
              "",
              0,
              0,
              Map.of(),
              false));
    });
  }

  public interface Filling {
    void fill(TarWriter writer) throws IOException;
  }

  public static byte[] tar(Filling filling) throws IOException {
    var out = new ByteArrayOutputStream();
    var writer = new TarWriter(out);
    filling.fill(writer);
    writer.finish();
    return out.toByteArray();
  }

  public static Made image(String label, byte[]... layers) {
    List<String> diffIds = new ArrayList<>();
    List<Map<String, Object>> history = new ArrayList<>();
    for (byte[] layer : layers) {
      diffIds.add(Digest.sha256(layer).toString());
      history.add(Map.of("created", TIME.toString(), "created_by", "COPY " + history.size()));
    }
    history.add(Map.of("created", TIME.toString(), "created_by", "CMD x", "empty_layer", true));
    byte[] config =
        Json.write(
            Map.of(
                "architecture",
                "amd64",
                "os",
                "linux",
                "created",
                TIME.toString(),
                "config",
                Map.of("Cmd", List.of("x"), "Labels", Map.of("test", label)),
                "rootfs",
                Map.of("type", "layers", "diff_ids", diffIds),
                "history",
                history));
    return new Made(config, List.of(layers));
  }

  /** As Docker before 25 saved it. */
  public static InputStream oldArchive(Made image, String... names) throws IOException {
    String config = Digest.sha256(image.config()).hex() + ".json";
    return new ByteArrayInputStream(
        tar(writer -> {
          List<String> paths = new ArrayList<>();
          for (byte[] layer : image.layers()) {
            String path = Digest.sha256(layer).hex() + "x/layer.tar";
            paths.add(path);
            writer.add(TarEntry.file(path, layer.length, TIME), layer);
          }
          writer.add(TarEntry.file(config, image.config().length, TIME), image.config());
          byte[] manifest =
              Json.write(
                  List.of(Map.of("Config", config, "RepoTags", List.of(names), "Layers", paths)));
          writer.add(TarEntry.file("manifest.json", manifest.length, TIME), manifest);
        }));
  }

  /** An OCI layout of gzip layers, without a manifest.json. */
  static InputStream layout(Made image, Map<String, String> annotations) throws IOException {
    List<Map<String, Object>> layers = new ArrayList<>();
    Map<String, byte[]> blobs = new java.util.TreeMap<>();
    for (byte[] layer : image.layers()) {
      layers.add(blob(blobs, gzip(layer), "application/vnd.oci.image.layer.v1.tar+gzip"));
    }
    byte[] manifest =
        Json.write(
            Map.of(
                "schemaVersion",
                2,
                "mediaType",
                "application/vnd.oci.image.manifest.v1+json",
                "config",
                blob(blobs, image.config(), "application/vnd.oci.image.config.v1+json"),
                "layers",
                layers));
    Map<String, Object> descriptor =
        new java.util.HashMap<>(
            blob(blobs, manifest, "application/vnd.oci.image.manifest.v1+json"));
    descriptor.put("annotations", annotations);
    byte[] index = Json.write(Map.of("schemaVersion", 2, "manifests", List.of(descriptor)));
    return new ByteArrayInputStream(
        tar(writer -> {
          for (Map.Entry<String, byte[]> each : blobs.entrySet()) {
            writer.add(TarEntry.file(each.getKey(), each.getValue().length, TIME), each.getValue());
          }
          writer.add(TarEntry.file("index.json", index.length, TIME), index);
        }));
  }

  private static Map<String, Object> blob(
      Map<String, byte[]> blobs, byte[] bytes, String mediaType) {
    Digest digest = Digest.sha256(bytes);
    blobs.put("blobs/sha256/" + digest.hex(), bytes);
    return Map.of("mediaType", mediaType, "digest", digest.toString(), "size", bytes.length);
  }

  public static byte[] gzip(byte[] bytes) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }
}
