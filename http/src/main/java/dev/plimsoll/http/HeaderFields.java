package dev.plimsoll.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The header lines of one message, in order; names compare without case. Not safe for threads. */
final class HeaderFields {
  private final List<String> names = new ArrayList<>(12);
  private final List<String> values = new ArrayList<>(12);

  void add(String name, String value) {
    names.add(name);
    values.add(value);
  }

  void set(String name, String value) {
    remove(name);
    add(name, value);
  }

  void remove(String name) {
    for (int i = names.size() - 1; i >= 0; i--) {
      if (names.get(i).equalsIgnoreCase(name)) {
        names.remove(i);
        values.remove(i);
      }
    }
  }

  int size() {
    return names.size();
  }

  String name(int index) {
    return names.get(index);
  }

  String value(int index) {
    return values.get(index);
  }

  Optional<String> first(String name) {
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equalsIgnoreCase(name)) {
        return Optional.of(values.get(i));
      }
    }
    return Optional.empty();
  }

  List<String> all(String name) {
    List<String> found = new ArrayList<>(2);
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equalsIgnoreCase(name)) {
        found.add(values.get(i));
      }
    }
    return found;
  }

  boolean has(String name) {
    return first(name).isPresent();
  }

  /** Whether a header that is a list of tokens, such as {@code Connection}, has this one. */
  boolean hasToken(String name, String token) {
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equalsIgnoreCase(name)) {
        for (String part : values.get(i).toLowerCase(Locale.ROOT).split(",", -1)) {
          if (part.strip().equals(token)) {
            return true;
          }
        }
      }
    }
    return false;
  }
}
