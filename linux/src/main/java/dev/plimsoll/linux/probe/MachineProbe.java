package dev.plimsoll.linux.probe;

import dev.plimsoll.linux.Finding;
import dev.plimsoll.linux.KernelProbe;
import dev.plimsoll.linux.Namespaces;
import dev.plimsoll.linux.cgroup.CgroupLayout;
import dev.plimsoll.linux.network.ForwardDrop;
import dev.plimsoll.linux.network.NfTables;
import dev.plimsoll.linux.network.Rtnetlink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Tries everything that containers need of this machine, each thing once. Needs root; leaves nothing
 * behind.
 */
public final class MachineProbe {
  private static final Set<String> CONTROLLERS = Set.of("cpu", "memory", "pids");

  /** All that a container's network is made of, in a namespace that is thrown away. */
  private static final String RULES =
      """
      add table inet probe
      add chain inet probe pre { type nat hook prerouting priority dstnat; }
      add chain inet probe post { type nat hook postrouting priority srcnat; }
      add map inet probe ports { type inet_proto . inet_service : ipv4_addr . inet_service; }
      add rule inet probe pre fib daddr type local dnat ip to meta l4proto . th dport map @ports
      add rule inet probe post ip saddr 192.0.2.0/24 masquerade
      """;

  private final Path dataDirectory;

  /** Probes for an engine that keeps its layers below {@code dataDirectory}, which exists. */
  public MachineProbe(Path dataDirectory) {
    this.dataDirectory = dataDirectory;
  }

  public List<Finding> findings() throws IOException, InterruptedException {
    List<Finding> findings = new ArrayList<>(new KernelProbe(dataDirectory).findings());
    findings.add(cgroups(CgroupLayout.detect()));
    findings.addAll(network());
    findings.add(firewall());
    return findings;
  }

  /** Whether containers can be limited with what {@code layout} has. */
  static Finding cgroups(CgroupLayout layout) throws IOException {
    if (layout.version1().isEmpty() && layout.unified().isEmpty()) {
      return Finding.missing("cgroups", "no hierarchy is mounted; mount cgroup2 at /sys/fs/cgroup");
    }
    Set<String> lacking = new TreeSet<>(CONTROLLERS);
    lacking.removeAll(layout.controllers());
    String found = "%s with %s".formatted(layout.mode(), layout.controllers());
    return lacking.isEmpty()
        ? Finding.good("cgroups", found)
        : Finding.limited("cgroups", found + "; limits need " + lacking);
  }

  private List<Finding> network() throws IOException, InterruptedException {
    Path namespace = dataDirectory.resolve(".probe-network-" + UUID.randomUUID());
    try {
      Namespaces.createNetwork(namespace);
      return List.of(bridges(namespace), rules(namespace));
    } catch (IOException e) {
      return List.of(Finding.missing("bridges", String.valueOf(e.getMessage())));
    } finally {
      Namespaces.remove(namespace);
    }
  }

  /** Another program's rules on this machine, as it is now. */
  private static Finding firewall() {
    try (NfTables rules = NfTables.open()) {
      return firewall(ForwardDrop.in(rules));
    } catch (IOException e) {
      return Finding.limited("firewall", String.valueOf(e.getMessage()));
    }
  }

  static Finding firewall(List<ForwardDrop> drops) {
    return drops.stream().noneMatch(ForwardDrop::meetsVersion4)
        ? Finding.good("firewall", "nothing drops what containers send to other machines")
        : Finding.limited(
            "firewall",
            drops
                + " drop what containers send to other machines and get from them; set"
                + " engine.network.foreign-firewall to accept, or let the bridge pass there");
  }

  private static Finding bridges(Path namespace) throws InterruptedException {
    try (Rtnetlink net = Rtnetlink.open(namespace)) {
      net.createBridge("probe");
      return Finding.good("bridges", "can be made");
    } catch (IOException e) {
      return Finding.missing("bridges", String.valueOf(e.getMessage()));
    }
  }

  private static Finding rules(Path namespace) throws InterruptedException {
    try (NfTables rules = NfTables.open(namespace)) {
      rules.run(RULES);
      return Finding.good("nftables", rules.describe());
    } catch (IOException e) {
      return Finding.missing("nftables", String.valueOf(e.getMessage()));
    }
  }
}
