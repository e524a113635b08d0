package dev.plimsoll.engine.container;

import dev.plimsoll.engine.refusal.EngineException;
import java.util.regex.Pattern;

/** What users call a container, without the slash that the API puts in front. */
public record ContainerName(String value) implements Comparable<ContainerName> {
  private static final String CHARACTERS = "[a-zA-Z0-9][a-zA-Z0-9_.-]";
  private static final Pattern LEGAL = Pattern.compile(CHARACTERS + "+");

  public ContainerName {
    if (!LEGAL.matcher(value).matches()) {
      throw new EngineException.BadParameter(
          "Invalid container name (%s), only %s are allowed".formatted(value, CHARACTERS));
    }
  }

  /** Reads a name as a client sends it, with or without a slash in front. */
  public static ContainerName parse(String text) {
    return new ContainerName(text.startsWith("/") ? text.substring(1) : text);
  }

  /** As the API writes it. */
  public String withSlash() {
    return "/" + value;
  }

  @Override
  public int compareTo(ContainerName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
