package dev.plimsoll.transfer;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.MediaTypes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** An image made of random layers. */
record TestImage(String mediaType, String json, String configText, List<TestLayer> content) {

  /** A layer's bytes, made anew from a seed each time. */
  record TestLayer(int seed, int sizeBytes) {
    byte[] bytes() {
      byte[] bytes = new byte[sizeBytes];
      new Random(seed).nextBytes(bytes);
      return bytes;
    }
  }

  /** Layers of these sizes; the same size twice is the same layer twice. */
  static TestImage of(int... sizes) {
    List<TestLayer> layers = new ArrayList<>();
    for (int size : sizes) {
      layers.add(new TestLayer(size, size));
    }
    String config =
        "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\"}}";
    return of(MediaTypes.DOCKER_CONFIG, config, layers);
  }

  static TestImage of(String configType, String config, List<TestLayer> layers) {
    List<String> described = new ArrayList<>();
    for (TestLayer layer : layers) {
      described.add(descriptor(MediaTypes.DOCKER_LAYER_GZIP, layer.bytes()));
    }
    String json =
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}"
            .formatted(
                MediaTypes.DOCKER_MANIFEST,
                descriptor(configType, config.getBytes(StandardCharsets.UTF_8)),
                String.join(",", described));
    return new TestImage(MediaTypes.DOCKER_MANIFEST, json, config, List.copyOf(layers));
  }

  byte[] manifest() {
    return json.getBytes(StandardCharsets.UTF_8);
  }

  byte[] config() {
    return configText.getBytes(StandardCharsets.UTF_8);
  }

  byte[] layer(int index) {
    return content.get(index).bytes();
  }

  Digest digest() {
    return Digest.sha256(manifest());
  }

  /** Config and layers. */
  List<byte[]> blobs() {
    List<byte[]> blobs = new ArrayList<>();
    blobs.add(config());
    content.forEach(layer -> blobs.add(layer.bytes()));
    return blobs;
  }

  ManifestContent manifestContent() {
    return ManifestContent.of(manifest(), mediaType);
  }

  static String descriptor(String type, byte[] content) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(type, Digest.sha256(content), content.length);
  }

  /** An entry of an index. */
  String entry(String platform) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d,\"platform\":%s}"
        .formatted(mediaType, digest(), manifest().length, platform);
  }

  static byte[] index(String... entries) {
    return "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s]}"
        .formatted(MediaTypes.OCI_INDEX, String.join(",", entries))
        .getBytes(StandardCharsets.UTF_8);
  }
}
