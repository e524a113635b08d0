package dev.plimsoll.docker.volume;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/** The answer to {@code POST /volumes/prune}. */
public record VolumePruneReply(
    @JsonProperty("VolumesDeleted") List<String> volumesDeleted,
    @JsonProperty("SpaceReclaimed") long spaceReclaimed) {}
