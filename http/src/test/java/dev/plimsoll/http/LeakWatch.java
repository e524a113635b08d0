package dev.plimsoll.http;

import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/**
 * Hears what the library logs of buffers that were dropped without being released. It reports them
 * only after they were collected and when another is made, so a silence proves nothing: {@link
 * #leaks} drops one buffer of its own and waits until that one is reported.
 */
final class LeakWatch implements AutoCloseable {
  private static final String OURS = "dropped on purpose";
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final AppenderBase<ILoggingEvent> events =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          lines.add(event.getFormattedMessage());
        }
      };

  LeakWatch() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    events.start();
    root.addAppender(events);
  }

  /** Everything that was logged, by anybody. */
  List<String> lines() {
    return lines;
  }

  /** What was dropped since the beginning, but for our own. */
  List<String> leaks() {
    String mark = OURS + " " + System.nanoTime(); // a report like an earlier one is not made again
    drop(mark);
    await()
        .atMost(LIMIT)
        .until(() -> {
          System.gc();
          PooledByteBufAllocator.DEFAULT.buffer(16).release(); // reports are made on this way
          return lines.stream().anyMatch(line -> line.contains(mark));
        });
    return lines.stream().filter(line -> line.contains("LEAK") && !line.contains(OURS)).toList();
  }

  private static void drop(String mark) {
    ByteBuf dropped = PooledByteBufAllocator.DEFAULT.buffer(16);
    dropped.touch(mark);
  }

  @Override
  public void close() {
    root.detachAppender(events);
    ResourceLeakDetector.setLevel(before);
  }
}
