/**
 * The packaged program, started by its launcher in processes of its own, and used with real clients.
 * Kill means SIGKILL; ready means the program said so. Every test has its own data directory, ports
 * that the kernel picks, and ends what it started, by pid.
 *
 * <p>Start reading at {@link dev.plimsoll.system.Program}.
 */
@NullMarked
package dev.plimsoll.system;

import org.jspecify.annotations.NullMarked;
