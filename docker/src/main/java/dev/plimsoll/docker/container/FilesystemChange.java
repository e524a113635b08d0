package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A path that differs from the image: 0 modified, 1 added, 2 deleted.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record FilesystemChange(@JsonProperty("Path") String path, @JsonProperty("Kind") int kind) {
  public FilesystemChange {
    path = Absent.text(path);
  }
}
