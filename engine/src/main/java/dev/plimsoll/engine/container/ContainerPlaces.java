package dev.plimsoll.engine.container;

import java.nio.file.Path;

/**
 * Where the containers of one engine live.
 *
 * @param data below which each container has a directory
 * @param run a short path that dies with the boot
 * @param cgroupParent as {@code /plimsoll}; two engines on one host need two
 * @param conmon the program
 */
public record ContainerPlaces(Path data, Path run, String cgroupParent, Path conmon) {}
