package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How often and how long the processes were held back by their quota.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record CpuThrottling(
    @JsonProperty("periods") long periods,
    @JsonProperty("throttled_periods") long throttledPeriods,
    @JsonProperty("throttled_time") long throttledNanos) {

  public static final CpuThrottling NONE = new CpuThrottling(0, 0, 0);
}
