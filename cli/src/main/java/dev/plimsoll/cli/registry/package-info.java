/**
 * {@code plimsoll registry …}: one class a verb. All but {@code serve} are a {@link
 * dev.plimsoll.cli.registry.RegistryVerb}: they ask a registry's own API ({@link
 * dev.plimsoll.cli.registry.Administration}) and print what it answers, whether it runs or has to be
 * served for the length of the command ({@link dev.plimsoll.cli.registry.RegistryTarget}).
 *
 * <p>Start reading at {@link dev.plimsoll.cli.registry.RegistryVerbs}; a new verb is a class like
 * {@link dev.plimsoll.cli.registry.GcCommand} and one line there.
 */
@NullMarked
package dev.plimsoll.cli.registry;

import org.jspecify.annotations.NullMarked;
