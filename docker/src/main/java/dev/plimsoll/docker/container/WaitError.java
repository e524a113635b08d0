package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Why waiting for a container failed.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record WaitError(@JsonProperty("Message") String message) {
  public WaitError {
    message = Absent.text(message);
  }
}
