package dev.plimsoll.registry.auth;

/** What is decided about a request. */
public enum Access {
  GRANTED,

  /** Not for strangers; who signs in may be let in. */
  SIGN_IN,

  /** Not for this one. */
  DENIED
}
