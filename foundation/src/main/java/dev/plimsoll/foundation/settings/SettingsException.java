package dev.plimsoll.foundation.settings;

/** The settings cannot be used; the message is a sentence for whoever wrote them. */
public final class SettingsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SettingsException(String message) {
    super(message);
  }

  public SettingsException(String message, Throwable cause) {
    super(message, cause);
  }
}
