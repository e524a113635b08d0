package dev.plimsoll.content.s3;

import dev.plimsoll.content.BlobKey;
import dev.plimsoll.content.ContentStore.Recorded;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/**
 * What crashes leave that is no blob and no upload: objects in the making that nobody makes any more,
 * which S3 keeps and bills for ever, and bytes without a mark. Nothing younger than a limit is
 * touched, nothing that an upload still leads to, and no bytes that a database has a row of: a blob
 * whose mark was lost gets it back.
 */
record Leftovers(S3Bucket bucket, S3Layout layout) {
  private static final Logger log = LoggerFactory.getLogger(Leftovers.class);

  int remove(Instant limit, Recorded recorded) throws IOException {
    List<MultipartUpload> unfinished =
        bucket.unfinished(layout.parts()).stream()
            .filter(upload -> upload.initiated().isBefore(limit))
            .toList();
    // Before the marks and the rows: a mark is written before its bytes, and a row after them, so
    // that none of these can be waiting for either.
    Set<String> unmarked = generationsBefore(limit);
    if (unfinished.isEmpty() && unmarked.isEmpty()) {
      return 0;
    }
    Set<String> ofUploads = ofUploads();
    int removed = abort(unfinished, ofUploads);
    unmarked.removeAll(ofUploads);
    removeMarked(unmarked);
    if (!unmarked.isEmpty()) {
      for (BlobKey key : recorded.of(Set.copyOf(unmarked))) {
        unmarked.remove(key.generation());
        markAgain(key);
      }
    }
    for (String generation : unmarked) {
      bucket.delete(layout.parts(generation));
      removed++;
    }
    if (removed > 0) {
      log.info("leftovers removed storage={} objects={}", bucket.address(), removed);
    }
    return removed;
  }

  private Set<String> generationsBefore(Instant limit) throws IOException {
    Set<String> generations = new HashSet<>();
    for (S3Bucket.Listed listed : bucket.listAll(layout.parts())) {
      if (listed.lastWritten().isBefore(limit)) {
        layout.generationOf(listed.name()).ifPresent(generations::add);
      }
    }
    return generations;
  }

  /** The generations that uploads in progress lead to. */
  private Set<String> ofUploads() throws IOException {
    Set<String> generations = new HashSet<>();
    for (S3Bucket.Listed state : bucket.listAll(layout.uploads())) {
      Optional<byte[]> bytes = bucket.read(state.name());
      if (bytes.isPresent()) {
        generations.add(Upload.parse(bytes.get()).upload().generation());
      }
    }
    return generations;
  }

  private int abort(List<MultipartUpload> unfinished, Set<String> inUse) throws IOException {
    int aborted = 0;
    for (MultipartUpload upload : unfinished) {
      Optional<String> generation = layout.generationOf(upload.key());
      if (generation.isPresent() && !inUse.contains(generation.get())) {
        bucket.abortParts(upload.key(), upload.uploadId());
        aborted++;
      }
    }
    return aborted;
  }

  private void removeMarked(Set<String> generations) throws IOException {
    if (generations.isEmpty()) {
      return;
    }
    try (Stream<S3Bucket.Listed> all = bucket.list(layout.blobs())) {
      all.map(listed -> layout.keyOf(listed.name()))
          .flatMap(Optional::stream)
          .forEach(key -> generations.remove(key.generation()));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void markAgain(BlobKey key) throws IOException {
    log.warn(
        "a blob's mark was missing, and is there again storage={} key={}", bucket.address(), key);
    bucket.putNew(layout.name(key), S3Bucket.Body.of(new byte[0]));
  }
}
