/**
 * What every command is made of: its line in a list of commands ({@link
 * dev.plimsoll.cli.verb.Verb}), how it prints ({@link dev.plimsoll.cli.verb.Output}), and for the
 * commands that serve, where their settings come from and how long they live. This package knows no
 * command by name.
 */
@NullMarked
package dev.plimsoll.cli.verb;

import org.jspecify.annotations.NullMarked;
