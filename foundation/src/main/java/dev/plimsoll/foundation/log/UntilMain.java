package dev.plimsoll.foundation.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.status.NopStatusListener;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/**
 * The log until a main calls {@link Logging}: warnings only, so that tests and embedders are not
 * flooded. Logback finds it as a service; reading the same from XML took a tenth of a start.
 */
public final class UntilMain extends ContextAwareBase implements Configurator {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    context.getStatusManager().add(new NopStatusListener());
    Logging.toStandardError(context, new LineLayout(TIME), Level.WARN);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }
}
