package dev.plimsoll.engine.runtime;

import dev.plimsoll.docker.container.HostConfig;
import dev.plimsoll.docker.container.ThrottleDevice;
import dev.plimsoll.docker.container.WeightDevice;
import dev.plimsoll.engine.refusal.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The {@code linux.resources} of a specification: what a container may use at most. */
final class SpecResources {
  /** What {@code --cpus} is measured over, as in Docker. */
  private static final long CPU_PERIOD_MICROS = 100_000;

  private static final long NANO_CPUS_PER_CPU = 1_000_000_000;
  private static final Pattern DEVICE_RULE =
      Pattern.compile("([acb]) (\\*|\\d+):(\\*|\\d+) ([rwm]{1,3})");

  private SpecResources() {}

  static Map<String, Object> of(SpecInput input) {
    Map<String, Object> resources = new LinkedHashMap<>();
    resources.put("devices", devices(input));
    resources.putAll(limits(input.host(), input.cgroups()));
    return resources;
  }

  /** All but the devices. */
  static Map<String, Object> limits(HostConfig host, SpecInput.CgroupLayout cgroups) {
    Map<String, Object> resources = new LinkedHashMap<>();
    putUnlessEmpty(resources, "memory", memory(host, cgroups));
    putUnlessEmpty(resources, "cpu", cpu(host));
    Long pids = host.pidsLimit();
    if (pids != null && pids != 0) {
      resources.put("pids", Map.of("limit", pids));
    }
    putUnlessEmpty(resources, "blockIO", blockIo(host));
    return resources;
  }

  private static void putUnlessEmpty(
      Map<String, Object> resources, String name, Map<String, Object> values) {
    if (!values.isEmpty()) {
      resources.put(name, values);
    }
  }

  /**
   * The rules of the device control group. The runtimes add the devices that every container has
   * (null, zero, full, random, urandom, tty, the terminals) by themselves.
   */
  private static List<Object> devices(SpecInput input) {
    List<Object> rules = new ArrayList<>();
    if (input.host().privileged()) {
      rules.add(Map.of("allow", true, "access", "rwm"));
      return rules;
    }
    rules.add(Map.of("allow", false, "access", "rwm"));
    for (HostDevice device : input.devices()) {
      rules.add(
          Map.of(
              "allow", true,
              "type", device.type(),
              "major", device.major(),
              "minor", device.minor(),
              "access", device.access()));
    }
    for (String rule : input.host().deviceCgroupRules()) {
      rules.add(deviceRule(rule));
    }
    return rules;
  }

  static Map<String, Object> deviceRule(String rule) {
    Matcher matcher = DEVICE_RULE.matcher(rule);
    if (!matcher.matches()) {
      throw new EngineException.BadParameter(
          "invalid device cgroup rule format: '%s'".formatted(rule));
    }
    Map<String, Object> written = new LinkedHashMap<>();
    written.put("allow", true);
    written.put("type", matcher.group(1));
    if (!matcher.group(2).equals("*")) {
      written.put("major", Long.parseLong(matcher.group(2)));
    }
    if (!matcher.group(3).equals("*")) {
      written.put("minor", Long.parseLong(matcher.group(3)));
    }
    written.put("access", matcher.group(4));
    return written;
  }

  private static Map<String, Object> memory(HostConfig host, SpecInput.CgroupLayout cgroups) {
    Map<String, Object> memory = new LinkedHashMap<>();
    putUnlessZero(memory, "limit", host.memoryBytes());
    if (cgroups.swapAccounting()) {
      putUnlessZero(memory, "swap", host.memorySwapBytes());
    }
    putUnlessZero(memory, "reservation", host.memoryReservationBytes());
    Long swappiness = host.memorySwappiness();
    if (swappiness != null && swappiness >= 0 && !cgroups.unified()) {
      memory.put("swappiness", swappiness);
    }
    Boolean oomKillDisable = host.oomKillDisable();
    if (oomKillDisable != null && oomKillDisable && !cgroups.unified()) {
      memory.put("disableOOMKiller", true);
    }
    return memory;
  }

  private static Map<String, Object> cpu(HostConfig host) {
    Map<String, Object> cpu = new LinkedHashMap<>();
    putUnlessZero(cpu, "shares", host.cpuShares());
    if (host.nanoCpus() != 0) {
      cpu.put("quota", host.nanoCpus() * CPU_PERIOD_MICROS / NANO_CPUS_PER_CPU);
      cpu.put("period", CPU_PERIOD_MICROS);
    } else {
      putUnlessZero(cpu, "quota", host.cpuQuota());
      putUnlessZero(cpu, "period", host.cpuPeriod());
    }
    putUnlessZero(cpu, "realtimeRuntime", host.cpuRealtimeRuntime());
    putUnlessZero(cpu, "realtimePeriod", host.cpuRealtimePeriod());
    if (!host.cpusetCpus().isEmpty()) {
      cpu.put("cpus", host.cpusetCpus());
    }
    if (!host.cpusetMems().isEmpty()) {
      cpu.put("mems", host.cpusetMems());
    }
    return cpu;
  }

  private static Map<String, Object> blockIo(HostConfig host) {
    Map<String, Object> io = new LinkedHashMap<>();
    putUnlessZero(io, "weight", host.blkioWeight());
    List<Object> weights = new ArrayList<>();
    for (WeightDevice device : host.blkioWeightDevice()) {
      Map<String, Object> written = numbers(device.path());
      written.put("weight", device.weight());
      weights.add(written);
    }
    if (!weights.isEmpty()) {
      io.put("weightDevice", weights);
    }
    throttle(io, "throttleReadBpsDevice", host.blkioDeviceReadBps());
    throttle(io, "throttleWriteBpsDevice", host.blkioDeviceWriteBps());
    throttle(io, "throttleReadIOPSDevice", host.blkioDeviceReadIOps());
    throttle(io, "throttleWriteIOPSDevice", host.blkioDeviceWriteIOps());
    return io;
  }

  private static void throttle(Map<String, Object> io, String name, List<ThrottleDevice> devices) {
    if (devices.isEmpty()) {
      return;
    }
    List<Object> written = new ArrayList<>();
    for (ThrottleDevice device : devices) {
      Map<String, Object> entry = numbers(device.path());
      entry.put("rate", device.rate());
      written.add(entry);
    }
    io.put(name, written);
  }

  private static Map<String, Object> numbers(String path) {
    try {
      long device = (long) Files.getAttribute(Path.of(path), "unix:rdev");
      Map<String, Object> written = new LinkedHashMap<>();
      written.put("major", HostDevices.major(device));
      written.put("minor", HostDevices.minor(device));
      return written;
    } catch (IOException e) {
      throw new EngineException.BadParameter("no such block device: " + path, e);
    }
  }

  private static void putUnlessZero(Map<String, Object> values, String name, long value) {
    if (value != 0) {
      values.put(name, value);
    }
  }
}
