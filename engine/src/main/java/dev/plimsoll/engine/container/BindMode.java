package dev.plimsoll.engine.container;

import dev.plimsoll.engine.refusal.EngineException;
import java.util.HashSet;
import java.util.Set;

/** The third part of {@code -v source:destination:mode}, such as {@code ro,rslave,nocopy}. */
record BindMode(String text, boolean writable, String propagation, boolean copyUp) {
  static final BindMode DEFAULT = new BindMode("", true, "", true);

  private static final Set<String> PROPAGATIONS =
      Set.of("private", "rprivate", "slave", "rslave", "shared", "rshared");
  private static final Set<String> CONSISTENCIES =
      Set.of("consistent", "cached", "delegated", "default");

  /**
   * Reads it.
   *
   * @throws EngineException.BadParameter for a word that is unknown, or a second one of its kind
   */
  static BindMode parse(String text, String whole) {
    if (text.isEmpty()) {
      throw invalid(whole);
    }
    boolean writable = true;
    boolean copyUp = true;
    String propagation = "";
    Set<String> kinds = new HashSet<>();
    for (String word : text.split(",", -1)) {
      String kind;
      if (word.equals("ro") || word.equals("rw")) {
        kind = "access";
        writable = word.equals("rw");
      } else if (PROPAGATIONS.contains(word)) {
        kind = "propagation";
        propagation = word;
      } else if (word.equals("nocopy")) {
        kind = "copy";
        copyUp = false;
      } else if (word.equals("z") || word.equals("Z")) {
        kind = "label"; // SELinux labels: nothing to do where there is no SELinux
      } else if (CONSISTENCIES.contains(word)) {
        kind = "consistency";
      } else {
        throw new EngineException.BadParameter("invalid mode: " + text);
      }
      if (!kinds.add(kind)) {
        throw new EngineException.BadParameter("invalid mode: " + text);
      }
    }
    return new BindMode(text, writable, propagation, copyUp);
  }

  static EngineException.BadParameter invalid(String whole) {
    return new EngineException.BadParameter("invalid volume specification: '" + whole + "'");
  }
}
