/**
 * The Docker Engine API: requests become calls of the core, answers and refusals become HTTP.
 *
 * <pre>
 *   Request ──▶ Router ──version, path──▶ ApiHandler (a Resource's method) ──▶ core class
 *                  ▲                                                              │
 *                  └────────── Errors: status and {"message": …} ◀────────────────┘
 * </pre>
 *
 * <p>Each subject has a {@link dev.plimsoll.engine.api.Resource} of its own that names its routes
 * ({@code ContainersApi}, {@code ImagesApi}, {@code VolumesApi} …). A resource reads the request
 * into types, calls one core class, and writes the answer; the core knows nothing of HTTP. What this
 * engine does not have is refused by name: see {@link dev.plimsoll.engine.api.MissingApi}.
 *
 * <p>Start reading at {@link dev.plimsoll.engine.api.Router}.
 */
@NullMarked
package dev.plimsoll.engine.api;

import org.jspecify.annotations.NullMarked;
