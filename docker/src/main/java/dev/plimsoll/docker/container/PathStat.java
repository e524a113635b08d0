package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What the archive endpoints tell of a path; {@code mode} has the bits of Go's FileMode.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record PathStat(
    @JsonProperty("name") String name,
    @JsonProperty("size") long sizeBytes,
    @JsonProperty("mode") long mode,
    @JsonProperty("mtime") String mtime,
    @JsonProperty("linkTarget") String linkTarget) {
  public PathStat {
    name = Absent.text(name);
    mtime = Absent.text(mtime);
    linkTarget = Absent.text(linkTarget);
  }
}
