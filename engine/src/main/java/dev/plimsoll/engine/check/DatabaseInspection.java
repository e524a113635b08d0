package dev.plimsoll.engine.check;

import dev.plimsoll.database.Database;
import dev.plimsoll.engine.check.Finding.Kind;
import dev.plimsoll.engine.check.Finding.Outcome;
import java.io.IOException;
import java.util.List;

/** Reads every page of the database. */
public final class DatabaseInspection implements Inspection {
  private final Database database;

  public DatabaseInspection(Database database) {
    this.database = database;
  }

  @Override
  public void look(Mode mode, Findings findings) throws IOException {
    findings.looked(Kind.DATABASE);
    List<String> verdict =
        database.read(
            handle -> handle.createQuery("PRAGMA integrity_check").mapTo(String.class).list());
    if (!verdict.equals(List.of("ok"))) {
      findings.add(
          Kind.DATABASE,
          database.toString(),
          "damaged (%s); stop the engine and run plimsoll engine check --rebuild"
              .formatted(verdict.getFirst()),
          Outcome.DAMAGED);
    }
  }

  @Override
  public void rebuild(Findings findings) {
    // The database that the others fill is new, or a copy that was verified when it was taken.
  }
}
