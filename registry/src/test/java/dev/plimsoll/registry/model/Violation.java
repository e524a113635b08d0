package dev.plimsoll.registry.model;

/** The registry did what it promised not to do. */
final class Violation extends AssertionError {
  private static final long serialVersionUID = 1;

  Violation(String message) {
    super(message);
  }
}
