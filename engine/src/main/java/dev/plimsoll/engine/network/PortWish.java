package dev.plimsoll.engine.network;

import dev.plimsoll.docker.container.PortBinding;
import dev.plimsoll.engine.refusal.EngineException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * One port that a container wants to have published.
 *
 * @param hostAddress IPv4 address on the host; {@code 0.0.0.0} is all of them
 * @param hostPortFirst 0 lets the engine choose any
 * @param hostPortLast as the first, unless a range was given to choose from
 */
public record PortWish(
    ContainerPort port, String hostAddress, int hostPortFirst, int hostPortLast) {

  /** Every address of the host. */
  static final String ANY_ADDRESS = "0.0.0.0";

  /**
   * What a request asks for, in the order of the container's ports.
   *
   * @throws EngineException.BadParameter if a port or an address cannot be read
   * @throws EngineException.NotImplemented for an IPv6 address of the host
   */
  static List<PortWish> of(NetworkRequest request) {
    TreeMap<ContainerPort, List<PortBinding>> wanted = new TreeMap<>();
    request
        .portBindings()
        .forEach((port, bindings) -> wanted.put(ContainerPort.parse(port), bindings));
    if (request.publishAll()) {
      for (String exposed : request.exposedPorts()) {
        wanted.putIfAbsent(ContainerPort.parse(exposed), List.of(new PortBinding(ANY_ADDRESS, "")));
      }
    }
    List<PortWish> wishes = new ArrayList<>();
    wanted.forEach((port, bindings) -> {
      // "-p 80" arrives as an entry without any binding in it: a port of our choice.
      List<PortBinding> all = bindings.isEmpty() ? List.of(new PortBinding("", "")) : bindings;
      all.forEach(binding -> wishes.add(of(port, binding)));
    });
    return wishes;
  }

  private static PortWish of(ContainerPort port, PortBinding binding) {
    String text = binding.hostPort();
    if (text.isEmpty() || text.equals("0")) {
      return new PortWish(port, address(binding.hostIp()), 0, 0);
    }
    int dash = text.indexOf('-');
    int first = ContainerPort.number(dash < 0 ? text : text.substring(0, dash), text);
    int last = dash < 0 ? first : ContainerPort.number(text.substring(dash + 1), text);
    if (last < first) {
      throw new EngineException.BadParameter(
          "invalid port specification: \"" + text + "\": the range ends before it begins");
    }
    return new PortWish(port, address(binding.hostIp()), first, last);
  }

  private static String address(String text) {
    if (text.isEmpty()) {
      return ANY_ADDRESS;
    }
    if (text.indexOf(':') >= 0) {
      throw new EngineException.NotImplemented(
          "publishing on the IPv6 address %s is not supported by this engine".formatted(text));
    }
    try {
      return Subnet.text(Subnet.address(text));
    } catch (IllegalArgumentException e) {
      throw new EngineException.BadParameter("invalid IP address in add-port: " + text, e);
    }
  }
}
