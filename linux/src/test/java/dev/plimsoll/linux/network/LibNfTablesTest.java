package dev.plimsoll.linux.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LibNfTablesTest extends NfTablesContract {
  @Override
  NfTables open(Path namespace) throws IOException, InterruptedException {
    return LibNfTables.open(namespace);
  }

  @Test
  void itIsTakenWhereItIs() throws Exception {
    try (NfTables rules = NfTables.open(root.resolve("netns"))) {
      assertThat(rules).isInstanceOf(LibNfTables.class);
    }
  }

  @Test
  void closedItRefuses() throws IOException {
    NfTables rules = LibNfTables.open();
    rules.close();
    rules.close();

    assertThatThrownBy(() -> rules.run("list tables")).hasMessage("nftables is closed");
  }
}
