package dev.plimsoll.docker.network;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;

/** A network as clients see it; {@code containers} is told only when one network is inspected. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record NetworkReply(
    @JsonProperty("Name") String name,
    @JsonProperty("Id") String id,
    @JsonProperty("Created") String created,
    @JsonProperty("Scope") String scope,
    @JsonProperty("Driver") String driver,
    @JsonProperty("EnableIPv4") boolean enableIpv4,
    @JsonProperty("EnableIPv6") boolean enableIpv6,
    @JsonProperty("IPAM") Ipam ipam,
    @JsonProperty("Internal") boolean internal,
    @JsonProperty("Attachable") boolean attachable,
    @JsonProperty("Ingress") boolean ingress,
    @JsonProperty("ConfigFrom") ConfigFrom configFrom,
    @JsonProperty("ConfigOnly") boolean configOnly,
    @JsonProperty("Containers") Map<String, Endpoint> containers,
    @JsonProperty("Options") Map<String, String> options,
    @JsonProperty("Labels") Map<String, String> labels) {

  /** Where the addresses come from. */
  public record Ipam(
      @JsonProperty("Driver") String driver,
      @JsonProperty("Options") Map<String, String> options,
      @JsonProperty("Config") List<Pool> config) {}

  /** A range of addresses. */
  public record Pool(
      @JsonProperty("Subnet") String subnet, @JsonProperty("Gateway") String gateway) {}

  /** The network whose configuration this one takes over: none. */
  public record ConfigFrom(@JsonProperty("Network") String network) {
    public static final ConfigFrom NOBODY = new ConfigFrom("");
  }

  /** A container's place on the network. */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  public record Endpoint(
      @JsonProperty("Name") String name,
      @JsonProperty("EndpointID") String endpointId,
      @JsonProperty("MacAddress") String macAddress,
      @JsonProperty("IPv4Address") String ipv4Address,
      @JsonProperty("IPv6Address") String ipv6Address) {}
}
