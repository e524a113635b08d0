package dev.plimsoll.engine.network;

import dev.plimsoll.engine.refusal.EngineException;
import java.util.Locale;

/**
 * A port inside a container, written {@code 80/tcp}; without a protocol it is TCP.
 *
 * @param number 1 to 65535
 */
public record ContainerPort(int number, Protocol protocol) implements Comparable<ContainerPort> {

  /**
   * Reads {@code 80}, {@code 80/tcp} or {@code 53/udp}.
   *
   * @throws EngineException.BadParameter if it is not a port
   * @throws EngineException.NotImplemented for SCTP, which the field has and this engine has not
   */
  public static ContainerPort parse(String text) {
    int slash = text.indexOf('/');
    String number = slash < 0 ? text : text.substring(0, slash);
    String protocol = slash < 0 ? "tcp" : text.substring(slash + 1).toLowerCase(Locale.ROOT);
    return new ContainerPort(
        number(number, text),
        switch (protocol) {
          case "tcp" -> Protocol.TCP;
          case "udp" -> Protocol.UDP;
          case "sctp" ->
              throw new EngineException.NotImplemented(
                  "port %s: SCTP ports cannot be published by this engine".formatted(text));
          default ->
              throw new EngineException.BadParameter(
                  "invalid port specification: \"" + text + "\"");
        });
  }

  static int number(String text, String whole) {
    try {
      int number = Integer.parseInt(text);
      if (number > 0 && number <= 65535) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new EngineException.BadParameter("invalid port specification: \"" + whole + "\"");
  }

  @Override
  public int compareTo(ContainerPort other) {
    int byNumber = Integer.compare(number, other.number);
    return byNumber != 0 ? byNumber : protocol.compareTo(other.protocol);
  }

  @Override
  public String toString() {
    return number + "/" + protocol.text();
  }
}
