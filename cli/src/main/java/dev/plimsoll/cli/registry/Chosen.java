package dev.plimsoll.cli.registry;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Parameters;

/** One deletion, named by its number, or as the newest of a tag or digest in a repository. */
final class Chosen {
  @Parameters(index = "0", paramLabel = "ID|REPOSITORY", description = "As trash lists it.")
  private String what = "";

  @Parameters(
      index = "1",
      paramLabel = "TAG|DIGEST",
      arity = "0..1",
      description = "Where a repository was named: its newest deletion is meant.")
  private @Nullable String reference;

  /** As the registry's API is told. */
  String query() {
    if (reference == null && !what.chars().allMatch(Character::isDigit)) {
      throw new IllegalArgumentException(
          "\"%s\" is no number of a deletion; if it is a repository, name the tag or digest, too;"
                  .formatted(what)
              + " plimsoll registry trash lists them");
    }
    return reference == null
        ? "id=" + Administration.encoded(what)
        : "repository=%s&reference=%s"
            .formatted(Administration.encoded(what), Administration.encoded(reference));
  }
}
