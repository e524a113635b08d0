package dev.plimsoll.engine.container;

import dev.plimsoll.docker.container.ContainerConfig;
import dev.plimsoll.docker.container.HealthConfig;
import dev.plimsoll.docker.container.HostConfig;
import dev.plimsoll.docker.container.RestartPolicy;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.engine.refusal.EngineException.NotImplemented;
import dev.plimsoll.linux.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Looks at a create request before anything is done: what contradicts itself or is out of range is
 * refused in dockerd's words, and what this engine does not have is refused by name.
 */
final class CreationCheck {
  private static final Pattern PORT = Pattern.compile("\\d{1,5}(-\\d{1,5})?(/(tcp|udp|sctp))?");
  private static final Set<String> LOG_DRIVERS = Set.of("", "json-file", "local", "none");
  private static final Set<String> LOG_OPTIONS =
      Set.of("max-size", "max-file", "labels", "labels-regex", "env", "env-regex", "tag");
  private static final Set<String> RUNTIMES = Set.of("", "runc", "crun", "io.containerd.runc.v2");
  private static final long HEALTH_NANOS_MIN = 1_000_000;

  private final ContainerConfig config;
  private final HostConfig host;
  private final List<String> warnings = new ArrayList<>();

  private CreationCheck(ContainerConfig config, HostConfig host) {
    this.config = config;
    this.host = host;
  }

  /** Checks both, with the image's part merged in; answers what the user should be warned of. */
  static List<String> check(ContainerConfig config, HostConfig host) {
    var check = new CreationCheck(config, host);
    check.process();
    check.modes();
    check.health();
    check.security();
    check.unsupported();
    check.logging();
    restartPolicy(host.restartPolicy(), host.autoRemove());
    check.warnings.addAll(LimitsCheck.check(host));
    return List.copyOf(check.warnings);
  }

  private void process() {
    if (!config.workingDir().isEmpty() && !config.workingDir().startsWith("/")) {
      throw new BadParameter(
          "the working directory '%s' is invalid, it needs to be an absolute path"
              .formatted(config.workingDir()));
    }
    for (String variable : config.env()) {
      if (variable.isEmpty() || variable.startsWith("=")) {
        throw new BadParameter("invalid environment variable: " + variable);
      }
      if (variable.indexOf('\0') >= 0) {
        throw new BadParameter("invalid environment variable: it contains a zero byte");
      }
    }
    if (config.stopSignal() != null) {
      signal(config.stopSignal());
    }
    for (String port : config.exposedPorts().keySet()) {
      if (!PORT.matcher(port).matches()) {
        throw new BadParameter("invalid port specification: \"%s\"".formatted(port));
      }
    }
    for (String port : host.portBindings().keySet()) {
      if (!PORT.matcher(port).matches()) {
        throw new BadParameter("invalid port specification: \"%s\"".formatted(port));
      }
    }
    if (host.networkMode().equals("host") && !host.portBindings().isEmpty()) {
      warnings.add("Published ports are discarded when using host network mode");
    }
  }

  /** Reads a signal in dockerd's words. */
  static Signal signal(String text) {
    try {
      return Signal.parse(text);
    } catch (IllegalArgumentException e) {
      throw new BadParameter("invalid signal: " + text, e);
    }
  }

  private void modes() {
    mode("PID", host.pidMode(), Set.of("", "host"), true);
    mode("IPC", host.ipcMode(), Set.of("", "none", "private", "shareable", "host"), true);
    mode("UTS", host.utsMode(), Set.of("", "host"), false);
    mode("cgroup namespace", host.cgroupnsMode(), Set.of("", "private", "host"), false);
    if (!host.usernsMode().isEmpty() && !host.usernsMode().equals("host")) {
      throw new BadParameter("invalid USER mode: " + host.usernsMode());
    }
    if (host.utsMode().equals("host") && !config.hostname().isEmpty()) {
      throw new BadParameter("conflicting options: hostname and the UTS mode");
    }
    if (host.networkMode().equals("container:")) {
      throw new BadParameter("invalid container format container:<name|id>");
    }
    if (host.networkMode().startsWith("container:")) {
      if (!host.portBindings().isEmpty()) {
        throw new BadParameter(
            "conflicting options: port publishing and the container type network mode");
      }
      if (!config.hostname().isEmpty()) {
        throw new BadParameter("conflicting options: hostname and the network mode");
      }
    }
  }

  private static void mode(String what, String mode, Set<String> words, boolean container) {
    boolean joins = container && mode.startsWith("container:") && mode.length() > 10;
    if (!words.contains(mode) && !joins) {
      throw new BadParameter("invalid %s mode: %s".formatted(what, mode));
    }
  }

  private void health() {
    HealthConfig health = config.healthcheck();
    if (health == null) {
      return;
    }
    atLeast(health.intervalNanos(), "Interval");
    atLeast(health.timeoutNanos(), "Timeout");
    atLeast(health.startPeriodNanos(), "StartPeriod");
    atLeast(health.startIntervalNanos(), "StartInterval");
    if (health.retries() < 0) {
      throw new BadParameter("Retries in Healthcheck cannot be negative");
    }
    if (!health.test().isEmpty()
        && !Set.of("NONE", "CMD", "CMD-SHELL").contains(health.test().getFirst())) {
      throw new BadParameter(
          "Unknown healthcheck type '%s' (expected 'CMD')".formatted(health.test().getFirst()));
    }
  }

  private static void atLeast(long nanos, String name) {
    if (nanos != 0 && nanos < HEALTH_NANOS_MIN) {
      throw new BadParameter(name + " in Healthcheck cannot be less than 1ms");
    }
  }

  static void restartPolicy(RestartPolicy policy, boolean autoRemove) {
    String name = policy.name();
    if (!Set.of("", "no", "always", "unless-stopped", "on-failure").contains(name)) {
      throw new BadParameter(
          "invalid restart policy: unknown policy '%s'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'"
              .formatted(name));
    }
    if (policy.maximumRetryCount() != 0 && !name.equals("on-failure")) {
      throw new BadParameter(
          "invalid restart policy: maximum retry count can only be used with 'on-failure'");
    }
    if (policy.maximumRetryCount() < 0) {
      throw new BadParameter("invalid restart policy: maximum retry count cannot be negative");
    }
    if (autoRemove && !name.isEmpty() && !name.equals("no")) {
      throw new BadParameter("can't create 'AutoRemove' container with restart policy");
    }
  }

  private void security() {
    for (String option : host.securityOpt()) {
      if (option.equals("no-new-privileges")) {
        continue;
      }
      int at = separator(option);
      if (at < 0) {
        throw new BadParameter("invalid --security-opt 1: \"%s\"".formatted(option));
      }
      String name = option.substring(0, at);
      String value = option.substring(at + 1);
      switch (name) {
        case "no-new-privileges" -> {
          if (!value.equals("true") && !value.equals("false")) {
            throw new BadParameter("invalid --security-opt 2: \"%s\"".formatted(option));
          }
        }
        case "seccomp" -> {}
        case "apparmor" -> {
          if (!value.equals("unconfined") && !value.isEmpty()) {
            throw new NotImplemented(
                "AppArmor profiles are not supported by this engine: " + value);
          }
        }
        case "label" -> {
          if (!value.equals("disable")) {
            throw new NotImplemented("SELinux labels are not supported by this engine: " + value);
          }
        }
        default -> throw new BadParameter("invalid --security-opt 2: \"%s\"".formatted(option));
      }
    }
  }

  /** Where a security option's value begins; older clients write a colon. */
  static int separator(String option) {
    int equals = option.indexOf('=');
    return equals >= 0 ? equals : option.indexOf(':');
  }

  private void unsupported() {
    if (!RUNTIMES.contains(host.runtime())) {
      throw new BadParameter("unknown or invalid runtime name: " + host.runtime());
    }
    if (!host.storageOpt().isEmpty()) {
      throw new BadParameter(
          "--storage-opt is supported only for overlay over xfs with 'pquota' mount option");
    }
    refuseUnless(host.links().isEmpty(), "links (--link)");
    volumeDriver(host.volumeDriver());
    if (!host.isolation().isEmpty() && !host.isolation().equals("default")) {
      throw new BadParameter(
          "invalid isolation \"%s\": linux only supports 'default'".formatted(host.isolation()));
    }
    refuseUnless(host.cpuRealtimePeriod() == 0, "the realtime period (--cpu-rt-period)");
    refuseUnless(host.cpuRealtimeRuntime() == 0, "the realtime runtime (--cpu-rt-runtime)");
    refuseUnless(host.kernelMemoryTcpBytes() == 0, "kernel TCP memory");
    refuseUnless(
        host.cpuCount() == 0
            && host.cpuPercent() == 0
            && host.ioMaximumIops() == 0
            && host.ioMaximumBandwidth() == 0,
        "a limit that only Windows has");
    refuseUnless(host.cgroup().isEmpty(), "cgroup " + host.cgroup());
    if (!host.deviceRequests().isEmpty()) {
      throw new NotImplemented(
          "could not select device driver \"%s\" with capabilities: %s"
              .formatted(
                  host.deviceRequests().getFirst().driver(),
                  host.deviceRequests().getFirst().capabilities()));
    }
  }

  /** Refuses a driver that is not there, as a bad request: a 404 would have clients pull the image. */
  static void volumeDriver(String driver) {
    if (!driver.isEmpty() && !driver.equals("local")) {
      throw new BadParameter(
          "error looking up volume plugin %s: plugin \"%s\" not found".formatted(driver, driver));
    }
  }

  private static void refuseUnless(boolean supported, String what) {
    if (!supported) {
      throw new NotImplemented(what + " is not supported by this engine");
    }
  }

  private void logging() {
    String driver = host.logConfig().type();
    if (!LOG_DRIVERS.contains(driver)) {
      throw new BadParameter(
          "error looking up logging plugin %s: plugin \"%s\" not found".formatted(driver, driver));
    }
    for (String option : host.logConfig().config().keySet()) {
      if (!LOG_OPTIONS.contains(option)) {
        throw new BadParameter(
            "unknown log opt '%s' for %s log driver"
                .formatted(option, driver.isEmpty() ? "json-file" : driver));
      }
    }
    LogLimits.DEFAULT.with(host.logConfig());
    LogDetails.check(host.logConfig().config());
  }
}
