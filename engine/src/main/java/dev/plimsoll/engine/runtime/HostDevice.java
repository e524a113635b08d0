package dev.plimsoll.engine.runtime;

/**
 * A device node of the host.
 *
 * @param type {@code c} or {@code b}
 * @param access any of {@code rwm}, for the device control group
 */
public record HostDevice(
    String path,
    String type,
    long major,
    long minor,
    int mode,
    long uid,
    long gid,
    String access) {}
