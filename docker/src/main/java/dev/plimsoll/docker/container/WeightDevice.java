package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A share of one block device's time.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record WeightDevice(@JsonProperty("Path") String path, @JsonProperty("Weight") int weight) {
  public WeightDevice {
    path = Absent.text(path);
  }
}
