package dev.plimsoll.registry;

import dev.plimsoll.foundation.ByteSize;
import dev.plimsoll.foundation.settings.Setting;
import dev.plimsoll.foundation.settings.Settings;
import dev.plimsoll.registry.check.CheckSettings;
import dev.plimsoll.registry.event.WebhookSettings;
import dev.plimsoll.registry.gc.GcPolicy;
import dev.plimsoll.registry.mirror.MirrorSettings;
import dev.plimsoll.registry.repository.Lease;
import dev.plimsoll.registry.retention.RetentionSettings;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Everything that can be set about the registry.
 *
 * @param listen host and port; port 0 takes any free one
 * @param data the directory whose {@code registry/} holds everything
 * @param externalUrl how clients reach the registry through a proxy, with a path prefix if there is
 *     one; empty: addresses in answers are relative, which is right behind most proxies
 * @param gcEvery how often the collector looks for work
 * @param parts what has settings of its own
 * @param accessLog whether reads that went well are logged too
 */
public record RegistrySettings(
    InetSocketAddress listen,
    Path data,
    Optional<URI> externalUrl,
    Lease lease,
    GcPolicy gc,
    Duration gcEvery,
    Limits limits,
    Parts parts,
    boolean accessLog) {

  /**
   * What has settings of its own.
   *
   * @param retention what is deleted by rule
   * @param mirror which other registries are shown
   * @param check how it looks after what it holds
   * @param storage where bytes and rows are
   * @param access who may do what
   * @param webhooks who is told of changes
   */
  public record Parts(
      RetentionSettings retention,
      MirrorSettings mirror,
      CheckSettings check,
      StorageSettings storage,
      AccessSettings access,
      WebhookSettings webhooks) {
    public static final Parts DEFAULT =
        new Parts(
            RetentionSettings.OFF,
            MirrorSettings.NONE,
            CheckSettings.DEFAULT,
            StorageSettings.DEFAULT,
            AccessSettings.DEFAULT,
            WebhookSettings.NONE);

    Parts with(RetentionSettings newRetention) {
      return new Parts(newRetention, mirror, check, storage, access, webhooks);
    }

    Parts with(MirrorSettings newMirror) {
      return new Parts(retention, newMirror, check, storage, access, webhooks);
    }

    Parts with(StorageSettings newStorage) {
      return new Parts(retention, mirror, check, newStorage, access, webhooks);
    }

    Parts with(AccessSettings newAccess) {
      return new Parts(retention, mirror, check, storage, newAccess, webhooks);
    }

    Parts with(WebhookSettings newWebhooks) {
      return new Parts(retention, mirror, check, storage, access, newWebhooks);
    }
  }

  /**
   * How much of everything.
   *
   * @param uploadsMax uploads in progress
   * @param uploadIdle an upload that nobody touches so long is given up
   * @param chunkMin told to clients that upload in chunks; 0 tells nothing
   * @param cache memory for manifests, tags and small blobs
   * @param reserve disk space kept back for deleting
   * @param lowWater with less than this left, nothing new is taken
   * @param tagMovesKept how many moves of each tag are remembered
   */
  public record Limits(
      int uploadsMax,
      Duration uploadIdle,
      ByteSize chunkMin,
      ByteSize cache,
      ByteSize reserve,
      ByteSize lowWater,
      int tagMovesKept) {
    public static final Limits DEFAULT =
        new Limits(
            10_000,
            Duration.ofHours(1),
            ByteSize.parse("0"),
            ByteSize.parse("48MiB"),
            ByteSize.parse("64MiB"),
            ByteSize.parse("64MiB"),
            100);
  }

  private static final Setting<String> LISTEN =
      Setting.text(
          "registry.listen", "127.0.0.1:5000", "Host and port; port 0 takes any free one.");
  private static final Setting<Path> DATA =
      Setting.path(
          "registry.data", "/var/lib/plimsoll", "Directory whose registry/ holds everything.");
  private static final Setting<Optional<String>> EXTERNAL_URL =
      Setting.optionalText(
          "registry.external-url",
          "How clients reach the registry through a proxy, such as https://example.org/images;"
              + " relative addresses unless set.");
  private static final Setting<Boolean> ACCESS_LOG =
      Setting.flag(
          "registry.access-log",
          false,
          "Also logs reads that went well; what changes something or fails is always logged.");
  private static final Setting<Duration> LEASE =
      Setting.duration(
          "registry.lease",
          Lease.DEFAULT.promised(),
          "How long a blob is kept that was pushed, mounted or asked for and that no manifest names.");
  private static final Setting<Duration> TRASH_KEPT_FOR =
      Setting.duration(
          "registry.trash.kept-for",
          GcPolicy.DEFAULT.trashKeptFor(),
          "How long a deleted tag or manifest can be restored.");
  private static final Setting<Duration> CONDEMNED_FOR =
      Setting.duration(
          "registry.gc.condemned-for",
          GcPolicy.DEFAULT.condemnedFor(),
          "How long the bytes of a blob without use stay after its lease.");
  private static final Setting<Duration> GC_EVERY =
      Setting.duration(
          "registry.gc.every", Duration.ofMinutes(1), "How often the collector looks for work.");
  private static final Setting<Boolean> GC_STEPS_ASIDE =
      Setting.flag(
          "registry.gc.steps-aside",
          GcPolicy.DEFAULT.stepsAside(),
          "Whether the collector goes slowly while clients are served, unless the disk is nearly"
              + " full.");
  private static final Setting<Optional<String>> RETENTION_POLICY =
      Setting.optionalText(
          "registry.retention.policy",
          "File of rules that say what is kept, docs/registry/retention.md; nothing is deleted"
              + " unless set.");
  private static final Setting<Duration> RETENTION_EVERY =
      Setting.duration(
          "registry.retention.every",
          RetentionSettings.OFF.every(),
          "Time between two runs of the retention rules.");
  private static final Setting<Integer> RETENTION_PERCENT_MAX =
      Setting.number(
          "registry.retention.percent-max",
          RetentionSettings.OFF.percentMax(),
          1,
          100,
          "A run of the rules that would delete a larger share of the tags or of the manifests waits"
              + " for plimsoll registry retain.");
  private static final Setting<Integer> UPLOADS_MAX =
      Setting.number(
          "registry.uploads.max",
          Limits.DEFAULT.uploadsMax(),
          1,
          1_000_000,
          "Uploads in progress.");
  private static final Setting<Duration> UPLOAD_IDLE =
      Setting.duration(
          "registry.uploads.idle",
          Limits.DEFAULT.uploadIdle(),
          "An upload that nobody touches so long is given up.");
  private static final Setting<ByteSize> CHUNK_MIN =
      Setting.size(
          "registry.uploads.chunk-min",
          Limits.DEFAULT.chunkMin(),
          "Least size of a chunk that clients are told (OCI-Chunk-Min-Length); 0 tells nothing.");
  private static final Setting<ByteSize> CACHE =
      Setting.size(
          "registry.cache", Limits.DEFAULT.cache(), "Memory for manifests, tags and small blobs.");
  private static final Setting<ByteSize> RESERVE =
      Setting.size(
          "registry.space.reserve",
          Limits.DEFAULT.reserve(),
          "Disk space kept back so that deleting works on a full disk.");
  private static final Setting<ByteSize> LOW_WATER =
      Setting.size(
          "registry.space.low-water",
          Limits.DEFAULT.lowWater(),
          "With less than this left on the disk, pushes are refused.");
  private static final Setting<Integer> TAG_MOVES =
      Setting.number(
          "registry.tag-moves-kept",
          Limits.DEFAULT.tagMovesKept(),
          0,
          1_000_000,
          "How many moves of each tag are remembered.");

  /** All settings of the registry, for {@link Settings#load}. */
  public static final List<Setting<?>> ALL =
      Stream.of(
              List.<Setting<?>>of(
                  LISTEN,
                  DATA,
                  EXTERNAL_URL,
                  ACCESS_LOG,
                  LEASE,
                  TRASH_KEPT_FOR,
                  CONDEMNED_FOR,
                  GC_EVERY,
                  GC_STEPS_ASIDE,
                  RETENTION_POLICY,
                  RETENTION_EVERY,
                  RETENTION_PERCENT_MAX,
                  UPLOADS_MAX,
                  UPLOAD_IDLE,
                  CHUNK_MIN,
                  CACHE,
                  RESERVE,
                  LOW_WATER,
                  TAG_MOVES),
              MirrorSettings.ALL,
              CheckSettings.ALL,
              StorageSettings.ALL,
              AccessSettings.ALL,
              WebhookSettings.ALL)
          .<Setting<?>>flatMap(List::stream)
          .toList();

  public RegistrySettings {
    data = data.toAbsolutePath().normalize();
    if (!gcEvery.isPositive()) {
      throw new IllegalArgumentException(
          "registry.gc.every is %s; it must be positive".formatted(gcEvery));
    }
    externalUrl.ifPresent(RegistrySettings::check);
  }

  /** Reads them; throws {@link IllegalArgumentException} with a sentence if they make no sense. */
  public static RegistrySettings from(Settings settings) {
    return new RegistrySettings(
        address(settings.get(LISTEN)),
        settings.get(DATA),
        settings.get(EXTERNAL_URL).map(URI::create),
        new Lease(settings.get(LEASE)),
        new GcPolicy(
                settings.get(TRASH_KEPT_FOR),
                settings.get(CONDEMNED_FOR),
                GcPolicy.DEFAULT.batchMax())
            .withStepsAside(settings.get(GC_STEPS_ASIDE)),
        settings.get(GC_EVERY),
        new Limits(
            settings.get(UPLOADS_MAX),
            settings.get(UPLOAD_IDLE),
            settings.get(CHUNK_MIN),
            settings.get(CACHE),
            settings.get(RESERVE),
            settings.get(LOW_WATER),
            settings.get(TAG_MOVES)),
        new Parts(
            new RetentionSettings(
                settings.get(RETENTION_POLICY).map(Path::of),
                settings.get(RETENTION_EVERY),
                settings.get(RETENTION_PERCENT_MAX)),
            MirrorSettings.from(settings),
            CheckSettings.from(settings),
            StorageSettings.from(settings),
            AccessSettings.from(settings),
            WebhookSettings.from(settings)),
        settings.get(ACCESS_LOG));
  }

  /** The defaults in a directory, on any free port of the loopback: for tests and trials. */
  public static RegistrySettings in(Path data) {
    return new RegistrySettings(
        address("127.0.0.1:0"),
        data,
        Optional.empty(),
        Lease.DEFAULT,
        GcPolicy.DEFAULT,
        Duration.ofMinutes(1),
        Limits.DEFAULT,
        Parts.DEFAULT,
        false);
  }

  public RegistrySettings withExternalUrl(URI url) {
    return new RegistrySettings(
        listen, data, Optional.of(url), lease, gc, gcEvery, limits, parts, accessLog);
  }

  public RegistrySettings withGc(Lease newLease, GcPolicy newGc, Duration newEvery) {
    return new RegistrySettings(
        listen, data, externalUrl, newLease, newGc, newEvery, limits, parts, accessLog);
  }

  public RegistrySettings withLimits(Limits newLimits) {
    return new RegistrySettings(
        listen, data, externalUrl, lease, gc, gcEvery, newLimits, parts, accessLog);
  }

  public RegistrySettings withRetention(RetentionSettings newRetention) {
    return new RegistrySettings(
        listen, data, externalUrl, lease, gc, gcEvery, limits, parts.with(newRetention), accessLog);
  }

  public RegistrySettings withMirror(MirrorSettings newMirror) {
    return new RegistrySettings(
        listen, data, externalUrl, lease, gc, gcEvery, limits, parts.with(newMirror), accessLog);
  }

  public RegistrySettings withStorage(StorageSettings newStorage) {
    return new RegistrySettings(
        listen, data, externalUrl, lease, gc, gcEvery, limits, parts.with(newStorage), accessLog);
  }

  public StorageSettings storage() {
    return parts.storage();
  }

  public RegistrySettings withAccess(AccessSettings newAccess) {
    return new RegistrySettings(
        listen, data, externalUrl, lease, gc, gcEvery, limits, parts.with(newAccess), accessLog);
  }

  public RegistrySettings withWebhooks(WebhookSettings newWebhooks) {
    return new RegistrySettings(
        listen, data, externalUrl, lease, gc, gcEvery, limits, parts.with(newWebhooks), accessLog);
  }

  /** Who may do what. */
  public AccessSettings access() {
    return parts.access();
  }

  /** Where the registry keeps its things: {@code <data>/registry}. */
  public Path root() {
    return data.resolve("registry");
  }

  private static void check(URI url) {
    String scheme = url.getScheme();
    if (url.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
      throw new IllegalArgumentException(
          "registry.external-url is %s; it must begin with http:// or https:// and a host"
              .formatted(url));
    }
  }

  private static InetSocketAddress address(String text) {
    int colon = text.lastIndexOf(':');
    try {
      String host = text.substring(0, Math.max(colon, 0));
      int port = Integer.parseInt(text.substring(colon + 1));
      return host.isEmpty()
          ? new InetSocketAddress(port)
          : new InetSocketAddress(host.replaceAll("^\\[|]$", ""), port);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "registry.listen is \"%s\"; it must be host:port, such as 127.0.0.1:5000".formatted(text),
          e);
    }
  }
}
