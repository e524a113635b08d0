package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How many processes a container has, and may have; 0 is without limit.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record PidsStats(@JsonProperty("current") long current, @JsonProperty("limit") long limit) {

  public static final PidsStats NONE = new PidsStats(0, 0);
}
