/**
 * What happened to the registry, for those who want to know.
 *
 * <p>{@link dev.plimsoll.registry.event.AuditLog} keeps a record of every change: who, what, from
 * where, in which request. It is written in the transaction of the change itself, so there is neither
 * a change without its record nor a record without its change.
 */
@NullMarked
package dev.plimsoll.registry.event;

import org.jspecify.annotations.NullMarked;
