package dev.plimsoll.linux.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.linux.Namespaces;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What both ways to set rules promise, in a namespace of the test's own. */
@Timeout(60)
abstract class NfTablesContract {
  private static final String TABLE =
      """
      add table inet plimsoll; delete table inet plimsoll
      table inet plimsoll {
        set bridges { type ifname; };
        map any4 { type inet_proto . inet_service : ipv4_addr . inet_service; };
        chain forward { type filter hook forward priority filter; policy accept;
          iifname @bridges accept; }
      }
      """;

  @TempDir Path root;
  private Path namespace;
  private NfTables rules;

  abstract NfTables open(Path namespace) throws IOException, InterruptedException;

  @BeforeEach
  void make() throws Exception {
    namespace = root.resolve("netns");
    Namespaces.createNetwork(namespace);
    rules = open(namespace);
  }

  @AfterEach
  void remove() throws IOException {
    rules.close();
    Namespaces.remove(namespace);
  }

  @Test
  void aTableIsReplacedWholeAndListed() throws IOException {
    rules.run(TABLE);
    rules.run("add element inet plimsoll any4 { tcp . 8080 : 10.101.1.2 . 80 }");
    rules.run(TABLE);

    assertThat(rules.run("list table inet plimsoll"))
        .contains("chain forward")
        .doesNotContain("8080");
  }

  @Test
  void jsonIsListedAndTextAgainAfterwards() throws IOException {
    rules.run(TABLE);

    assertThat(rules.runForJson("list chains"))
        .startsWith("{\"nftables\":")
        .contains("\"hook\": \"forward\"");
    assertThat(rules.run("list chains")).startsWith("table inet plimsoll");
  }

  @Test
  void ofATextWithAFaultNothingHolds() throws IOException {
    rules.run(TABLE);
    String faulty =
        """
        add element inet plimsoll bridges { "pl-pa" }
        delete element inet plimsoll bridges { "pl-nothing" }
        """;

    assertThatThrownBy(() -> rules.run(faulty))
        .isInstanceOfSatisfying(NfTablesException.class, e -> assertThat(e.notFound()).isTrue())
        .hasMessageContaining("No such file or directory");

    assertThat(rules.run("list set inet plimsoll bridges")).doesNotContain("pl-pa");
  }

  @Test
  void aPortThatIsTakenBySomebodyElseIsAConflict() throws IOException {
    rules.run(TABLE);
    rules.run("add element inet plimsoll any4 { tcp . 8080 : 10.101.1.2 . 80 }");
    rules.run("add element inet plimsoll any4 { tcp . 8080 : 10.101.1.2 . 80 }");

    assertThatThrownBy(
            () -> rules.run("add element inet plimsoll any4 { tcp . 8080 : 10.101.1.3 . 80 }"))
        .isInstanceOfSatisfying(
            NfTablesException.class, e -> assertThat(e.alreadyExists()).isTrue());
  }

  @Test
  void aCheckChangesNothingAndSaysWhatIsWrong() throws IOException {
    rules.check(TABLE);
    assertThat(rules.run("list tables")).isEmpty();

    assertThatThrownBy(() -> rules.check("add nonsense"))
        .isInstanceOf(NfTablesException.class)
        .hasMessageContaining("syntax error");
    rules.run(TABLE);
    assertThat(rules.run("list tables")).contains("plimsoll");
  }

  @Test
  void manyThreadsTakeTurns() throws Exception {
    rules.run(TABLE);
    List<Thread> threads = new ArrayList<>();
    List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 8; i++) {
      int port = 8000 + i;
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                try {
                  rules.run(
                      "add element inet plimsoll any4 { tcp . %d : 10.0.0.1 . 80 }"
                          .formatted(port));
                } catch (IOException e) {
                  failures.add(e);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(failures).isEmpty();
    assertThat(rules.run("list map inet plimsoll any4")).contains("8000").contains("8007");
  }

  @Test
  void theRulesAreThoseOfItsNamespace() throws Exception {
    rules.run(TABLE.replace("plimsoll", "plimsoll_test_only"));

    try (NfTables machine = NfTables.open()) {
      assertThat(machine.run("list tables")).doesNotContain("plimsoll_test_only");
    }
  }
}
