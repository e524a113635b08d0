package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A place on the host that leads to a container's port. {@code HostPort} is a number, a range or
 * empty, which lets the engine choose.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record PortBinding(
    @JsonProperty("HostIp") String hostIp, @JsonProperty("HostPort") String hostPort) {
  public PortBinding {
    hostIp = Absent.text(hostIp);
    hostPort = Absent.text(hostPort);
  }
}
