/**
 * What happened to the registry, for those who want to know.
 *
 * <p>{@link dev.plimsoll.registry.event.AuditLog} keeps a record of every change: who, what, from
 * where, in which request. It is written in the transaction of the change itself, so there is neither
 * a change without its record nor a record without its change.
 *
 * <p>{@link dev.plimsoll.registry.event.Outbox} puts events into the queues of webhooks, also in the
 * transaction of the change; {@link dev.plimsoll.registry.event.Webhooks} sends them.
 *
 * <pre>
 *   change ──one commit──▶ row for each webhook ──Courier──▶ 2xx: the row goes
 *                              │   ▲                 └─────▶ else: later, in order, and later still
 *                    too many: the oldest goes       too old: dead, until somebody resends
 * </pre>
 *
 * <p>Promises: an event is sent at least once, with one id; events of one repository are sent to one
 * webhook in the order of their commits; a receiver that is slow, broken or gone keeps no change
 * waiting; nothing that may be secret about a receiver is in a log or an answer.
 */
@NullMarked
package dev.plimsoll.registry.event;

import org.jspecify.annotations.NullMarked;
