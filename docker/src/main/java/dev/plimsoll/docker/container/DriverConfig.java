package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;

/**
 * A volume driver and its options.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record DriverConfig(
    @JsonProperty("Name") String name, @JsonProperty("Options") Map<String, String> options) {
  public DriverConfig {
    name = Absent.text(name);
    options = Absent.map(options);
  }
}
