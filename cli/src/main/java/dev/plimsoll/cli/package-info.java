/**
 * The command line: one class a command, each of which reads options, calls one service, prints and
 * answers an exit code (0 done, 1 failed, 2 wrong usage). Data goes to standard output, talk to
 * standard error.
 *
 * <p>Start reading at {@link dev.plimsoll.cli.Main}, which chooses the command by its words from
 * {@link dev.plimsoll.cli.Commands}. The verbs of {@code registry} and {@code engine} have a package
 * each.
 */
@NullMarked
package dev.plimsoll.cli;

import org.jspecify.annotations.NullMarked;
