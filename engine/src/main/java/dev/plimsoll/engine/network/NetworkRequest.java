package dev.plimsoll.engine.network;

import dev.plimsoll.docker.container.EndpointSettings;
import dev.plimsoll.docker.container.PortBinding;
import java.util.List;
import java.util.Map;

/**
 * What one container wants of the network.
 *
 * @param containerId 64 hexadecimal digits
 * @param containerName without a slash
 * @param mode {@code none}, {@code host}, {@code bridge} or the name of a network; never {@code
 *     default} and never {@code container:…}, which the container side resolves itself
 * @param endpoints what was asked for on each network by name; may be empty
 * @param exposedPorts such as {@code 80/tcp}
 * @param portBindings published ports by exposed port
 * @param publishAll whether exposed ports without a binding get one that the engine chooses
 */
public record NetworkRequest(
    String containerId,
    String containerName,
    String hostname,
    String mode,
    Map<String, EndpointSettings> endpoints,
    List<String> exposedPorts,
    Map<String, List<PortBinding>> portBindings,
    boolean publishAll,
    String macAddress) {
  public NetworkRequest {
    endpoints = Map.copyOf(endpoints);
    exposedPorts = List.copyOf(exposedPorts);
    portBindings = Map.copyOf(portBindings);
  }
}
