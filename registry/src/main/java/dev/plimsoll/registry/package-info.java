/**
 * The registry: keeps images for any client of the OCI distribution API.
 *
 * <p>This package only puts the parts together: {@link dev.plimsoll.registry.api} speaks HTTP, {@link
 * dev.plimsoll.registry.repository} is the core, {@link dev.plimsoll.registry.gc} takes away what
 * nobody needs any more. The parts never look back here. Begin at {@link
 * dev.plimsoll.registry.RegistryServer}.
 */
@NullMarked
package dev.plimsoll.registry;

import org.jspecify.annotations.NullMarked;
