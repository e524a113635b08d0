package dev.plimsoll.engine.container;

import dev.plimsoll.engine.api.AttachApi;
import dev.plimsoll.engine.api.ContainersApi;
import dev.plimsoll.engine.api.EventsApi;
import dev.plimsoll.engine.api.MissingApi;
import dev.plimsoll.engine.api.Router;
import dev.plimsoll.engine.api.VolumesApi;
import dev.plimsoll.http.HttpServer;
import dev.plimsoll.http.Limits;
import dev.plimsoll.http.UnixListener;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/** Serves the containers of one image on a socket, for trials by hand with the docker client. */
final class TestEngineMain {
  private TestEngineMain() {}

  static void main(String[] args) throws Exception {
    var engine = new TestEngine(Files.createDirectories(Path.of(args[0])));
    var router =
        new Router("test")
            .get("/_ping", (_, response) -> response.status(200).send("OK".getBytes("UTF-8")))
            .head("/_ping", (_, response) -> response.status(200).send())
            .add(new ContainersApi(engine.containers, _ -> List.of()))
            .add(new AttachApi(engine.containers))
            .add(new dev.plimsoll.engine.api.LogsApi(engine.containers))
            .add(new EventsApi(engine.events, InstantSource.system()))
            .add(new VolumesApi(engine.volumes))
            .add(new MissingApi());
    var http = new HttpServer(router, Limits.DEFAULT.withStallTimeout(Limits.NEVER));
    http.listen(UnixListener.at(Path.of(args[1])));
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              try {
                http.close();
                engine.close();
              } catch (Exception e) {
                e.printStackTrace();
              }
            }));
    IO.println("ready");
    Thread.currentThread().join();
  }
}
