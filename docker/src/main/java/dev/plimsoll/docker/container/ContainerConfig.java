package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The part of a container's settings that can come from an image: what runs, as whom and with what
 * environment. {@code Cmd} and {@code Entrypoint} may be absent, which lets the image decide.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record ContainerConfig(
    @JsonProperty("Hostname") String hostname,
    @JsonProperty("Domainname") String domainname,
    @JsonProperty("User") String user,
    @JsonProperty("AttachStdin") boolean attachStdin,
    @JsonProperty("AttachStdout") boolean attachStdout,
    @JsonProperty("AttachStderr") boolean attachStderr,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("ExposedPorts")
        Map<String, Object> exposedPorts,
    @JsonProperty("Tty") boolean tty,
    @JsonProperty("OpenStdin") boolean openStdin,
    @JsonProperty("StdinOnce") boolean stdinOnce,
    @JsonProperty("Env") List<String> env,
    @JsonProperty("Cmd") @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
        @Nullable List<String> cmd,
    @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("Healthcheck")
        @Nullable HealthConfig healthcheck,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) @JsonProperty("ArgsEscaped") boolean argsEscaped,
    @JsonProperty("Image") String image,
    @JsonProperty("Volumes") Map<String, Object> volumes,
    @JsonProperty("WorkingDir") String workingDir,
    @JsonProperty("Entrypoint") @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
        @Nullable List<String> entrypoint,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) @JsonProperty("NetworkDisabled")
        boolean networkDisabled,
    @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("MacAddress")
        @Nullable String macAddress,
    @JsonProperty("OnBuild") @Nullable List<String> onBuild,
    @JsonProperty("Labels") Map<String, String> labels,
    @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("StopSignal")
        @Nullable String stopSignal,
    @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("StopTimeout")
        @Nullable Integer stopTimeoutSeconds,
    @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("Shell")
        @Nullable List<String> shell) {
  public ContainerConfig {
    hostname = Absent.text(hostname);
    domainname = Absent.text(domainname);
    user = Absent.text(user);
    exposedPorts = Absent.map(exposedPorts);
    env = Absent.list(env);
    cmd = cmd == null ? null : Absent.list(cmd);
    image = Absent.text(image);
    volumes = Absent.map(volumes);
    workingDir = Absent.text(workingDir);
    entrypoint = entrypoint == null ? null : Absent.list(entrypoint);
    onBuild = onBuild == null ? null : Absent.list(onBuild);
    labels = Absent.map(labels);
    shell = shell == null ? null : Absent.list(shell);
  }

  public static final ContainerConfig NONE =
      new ContainerConfig(
          "", "", "", false, false, false, Map.of(), false, false, false, List.of(), null, null,
          false, "", Map.of(), "", null, false, null, null, Map.of(), null, null, null);

  /** A copy that can be changed, for one thread; {@link Draft#finish()} makes it a value again. */
  public Draft draft() {
    return new Draft(this);
  }

  /** The fields of a {@link ContainerConfig} while they are being decided. */
  public static final class Draft {
    public String hostname;
    public String domainname;
    public String user;
    public boolean attachStdin;
    public boolean attachStdout;
    public boolean attachStderr;
    public Map<String, Object> exposedPorts;
    public boolean tty;
    public boolean openStdin;
    public boolean stdinOnce;
    public List<String> env;
    public @Nullable List<String> cmd;
    public @Nullable HealthConfig healthcheck;
    public boolean argsEscaped;
    public String image;
    public Map<String, Object> volumes;
    public String workingDir;
    public @Nullable List<String> entrypoint;
    public boolean networkDisabled;
    public @Nullable String macAddress;
    public @Nullable List<String> onBuild;
    public Map<String, String> labels;
    public @Nullable String stopSignal;
    public @Nullable Integer stopTimeoutSeconds;
    public @Nullable List<String> shell;

    private Draft(ContainerConfig from) {
      hostname = from.hostname;
      domainname = from.domainname;
      user = from.user;
      attachStdin = from.attachStdin;
      attachStdout = from.attachStdout;
      attachStderr = from.attachStderr;
      exposedPorts = from.exposedPorts;
      tty = from.tty;
      openStdin = from.openStdin;
      stdinOnce = from.stdinOnce;
      env = from.env;
      cmd = from.cmd;
      healthcheck = from.healthcheck;
      argsEscaped = from.argsEscaped;
      image = from.image;
      volumes = from.volumes;
      workingDir = from.workingDir;
      entrypoint = from.entrypoint;
      networkDisabled = from.networkDisabled;
      macAddress = from.macAddress;
      onBuild = from.onBuild;
      labels = from.labels;
      stopSignal = from.stopSignal;
      stopTimeoutSeconds = from.stopTimeoutSeconds;
      shell = from.shell;
    }

    public ContainerConfig finish() {
      return new ContainerConfig(
          hostname,
          domainname,
          user,
          attachStdin,
          attachStdout,
          attachStderr,
          exposedPorts,
          tty,
          openStdin,
          stdinOnce,
          env,
          cmd,
          healthcheck,
          argsEscaped,
          image,
          volumes,
          workingDir,
          entrypoint,
          networkDisabled,
          macAddress,
          onBuild,
          labels,
          stopSignal,
          stopTimeoutSeconds,
          shell);
    }
  }
}
