package dev.plimsoll.registry.api;

import dev.plimsoll.foundation.settings.SettingsException;
import dev.plimsoll.foundation.settings.YamlValue;
import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Json;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.repository.RegistryException.Malformed;
import dev.plimsoll.registry.repository.RegistryException.Malformed.Subject;
import dev.plimsoll.registry.repository.RegistryException.NoPolicy;
import dev.plimsoll.registry.repository.RegistryException.RetentionOff;
import dev.plimsoll.registry.retention.Decision;
import dev.plimsoll.registry.retention.Policy;
import dev.plimsoll.registry.retention.PolicyFile;
import dev.plimsoll.registry.retention.Retention;
import dev.plimsoll.registry.retention.Retention.Mode;
import dev.plimsoll.registry.retention.RetentionReport;
import dev.plimsoll.registry.retention.RetentionSchedule;
import dev.plimsoll.registry.retention.RetentionStatus;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code /plimsoll/v1/retention}: how the rules are doing, and running them now. A run answers with a
 * line of JSON for each tag and manifest, as it goes, and one for the sum.
 */
public final class RetentionApi implements AdminResource {
  private static final String PLACE = ROOT + "/retention";
  private static final String RELOAD = PLACE + "/reload";
  private static final int POLICY_BYTES_MAX = 1 << 20;

  private final Retention retention;
  private final RetentionSchedule schedule;

  public RetentionApi(Retention retention, RetentionSchedule schedule) {
    this.retention = retention;
    this.schedule = schedule;
  }

  private record Status(
      boolean on,
      int rules,
      Optional<String> trouble,
      Optional<String> off,
      Optional<String> heldBack,
      boolean inProgress,
      long runs,
      Optional<LastRun> last,
      Optional<Instant> next) {}

  private record LastRun(Instant began, Instant ended, RetentionReport report) {}

  private record Line(
      String repository,
      Optional<String> tag,
      Optional<String> digest,
      String verdict,
      Optional<String> rule,
      String reason,
      long sizeBytes,
      long freedBytes) {

    static Line of(Decision decision) {
      return new Line(
          decision.repository().value(),
          decision.object() instanceof Tag tag ? Optional.of(tag.value()) : Optional.empty(),
          decision.object() instanceof Digest digest
              ? Optional.of(digest.toString())
              : Optional.empty(),
          decision.verdict().name().toLowerCase(Locale.ROOT),
          decision.reason() instanceof Decision.Reason.ByRule(String rule, String _)
              ? Optional.of(rule)
              : Optional.empty(),
          decision.reason().text(),
          decision.sizeBytes(),
          decision.freedBytes());
    }
  }

  private record Reloaded(int rules) {}

  private record Sum(RetentionReport summary) {}

  private record Failure(String failure) {}

  @Override
  public boolean rehearses(String method, String path) {
    return method.equals("POST") && path.equals(PLACE);
  }

  @Override
  public Set<String> parameters(String path) {
    return path.equals(PLACE) ? Set.of("name", "repository", "deletions") : Set.of();
  }

  @Override
  public boolean handle(String path, Request request, Response response) throws IOException {
    if (path.equals(RELOAD)) {
      if (!Parameters.refused("POST", request, response)) {
        Parameters.json(response, new Reloaded(reload().rules().size()));
      }
      return true;
    }
    if (!path.equals(PLACE)) {
      return false;
    }
    switch (request.method()) {
      case "GET" -> Parameters.json(response, status());
      case "POST" -> run(request, response);
      default -> Methods.refuse(response, "GET, POST");
    }
    return true;
  }

  private Status status() throws IOException {
    RetentionStatus status = retention.status();
    return new Status(
        schedule.policy().isPresent(),
        schedule.policy().map(policy -> policy.rules().size()).orElse(0),
        schedule.trouble(),
        retention.off(),
        schedule.heldBack(),
        status.inProgress(),
        status.runs(),
        status.last().map(run -> new LastRun(run.began(), run.ended(), run.report())),
        schedule.next());
  }

  private Policy reload() {
    try {
      return schedule.reload().orElseThrow(NoPolicy::new);
    } catch (SettingsException e) {
      throw refusal(e.getMessage() + "; the rules in force stay", e);
    }
  }

  private static Malformed refusal(@Nullable String reason, SettingsException cause) {
    Malformed refusal = new Malformed(Subject.DOCUMENT, String.valueOf(reason));
    refusal.initCause(cause);
    return refusal;
  }

  private void run(Request request, Response response) throws IOException {
    Mode mode = Parameters.dryRun(request) ? Mode.DRY : Mode.REAL;
    Policy policy = policy(request, mode);
    Optional<RepositoryName> only = request.query("repository").map(Endpoint::name);
    retention.refuseIfOff(mode);
    if (only.isPresent()) {
      retention.refuseUnknown(only.get());
    }
    boolean deletionsOnly = Parameters.flag(request, "deletions");
    response.header("Content-Type", "application/x-ndjson");
    OutputStream lines = response.stream();
    try {
      RetentionReport report =
          retention.run(
              policy,
              mode,
              only,
              decision -> {
                if (!deletionsOnly || decision.verdict() == Decision.Verdict.DELETE) {
                  line(lines, Line.of(decision));
                }
              });
      line(lines, new Sum(report));
    } catch (RetentionOff e) {
      line(lines, new Failure("it stopped half-way: " + e.getMessage()));
      throw e;
    } catch (IOException | RuntimeException e) {
      line(lines, new Failure("it stopped half-way; the registry's log has it as " + request.id()));
      throw e;
    }
  }

  /**
   * The policy that came with the request, or else the one in force. One that was to come and is
   * empty is no policy: what is in force is not run in its place.
   */
  private Policy policy(Request request, Mode mode) throws IOException {
    byte[] body = request.bytes(POLICY_BYTES_MAX);
    boolean sent = request.query("name").isPresent() || request.header("Content-Type").isPresent();
    if (body.length == 0 && !sent) {
      return schedule.policy().orElseThrow(NoPolicy::new);
    }
    try {
      YamlValue yaml =
          YamlValue.parse(
              request.query("name").orElse("policy"), new String(body, StandardCharsets.UTF_8));
      return mode == Mode.DRY ? PolicyFile.readForTrial(yaml) : PolicyFile.read(yaml);
    } catch (SettingsException e) {
      throw refusal(e.getMessage(), e);
    }
  }

  private static void line(OutputStream lines, Object value) throws IOException {
    lines.write(Json.write(value));
    lines.write('\n');
  }
}
