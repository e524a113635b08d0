package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a further process runs.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record ExecProcess(
    @JsonProperty("tty") boolean tty,
    @JsonProperty("entrypoint") String entrypoint,
    @JsonProperty("arguments") List<String> arguments,
    @JsonProperty("privileged") @Nullable Boolean privileged,
    @JsonProperty("user") @Nullable String user) {
  public ExecProcess {
    entrypoint = Absent.text(entrypoint);
    arguments = Absent.list(arguments);
  }
}
