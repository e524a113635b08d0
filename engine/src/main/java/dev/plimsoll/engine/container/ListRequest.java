package dev.plimsoll.engine.container;

import dev.plimsoll.engine.filter.Filters;

/**
 * Which containers a list shows.
 *
 * @param all whether those that do not run are shown too
 * @param limit at most so many, the newest; 0 is without limit
 * @param size whether sizes are added up, which reads the disk
 */
public record ListRequest(boolean all, int limit, boolean size, Filters filters) {}
