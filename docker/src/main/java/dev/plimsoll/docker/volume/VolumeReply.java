package dev.plimsoll.docker.volume;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A volume as clients see it. As dockerd does, labels and options are {@code null} where there are
 * none, and usage is told only by {@code system df}.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record VolumeReply(
    @JsonProperty("CreatedAt") String createdAt,
    @JsonProperty("Driver") String driver,
    @JsonProperty("Labels") @Nullable Map<String, String> labels,
    @JsonProperty("Mountpoint") String mountpoint,
    @JsonProperty("Name") String name,
    @JsonProperty("Options") @Nullable Map<String, String> options,
    @JsonProperty("Scope") String scope,
    @JsonProperty("UsageData") @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable UsageData usageData) {

  /**
   * What a volume costs.
   *
   * @param size in bytes, -1 where it cannot be told
   * @param refCount how many containers hold it
   */
  public record UsageData(
      @JsonProperty("Size") long size, @JsonProperty("RefCount") long refCount) {}
}
