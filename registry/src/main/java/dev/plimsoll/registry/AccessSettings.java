package dev.plimsoll.registry;

import dev.plimsoll.foundation.settings.Setting;
import dev.plimsoll.foundation.settings.Settings;
import dev.plimsoll.http.client.AddressBlock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Who gets in, and how the registry shows who it is.
 *
 * @param policy the file of docs/registry/access.md; empty: the registry is open
 * @param trustedProxies whose {@code X-Forwarded-For} is believed
 * @param tls certificate and key; empty: plain HTTP
 * @param soleKey who brings this may do everything, and nobody else anything
 */
public record AccessSettings(
    Optional<Path> policy,
    List<AddressBlock> trustedProxies,
    Optional<Tls> tls,
    ReadOnly readOnly,
    Duration auditKeptFor,
    Optional<String> soleKey) {
  /** Open, by plain HTTP. */
  public static final AccessSettings DEFAULT =
      new AccessSettings(
          Optional.empty(),
          List.of(),
          Optional.empty(),
          ReadOnly.UNLESS_TOLD,
          Duration.ofDays(365),
          Optional.empty());

  /** Two PEM files, read again when they change. */
  public record Tls(Path certificate, Path key) {}

  /** Whether changes are refused. */
  public enum ReadOnly {
    /** Whatever anybody says at run time. */
    ALWAYS,
    UNLESS_TOLD
  }

  private static final Setting<Optional<String>> POLICY =
      Setting.optionalText(
          "registry.access.policy",
          "File that says who may do what, see docs/registry/access.md; open to everybody unless"
              + " set.");
  private static final Setting<List<String>> TRUSTED_PROXIES =
      Setting.texts(
          "registry.access.trusted-proxies",
          "Blocks of addresses, such as 10.0.0.0/8, of proxies whose X-Forwarded-For is believed.");
  private static final Setting<Duration> AUDIT_KEPT_FOR =
      Setting.duration(
          "registry.audit.kept-for",
          DEFAULT.auditKeptFor(),
          "How long the record of changes is kept.");
  private static final Setting<Boolean> READ_ONLY =
      Setting.flag("registry.read-only", false, "Refuses all changes, and pauses the collector.");
  private static final Setting<Optional<String>> TLS_CERTIFICATE =
      Setting.optionalText(
          "registry.tls.certificate",
          "Certificates in PEM, the registry's own first; read again when the file changes.");
  private static final Setting<Optional<String>> TLS_KEY =
      Setting.optionalText(
          "registry.tls.key", "The private key in PEM, PKCS#8; read again when the file changes.");

  static final List<Setting<?>> ALL =
      List.of(POLICY, TRUSTED_PROXIES, AUDIT_KEPT_FOR, READ_ONLY, TLS_CERTIFICATE, TLS_KEY);

  static AccessSettings from(Settings settings) {
    return new AccessSettings(
        settings.get(POLICY).map(Path::of),
        settings.get(TRUSTED_PROXIES).stream().map(AccessSettings::block).toList(),
        tls(settings),
        settings.get(READ_ONLY) ? ReadOnly.ALWAYS : ReadOnly.UNLESS_TOLD,
        settings.get(AUDIT_KEPT_FOR),
        Optional.empty());
  }

  /** The same, for a policy in this file. */
  public AccessSettings withPolicy(Path file) {
    return new AccessSettings(
        Optional.of(file), trustedProxies, tls, readOnly, auditKeptFor, soleKey);
  }

  /** The same, for nobody but who brings this key, and by plain HTTP. */
  public AccessSettings onlyFor(String key) {
    return new AccessSettings(
        policy, List.of(), Optional.empty(), readOnly, auditKeptFor, Optional.of(key));
  }

  /** Names no key. */
  @Override
  public String toString() {
    return "AccessSettings[policy=%s tls=%s]".formatted(policy, tls);
  }

  private static Optional<Tls> tls(Settings settings) {
    Optional<Path> certificate = settings.get(TLS_CERTIFICATE).map(Path::of);
    Optional<Path> key = settings.get(TLS_KEY).map(Path::of);
    if (certificate.isPresent() != key.isPresent()) {
      throw new IllegalArgumentException(
          "registry.tls.certificate and registry.tls.key go together; only one of them is set");
    }
    return certificate.map(file -> new Tls(file, key.orElseThrow()));
  }

  private static AddressBlock block(String text) {
    return AddressBlock.parse(text)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "registry.access.trusted-proxies has \"%s\"; write a block such as 10.0.0.0/8"
                    .formatted(text)));
  }
}
