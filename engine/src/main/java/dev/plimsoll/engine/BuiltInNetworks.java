package dev.plimsoll.engine;

import dev.plimsoll.docker.network.NetworkReply;
import dev.plimsoll.docker.network.NetworkReply.ConfigFrom;
import dev.plimsoll.docker.network.NetworkReply.Endpoint;
import dev.plimsoll.docker.network.NetworkReply.Ipam;
import dev.plimsoll.docker.network.NetworkReply.Pool;
import dev.plimsoll.engine.container.Container;
import dev.plimsoll.engine.network.BridgeNetworks;
import dev.plimsoll.engine.network.NetworkSandbox;
import dev.plimsoll.oci.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The networks that every engine has, with the containers that are on them. */
final class BuiltInNetworks {
  private final EngineParts parts;
  private final String created;

  BuiltInNetworks(EngineParts parts) {
    this.parts = parts;
    this.created = parts.clock().instant().toString();
  }

  List<NetworkReply> all() throws IOException {
    List<NetworkReply> all = new ArrayList<>();
    parts.bridge().ifPresent(bridge -> all.add(bridge(bridge.description())));
    all.add(plain("host", "host"));
    all.add(plain("none", "null"));
    return all;
  }

  private NetworkReply bridge(BridgeNetworks.Description bridge) {
    return network(
        BridgeNetworks.BRIDGE,
        bridge.id(),
        "bridge",
        List.of(new Pool(bridge.subnet(), bridge.gateway())),
        Map.of(
            "com.docker.network.bridge.default_bridge", "true",
            "com.docker.network.bridge.enable_icc", "true",
            "com.docker.network.bridge.enable_ip_masquerade", "true",
            "com.docker.network.bridge.host_binding_ipv4", "0.0.0.0",
            "com.docker.network.bridge.name", bridge.bridge(),
            "com.docker.network.driver.mtu", "1500"));
  }

  private NetworkReply plain(String name, String driver) {
    // The same on every start and every machine: there is only one host and one nothing.
    String id = Digest.sha256(("network " + name).getBytes(StandardCharsets.UTF_8)).hex();
    return network(name, id, driver, List.of(), Map.of());
  }

  private NetworkReply network(
      String name, String id, String driver, List<Pool> pools, Map<String, String> options) {
    return new NetworkReply(
        name,
        id,
        created,
        "local",
        driver,
        true,
        false,
        new Ipam("default", Map.of(), pools),
        false,
        false,
        false,
        ConfigFrom.NOBODY,
        false,
        endpoints(name),
        options,
        Map.of());
  }

  private Map<String, Endpoint> endpoints(String network) {
    Map<String, Endpoint> found = new TreeMap<>();
    for (Container container : parts.containers().all()) {
      NetworkSandbox sandbox = container.snapshot().network();
      if (sandbox == null || !container.snapshot().alive()) {
        continue;
      }
      var place = sandbox.endpoints().get(network);
      if (place != null) {
        String address =
            place.ipAddress().isEmpty() ? "" : place.ipAddress() + "/" + place.ipPrefixLength();
        found.put(
            container.id().value(),
            new Endpoint(
                container.snapshot().name().value(),
                place.endpointId(),
                place.macAddress(),
                address,
                ""));
      }
    }
    return found;
  }
}
