package dev.plimsoll.docker.system;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.plimsoll.docker.volume.VolumeReply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code GET /system/df}. The kinds that were not asked for are {@code null}.
 *
 * @param layersSize what all layers occupy, each once, in bytes
 * @param images as {@code GET /images/json} tells them
 * @param containers as {@code GET /containers/json} tells them, with sizes
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record DiskUsageReply(
    @JsonProperty("LayersSize") long layersSize,
    @JsonProperty("Images") @Nullable List<?> images,
    @JsonProperty("Containers") @Nullable List<?> containers,
    @JsonProperty("Volumes") @Nullable List<VolumeReply> volumes,
    @JsonProperty("BuildCache") @Nullable List<?> buildCache) {}
