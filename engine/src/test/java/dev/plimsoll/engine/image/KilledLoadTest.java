package dev.plimsoll.engine.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.engine.image.TestArchives.Made;
import dev.plimsoll.engine.layer.Layer;
import dev.plimsoll.engine.layer.Layers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A load that is killed by SIGKILL leaves a whole image or none, and nothing that stays behind. */
class KilledLoadTest {
  private static final int KILLS_MAX = 40;

  @TempDir private Path root;

  /** Loads an archive, and tells of each step on a line of its own. */
  static final class Loading {
    private Loading() {}

    public static void main(String[] arguments) throws Exception {
      try (TestImages images = TestImages.open(Path.of(arguments[0]));
          InputStream archive = new Told(Files.newInputStream(Path.of(arguments[1])))) {
        new ImageLoads(images.store)
            .load(
                archive,
                Optional.empty(),
                new Progress() {
                  @Override
                  public void layer(String id, String text) {
                    System.out.println(text);
                  }

                  @Override
                  public void layer(String id, String text, long current, long total) {
                    System.out.println(text);
                  }
                });
        System.out.println("loaded");
      }
    }
  }

  /** Tells of every hundredth read. */
  private static final class Told extends java.io.FilterInputStream {
    private int reads;

    Told(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (++reads % 10 == 0) {
        System.out.println("reading");
      }
      return in.read(target, offset, length);
    }
  }

  @Test
  void whereverItIsKilledTheNextStartIsWholeAndTheNextLoadSucceeds() throws Exception {
    byte[][] layers = new byte[4][];
    for (int i = 0; i < layers.length; i++) {
      layers[i] = TestArchives.layer("d" + i + "/f", ("layer " + i + " ").repeat(200_000));
    }
    Made made = TestArchives.image("killed", layers);
    Path archive = root.resolve("archive.tar");
    try (InputStream in = TestArchives.oldArchive(made, "app:1")) {
      Files.copy(in, archive);
    }
    Path data = root.resolve("data");
    boolean finished = false;
    for (int step = 1; !finished && step < KILLS_MAX; step += 3) {
      finished = killedAt(step, data, archive);
      check(data, made);
    }
    assertThat(finished).isTrue();
    try (TestImages images = TestImages.open(data)) {
      assertThat(images.store.find("app:1").id()).isEqualTo(made.id());
    }
  }

  /** Starts a load and kills it when it tells of that step; true if it came to its end before. */
  private static boolean killedAt(int step, Path data, Path archive) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Loading.class.getName(),
                data.toString(),
                archive.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader lines = process.inputReader()) {
      int seen = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.equals("loaded")) {
          assertThat(process.waitFor()).isZero();
          return true;
        }
        if (++seen == step) {
          process.toHandle().destroyForcibly(); // leaves the stream open, to be read to its end
        }
      }
    }
    process.waitFor();
    return false;
  }

  private static boolean isContent(String path) {
    return path.contains("/fs/")
        || path.matches("content/staging/.+")
        || path.matches(".*[0-9a-f]{64}-.*");
  }

  private static void check(Path data, Made made) throws Exception {
    boolean none;
    try (TestImages images = TestImages.open(data)) {
      images.store.collectAfterStart();
      none = images.store.all().isEmpty();
      for (Image image : images.store.all()) {
        assertThat(image.id()).isEqualTo(made.id());
        for (Layer layer : images.store.layersOf(image.id())) {
          assertThat(images.layers.verify(layer, Layers.Depth.CONTENT)).isTrue();
        }
      }
    }
    // Closed, so what goes in the background has gone.
    try (Stream<Path> files = Files.walk(data)) {
      assertThat(
              files
                  .map(data::relativize)
                  .map(Path::toString)
                  .filter(p -> p.matches("layers/(staging|trash)/.+") || (none && isContent(p))))
          .isEmpty();
    }
  }
}
