package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * One counter of one block device.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record BlkioEntry(
    @JsonProperty("major") long major,
    @JsonProperty("minor") long minor,
    @JsonProperty("op") String op,
    @JsonProperty("value") long value) {
  public BlkioEntry {
    op = Absent.text(op);
  }
}
