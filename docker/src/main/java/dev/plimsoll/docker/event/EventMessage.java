package dev.plimsoll.docker.event;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happened. {@code status}, {@code id} and {@code from} say the same in the words of
 * Docker before 1.10; clients that read only these are still about.
 */
public record EventMessage(
    @JsonProperty("status") @Nullable String status,
    @JsonProperty("id") @Nullable String id,
    @JsonProperty("from") @Nullable String from,
    @JsonProperty("Type") String type,
    @JsonProperty("Action") String action,
    @JsonProperty("Actor") Actor actor,
    @JsonProperty("scope") String scope,
    @JsonProperty("time") long time,
    @JsonProperty("timeNano") long timeNano) {

  /** What it happened to. */
  public record Actor(
      @JsonProperty("ID") String id, @JsonProperty("Attributes") Map<String, String> attributes) {}
}
