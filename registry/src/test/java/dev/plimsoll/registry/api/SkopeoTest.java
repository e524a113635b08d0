package dev.plimsoll.registry.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another client than ours and Docker's, which asks in ways of its own. */
class SkopeoTest {
  @TempDir private Path directory;

  private String skopeo(String... arguments) throws Exception {
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(
                Stream.concat(Stream.of("skopeo", "--insecure-policy"), Stream.of(arguments))
                    .toList())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    int code = process.waitFor();
    String text = Files.readString(output);
    assertThat(code).as(List.of(arguments) + "\n" + text).isZero();
    return text;
  }

  @Test
  void copiesOutAndInAndDeletes() throws Exception {
    try (Client client = Client.start(directory.resolve("data"))) {
      byte[] manifest = client.image("app", "1", "hello");
      String source = at(client, "app:1");
      String target = at(client, "team/copy:2");
      Path image = directory.resolve("image");

      skopeo("copy", "--src-tls-verify=false", source, "dir:" + image);
      assertThat(image.resolve("manifest.json")).hasBinaryContent(manifest);
      assertThat(layers(image)).contains("hello");
      skopeo("copy", "--dest-tls-verify=false", "dir:" + image, target);
      assertThat(client.send("GET", "/v2/team/copy/manifests/2").body()).isEqualTo(manifest);
      assertThat(skopeo("list-tags", "--tls-verify=false", at(client, "team/copy")))
          .contains("\"2\"");

      skopeo("delete", "--tls-verify=false", target);
      assertThat(client.send("GET", "/v2/team/copy/manifests/2").status()).isEqualTo(404);
      assertThat(client.send("GET", "/v2/app/manifests/1").body()).isEqualTo(manifest);
    }
  }

  private static String at(Client client, String image) {
    return "docker://" + client.url().replace("http://", "") + "/" + image;
  }

  private static List<String> layers(Path image) throws IOException {
    try (Stream<Path> files = Files.list(image)) {
      return files.map(SkopeoTest::text).toList();
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
