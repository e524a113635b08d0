package dev.plimsoll.registry.moving;

import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageManifest;
import dev.plimsoll.oci.Index;
import dev.plimsoll.oci.Manifest;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.job.Progress;
import dev.plimsoll.registry.repository.RegistryException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes over what a docker-registry keeps on a file system of this machine. Its files are linked
 * where the file system is the same, else copied, and never written to; every one is verified. What
 * is damaged is named and left out, the rest is imported.
 */
public final class TreeImport {
  private static final int MANIFEST_BYTES_MAX = 4 << 20;
  private static final int BUFFER_BYTES = 64 << 10;

  private final Newcomer newcomer;
  private final Path directory;
  private final Mode mode;

  /** Whether it does it. */
  public enum Mode {
    IMPORT,
    /** Everything is read and verified, and nothing is written. */
    DRY
  }

  public TreeImport(Newcomer newcomer, Path directory, Mode mode) {
    this.newcomer = newcomer;
    this.directory = directory;
    this.mode = mode;
  }

  /** Imports everything, or what is missing of it. */
  public void run(Progress progress) throws IOException {
    DistributionTree tree = DistributionTree.in(directory);
    DistributionTree.Unreadable unreadable =
        (file, reason) -> progress.found("damaged", directory.relativize(file).toString(), reason);
    List<RepositoryName> repositories = tree.repositories(unreadable);
    Map<RepositoryName, List<Digest>> revisions = new HashMap<>();
    long total = 0;
    for (RepositoryName repository : repositories) {
      List<Digest> found = tree.revisions(repository, unreadable);
      revisions.put(repository, found);
      total += found.size();
    }
    progress.stage("manifests", total);
    Map<Digest, String> verified = new HashMap<>();
    for (RepositoryName repository : repositories) {
      new Repository(tree, repository, unreadable, progress, verified)
          .take(revisions.getOrDefault(repository, List.of()));
    }
  }

  private record Revision(Digest digest, byte[] bytes, Manifest manifest) {}

  private final class Repository {
    private final DistributionTree tree;
    private final RepositoryName name;
    private final DistributionTree.Unreadable unreadable;
    private final Progress progress;
    private final Map<Digest, String> verified; // "" or what is wrong, for a dry run

    Repository(
        DistributionTree tree,
        RepositoryName name,
        DistributionTree.Unreadable unreadable,
        Progress progress,
        Map<Digest, String> verified) {
      this.tree = tree;
      this.name = name;
      this.unreadable = unreadable;
      this.progress = progress;
      this.verified = verified;
    }

    void take(List<Digest> revisions) throws IOException {
      Map<Digest, Revision> taken = new HashMap<>();
      List<Revision> indexes = new ArrayList<>();
      for (Digest digest : revisions) {
        Optional<Revision> revision = read(digest);
        if (revision.isEmpty()) {
          progress.done(0);
        } else if (revision.get().manifest() instanceof Index) {
          indexes.add(revision.get()); // after what they name
        } else if (take(revision.get())) {
          taken.put(digest, revision.get());
        }
      }
      for (Revision index : indexes) {
        if (take(index)) {
          taken.put(index.digest(), index);
        }
      }
      for (Tag tag : tree.tags(name, unreadable)) {
        tag(tag, taken);
      }
    }

    private Optional<Revision> read(Digest digest) throws IOException {
      Path file = tree.data(digest);
      String wrong;
      try {
        if (Files.size(file) > MANIFEST_BYTES_MAX) {
          wrong = "larger than a manifest may be";
        } else {
          byte[] bytes = Files.readAllBytes(file);
          if (Digest.of(digest.algorithm(), bytes).equals(digest)) {
            return Optional.of(new Revision(digest, bytes, Manifest.parse(bytes, "")));
          }
          wrong = "its bytes are others";
        }
      } catch (NoSuchFileException e) {
        wrong = "its bytes are missing";
      } catch (InterruptedIOException e) {
        throw e;
      } catch (IOException | IllegalArgumentException e) {
        wrong = DistributionTree.reason(e);
      }
      progress.found("damaged", name + "@" + digest, "the manifest: " + wrong);
      return Optional.empty();
    }

    /** Imports a manifest with its blobs; tells whether it is there now. */
    private boolean take(Revision revision) throws IOException {
      String subject = name + "@" + revision.digest();
      if (newcomer.has(name, revision.digest())) {
        progress.done(0);
        return true;
      }
      long sizeBytes = revision.bytes().length;
      boolean whole = true;
      for (Descriptor blob : blobs(revision.manifest())) {
        Optional<String> wrong = blob(blob.digest());
        if (wrong.isPresent()) {
          progress.found("damaged", subject, "its blob " + blob.digest() + ": " + wrong.get());
          whole = false;
        }
        sizeBytes += blob.size();
      }
      if (whole && mode == Mode.IMPORT) {
        try {
          newcomer.put(name, revision.digest(), revision.manifest().mediaType(), revision.bytes());
        } catch (RegistryException e) {
          progress.found("refused", subject, String.valueOf(e.getMessage()));
          whole = false;
        }
      }
      progress.done(sizeBytes);
      return whole;
    }

    private Optional<String> blob(Digest digest) throws IOException {
      Path file = tree.data(digest);
      if (mode == Mode.DRY) {
        String known = verified.get(digest);
        if (known == null) {
          known = wrongWith(file, digest).orElse("");
          verified.put(digest, known);
        }
        return Optional.of(known).filter(wrong -> !wrong.isEmpty());
      }
      try {
        newcomer.adopt(name, digest, file);
        return Optional.empty();
      } catch (NoSpaceException | InterruptedIOException | ClosedByInterruptException e) {
        throw e;
      } catch (IOException e) {
        // Theirs, or ours? A file that can be read to its end is not what failed.
        Optional<String> wrong = wrongWith(file, digest);
        if (wrong.isEmpty()) {
          throw e;
        }
        return wrong;
      } catch (RegistryException.DigestMismatch e) {
        return Optional.of("its bytes are others: " + e.getMessage());
      }
    }

    private void tag(Tag tag, Map<Digest, Revision> taken) throws IOException {
      List<Digest> history = tree.history(name, tag, unreadable);
      if (history.isEmpty()) {
        return;
      }
      Digest now = history.getLast();
      if (!taken.containsKey(now)) {
        progress.found(
            "lost-tag", name + ":" + tag, "it points at " + now + ", which is not there");
        return;
      }
      if (mode == Mode.IMPORT) {
        List<Newcomer.Target> moves = new ArrayList<>();
        for (Digest digest : history) {
          Revision revision = taken.get(digest);
          if (revision != null) {
            moves.add(
                new Newcomer.Target(digest, revision.manifest().mediaType(), revision.bytes()));
          }
        }
        newcomer.point(name, tag, moves, progress);
      }
    }
  }

  /** What must be there for a manifest to be whole. */
  static List<Descriptor> blobs(Manifest manifest) {
    return manifest instanceof ImageManifest image
        ? image.references().stream()
            .filter(each -> !MediaTypes.isNonDistributable(each.mediaType()))
            .toList()
        : List.of();
  }

  /** What is wrong with the file of a blob; empty if it holds what was promised. */
  private static Optional<String> wrongWith(Path file, Digest promised) throws IOException {
    try {
      return hash(file, promised).equals(promised)
          ? Optional.empty()
          : Optional.of("its bytes are others");
    } catch (NoSuchFileException e) {
      return Optional.of("its bytes are missing");
    } catch (InterruptedIOException | ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      return Optional.of("its bytes cannot be read: " + DistributionTree.reason(e));
    }
  }

  private static Digest hash(Path file, Digest promised) throws IOException {
    MessageDigest hash = promised.algorithm().newHash();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (var in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        hash.update(buffer, 0, read);
      }
    }
    return Digest.finished(promised.algorithm(), hash.digest());
  }
}
