package dev.plimsoll.cli.verb;

import dev.plimsoll.database.Database;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a server as a process: it says where it listens, one line a listener, and then serves
 * until SIGTERM or SIGINT, on which it ends cleanly with exit code 0.
 */
public final class Serving {
  private static final Logger log = LoggerFactory.getLogger(Serving.class);

  /** A server that runs and can be closed. */
  public interface Closing {
    void close() throws Exception;
  }

  private Serving() {}

  /** The same command, while what its server will need is made ready beside it. */
  public static <C> C soon(C command) {
    Thread.ofPlatform().daemon().name("warm-up").start(Database::warmUp);
    Thread.ofPlatform().daemon().name("jars").start(Serving::openJars);
    return command;
  }

  /**
   * The first who looks for something that is nowhere opens every jar of the class path, which takes up
   * to a tenth of a second; libraries do so while they are set up, so it is done beside them.
   */
  private static void openJars() {
    ClassLoader.getSystemResource("dev/plimsoll/nowhere");
  }

  /** Returns when the process is asked to end. */
  public static void untilTold(Closing server, List<String> addresses, PrintWriter out)
      throws InterruptedException {
    AtomicBoolean failed = new AtomicBoolean();
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("shutdown")
                .unstarted(() -> {
                  try {
                    server.close();
                  } catch (Exception e) {
                    log.error("server did not end cleanly", e);
                    failed.set(true);
                  }
                  // The JVM would answer 143 for a SIGTERM that was obeyed in full.
                  Runtime.getRuntime().halt(failed.get() ? 1 : 0);
                }));
    addresses.forEach(address -> out.println("listening on " + address));
    out.flush();
    new CountDownLatch(1).await();
  }
}
