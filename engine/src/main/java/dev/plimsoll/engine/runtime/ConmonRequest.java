package dev.plimsoll.engine.runtime;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What one conmon looks after.
 *
 * @param id of the container, which is also the name of its exit file
 * @param log the file that output is kept in; empty keeps none
 * @param stdin whether input can be said to the process
 * @param stdinStaysOpen whether input goes on after the one who spoke has left
 */
public record ConmonRequest(
    String id,
    String name,
    Bundle bundle,
    Optional<Path> log,
    boolean terminal,
    boolean stdin,
    boolean stdinStaysOpen) {}
