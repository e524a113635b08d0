package dev.plimsoll.engine.crash;

import dev.plimsoll.docker.DockerClient;
import java.io.IOException;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Something that a client asks an engine for.
 *
 * @param halfway what it has changed where it is a request in two, each whole: {@code rm -f} is a kill
 *     and a removal
 * @param effect what it changes of what there is
 */
record Operation(
    String name,
    Request request,
    Consumer<Map<String, String>> halfway,
    Consumer<Map<String, String>> effect) {
  static final Operation NOTHING = new Operation("nothing", _ -> {}, _ -> {});

  Operation(String name, Request request, Consumer<Map<String, String>> effect) {
    this(name, request, _ -> {}, effect);
  }

  interface Request {
    void send(DockerClient client) throws IOException, InterruptedException;
  }

  @Override
  public String toString() {
    return name;
  }
}
