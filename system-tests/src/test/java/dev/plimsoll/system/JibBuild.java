package dev.plimsoll.system;

import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainer;
import com.google.cloud.tools.jib.api.RegistryImage;
import java.nio.file.Path;
import java.util.List;

/**
 * A Java build that puts a file on top of an image and pushes the result, in a process of its own
 * for the sake of its trust store. Prints the digest, or why there is none.
 */
final class JibBuild {
  private JibBuild() {}

  /**
   * Builds and pushes.
   *
   * @param words base and target with a tag, user and password for both, the file, a directory for
   *     Jib's caches
   */
  public static void main(String[] words) {
    try {
      JibContainer pushed =
          Jib.from(RegistryImage.named(words[0]).addCredential(words[2], words[3]))
              .addLayer(List.of(Path.of(words[4])), "/app")
              .containerize(
                  Containerizer.to(RegistryImage.named(words[1]).addCredential(words[2], words[3]))
                      .setBaseImageLayersCache(Path.of(words[5], "base"))
                      .setApplicationLayersCache(Path.of(words[5], "application")));
      System.out.println(pushed.getDigest());
      System.exit(0); // its HTTP client's threads would go on for a while
    } catch (Exception e) {
      for (Throwable because = e; because != null; because = because.getCause()) {
        System.err.println(because.getMessage());
      }
      System.exit(1);
    }
  }
}
