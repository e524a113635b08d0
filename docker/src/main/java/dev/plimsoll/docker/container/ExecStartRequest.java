package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * How a further process is started.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record ExecStartRequest(
    @JsonProperty("Detach") boolean detach,
    @JsonProperty("Tty") boolean tty,
    @JsonProperty("ConsoleSize") List<Integer> consoleSize) {
  public ExecStartRequest {
    consoleSize = Absent.list(consoleSize);
  }
}
