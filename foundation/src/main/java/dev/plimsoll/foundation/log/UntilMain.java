package dev.plimsoll.foundation.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.status.NopStatusListener;

/**
 * The log until a main calls {@link Logging}: warnings only, so that tests and embedders are not
 * flooded. Logback finds it as a service; reading the same from XML took a tenth of a start.
 */
public final class UntilMain extends ContextAwareBase implements Configurator {
  private static final String LINE = "%date{HH:mm:ss.SSS} %-5level %logger{0} %message%n%ex{8}";

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    context.getStatusManager().add(new NopStatusListener());
    Logging.toStandardError(context, LINE, Level.WARN);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }
}
