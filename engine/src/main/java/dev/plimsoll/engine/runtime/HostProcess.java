package dev.plimsoll.engine.runtime;

/**
 * A process of the host, told apart from any later one that gets the same number.
 *
 * @param pid as the host numbers it
 * @param startTicks when it started, in clock ticks since the boot, from {@code /proc/PID/stat}
 * @param bootId which boot of the host that was
 */
public record HostProcess(long pid, long startTicks, String bootId) {}
