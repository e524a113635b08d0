package dev.plimsoll.registry.moving;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.repository.RegistryException.JobRefused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What docker-registry (Distribution 2.x and 3.x) keeps on a file system. It is only ever read.
 *
 * <pre>
 *   docker/registry/v2/blobs/sha256/&lt;xx&gt;/&lt;hex&gt;/data
 *   docker/registry/v2/repositories/&lt;name&gt;/_manifests/revisions/sha256/&lt;hex&gt;/link
 *   docker/registry/v2/repositories/&lt;name&gt;/_manifests/tags/&lt;tag&gt;/current/link
 *   docker/registry/v2/repositories/&lt;name&gt;/_manifests/tags/&lt;tag&gt;/index/sha256/&lt;hex&gt;/link
 * </pre>
 */
final class DistributionTree {
  private static final int LINK_BYTES_MAX = 1024;

  private final Path root;

  private DistributionTree(Path root) {
    this.root = root;
  }

  /** Finds the tree in its root directory, or in a directory on the way to it. */
  static DistributionTree in(Path directory) {
    for (String below : List.of("docker/registry/v2", "registry/v2", "v2", "")) {
      Path root = below.isEmpty() ? directory : directory.resolve(below);
      if (Files.isDirectory(root.resolve("blobs"))
          && Files.isDirectory(root.resolve("repositories"))) {
        return new DistributionTree(root);
      }
    }
    throw new JobRefused(
        "%s holds no registry: there is no docker/registry/v2 with blobs and repositories in it"
                .formatted(directory)
            + " that this server can read");
  }

  /** What could not be read, a link or a whole directory, with the reason. */
  interface Unreadable {
    void tell(Path file, String reason);
  }

  List<RepositoryName> repositories(Unreadable unreadable) throws IOException {
    Path all = root.resolve("repositories");
    List<RepositoryName> names = new ArrayList<>();
    Files.walkFileTree(
        all,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path place, BasicFileAttributes attributes) {
            if (place.endsWith("_manifests")) {
              take(place, String.valueOf(all.relativize(place).getParent()));
            }
            return String.valueOf(place.getFileName()).startsWith("_")
                ? FileVisitResult.SKIP_SUBTREE // no name begins so: it is what a repository holds
                : FileVisitResult.CONTINUE;
          }

          private void take(Path place, String name) {
            try {
              names.add(new RepositoryName(name));
            } catch (IllegalArgumentException e) {
              unreadable.tell(place, String.valueOf(e.getMessage()));
            }
          }

          @Override
          public FileVisitResult visitFileFailed(Path place, IOException e) {
            unreadable.tell(place, reason(e));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path place, @Nullable IOException e) {
            if (e != null) {
              unreadable.tell(place, reason(e));
            }
            return FileVisitResult.CONTINUE;
          }
        });
    names.sort(Comparator.naturalOrder());
    return names;
  }

  /** The manifests of a repository that are not deleted. */
  List<Digest> revisions(RepositoryName repository, Unreadable unreadable) {
    return links(manifests(repository).resolve("revisions"), unreadable);
  }

  List<Tag> tags(RepositoryName repository, Unreadable unreadable) {
    List<Tag> tags = new ArrayList<>();
    for (Path directory : list(manifests(repository).resolve("tags"), unreadable)) {
      try {
        tags.add(new Tag(String.valueOf(directory.getFileName())));
      } catch (IllegalArgumentException e) {
        unreadable.tell(directory, String.valueOf(e.getMessage()));
      }
    }
    return tags;
  }

  /** Where a tag has pointed, oldest first, and last where it points now. */
  List<Digest> history(RepositoryName repository, Tag tag, Unreadable unreadable) {
    Path place = manifests(repository).resolve("tags").resolve(tag.value());
    List<Digest> history = new ArrayList<>(links(place.resolve("index"), unreadable));
    Path current = place.resolve("current").resolve("link");
    try {
      Digest now = link(current);
      history.remove(now);
      history.add(now);
      return history;
    } catch (IOException | IllegalArgumentException e) {
      unreadable.tell(current, reason(e));
      return List.of();
    }
  }

  /** The file with a blob's or a manifest's bytes, there or not. */
  Path data(Digest digest) {
    return root.resolve("blobs")
        .resolve(digest.algorithm().prefix())
        .resolve(digest.hex().substring(0, 2))
        .resolve(digest.hex())
        .resolve("data");
  }

  private Path manifests(RepositoryName repository) {
    return root.resolve("repositories").resolve(repository.value()).resolve("_manifests");
  }

  /** {@code <algorithm>/<hex>/link}, in the order in which they were written. */
  private static List<Digest> links(Path directory, Unreadable unreadable) {
    record Link(Digest digest, long writtenMillis) {}
    List<Link> found = new ArrayList<>();
    for (Path algorithm : list(directory, unreadable)) {
      for (Path hex : list(algorithm, unreadable)) {
        Path file = hex.resolve("link");
        String named = algorithm.getFileName() + ":" + hex.getFileName();
        try {
          Digest digest = link(file);
          if (!digest.toString().equals(named)) {
            throw new IOException("it says " + digest);
          }
          found.add(new Link(digest, Files.getLastModifiedTime(file).toMillis()));
        } catch (NoSuchFileException deleted) {
          // through the API: the directory stays
        } catch (IOException | IllegalArgumentException e) {
          unreadable.tell(file, reason(e));
        }
      }
    }
    found.sort(
        Comparator.comparingLong(Link::writtenMillis)
            .thenComparing(each -> each.digest().toString()));
    return found.stream().map(Link::digest).toList();
  }

  private static Digest link(Path file) throws IOException {
    if (Files.size(file) > LINK_BYTES_MAX) {
      throw new IOException("longer than a link is");
    }
    return Digest.parse(Files.readString(file, StandardCharsets.UTF_8).strip());
  }

  /** What is in a directory, in order; one that is not there is empty. */
  private static List<Path> list(Path directory, Unreadable unreadable) {
    try (Stream<Path> all = Files.list(directory)) {
      return all.sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (UncheckedIOException e) {
      unreadable.tell(directory, reason(Objects.requireNonNull(e.getCause())));
    } catch (IOException e) {
      unreadable.tell(directory, reason(e));
    }
    return List.of();
  }

  /** In words where the file system says only which file, and by which exception. */
  static String reason(Exception e) {
    return switch (e) {
      case AccessDeniedException _ -> "this server may not read it";
      case FileSystemException f when f.getReason() != null -> f.getReason();
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }
}
