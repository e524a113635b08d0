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
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) @JsonProperty("Interval") long intervalNanos,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) @JsonProperty("Timeout") long timeoutNanos,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) @JsonProperty("Retries") int retries,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) @JsonProperty("StartPeriod")
        long startPeriodNanos,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) @JsonProperty("StartInterval")
        long startIntervalNanos) {
  public HealthConfig {
    test = Absent.list(test);
  }
}
