package dev.plimsoll.linux.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.linux.Namespaces;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForwardDropTest {
  @TempDir private Path root;

  @Test
  void everyChainThatDropsWhatIsForwardedIsFoundAndNoOther() throws Exception {
    Path namespace = root.resolve("netns");
    Namespaces.createNetwork(namespace);
    try (NfTables rules = NfTables.open(namespace)) {
      rules.run(
          """
          table ip filter {
            chain FORWARD { type filter hook forward priority filter; policy drop; }
            chain INPUT { type filter hook input priority filter; policy drop; }
            chain DOCKER-USER { }
          }
          table inet mine {
            chain open { type filter hook forward priority filter; policy accept; }
            chain shut { type filter hook forward priority -10; policy drop; }
          }
          table ip6 six {
            chain FORWARD { type filter hook forward priority 5; policy drop; }
          }
          """);

      assertThat(ForwardDrop.in(rules))
          .containsExactlyInAnyOrder(
              new ForwardDrop("ip", "filter", "FORWARD"),
              new ForwardDrop("inet", "mine", "shut"),
              new ForwardDrop("ip6", "six", "FORWARD"));
    } finally {
      Namespaces.remove(namespace);
    }
  }

  @Test
  void anAddressOfVersion6AloneDoesNotMeetVersion4() {
    assertThat(new ForwardDrop("ip6", "filter", "FORWARD").meetsVersion4()).isFalse();
    assertThat(new ForwardDrop("inet", "filter", "FORWARD").meetsVersion4()).isTrue();
  }
}
