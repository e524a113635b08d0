package dev.plimsoll.registry.repository;

import dev.plimsoll.oci.Digest;

/**
 * A manifest as it is served.
 *
 * @param bytes exactly as pushed; not to be changed
 */
public record StoredManifest(Digest digest, String mediaType, byte[] bytes) {}
