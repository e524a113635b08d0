package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigurationPageTest {

  @Test
  void thePageHasEverySettingAsItIs() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "configuration.md"));

    assertThat(page)
        .as("the table in docs/configuration.md; it should be:\n%s", SettingsTable.markdown())
        .contains(SettingsTable.markdown());
  }
}
