package dev.plimsoll.registry.moving;

import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.auth.NamePattern;
import dev.plimsoll.registry.job.Progress;
import dev.plimsoll.registry.repository.RegistryException;
import dev.plimsoll.registry.repository.StoredManifest;
import dev.plimsoll.transfer.RegistrySettings;
import dev.plimsoll.transfer.TransferException;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Copies another registry through its API: every tag that is asked for, with its manifests, what
 * refers to them, and their blobs. Run again, it brings what has come or moved since.
 */
public final class RemoteImport {
  /** The tag of what is about a manifest: the specification's fallback, and cosign's. */
  private static final Pattern ABOUT =
      Pattern.compile("(sha256|sha512)-([0-9a-f]{64,})(?:\\.(?:sig|att|sbom))?");

  private static final String WHO = "--username NAME --password-stdin";

  private final Newcomer newcomer;
  private final RegistrySettings settings;
  private final InstantSource clock;
  private final Wanted wanted;
  private final TreeImport.Mode mode;

  /**
   * What is to be copied, and from where.
   *
   * @param repositories patterns; empty: all
   * @param tags patterns; empty: all
   */
  public record Wanted(RegistryLogin from, List<NamePattern> repositories, List<NamePattern> tags) {
    public Wanted {
      repositories = List.copyOf(repositories);
      tags = List.copyOf(tags);
    }

    /** The repositories by name, if none of the patterns stands for more than one. */
    private Optional<List<String>> named() {
      List<String> names = repositories.stream().map(NamePattern::toString).toList();
      boolean plain = names.stream().noneMatch(name -> name.contains("*") || name.contains("?"));
      return plain && !names.isEmpty() ? Optional.of(names) : Optional.empty();
    }
  }

  public RemoteImport(
      Newcomer newcomer,
      RegistrySettings settings,
      InstantSource clock,
      Wanted wanted,
      TreeImport.Mode mode) {
    this.newcomer = newcomer;
    this.settings = settings;
    this.clock = clock;
    this.wanted = wanted;
    this.mode = mode;
  }

  /** Imports everything that is wanted, or what is missing of it. */
  public void run(Progress progress) throws IOException, InterruptedException {
    try (OtherRegistry other = OtherRegistry.open(wanted.from(), settings, clock, progress);
        CopyState state = new CopyState()) {
      new Run(other, state, progress).all();
    }
  }

  /** One run of it. */
  private final class Run {
    private final OtherRegistry other;
    private final CopyState state;
    private final Progress progress;
    private final Set<NamePattern> unmatched = new LinkedHashSet<>();

    Run(OtherRegistry other, CopyState state, Progress progress) {
      this.other = other;
      this.state = state;
      this.progress = progress;
      unmatched.addAll(wanted.tags());
    }

    void all() throws IOException, InterruptedException {
      progress.stage("listing", 0);
      Map<RepositoryName, List<Tag>> tags = new LinkedHashMap<>();
      long total = 0;
      for (RepositoryName repository : repositories()) {
        List<Tag> listed = tags(repository);
        tags.put(repository, listed);
        total += listed.stream().filter(this::isWanted).count();
        progress.done(0);
      }
      progress.stage("tags", total);
      for (Map.Entry<RepositoryName, List<Tag>> each : tags.entrySet()) {
        repository(each.getKey(), each.getValue());
      }
      for (NamePattern pattern : unmatched) {
        progress.found("no-match", "--tag " + pattern, "no tag of these repositories matches");
      }
    }

    private List<RepositoryName> repositories() throws IOException, InterruptedException {
      Optional<List<String>> named = wanted.named();
      List<RepositoryName> found = new ArrayList<>();
      Set<NamePattern> unmatchedHere = new LinkedHashSet<>(wanted.repositories());
      for (String name : named.isPresent() ? named.get() : listed()) {
        List<NamePattern> matching =
            wanted.repositories().stream().filter(pattern -> pattern.matches(name)).toList();
        if (!matching.isEmpty() || wanted.repositories().isEmpty()) {
          matching.forEach(unmatchedHere::remove);
          name(name).ifPresent(found::add);
        }
      }
      for (NamePattern pattern : unmatchedHere) {
        progress.found(
            "no-match", "--repository " + pattern, "no repository of " + other.address() + " does");
      }
      return found;
    }

    private Optional<RepositoryName> name(String text) {
      try {
        RepositoryName name = new RepositoryName(text);
        other.origin(name); // with the address's path before it, too
        return Optional.of(name);
      } catch (IllegalArgumentException e) {
        progress.found("refused", text, String.valueOf(e.getMessage()));
        return Optional.empty();
      }
    }

    private List<String> listed() throws IOException, InterruptedException {
      try {
        return other.remote().catalog().stream()
            .flatMap(name -> other.address().here(name).stream())
            .toList();
      } catch (TransferException e) {
        throw new IOException(
            "%s does not list its repositories (%s); %sname them, each with --repository NAME"
                .formatted(
                    other.address(),
                    e.getMessage(),
                    isAboutWhoAsks(e) ? "say who may see them, with " + WHO + ", or " : ""),
            e);
      }
    }

    private List<Tag> tags(RepositoryName repository) throws IOException, InterruptedException {
      try {
        return other.remote().tags(other.origin(repository).name());
      } catch (TransferException.NotFound e) {
        if (wanted.named().isPresent()) {
          progress.found("absent", repository.value(), "there is no such repository");
        } // else a catalog still names what has lost all its tags
      } catch (IOException | TransferException e) {
        progress.goOn();
        progress.found(
            "refused",
            repository.value(),
            "its tags: %s%s"
                .formatted(
                    state.trouble(e), isAboutWhoAsks(e) ? "; who may pull them: " + WHO : ""));
      }
      return List.of();
    }

    private static boolean isAboutWhoAsks(Exception e) {
      return e instanceof TransferException.Unauthorized || e instanceof TransferException.Denied;
    }

    private boolean isWanted(Tag tag) {
      return wanted.tags().isEmpty()
          || wanted.tags().stream().anyMatch(pattern -> pattern.matches(tag.value()));
    }

    private void repository(RepositoryName name, List<Tag> tags)
        throws IOException, InterruptedException {
      Origin origin = other.origin(name);
      ImageCopy copy = new ImageCopy(newcomer, origin, name, mode, state, progress);
      Set<Tag> rest = new LinkedHashSet<>();
      for (Tag tag : tags) {
        unmatched.removeIf(pattern -> pattern.matches(tag.value()));
        if (isWanted(tag)) {
          tag(copy, origin, name, tag);
          progress.done(0);
        } else {
          rest.add(tag);
        }
      }
      while (takeAbout(copy, origin, name, rest)) {
        // What is about a manifest may have something about it in its turn.
      }
    }

    /** Brings tags that are about what has come, whatever was said about tags. */
    private boolean takeAbout(ImageCopy copy, Origin origin, RepositoryName name, Set<Tag> rest)
        throws IOException, InterruptedException {
      Set<Tag> about = new HashSet<>();
      for (Tag tag : rest) {
        Matcher matcher = ABOUT.matcher(tag.value());
        if (matcher.matches() && copy.has(matcher.group(1), matcher.group(2))) {
          about.add(tag);
        }
      }
      for (Tag tag : about) {
        tag(copy, origin, name, tag);
      }
      return rest.removeAll(about);
    }

    private void tag(ImageCopy copy, Origin origin, RepositoryName name, Tag tag)
        throws IOException, InterruptedException {
      String subject = name + ":" + tag;
      Optional<Descriptor> resolved = resolved(origin, tag, subject);
      if (resolved.isEmpty()) {
        return;
      }
      Descriptor now = resolved.get();
      if (MediaTypes.isSchema1(now.mediaType())) {
        progress.found(
            "skipped", subject, "a manifest of schema 1; push it again with a newer Docker");
      } else if (copy.take(now.digest())) {
        point(name, tag, now);
      } else {
        progress.found("lost-tag", subject, now.digest() + " could not be imported");
      }
    }

    private Optional<Descriptor> resolved(Origin origin, Tag tag, String subject)
        throws IOException, InterruptedException {
      try {
        Descriptor now = origin.remote().resolve(origin.name(), tag);
        state.answered();
        return Optional.of(now);
      } catch (TransferException.NotFound e) {
        progress.found("lost-tag", subject, "it is listed, and is not there");
      } catch (IOException | TransferException e) {
        progress.goOn();
        progress.found("damaged", subject, state.trouble(e));
      }
      return Optional.empty();
    }

    private void point(RepositoryName name, Tag tag, Descriptor now) throws IOException {
      Optional<StoredManifest> manifest = newcomer.find(name, now.digest());
      if (mode == TreeImport.Mode.DRY || manifest.isEmpty()) {
        return;
      }
      try {
        newcomer.point(
            name,
            tag,
            List.of(
                new Newcomer.Target(
                    now.digest(), manifest.get().mediaType(), manifest.get().bytes())),
            progress);
      } catch (RegistryException e) {
        progress.found("refused", name + ":" + tag, String.valueOf(e.getMessage()));
      }
    }
  }
}
