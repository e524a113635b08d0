package dev.plimsoll.engine.runtime;

import java.util.List;

/** One entry of a specification's {@code mounts}. */
public record SpecMount(String destination, String type, String source, List<String> options) {
  public SpecMount {
    options = List.copyOf(options);
  }

  /** A directory or file of the host with everything mounted below it. */
  public static SpecMount bind(String source, String destination, String... options) {
    var all = new java.util.ArrayList<String>(List.of("rbind"));
    all.addAll(List.of(options));
    return new SpecMount(destination, "bind", source, all);
  }
}
