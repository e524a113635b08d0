package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How a bind mount is made.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record BindOptions(
    @JsonProperty("Propagation") String propagation,
    @JsonProperty("NonRecursive") boolean nonRecursive,
    @JsonProperty("CreateMountpoint") boolean createMountpoint,
    @JsonProperty("ReadOnlyNonRecursive") boolean readOnlyNonRecursive,
    @JsonProperty("ReadOnlyForceRecursive") boolean readOnlyForceRecursive) {
  public BindOptions {
    propagation = Absent.text(propagation);
  }
}
