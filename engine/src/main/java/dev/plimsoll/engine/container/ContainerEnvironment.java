package dev.plimsoll.engine.container;

import dev.plimsoll.docker.container.ContainerConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The environment that a container's process begins with. */
public final class ContainerEnvironment {
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private ContainerEnvironment() {}

  /**
   * What the engine gives, overridden by what was asked for; a name without {@code =} takes a
   * variable away.
   */
  public static List<String> of(ContainerConfig config, String hostname) {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("PATH", PATH);
    variables.put("HOSTNAME", hostname);
    if (config.tty()) {
      variables.put("TERM", "xterm");
    }
    for (String variable : config.env()) {
      int equals = variable.indexOf('=');
      if (equals < 0) {
        variables.remove(variable);
      } else {
        variables.put(variable.substring(0, equals), variable.substring(equals + 1));
      }
    }
    List<String> list = new ArrayList<>();
    variables.forEach((name, value) -> list.add(name + "=" + value));
    return list;
  }
}
