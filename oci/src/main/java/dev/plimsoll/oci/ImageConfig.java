package dev.plimsoll.oci;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of an image: what it runs on, what a container made from it does unless told
 * otherwise, and the digests of its uncompressed layers. Its bytes' digest is the image's id, so an
 * image that goes on keeps the bytes it came with; this record is for reading, and for writing new
 * images only.
 *
 * <p>Components are {@code null} where the file leaves them out: this is the file's own shape, with
 * Docker's field names. Lists and maps may be {@code null} too; {@link #diffIds()} never is.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md">OCI image-spec
 *     1.1.1, Image configuration</a>
 */
public record ImageConfig(
    @Nullable String created,
    @Nullable String author,
    @Nullable String architecture,
    @Nullable String variant,
    @Nullable String os,
    @JsonProperty("os.version") @Nullable String osVersion,
    @JsonProperty("docker_version") @Nullable String dockerVersion,
    @Nullable String comment,
    @Nullable Defaults config,
    @Nullable RootFs rootfs,
    @Nullable List<History> history) {

  /** What a container gets unless {@code docker run} says otherwise. */
  public record Defaults(
      @JsonProperty("Hostname") @Nullable String hostname,
      @JsonProperty("Domainname") @Nullable String domainname,
      @JsonProperty("User") @Nullable String user,
      @JsonProperty("ExposedPorts") @Nullable Map<String, Object> exposedPorts,
      @JsonProperty("Env") @Nullable List<String> env,
      @JsonProperty("Entrypoint") @Nullable List<String> entrypoint,
      @JsonProperty("Cmd") @Nullable List<String> cmd,
      @JsonProperty("Volumes") @Nullable Map<String, Object> volumes,
      @JsonProperty("WorkingDir") @Nullable String workingDir,
      @JsonProperty("Labels") @Nullable Map<String, String> labels,
      @JsonProperty("StopSignal") @Nullable String stopSignal,
      @JsonProperty("ArgsEscaped") @Nullable Boolean argsEscaped,
      @JsonProperty("Healthcheck") @Nullable Healthcheck healthcheck,
      @JsonProperty("OnBuild") @Nullable List<String> onBuild,
      @JsonProperty("Shell") @Nullable List<String> shell) {}

  /** How to ask a container whether it is well; durations in nanoseconds, 0 or absent = default. */
  public record Healthcheck(
      @JsonProperty("Test") @Nullable List<String> test,
      @JsonProperty("Interval") @Nullable Long interval,
      @JsonProperty("Timeout") @Nullable Long timeout,
      @JsonProperty("Retries") @Nullable Integer retries,
      @JsonProperty("StartPeriod") @Nullable Long startPeriod,
      @JsonProperty("StartInterval") @Nullable Long startInterval) {}

  /** The layers, lowest first, by the digests of their uncompressed bytes. */
  public record RootFs(
      @Nullable String type, @JsonProperty("diff_ids") @Nullable List<String> diffIds) {}

  /** How a layer came to be, or a step that made none ({@code empty_layer}). */
  public record History(
      @Nullable String created,
      @JsonProperty("created_by") @Nullable String createdBy,
      @Nullable String author,
      @Nullable String comment,
      @JsonProperty("empty_layer") @Nullable Boolean emptyLayer) {}

  /**
   * Reads a configuration.
   *
   * @throws IllegalArgumentException if it is not JSON of this shape, or a diffID is not a digest
   */
  public static ImageConfig parse(byte[] bytes) {
    ImageConfig config = Json.read(bytes, ImageConfig.class);
    config.diffIds();
    return config;
  }

  /** The digests of the uncompressed layers, lowest first. */
  public List<Digest> diffIds() {
    return rootfs == null || rootfs.diffIds == null
        ? List.of()
        : rootfs.diffIds.stream().map(Digest::parse).toList();
  }

  /** What the image runs on, Linux on this machine's architecture where it does not say. */
  public Platform platform() {
    Platform host = Platform.host();
    return new Platform(
        architecture == null || architecture.isEmpty() ? host.architecture() : architecture,
        os == null || os.isEmpty() ? host.os() : os,
        java.util.Optional.ofNullable(osVersion),
        java.util.Optional.ofNullable(variant).filter(v -> !v.isEmpty()));
  }

  public byte[] toBytes() {
    return Json.write(this);
  }
}
