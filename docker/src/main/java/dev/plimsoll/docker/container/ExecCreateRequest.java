package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * A further process for a running container.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record ExecCreateRequest(
    @JsonProperty("AttachStdin") boolean attachStdin,
    @JsonProperty("AttachStdout") boolean attachStdout,
    @JsonProperty("AttachStderr") boolean attachStderr,
    @JsonProperty("ConsoleSize") List<Integer> consoleSize,
    @JsonProperty("DetachKeys") String detachKeys,
    @JsonProperty("Tty") boolean tty,
    @JsonProperty("Env") List<String> env,
    @JsonProperty("Cmd") @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
        List<String> cmd,
    @JsonProperty("Privileged") boolean privileged,
    @JsonProperty("User") String user,
    @JsonProperty("WorkingDir") String workingDir) {
  public ExecCreateRequest {
    consoleSize = Absent.list(consoleSize);
    detachKeys = Absent.text(detachKeys);
    env = Absent.list(env);
    cmd = Absent.list(cmd);
    user = Absent.text(user);
    workingDir = Absent.text(workingDir);
  }
}
