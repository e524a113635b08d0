package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A rate for one block device, in bytes or operations per second.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record ThrottleDevice(@JsonProperty("Path") String path, @JsonProperty("Rate") long rate) {
  public ThrottleDevice {
    path = Absent.text(path);
  }
}
