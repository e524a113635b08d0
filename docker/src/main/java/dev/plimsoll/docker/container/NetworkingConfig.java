package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;

/**
 * The networks a new container joins.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record NetworkingConfig(
    @JsonProperty("EndpointsConfig") Map<String, EndpointSettings> endpoints) {
  public NetworkingConfig {
    endpoints = Absent.map(endpoints);
  }

  public static final NetworkingConfig NONE = new NetworkingConfig(Map.of());
}
