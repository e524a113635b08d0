package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A resource limit of the container's processes; -1 is without limit.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Ulimit(
    @JsonProperty("Name") String name,
    @JsonProperty("Soft") long soft,
    @JsonProperty("Hard") long hard) {
  public Ulimit {
    name = Absent.text(name);
  }
}
