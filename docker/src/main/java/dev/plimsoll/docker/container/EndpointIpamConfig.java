package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * Addresses that were asked for on one network.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record EndpointIpamConfig(
    @JsonProperty("IPv4Address") String ipv4Address,
    @JsonProperty("IPv6Address") String ipv6Address,
    @JsonProperty("LinkLocalIPs") List<String> linkLocalIps) {
  public EndpointIpamConfig {
    ipv4Address = Absent.text(ipv4Address);
    ipv6Address = Absent.text(ipv6Address);
    linkLocalIps = Absent.list(linkLocalIps);
  }
}
