package dev.plimsoll.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedCredentialsTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = directory.resolve("config.json");
    Files.writeString(file, content("first"));
  }

  private static String content(String password) {
    String pair =
        Base64.getEncoder().encodeToString(("AWS:" + password).getBytes(StandardCharsets.UTF_8));
    return "{\"auths\": {\"registry.example\": {\"auth\": \"%s\"}}}".formatted(pair);
  }

  private void replaceBy(String text) throws IOException {
    Path next = Files.writeString(directory.resolve("next"), text);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void aRenewedPasswordIsUsedWithoutARestart() throws Exception {
    WatchedCredentials watched = WatchedCredentials.of(file);
    assertThat(watched.of("registry.example")).isEqualTo(new Credentials.Password("AWS", "first"));

    replaceBy(content("second"));

    assertThat(watched.of("registry.example")).isEqualTo(new Credentials.Password("AWS", "second"));
    assertThat(watched.of("other.example")).isEqualTo(Credentials.anonymous());
  }

  @Test
  void whatCannotBeReadLeavesTheOldPasswordUntilItCan() throws Exception {
    WatchedCredentials watched = WatchedCredentials.of(file);

    replaceBy("half of a fi");
    assertThat(watched.of("registry.example")).isEqualTo(new Credentials.Password("AWS", "first"));
    Files.delete(file);
    assertThat(watched.of("registry.example")).isEqualTo(new Credentials.Password("AWS", "first"));

    Files.writeString(file, content("third"));
    assertThat(watched.of("registry.example")).isEqualTo(new Credentials.Password("AWS", "third"));
  }

  @Test
  void aRefusalReadsWhatWasWrittenOverUnnoticed() throws Exception {
    CredentialsSource source = WatchedCredentials.of(file).source("registry.example");
    FileTime written = Files.getLastModifiedTime(file);
    Files.writeString(file, content("fresh"));
    Files.setLastModifiedTime(file, written);
    assertThat(source.present()).isEqualTo(new Credentials.Password("AWS", "first"));

    assertThat(source.renewed()).isEqualTo(new Credentials.Password("AWS", "fresh"));

    assertThat(source.present()).isEqualTo(new Credentials.Password("AWS", "fresh"));
    Files.writeString(file, "half of a fi");
    assertThat(source.renewed()).isEqualTo(new Credentials.Password("AWS", "fresh"));
  }

  @Test
  void atTheStartItIsToBeReadable() {
    Path none = directory.resolve("none.json");
    assertThatThrownBy(() -> WatchedCredentials.of(none)).isInstanceOf(IOException.class);
  }
}
