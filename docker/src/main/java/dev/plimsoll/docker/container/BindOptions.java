package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How a bind mount is made.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record BindOptions(
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("Propagation") String propagation,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) @JsonProperty("NonRecursive")
        boolean nonRecursive,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) @JsonProperty("CreateMountpoint")
        boolean createMountpoint,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) @JsonProperty("ReadOnlyNonRecursive")
        boolean readOnlyNonRecursive,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) @JsonProperty("ReadOnlyForceRecursive")
        boolean readOnlyForceRecursive) {
  public BindOptions {
    propagation = Absent.text(propagation);
  }
}
