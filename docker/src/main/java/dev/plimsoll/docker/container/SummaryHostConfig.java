package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;

/**
 * What a list shows of the host settings.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record SummaryHostConfig(
    @JsonProperty("NetworkMode") String networkMode,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("Annotations")
        Map<String, String> annotations) {
  public SummaryHostConfig {
    networkMode = Absent.text(networkMode);
    annotations = Absent.map(annotations);
  }
}
