package dev.plimsoll.registry.repository;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.database.Database;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrashRowsTest {
  @TempDir private Path directory;

  /** It once looked at every pull of the repository for each deletion: 100 ms with 160,000 of them. */
  @ParameterizedTest
  @ValueSource(strings = {TrashRows.PULLS_OF_MANIFESTS, TrashRows.PULLS_OF_TAGS})
  void pullsThatAPurgeForgetsAreFoundByTheirKey(String statement) throws Exception {
    try (Database database = Database.open(directory.resolve("test.db"), "db/registry")) {
      List<String> plan =
          Transactions.of(database)
              .read(h ->
                  Plain.all(
                      h,
                      "EXPLAIN QUERY PLAN " + statement,
                      rs -> rs.getString("detail"),
                      statement.chars().filter(c -> c == '?').mapToObj(_ -> 1).toArray()));
      assertThat(plan)
          .filteredOn(step -> step.contains(" pulls "))
          .singleElement()
          .asString()
          .endsWith("(repository_id=? AND reference=?)");
    }
  }
}
