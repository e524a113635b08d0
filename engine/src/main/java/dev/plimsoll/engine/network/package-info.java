/**
 * What a container gets of the network. {@link dev.plimsoll.engine.network.ContainerNetworks} is
 * the seam between a container's life and whoever builds its links, addresses and published ports:
 * a container asks for a {@link dev.plimsoll.engine.network.NetworkSandbox} before its first process
 * exists and gives it back after the last one ended.
 *
 * <p>This package knows containers only by id and name. Start reading at {@link
 * dev.plimsoll.engine.network.ContainerNetworks}.
 */
@NullMarked
package dev.plimsoll.engine.network;

import org.jspecify.annotations.NullMarked;
