package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The part of a container's settings that belongs to this host: mounts, network, limits, privileges.
 * Sizes are bytes. An absent {@code MaskedPaths} means the default list, an empty one none.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record HostConfig(
    @JsonProperty("Binds") List<String> binds,
    @JsonProperty("ContainerIDFile") String containerIdFile,
    @JsonProperty("LogConfig") LogConfig logConfig,
    @JsonProperty("NetworkMode") String networkMode,
    @JsonProperty("PortBindings") Map<String, List<PortBinding>> portBindings,
    @JsonProperty("RestartPolicy") RestartPolicy restartPolicy,
    @JsonProperty("AutoRemove") boolean autoRemove,
    @JsonProperty("VolumeDriver") String volumeDriver,
    @JsonProperty("VolumesFrom") List<String> volumesFrom,
    @JsonProperty("ConsoleSize") List<Integer> consoleSize,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("Annotations")
        Map<String, String> annotations,
    @JsonProperty("CapAdd") @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
        List<String> capAdd,
    @JsonProperty("CapDrop") @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
        List<String> capDrop,
    @JsonProperty("CgroupnsMode") String cgroupnsMode,
    @JsonProperty("Dns") List<String> dns,
    @JsonProperty("DnsOptions") List<String> dnsOptions,
    @JsonProperty("DnsSearch") List<String> dnsSearch,
    @JsonProperty("ExtraHosts") List<String> extraHosts,
    @JsonProperty("GroupAdd") List<String> groupAdd,
    @JsonProperty("IpcMode") String ipcMode,
    @JsonProperty("Cgroup") String cgroup,
    @JsonProperty("Links") List<String> links,
    @JsonProperty("OomScoreAdj") int oomScoreAdj,
    @JsonProperty("PidMode") String pidMode,
    @JsonProperty("Privileged") boolean privileged,
    @JsonProperty("PublishAllPorts") boolean publishAllPorts,
    @JsonProperty("ReadonlyRootfs") boolean readonlyRootfs,
    @JsonProperty("SecurityOpt") List<String> securityOpt,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("StorageOpt")
        Map<String, String> storageOpt,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("Tmpfs") Map<String, String> tmpfs,
    @JsonProperty("UTSMode") String utsMode,
    @JsonProperty("UsernsMode") String usernsMode,
    @JsonProperty("ShmSize") long shmSizeBytes,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("Sysctls")
        Map<String, String> sysctls,
    @JsonProperty("Runtime") String runtime,
    @JsonProperty("Isolation") String isolation,
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
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("Mounts") List<Mount> mounts,
    @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("Init") @Nullable Boolean init,
    @JsonProperty("KernelMemoryTCP") long kernelMemoryTcpBytes,
    @JsonProperty("MaskedPaths") @Nullable List<String> maskedPaths,
    @JsonProperty("ReadonlyPaths") @Nullable List<String> readonlyPaths) {
  public HostConfig {
    binds = Absent.list(binds);
    containerIdFile = Absent.text(containerIdFile);
    logConfig = Absent.or(logConfig, LogConfig.NONE);
    networkMode = Absent.text(networkMode);
    portBindings = Absent.map(portBindings);
    restartPolicy = Absent.or(restartPolicy, RestartPolicy.NONE);
    volumeDriver = Absent.text(volumeDriver);
    volumesFrom = Absent.list(volumesFrom);
    consoleSize = Absent.list(consoleSize);
    annotations = Absent.map(annotations);
    capAdd = Absent.list(capAdd);
    capDrop = Absent.list(capDrop);
    cgroupnsMode = Absent.text(cgroupnsMode);
    dns = Absent.list(dns);
    dnsOptions = Absent.list(dnsOptions);
    dnsSearch = Absent.list(dnsSearch);
    extraHosts = Absent.list(extraHosts);
    groupAdd = Absent.list(groupAdd);
    ipcMode = Absent.text(ipcMode);
    cgroup = Absent.text(cgroup);
    links = Absent.list(links);
    pidMode = Absent.text(pidMode);
    securityOpt = Absent.list(securityOpt);
    storageOpt = Absent.map(storageOpt);
    tmpfs = Absent.map(tmpfs);
    utsMode = Absent.text(utsMode);
    usernsMode = Absent.text(usernsMode);
    sysctls = Absent.map(sysctls);
    runtime = Absent.text(runtime);
    isolation = Absent.text(isolation);
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
    mounts = Absent.list(mounts);
    maskedPaths = maskedPaths == null ? null : Absent.list(maskedPaths);
    readonlyPaths = readonlyPaths == null ? null : Absent.list(readonlyPaths);
  }

  public static final HostConfig NONE =
      new HostConfig(
          List.of(),
          "",
          LogConfig.NONE,
          "",
          Map.of(),
          RestartPolicy.NONE,
          false,
          "",
          List.of(),
          List.of(),
          Map.of(),
          List.of(),
          List.of(),
          "",
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          "",
          "",
          List.of(),
          0,
          "",
          false,
          false,
          false,
          List.of(),
          Map.of(),
          Map.of(),
          "",
          "",
          0,
          Map.of(),
          "",
          "",
          0,
          0,
          0,
          "",
          0,
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          0,
          0,
          0,
          0,
          "",
          "",
          List.of(),
          List.of(),
          List.of(),
          0,
          0,
          null,
          null,
          null,
          List.of(),
          0,
          0,
          0,
          0,
          List.of(),
          null,
          0,
          null,
          null);

  /** A copy that can be changed, for one thread; {@link Draft#finish()} makes it a value again. */
  public Draft draft() {
    return new Draft(this);
  }

  /** The fields of a {@link HostConfig} while they are being decided. */
  public static final class Draft {
    public List<String> binds;
    public String containerIdFile;
    public LogConfig logConfig;
    public String networkMode;
    public Map<String, List<PortBinding>> portBindings;
    public RestartPolicy restartPolicy;
    public boolean autoRemove;
    public String volumeDriver;
    public List<String> volumesFrom;
    public List<Integer> consoleSize;
    public Map<String, String> annotations;
    public List<String> capAdd;
    public List<String> capDrop;
    public String cgroupnsMode;
    public List<String> dns;
    public List<String> dnsOptions;
    public List<String> dnsSearch;
    public List<String> extraHosts;
    public List<String> groupAdd;
    public String ipcMode;
    public String cgroup;
    public List<String> links;
    public int oomScoreAdj;
    public String pidMode;
    public boolean privileged;
    public boolean publishAllPorts;
    public boolean readonlyRootfs;
    public List<String> securityOpt;
    public Map<String, String> storageOpt;
    public Map<String, String> tmpfs;
    public String utsMode;
    public String usernsMode;
    public long shmSizeBytes;
    public Map<String, String> sysctls;
    public String runtime;
    public String isolation;
    public long cpuShares;
    public long memoryBytes;
    public long nanoCpus;
    public String cgroupParent;
    public int blkioWeight;
    public List<WeightDevice> blkioWeightDevice;
    public List<ThrottleDevice> blkioDeviceReadBps;
    public List<ThrottleDevice> blkioDeviceWriteBps;
    public List<ThrottleDevice> blkioDeviceReadIOps;
    public List<ThrottleDevice> blkioDeviceWriteIOps;
    public long cpuPeriod;
    public long cpuQuota;
    public long cpuRealtimePeriod;
    public long cpuRealtimeRuntime;
    public String cpusetCpus;
    public String cpusetMems;
    public List<DeviceMapping> devices;
    public List<String> deviceCgroupRules;
    public List<DeviceRequest> deviceRequests;
    public long memoryReservationBytes;
    public long memorySwapBytes;
    public @Nullable Long memorySwappiness;
    public @Nullable Boolean oomKillDisable;
    public @Nullable Long pidsLimit;
    public List<Ulimit> ulimits;
    public long cpuCount;
    public long cpuPercent;
    public long ioMaximumIops;
    public long ioMaximumBandwidth;
    public List<Mount> mounts;
    public @Nullable Boolean init;
    public long kernelMemoryTcpBytes;
    public @Nullable List<String> maskedPaths;
    public @Nullable List<String> readonlyPaths;

    private Draft(HostConfig from) {
      binds = from.binds;
      containerIdFile = from.containerIdFile;
      logConfig = from.logConfig;
      networkMode = from.networkMode;
      portBindings = from.portBindings;
      restartPolicy = from.restartPolicy;
      autoRemove = from.autoRemove;
      volumeDriver = from.volumeDriver;
      volumesFrom = from.volumesFrom;
      consoleSize = from.consoleSize;
      annotations = from.annotations;
      capAdd = from.capAdd;
      capDrop = from.capDrop;
      cgroupnsMode = from.cgroupnsMode;
      dns = from.dns;
      dnsOptions = from.dnsOptions;
      dnsSearch = from.dnsSearch;
      extraHosts = from.extraHosts;
      groupAdd = from.groupAdd;
      ipcMode = from.ipcMode;
      cgroup = from.cgroup;
      links = from.links;
      oomScoreAdj = from.oomScoreAdj;
      pidMode = from.pidMode;
      privileged = from.privileged;
      publishAllPorts = from.publishAllPorts;
      readonlyRootfs = from.readonlyRootfs;
      securityOpt = from.securityOpt;
      storageOpt = from.storageOpt;
      tmpfs = from.tmpfs;
      utsMode = from.utsMode;
      usernsMode = from.usernsMode;
      shmSizeBytes = from.shmSizeBytes;
      sysctls = from.sysctls;
      runtime = from.runtime;
      isolation = from.isolation;
      cpuShares = from.cpuShares;
      memoryBytes = from.memoryBytes;
      nanoCpus = from.nanoCpus;
      cgroupParent = from.cgroupParent;
      blkioWeight = from.blkioWeight;
      blkioWeightDevice = from.blkioWeightDevice;
      blkioDeviceReadBps = from.blkioDeviceReadBps;
      blkioDeviceWriteBps = from.blkioDeviceWriteBps;
      blkioDeviceReadIOps = from.blkioDeviceReadIOps;
      blkioDeviceWriteIOps = from.blkioDeviceWriteIOps;
      cpuPeriod = from.cpuPeriod;
      cpuQuota = from.cpuQuota;
      cpuRealtimePeriod = from.cpuRealtimePeriod;
      cpuRealtimeRuntime = from.cpuRealtimeRuntime;
      cpusetCpus = from.cpusetCpus;
      cpusetMems = from.cpusetMems;
      devices = from.devices;
      deviceCgroupRules = from.deviceCgroupRules;
      deviceRequests = from.deviceRequests;
      memoryReservationBytes = from.memoryReservationBytes;
      memorySwapBytes = from.memorySwapBytes;
      memorySwappiness = from.memorySwappiness;
      oomKillDisable = from.oomKillDisable;
      pidsLimit = from.pidsLimit;
      ulimits = from.ulimits;
      cpuCount = from.cpuCount;
      cpuPercent = from.cpuPercent;
      ioMaximumIops = from.ioMaximumIops;
      ioMaximumBandwidth = from.ioMaximumBandwidth;
      mounts = from.mounts;
      init = from.init;
      kernelMemoryTcpBytes = from.kernelMemoryTcpBytes;
      maskedPaths = from.maskedPaths;
      readonlyPaths = from.readonlyPaths;
    }

    public HostConfig finish() {
      return new HostConfig(
          binds,
          containerIdFile,
          logConfig,
          networkMode,
          portBindings,
          restartPolicy,
          autoRemove,
          volumeDriver,
          volumesFrom,
          consoleSize,
          annotations,
          capAdd,
          capDrop,
          cgroupnsMode,
          dns,
          dnsOptions,
          dnsSearch,
          extraHosts,
          groupAdd,
          ipcMode,
          cgroup,
          links,
          oomScoreAdj,
          pidMode,
          privileged,
          publishAllPorts,
          readonlyRootfs,
          securityOpt,
          storageOpt,
          tmpfs,
          utsMode,
          usernsMode,
          shmSizeBytes,
          sysctls,
          runtime,
          isolation,
          cpuShares,
          memoryBytes,
          nanoCpus,
          cgroupParent,
          blkioWeight,
          blkioWeightDevice,
          blkioDeviceReadBps,
          blkioDeviceWriteBps,
          blkioDeviceReadIOps,
          blkioDeviceWriteIOps,
          cpuPeriod,
          cpuQuota,
          cpuRealtimePeriod,
          cpuRealtimeRuntime,
          cpusetCpus,
          cpusetMems,
          devices,
          deviceCgroupRules,
          deviceRequests,
          memoryReservationBytes,
          memorySwapBytes,
          memorySwappiness,
          oomKillDisable,
          pidsLimit,
          ulimits,
          cpuCount,
          cpuPercent,
          ioMaximumIops,
          ioMaximumBandwidth,
          mounts,
          init,
          kernelMemoryTcpBytes,
          maskedPaths,
          readonlyPaths);
    }
  }
}
