package dev.plimsoll.registry.moving;

import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.transfer.RemoteRegistry;

/**
 * A repository of another registry that one of ours is filled from.
 *
 * @param name what it is called there
 * @param place where it is, for messages
 */
public record Origin(RemoteRegistry remote, RepositoryName name, String place) {}
