/**
 * What is kept, and what may go: pulls, pins, what is deployed, and the rules that decide.
 *
 * <pre>
 *   policy file ──▶ Policy ─┐
 *   rows ─────▶ Inventory ──┼─▶ Decider ──▶ decisions ──▶ listed (dry run)
 *   clock ──────────────────┘                     └─────▶ carried out: the same, looked at again
 *                                                         inside the transaction that deletes
 * </pre>
 *
 * <p>Promises:
 *
 * <ul>
 *   <li>Nothing is deleted that no rule names, and nothing at all without a policy.
 *   <li>What is pinned or deployed is never deleted, nor an index whose child is.
 *   <li>The real run deletes what the dry run lists, but for what was pushed, pulled, reported or
 *       pinned in between: that stays.
 *   <li>Everything deleted goes through the trash, with the rule as the reason, and an image comes
 *       back from there whole.
 *   <li>Time that passed while no registry ran makes nothing older.
 * </ul>
 *
 * <p>Begin at {@link dev.plimsoll.registry.retention.Retention}, then {@link
 * dev.plimsoll.registry.retention.Decider}.
 */
@NullMarked
package dev.plimsoll.registry.retention;

import org.jspecify.annotations.NullMarked;
