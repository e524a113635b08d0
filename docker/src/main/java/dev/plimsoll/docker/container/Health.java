package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * What the health checks found; the last runs are in {@code Log}.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Health(
    @JsonProperty("Status") String status,
    @JsonProperty("FailingStreak") int failingStreak,
    @JsonProperty("Log") List<HealthcheckResult> log) {
  public Health {
    status = Absent.text(status);
    log = Absent.list(log);
  }
}
