package dev.plimsoll.registry.repository;

import java.time.Instant;

/** Who deleted something, why, and when. */
record Actor(String name, String reason, Instant at) {}
