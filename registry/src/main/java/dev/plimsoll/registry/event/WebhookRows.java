package dev.plimsoll.registry.event;

import dev.plimsoll.registry.repository.Rows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The rows of webhooks and of the events that wait for them. */
final class WebhookRows {
  private static final int ERROR_LENGTH_MAX = 500;

  /** An event for one webhook. */
  record New(String webhook, String eventId, String type, String repository, byte[] body) {}

  /** An event whose turn has come. */
  record Waiting(
      long id,
      String eventId,
      String type,
      String repository,
      byte[] body,
      Instant madeAt,
      int attempts) {}

  String repository(Handle h, long id) {
    return h.createQuery("SELECT name FROM repositories WHERE id = :id")
        .bind("id", id)
        .mapTo(String.class)
        .one();
  }

  void insert(Handle h, List<New> events, Instant now) {
    if (events.isEmpty()) {
      return;
    }
    var batch =
        h.prepareBatch(
            """
            INSERT INTO webhook_events (webhook, event_id, type, repository, body, made_at, due_at)
            VALUES (:webhook, :event, :type, :repository, :body, :now, :now)
            """);
    for (New event : events) {
      batch
          .bind("webhook", event.webhook())
          .bind("event", event.eventId())
          .bind("type", event.type())
          .bind("repository", event.repository())
          .bind("body", event.body())
          .bind("now", now.toEpochMilli())
          .add();
    }
    batch.execute();
  }

  /** Makes sure that a webhook has its row. */
  void ensure(Handle h, String webhook) {
    h.createUpdate(
            """
            INSERT INTO webhooks (name, sender, sender_until, error) VALUES (:name, '', 0, '')
            ON CONFLICT (name) DO NOTHING
            """)
        .bind("name", webhook)
        .execute();
  }

  /** Whether there are events for whom nobody has a webhook. */
  boolean anyStrangers(Handle h, Collection<String> known) {
    String unknown = known.isEmpty() ? "" : " WHERE webhook NOT IN (<known>)";
    var query = h.createQuery("SELECT id FROM webhook_events" + unknown + " LIMIT 1");
    return (known.isEmpty() ? query : query.bindList("known", List.copyOf(known)))
        .mapTo(Long.class)
        .findOne()
        .isPresent();
  }

  /** Forgets events for whom nobody has had a webhook for a long time. */
  void forgetStrangers(Handle h, Collection<String> known, Instant madeBefore) {
    String unknown = known.isEmpty() ? "" : " AND webhook NOT IN (<known>)";
    var update =
        h.createUpdate("DELETE FROM webhook_events WHERE made_at < :before" + unknown)
            .bind("before", madeBefore.toEpochMilli());
    (known.isEmpty() ? update : update.bindList("known", List.copyOf(known))).execute();
  }

  /** Whether {@code sender} is the one who sends from now on, until a time. */
  boolean take(Handle h, String webhook, String sender, Instant now, Instant until) {
    return h.createUpdate(
                """
                UPDATE webhooks SET sender = :sender, sender_until = :until
                WHERE name = :name AND (sender = :sender OR sender_until <= :now)
                """)
            .bind("name", webhook)
            .bind("sender", sender)
            .bind("now", now.toEpochMilli())
            .bind("until", until.toEpochMilli())
            .execute()
        == 1;
  }

  void give(Handle h, String webhook, String sender) {
    h.createUpdate(
            "UPDATE webhooks SET sender = '', sender_until = 0 WHERE name = :name AND sender = :sender")
        .bind("name", webhook)
        .bind("sender", sender)
        .execute();
  }

  /**
   * What can be sent, in order. Behind an event that has to wait, those of the same repository wait
   * too.
   */
  List<Waiting> due(Handle h, String webhook, Instant now, int most) {
    return h.createQuery(
            """
            SELECT e.id, e.event_id, e.type, e.repository, e.body, e.made_at, e.attempts
            FROM webhook_events e
            WHERE e.webhook = :webhook AND e.dead_at IS NULL AND e.due_at <= :now
              AND NOT EXISTS (SELECT 1 FROM webhook_events f
                WHERE f.webhook = :webhook AND f.repository = e.repository AND f.dead_at IS NULL
                  AND f.id < e.id AND f.due_at > :now)
            ORDER BY e.id LIMIT :most
            """)
        .bind("webhook", webhook)
        .bind("now", now.toEpochMilli())
        .bind("most", most)
        .map((rs, ctx) -> waiting(rs))
        .list();
  }

  /** When the next that has to wait is due. */
  Optional<Instant> nextDue(Handle h, String webhook, Instant now) {
    return h.createQuery(
            """
            SELECT due_at FROM webhook_events
            WHERE webhook = :webhook AND dead_at IS NULL AND due_at > :now
            ORDER BY due_at LIMIT 1
            """)
        .bind("webhook", webhook)
        .bind("now", now.toEpochMilli())
        .mapTo(Long.class)
        .findOne()
        .map(Instant::ofEpochMilli);
  }

  /** Whether an event waits, and for less long than until then. */
  boolean dueBefore(Handle h, long id, Instant then) {
    return h.createQuery(
            """
            SELECT 1 FROM webhook_events
            WHERE id = :id AND dead_at IS NULL AND due_at < :then
            """)
        .bind("id", id)
        .bind("then", then.toEpochMilli())
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  void delivered(Handle h, String webhook, long id, Instant now) {
    h.createUpdate("DELETE FROM webhook_events WHERE id = :id").bind("id", id).execute();
    h.createUpdate("UPDATE webhooks SET delivered_at = :now WHERE name = :name")
        .bind("name", webhook)
        .bind("now", now.toEpochMilli())
        .execute();
  }

  void failed(Handle h, String webhook, long id, String error, Instant now, Instant due) {
    h.createUpdate(
            """
            UPDATE webhook_events SET attempts = attempts + 1, error = :error, due_at = :due
            WHERE id = :id
            """)
        .bind("id", id)
        .bind("error", cut(error))
        .bind("due", due.toEpochMilli())
        .execute();
    h.createUpdate("UPDATE webhooks SET failed_at = :now, error = :error WHERE name = :name")
        .bind("name", webhook)
        .bind("now", now.toEpochMilli())
        .bind("error", cut(error))
        .execute();
  }

  /** Gives up what is as old as that; returns how many. */
  int die(Handle h, String webhook, Instant madeBefore, Instant now, String error) {
    return h.createUpdate(
            """
            UPDATE webhook_events SET dead_at = :now,
              error = CASE WHEN error = '' THEN :error ELSE error END
            WHERE webhook = :webhook AND dead_at IS NULL AND made_at <= :before
            """)
        .bind("webhook", webhook)
        .bind("now", now.toEpochMilli())
        .bind("before", madeBefore.toEpochMilli())
        .bind("error", cut(error))
        .execute();
  }

  void die(Handle h, long id, Instant now) {
    h.createUpdate("UPDATE webhook_events SET dead_at = :now WHERE id = :id AND dead_at IS NULL")
        .bind("id", id)
        .bind("now", now.toEpochMilli())
        .execute();
  }

  /** Everything that waits may be sent at once. */
  void hurry(Handle h, String webhook, Instant now) {
    h.createUpdate(
            """
            UPDATE webhook_events SET due_at = :now
            WHERE webhook = :webhook AND dead_at IS NULL AND due_at > :now
            """)
        .bind("webhook", webhook)
        .bind("now", now.toEpochMilli())
        .execute();
  }

  /** Takes up again what was given up; its age counts anew. */
  int revive(Handle h, String webhook, Instant now) {
    return h.createUpdate(
            """
            UPDATE webhook_events SET dead_at = NULL, due_at = :now, made_at = :now, attempts = 0
            WHERE webhook = :webhook AND dead_at IS NOT NULL
            """)
        .bind("webhook", webhook)
        .bind("now", now.toEpochMilli())
        .execute();
  }

  /** The same for one event; whether it had been given up. */
  boolean revive(Handle h, String webhook, String eventId, Instant now) {
    return h.createUpdate(
                """
                UPDATE webhook_events SET dead_at = NULL, due_at = :now, made_at = :now, attempts = 0
                WHERE webhook = :webhook AND dead_at IS NOT NULL AND event_id = :event
                """)
            .bind("webhook", webhook)
            .bind("event", eventId)
            .bind("now", now.toEpochMilli())
            .execute()
        > 0;
  }

  boolean isDead(Handle h, String webhook, String eventId) {
    return h.createQuery(
            """
            SELECT 1 FROM webhook_events
            WHERE webhook = :webhook AND dead_at IS NOT NULL AND event_id = :event LIMIT 1
            """)
        .bind("webhook", webhook)
        .bind("event", eventId)
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  /** Forgets an event that was given up; whether there was one. */
  boolean drop(Handle h, String webhook, String eventId) {
    return h.createUpdate(
                """
                DELETE FROM webhook_events
                WHERE webhook = :webhook AND dead_at IS NOT NULL AND event_id = :event
                """)
            .bind("webhook", webhook)
            .bind("event", eventId)
            .execute()
        > 0;
  }

  /** The newest event of those that are too many; empty if there are no more than {@code most}. */
  Optional<Long> tooOld(Handle h, String webhook, Standing standing, int most) {
    return h.createQuery(
            "SELECT id FROM webhook_events WHERE webhook = :webhook AND %s"
                    .formatted(standing.condition)
                + " ORDER BY id DESC LIMIT 1 OFFSET :most")
        .bind("webhook", webhook)
        .bind("most", most)
        .mapTo(Long.class)
        .findOne();
  }

  int drop(Handle h, String webhook, Standing standing, long upToId) {
    return h.createUpdate(
            "DELETE FROM webhook_events WHERE webhook = :webhook AND id <= :id AND "
                + standing.condition)
        .bind("webhook", webhook)
        .bind("id", upToId)
        .execute();
  }

  long count(Handle h, String webhook, Standing standing) {
    return h.createQuery(
            "SELECT count(*) FROM webhook_events WHERE webhook = :webhook AND "
                + standing.condition)
        .bind("webhook", webhook)
        .mapTo(Long.class)
        .one();
  }

  /** Whether an event is still to be sent. */
  enum Standing {
    WAITING("dead_at IS NULL"),
    DEAD("dead_at IS NOT NULL");

    private final String condition;

    Standing(String condition) {
      this.condition = condition;
    }
  }

  List<DeadEvent> dead(Handle h, String webhook, long beforeId, int most) {
    return h.createQuery(
            """
            SELECT id, event_id, type, repository, made_at, dead_at, attempts, error
            FROM webhook_events
            WHERE webhook = :webhook AND dead_at IS NOT NULL AND id < :before
            ORDER BY id DESC LIMIT :most
            """)
        .bind("webhook", webhook)
        .bind("before", beforeId)
        .bind("most", most)
        .map((rs, ctx) ->
            new DeadEvent(
                rs.getLong("id"),
                rs.getString("event_id"),
                rs.getString("type"),
                rs.getString("repository"),
                Instant.ofEpochMilli(rs.getLong("made_at")),
                Instant.ofEpochMilli(rs.getLong("dead_at")),
                rs.getInt("attempts"),
                rs.getString("error")))
        .list();
  }

  /** When a webhook last got something, and when that last failed and why. */
  record History(Optional<Instant> deliveredAt, Optional<Instant> failedAt, String error) {}

  History history(Handle h, String webhook) {
    return h.createQuery("SELECT delivered_at, failed_at, error FROM webhooks WHERE name = :name")
        .bind("name", webhook)
        .map((rs, ctx) ->
            new History(
                Rows.time(rs, "delivered_at"), Rows.time(rs, "failed_at"), rs.getString("error")))
        .findOne()
        .orElse(new History(Optional.empty(), Optional.empty(), ""));
  }

  private static Waiting waiting(ResultSet rs) throws SQLException {
    return new Waiting(
        rs.getLong("id"),
        rs.getString("event_id"),
        rs.getString("type"),
        rs.getString("repository"),
        rs.getBytes("body"),
        Instant.ofEpochMilli(rs.getLong("made_at")),
        rs.getInt("attempts"));
  }

  private static String cut(String error) {
    return error.length() <= ERROR_LENGTH_MAX ? error : error.substring(0, ERROR_LENGTH_MAX) + "…";
  }
}
