package dev.plimsoll.registry.retention;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Reference;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.repository.Hold;

/**
 * What becomes of one tag or manifest, and why.
 *
 * @param object a tag; or a manifest, by its digest
 * @param sizeBytes of its image, children included; other images may share some of it
 * @param freedBytes of blobs that nothing needs any more when this and all before it are gone
 */
public record Decision(
    RepositoryName repository,
    Reference object,
    Verdict verdict,
    Reason reason,
    long sizeBytes,
    long freedBytes) {

  /** Stay or go. */
  public enum Verdict {
    KEEP,
    DELETE
  }

  public boolean deletes() {
    return verdict == Verdict.DELETE;
  }

  Decision freeing(long bytes) {
    return new Decision(repository, object, verdict, reason, sizeBytes, bytes);
  }

  /** The same object stays after all. */
  Decision kept(String change) {
    return new Decision(repository, object, Verdict.KEEP, new Reason.Changed(change), sizeBytes, 0);
  }

  /** What decided. */
  public sealed interface Reason {
    /** A clause for people. */
    String text();

    /** A rule said so; {@code why} completes the sentence. */
    record ByRule(String rule, String why) implements Reason {
      @Override
      public String text() {
        return "rule %s: %s".formatted(rule, why);
      }
    }

    record NoRule() implements Reason {
      @Override
      public String text() {
        return "no rule is about it";
      }
    }

    record Held(Hold hold) implements Reason {
      @Override
      public String text() {
        return hold.text();
      }
    }

    record TaggedAs(Tag tag) implements Reason {
      @Override
      public String text() {
        return "tagged " + tag;
      }
    }

    /** An index that stays names it. */
    record PartOf(Digest index) implements Reason {
      @Override
      public String text() {
        return "part of " + index;
      }
    }

    /** It is about a manifest that stays, as a signature is. */
    record About(Digest subject) implements Reason {
      @Override
      public String text() {
        return "about " + subject;
      }
    }

    /** An index that is about what it names, or something below one: nothing says what goes first. */
    record InCircle() implements Reason {
      @Override
      public String text() {
        return "it leads to what leads to it";
      }
    }

    /** It was to go, and something happened to it between the decision and its turn. */
    record Changed(String change) implements Reason {
      @Override
      public String text() {
        return "kept, for meanwhile " + change;
      }
    }
  }
}
