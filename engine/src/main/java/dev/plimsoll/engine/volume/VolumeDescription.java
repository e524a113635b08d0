package dev.plimsoll.engine.volume;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.plimsoll.oci.Json;
import java.time.Instant;
import java.util.Map;

/**
 * What {@code volume.json} holds: everything of a volume that never changes.
 *
 * @param format the version of this file's form, 1
 */
record VolumeDescription(
    @JsonProperty("format") int format,
    @JsonProperty("name") String name,
    @JsonProperty("options") Map<String, String> options,
    @JsonProperty("labels") Map<String, String> labels,
    @JsonProperty("created") String created) {
  static final int FORMAT = 1;

  static VolumeDescription of(
      VolumeName name, LocalOptions options, Map<String, String> labels, Instant created) {
    return new VolumeDescription(
        FORMAT, name.value(), options.values(), labels, created.toString());
  }

  /** Throws {@link IllegalArgumentException} on anything that this version did not write. */
  static VolumeDescription parse(byte[] bytes) {
    VolumeDescription description = Json.read(bytes, VolumeDescription.class);
    if (description.format != FORMAT) {
      throw new IllegalArgumentException(
          "volume.json has format %d, this release reads %d".formatted(description.format, FORMAT));
    }
    return description;
  }

  byte[] toBytes() {
    return Json.write(this);
  }
}
