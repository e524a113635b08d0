package dev.plimsoll.docker.image;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a prune has deleted; {@code null} is written where that was nothing. */
public record ImagePruneReply(
    @JsonInclude(JsonInclude.Include.ALWAYS) @JsonProperty("ImagesDeleted")
        @Nullable List<ImageDeleteItem> imagesDeleted,
    @JsonProperty("SpaceReclaimed") long spaceReclaimedBytes) {}
