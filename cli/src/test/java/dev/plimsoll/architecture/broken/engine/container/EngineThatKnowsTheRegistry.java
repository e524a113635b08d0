package dev.plimsoll.architecture.broken.engine.container;

import dev.plimsoll.architecture.broken.registry.RegistryThatKnowsTheEngine;
import io.netty.buffer.ByteBuf;
import java.lang.foreign.Arena;
import java.net.http.HttpClient;

/** Breaks every other rule: another product, native calls, HTTP in the core, the HTTP library. */
public final class EngineThatKnowsTheRegistry {
  public Class<?>[] others() {
    return new Class<?>[] {
      RegistryThatKnowsTheEngine.class, ByteBuf.class, Arena.class, HttpClient.class
    };
  }
}
