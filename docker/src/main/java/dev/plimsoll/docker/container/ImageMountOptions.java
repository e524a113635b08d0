package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Which part of an image is mounted.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record ImageMountOptions(@JsonProperty("Subpath") String subpath) {
  public ImageMountOptions {
    subpath = Absent.text(subpath);
  }
}
