package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * New limits and a new restart policy for a container. A field at its zero value changes nothing.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record UpdateRequest(
    @JsonProperty("CpuShares") long cpuShares,
    @JsonProperty("Memory") long memoryBytes,
    @JsonProperty("NanoCpus") long nanoCpus,
    @JsonProperty("CgroupParent") String cgroupParent,
    @JsonProperty("BlkioWeight") int blkioWeight,
    @JsonProperty("BlkioWeightDevice") List<WeightDevice> blkioWeightDevice,
    @JsonProperty("BlkioDeviceReadBps") List<ThrottleDevice> blkioDeviceReadBps,
    @JsonProperty("BlkioDeviceWriteBps") List<ThrottleDevice> blkioDeviceWriteBps,
    @JsonProperty("BlkioDeviceReadIOps") List<ThrottleDevice> blkioDeviceReadIOps,
    @JsonProperty("BlkioDeviceWriteIOps") List<ThrottleDevice> blkioDeviceWriteIOps,
    @JsonProperty("CpuPeriod") long cpuPeriod,
    @JsonProperty("CpuQuota") long cpuQuota,
    @JsonProperty("CpuRealtimePeriod") long cpuRealtimePeriod,
    @JsonProperty("CpuRealtimeRuntime") long cpuRealtimeRuntime,
    @JsonProperty("CpusetCpus") String cpusetCpus,
    @JsonProperty("CpusetMems") String cpusetMems,
    @JsonProperty("Devices") List<DeviceMapping> devices,
    @JsonProperty("DeviceCgroupRules") List<String> deviceCgroupRules,
    @JsonProperty("DeviceRequests") List<DeviceRequest> deviceRequests,
    @JsonProperty("MemoryReservation") long memoryReservationBytes,
    @JsonProperty("MemorySwap") long memorySwapBytes,
    @JsonProperty("MemorySwappiness") @Nullable Long memorySwappiness,
    @JsonProperty("OomKillDisable") @Nullable Boolean oomKillDisable,
    @JsonProperty("PidsLimit") @Nullable Long pidsLimit,
    @JsonProperty("Ulimits") List<Ulimit> ulimits,
    @JsonProperty("CpuCount") long cpuCount,
    @JsonProperty("CpuPercent") long cpuPercent,
    @JsonProperty("IOMaximumIOps") long ioMaximumIops,
    @JsonProperty("IOMaximumBandwidth") long ioMaximumBandwidth,
    @JsonProperty("KernelMemoryTCP") long kernelMemoryTcpBytes,
    @JsonProperty("RestartPolicy") RestartPolicy restartPolicy) {
  public UpdateRequest {
    cgroupParent = Absent.text(cgroupParent);
    blkioWeightDevice = Absent.list(blkioWeightDevice);
    blkioDeviceReadBps = Absent.list(blkioDeviceReadBps);
    blkioDeviceWriteBps = Absent.list(blkioDeviceWriteBps);
    blkioDeviceReadIOps = Absent.list(blkioDeviceReadIOps);
    blkioDeviceWriteIOps = Absent.list(blkioDeviceWriteIOps);
    cpusetCpus = Absent.text(cpusetCpus);
    cpusetMems = Absent.text(cpusetMems);
    devices = Absent.list(devices);
    deviceCgroupRules = Absent.list(deviceCgroupRules);
    deviceRequests = Absent.list(deviceRequests);
    ulimits = Absent.list(ulimits);
    restartPolicy = Absent.or(restartPolicy, RestartPolicy.NONE);
  }
}
