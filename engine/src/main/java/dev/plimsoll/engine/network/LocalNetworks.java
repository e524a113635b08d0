package dev.plimsoll.engine.network;

import dev.plimsoll.docker.container.EndpointSettings;
import dev.plimsoll.engine.refusal.EngineException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The networks that need nothing built: {@code none} and {@code host}. Any other is refused. */
public final class LocalNetworks implements ContainerNetworks {

  @Override
  public void check(NetworkRequest request) {
    sandbox(request);
  }

  @Override
  public NetworkSandbox attach(NetworkRequest request) {
    return sandbox(request);
  }

  @Override
  public Optional<NetworkSandbox> adopt(NetworkRequest request) {
    return Optional.of(sandbox(request));
  }

  @Override
  public void detach(String containerId) {
    // Nothing was made.
  }

  @Override
  public void renamed(String containerId, String name) {
    // Nobody resolves names here.
  }

  private static NetworkSandbox sandbox(NetworkRequest request) {
    NetworkSandbox.Namespace namespace =
        switch (request.mode()) {
          case "none" -> new NetworkSandbox.Namespace.Fresh();
          case "host" -> new NetworkSandbox.Namespace.Host();
          default ->
              throw new EngineException.NotImplemented(
                  "network %s is not supported by this engine".formatted(request.mode()));
        };
    EndpointSettings asked =
        request.endpoints().getOrDefault(request.mode(), EndpointSettings.NONE);
    return new NetworkSandbox(
        namespace, Map.of(request.mode(), asked), Map.of(), List.of(), List.of());
  }
}
