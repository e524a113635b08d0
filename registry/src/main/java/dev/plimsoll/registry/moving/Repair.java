package dev.plimsoll.registry.moving;

import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.check.RepairSource;
import dev.plimsoll.registry.job.Progress;
import dev.plimsoll.registry.repository.RegistryException;
import dev.plimsoll.transfer.ManifestContent;
import dev.plimsoll.transfer.TransferException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Fetches what a check misses from where the repository can be had. For one check, one thread. */
public final class Repair implements RepairSource, AutoCloseable {
  private static final String ANY_BYTES = "application/octet-stream";

  private final Newcomer newcomer;
  private final Places places;
  private final Mode mode;
  private final Progress progress;
  private final CopyState state = new CopyState();
  private final Map<String, String> unwell = new HashMap<>();

  /** Where repositories of ours can be had from. */
  public interface Places {
    /** Throws {@link IOException} with a sentence if it can be had from nowhere. */
    Origin of(RepositoryName repository) throws IOException;
  }

  public Repair(Newcomer newcomer, Places places, Mode mode, Progress progress) {
    this.newcomer = newcomer;
    this.places = places;
    this.mode = mode;
    this.progress = progress;
  }

  @Override
  public Mode mode() {
    return mode;
  }

  @Override
  public String blob(RepositoryName repository, Digest digest, long sizeBytes)
      throws IOException, InterruptedException {
    Descriptor blob = new Descriptor(ANY_BYTES, digest, sizeBytes);
    return from(
        repository,
        origin -> {
          BlobCopy copy = new BlobCopy(newcomer, origin, repository, state, progress);
          return mode == Mode.DRY ? copy.look(blob) : copy.fetch(blob);
        });
  }

  @Override
  public String image(RepositoryName repository, Digest digest)
      throws IOException, InterruptedException {
    TreeImport.Mode copying = mode == Mode.DRY ? TreeImport.Mode.DRY : TreeImport.Mode.IMPORT;
    return from(
        repository,
        origin ->
            new ImageCopy(newcomer, origin, repository, copying, state, progress).take(digest)
                ? Optional.empty()
                : Optional.of("the image could not be had whole"));
  }

  @Override
  public byte[] manifest(RepositoryName repository, Digest digest)
      throws IOException, InterruptedException {
    Origin origin = places.of(repository);
    try {
      ManifestContent content = origin.remote().manifest(origin.name(), digest);
      state.answered();
      return content.bytes();
    } catch (IOException | TransferException e) {
      progress.goOn();
      throw new IOException(origin.place() + ": " + state.trouble(e), e);
    }
  }

  private interface Fetch {
    Optional<String> wrong(Origin origin) throws IOException, InterruptedException;
  }

  /** A place that gave nothing any more is not asked for the rest of the check. */
  private String from(RepositoryName repository, Fetch fetch)
      throws IOException, InterruptedException {
    Origin origin = places.of(repository);
    String before = unwell.get(origin.place());
    if (before != null) {
      throw new IOException(before);
    }
    Optional<String> wrong;
    try {
      wrong = fetch.wrong(origin);
    } catch (RegistryException e) {
      wrong = Optional.of(String.valueOf(e.getMessage()));
    } catch (CopyState.Unwell e) {
      unwell.put(origin.place(), String.valueOf(e.getMessage()));
      throw e;
    }
    if (wrong.isPresent()) {
      throw new IOException(origin.place() + ": " + wrong.get());
    }
    return origin.place();
  }

  @Override
  public void close() {
    state.close();
  }
}
