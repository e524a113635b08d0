package dev.plimsoll.registry.mirror;

import dev.plimsoll.foundation.settings.Setting;
import dev.plimsoll.foundation.settings.Settings;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.transfer.RegistrySettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which registries are mirrored, and how they are treated.
 *
 * @param upstreams their prefixes differ, and none is the beginning of another
 * @param fallback the upstream for names that belong to none and that nobody pushed; for clients
 *     that cannot say whom they mean, such as Docker's {@code registry-mirrors}
 * @param credentialsFile in the form of Docker's {@code config.json}
 * @param insecure hosts whose certificate is not verified
 * @param certificates directory of {@code host:port/*.crt}, as Docker's {@code certs.d}
 * @param revalidateAfter how long a tag is believed before its upstream is asked again
 * @param patience how long an upstream may take to answer when there is an older answer at hand
 * @param outage how long an upstream that failed is left alone, if there is an older answer
 * @param absentFor how long an upstream is believed that it does not have something
 * @param fetchesMax downloads at once from each upstream
 */
public record MirrorSettings(
    List<Upstream> upstreams,
    Optional<String> fallback,
    Optional<Path> credentialsFile,
    List<String> insecure,
    Path certificates,
    Duration revalidateAfter,
    Duration patience,
    Duration outage,
    Duration absentFor,
    int fetchesMax) {

  public static final MirrorSettings NONE =
      new MirrorSettings(
          List.of(),
          Optional.empty(),
          Optional.empty(),
          List.of(),
          Path.of("/etc/docker/certs.d"),
          Duration.ofMinutes(1),
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          32);

  private static final Setting<List<String>> UPSTREAMS =
      Setting.texts(
          "registry.mirror.upstreams",
          "Registries shown under names of this one, each as PREFIX=URL, such as"
              + " docker.io=https://registry-1.docker.io.");
  private static final Setting<Optional<String>> FALLBACK =
      Setting.optionalText(
          "registry.mirror.fallback",
          "Prefix of the upstream for names that belong to none and that nobody pushed: for Docker's"
              + " registry-mirrors.");
  private static final Setting<Optional<String>> CREDENTIALS =
      Setting.optionalText(
          "registry.mirror.credentials-file",
          "Credentials for upstreams, in the form of Docker's config.json; read again when it changes.");
  private static final Setting<List<String>> INSECURE =
      Setting.texts(
          "registry.mirror.insecure", "Hosts of upstreams whose certificate is not verified.");
  private static final Setting<Path> CERTIFICATES =
      Setting.path(
          "registry.mirror.certificates",
          "/etc/docker/certs.d",
          "Directory of host:port/*.crt with authorities of upstreams and of registries that commands"
              + " are given.");
  private static final Setting<Duration> REVALIDATE_AFTER =
      Setting.duration(
          "registry.mirror.revalidate-after",
          NONE.revalidateAfter(),
          "How long a tag is believed before its upstream is asked again.");
  private static final Setting<Duration> PATIENCE =
      Setting.duration(
          "registry.mirror.patience",
          NONE.patience(),
          "How long an upstream may take to answer before what was pulled earlier is served.");
  private static final Setting<Duration> OUTAGE =
      Setting.duration(
          "registry.mirror.outage",
          NONE.outage(),
          "How long an upstream that failed is left alone while there is something to serve.");
  private static final Setting<Duration> ABSENT_FOR =
      Setting.duration(
          "registry.mirror.absent-for",
          NONE.absentFor(),
          "How long an upstream is believed that it has no such tag, manifest or blob.");
  private static final Setting<Integer> FETCHES_MAX =
      Setting.number(
          "registry.mirror.fetches-max",
          NONE.fetchesMax(),
          1,
          1000,
          "Blobs fetched at once from each upstream.");

  /** All settings of mirrors. */
  public static final List<Setting<?>> ALL =
      List.of(
          UPSTREAMS,
          FALLBACK,
          CREDENTIALS,
          INSECURE,
          CERTIFICATES,
          REVALIDATE_AFTER,
          PATIENCE,
          OUTAGE,
          ABSENT_FOR,
          FETCHES_MAX);

  /** Reads them; throws {@link IllegalArgumentException} with a sentence if they make no sense. */
  public static MirrorSettings from(Settings settings) {
    return new MirrorSettings(
        settings.get(UPSTREAMS).stream().map(Upstream::parse).toList(),
        settings.get(FALLBACK),
        settings.get(CREDENTIALS).map(Path::of),
        settings.get(INSECURE),
        settings.get(CERTIFICATES),
        settings.get(REVALIDATE_AFTER),
        settings.get(PATIENCE),
        settings.get(OUTAGE),
        settings.get(ABSENT_FOR),
        settings.get(FETCHES_MAX));
  }

  public MirrorSettings {
    upstreams = List.copyOf(upstreams);
    insecure = List.copyOf(insecure);
    for (int i = 0; i < upstreams.size(); i++) {
      for (int j = 0; j < upstreams.size(); j++) {
        Upstream a = upstreams.get(i);
        Upstream b = upstreams.get(j);
        if (i != j && (a.prefix().equals(b.prefix()) || a.holds(b.prefix()))) {
          throw new IllegalArgumentException(
              "registry.mirror.upstreams: %s and %s show two registries under one name"
                  .formatted(a, b));
        }
      }
    }
    for (String prefix : fallback.stream().toList()) {
      if (upstreams.stream().noneMatch(u -> u.prefix().value().equals(prefix))) {
        throw new IllegalArgumentException(
            "registry.mirror.fallback is %s; it must be the prefix of one of registry.mirror.upstreams"
                .formatted(prefix));
      }
    }
  }

  /** Whether a repository here shows one of an upstream's. */
  public boolean shows(RepositoryName repository) {
    return upstreams.stream().anyMatch(upstream -> upstream.holds(repository));
  }

  /**
   * How other registries are reached.
   *
   * @param environment names the HTTP proxies
   */
  public RegistrySettings transfer(Map<String, String> environment) {
    return RegistrySettings.DEFAULT
        .withInsecureRegistries(insecure)
        .withCertificatesDirectory(certificates)
        .withProxiesOf(environment);
  }

  /** The same for other upstreams. */
  public MirrorSettings withUpstreams(List<Upstream> newUpstreams, Optional<String> newFallback) {
    return new MirrorSettings(
        newUpstreams,
        newFallback,
        credentialsFile,
        insecure,
        certificates,
        revalidateAfter,
        patience,
        outage,
        absentFor,
        fetchesMax);
  }

  /** The same with other waits. */
  public MirrorSettings withWaits(
      Duration newRevalidateAfter, Duration newPatience, Duration newOutage) {
    return new MirrorSettings(
        upstreams,
        fallback,
        credentialsFile,
        insecure,
        certificates,
        newRevalidateAfter,
        newPatience,
        newOutage,
        absentFor,
        fetchesMax);
  }
}
