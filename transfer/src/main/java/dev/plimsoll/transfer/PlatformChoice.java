package dev.plimsoll.transfer;

import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Index;
import dev.plimsoll.oci.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which image of an index runs on a platform. As containerd's {@code platforms.Only}, which Docker
 * uses: the platform itself first, then older variants that it runs too, and an entry that names no
 * platform as a last resort.
 */
final class PlatformChoice {
  private PlatformChoice() {}

  /**
   * @throws TransferException.NoMatchingPlatform if there is none
   */
  static Descriptor choose(Index index, Platform wanted) {
    for (Platform candidate : runnable(wanted)) {
      for (Descriptor entry : index.manifests()) {
        if (entry.platform().filter(platform -> platform.matches(candidate)).isPresent()) {
          return entry;
        }
      }
    }
    return index.manifests().stream()
        .filter(entry -> entry.platform().isEmpty() && entry.artifactType().isEmpty())
        .findFirst()
        .orElseThrow(() -> new TransferException.NoMatchingPlatform(wanted));
  }

  /** What runs on a platform, best first. */
  static List<Platform> runnable(Platform wanted) {
    List<Platform> platforms = new ArrayList<>();
    platforms.add(wanted);
    switch (wanted.architecture()) {
      case "amd64" -> {
        addOlder(platforms, wanted, version(wanted, 1), 1);
        platforms.add(new Platform(wanted.os(), "386"));
      }
      case "arm" -> addOlder(platforms, wanted, version(wanted, 7), 5);
      case "arm64" -> {
        addOlder(platforms, wanted, version(wanted, 8), 8);
        Platform arm = variant(wanted.os(), "arm", 8);
        platforms.add(arm);
        addOlder(platforms, arm, 8, 5);
      }
      default -> {
        return platforms;
      }
    }
    return platforms;
  }

  private static void addOlder(List<Platform> platforms, Platform of, int version, int oldest) {
    for (int older = version - 1; older >= oldest; older--) {
      platforms.add(variant(of.os(), of.architecture(), older));
    }
  }

  private static Platform variant(String os, String architecture, int version) {
    return new Platform(architecture, os, Optional.empty(), Optional.of("v" + version));
  }

  /** The number of a variant such as {@code v7}. */
  private static int version(Platform platform, int usual) {
    String variant = platform.variant().orElse("");
    return variant.matches("v[0-9]") ? variant.charAt(1) - '0' : usual;
  }
}
