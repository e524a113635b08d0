package dev.plimsoll.engine.image;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code images/<id>.json} says of an image: what never changes of it, and the names it came
 * with. A lost database can be made anew from it.
 *
 * @param format the version of this file's form, 1
 * @param config the bytes whose digest is the id
 * @param layers lowest first
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares these
record ImageDescription(
    @JsonProperty("format") int format,
    @JsonProperty("id") String id,
    @JsonProperty("config") byte[] config,
    @JsonProperty("layers") List<Part> layers,
    @JsonProperty("createdFrom") String createdFrom,
    @JsonProperty("parent") @Nullable String parent,
    @JsonProperty("names") List<String> names,
    @JsonProperty("manifests") List<Manifest> manifests) {
  static final int FORMAT = 1;

  /** A layer: its content, the directory's id, and the blob it came as. */
  record Part(
      @JsonProperty("diffId") String diffId,
      @JsonProperty("layer") String layer,
      @JsonProperty("blob") @Nullable String blob) {}

  /** A manifest that names the config, as the bytes it came as. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares these
  record Manifest(
      @JsonProperty("mediaType") String mediaType, @JsonProperty("content") byte[] content) {}

  /**
   * Reads a description.
   *
   * @throws IllegalArgumentException if this release did not write it, or it is not what it says
   */
  static ImageDescription parse(byte[] bytes) {
    ImageDescription read = Json.read(bytes, ImageDescription.class);
    if (read.format != FORMAT) {
      throw new IllegalArgumentException(
          "it has format %d, this release reads %d".formatted(read.format, FORMAT));
    }
    if (!Digest.sha256(read.config).toString().equals(read.id)) {
      throw new IllegalArgumentException("its configuration is not that of image " + read.id);
    }
    return read;
  }
}
