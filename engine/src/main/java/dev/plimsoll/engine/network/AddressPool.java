package dev.plimsoll.engine.network;

import dev.plimsoll.engine.refusal.EngineException;
import java.util.HashSet;
import java.util.Set;

/**
 * Gives out the addresses of one subnet, each to one container at a time. An address that was given
 * back is used again last, so that a neighbour's stale entry does not lead to the wrong container.
 * Safe for many threads.
 */
final class AddressPool {
  private final Subnet subnet;
  private final Set<Integer> taken = new HashSet<>();
  private int last;

  AddressPool(Subnet subnet) {
    this.subnet = subnet;
    this.last = subnet.gateway();
  }

  /**
   * Takes the next free address.
   *
   * @throws EngineException.Forbidden if all are in use
   */
  synchronized int take() {
    int first = subnet.gateway() + 1;
    int count = subnet.broadcast() - first;
    for (int step = 1; step <= count; step++) {
      int candidate = first + Math.floorMod(last - first + step, count);
      if (taken.add(candidate)) {
        last = candidate;
        return candidate;
      }
    }
    throw new EngineException.Forbidden(
        "no available IPv4 addresses on this network's address pool: bridge (%s)"
            .formatted(subnet));
  }

  /** Takes this very address; false if somebody has it. */
  synchronized boolean take(int address) {
    boolean usable =
        subnet.contains(address)
            && address != subnet.base()
            && address != subnet.gateway()
            && address != subnet.broadcast();
    return usable && taken.add(address);
  }

  synchronized void giveBack(int address) {
    taken.remove(address);
  }
}
