package dev.plimsoll.engine.container;

/**
 * What somebody wants to hear and say.
 *
 * @param logs whether what was said before comes first
 * @param stream whether to stay for what is said from now on
 */
public record AttachRequest(
    boolean logs,
    boolean stream,
    boolean stdin,
    boolean stdout,
    boolean stderr,
    String detachKeys) {}
