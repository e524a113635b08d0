package dev.plimsoll.engine.network;

import dev.plimsoll.engine.refusal.EngineException;
import java.io.IOException;
import java.util.Optional;

/** Gives containers their network and takes it back. Safe for many threads. */
public interface ContainerNetworks {

  /**
   * Looks at what a container asks for when it is created, without doing anything yet.
   *
   * @throws EngineException.NotFound if it names a network that does not exist
   * @throws EngineException.BadParameter if the request contradicts itself
   * @throws EngineException.NotImplemented if it needs what this engine does not have
   */
  void check(NetworkRequest request);

  /**
   * Makes the container's network. The namespace, where there is one, lives until {@link #detach}.
   * After a failure nothing is left behind.
   */
  NetworkSandbox attach(NetworkRequest request) throws IOException;

  /**
   * The network of a container that an earlier engine started and that still runs. Repairs what is
   * missing outside the container; empty if the container never had one from here.
   */
  Optional<NetworkSandbox> adopt(NetworkRequest request) throws IOException;

  /** Takes back everything {@link #attach} made. Doing it again, or for a stranger, does nothing. */
  void detach(String containerId) throws IOException;

  /** Tells the networks that the container is called otherwise now, so that names resolve. */
  void renamed(String containerId, String name) throws IOException;
}
