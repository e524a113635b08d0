package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A container's place on one network: what was asked for, and once it runs what it got.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record EndpointSettings(
    @JsonProperty("IPAMConfig") @Nullable EndpointIpamConfig ipamConfig,
    @JsonProperty("Links") List<String> links,
    @JsonProperty("Aliases") List<String> aliases,
    @JsonProperty("DriverOpts") Map<String, String> driverOpts,
    @JsonProperty("GwPriority") long gwPriority,
    @JsonProperty("NetworkID") String networkId,
    @JsonProperty("EndpointID") String endpointId,
    @JsonProperty("Gateway") String gateway,
    @JsonProperty("IPAddress") String ipAddress,
    @JsonProperty("MacAddress") String macAddress,
    @JsonProperty("IPPrefixLen") int ipPrefixLength,
    @JsonProperty("IPv6Gateway") String ipv6Gateway,
    @JsonProperty("GlobalIPv6Address") String globalIpv6Address,
    @JsonProperty("GlobalIPv6PrefixLen") int globalIpv6PrefixLength,
    @JsonProperty("DNSNames") List<String> dnsNames) {
  public EndpointSettings {
    links = Absent.list(links);
    aliases = Absent.list(aliases);
    driverOpts = Absent.map(driverOpts);
    networkId = Absent.text(networkId);
    endpointId = Absent.text(endpointId);
    gateway = Absent.text(gateway);
    ipAddress = Absent.text(ipAddress);
    macAddress = Absent.text(macAddress);
    ipv6Gateway = Absent.text(ipv6Gateway);
    globalIpv6Address = Absent.text(globalIpv6Address);
    dnsNames = Absent.list(dnsNames);
  }

  public static final EndpointSettings NONE =
      new EndpointSettings(
          null, List.of(), List.of(), Map.of(), 0, "", "", "", "", "", 0, "", "", 0, List.of());
}
