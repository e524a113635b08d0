package dev.plimsoll.registry.repository;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Reference;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A request that the registry understood and refuses. Trouble with disk or network is not a refusal:
 * it stays an {@link java.io.IOException}.
 */
public abstract sealed class RegistryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private RegistryException(String message) {
    super(message);
  }

  /** Text from outside that is not what it should be: a name, a digest, a number. */
  public static final class Malformed extends RegistryException {
    /** What was malformed. */
    public enum Subject {
      NAME,
      TAG,
      DIGEST,
      PARAMETER,
      PAGE,
      DOCUMENT,
      UPLOAD
    }

    private final Subject subject;

    public Malformed(Subject subject, String message) {
      super(message);
      this.subject = subject;
    }

    public Subject subject() {
      return subject;
    }
  }

  public static final class RepositoryUnknown extends RegistryException {
    public RepositoryUnknown(RepositoryName repository) {
      super("there is no repository %s".formatted(repository));
    }
  }

  public static final class BlobUnknown extends RegistryException {
    public BlobUnknown(RepositoryName repository, Digest digest) {
      super("repository %s has no blob %s".formatted(repository, digest));
    }
  }

  public static final class ManifestUnknown extends RegistryException {
    public ManifestUnknown(RepositoryName repository, Reference reference) {
      super("repository %s has no manifest %s".formatted(repository, reference));
    }
  }

  /** A manifest names blobs that its repository does not have. */
  public static final class ManifestBlobsUnknown extends RegistryException {
    private static final int NAMED_MAX = 10;
    private final transient List<Digest> missing;

    public ManifestBlobsUnknown(RepositoryName repository, List<Digest> missing) {
      super(
          "the manifest names %d blobs that repository %s does not have: %s"
              .formatted(
                  missing.size(),
                  repository,
                  missing.stream()
                      .limit(NAMED_MAX)
                      .map(Digest::toString)
                      .collect(Collectors.joining(", "))));
      this.missing = List.copyOf(missing);
    }

    public List<Digest> missing() {
      return missing;
    }
  }

  public static final class ManifestInvalid extends RegistryException {
    public ManifestInvalid(String reason) {
      super(reason);
    }
  }

  public static final class ManifestTooLarge extends RegistryException {
    public ManifestTooLarge(long sizeBytesMax) {
      super("the manifest is larger than %d bytes".formatted(sizeBytesMax));
    }
  }

  public static final class UploadUnknown extends RegistryException {
    public UploadUnknown(RepositoryName repository, UploadId id) {
      super("repository %s has no upload %s in progress".formatted(repository, id));
    }
  }

  public static final class TooManyUploads extends RegistryException {
    public TooManyUploads(int uploadsMax) {
      super("%d uploads are in progress, and more are not taken".formatted(uploadsMax));
    }
  }

  /** Another request is writing to the same upload. */
  public static final class UploadBusy extends RegistryException {
    public UploadBusy(UploadId id) {
      super("another request is writing to upload %s".formatted(id));
    }
  }

  /** A chunk that does not begin where the upload ends; nothing of it was stored. */
  public static final class ChunkOutOfOrder extends RegistryException {
    private final transient UploadId id;
    private final long sizeBytes;

    public ChunkOutOfOrder(UploadId id, long sizeBytes, long chunkOffset) {
      super("the upload holds %d bytes, the chunk begins at %d".formatted(sizeBytes, chunkOffset));
      this.id = id;
      this.sizeBytes = sizeBytes;
    }

    public UploadId id() {
      return id;
    }

    public long sizeBytes() {
      return sizeBytes;
    }
  }

  /** More or fewer bytes came than were announced. */
  public static final class SizeMismatch extends RegistryException {
    public SizeMismatch(long announcedBytes, long receivedBytes) {
      super("%d bytes were announced, %d came".formatted(announcedBytes, receivedBytes));
    }
  }

  public static final class DigestMismatch extends RegistryException {
    public DigestMismatch(Digest promised, Digest received) {
      super("promised %s, received %s".formatted(promised, received));
    }
  }

  /** What is to be deleted is named by a manifest that is not deleted. */
  public static final class StillReferenced extends RegistryException {
    public StillReferenced(RepositoryName repository, Digest digest, Digest by) {
      super(
          "%s cannot be deleted from repository %s: manifest %s names it; delete that one first"
              .formatted(digest, repository, by));
    }
  }

  /** What is to be made final is pinned or deployed. */
  public static final class Held extends RegistryException {
    public Held(String what, Hold hold) {
      super("%s stays in the trash: %s".formatted(what, hold.text()));
    }
  }

  public static final class DeletionUnknown extends RegistryException {
    public DeletionUnknown(String what) {
      super("the trash has no " + what);
    }
  }

  /** A tag that cannot be brought back to what it was at some time. */
  public static final class NotRewindable extends RegistryException {
    public NotRewindable(RepositoryName repository, Tag tag, String why) {
      super("tag %s of repository %s: %s".formatted(tag, repository, why));
    }
  }

  public static final class NoPolicy extends RegistryException {
    public NoPolicy() {
      super(
          "no retention policy is in force; name a file in registry.retention.policy, or send one"
              + " with the request");
    }
  }

  /** A report by somebody new, while the list of reporters is full. */
  public static final class TooManyReporters extends RegistryException {
    public TooManyReporters(int reportersMax) {
      super(
          "%d reporters are known, and more are not taken; remove those that are no more"
              .formatted(reportersMax));
    }
  }

  public static final class ReporterUnknown extends RegistryException {
    public ReporterUnknown(String name) {
      super("nobody called %s has reported".formatted(name));
    }
  }

  public static final class NotPinned extends RegistryException {
    public NotPinned(RepositoryName repository, Reference reference) {
      super("%s of repository %s is not pinned".formatted(reference, repository));
    }
  }

  /** The registry that an image is mirrored from gives no good answer, and nothing older is here. */
  public static final class UpstreamUnavailable extends RegistryException {
    public UpstreamUnavailable(String message) {
      super(message);
    }
  }

  /** The registry that an image is mirrored from asks for patience, and nothing older is here. */
  public static final class UpstreamBusy extends RegistryException {
    private final Duration pause;

    public UpstreamBusy(String message, Duration pause) {
      super(message);
      this.pause = pause;
    }

    /** How long it wants to be left alone; zero if it does not say. */
    public Duration pause() {
      return pause;
    }
  }

  /** A push to a name under which another registry is shown. */
  public static final class Mirrored extends RegistryException {
    public Mirrored(RepositoryName repository, Object upstream) {
      super(
          "%s shows what %s has and takes no pushes; push under another name"
              .formatted(repository, upstream));
    }
  }

  /** What the registry does not do at all. */
  public static final class Unsupported extends RegistryException {
    public Unsupported(String message) {
      super(message);
    }
  }

  /** After a restore nothing is collected until an audit has run. */
  public static final class CollectorOff extends RegistryException {
    public CollectorOff(String reason) {
      super("the collector is off: " + reason);
    }
  }

  /** Rules are to delete something, and something speaks against deleting anything. */
  public static final class RetentionOff extends RegistryException {
    public RetentionOff(String reason) {
      super("retention is off: " + reason);
    }
  }

  /** Work of that kind is in progress already. */
  public static final class JobInProgress extends RegistryException {
    public JobInProgress(String kind) {
      super("a %s is in progress; wait for it, or cancel it".formatted(kind));
    }
  }

  /** There is no webhook of that name in the settings. */
  public static final class WebhookUnknown extends RegistryException {
    public WebhookUnknown(String name) {
      super("the settings have no webhook %s".formatted(name));
    }
  }

  /** No event of that id was given up, or it has been taken up again or discarded since. */
  public static final class DeadEventUnknown extends RegistryException {
    public DeadEventUnknown(String webhook, String eventId) {
      super("no event %s was given up for webhook %s".formatted(eventId, webhook));
    }
  }

  /** Something long was asked for that cannot be done so. */
  public static final class JobRefused extends RegistryException {
    public JobRefused(String reason) {
      super(reason);
    }
  }

  /** A push that would make a namespace hold more than it may; nothing of it was stored. */
  public static final class QuotaExceeded extends RegistryException {
    public QuotaExceeded(Quota quota, String most, String wanted) {
      super(
          "quota: %s may hold %s, and this would make it %s; delete something first"
              .formatted(
                  quota.namespace().isEmpty() ? "the registry" : "namespace " + quota.namespace(),
                  most,
                  wanted));
    }
  }

  /** A tag that the owner of the registry wants to stay as it is. */
  public static final class TagImmutable extends RegistryException {
    public TagImmutable(RepositoryName repository, Tag tag, Digest present) {
      super(
          "tag %s of repository %s is immutable: it stays at %s"
              .formatted(tag, repository, present));
    }
  }
}
