package dev.plimsoll.registry.retention;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import java.util.Optional;

/**
 * One manifest that a host runs or keeps.
 *
 * @param repository where it came from; empty: the reporter does not know, and it is held in
 *     whichever repository it is
 */
public record DeployedImage(Optional<RepositoryName> repository, Digest digest, Usage usage) {

  /** What the host does with it. */
  public enum Usage {
    RUNNING("running"),
    /** Kept so that one can go back to it. */
    ROLLBACK("rollback");

    private final String word;

    Usage(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }

    /** Throws {@link IllegalArgumentException} with what there is on any other word. */
    public static Usage parse(String text) {
      for (Usage usage : values()) {
        if (usage.word.equals(text)) {
          return usage;
        }
      }
      throw new IllegalArgumentException(
          "\"%s\" is no use of an image; there are running and rollback".formatted(text));
    }
  }
}
