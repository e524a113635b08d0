package dev.plimsoll.engine.crash;

import dev.plimsoll.docker.DockerClient;
import java.io.IOException;
import java.util.Map;

/** A client that does one thing after the other with things that no other client touches. */
interface Work {
  /** What it does next, where there is what the engine has told. */
  Operation next(Map<String, String> told) throws IOException;

  /** What an engine has of this client's things. */
  Map<String, String> found(DockerClient client) throws IOException, InterruptedException;

  /** Looks into each thing; an {@link AssertionError} if one is not whole. */
  void verify(DockerClient client, Map<String, String> found)
      throws IOException, InterruptedException;
}
