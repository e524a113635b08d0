package dev.plimsoll.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.content.s3.S3Address;
import dev.plimsoll.foundation.settings.Settings;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StorageSettingsTest {
  /** As {@code storage.kind=s3,database.url=…}. */
  private static StorageSettings read(String pairs) {
    Map<String, String> values = new HashMap<>();
    for (String pair : pairs.split(",")) {
      String[] words = pair.strip().split("=", 2);
      values.put("registry." + words[0], words[1]);
    }
    return StorageSettings.from(
        Settings.load(Optional.empty(), Map.of(), values, StorageSettings.ALL));
  }

  @Test
  void filesAndSqliteUnlessOtherwiseIsSaid() {
    assertThat(StorageSettings.from(Settings.defaults(StorageSettings.ALL)))
        .isEqualTo(StorageSettings.DEFAULT);
  }

  @Test
  void everyKeyOfABucketAndADatabaseIsRead(@TempDir Path directory) throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), "sesame\n");

    StorageSettings read =
        read(
            """
            storage.kind=s3, storage.redirect=true, storage.redirect-for=5m,
            storage.s3.bucket=images, storage.s3.prefix=a/b/, storage.s3.endpoint=https://s3.example,
            storage.s3.region=eu, storage.s3.access-key=k, storage.s3.secret-key-file=%1$s,
            storage.s3.session-token=t, storage.s3.path-style=no, storage.s3.ca-file=/ca.pem,
            storage.s3.part-size=16MiB, storage.s3.encryption=kms, storage.s3.kms-key=id,
            storage.s3.timeout=3s, storage.s3.attempts=2, storage.s3.unfinished-for=1d,
            database.url=jdbc:postgresql://db/registry, database.user=u,
            database.password-file=%1$s, database.connections=3\
            """
                .formatted(secret));

    S3Address bucket = read.s3().orElseThrow();
    assertThat(bucket.bucket()).isEqualTo("images");
    assertThat(bucket.prefix()).isEqualTo("a/b/");
    assertThat(bucket.endpoint()).contains(URI.create("https://s3.example"));
    assertThat(bucket.region()).contains("eu");
    assertThat(bucket.nameStyle()).isEqualTo(S3Address.NameStyle.HOST);
    assertThat(bucket.credentials())
        .contains(new S3Address.Credentials("k", "sesame", Optional.of("t")));
    assertThat(bucket.encryption())
        .isEqualTo(new S3Address.Encryption.KeyService(Optional.of("id")));
    assertThat(bucket.needs().authorities()).contains(Path.of("/ca.pem"));
    assertThat(bucket.needs().equalParts()).hasValue(16L << 20);
    assertThat(bucket.limits()).isEqualTo(new S3Address.Limits(Duration.ofSeconds(3), 2));
    assertThat(read.redirectFor()).contains(Duration.ofMinutes(5));
    assertThat(read.unfinishedFor()).isEqualTo(Duration.ofDays(1));
    assertThat(read.connections()).isEqualTo(3);
    assertThat(read.postgres().orElseThrow().password()).contains("sesame");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "storage.kind=tape | registry.storage.kind is \"tape\"; it must be files or s3",
        "storage.kind=s3 | registry.storage.s3.bucket must be set",
        "storage.s3.bucket=b | registry.storage.s3.bucket is set, and registry.storage.kind is files",
        "storage.s3.prefix=a/ | registry.storage.s3.prefix is set, and registry.storage.kind is files",
        "storage.s3.attempts=7 | registry.storage.s3.attempts is set, and registry.storage.kind is",
        "storage.redirect=true | registry.storage.redirect needs registry.storage.kind: s3",
        "database.user=u | registry.database.user is set, and registry.database.url is not",
        "database.password=p | registry.database.password is set, and registry.database.url is not",
        "database.url=postgres://db | registry.database.url: it must begin with jdbc:postgresql:",
        "database.url=jdbc:postgresql://db,database.password-file=/none | names /none, which cannot",
        "database.url=jdbc:postgresql://db,database.password=p,database.password-file=f | both set",
      })
  void whatCannotBeIsRefusedByItsKey(String pairs, String sentence) {
    assertThatThrownBy(() -> read(pairs))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(sentence);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bucket=Im_Ages! | registry.storage.s3: \"Im_Ages!\" is no name of a bucket",
        "prefix=/a | registry.storage.s3: the prefix \"/a\" must be empty, or words",
        "endpoint=127.0.0.1:8333 | registry.storage.s3.endpoint is \"127.0.0.1:8333\"; it must begin",
        "endpoint=http://a b | registry.storage.s3.endpoint: Illegal character",
        "access-key=k | registry.storage.s3.access-key and registry.storage.s3.secret-key go together",
        "session-token=t | registry.storage.s3.session-token needs registry.storage.s3.access-key",
        "path-style=maybe | registry.storage.s3.path-style is \"maybe\"; it must be true or false",
        "endpoint=http://a,storage.s3.ca-file=/ca | registry.storage.s3.ca-file is set, and",
        "part-size=abc | registry.storage.s3.part-size is \"abc\": not a size",
        "part-size=1MiB | registry.storage.s3.part-size: parts of 1048576 bytes; S3 takes no less",
        "encryption=aes | registry.storage.s3.encryption is \"aes\"; it must be bucket, s3 or kms",
        "kms-key=id | registry.storage.s3.kms-key needs registry.storage.s3.encryption: kms",
        "unfinished-for=0s | registry.storage.s3.unfinished-for is 0; it must be positive",
        "region=a,storage.redirect-for=5m | redirect-for is set, and registry.storage.redirect is not",
        "region=a,storage.redirect=true,storage.redirect-for=8d | redirect-for is 8d; it must be",
      })
  void whatNoBucketHasIsRefusedByItsKey(String of, String sentence) {
    assertThatThrownBy(() -> read("storage.kind=s3,storage.s3.bucket=images,storage.s3." + of))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(sentence);
  }
}
