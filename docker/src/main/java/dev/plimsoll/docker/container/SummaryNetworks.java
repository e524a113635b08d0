package dev.plimsoll.docker.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;

/**
 * What a list shows of the networks.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record SummaryNetworks(@JsonProperty("Networks") Map<String, EndpointSettings> networks) {
  public SummaryNetworks {
    networks = Absent.map(networks);
  }
}
