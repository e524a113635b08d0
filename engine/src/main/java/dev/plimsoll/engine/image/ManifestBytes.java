package dev.plimsoll.engine.image;

import dev.plimsoll.oci.Digest;

/** A manifest as it travelled; its digest is that of these very bytes. */
@SuppressWarnings("ArrayRecordComponent") // nobody compares these
record ManifestBytes(Digest digest, String mediaType, byte[] content) {}
