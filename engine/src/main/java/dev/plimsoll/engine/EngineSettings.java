package dev.plimsoll.engine;

import dev.plimsoll.engine.container.LogLimits;
import dev.plimsoll.engine.network.ForeignFirewall;
import dev.plimsoll.engine.network.Subnet;
import dev.plimsoll.engine.report.ReportSettings;
import dev.plimsoll.foundation.ByteSize;
import dev.plimsoll.foundation.settings.Setting;
import dev.plimsoll.foundation.settings.Settings;
import dev.plimsoll.http.client.ClientSettings;
import dev.plimsoll.http.client.ProxySettings;
import dev.plimsoll.transfer.RegistrySettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Everything that can be set about the engine.
 *
 * @param data the directory whose {@code engine/} holds images, containers and volumes
 * @param run sockets and what dies with the boot; short, for socket paths end at 107 bytes
 * @param socket where the engine listens
 * @param dockerSocket where it listens too, such as {@code /var/run/docker.sock}
 * @param socketGroup who may use the sockets beside root, if the group exists
 * @param logs how much output is kept of containers whose {@code --log-opt} does not say
 * @param report to whom it is told what runs here
 * @param subnet of the default network; empty lets the engine find one that the host does not use
 * @param foreignFirewall what is done where another program's rules drop containers' traffic
 */
public record EngineSettings(
    Path data,
    Path run,
    Path socket,
    Optional<Path> dockerSocket,
    String socketGroup,
    RegistrySettings registries,
    Optional<Subnet> subnet,
    ForeignFirewall.Handling foreignFirewall,
    LogLimits logs,
    ReportSettings report) {

  private static final Setting<Path> DATA =
      Setting.path(
          "engine.data",
          Installation.DEFAULT_DATA.toString(),
          "Directory whose engine/ holds images, containers and volumes.");
  private static final Setting<Optional<String>> RUN =
      Setting.optionalText(
          "engine.run",
          "Directory of sockets and of what dies with the boot; /run/plimsoll, or beside it where"
              + " engine.data is set.");
  private static final Setting<Optional<String>> SOCKET =
      Setting.optionalText("engine.socket", "Unix socket to listen on; engine.sock in engine.run.");
  private static final Setting<Optional<String>> DOCKER_SOCKET =
      Setting.optionalText(
          "engine.docker-socket",
          "A second socket, /var/run/docker.sock for clients that know no other; none unless set.");
  private static final Setting<String> SOCKET_GROUP =
      Setting.text(
          "engine.socket-group",
          "plimsoll",
          "Group that may use the sockets beside root, if it exists.");
  private static final Setting<List<String>> MIRRORS =
      Setting.texts("engine.registry-mirrors", "URLs asked in order before Docker Hub, on pulls.");
  private static final Setting<List<String>> INSECURE =
      Setting.texts(
          "engine.insecure-registries",
          "Registries reached without verified TLS: host, host:port or a block such as 10.0.0.0/8;"
              + " loopback always is.");
  private static final Setting<Path> CERTIFICATES =
      Setting.path(
          "engine.certificates",
          RegistrySettings.DEFAULT.certificatesDirectory().toString(),
          "Directory of host:port/*.crt, *.cert and *.key for registries.");
  private static final Setting<Integer> DOWNLOADS =
      Setting.number(
          "engine.downloads-max",
          RegistrySettings.DEFAULT.downloadsMax(),
          1,
          64,
          "Layers fetched at once, over all pulls.");
  private static final Setting<Integer> UPLOADS =
      Setting.number(
          "engine.uploads-max",
          RegistrySettings.DEFAULT.uploadsMax(),
          1,
          64,
          "Layers sent at once, over all pushes.");
  private static final Setting<Optional<Subnet>> SUBNET =
      new Setting<>(
          "engine.network.subnet",
          Optional.empty(),
          text -> text.isEmpty() ? Optional.empty() : Optional.of(Subnet.parse(text)),
          "Addresses of the default network, such as 10.20.0.0/16; one that the host does not use"
              + " unless set.");

  private static final Setting<ForeignFirewall.Handling> FOREIGN_FIREWALL =
      new Setting<>(
          "engine.network.foreign-firewall",
          ForeignFirewall.Handling.WARN,
          ForeignFirewall.Handling::parse,
          "Where another firewall drops what is forwarded, as dockerd's does: warn says so; accept"
              + " lets containers' traffic pass there, in DOCKER-USER or the chain itself.");

  private static final Setting<ByteSize> LOG_SIZE =
      Setting.size(
          "engine.log.max-size",
          new ByteSize(LogLimits.DEFAULT.fileBytes()),
          "Bytes after which a container's log begins a new file, where --log-opt does not say.");
  private static final Setting<Integer> LOG_FILES =
      Setting.number(
          "engine.log.max-file",
          LogLimits.DEFAULT.filesMax(),
          1,
          1000,
          "Log files kept of a container, the current one counted, where --log-opt does not say.");

  private static final Setting<Optional<String>> REPORT_REGISTRY =
      Setting.optionalText(
          "engine.report.registry",
          "URL of a Plimsoll registry that is told what runs here, so that it keeps it; none unless"
              + " set.");
  private static final Setting<Optional<String>> REPORT_NAME =
      Setting.optionalText(
          "engine.report.name", "By which that registry knows this engine; the host's name.");
  private static final Setting<Duration> REPORT_EVERY =
      Setting.duration(
          "engine.report.every",
          ReportSettings.OFF.every(),
          "How long until the same is told again; a change is told within seconds.");
  private static final Setting<Optional<String>> REPORT_CREDENTIALS =
      Setting.optionalText(
          "engine.report.credentials", "File with user:password for it; none unless set.");

  /** All settings of the engine, for {@link Settings#load}. */
  public static final List<Setting<?>> ALL =
      List.of(
          DATA,
          RUN,
          SOCKET,
          DOCKER_SOCKET,
          SOCKET_GROUP,
          MIRRORS,
          INSECURE,
          CERTIFICATES,
          DOWNLOADS,
          UPLOADS,
          SUBNET,
          FOREIGN_FIREWALL,
          LOG_SIZE,
          LOG_FILES,
          REPORT_REGISTRY,
          REPORT_NAME,
          REPORT_EVERY,
          REPORT_CREDENTIALS);

  public EngineSettings {
    data = data.toAbsolutePath().normalize();
    run = run.toAbsolutePath().normalize();
    socket = socket.toAbsolutePath().normalize();
    dockerSocket = dockerSocket.map(path -> path.toAbsolutePath().normalize());
  }

  /** Reads them; throws {@link IllegalArgumentException} with a sentence if they make no sense. */
  public static EngineSettings from(Settings settings) {
    Path data = settings.get(DATA);
    Path run = settings.get(RUN).map(Path::of).orElseGet(() -> Installation.of(data).run());
    return new EngineSettings(
        data,
        run,
        settings.get(SOCKET).map(Path::of).orElse(run.resolve("engine.sock")),
        settings.get(DOCKER_SOCKET).map(Path::of),
        settings.get(SOCKET_GROUP),
        RegistrySettings.DEFAULT
            .withMirrors(settings.get(MIRRORS).stream().map(URI::create).toList())
            .withInsecureRegistries(settings.get(INSECURE))
            .withCertificatesDirectory(settings.get(CERTIFICATES))
            .withConcurrency(settings.get(DOWNLOADS), settings.get(UPLOADS))
            // By the names that every program knows, as dockerd does: HTTPS_PROXY and its like.
            .withHttp(
                ClientSettings.DEFAULT
                    .withUserAgent("plimsoll/" + EngineVersion.TEXT)
                    .withProxies(ProxySettings.fromEnvironment(System.getenv()))),
        settings.get(SUBNET),
        settings.get(FOREIGN_FIREWALL),
        new LogLimits(settings.get(LOG_SIZE).bytes(), settings.get(LOG_FILES)),
        new ReportSettings(
            settings.get(REPORT_REGISTRY).map(URI::create),
            settings.get(REPORT_NAME).orElse(""),
            settings.get(REPORT_EVERY),
            settings.get(REPORT_CREDENTIALS).map(Path::of)));
  }

  /** The defaults, with everything under two directories: for tests and trials. */
  public static EngineSettings in(Path data, Path run) {
    return new EngineSettings(
        data,
        run,
        run.resolve("engine.sock"),
        Optional.empty(),
        "plimsoll",
        RegistrySettings.DEFAULT,
        Optional.empty(),
        ForeignFirewall.Handling.WARN,
        LogLimits.DEFAULT,
        ReportSettings.OFF);
  }

  /** Where the engine keeps its things: {@code <data>/engine}. */
  public Path root() {
    return data.resolve("engine");
  }

  /** All sockets to listen on. */
  public List<Path> sockets() {
    List<Path> all = new ArrayList<>();
    all.add(socket);
    dockerSocket.ifPresent(all::add);
    return all;
  }
}
