package dev.plimsoll.engine.refusal;

/**
 * A request that the engine understood and refuses. The message is what a user of {@code docker}
 * reads after "Error response from daemon: ", so it is a sentence that names the thing asked for.
 */
public abstract sealed class EngineException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private EngineException(String message) {
    super(message);
  }

  private EngineException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The container, image, volume or other thing that was named does not exist. */
  public static final class NotFound extends EngineException {
    private static final long serialVersionUID = 1L;

    public NotFound(String message) {
      super(message);
    }
  }

  /** The thing exists, but its state or its users do not allow what was asked. */
  public static final class Conflict extends EngineException {
    private static final long serialVersionUID = 1L;

    public Conflict(String message) {
      super(message);
    }
  }

  /** The request itself is wrong: a malformed name, a value out of range, an impossible mixture. */
  public static final class BadParameter extends EngineException {
    private static final long serialVersionUID = 1L;

    public BadParameter(String message) {
      super(message);
    }

    public BadParameter(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** Nothing to do: the thing is already in the state that was asked for. */
  public static final class NotModified extends EngineException {
    private static final long serialVersionUID = 1L;

    public NotModified(String message) {
      super(message);
    }
  }

  /** Understood, possible, and not allowed. */
  public static final class Forbidden extends EngineException {
    private static final long serialVersionUID = 1L;

    public Forbidden(String message) {
      super(message);
    }
  }

  /** An option or endpoint of the Engine API that this engine does not have; the message names it. */
  public static final class NotImplemented extends EngineException {
    private static final long serialVersionUID = 1L;

    public NotImplemented(String message) {
      super(message);
    }
  }

  /** Not now: something that is needed is missing or the engine is stopping. */
  public static final class Unavailable extends EngineException {
    private static final long serialVersionUID = 1L;

    public Unavailable(String message) {
      super(message);
    }
  }

  /** The engine tried and the world did not let it; the message says which step failed and why. */
  public static final class Failed extends EngineException {
    private static final long serialVersionUID = 1L;

    public Failed(String message) {
      super(message);
    }

    public Failed(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
