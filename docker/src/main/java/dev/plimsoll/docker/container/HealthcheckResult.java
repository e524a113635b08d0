package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * One run of a health check.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record HealthcheckResult(
    @JsonProperty("Start") String start,
    @JsonProperty("End") String end,
    @JsonProperty("ExitCode") int exitCode,
    @JsonProperty("Output") String output) {
  public HealthcheckResult {
    start = Absent.text(start);
    end = Absent.text(end);
    output = Absent.text(output);
  }
}
