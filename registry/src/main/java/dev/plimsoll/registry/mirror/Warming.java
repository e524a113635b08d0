package dev.plimsoll.registry.mirror;

import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageManifest;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.Index;
import dev.plimsoll.oci.Manifest;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.oci.Platform;
import dev.plimsoll.oci.Reference;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.repository.Blobs;
import dev.plimsoll.registry.repository.RegistryException.Malformed;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Pulls whole images before anybody needs them. Safe for many threads. */
public final class Warming {
  private static final int INDEX_DEPTH_MAX = 3;

  private final Mirrors mirrors;
  private final Blobs blobs;

  public Warming(Mirrors mirrors, Blobs blobs) {
    this.mirrors = mirrors;
    this.blobs = blobs;
  }

  /** Hears what is being done; may stop it by throwing. */
  public interface Progress {
    /** A blob was there already, or has come. */
    void blob(Digest digest, long sizeBytes, boolean fetched) throws IOException;
  }

  /**
   * What was done for one image.
   *
   * @param stale why the manifest may not be the upstream's newest
   */
  public record Warmed(
      RepositoryName repository,
      Digest digest,
      int blobs,
      int fetchedBlobs,
      long fetchedBytes,
      Optional<String> stale) {}

  /**
   * Brings an image, with all its blobs.
   *
   * @param image by the upstream's name for it, such as {@code busybox:1.36}
   * @param platforms which images of an index; empty for all
   * @throws Malformed if no mirror is for that registry, or the image lacks one of the platforms: what
   *     it has of them is brought all the same
   */
  public Warmed warm(ImageName image, List<Platform> platforms, Progress progress)
      throws IOException {
    Mirror mirror =
        mirrors
            .named(image.registry())
            .orElseThrow(() ->
                new Malformed(
                    Malformed.Subject.NAME,
                    "no mirror is set up for %s; registry.mirror.upstreams has %s"
                        .formatted(
                            image.registry(),
                            mirrors.all().stream().map(m -> m.upstream().prefix()).toList())));
    var walk = new Walk(mirror, mirror.upstream().shown(image.repository()), platforms, progress);
    return walk.image(image.withDefaultTag().reference());
  }

  /** One image's way through. */
  private final class Walk {
    private final Mirror mirror;
    private final RepositoryName repository;
    private final List<Platform> platforms;
    private final Progress progress;
    private final Set<Platform> found = new HashSet<>();
    private final Set<String> offered = new TreeSet<>();
    private int seen;
    private int fetched;
    private long fetchedBytes;

    Walk(Mirror mirror, RepositoryName repository, List<Platform> platforms, Progress progress) {
      this.mirror = mirror;
      this.repository = repository;
      this.platforms = platforms;
      this.progress = progress;
    }

    Warmed image(Reference reference) throws IOException {
      Mirror.Served served = mirror.manifest(repository, reference);
      visit(served, 0);
      refuseIfLacking(reference);
      return new Warmed(
          repository, served.manifest().digest(), seen, fetched, fetchedBytes, served.stale());
    }

    /** A name that was mistyped would otherwise look like an image that has come. */
    private void refuseIfLacking(Reference reference) {
      List<Platform> lacking = platforms.stream().filter(p -> !found.contains(p)).toList();
      if (!offered.isEmpty() && !lacking.isEmpty()) {
        throw new Malformed(
            Malformed.Subject.PARAMETER,
            "%s %s has no image for %s; it has %s"
                .formatted(repository, reference, joined(lacking), String.join(", ", offered)));
      }
    }

    private static String joined(List<Platform> platforms) {
      return platforms.stream().map(Platform::toString).collect(Collectors.joining(", "));
    }

    private void visit(Mirror.Served served, int depth) throws IOException {
      if (served.unkept().isPresent()) {
        throw new NoSpaceException(
            "%s of %s cannot be kept: %s"
                .formatted(served.manifest().digest(), repository, served.unkept().get()));
      }
      Manifest manifest = Manifest.parse(served.manifest().bytes(), served.manifest().mediaType());
      switch (manifest) {
        case Index index -> {
          if (depth == INDEX_DEPTH_MAX) {
            throw new IOException("indexes are nested too deep in " + repository);
          }
          for (Descriptor child : index.manifests()) {
            if (wanted(child)) {
              visit(mirror.manifest(repository, child.digest()), depth + 1);
            }
          }
        }
        case ImageManifest image -> {
          for (Descriptor blob : image.references()) {
            if (!MediaTypes.isNonDistributable(blob.mediaType())) {
              bring(blob);
            }
          }
        }
      }
    }

    private boolean wanted(Descriptor child) {
      if (platforms.isEmpty()) {
        return true;
      }
      Optional<Platform> has = child.platform();
      has.ifPresent(platform -> offered.add(platform.toString()));
      List<Platform> met =
          platforms.stream()
              .filter(wanted -> has.isPresent() && matches(wanted, has.get()))
              .toList();
      found.addAll(met);
      return !met.isEmpty();
    }

    /** Of an architecture that is named without a variant all of them are wanted. */
    private static boolean matches(Platform wanted, Platform has) {
      return wanted.variant().isPresent()
          ? has.matches(wanted)
          : wanted.os().equals(has.os()) && wanted.architecture().equals(has.architecture());
    }

    private void bring(Descriptor blob) throws IOException {
      seen++;
      boolean here = blobs.has(repository, blob.digest());
      if (!here) {
        drain(mirror.blobs().get(repository, blob.digest()));
        fetched++;
        fetchedBytes += blob.size();
      }
      progress.blob(blob.digest(), blob.size(), !here);
    }

    private void drain(ComingBlob coming) throws IOException {
      switch (coming) {
        case ComingBlob.Followed(long _, var stream, var keeping) -> {
          try (stream) {
            keeping.await();
          }
        }
        case ComingBlob.Here _ -> {}
        case ComingBlob.Passing _ ->
            throw new NoSpaceException("there is no room for what is to be fetched");
      }
    }
  }
}
