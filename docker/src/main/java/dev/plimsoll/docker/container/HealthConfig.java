package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * How a container is asked whether it is well. Times are nanoseconds; 0 means the default.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record HealthConfig(
    @JsonProperty("Test") @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
        List<String> test,
    @JsonProperty("Interval") long intervalNanos,
    @JsonProperty("Timeout") long timeoutNanos,
    @JsonProperty("Retries") int retries,
    @JsonProperty("StartPeriod") long startPeriodNanos,
    @JsonProperty("StartInterval") long startIntervalNanos) {
  public HealthConfig {
    test = Absent.list(test);
  }
}
