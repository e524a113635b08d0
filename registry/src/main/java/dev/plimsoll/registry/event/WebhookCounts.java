package dev.plimsoll.registry.event;

/** Counts what becomes of events, by webhook. Called by many threads. */
public interface WebhookCounts {
  /** There is such a webhook: its counts are told from now on, those of nothing too. */
  void begun(String webhook);

  void delivered(String webhook);

  /** An attempt failed. */
  void failed(String webhook);

  /** Events that nobody will get: there were too many. */
  void dropped(String webhook, long events);

  /** Events that were given up were forgotten, as somebody asked for. */
  void discarded(String webhook, long events);
}
