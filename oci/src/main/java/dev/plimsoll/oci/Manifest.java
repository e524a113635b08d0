package dev.plimsoll.oci;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A manifest that was read: an {@link ImageManifest} that names layers, or an {@link Index} that
 * names other manifests. The bytes it was read from are its identity; whoever stores it keeps
 * those, because unknown fields are not in here.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md">OCI image-spec
 *     1.1.1, Image manifest</a>
 */
public sealed interface Manifest permits ImageManifest, Index {

  String mediaType();

  /** Given by the manifest, or else the type of its config, as the referrers API wants it. */
  Optional<String> artifactType();

  /** What this manifest is about, such as the image that a signature signs. */
  Optional<Descriptor> subject();

  Map<String, String> annotations();

  /** Everything that must be there for this manifest to be whole, subject excepted. */
  List<Descriptor> references();

  /**
   * Reads a manifest.
   *
   * @param bytes JSON, as it travelled
   * @param contentType what the sender says it is, without parameters; empty if nothing was said
   * @throws IllegalArgumentException if it is not one, with the reason: not JSON, schema 1, a media
   *     type that contradicts {@code contentType}, a malformed descriptor
   */
  static Manifest parse(byte[] bytes, String contentType) {
    if (MediaTypes.isSchema1(contentType)) {
      throw schema1();
    }
    Wire wire = Json.read(bytes, Wire.class);
    if (wire.schemaVersion == null || wire.schemaVersion != 2) {
      if (wire.schemaVersion != null && wire.schemaVersion == 1) {
        throw schema1();
      }
      throw new IllegalArgumentException("a manifest's schemaVersion must be 2");
    }
    String mediaType = agreed(wire, contentType);
    return MediaTypes.isIndex(mediaType) ? wire.index(mediaType) : wire.image(mediaType);
  }

  private static IllegalArgumentException schema1() {
    return new IllegalArgumentException(
        "manifests of schema 1 are not supported; push the image again with Docker 1.10 or newer");
  }

  private static String agreed(Wire wire, String contentType) {
    boolean said = !contentType.isEmpty() && !contentType.equals("application/json");
    if (wire.mediaType != null && said && !wire.mediaType.equals(contentType)) {
      throw new IllegalArgumentException(
          "the manifest says it is %s, but was sent as %s".formatted(wire.mediaType, contentType));
    }
    String mediaType = wire.mediaType != null ? wire.mediaType : said ? contentType : wire.guess();
    // A list of manifests that calls itself an image, or the reverse, would let the same bytes
    // mean two things to two clients (CVE-2021-41190).
    if (wire.manifests != null && (wire.layers != null || wire.config != null)) {
      throw new IllegalArgumentException("a manifest cannot have both layers and manifests");
    }
    if (wire.manifests == null && MediaTypes.isIndex(mediaType)) {
      throw new IllegalArgumentException("an index must have a list of manifests");
    }
    if (wire.manifests != null && !MediaTypes.isIndex(mediaType)) {
      throw new IllegalArgumentException(mediaType + " cannot have a list of manifests");
    }
    return mediaType;
  }

  /** The form on the wire, where everything may be missing. */
  record Wire(
      @Nullable Integer schemaVersion,
      @Nullable String mediaType,
      @Nullable String artifactType,
      Descriptor.@Nullable Wire config,
      @Nullable List<Descriptor.Wire> layers,
      @Nullable List<Descriptor.Wire> manifests,
      Descriptor.@Nullable Wire subject,
      @Nullable Map<String, String> annotations) {

    String guess() {
      return manifests != null ? MediaTypes.OCI_INDEX : MediaTypes.OCI_MANIFEST;
    }

    Index index(String type) {
      return new Index(
          type, Optional.ofNullable(artifactType), all("manifests", manifests), about(), notes());
    }

    ImageManifest image(String type) {
      if (config == null) {
        throw new IllegalArgumentException("an image manifest must have a config");
      }
      return new ImageManifest(
          type,
          Optional.ofNullable(artifactType),
          config.checked("config"),
          all("layers", layers),
          about(),
          notes());
    }

    private Optional<Descriptor> about() {
      return subject == null ? Optional.empty() : Optional.of(subject.checked("subject"));
    }

    private Map<String, String> notes() {
      return annotations == null ? Map.of() : annotations;
    }

    private static List<Descriptor> all(String field, @Nullable List<Descriptor.Wire> wires) {
      List<Descriptor> checked = new ArrayList<>();
      if (wires != null) {
        for (Descriptor.Wire wire : wires) {
          checked.add(wire.checked("%s[%d]".formatted(field, checked.size())));
        }
      }
      return checked;
    }
  }
}
