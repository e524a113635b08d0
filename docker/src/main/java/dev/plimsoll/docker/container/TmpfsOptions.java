package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * Size, mode and further options of a tmpfs mount.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record TmpfsOptions(
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) @JsonProperty("SizeBytes") long sizeBytes,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) @JsonProperty("Mode") int mode,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("Options")
        List<List<String>> options) {
  public TmpfsOptions {
    options = Absent.list(options);
  }
}
