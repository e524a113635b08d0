package dev.plimsoll.docker.image;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A step that an image was made by.
 *
 * @param id {@code <missing>} for a step that is no image of this machine
 * @param tags written as {@code null} where there are none
 */
public record ImageHistoryItem(
    @JsonProperty("Comment") String comment,
    @JsonProperty("Created") long createdSeconds,
    @JsonProperty("CreatedBy") String createdBy,
    @JsonProperty("Id") String id,
    @JsonProperty("Size") long sizeBytes,
    @JsonInclude(JsonInclude.Include.ALWAYS) @JsonProperty("Tags") @Nullable List<String> tags) {}
