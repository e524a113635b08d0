package dev.plimsoll.engine.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.engine.network.ForeignFirewall.Handling;
import dev.plimsoll.linux.Namespaces;
import dev.plimsoll.linux.network.NfTables;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Other programs' rules, in a namespace of the test's own. */
class ForeignFirewallTest {
  private static final String DROP =
      "table ip filter { chain FORWARD { type filter hook forward priority filter; policy drop; }; }";

  @TempDir private Path root;
  private Path namespace;
  private NfTables rules;

  @BeforeEach
  void make() throws Exception {
    namespace = root.resolve("netns");
    Namespaces.createNetwork(namespace);
    rules = NfTables.open(namespace);
  }

  @AfterEach
  void remove() throws IOException {
    rules.close();
    Namespaces.remove(namespace);
  }

  @Test
  void withoutAnotherFirewallThereIsNothingToSay() throws Exception {
    ForeignFirewall firewall = new ForeignFirewall(rules, "pl-x", Handling.WARN);

    firewall.look();

    assertThat(firewall.warnings()).isEmpty();
  }

  @Test
  void aFirewallThatComesLaterIsToldWithItsRemedyAndGoesAgain() throws Exception {
    ForeignFirewall firewall = new ForeignFirewall(rules, "pl-x", Handling.WARN);
    firewall.look();
    rules.run(DROP);

    firewall.look();

    assertThat(firewall.warnings())
        .singleElement()
        .asString()
        .contains("ip filter FORWARD", "engine.network.foreign-firewall", "nft insert rule");
    assertThat(rules.run("list chain ip filter FORWARD")).doesNotContain("pl-x");
    rules.run("delete table ip filter");
    firewall.look();
    assertThat(firewall.warnings()).isEmpty();
  }

  @Test
  void whoeverLetTheBridgePassByHandIsNotWarned() throws Exception {
    ForeignFirewall firewall = new ForeignFirewall(rules, "pl-x", Handling.WARN);
    rules.run(DROP);
    rules.run("insert rule ip filter FORWARD iifname pl-x accept");
    rules.run("insert rule ip filter FORWARD oifname pl-x accept");

    firewall.look();

    assertThat(firewall.warnings()).isEmpty();
  }

  @Test
  void whereItIsWishedTheBridgePassesInDockersChainForOthersOnce() throws Exception {
    ForeignFirewall firewall = new ForeignFirewall(rules, "pl-x", Handling.ACCEPT);
    rules.run(DROP);
    rules.run("add chain ip filter DOCKER-USER");

    firewall.look();
    firewall.look();

    assertThat(rules.run("list chain ip filter DOCKER-USER"))
        .containsOnlyOnce("iifname \"pl-x\" accept")
        .containsOnlyOnce("oifname \"pl-x\" accept");
    assertThat(rules.run("list chain ip filter FORWARD")).doesNotContain("pl-x");
    assertThat(firewall.warnings()).isEmpty();
    firewall.withdraw();
    assertThat(rules.run("list chain ip filter DOCKER-USER")).doesNotContain("pl-x");
  }

  @Test
  void withoutThatChainTheBridgePassesWhereItWouldBeDroppedAndComesBackAfterAReload()
      throws Exception {
    ForeignFirewall firewall = new ForeignFirewall(rules, "pl-x", Handling.ACCEPT);
    rules.run(DROP);
    firewall.look();
    rules.run("flush chain ip filter FORWARD");

    firewall.look();

    assertThat(rules.run("list chain ip filter FORWARD"))
        .contains("iifname \"pl-x\" accept", "oifname \"pl-x\" accept", "policy drop");
  }

  @Test
  void aHandlingThatIsNoneIsNamed() {
    assertThatThrownBy(() -> Handling.parse("open"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("\"open\" is neither warn nor accept");
  }
}
