package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything about one container. Sizes are given only when they were asked for.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record InspectReply(
    @JsonProperty("Id") String id,
    @JsonProperty("Created") String created,
    @JsonProperty("Path") String path,
    @JsonProperty("Args") List<String> args,
    @JsonProperty("State") StateReply state,
    @JsonProperty("Image") String image,
    @JsonProperty("ResolvConfPath") String resolvConfPath,
    @JsonProperty("HostnamePath") String hostnamePath,
    @JsonProperty("HostsPath") String hostsPath,
    @JsonProperty("LogPath") String logPath,
    @JsonProperty("Name") String name,
    @JsonProperty("RestartCount") int restartCount,
    @JsonProperty("Driver") String driver,
    @JsonProperty("Platform") String platform,
    @JsonProperty("MountLabel") String mountLabel,
    @JsonProperty("ProcessLabel") String processLabel,
    @JsonProperty("AppArmorProfile") String appArmorProfile,
    @JsonProperty("ExecIDs") @Nullable List<String> execIds,
    @JsonProperty("HostConfig") HostConfig hostConfig,
    @JsonProperty("GraphDriver") GraphDriver graphDriver,
    @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("SizeRw") @Nullable Long sizeRwBytes,
    @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("SizeRootFs")
        @Nullable Long sizeRootFsBytes,
    @JsonProperty("Mounts") List<MountPoint> mounts,
    @JsonProperty("Config") ContainerConfig config,
    @JsonProperty("NetworkSettings") NetworkSettings networkSettings) {
  public InspectReply {
    id = Absent.text(id);
    created = Absent.text(created);
    path = Absent.text(path);
    args = Absent.list(args);
    image = Absent.text(image);
    resolvConfPath = Absent.text(resolvConfPath);
    hostnamePath = Absent.text(hostnamePath);
    hostsPath = Absent.text(hostsPath);
    logPath = Absent.text(logPath);
    name = Absent.text(name);
    driver = Absent.text(driver);
    platform = Absent.text(platform);
    mountLabel = Absent.text(mountLabel);
    processLabel = Absent.text(processLabel);
    appArmorProfile = Absent.text(appArmorProfile);
    execIds = execIds == null ? null : Absent.list(execIds);
    hostConfig = Absent.or(hostConfig, HostConfig.NONE);
    mounts = Absent.list(mounts);
    config = Absent.or(config, ContainerConfig.NONE);
  }
}
