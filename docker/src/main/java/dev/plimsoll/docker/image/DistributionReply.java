package dev.plimsoll.docker.image;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a registry says of a name, for {@code GET /distribution/{name}/json}. */
public record DistributionReply(
    @JsonProperty("Descriptor") Descriptor descriptor,
    @JsonProperty("Platforms") List<Platform> platforms) {

  /** The manifest or index that the name stands for. */
  public record Descriptor(
      @JsonProperty("mediaType") String mediaType,
      @JsonProperty("digest") String digest,
      @JsonProperty("size") long sizeBytes) {}

  /** A platform that the image is for. */
  public record Platform(
      @JsonProperty("architecture") String architecture,
      @JsonProperty("os") String os,
      @JsonProperty("variant") @Nullable String variant) {}
}
