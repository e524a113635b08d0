package dev.plimsoll.content.s3;

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
 * touched, and nothing that an upload still leads to.
 */
record Leftovers(S3Bucket bucket, S3Layout layout) {
  private static final Logger log = LoggerFactory.getLogger(Leftovers.class);

  int remove(Instant limit) throws IOException {
    List<MultipartUpload> unfinished =
        bucket.unfinished(layout.parts()).stream()
            .filter(upload -> upload.initiated().isBefore(limit))
            .toList();
    // Before the marks: a mark is written before its bytes, so none of these can be waiting for
    // one.
    List<String> objects = objectsBefore(limit);
    if (unfinished.isEmpty() && objects.isEmpty()) {
      return 0;
    }
    Set<String> inUse = ofUploads();
    inUse.addAll(marked(objects));
    int removed = 0;
    for (MultipartUpload upload : unfinished) {
      if (!inUse.contains(upload.key())) {
        bucket.abortParts(upload.key(), upload.uploadId());
        removed++;
      }
    }
    for (String object : objects) {
      if (!inUse.contains(object)) {
        bucket.delete(object);
        removed++;
      }
    }
    if (removed > 0) {
      log.info("leftovers removed storage={} objects={}", bucket.address(), removed);
    }
    return removed;
  }

  private List<String> objectsBefore(Instant limit) throws IOException {
    return bucket.listAll(layout.parts()).stream()
        .filter(listed -> listed.lastWritten().isBefore(limit))
        .map(S3Bucket.Listed::name)
        .toList();
  }

  /** The objects that uploads in progress lead to. */
  private Set<String> ofUploads() throws IOException {
    Set<String> names = new HashSet<>();
    for (S3Bucket.Listed state : bucket.listAll(layout.uploads())) {
      Optional<byte[]> bytes = bucket.read(state.name());
      if (bytes.isPresent()) {
        names.add(layout.parts(Upload.parse(bytes.get()).upload().generation()));
      }
    }
    return names;
  }

  private Set<String> marked(List<String> objects) throws IOException {
    if (objects.isEmpty()) {
      return Set.of();
    }
    Set<String> names = new HashSet<>();
    try (Stream<S3Bucket.Listed> all = bucket.list(layout.blobs())) {
      all.map(listed -> layout.keyOf(listed.name()))
          .flatMap(Optional::stream)
          .filter(S3Layout::isInParts)
          .forEach(key -> names.add(layout.bytes(key)));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return names;
  }
}
