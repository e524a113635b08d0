package dev.plimsoll.engine.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.linux.Namespaces;
import dev.plimsoll.linux.network.NfTables;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table of one engine in a namespace of the test's own. */
class PacketFilterTest {
  @TempDir private Path root;
  private final List<String> asked = new ArrayList<>();
  private Path namespace;
  private NfTables rules;
  private PacketFilter filter;

  @BeforeEach
  void make() throws Exception {
    namespace = root.resolve("netns");
    Namespaces.createNetwork(namespace);
    rules = NfTables.open(namespace);
    filter =
        new PacketFilter(
            rules,
            commands -> {
              asked.add(commands);
              return rules.run(commands);
            },
            new Ruleset("probe", "pl-x", Subnet.parse("172.30.0.0/16")));
    filter.replace(List.of());
    asked.clear();
  }

  @AfterEach
  void remove() throws IOException {
    filter.close();
    Namespaces.remove(namespace);
  }

  @Test
  void aChangeBesideManyPortsTellsTheKernelOnlyWhatChanges() throws Exception {
    filter.replace(IntStream.range(10_000, 10_500).mapToObj(PacketFilterTest::port).toList());
    asked.clear();

    filter.publish(List.of(port(80)));
    filter.unpublish(List.of(port(80)));

    assertThat(asked)
        .containsExactly(
            "add element inet probe any4 { tcp . 80 : 172.30.0.2 . 80 }\n",
            "delete element inet probe any4 { tcp . 80 }\n");
    assertThat(filter.heal()).isFalse();
  }

  @Test
  void whatThisEngineChangedIsNoDamage() throws Exception {
    filter.publish(List.of(port(80), onLoopback(81), port(82)));
    filter.unpublish(List.of(port(82)));

    assertThat(filter.heal()).isFalse();
  }

  @Test
  void aPortThatSomebodyTookAwayComesBack() throws Exception {
    filter.publish(List.of(port(80), onLoopback(81)));
    rules.run("delete element inet probe addr4 { 127.0.0.1 . tcp . 81 }");

    assertThat(filter.heal()).isTrue();

    assertThat(rules.run("list map inet probe addr4"))
        .contains("127.0.0.1 . tcp . 81 : 172.30.0.2 . 81");
  }

  @Test
  void aPortThatSomebodyAddedGoes() throws Exception {
    filter.publish(List.of(port(80)));
    rules.run("add element inet probe any4 { tcp . 22 : 172.30.0.9 . 22 }");

    assertThat(filter.heal()).isTrue();

    assertThat(rules.run("list map inet probe any4")).doesNotContain("172.30.0.9");
  }

  @Test
  void aRuleThatSomebodyFlushedComesBack() throws Exception {
    filter.publish(List.of(port(80)));
    rules.run("flush chain inet probe ours");

    assertThat(filter.heal()).isTrue();
    assertThat(filter.heal()).isFalse();

    assertThat(rules.run("list chain inet probe ours")).contains("ct status dnat accept");
  }

  @Test
  void aTableThatIsGoneComesBackWithItsPorts() throws Exception {
    filter.publish(List.of(port(80)));
    rules.run("flush ruleset");

    assertThat(filter.heal()).isTrue();

    assertThat(rules.run("list map inet probe any4")).contains("tcp . 80 : 172.30.0.2 . 80");
  }

  private static Ruleset.Target port(int number) {
    return target("0.0.0.0", number);
  }

  private static Ruleset.Target onLoopback(int number) {
    return target("127.0.0.1", number);
  }

  private static Ruleset.Target target(String address, int number) {
    return new Ruleset.Target(
        new PublishedPort(address, number, new ContainerPort(number, Protocol.TCP)),
        Subnet.address("172.30.0.2"));
  }
}
