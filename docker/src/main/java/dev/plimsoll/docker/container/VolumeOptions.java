package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a volume is made and mounted.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record VolumeOptions(
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) @JsonProperty("NoCopy") boolean noCopy,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("Labels") Map<String, String> labels,
    @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("DriverConfig")
        @Nullable DriverConfig driverConfig,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("Subpath") String subpath) {
  public VolumeOptions {
    labels = Absent.map(labels);
    subpath = Absent.text(subpath);
  }
}
