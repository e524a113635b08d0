package dev.plimsoll.cli;

/** Which release this is. */
final class Version {

  /** As written in the parent POM; a test keeps the two alike. */
  static final String TEXT = "0.1.0";

  private Version() {}
}
