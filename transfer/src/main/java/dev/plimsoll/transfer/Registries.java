package dev.plimsoll.transfer;

import dev.plimsoll.http.client.HttpClient;
import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.Platform;
import java.io.IOException;

/**
 * All registries there are, as this machine is set up to reach them. Safe for many threads; keeps
 * connections until closed.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class Registries implements AutoCloseable {
  private final HttpClient http;

  public Registries(RegistrySettings settings) {
    this.http = new HttpClient(settings.http());
  }

  /**
   * Fetches an image: its manifest, its config, and the layers that the sink does not have.
   *
   * @param name without tag and digest, {@code latest} is meant; a digest wins over a tag
   * @param platform which image of an index is wanted
   * @return when every layer is committed to the sink
   * @throws TransferException if the registry refuses, or sends what it should not
   * @throws IOException if the registry cannot be reached, or broke off too often
   */
  public PulledImage pull(
      ImageName name,
      Platform platform,
      Credentials credentials,
      BlobSink sink,
      PullProgress progress)
      throws IOException, InterruptedException {
    throw new UnsupportedOperationException();
  }

  /** Fetches what the name stands for, an image's manifest or an index, and nothing more. */
  public ManifestContent manifest(ImageName name, Credentials credentials)
      throws IOException, InterruptedException {
    throw new UnsupportedOperationException();
  }

  /** Asks what the name stands for, without fetching it where the registry allows. */
  public Descriptor resolve(ImageName name, Credentials credentials)
      throws IOException, InterruptedException {
    throw new UnsupportedOperationException();
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
    throw new UnsupportedOperationException();
  }

  /**
   * Whether the registry takes these credentials, for {@code docker login}.
   *
   * @param registry host and port, or {@code docker.io}
   * @throws TransferException.Unauthorized if it does not
   */
  public LoginResult login(String registry, Credentials credentials)
      throws IOException, InterruptedException {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    http.close();
  }
}
