package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;

/**
 * A request to a device driver such as a GPU's.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record DeviceRequest(
    @JsonProperty("Driver") String driver,
    @JsonProperty("Count") int count,
    @JsonProperty("DeviceIDs") List<String> deviceIds,
    @JsonProperty("Capabilities") List<List<String>> capabilities,
    @JsonProperty("Options") Map<String, String> options) {
  public DeviceRequest {
    driver = Absent.text(driver);
    deviceIds = Absent.list(deviceIds);
    capabilities = Absent.list(capabilities);
    options = Absent.map(options);
  }
}
