package dev.plimsoll.engine.container;

import dev.plimsoll.docker.container.Health;
import dev.plimsoll.docker.container.HealthConfig;
import dev.plimsoll.docker.container.HealthcheckResult;
import dev.plimsoll.engine.runtime.Bundle;
import dev.plimsoll.engine.runtime.ExecProcess;
import dev.plimsoll.engine.runtime.OciRuntime;
import dev.plimsoll.foundation.Durations;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks running containers whether they are well, each run of a container on a thread of its own. */
final class Healthchecks {
  private static final Logger log = LoggerFactory.getLogger(Healthchecks.class);
  private static final Duration INTERVAL = Duration.ofSeconds(30);
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Duration START_INTERVAL = Duration.ofSeconds(5);
  private static final int RETRIES = 3;
  private static final int RESULTS_MAX = 5;
  private static final int OUTPUT_MAX = 4096;

  private final ContainerParts parts;
  private volatile boolean closing;

  Healthchecks(ContainerParts parts) {
    this.parts = parts;
  }

  void close() {
    closing = true;
  }

  /** Begins to ask a container that has just been started or adopted, if it wants that. */
  void begin(Container container) {
    ContainerSnapshot now = container.snapshot();
    Optional<List<String>> test = command(now.settings());
    HealthConfig config = now.settings().config().healthcheck();
    if (test.isEmpty() || config == null || !now.alive()) {
      return;
    }
    container.update(s -> s.with(new Health("starting", 0, List.of())));
    Thread.ofVirtual()
        .name("health " + now.id().shortForm())
        .start(() -> watch(container, now.runs(), test.get(), config));
  }

  /** The command line of the check; empty if there is none, or it is switched off. */
  static Optional<List<String>> command(ContainerSettings settings) {
    HealthConfig config = settings.config().healthcheck();
    if (config == null || config.test().size() < 2) {
      return Optional.empty();
    }
    List<String> rest = config.test().subList(1, config.test().size());
    return switch (config.test().getFirst()) {
      case "CMD" -> Optional.of(rest);
      case "CMD-SHELL" -> {
        List<String> shell = settings.config().shell();
        List<String> line =
            new ArrayList<>(shell == null || shell.isEmpty() ? List.of("/bin/sh", "-c") : shell);
        line.addAll(rest);
        yield Optional.of(line);
      }
      default -> Optional.empty();
    };
  }

  private void watch(Container container, long run, List<String> test, HealthConfig config) {
    try {
      while (true) {
        boolean ended =
            container.await(s -> s.runs() != run || !s.alive(), pause(container, config));
        if (ended || closing || container.gone()) {
          return;
        }
        if (container.snapshot().state() instanceof ContainerState.Running running) {
          HealthcheckResult result = probe(container, test, config);
          note(container, run, running, result, config);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.error("health check ended id={}", container.id(), e);
    }
  }

  private Duration pause(Container container, HealthConfig config) {
    Health health = container.snapshot().health();
    boolean starting =
        health != null
            && health.status().equals("starting")
            && config.startPeriodNanos() > 0
            && container
                .snapshot()
                .running()
                .map(r -> inStartPeriod(r, config, parts.clock().instant()))
                .orElse(false);
    return starting
        ? or(config.startIntervalNanos(), START_INTERVAL)
        : or(config.intervalNanos(), INTERVAL);
  }

  private static Duration or(long nanos, Duration otherwise) {
    return nanos == 0 ? otherwise : Duration.ofNanos(nanos);
  }

  private static boolean inStartPeriod(
      ContainerState.Running running, HealthConfig config, Instant at) {
    return at.isBefore(running.since().plusNanos(config.startPeriodNanos()));
  }

  private HealthcheckResult probe(Container container, List<String> test, HealthConfig config)
      throws InterruptedException {
    Instant begun = parts.clock().instant();
    Duration limit = or(config.timeoutNanos(), TIMEOUT);
    int code;
    String output;
    Bundle bundle = parts.bundle(container.id());
    ContainerSnapshot asked = container.snapshot();
    String exec = ContainerId.random().value();
    String line = String.join(" ", test);
    parts.publish(asked, "exec_create: " + line, "execID", exec);
    parts.publish(asked, "exec_start: " + line, "execID", exec);
    try {
      OciRuntime.ExecResult result =
          parts
              .runtime()
              .exec(container.id().value(), ExecProcess.write(bundle, "health", test), limit);
      code = result.code();
      output = result.output();
    } catch (IOException e) {
      code = -1;
      output =
          Duration.between(begun, parts.clock().instant()).compareTo(limit) >= 0
              ? "Health check exceeded timeout (" + Durations.format(limit) + ")"
              : String.valueOf(e.getMessage());
    }
    Instant ended = parts.clock().instant();
    parts.publish(asked, "exec_die", ended, "execID", exec, "exitCode", Integer.toString(code));
    String kept = output.length() > OUTPUT_MAX ? output.substring(0, OUTPUT_MAX) : output;
    return new HealthcheckResult(
        Inspection.time(Optional.of(begun)), Inspection.time(Optional.of(ended)), code, kept);
  }

  private void note(
      Container container,
      long run,
      ContainerState.Running running,
      HealthcheckResult result,
      HealthConfig config) {
    String[] statuses = new String[2];
    container.update(s -> {
      if (s.runs() != run || s.health() == null) {
        return s;
      }
      Health next =
          next(s.health(), result, config, inStartPeriod(running, config, parts.clock().instant()));
      statuses[0] = s.health().status();
      statuses[1] = next.status();
      return s.with(next);
    });
    if (statuses[1] != null && !statuses[1].equals(statuses[0])) {
      parts.publish(container.snapshot(), "health_status: " + statuses[1]);
    }
  }

  /** What a result makes of the health so far. */
  static Health next(
      Health before, HealthcheckResult result, HealthConfig config, boolean inStartPeriod) {
    List<HealthcheckResult> results = new ArrayList<>(before.log());
    results.add(result);
    while (results.size() > RESULTS_MAX) {
      results.removeFirst();
    }
    if (result.exitCode() == 0) {
      return new Health("healthy", 0, results);
    }
    if (inStartPeriod && before.status().equals("starting")) {
      return new Health("starting", before.failingStreak(), results);
    }
    int streak = before.failingStreak() + 1;
    int retries = config.retries() == 0 ? RETRIES : config.retries();
    return new Health(streak >= retries ? "unhealthy" : before.status(), streak, results);
  }
}
