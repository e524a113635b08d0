package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;

/**
 * How a container's root filesystem is put together: for overlay the directories on the host.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record GraphDriver(
    @JsonProperty("Data") Map<String, String> data, @JsonProperty("Name") String name) {
  public GraphDriver {
    data = Absent.map(data);
    name = Absent.text(name);
  }
}
