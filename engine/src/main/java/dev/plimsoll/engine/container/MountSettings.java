package dev.plimsoll.engine.container;

import dev.plimsoll.docker.container.MountPoint;
import java.util.List;

/**
 * One mount of a container, decided when the container is created.
 *
 * @param name of the volume, else empty
 * @param source the path on the host of a bind; empty for a volume (its driver knows) and a tmpfs
 * @param destination absolute and normalised, in the container
 * @param mode as the user wrote it, for inspect
 * @param propagation of a bind, such as {@code rprivate}; else empty
 * @param options of a tmpfs as mount options
 * @param createSource whether a missing source is made as a directory, as {@code -v} does
 * @param copyUp whether an empty volume is filled from the image
 * @param subpath below the volume's root, else empty
 * @param anonymous whether the volume was made for this container alone
 * @param recursive whether what is mounted below the source comes along
 */
public record MountSettings(
    Kind kind,
    String name,
    String source,
    String destination,
    String mode,
    boolean writable,
    String propagation,
    List<String> options,
    boolean createSource,
    boolean copyUp,
    String subpath,
    boolean anonymous,
    boolean recursive) {

  /** What is mounted. */
  public enum Kind {
    BIND,
    VOLUME,
    TMPFS;

    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  public MountSettings {
    options = List.copyOf(options);
  }

  static MountSettings bind(String source, String destination, BindMode mode) {
    return new MountSettings(
        Kind.BIND,
        "",
        source,
        destination,
        mode.text(),
        mode.writable(),
        mode.propagation().isEmpty() ? "rprivate" : mode.propagation(),
        List.of(),
        true,
        false,
        "",
        false,
        true);
  }

  static MountSettings volume(String name, String destination, BindMode mode) {
    return new MountSettings(
        Kind.VOLUME,
        name,
        "",
        destination,
        mode.text().isEmpty() ? "z" : mode.text(), // what dockerd shows for its own driver
        mode.writable(),
        "",
        List.of(),
        false,
        mode.copyUp(),
        "",
        false,
        true);
  }

  static MountSettings anonymous(String destination) {
    return new MountSettings(
        Kind.VOLUME, "", "", destination, "", true, "", List.of(), false, true, "", true, true);
  }

  static MountSettings tmpfs(String destination, List<String> options, boolean writable) {
    return new MountSettings(
        Kind.TMPFS, "", "", destination, "", writable, "", options, false, false, "", false, true);
  }

  /** The same with the name that the volume got. */
  MountSettings named(String volume) {
    return new MountSettings(
        kind,
        volume,
        source,
        destination,
        mode,
        writable,
        propagation,
        options,
        createSource,
        copyUp,
        subpath,
        anonymous,
        recursive);
  }

  MountSettings readOnly() {
    return new MountSettings(
        kind,
        name,
        source,
        destination,
        mode,
        false,
        propagation,
        options,
        createSource,
        copyUp,
        subpath,
        anonymous,
        recursive);
  }

  /** As inspect shows it; {@code volumePath} is where the volume is on the host. */
  MountPoint point(String volumePath) {
    return new MountPoint(
        kind.word(),
        name,
        kind == Kind.VOLUME ? volumePath : source,
        destination,
        kind == Kind.VOLUME ? "local" : "",
        mode,
        writable,
        propagation);
  }
}
