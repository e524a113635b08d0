package dev.plimsoll.database;

import java.util.List;
import org.jdbi.v3.core.Handle;

/** The tables of {@code db/notes}, as the tests use them. */
final class Notes {
  static final String MIGRATIONS = "db/notes";

  private Notes() {}

  static long add(Handle handle, String text) {
    return handle
        .createQuery("INSERT INTO note (text) VALUES (:text) RETURNING id")
        .bind("text", text)
        .mapTo(Long.class)
        .one();
  }

  static List<String> all(Handle handle) {
    return handle.createQuery("SELECT text FROM note ORDER BY id").mapTo(String.class).list();
  }

  static long count(Handle handle) {
    return handle.createQuery("SELECT count(*) FROM note").mapTo(Long.class).one();
  }
}
