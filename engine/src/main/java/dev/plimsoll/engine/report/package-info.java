/**
 * Tells a registry what this engine runs, so that the registry keeps it. Off unless a registry is
 * named. A registry that is down, or refuses, is tried again for ever: what it heard last stands, and
 * no container waits for it. Begin at {@link dev.plimsoll.engine.report.DeployedReports}.
 */
@NullMarked
package dev.plimsoll.engine.report;

import org.jspecify.annotations.NullMarked;
