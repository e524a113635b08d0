package dev.plimsoll.registry.api;

import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.foundation.UnavailableException;
import dev.plimsoll.foundation.log.LogContext;
import dev.plimsoll.http.BodyException;
import dev.plimsoll.http.ClientGone;
import dev.plimsoll.http.CutShort;
import dev.plimsoll.http.Handler;
import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.registry.auth.AccessControl;
import dev.plimsoll.registry.auth.AccessException;
import dev.plimsoll.registry.auth.Need;
import dev.plimsoll.registry.auth.ReadOnly;
import dev.plimsoll.registry.event.AuditLog;
import dev.plimsoll.registry.event.AuditNote;
import dev.plimsoll.registry.mirror.BlobBroken;
import dev.plimsoll.registry.mirror.Mirrors;
import dev.plimsoll.registry.repository.Blobs;
import dev.plimsoll.registry.repository.Manifests;
import dev.plimsoll.registry.repository.Quotas;
import dev.plimsoll.registry.repository.RegistryException;
import dev.plimsoll.registry.repository.RegistryException.Malformed;
import dev.plimsoll.registry.repository.RegistryException.Malformed.Subject;
import dev.plimsoll.registry.repository.RegistryException.Unsupported;
import dev.plimsoll.registry.repository.RegistryException.UpstreamBusy;
import dev.plimsoll.registry.repository.Space;
import dev.plimsoll.registry.repository.Tags;
import dev.plimsoll.registry.repository.Uploads;
import dev.plimsoll.registry.retention.Pulls;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers every request to the registry. Safe for many threads. */
public final class RegistryApi implements Handler {
  private static final Logger log = LoggerFactory.getLogger(RegistryApi.class);
  private static final byte[] EMPTY_OBJECT = "{}".getBytes(StandardCharsets.UTF_8);
  private static final String ROOT = "/v2";
  private static final int RETRY_AFTER_SECONDS = 5;

  private final Locations locations;
  private final MirrorApi mirrorApi;
  private final Gate gate;
  private final BlobsApi blobsApi;
  private final UploadsApi uploadsApi;
  private final ManifestsApi manifestsApi;
  private final ListsApi listsApi;
  private final ReadOnly readOnly;
  private final HealthApi healthApi;
  private final List<AdminResource> admin;

  /** The core that is served. */
  public record Core(
      Blobs blobs,
      Uploads uploads,
      Manifests manifests,
      Pulls pulls,
      Tags tags,
      Space space,
      Mirrors mirrors,
      Quotas quotas,
      ReadOnly readOnly) {}

  /**
   * Puts the endpoints together.
   *
   * @param chunkMinBytes told to clients that upload in chunks; 0 tells nothing
   * @param admin the registry's own API, subject by subject
   */
  public RegistryApi(
      Core core,
      AccessControl access,
      Origins origins,
      Optional<URI> externalUrl,
      long chunkMinBytes,
      HealthApi healthApi,
      List<AdminResource> admin) {
    this.locations = new Locations(externalUrl);
    this.mirrorApi = new MirrorApi(core.mirrors(), core.manifests(), core.blobs());
    this.gate = new Gate(access, origins, locations, mirrorApi::named);
    this.blobsApi = new BlobsApi(core.blobs());
    this.uploadsApi =
        new UploadsApi(
            core.uploads(),
            core.blobs(),
            core.space(),
            core.quotas(),
            access,
            locations,
            chunkMinBytes);
    this.manifestsApi =
        new ManifestsApi(core.manifests(), core.pulls(), core.space(), mirrorApi, locations);
    this.listsApi = new ListsApi(core.tags(), core.manifests(), mirrorApi, access, locations);
    this.readOnly = core.readOnly();
    this.healthApi = healthApi;
    this.admin = List.copyOf(admin);
  }

  @Override
  public void handle(Request request, Response response) throws Exception {
    try {
      String path = locations.inner(request.path());
      if (!healthApi.handle(path, request, response)) {
        Visitor visitor = gate.admit(request);
        ScopedValue.where(Callers.VISITOR, visitor)
            .where(LogContext.REQUEST, visitor.requestId())
            .<@Nullable Void, IOException>call(() -> {
              audited(path, visitor, request, response);
              return null;
            });
      }
    } catch (AccessException e) {
      if (!response.committed()) {
        gate.challenge(e, request, response);
      }
      refuse(response, ErrorReply.to(e), e);
    } catch (RegistryException e) {
      if (e instanceof UpstreamBusy busy && busy.pause().isPositive()) {
        response.header("Retry-After", busy.pause().plusMillis(999).toSeconds());
      }
      refuse(response, ErrorReply.to(e), e);
    } catch (NoSpaceException e) {
      log.warn("no space request={} path={}: {}", request.id(), request.path(), e.getMessage());
      if (response.committed()) {
        throw e;
      }
      ErrorReply.sendNoSpace(response, e);
    } catch (UnavailableException e) {
      log.warn("unavailable request={} path={}: {}", request.id(), request.path(), e.getMessage());
      response.header("Retry-After", RETRY_AFTER_SECONDS);
      refuse(response, ErrorReply.unavailable(), e);
    } catch (BlobBroken e) {
      log.warn("blob cut off request={} path={}: {}", request.id(), request.path(), e.getMessage());
      throw new CutShort(e);
    } catch (ClientGone | BodyException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      log.error("request failed request={} path={}", request.id(), request.path(), e);
      refuse(response, ErrorReply.internal(request.id()), e);
    }
  }

  private static void refuse(Response response, ErrorReply reply, Exception cause)
      throws Exception {
    if (response.committed()) {
      throw cause; // the connection is cut: the client must not take half an answer for a whole
    }
    reply.send(response);
  }

  /** What changes something is on record; bytes that no manifest names yet have changed nothing. */
  private void audited(String path, Visitor visitor, Request request, Response response)
      throws IOException {
    if (isRead(request) || path.contains("/blobs/uploads/") || path.equals(TokenApi.PATH)) {
      route(path, visitor, request, response);
      return;
    }
    var note =
        new AuditNote(
            visitor.name(),
            visitor.origin().address(),
            visitor.requestId(),
            request.method() + " " + request.target());
    AuditLog.record(note, () -> route(path, visitor, request, response));
  }

  private static boolean isRead(Request request) {
    return request.method().equals("GET") || request.method().equals("HEAD");
  }

  /** Whether a change is only to be told, not made. */
  private static boolean isRehearsal(Request request) {
    return !isRead(request) && Parameters.dryRun(request);
  }

  private static Unsupported noRehearsal(Request request) {
    return new Unsupported(
        "%s %s has no dry-run; nothing was done".formatted(request.method(), request.path()));
  }

  /** Nobody meant what is not known: {@code dryrun} least of all to delete. */
  private void refuseUnknownParameters(String path, Request request) {
    if (path.equals(TokenApi.PATH)) {
      return; // clients tell it more than it asks
    }
    Set<String> known = new TreeSet<>();
    admin.forEach(resource -> known.addAll(resource.parameters(path)));
    if (!isRead(request)) {
      known.add(Parameters.DRY_RUN);
    }
    Set<String> unknown = new TreeSet<>(request.queryNames());
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw new Malformed(
          Subject.PARAMETER,
          "%s %s has no parameter %s; %s; nothing was done"
              .formatted(
                  request.method(),
                  request.path(),
                  String.join(", ", unknown),
                  known.isEmpty() ? "it has none" : "these are: " + String.join(", ", known)));
    }
  }

  private void refuseIfReadOnly(Request request) throws IOException {
    if (!isRead(request)) {
      readOnly
          .reason()
          .ifPresent(reason -> {
            throw new AccessException.ReadOnly(reason);
          });
    }
  }

  private void route(String path, Visitor visitor, Request request, Response response)
      throws IOException {
    if (!path.equals(ROOT) && !path.startsWith(ROOT + "/")) {
      if (path.equals(HealthApi.METRICS)) {
        gate.checkMetrics(visitor);
        healthApi.metrics(request, response);
      } else if (!administered(path, visitor, request, response)) {
        ErrorReply.noEndpoint().send(response);
      }
      return;
    }
    response.header("Docker-Distribution-Api-Version", "registry/2.0");
    Optional<Endpoint> endpoint = Endpoint.parse(path.substring(ROOT.length()));
    if (endpoint.isEmpty()) {
      ErrorReply.noEndpoint().send(response);
      return;
    }
    Endpoint meant =
        mirrorApi.meant(endpoint.get(), request, repository -> gate.mayPull(visitor, repository));
    gate.check(meant, visitor, request);
    mirrorApi.refuseUnknownUpstream(request);
    if (isRehearsal(request)) {
      throw noRehearsal(request);
    }
    refuseIfReadOnly(request);
    switch (meant) {
      case Endpoint.Base _ ->
          response.header("Content-Type", "application/json").send(EMPTY_OBJECT);
      case Endpoint.Catalog _ -> listsApi.catalog(request, response);
      case Endpoint.Blob at -> {
        if (!mirrorApi.blob(at, request, response)) {
          blobsApi.handle(at, request, response);
        }
      }
      case Endpoint.Uploads at -> {
        mirrorApi.refusePush(at.repository());
        uploadsApi.handle(at, request, response);
      }
      case Endpoint.Upload at -> {
        mirrorApi.refusePush(at.repository());
        uploadsApi.handle(at, request, response);
      }
      case Endpoint.ManifestOf at -> manifestsApi.handle(at, request, response);
      case Endpoint.Tags at -> listsApi.tags(at, request, response);
      case Endpoint.Referrers at -> listsApi.referrers(at, request, response);
    }
  }

  private boolean administered(String path, Visitor visitor, Request request, Response response)
      throws IOException {
    if (!path.startsWith(AdminResource.ROOT + "/")) {
      return false;
    }
    gate.require(
        admin.stream()
            .flatMap(resource -> resource.need(path, request).stream())
            .findFirst()
            .orElse(Need.TO_ADMINISTER),
        visitor);
    refuseUnknownParameters(path, request);
    boolean rehearsal = isRehearsal(request);
    if (rehearsal && admin.stream().noneMatch(it -> it.rehearses(request.method(), path))) {
      throw noRehearsal(request);
    }
    if (!path.equals(TokenApi.PATH)
        && !path.equals(ReadOnlyApi.PATH)
        && !path.equals(BackupApi.PATH)
        && !DeployedApi.isReport(request.method(), path)
        && !rehearsal) {
      refuseIfReadOnly(request);
    }
    for (AdminResource resource : admin) {
      if (resource.handle(path, request, response)) {
        return true;
      }
    }
    return false;
  }
}
