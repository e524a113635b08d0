/**
 * Settings from one file, the environment and the command line, in rising order of strength.
 *
 * <p>Promises: with no file at all everything has its default; an unknown key, a value that cannot
 * be read and a file that cannot be parsed stop the start with a sentence that names the key and
 * the place; nothing is guessed. Start reading at {@link
 * dev.plimsoll.foundation.settings.Settings}.
 */
@NullMarked
package dev.plimsoll.foundation.settings;

import org.jspecify.annotations.NullMarked;
