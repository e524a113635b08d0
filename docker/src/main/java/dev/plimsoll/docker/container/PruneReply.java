package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * What a prune deleted.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record PruneReply(
    @JsonProperty("ContainersDeleted") List<String> containersDeleted,
    @JsonProperty("SpaceReclaimed") long spaceReclaimedBytes) {
  public PruneReply {
    containersDeleted = Absent.list(containersDeleted);
  }
}
