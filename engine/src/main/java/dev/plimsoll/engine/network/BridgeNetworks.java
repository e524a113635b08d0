package dev.plimsoll.engine.network;

import dev.plimsoll.content.DurableFile;
import dev.plimsoll.database.Database;
import dev.plimsoll.docker.container.EndpointIpamConfig;
import dev.plimsoll.docker.container.EndpointSettings;
import dev.plimsoll.docker.container.PortBinding;
import dev.plimsoll.engine.refusal.EngineException;
import dev.plimsoll.foundation.thread.PlatformThreads;
import dev.plimsoll.foundation.thread.Task;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The default network: a bridge, an address for each container, published ports. {@code none} and
 * {@code host} are passed on to {@link LocalNetworks}; any other network is refused by its name.
 *
 * <p>An endpoint is written down before anything is made in the kernel and forgotten after it is
 * taken back, so whatever a crash leaves on the host can be told from what belongs there. Everything
 * that touches the kernel runs on one platform thread, in the order it was asked for.
 *
 * <p>Safe for many threads. Closing leaves bridge, cables and ports as they are: containers live on.
 */
public final class BridgeNetworks implements ContainerNetworks, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BridgeNetworks.class);
  private static final Duration HEAL_EVERY = Duration.ofSeconds(5);

  /** The default network's name, as in {@code docker run --network bridge}. */
  public static final String BRIDGE = "bridge";

  private final LocalNetworks local = new LocalNetworks();
  private final BridgeSettings settings;
  private final Subnet subnet;
  private final BridgeLinks links;
  private final PacketFilter filter;
  private final ForeignFirewall foreign;
  private final EndpointRows rows;
  private final AddressPool addresses;
  private final PortReservations reservations = new PortReservations();
  private final UdpFlows flows = new UdpFlows();
  private final HostResolver resolver = new HostResolver();
  private final String networkId;
  private final SecureRandom random = new SecureRandom();
  private final PlatformThreads kernel = new PlatformThreads("network", 1);
  private final ScheduledExecutorService healer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("network-healer").factory());
  private boolean removed; // the kernel thread's

  private BridgeNetworks(
      BridgeSettings settings,
      Subnet subnet,
      BridgeLinks links,
      PacketFilter filter,
      Database database,
      String networkId) {
    this.settings = settings;
    this.subnet = subnet;
    this.links = links;
    this.filter = filter;
    this.foreign = filter.foreign(settings.bridge(), settings.foreign());
    this.rows = new EndpointRows(database);
    this.addresses = new AddressPool(subnet);
    this.networkId = networkId;
  }

  /**
   * Makes the bridge and the packet filter's table, or repairs them, with the ports of the containers
   * that were connected when the last engine ended.
   *
   * @param directory where what was chosen once is kept
   */
  public static BridgeNetworks open(
      BridgeSettings settings, Path directory, Database database, DurableFile files)
      throws IOException {
    Files.createDirectories(directory);
    BridgeLinks links = new BridgeLinks(settings);
    try {
      Subnet subnet =
          new SubnetChoice(directory.resolve("bridge-subnet"), files)
              .choose(settings.subnet(), links.usedByTheHost());
      String id = NetworkIdentity.of(directory.resolve("bridge-id"), files);
      links.ensureBridge(subnet);
      PacketFilter filter =
          PacketFilter.open(new Ruleset(settings.table(), settings.bridge(), subnet));
      BridgeNetworks networks = new BridgeNetworks(settings, subnet, links, filter, database, id);
      networks.takeBack();
      Future<?> _ = // ends with the healer
          networks.healer.scheduleWithFixedDelay(
              networks::heal, HEAL_EVERY.toMillis(), HEAL_EVERY.toMillis(), TimeUnit.MILLISECONDS);
      return networks;
    } catch (IOException | RuntimeException e) {
      links.close();
      throw e;
    }
  }

  /** Brings back what is written down: addresses, ports, and the table in one transaction. */
  private void takeBack() throws IOException {
    List<Ruleset.Target> targets = new ArrayList<>();
    for (Endpoint endpoint : rows.all()) {
      if (!Files.exists(links.namespace(endpoint.containerId()))) {
        rows.remove(endpoint.containerId()); // the machine was restarted: nothing of it is left
        continue;
      }
      addresses.take(endpoint.address());
      for (PublishedPort port : endpoint.ports()) {
        reserveAgain(port);
      }
      links.repair(endpoint);
      targets.addAll(endpoint.targets());
    }
    filter.replace(targets);
    foreign.look();
  }

  /** What a firewall's reload or a person took away comes back by itself. */
  void heal() {
    try {
      inKernel(() -> {
        if (removed) {
          return false;
        }
        links.ensureBridge(subnet);
        foreign.look();
        return filter.heal();
      });
    } catch (IOException | RuntimeException e) {
      log.warn("network could not be looked after", e);
    }
  }

  private void reserveAgain(PublishedPort port) throws IOException {
    try {
      reservations.reserve(
          new PortWish(port.port(), port.hostAddress(), port.hostPort(), port.hostPort()));
    } catch (EngineException.Failed e) {
      // A program of the host took it while no engine ran. The container had it first, and the
      // packet filter still leads there.
      log.warn("published port is also open on the host port={} cause={}", port, e.getMessage());
    }
  }

  @Override
  public void check(NetworkRequest request) {
    if (!request.mode().equals(BRIDGE)) {
      local.check(request);
      return;
    }
    PortWish.of(request);
    EndpointSettings asked = request.endpoints().getOrDefault(BRIDGE, EndpointSettings.NONE);
    EndpointIpamConfig ipam = asked.ipamConfig();
    if (ipam != null && !ipam.ipv4Address().isEmpty()) {
      throw new EngineException.BadParameter(
          "user specified IP address is supported on user defined networks only");
    }
    if (!asked.aliases().isEmpty()) {
      throw new EngineException.BadParameter(
          "network-scoped alias is supported only for containers in user defined networks");
    }
    if (!request.macAddress().isEmpty() || !asked.macAddress().isEmpty()) {
      throw new EngineException.NotImplemented(
          "a MAC address of one's own (--mac-address) is not supported by this engine");
    }
  }

  @Override
  public NetworkSandbox attach(NetworkRequest request) throws IOException {
    return request.mode().equals(BRIDGE) ? inKernel(() -> connect(request)) : local.attach(request);
  }

  private NetworkSandbox connect(NetworkRequest request) throws IOException {
    disconnect(request.containerId()); // an earlier start that a kill interrupted
    List<PublishedPort> ports = new ArrayList<>();
    int address = addresses.take();
    Endpoint endpoint = null;
    try {
      for (PortWish wish : PortWish.of(request)) {
        ports.add(reservations.reserve(wish));
      }
      endpoint = new Endpoint(request.containerId(), id(), address, ports);
      rows.add(endpoint);
      links.connect(endpoint, subnet);
      filter.publish(endpoint.targets());
      flows.forget(endpoint.ports());
      return sandbox(endpoint);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      undo(request.containerId(), endpoint, address, ports);
      throw new InterruptedIOException("connecting container " + request.containerName());
    } catch (EngineException.Failed e) {
      undo(request.containerId(), endpoint, address, ports);
      throw new EngineException.Failed(
          "failed to set up container networking: driver failed programming external connectivity"
              + " on endpoint %s: %s".formatted(request.containerName(), e.getMessage()),
          e);
    } catch (IOException | RuntimeException e) {
      undo(request.containerId(), endpoint, address, ports);
      throw e;
    }
  }

  private void undo(
      String containerId, @Nullable Endpoint endpoint, int address, List<PublishedPort> ports)
      throws IOException {
    if (endpoint != null) {
      disconnect(containerId);
      return;
    }
    for (PublishedPort port : ports) {
      reservations.release(port);
    }
    addresses.giveBack(address);
  }

  @Override
  public Optional<NetworkSandbox> adopt(NetworkRequest request) throws IOException {
    if (!request.mode().equals(BRIDGE)) {
      return local.adopt(request);
    }
    return rows.of(request.containerId()).map(this::unchecked);
  }

  private NetworkSandbox unchecked(Endpoint endpoint) {
    try {
      return sandbox(endpoint);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public void detach(String containerId) throws IOException {
    inKernel(() -> {
      disconnect(containerId);
      return containerId;
    });
  }

  private void disconnect(String containerId) throws IOException {
    Optional<Endpoint> endpoint = rows.of(containerId);
    if (endpoint.isEmpty()) {
      return;
    }
    filter.unpublish(endpoint.get().targets());
    forget(endpoint.get().ports());
    links.disconnect(containerId);
    rows.remove(containerId);
    for (PublishedPort port : endpoint.get().ports()) {
      reservations.release(port);
    }
    addresses.giveBack(endpoint.get().address());
  }

  private void forget(List<PublishedPort> ports) throws IOException {
    try {
      flows.forget(ports);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the rest still has to be taken back
    }
  }

  @Override
  public void renamed(String containerId, String name) {
    // The default network does not resolve names, as Docker's does not.
  }

  private NetworkSandbox sandbox(Endpoint endpoint) throws IOException {
    String address = Subnet.text(endpoint.address());
    EndpointSettings place =
        new EndpointSettings(
            null,
            List.of(),
            List.of(),
            Map.of(),
            0,
            networkId,
            endpoint.endpointId(),
            subnet.gatewayText(),
            address,
            endpoint.macAddress().toString(),
            subnet.prefixLength(),
            "",
            "",
            0,
            List.of());
    Map<String, List<PortBinding>> ports = new TreeMap<>();
    for (PublishedPort port : endpoint.ports()) {
      ports
          .computeIfAbsent(port.port().toString(), _ -> new ArrayList<>())
          .add(new PortBinding(port.hostAddress(), String.valueOf(port.hostPort())));
    }
    return new NetworkSandbox(
        new NetworkSandbox.Namespace.At(links.namespace(endpoint.containerId())),
        Map.of(BRIDGE, place),
        ports,
        resolver.nameservers(),
        List.of(address));
  }

  /** The default network, as {@code docker network inspect bridge} shows it. */
  public record Description(String id, String bridge, String subnet, String gateway) {}

  public Description description() {
    return new Description(networkId, settings.bridge(), subnet.toString(), subnet.gatewayText());
  }

  /** What of this host keeps containers from other machines, with the remedy; for people. */
  public List<String> warnings() {
    return foreign.warnings();
  }

  /** Takes bridge and table away, for good: nothing is healed any more, and no container comes. */
  public void removeFromHost() throws IOException {
    inKernel(() -> {
      removed = true;
      for (Endpoint endpoint : rows.all()) {
        disconnect(endpoint.containerId());
      }
      foreign.withdraw();
      filter.remove();
      links.removeBridge();
      return subnet;
    });
  }

  private <T> T inKernel(Task<T> task) throws IOException {
    try {
      return kernel.call(task);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("waiting for the network");
    }
  }

  private String id() {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public void close() throws IOException {
    healer.close();
    kernel.close();
    reservations.close();
    links.close();
    filter.close();
  }
}
