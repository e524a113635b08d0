package dev.plimsoll.transfer;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.Json;
import java.net.URI;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a host tells a registry of ours that it runs, docs/registry/deployed.md. An image that was
 * pulled under the registry's own address is told with its repository; any other, which may have come
 * through a mirror or under another name, by its digest alone, and is held in whichever repository it
 * is.
 */
public final class DeployedReport {
  /** What the host does with an image. */
  public enum Use {
    RUNNING,
    /** It is there to be started again, or to go back to. */
    ROLLBACK
  }

  private record Key(Optional<String> repository, String digest) {}

  private record Image(Optional<String> repository, String digest, String use) {}

  private record Body(List<Image> images) {}

  private final String authority;
  private final Map<Key, Use> images = new LinkedHashMap<>();

  /** An empty report for the registry at this address. */
  public DeployedReport(URI registry) {
    this.authority = RegistryHosts.authority(registry);
  }

  /** Adds an image by the names with digests that it was pulled or pushed by. */
  public void add(Collection<ImageName> names, Use use) {
    for (ImageName name : names) {
      name.digest().map(Digest::toString).ifPresent(digest -> add(name, digest, use));
    }
  }

  private void add(ImageName name, String digest, Use use) {
    Optional<String> repository =
        name.registry().equals(authority)
            ? Optional.of(name.repository().value())
            : Optional.empty();
    keep(repository, digest, use);
  }

  /** Adds an image as the registry calls it, such as one of an earlier report. */
  public void keep(Optional<String> repository, String digest, Use use) {
    images.merge(
        new Key(repository, digest),
        use,
        (a, b) -> a == Use.RUNNING || b == Use.RUNNING ? Use.RUNNING : Use.ROLLBACK);
  }

  /** How many images it names. */
  public int size() {
    return images.size();
  }

  /** As the registry takes it. */
  public byte[] json() {
    return Json.write(
        new Body(
            images.entrySet().stream()
                .map(image ->
                    new Image(
                        image.getKey().repository(),
                        image.getKey().digest(),
                        switch (image.getValue()) {
                          case RUNNING -> "running";
                          case ROLLBACK -> "rollback";
                        }))
                .toList()));
  }

  /** A reporter's name made of a host's, whatever that holds. */
  public static String reporterName(String host) {
    String name = host.replaceAll("[^a-zA-Z0-9._-]", "-").replaceAll("^[._-]+", "");
    return name.isEmpty() ? "host" : name.substring(0, Math.min(name.length(), 128));
  }
}
