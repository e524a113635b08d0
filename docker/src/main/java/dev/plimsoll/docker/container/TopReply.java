package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * The processes of a container as {@code ps} lists them.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record TopReply(
    @JsonProperty("Titles") List<String> titles,
    @JsonProperty("Processes") List<List<String>> processes) {
  public TopReply {
    titles = Absent.list(titles);
    processes = Absent.list(processes);
  }
}
