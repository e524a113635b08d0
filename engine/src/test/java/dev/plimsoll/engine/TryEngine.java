package dev.plimsoll.engine;

import java.nio.file.Path;

/** Runs an engine in the foreground for trials by hand: {@code TryEngine DATA RUN}. */
final class TryEngine {
  private TryEngine() {}

  public static void main(String[] arguments) throws Exception {
    EngineServer server =
        EngineServer.start(EngineSettings.in(Path.of(arguments[0]), Path.of(arguments[1])));
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .unstarted(() -> {
                  try {
                    server.close();
                  } catch (Exception e) {
                    System.err.println(e);
                  }
                }));
    server.addresses().forEach(address -> System.out.println("listening on " + address));
    Thread.currentThread().join();
  }
}
