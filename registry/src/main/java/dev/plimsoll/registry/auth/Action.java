package dev.plimsoll.registry.auth;

/** What somebody wants to do with a repository. */
public enum Action {
  PULL,
  PUSH,
  DELETE,

  /** To look after it: undo, purge, delete whole; on everything: users, collector, settings. */
  ADMIN
}
