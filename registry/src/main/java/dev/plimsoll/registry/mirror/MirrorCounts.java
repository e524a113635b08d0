package dev.plimsoll.registry.mirror;

/** Counts what mirrors do, by upstream. Called by many threads. */
public interface MirrorCounts {
  /** Where a manifest that was served came from. */
  enum Result {
    /** It was here, and is what the upstream has or had a short while ago. */
    KEPT,
    /** It was fetched. */
    FETCHED,
    /** It was here, and the upstream could not be asked. */
    STALE
  }

  /** There is such an upstream: its counts are told from now on, those of nothing too. */
  void begun(Upstream upstream);

  void served(Upstream upstream, Result result);

  /** The upstream gave no answer, or a useless one. */
  void failed(Upstream upstream);

  /** A blob came whole. */
  void received(Upstream upstream, long bytes);
}
