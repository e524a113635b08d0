package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A container in a list. {@code Created} is in seconds since 1970.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record ContainerSummary(
    @JsonProperty("Id") String id,
    @JsonProperty("Names") List<String> names,
    @JsonProperty("Image") String image,
    @JsonProperty("ImageID") String imageId,
    @JsonProperty("Command") String command,
    @JsonProperty("Created") long createdSeconds,
    @JsonProperty("Ports") List<Port> ports,
    @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("SizeRw") @Nullable Long sizeRwBytes,
    @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("SizeRootFs")
        @Nullable Long sizeRootFsBytes,
    @JsonProperty("Labels") Map<String, String> labels,
    @JsonProperty("State") String state,
    @JsonProperty("Status") String status,
    @JsonProperty("HostConfig") SummaryHostConfig hostConfig,
    @JsonProperty("NetworkSettings") SummaryNetworks networkSettings,
    @JsonProperty("Mounts") List<MountPoint> mounts) {
  public ContainerSummary {
    id = Absent.text(id);
    names = Absent.list(names);
    image = Absent.text(image);
    imageId = Absent.text(imageId);
    command = Absent.text(command);
    ports = Absent.list(ports);
    labels = Absent.map(labels);
    state = Absent.text(state);
    status = Absent.text(status);
    mounts = Absent.list(mounts);
  }
}
