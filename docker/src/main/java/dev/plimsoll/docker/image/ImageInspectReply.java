package dev.plimsoll.docker.image;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of an image.
 *
 * @param created RFC 3339
 * @param config what a container gets unless told otherwise; its fields depend on the API's version
 * @param virtualSizeBytes what clients before API 1.44 expect beside the size
 */
public record ImageInspectReply(
    @JsonProperty("Id") String id,
    @JsonInclude(JsonInclude.Include.ALWAYS) @JsonProperty("RepoTags") List<String> repoTags,
    @JsonInclude(JsonInclude.Include.ALWAYS) @JsonProperty("RepoDigests") List<String> repoDigests,
    @JsonProperty("Parent") String parent,
    @JsonProperty("Comment") String comment,
    @JsonProperty("Created") @Nullable String created,
    @JsonProperty("DockerVersion") String dockerVersion,
    @JsonProperty("Author") String author,
    @JsonProperty("Config") @Nullable Object config,
    @JsonProperty("Architecture") String architecture,
    @JsonProperty("Variant") @Nullable String variant,
    @JsonProperty("Os") String os,
    @JsonProperty("OsVersion") @Nullable String osVersion,
    @JsonProperty("Size") long sizeBytes,
    @JsonProperty("VirtualSize") @Nullable Long virtualSizeBytes,
    @JsonProperty("GraphDriver") GraphDriver graphDriver,
    @JsonProperty("RootFS") RootFs rootFs,
    @JsonProperty("Metadata") Metadata metadata) {

  /** Where the layers lie: for people who look, not for programs. */
  public record GraphDriver(
      @JsonProperty("Data") Map<String, String> data, @JsonProperty("Name") String name) {}

  /** The digests of the uncompressed layers, lowest first. */
  public record RootFs(
      @JsonProperty("Type") String type, @JsonProperty("Layers") List<String> layers) {}

  /** What is true on this machine only. The times are RFC 3339; those after the first are ours. */
  public record Metadata(
      @JsonProperty("LastTagTime") String lastTagTime,
      @JsonProperty("PulledAt") @Nullable String pulledAt,
      @JsonProperty("LastUsedAt") String lastUsedAt,
      @JsonProperty("CreatedFrom") String createdFrom) {}
}
