package dev.plimsoll.registry.api;

import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.http.ClientGone;
import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.Json;
import dev.plimsoll.oci.Platform;
import dev.plimsoll.registry.mirror.BlobBroken;
import dev.plimsoll.registry.mirror.Warming;
import dev.plimsoll.registry.repository.RegistryException;
import dev.plimsoll.registry.repository.RegistryException.Malformed.Subject;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * {@code POST /plimsoll/v1/warm}: pulls images before they are needed. Answers with a line of JSON for
 * each blob and one for each image. Described in docs/registry/mirror.md.
 */
public final class WarmApi implements AdminResource {
  private static final Logger log = LoggerFactory.getLogger(WarmApi.class);
  private static final String PLACE = ROOT + "/warm";
  private static final int BODY_BYTES_MAX = 1 << 20;
  private static final int IMAGES_MAX = 1000;

  private final Warming warming;

  public WarmApi(Warming warming) {
    this.warming = warming;
  }

  private record BlobLine(String image, String blob, long bytes, boolean fetched) {}

  private record ImageLine(
      String image,
      String repository,
      String digest,
      int blobs,
      int fetchedBlobs,
      long fetchedBytes,
      String stale) {}

  private record FailureLine(String image, String error) {}

  @Override
  public boolean handle(String path, Request request, Response response) throws IOException {
    if (!path.equals(PLACE)) {
      return false;
    }
    if (Parameters.refused("POST", request, response)) {
      return true;
    }
    JsonNode document = Parameters.document(request, BODY_BYTES_MAX, "images", "platforms");
    List<ImageName> images = texts(document, "images", ImageName::parse);
    List<Platform> platforms = texts(document, "platforms", Platform::parse);
    response.header("Content-Type", "application/x-ndjson");
    try (OutputStream lines = response.stream()) {
      for (ImageName image : images) {
        warm(image, platforms, lines);
      }
    }
    return true;
  }

  private void warm(ImageName image, List<Platform> platforms, OutputStream lines)
      throws IOException {
    String name = image.familiar();
    Warming.Progress progress =
        (Digest digest, long bytes, boolean fetched) ->
            line(lines, new BlobLine(name, digest.toString(), bytes, fetched));
    try {
      Warming.Warmed warmed = warming.warm(image, platforms, progress);
      line(
          lines,
          new ImageLine(
              name,
              warmed.repository().value(),
              warmed.digest().toString(),
              warmed.blobs(),
              warmed.fetchedBlobs(),
              warmed.fetchedBytes(),
              warmed.stale().orElse("")));
    } catch (ClientGone e) {
      throw e;
    } catch (RegistryException | NoSpaceException | BlobBroken e) {
      line(lines, new FailureLine(name, String.valueOf(e.getMessage())));
    } catch (IOException e) {
      log.warn("image not warmed image={}", name, e);
      line(lines, new FailureLine(name, String.valueOf(e.getMessage())));
    }
  }

  private static void line(OutputStream lines, Object line) throws IOException {
    lines.write(Json.write(line));
    lines.write('\n');
    lines.flush();
  }

  private static <T> List<T> texts(JsonNode document, String key, Function<String, T> parse) {
    List<T> texts = new ArrayList<>();
    for (JsonNode text : Parameters.list(document, key)) {
      if (texts.size() == IMAGES_MAX) {
        throw new RegistryException.Malformed(
            Subject.DOCUMENT, "%s has more than %d entries".formatted(key, IMAGES_MAX));
      }
      texts.add(Endpoint.read(Subject.DOCUMENT, text.asString(""), parse));
    }
    return texts;
  }
}
