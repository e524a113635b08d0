package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * Size, mode and further options of a tmpfs mount.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record TmpfsOptions(
    @JsonProperty("SizeBytes") long sizeBytes,
    @JsonProperty("Mode") int mode,
    @JsonProperty("Options") List<List<String>> options) {
  public TmpfsOptions {
    options = Absent.list(options);
  }
}
