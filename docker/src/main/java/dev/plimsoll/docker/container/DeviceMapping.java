package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A device of the host as it appears in the container.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record DeviceMapping(
    @JsonProperty("PathOnHost") String pathOnHost,
    @JsonProperty("PathInContainer") String pathInContainer,
    @JsonProperty("CgroupPermissions") String cgroupPermissions) {
  public DeviceMapping {
    pathOnHost = Absent.text(pathOnHost);
    pathInContainer = Absent.text(pathInContainer);
    cgroupPermissions = Absent.text(cgroupPermissions);
  }
}
