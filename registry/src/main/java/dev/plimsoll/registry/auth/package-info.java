/**
 * Who may do what: identities, the policy file, accounts and their secrets, tokens.
 *
 * <pre>
 *   credentials ──▶ SignIn ──▶ Identity ──┐
 *                                         ├──▶ AccessPolicy.decide ──▶ Access
 *   policy file ──▶ Policies ─────────────┘
 * </pre>
 *
 * <p>Deciding is apart from everything that reads or writes. Promises:
 *
 * <ul>
 *   <li>What no grant allows is refused.
 *   <li>A stranger learns nothing: an unknown user and a wrong password get the same answer after the
 *       same work, and whether a repository exists changes no refusal. Who brings a right token past
 *       its time is told when it ended.
 *   <li>No secret is stored but by its hash, and none is in a log or an error.
 *   <li>A policy file that cannot be read takes nothing away from the one before it.
 * </ul>
 *
 * <p>This package knows nothing of HTTP. Begin at {@link
 * dev.plimsoll.registry.auth.AccessControl}, then {@link dev.plimsoll.registry.auth.AccessPolicy}.
 */
@NullMarked
package dev.plimsoll.registry.auth;

import org.jspecify.annotations.NullMarked;
