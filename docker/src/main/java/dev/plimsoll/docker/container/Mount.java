package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * One {@code --mount} of a create request.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Mount(
    @JsonProperty("Target") String target,
    @JsonProperty("Source") String source,
    @JsonProperty("Type") String type,
    @JsonProperty("ReadOnly") boolean readOnly,
    @JsonProperty("Consistency") String consistency,
    @JsonProperty("BindOptions") @Nullable BindOptions bindOptions,
    @JsonProperty("VolumeOptions") @Nullable VolumeOptions volumeOptions,
    @JsonProperty("ImageOptions") @Nullable ImageMountOptions imageOptions,
    @JsonProperty("TmpfsOptions") @Nullable TmpfsOptions tmpfsOptions) {
  public Mount {
    target = Absent.text(target);
    source = Absent.text(source);
    type = Absent.text(type);
    consistency = Absent.text(consistency);
  }
}
