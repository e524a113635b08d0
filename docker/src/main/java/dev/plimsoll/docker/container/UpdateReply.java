package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * The answer to an update.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record UpdateReply(@JsonProperty("Warnings") List<String> warnings) {
  public UpdateReply {
    warnings = Absent.list(warnings);
  }
}
