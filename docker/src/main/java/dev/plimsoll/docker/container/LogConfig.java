package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;

/**
 * Which log driver keeps a container's output, and its options.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record LogConfig(
    @JsonProperty("Type") String type, @JsonProperty("Config") Map<String, String> config) {
  public LogConfig {
    type = Absent.text(type);
    config = Absent.map(config);
  }

  public static final LogConfig NONE = new LogConfig("", Map.of());
}
