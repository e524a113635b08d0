package dev.plimsoll.docker.image;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/** One thing that a removal did: a name that was taken, or an image or layer that is gone. */
public record ImageDeleteItem(
    @JsonProperty("Untagged") @Nullable String untagged,
    @JsonProperty("Deleted") @Nullable String deleted) {}
