package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * Processor time used, in nanoseconds.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record CpuUsage(
    @JsonProperty("total_usage") long totalNanos,
    @JsonProperty("percpu_usage") List<Long> perCpuNanos,
    @JsonProperty("usage_in_kernelmode") long kernelNanos,
    @JsonProperty("usage_in_usermode") long userNanos) {
  public CpuUsage {
    perCpuNanos = Absent.list(perCpuNanos);
  }

  public static final CpuUsage NONE = new CpuUsage(0, List.of(), 0, 0);
}
