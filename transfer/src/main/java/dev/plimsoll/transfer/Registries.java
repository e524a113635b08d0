package dev.plimsoll.transfer;

import dev.plimsoll.foundation.thread.PlatformThreads;
import dev.plimsoll.http.client.HttpClient;
import dev.plimsoll.http.client.RequestBody;
import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.Json;
import dev.plimsoll.oci.Platform;
import dev.plimsoll.oci.Tag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * All registries there are, as this machine is set up to reach them. Safe for many threads; keeps
 * connections until closed. An interrupt ends a transfer.
 */
public final class Registries implements AutoCloseable {
  private static final int TRASHED_BYTES_MAX = 16 << 20;
  private static final Logger log = LoggerFactory.getLogger(Registries.class);

  private final RegistrySettings settings;
  private final InstantSource clock;
  private final HttpClient http;
  private final RegistryHosts hosts;
  private final PlatformThreads lookups = new PlatformThreads("registry-look-up", 2);
  private final Semaphore downloads;
  private final Semaphore uploads;

  public Registries(RegistrySettings settings) {
    this(settings, InstantSource.system());
  }

  /**
   * @param clock tells when tokens expire
   */
  public Registries(RegistrySettings settings, InstantSource clock) {
    this.settings = settings;
    this.clock = clock;
    this.http = new HttpClient(settings.http());
    this.hosts = new RegistryHosts(settings, this::addresses);
    this.downloads = new Semaphore(settings.downloadsMax(), true);
    this.uploads = new Semaphore(settings.uploadsMax(), true);
  }

  /**
   * Fetches an image: its manifest, its config, and the layers that the sink does not have.
   *
   * @param name without tag and digest, {@code latest} is meant; a digest wins over a tag
   * @param platform which image of an index is wanted
   * @return when every layer is committed to the sink
   * @throws TransferException if the registry refuses, or sends what it should not
   * @throws IOException if the registry cannot be reached, or broke off too often; or the sink's own
   */
  public PulledImage pull(
      ImageName name,
      Platform platform,
      Credentials credentials,
      BlobSink sink,
      PullProgress progress)
      throws IOException, InterruptedException {
    Pull pull = new Pull(settings, downloads, name, platform, sink, progress);
    return fromAnyHost(name, credentials, pull::from);
  }

  /**
   * Opens a file of the web with the same proxies, certificates and time limits as registries.
   *
   * @throws IOException with the URL, if it is not http or https or does not answer with 200
   */
  public Download download(URI url) throws IOException, InterruptedException {
    return Download.open(http, hosts, url);
  }

  /** Fetches what the name stands for, an image's manifest or an index, and nothing more. */
  public ManifestContent manifest(ImageName name, Credentials credentials)
      throws IOException, InterruptedException {
    return fromAnyHost(
        name, credentials, session -> new Manifests(session, name).get(name.reference()));
  }

  /** Asks what the name stands for, without fetching it where the registry allows. */
  public Descriptor resolve(ImageName name, Credentials credentials)
      throws IOException, InterruptedException {
    return fromAnyHost(
        name, credentials, session -> new Manifests(session, name).resolve(name.reference()));
  }

  /** All tags of the name's repository, in the registry's order. */
  public List<Tag> tags(ImageName name, Credentials credentials)
      throws IOException, InterruptedException {
    return fromAnyHost(name, credentials, session -> new PagedLists(session, name).tags());
  }

  /**
   * One registry, without the mirrors in front of it, to be asked again and again. Nothing is sent
   * yet.
   *
   * @param registry host and port, or {@code docker.io}
   * @param plain whether it is asked by http and by nothing else
   */
  public RemoteRegistry remote(String registry, boolean plain, Credentials credentials) {
    return remote(registry, plain, () -> credentials);
  }

  /**
   * The same with credentials that are renewed now and then.
   *
   * @param credentials asked for them before every request; has to be quick
   */
  public RemoteRegistry remote(String registry, boolean plain, CredentialsSource credentials) {
    return new RemoteRegistry(
        registry,
        settings,
        credentials,
        present -> open(plain ? List.of(hosts.plain(registry)) : hosts.origin(registry), present));
  }

  /** The same by its address; see {@link RegistryAddress#plain}. */
  public RemoteRegistry remote(RegistryAddress address, Credentials credentials) {
    return remote(address.registry(), address.plain(), credentials);
  }

  /**
   * Sends an image, or an index and all its images: what the registry does not have yet, the
   * manifest last.
   *
   * @param name with the tag to be set, or with the manifest's digest, or with neither for {@code
   *     latest}
   * @throws TransferException if the registry refuses
   */
  public void push(
      ImageName name,
      ManifestContent manifest,
      BlobSource source,
      Credentials credentials,
      PushProgress progress)
      throws IOException, InterruptedException {
    try {
      RegistrySession session = open(hosts.origin(name.registry()), credentials);
      new Push(settings, uploads, session, name, source, progress).run(manifest);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /**
   * Whether the registry takes these credentials, for {@code docker login}.
   *
   * @param registry host and port, or {@code docker.io}
   * @throws TransferException.Unauthorized if it does not
   */
  public LoginResult login(String registry, Credentials credentials)
      throws IOException, InterruptedException {
    IOException failure = new IOException("no way to reach " + registry);
    for (RegistryHost host : hosts.lastGoodFirst(hosts.origin(registry))) {
      try {
        return new Login(http, hosts, host, clock).check(credentials);
      } catch (IOException e) {
        e.addSuppressed(failure);
        failure = e;
      }
    }
    throw failure;
  }

  /**
   * Tells a registry of ours what this host runs.
   *
   * @param registry its URL, reached as it says: by http or https, below its path
   * @return a clause for each of the images that is in the registry's trash, for the log
   * @throws TransferException if the registry refuses
   */
  public List<String> report(
      URI registry, String reporter, DeployedReport report, Credentials credentials)
      throws IOException, InterruptedException {
    URI base = URI.create(registry.toString().replaceAll("/+$", ""));
    RegistryHost host =
        new RegistryHost(
            base, hosts.trustFor(RegistryHosts.authority(base)), RegistryHost.Role.ORIGIN);
    RegistrySession session = RegistrySession.byPassword(http, hosts, host, credentials, clock);
    try (RegistryReply reply =
        session.send(
            "PUT",
            session.resolve("/plimsoll/v1/deployed/" + reporter),
            Set.of(),
            request ->
                request
                    .header("Content-Type", "application/json")
                    .body(RequestBody.of(report.json())))) {
      if (reply.status() >= 400) {
        throw Refusals.push(reply);
      }
      return inTrash(Json.tree(reply.body().readNBytes(TRASHED_BYTES_MAX)));
    }
  }

  private static List<String> inTrash(JsonNode taken) {
    List<String> images = new ArrayList<>();
    taken
        .path("inTrash")
        .forEach(image ->
            images.add(
                "%s@%s (deletion %d)"
                    .formatted(
                        image.path("repository").asString(),
                        image.path("digest").asString(),
                        image.path("deletion").asLong())));
    return images;
  }

  @Override
  public void close() {
    http.close();
    lookups.close();
  }

  /** What is done with a session. */
  private interface Task<T> {
    T run(RegistrySession session) throws IOException, InterruptedException;
  }

  /** Mirrors first; whatever goes wrong with one, the next is tried, and the last one decides. */
  private <T> T fromAnyHost(ImageName name, Credentials credentials, Task<T> task)
      throws IOException, InterruptedException {
    List<List<RegistryHost>> candidates = hosts.forPull(name.registry());
    for (List<RegistryHost> mirror : candidates.subList(0, candidates.size() - 1)) {
      try {
        return task.run(open(mirror, credentials));
      } catch (IOException | TransferException e) {
        log.info("mirror passed over mirror={} image={} reason={}", mirror, name, e.getMessage());
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }
    try {
      return task.run(open(candidates.getLast(), credentials));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private RegistrySession open(List<RegistryHost> ways, Credentials credentials)
      throws IOException, InterruptedException {
    IOException failure = new IOException("no way to reach the registry");
    for (RegistryHost host : hosts.lastGoodFirst(ways)) {
      try {
        RegistrySession session = RegistrySession.open(http, hosts, host, credentials, clock);
        hosts.worked(host);
        return session;
      } catch (IOException e) {
        e.addSuppressed(failure);
        failure = e;
      }
    }
    throw failure;
  }

  private List<InetAddress> addresses(String host) {
    try {
      return lookups.call(() -> List.of(InetAddress.getAllByName(host)));
    } catch (IOException e) {
      return List.of(); // connecting will say so
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }
}
