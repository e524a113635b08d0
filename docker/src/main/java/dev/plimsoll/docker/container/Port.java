package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * A port of a container in a list; {@code PublicPort} is absent where it is not published.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Port(
    @JsonProperty("IP") @Nullable String ip,
    @JsonProperty("PrivatePort") int privatePort,
    @JsonProperty("PublicPort") @Nullable Integer publicPort,
    @JsonProperty("Type") String type) {
  public Port {
    type = Absent.text(type);
  }
}
