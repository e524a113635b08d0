package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a running container has of the network.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record NetworkSettings(
    @JsonProperty("Bridge") String bridge,
    @JsonProperty("SandboxID") String sandboxId,
    @JsonProperty("SandboxKey") String sandboxKey,
    @JsonProperty("Ports") Map<String, @Nullable List<PortBinding>> ports,
    @JsonProperty("HairpinMode") boolean hairpinMode,
    @JsonProperty("LinkLocalIPv6Address") String linkLocalIpv6Address,
    @JsonProperty("LinkLocalIPv6PrefixLen") int linkLocalIpv6PrefixLength,
    @JsonProperty("EndpointID") String endpointId,
    @JsonProperty("Gateway") String gateway,
    @JsonProperty("GlobalIPv6Address") String globalIpv6Address,
    @JsonProperty("GlobalIPv6PrefixLen") int globalIpv6PrefixLength,
    @JsonProperty("IPAddress") String ipAddress,
    @JsonProperty("IPPrefixLen") int ipPrefixLength,
    @JsonProperty("IPv6Gateway") String ipv6Gateway,
    @JsonProperty("MacAddress") String macAddress,
    @JsonProperty("Networks") Map<String, EndpointSettings> networks) {
  public NetworkSettings {
    bridge = Absent.text(bridge);
    sandboxId = Absent.text(sandboxId);
    sandboxKey = Absent.text(sandboxKey);
    ports = Absent.map(ports);
    linkLocalIpv6Address = Absent.text(linkLocalIpv6Address);
    endpointId = Absent.text(endpointId);
    gateway = Absent.text(gateway);
    globalIpv6Address = Absent.text(globalIpv6Address);
    ipAddress = Absent.text(ipAddress);
    ipv6Gateway = Absent.text(ipv6Gateway);
    macAddress = Absent.text(macAddress);
    networks = Absent.map(networks);
  }
}
