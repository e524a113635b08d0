package dev.plimsoll.engine.crash;

/**
 * One thing that an engine is asked for while it dies.
 *
 * @param prepare makes what the operation needs
 * @param verify looks, when it has been done, whether what was made works
 * @param undo takes away what was made: then all is as before {@code prepare}
 * @param stepsAbout how many steps it takes, for choosing one by chance
 */
record Scenario(
    String name,
    Operation.Request prepare,
    Operation operation,
    Operation.Request verify,
    Operation.Request undo,
    int stepsAbout) {}
