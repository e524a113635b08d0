package dev.plimsoll.docker.volume;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The body of {@code POST /volumes/create}; an empty name asks for one. */
public record VolumeCreateRequest(
    @JsonProperty("Name") String name,
    @JsonProperty("Driver") String driver,
    @JsonProperty("DriverOpts") Map<String, String> driverOpts,
    @JsonProperty("Labels") Map<String, String> labels,
    @JsonProperty("ClusterVolumeSpec") @Nullable JsonNode clusterVolumeSpec) {
  /** Takes {@code null} for the empty value, as JSON delivers it. */
  public VolumeCreateRequest {
    name = name == null ? "" : name;
    driver = driver == null ? "" : driver;
    driverOpts = driverOpts == null ? Map.of() : Map.copyOf(driverOpts);
    labels = labels == null ? Map.of() : Map.copyOf(labels);
  }

  /** Whether it is meant for a swarm, which is another thing altogether. */
  public boolean forCluster() {
    return clusterVolumeSpec != null && !clusterVolumeSpec.isNull();
  }
}
