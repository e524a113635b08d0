package dev.plimsoll.architecture.broken.registry;

import dev.plimsoll.architecture.broken.engine.container.EngineThatKnowsTheRegistry;

/** Breaks "the registry knows no other product", and with its twin "packages have no cycles". */
public final class RegistryThatKnowsTheEngine {
  public Class<?> other() {
    return EngineThatKnowsTheRegistry.class;
  }
}
