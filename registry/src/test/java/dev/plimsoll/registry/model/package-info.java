/**
 * Random histories of a registry, lived by the real core and by a model in memory, and compared.
 *
 * <pre>
 *   Step ──▶ Deeds ──▶ Model: what has to come of it
 *              │  └──▶ Installation: what comes of it, on a Power that may fail
 *              └─────▶ Comparison, at the end of each
 * </pre>
 *
 * <p>A {@link dev.plimsoll.registry.model.Step} is a kind of deed and a number that all its choices
 * come from, so a history can be repeated from its seed, and still means something when steps are
 * left out of it: a history that fails is printed in the shortest form that {@link
 * dev.plimsoll.registry.model.Shrinking} finds.
 *
 * <p>Where the registry may do one thing or another (whether a blob without lease is still there),
 * the model says so and takes over what it sees. When the power fails in the middle of a deed, what
 * is there afterwards must be what was there before it or what it was to bring about, whole; after a
 * deed that was answered, only the latter.
 *
 * <p>Begin at {@link dev.plimsoll.registry.model.ModelTest}, then {@link
 * dev.plimsoll.registry.model.Model}.
 */
@NullMarked
package dev.plimsoll.registry.model;

import org.jspecify.annotations.NullMarked;
