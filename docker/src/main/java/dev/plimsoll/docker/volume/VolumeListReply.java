package dev.plimsoll.docker.volume;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/** The answer to {@code GET /volumes}. */
public record VolumeListReply(
    @JsonProperty("Volumes") List<VolumeReply> volumes,
    @JsonProperty("Warnings") List<String> warnings) {}
