package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * Where a container is in its life. Times are RFC 3339, {@code 0001-01-01T00:00:00Z} for never.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record StateReply(
    @JsonProperty("Status") String status,
    @JsonProperty("Running") boolean running,
    @JsonProperty("Paused") boolean paused,
    @JsonProperty("Restarting") boolean restarting,
    @JsonProperty("OOMKilled") boolean oomKilled,
    @JsonProperty("Dead") boolean dead,
    @JsonProperty("Pid") long pid,
    @JsonProperty("ExitCode") int exitCode,
    @JsonProperty("Error") String error,
    @JsonProperty("StartedAt") String startedAt,
    @JsonProperty("FinishedAt") String finishedAt,
    @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("Health") @Nullable Health health) {
  public StateReply {
    status = Absent.text(status);
    error = Absent.text(error);
    startedAt = Absent.text(startedAt);
    finishedAt = Absent.text(finishedAt);
  }
}
