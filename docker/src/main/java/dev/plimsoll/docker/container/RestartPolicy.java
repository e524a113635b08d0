package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * When a container that ended is started again: {@code no}, {@code always}, {@code unless-stopped},
 * {@code on-failure}.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record RestartPolicy(
    @JsonProperty("Name") String name, @JsonProperty("MaximumRetryCount") int maximumRetryCount) {
  public RestartPolicy {
    name = Absent.text(name);
  }

  public static final RestartPolicy NONE = new RestartPolicy("", 0);
}
