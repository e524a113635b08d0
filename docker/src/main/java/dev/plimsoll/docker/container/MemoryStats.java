package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;

/**
 * Memory of a container, in bytes.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record MemoryStats(
    @JsonProperty("usage") long usageBytes,
    @JsonProperty("max_usage") long maxUsageBytes,
    @JsonProperty("stats") Map<String, Long> stats,
    @JsonProperty("failcnt") long failures,
    @JsonProperty("limit") long limitBytes) {
  public MemoryStats {
    stats = Absent.map(stats);
  }

  public static final MemoryStats NONE = new MemoryStats(0, 0, Map.of(), 0, 0);
}
