package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * The answer to a create request.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record CreateReply(
    @JsonProperty("Id") String id, @JsonProperty("Warnings") List<String> warnings) {
  public CreateReply {
    id = Absent.text(id);
    warnings = Absent.list(warnings);
  }
}
