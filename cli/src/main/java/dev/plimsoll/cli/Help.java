package dev.plimsoll.cli;

/** What {@code plimsoll --help} prints. */
final class Help {
  static final String TEXT =
      """
      Usage: plimsoll COMMAND [OPTIONS]

      A container platform: a registry and an engine that speak Docker's protocols.

      This machine:
        up                 start registry and engine, make and run a first image
        down               stop what up started
        doctor             what this machine can do, and what is missing

      Registry:
        registry serve     serve images over the OCI distribution protocol
        registry gc        collect what nothing refers to
        registry trash     list what was deleted and can be had back
        registry restore   take something out of the trash
        registry purge     delete something from the trash before its time

      Engine:
        engine serve       serve the Docker Engine API on a unix socket

      Each command explains itself: plimsoll COMMAND --help
            Exit codes: 0 done, 1 failed, 2 wrong usage
      """;

  private Help() {}
}
