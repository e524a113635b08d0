package dev.plimsoll.docker.image;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An image in a list.
 *
 * @param createdSeconds since 1970
 * @param sharedSizeBytes of layers that other images have too, -1 if that was not asked for
 * @param virtualSizeBytes what clients before API 1.44 expect beside the size
 * @param labels written as {@code null} where there are none
 * @param containers how many use it, -1 if that was not counted
 */
public record ImageSummary(
    @JsonProperty("Containers") long containers,
    @JsonProperty("Created") long createdSeconds,
    @JsonProperty("Id") String id,
    @JsonInclude(JsonInclude.Include.ALWAYS) @JsonProperty("Labels")
        @Nullable Map<String, String> labels,
    @JsonProperty("ParentId") String parentId,
    @JsonInclude(JsonInclude.Include.ALWAYS) @JsonProperty("RepoDigests") List<String> repoDigests,
    @JsonInclude(JsonInclude.Include.ALWAYS) @JsonProperty("RepoTags") List<String> repoTags,
    @JsonProperty("SharedSize") long sharedSizeBytes,
    @JsonProperty("Size") long sizeBytes,
    @JsonProperty("VirtualSize") @Nullable Long virtualSizeBytes) {}
