/**
 * What a container gets of the network. {@link dev.plimsoll.engine.network.ContainerNetworks} is
 * the seam between a container's life and whoever builds its links, addresses and published ports:
 * a container asks for a {@link dev.plimsoll.engine.network.NetworkSandbox} before its first process
 * exists and gives it back after the last one ended.
 *
 * <p>Promises: an endpoint is written down before anything is made in the kernel; what a crash, a
 * firewall's reload or a person changed on the host is put right from what is written down; a port of
 * the host is published only after the kernel gave it to us; nothing of ours has a name that another
 * engine uses.
 *
 * <p>This package knows containers only by id and name. Start reading at {@link
 * dev.plimsoll.engine.network.ContainerNetworks}, then {@link
 * dev.plimsoll.engine.network.BridgeNetworks}.
 */
@NullMarked
package dev.plimsoll.engine.network;

import org.jspecify.annotations.NullMarked;
