package dev.plimsoll.registry.gc;

import dev.plimsoll.content.ContentException;
import dev.plimsoll.content.ContentStore;
import dev.plimsoll.content.StagedIngest;
import dev.plimsoll.registry.repository.Uploads;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bytes on their way in that nobody will come back for, left by a crash. */
public final class StrayStaging {
  private static final Logger log = LoggerFactory.getLogger(StrayStaging.class);

  private final ContentStore content;
  private final ContentStore manifests;
  private final Uploads uploads;

  public StrayStaging(ContentStore content, ContentStore manifests, Uploads uploads) {
    this.content = content;
    this.manifests = manifests;
    this.uploads = uploads;
  }

  /** Deletes staged bytes that belong to no upload, and manifests' that a crash left half done. */
  public int discard() throws IOException {
    return discard(content) + discard(manifests);
  }

  /** Asks a store that did not answer last time: nobody else may do so, for it is known not to. */
  public void askTheSilent() throws IOException {
    if (!content.answers()) {
      content.owner();
    }
  }

  private int discard(ContentStore store) throws IOException {
    int discarded = 0;
    for (StagedIngest staged : store.staged()) {
      if (staged.use() == StagedIngest.Use.WAITING && !uploads.inProgress(staged.id())) {
        try {
          store.discard(staged.id());
          discarded++;
        } catch (ContentException.IngestInUse e) {
          // Somebody has taken it up just now.
        }
      }
    }
    if (discarded > 0) {
      log.info("stray staging discarded files={}", discarded);
    }
    return discarded;
  }
}
