package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A mount as it is in a container.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record MountPoint(
    @JsonProperty("Type") String type,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("Name") String name,
    @JsonProperty("Source") String source,
    @JsonProperty("Destination") String destination,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("Driver") String driver,
    @JsonProperty("Mode") String mode,
    @JsonProperty("RW") boolean writable,
    @JsonProperty("Propagation") String propagation) {
  public MountPoint {
    type = Absent.text(type);
    name = Absent.text(name);
    source = Absent.text(source);
    destination = Absent.text(destination);
    driver = Absent.text(driver);
    mode = Absent.text(mode);
    propagation = Absent.text(propagation);
  }
}
