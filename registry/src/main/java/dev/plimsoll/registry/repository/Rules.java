package dev.plimsoll.registry.repository;

import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import java.util.List;

/** What the owner of the registry wants to be kept to, whoever pushes. Immutable. */
public interface Rules {
  /** None at all. */
  Rules NONE =
      new Rules() {
        @Override
        public boolean immutable(RepositoryName repository, Tag tag) {
          return false;
        }

        @Override
        public List<Quota> quotasOf(RepositoryName repository) {
          return List.of();
        }
      };

  /** Whether the tag stays where it points once it is there. */
  boolean immutable(RepositoryName repository, Tag tag);

  /** The quotas that a repository counts for: of its namespace, and of those around that. */
  List<Quota> quotasOf(RepositoryName repository);
}
