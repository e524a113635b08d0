package dev.plimsoll.registry.api;

import dev.plimsoll.http.Request;
import dev.plimsoll.registry.repository.RegistryException.Malformed;
import dev.plimsoll.registry.repository.RegistryException.Malformed.Subject;

/**
 * Which part of a list is asked for.
 *
 * @param size entries at most
 * @param after the page begins behind this entry, there or not
 */
record Page(int size, String after) {

  /** Reads {@code n} and {@code last}; more than {@code most} is cut down to that. */
  static Page of(Request request, int most) {
    int size = request.query("n").map(text -> number(text, most)).orElse(most);
    return new Page(size, request.query("last").orElse(""));
  }

  /** For lists by falling number: those before {@code last}. */
  long before() {
    return after.isEmpty() ? Long.MAX_VALUE : Parameters.number("last", after);
  }

  private static int number(String text, int most) {
    try {
      long number = Long.parseLong(text);
      if (number >= 0) {
        return (int) Math.min(number, most);
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new Malformed(
        Subject.PAGE, "n is \"%s\"; it must be a whole number, 0 or more".formatted(text));
  }
}
