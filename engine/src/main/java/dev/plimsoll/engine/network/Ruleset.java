package dev.plimsoll.engine.network;

import java.util.Collection;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/**
 * The packet filter's table of one engine, as text for nftables. The whole table with all its
 * elements is one transaction: replacing it heals whatever somebody else did to it, and breaks no
 * connection.
 *
 * @param table its name, in the family {@code inet}
 * @param bridge the interface of the default network
 */
record Ruleset(String table, String bridge, Subnet subnet) {

  /** A container's address and one of its published ports. */
  record Target(PublishedPort port, int address) {}

  /** Replaces the whole table, whatever it holds now. */
  String whole(Collection<Target> targets) {
    StringJoiner everywhere = new StringJoiner(", ");
    StringJoiner somewhere = new StringJoiner(", ");
    for (Target target : targets) {
      (target.port().everywhere() ? everywhere : somewhere).add(key(target) + value(target));
    }
    // raw:     a container that routes 127.0.0.0/8 to its gateway would reach the host's loopback
    //          services, because route_localnet is on for the bridge.
    // publish: the element with an address wins over the one for every address.
    // post:    what the host sends from 127.0.0.1, and what a container sends to its own network
    //          through a published port, has to come back the way it went.
    // ours:    established traffic, neighbours, published ports, and what goes out; nothing else
    //          reaches a container. An accept here does not override a drop in another table.
    return """
    add table inet %1$s
    delete table inet %1$s
    table inet %1$s {
      map any4 { type inet_proto . inet_service : ipv4_addr . inet_service; %4$s }
      map addr4 { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; %5$s }
      chain raw {
        type filter hook prerouting priority raw; policy accept;
        iifname "%2$s" ip daddr 127.0.0.0/8 drop
        iifname "%2$s" ip saddr 127.0.0.0/8 drop
      }
      chain publish {
        dnat ip to ip daddr . meta l4proto . th dport map @addr4
        meta nfproto ipv4 dnat ip to meta l4proto . th dport map @any4
      }
      chain pre {
        type nat hook prerouting priority dstnat; policy accept;
        meta l4proto { tcp, udp } fib daddr type local jump publish
      }
      chain out {
        type nat hook output priority -100; policy accept;
        meta l4proto { tcp, udp } fib daddr type local jump publish
      }
      chain post {
        type nat hook postrouting priority srcnat; policy accept;
        oifname "%2$s" ip saddr 127.0.0.0/8 masquerade
        ct status dnat ip saddr %3$s ip daddr %3$s masquerade
        oifname != "%2$s" ip saddr %3$s masquerade
      }
      chain forward {
        type filter hook forward priority filter; policy accept;
        iifname "%2$s" jump ours
        oifname "%2$s" jump ours
      }
      chain ours {
        ct state established,related accept
        ct state invalid drop
        iifname "%2$s" oifname "%2$s" accept
        ct status dnat accept
        oifname "%2$s" drop
        accept
      }
    }
    """
        .formatted(table, bridge, subnet, elements(everywhere), elements(somewhere));
  }

  /** Publishes more ports in one transaction; fails as a whole if one leads elsewhere already. */
  String publish(Collection<Target> targets) {
    StringBuilder text = new StringBuilder();
    for (Target target : targets) {
      text.append(
          "add element inet %s %s { %s }\n"
              .formatted(table, map(target), key(target) + value(target)));
    }
    return text.toString();
  }

  /** Takes ports back; fails as a whole if one is not there. */
  String unpublish(Collection<Target> targets) {
    StringBuilder text = new StringBuilder();
    for (Target target : targets) {
      text.append("delete element inet %s %s { %s }\n".formatted(table, map(target), key(target)));
    }
    return text.toString();
  }

  /** The elements of all maps, as a listing of the table has them. */
  Set<String> elements(Collection<Target> targets) {
    return targets.stream()
        .map(target -> map(target) + " " + key(target) + value(target))
        .collect(Collectors.toSet());
  }

  /** Takes the table away; succeeds if there is none. */
  String gone() {
    return "add table inet %1$s\ndelete table inet %1$s\n".formatted(table);
  }

  private static String elements(StringJoiner all) {
    return all.length() == 0 ? "" : "elements = { %s };".formatted(all);
  }

  private static String map(Target target) {
    return target.port().everywhere() ? "any4" : "addr4";
  }

  private static String key(Target target) {
    PublishedPort port = target.port();
    String address = port.everywhere() ? "" : port.hostAddress() + " . ";
    return "%s%s . %d".formatted(address, port.port().protocol().text(), port.hostPort());
  }

  private static String value(Target target) {
    return " : %s . %d".formatted(Subnet.text(target.address()), target.port().port().number());
  }
}
