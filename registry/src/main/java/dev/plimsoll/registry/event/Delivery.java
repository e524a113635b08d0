package dev.plimsoll.registry.event;

/** The way to a receiver. Safe for many threads. */
public interface Delivery {

  /** How one attempt ended. */
  sealed interface Answer {
    /** The receiver has it. */
    record Taken(int status) implements Answer {}

    /** The receiver is there and does not want this event, or not so. */
    record Refused(String reason) implements Answer {}

    /** The receiver is not there, or is in no state to take anything. */
    record Unreachable(String reason) implements Answer {}
  }

  /** Posts an event, for as long as the webhook may take; nothing secret is in the answer. */
  Answer post(Webhook webhook, byte[] body) throws InterruptedException;
}
