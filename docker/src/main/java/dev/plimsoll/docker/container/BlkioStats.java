package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * Block device traffic of a container.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record BlkioStats(
    @JsonProperty("io_service_bytes_recursive") List<BlkioEntry> serviceBytes,
    @JsonProperty("io_serviced_recursive") List<BlkioEntry> serviced) {
  public BlkioStats {
    serviceBytes = Absent.list(serviceBytes);
    serviced = Absent.list(serviced);
  }

  public static final BlkioStats NONE = new BlkioStats(List.of(), List.of());
}
