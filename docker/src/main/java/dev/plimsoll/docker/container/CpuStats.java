package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Processor time of a container beside that of the whole host.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record CpuStats(
    @JsonProperty("cpu_usage") CpuUsage usage,
    @JsonProperty("system_cpu_usage") long systemNanos,
    @JsonProperty("online_cpus") int onlineCpus,
    @JsonProperty("throttling_data") CpuThrottling throttling) {
  public CpuStats {
    usage = Absent.or(usage, CpuUsage.NONE);
    throttling = Absent.or(throttling, CpuThrottling.NONE);
  }

  public static final CpuStats NONE = new CpuStats(CpuUsage.NONE, 0, 0, CpuThrottling.NONE);
}
