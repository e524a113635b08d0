/**
 * A search through all the ways in which clients and the collector can come between each other.
 *
 * <p>The code under test is the registry's own. It is cut into steps at the two places where it
 * touches what others touch: a transaction, and a call to the content store. {@link
 * dev.plimsoll.registry.interleaving.World} holds the shared state, {@link
 * dev.plimsoll.registry.interleaving.Search} tries every actor's next step in every state, and asks
 * {@link dev.plimsoll.registry.interleaving.Invariants} after each.
 *
 * <p>An actor has no thread. To take its next step, its code runs from the beginning: the steps it has
 * taken before are answered from a record, the next one is real, and at the one after that the code is
 * abandoned by an {@link java.lang.Error}. So a state can be left and come back to, which threads
 * cannot do, and a state that was reached before by another way is not searched again.
 */
@NullMarked
package dev.plimsoll.registry.interleaving;

import org.jspecify.annotations.NullMarked;
