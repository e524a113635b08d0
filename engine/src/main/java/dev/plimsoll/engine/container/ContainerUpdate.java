package dev.plimsoll.engine.container;

import dev.plimsoll.docker.container.HostConfig;
import dev.plimsoll.docker.container.UpdateRequest;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.engine.refusal.EngineException.NotImplemented;

/** Works out the settings that an update leads to. Pure. */
final class ContainerUpdate {
  private ContainerUpdate() {}

  /** The old settings with what was asked for in place; a field at its zero value changes nothing. */
  static HostConfig apply(HostConfig old, UpdateRequest asked) {
    if (!asked.devices().isEmpty()
        || !asked.deviceCgroupRules().isEmpty()
        || !asked.ulimits().isEmpty()
        || !asked.cgroupParent().isEmpty()) {
      throw new NotImplemented(
          "an update of devices, ulimits or the cgroup parent is not supported by this engine");
    }
    HostConfig.Draft host = old.draft();
    memory(host, old, asked);
    cpu(host, asked);
    if (asked.blkioWeight() != 0) {
      host.blkioWeight = asked.blkioWeight();
    }
    if (asked.pidsLimit() != null) {
      host.pidsLimit = asked.pidsLimit();
    }
    if (!asked.restartPolicy().name().isEmpty()) {
      if (old.autoRemove() && !asked.restartPolicy().name().equals("no")) {
        throw new BadParameter(
            "Restart policy cannot be updated because AutoRemove is enabled for the container");
      }
      host.restartPolicy = asked.restartPolicy();
    }
    HostConfig changed = host.finish();
    CreationCheck.restartPolicy(changed.restartPolicy(), changed.autoRemove());
    LimitsCheck.check(changed);
    return changed;
  }

  private static void memory(HostConfig.Draft host, HostConfig old, UpdateRequest asked) {
    if (asked.memoryBytes() != 0) {
      long swap = old.memorySwapBytes();
      if (asked.memorySwapBytes() == 0 && swap > 0 && asked.memoryBytes() > swap) {
        throw new BadParameter(
            "Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time");
      }
      host.memoryBytes = asked.memoryBytes();
    }
    if (asked.memorySwapBytes() != 0) {
      host.memorySwapBytes = asked.memorySwapBytes();
    }
    if (asked.memoryReservationBytes() != 0) {
      host.memoryReservationBytes = asked.memoryReservationBytes();
    }
  }

  private static void cpu(HostConfig.Draft host, UpdateRequest asked) {
    if (asked.nanoCpus() != 0) {
      if (host.cpuPeriod != 0 || host.cpuQuota != 0) {
        throw new BadParameter(
            "Conflicting options: Nano CPUs cannot be updated as CPU Period or Quota has already been set");
      }
      host.nanoCpus = asked.nanoCpus();
    }
    if (asked.cpuShares() != 0) {
      host.cpuShares = asked.cpuShares();
    }
    if (asked.cpuPeriod() != 0) {
      host.cpuPeriod = asked.cpuPeriod();
    }
    if (asked.cpuQuota() != 0) {
      host.cpuQuota = asked.cpuQuota();
    }
    if (!asked.cpusetCpus().isEmpty()) {
      host.cpusetCpus = asked.cpusetCpus();
    }
    if (!asked.cpusetMems().isEmpty()) {
      host.cpusetMems = asked.cpusetMems();
    }
  }
}
