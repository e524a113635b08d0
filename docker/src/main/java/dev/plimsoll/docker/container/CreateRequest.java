package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;

/**
 * The body of a create request: the settings themselves, with the host's and the networks' part beside
 * them in one object.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record CreateRequest(
    @JsonUnwrapped ContainerConfig config,
    @JsonProperty("HostConfig") HostConfig hostConfig,
    @JsonProperty("NetworkingConfig") NetworkingConfig networkingConfig) {
  public CreateRequest {
    config = Absent.or(config, ContainerConfig.NONE);
    hostConfig = Absent.or(hostConfig, HostConfig.NONE);
    networkingConfig = Absent.or(networkingConfig, NetworkingConfig.NONE);
  }
}
