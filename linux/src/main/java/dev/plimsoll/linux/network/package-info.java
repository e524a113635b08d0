/**
 * Links, addresses, routes and packet rules, by talking to the kernel itself: {@link
 * dev.plimsoll.linux.network.Rtnetlink} for the first three, {@link
 * dev.plimsoll.linux.network.NfTables} for rules.
 *
 * <p>Both belong to the network namespace they were opened in and stay there, whichever thread uses
 * them; both are safe for many threads and do one thing at a time. Nothing is kept in memory: what is on
 * the machine is asked each time. Which bridge, address or rule a container needs is not known here.
 */
@NullMarked
package dev.plimsoll.linux.network;

import org.jspecify.annotations.NullMarked;
