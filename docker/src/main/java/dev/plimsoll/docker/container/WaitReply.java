package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * How a container ended.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record WaitReply(
    @JsonProperty("StatusCode") long statusCode,
    @JsonProperty("Error") @Nullable WaitError error) {}
