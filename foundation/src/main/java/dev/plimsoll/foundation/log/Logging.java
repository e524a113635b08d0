package dev.plimsoll.foundation.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.slf4j.LoggerFactory;

/**
 * Sets the log up: one event a line on standard error, with UTC time, level, logger and message, as
 * docs/registry/logs.md tells.
 * Called once, by a program's main, before anything is logged.
 */
public final class Logging {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private Logging() {}

  /** A server's log until it knows its settings: everything from INFO on, as text. */
  public static void toStandardError() {
    toStandardError(LogFormat.TEXT);
  }

  /** A server's log: everything from INFO on. */
  public static void toStandardError(LogFormat format) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    Layout<ILoggingEvent> layout =
        switch (format) {
          case TEXT -> new LineLayout(TIME);
          case JSON -> new JsonLayout(TIME);
        };
    toStandardError(context, layout, Level.INFO);
  }

  static void toStandardError(LoggerContext context, Layout<ILoggingEvent> layout, Level level) {
    layout.setContext(context);
    layout.start();
    var encoder = new LayoutWrappingEncoder<ILoggingEvent>();
    encoder.setContext(context);
    encoder.setCharset(UTF_8);
    encoder.setLayout(layout);
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(level);
    root.addAppender(appender);
  }

  /** Has one logger tell its details too, after {@link #toStandardError}. */
  public static void inDetail(String logger) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.getLogger(logger).setLevel(Level.DEBUG);
  }

  /** A command's log: silence but for warnings, because its words to the user are its output. */
  public static void quiet() {
    toStandardError();
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
  }
}
