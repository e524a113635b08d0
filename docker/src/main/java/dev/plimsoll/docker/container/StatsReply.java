package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;

/**
 * What a container used, at one moment and at the moment before.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record StatsReply(
    @JsonProperty("name") String name,
    @JsonProperty("id") String id,
    @JsonProperty("read") String read,
    @JsonProperty("preread") String preread,
    @JsonProperty("pids_stats") PidsStats pids,
    @JsonProperty("blkio_stats") BlkioStats blkio,
    @JsonProperty("num_procs") int processes,
    @JsonProperty("cpu_stats") CpuStats cpu,
    @JsonProperty("precpu_stats") CpuStats cpuBefore,
    @JsonProperty("memory_stats") MemoryStats memory,
    @JsonProperty("networks") Map<String, NetworkStats> networks) {
  public StatsReply {
    name = Absent.text(name);
    id = Absent.text(id);
    read = Absent.text(read);
    preread = Absent.text(preread);
    pids = Absent.or(pids, PidsStats.NONE);
    blkio = Absent.or(blkio, BlkioStats.NONE);
    cpu = Absent.or(cpu, CpuStats.NONE);
    cpuBefore = Absent.or(cpuBefore, CpuStats.NONE);
    memory = Absent.or(memory, MemoryStats.NONE);
    networks = Absent.map(networks);
  }
}
