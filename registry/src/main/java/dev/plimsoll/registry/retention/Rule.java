package dev.plimsoll.registry.retention;

import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.auth.NamePattern;
import java.util.List;

/**
 * What is to stay in some repositories. The first rule of a policy that is about a tag or an untagged
 * manifest decides it.
 *
 * @param name by which the dry run, the trash and the history call it
 * @param line where it begins in its file
 */
public record Rule(
    String name, int line, List<NamePattern> repositories, Selection selection, Keep keep) {

  /** Which things of a repository the rule is about. */
  public sealed interface Selection {
    /** Tags that match one of these and none of the exceptions. */
    record Tags(List<NamePattern> tags, List<NamePattern> except) implements Selection {
      boolean includes(String tag) {
        return tags.stream().anyMatch(pattern -> pattern.matches(tag))
            && except.stream().noneMatch(pattern -> pattern.matches(tag));
      }
    }

    /** Manifests that no tag, no index and no subject leads to. */
    record Untagged() implements Selection {}
  }

  boolean isAbout(RepositoryName repository) {
    return repositories.stream().anyMatch(pattern -> pattern.matches(repository.value()));
  }

  /** Whether the rule decides this tag of a repository that it is about. */
  boolean isAboutTag(String tag) {
    return selection instanceof Selection.Tags tags
        && tags.includes(tag)
        && (!byVersion() || Version.of(tag).isPresent());
  }

  boolean isAboutUntagged() {
    return selection instanceof Selection.Untagged;
  }

  boolean byVersion() {
    return keep instanceof Keep.These these && these.order() == Keep.Order.VERSION;
  }
}
