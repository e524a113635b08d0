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
    @JsonProperty("NoCopy") boolean noCopy,
    @JsonProperty("Labels") Map<String, String> labels,
    @JsonProperty("DriverConfig") @Nullable DriverConfig driverConfig,
    @JsonProperty("Subpath") String subpath) {
  public VolumeOptions {
    labels = Absent.map(labels);
    subpath = Absent.text(subpath);
  }
}
