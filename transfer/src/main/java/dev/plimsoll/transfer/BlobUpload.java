package dev.plimsoll.transfer;

import dev.plimsoll.http.client.ClientRequest;
import dev.plimsoll.http.client.RequestBody;
import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.RepositoryName;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sends one blob, unless the registry has it or takes it from another of its repositories.
 *
 * <pre>
 *   HEAD blob ──200──▶ done
 *      │404
 *   POST mount=…&amp;from=… ──201──▶ done
 *      │202 Location
 *   PATCH (streamed) ──202 Location──▶ PUT ?digest=… ──201──▶ done
 *      │broken: GET Location ──204 Range: 0-n──▶ PATCH from n+1
 * </pre>
 *
 * <p>A small blob goes along with the PUT. Trouble of the source is wrapped in {@link
 * UncheckedIOException}: it is not the network's and trying again does not help.
 */
final class BlobUpload {
  private static final int SMALL_BYTES = 64 * 1024;
  private static final int ASKED_FIRST_BYTES = 1024 * 1024;
  private static final int BUFFER_BYTES = 64 * 1024;
  private static final Pattern RANGE = Pattern.compile("(?:bytes=)?0-([0-9]{1,18})");

  private final RegistrySession session;
  private final RepositoryName repository;
  private final Descriptor blob;
  private final BlobSource source;
  private final PushProgress progress;
  private final Attempts attempts;
  private final Pacer pacer;
  private final Set<String> scopes;

  private Optional<URI> upload = Optional.empty();
  private long offset;
  private boolean mountTried;

  BlobUpload(
      RegistrySession session,
      RegistrySettings settings,
      RepositoryName repository,
      Descriptor blob,
      BlobSource source,
      PushProgress progress) {
    this.session = session;
    this.repository = repository;
    this.blob = blob;
    this.source = source;
    this.progress = progress;
    this.attempts = new Attempts(settings, delay -> progress.retrying(blob, delay));
    this.pacer = new Pacer(bytes -> progress.pushing(blob, bytes));
    this.scopes = Set.of(Authorizer.scope(repository, "pull,push"));
  }

  void run() throws IOException, InterruptedException {
    boolean sending = false;
    while (true) {
      try {
        if (isThere()) {
          // After a lost answer to our own PUT the blob is there because we sent it.
          if (sending) {
            progress.pushed(blob);
          } else {
            progress.alreadyExists(blob);
          }
          return;
        }
        if (upload.isEmpty() && mounted()) {
          return;
        }
        sending = true;
        send();
        progress.pushed(blob);
        return;
      } catch (IOException e) {
        long before = offset;
        findOutWhereItStands();
        if (offset > before) {
          attempts.progressed();
        }
        attempts.failed(e);
      }
    }
  }

  private boolean isThere() throws IOException, InterruptedException {
    URI uri = session.resolve("/v2/" + repository + "/blobs/" + blob.digest());
    try (RegistryReply reply = session.read("HEAD", uri, scopes, request -> request)) {
      return switch (reply.status()) {
        case 200 -> true;
        case 404 -> false;
        default -> throw refusal(reply);
      };
    }
  }

  /** Begins an upload, unless the blob could be mounted. */
  private boolean mounted() throws IOException, InterruptedException {
    Optional<RepositoryName> from =
        mountTried
            ? Optional.empty()
            : source.alsoIn(blob).stream().filter(other -> !other.equals(repository)).findFirst();
    mountTried = true;
    Set<String> wanted =
        from.map(other -> Set.of(scope(), Authorizer.scope(other, "pull"))).orElse(scopes);
    String query = from.map(other -> "?mount=" + blob.digest() + "&from=" + other).orElse("");
    URI uri = session.resolve("/v2/" + repository + "/blobs/uploads/" + query);
    try (RegistryReply reply = session.send("POST", uri, wanted, request -> request)) {
      if (reply.status() == 201 && from.isPresent()) {
        progress.mounted(blob, from.get());
        return true;
      }
      boolean mountRefused = from.isPresent() && reply.status() / 100 == 4;
      if (!mountRefused) {
        if (reply.status() != 202) {
          throw refusal(reply);
        }
        upload = Optional.of(location(reply));
        offset = 0;
        return false;
      }
    }
    return mounted(); // no right to read there, say: then without
  }

  private void send() throws IOException, InterruptedException {
    if (blob.size() > SMALL_BYTES && offset < blob.size()) {
      try (RegistryReply reply = session.send("PATCH", where(), scopes, this::rest)) {
        if (reply.status() != 202 && reply.status() != 204) {
          throw refusal(reply);
        }
        upload = Optional.of(location(reply));
        offset = blob.size();
      }
    }
    pacer.end(offset);
    String separator = where().getRawQuery() == null ? "?" : "&";
    URI end = URI.create(where() + separator + "digest=" + blob.digest());
    UnaryOperator<ClientRequest> dress = offset < blob.size() ? this::rest : request -> request;
    try (RegistryReply reply = session.send("PUT", end, scopes, dress)) {
      if (reply.status() / 100 != 2) {
        throw refusal(reply);
      }
    }
    pacer.end(blob.size());
  }

  private ClientRequest rest(ClientRequest request) {
    long start = offset;
    ClientRequest streaming =
        request
            .header("Content-Type", "application/octet-stream")
            .body(RequestBody.sized(blob.size() - start, out -> copy(start, out)));
    if (start > 0) {
      streaming = streaming.header("Content-Range", start + "-" + (blob.size() - 1));
    }
    return blob.size() - start > ASKED_FIRST_BYTES ? streaming.expectContinue() : streaming;
  }

  private void copy(long start, OutputStream out) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    long at = start;
    try (InputStream in = open(start)) {
      while (at < blob.size()) {
        int read = read(in, buffer, (int) Math.min(buffer.length, blob.size() - at));
        out.write(buffer, 0, read);
        at += read;
        pacer.at(at);
      }
    }
  }

  private InputStream open(long start) {
    try {
      return source.open(blob, start);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int read(InputStream in, byte[] buffer, int length) {
    try {
      int read = in.read(buffer, 0, length);
      if (read < 0) {
        throw new IOException(
            "%s is shorter than its %d bytes".formatted(blob.digest(), blob.size()));
      }
      return read;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** After a failure: asks how much arrived; whatever the answer is not, the upload begins anew. */
  private void findOutWhereItStands() throws InterruptedException {
    if (upload.isEmpty()) {
      return;
    }
    try (RegistryReply reply = session.read("GET", where(), scopes, request -> request)) {
      Matcher range = RANGE.matcher(reply.header("Range").orElse(""));
      if (reply.status() == 204 && range.matches()) {
        long last = Long.parseLong(range.group(1));
        // "0-0" is one byte or, in registries that cannot say "none", none: the safe reading is
        // none,
        // since sending the first byte again is answered 416 at worst.
        offset = last == 0 ? 0 : last + 1;
        upload = Optional.of(location(reply));
        if (offset <= blob.size()) {
          return;
        }
      }
    } catch (IOException | TransferException e) {
      // The reason to be here is on its way to the caller already, or the next attempt meets it.
    }
    upload = Optional.empty();
    offset = 0;
  }

  /** What an answer means that is not the one hoped for. */
  private TransferException refusal(RegistryReply reply) throws IOException {
    TransferException refusal = Refusals.push(reply);
    boolean uploadLost =
        upload.isPresent()
            && (reply.status() == 404 || reply.status() == 416)
            && !(refusal instanceof TransferException.Denied);
    if (Refusals.passing(reply.status()) || uploadLost) {
      throw new IOException(refusal.getMessage(), refusal);
    }
    return refusal;
  }

  private URI where() {
    return upload.orElseThrow();
  }

  private String scope() {
    return Authorizer.scope(repository, "pull,push");
  }

  private static URI location(RegistryReply reply) throws IOException {
    String location =
        reply
            .header("Location")
            .orElseThrow(() -> new IOException("the registry names no place for the upload"));
    return Locations.resolve(reply.asked(), location);
  }
}
