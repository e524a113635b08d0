package dev.plimsoll.registry.retention;

import dev.plimsoll.registry.repository.Removal;
import java.util.List;

/**
 * What is to become of a repository.
 *
 * @param all tags first, then manifests, each index before what it names
 * @param removals that bring it about, to be carried out in this order
 */
public record Decisions(List<Decision> all, List<Removal> removals) {}
