package dev.plimsoll.engine.container;

import dev.plimsoll.docker.StreamFrames;
import dev.plimsoll.engine.runtime.Bundle;
import dev.plimsoll.linux.SeqPacketSocket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Who is attached to which container. One that comes before the container runs waits here and is
 * connected after the container is made and before its first instruction, so nothing that is said
 * is missed. Safe for many threads.
 */
public final class Attachments {
  private final Map<ContainerId, List<CompletableFuture<SeqPacketSocket>>> waiting =
      new HashMap<>();

  /** Connects to a container that runs. */
  SeqPacketSocket connect(Bundle bundle) throws IOException {
    return SeqPacketSocket.connect(bundle.attachSocket());
  }

  /** A place in the queue of those who wait for the container to start. */
  CompletableFuture<SeqPacketSocket> enqueue(ContainerId id) {
    var place = new CompletableFuture<SeqPacketSocket>();
    synchronized (waiting) {
      waiting.computeIfAbsent(id, _ -> new ArrayList<>()).add(place);
    }
    var _ = place.whenComplete((_, _) -> leave(id, place));
    return place;
  }

  private void leave(ContainerId id, CompletableFuture<SeqPacketSocket> place) {
    synchronized (waiting) {
      List<CompletableFuture<SeqPacketSocket>> places = waiting.get(id);
      if (places != null) {
        places.removeIf(other -> isSame(other, place));
        if (places.isEmpty()) {
          waiting.remove(id);
        }
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // a place is itself and no other
  private static boolean isSame(Object one, Object other) {
    return one == other;
  }

  private List<CompletableFuture<SeqPacketSocket>> take(ContainerId id) {
    synchronized (waiting) {
      List<CompletableFuture<SeqPacketSocket>> places = waiting.remove(id);
      return places == null ? List.of() : places;
    }
  }

  /** Connects everyone who waits for this container. */
  void connectWaiting(ContainerId id, Bundle bundle) throws IOException {
    for (CompletableFuture<SeqPacketSocket> place : take(id)) {
      SeqPacketSocket socket = connect(bundle);
      if (!place.complete(socket)) {
        socket.close(); // its client has left meanwhile
      }
    }
  }

  /** Sends everyone away who waits for a container that will not start now. */
  void abandon(ContainerId id) {
    take(id).forEach(place -> place.cancel(false));
  }

  /** Which frame a packet of conmon's belongs in: its first byte is 2 for stdout, 3 for stderr. */
  static StreamFrames.Stream stream(byte first) {
    return first == 3 ? StreamFrames.Stream.STDERR : StreamFrames.Stream.STDOUT;
  }
}
