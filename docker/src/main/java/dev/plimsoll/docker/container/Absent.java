package dev.plimsoll.docker.container;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an absent field of a reply or request stands for. Keeps the order that the sender chose. */
final class Absent {
  private Absent() {}

  static <T> List<T> list(@Nullable List<T> sent) {
    return sent == null ? List.of() : Collections.unmodifiableList(new ArrayList<>(sent));
  }

  static <K, V> Map<K, V> map(@Nullable Map<K, V> sent) {
    return sent == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(sent));
  }

  static String text(@Nullable String sent) {
    return sent == null ? "" : sent;
  }

  static <T> T or(@Nullable T sent, T otherwise) {
    return sent == null ? otherwise : sent;
  }
}
