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
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("Source") String source,
    @JsonProperty("Type") String type,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) @JsonProperty("ReadOnly") boolean readOnly,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("Consistency") String consistency,
    @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("BindOptions")
        @Nullable BindOptions bindOptions,
    @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("VolumeOptions")
        @Nullable VolumeOptions volumeOptions,
    @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("ImageOptions")
        @Nullable ImageMountOptions imageOptions,
    @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("TmpfsOptions")
        @Nullable TmpfsOptions tmpfsOptions) {
  public Mount {
    target = Absent.text(target);
    source = Absent.text(source);
    type = Absent.text(type);
    consistency = Absent.text(consistency);
  }
}
