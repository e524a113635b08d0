package dev.plimsoll.engine.network;

import dev.plimsoll.content.DurableFile;
import dev.plimsoll.engine.refusal.EngineException;
import dev.plimsoll.linux.network.Cidr;
import java.io.IOException;
import java.net.Inet4Address;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which subnet the default network has: the one that is set, else the one it had before, else the
 * first of Docker's private ranges that the host does not use. Once chosen it is kept in a file, so
 * that containers find the addresses of yesterday.
 */
final class SubnetChoice {
  private final Path file;
  private final DurableFile files;

  SubnetChoice(Path file, DurableFile files) {
    this.file = file;
    this.files = files;
  }

  /**
   * Chooses, and remembers.
   *
   * @param usedByTheHost what the host has addresses or routes in
   * @throws EngineException.Unavailable if every range is in use
   */
  Subnet choose(Optional<Subnet> set, List<Cidr> usedByTheHost) throws IOException {
    if (set.isPresent()) {
      return set.get();
    }
    if (Files.exists(file)) {
      return Subnet.parse(Files.readString(file).strip());
    }
    for (Subnet candidate : candidates()) {
      if (usedByTheHost.stream().noneMatch(used -> overlap(candidate, used))) {
        files.replace(file, (candidate + "\n").getBytes(StandardCharsets.UTF_8));
        return candidate;
      }
    }
    throw new EngineException.Unavailable(
        "every private address range is in use on this host; set engine.network.subnet");
  }

  /** 172.18.0.0/16 to 172.31.0.0/16, without 172.17 that a dockerd may take; then 192.168.x.0/20. */
  private static List<Subnet> candidates() {
    List<Subnet> all = new ArrayList<>();
    for (int second = 30; second >= 18; second--) {
      all.add(Subnet.parse("172.%d.0.0/16".formatted(second)));
    }
    for (int third = 0; third < 256; third += 16) {
      all.add(Subnet.parse("192.168.%d.0/20".formatted(third)));
    }
    return all;
  }

  private static boolean overlap(Subnet subnet, Cidr used) {
    if (!(used.address() instanceof Inet4Address)) {
      return false;
    }
    int address = Subnet.address(used.address().getHostAddress());
    int length = Math.min(used.length(), subnet.prefixLength());
    int mask = length == 0 ? 0 : -1 << (32 - length);
    return (address & mask) == (subnet.base() & mask);
  }
}
