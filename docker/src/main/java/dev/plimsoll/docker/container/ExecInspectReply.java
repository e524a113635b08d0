package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * A further process of a container, running or ended.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record ExecInspectReply(
    @JsonProperty("ID") String id,
    @JsonProperty("Running") boolean running,
    @JsonProperty("ExitCode") @Nullable Integer exitCode,
    @JsonProperty("ProcessConfig") ExecProcess processConfig,
    @JsonProperty("OpenStdin") boolean openStdin,
    @JsonProperty("OpenStderr") boolean openStderr,
    @JsonProperty("OpenStdout") boolean openStdout,
    @JsonProperty("CanRemove") boolean canRemove,
    @JsonProperty("ContainerID") String containerId,
    @JsonProperty("DetachKeys") String detachKeys,
    @JsonProperty("Pid") long pid) {
  public ExecInspectReply {
    id = Absent.text(id);
    containerId = Absent.text(containerId);
    detachKeys = Absent.text(detachKeys);
  }
}
