package dev.plimsoll.engine.image;

import dev.plimsoll.content.ContentStore;
import dev.plimsoll.database.Database;
import dev.plimsoll.engine.event.Event;
import dev.plimsoll.engine.event.Events;
import dev.plimsoll.engine.layer.Layer;
import dev.plimsoll.engine.layer.Layers;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.Tag;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;

/**
 * All images of this machine: finding, naming, using. How they come, go out and go away is in
 * classes of its own ({@link ImageLoads}, {@link ImageRemovals} …), which share this one.
 *
 * <p>Safe for many threads. Truth is in the database; nothing of it is kept in memory but holds.
 */
public final class ImageStore implements Images {
  private static final Set<String> DIGEST_ALGORITHMS = Set.of("sha256", "sha384", "sha512");

  private final Database database;
  private final Layers layers;
  private final Blobs blobs;
  private final ImageDescriptions descriptions;
  private final Events events;
  private final ImageUsers users;
  private final InstantSource clock;
  private final ConcurrentHashMap<ImageId, Integer> holds = new ConcurrentHashMap<>();

  private ImageStore(
      Database database,
      Layers layers,
      Blobs blobs,
      ImageDescriptions descriptions,
      Events events,
      ImageUsers users,
      InstantSource clock) {
    this.database = database;
    this.layers = layers;
    this.blobs = blobs;
    this.descriptions = descriptions;
    this.events = events;
    this.users = users;
    this.clock = clock;
  }

  /**
   * Opens the images and finishes what a crash has left: bytes without rows go, and so do images
   * that were removed while containers used them, if those are gone.
   *
   * @param root where a description of each image is kept
   * @param users may answer only after this has returned: nothing is asked before the first removal
   */
  public static ImageStore open(
      Path root,
      Database database,
      ContentStore content,
      Layers layers,
      Events events,
      ImageUsers users,
      InstantSource clock)
      throws IOException {
    Blobs blobs = new Blobs(database, content, clock);
    blobs.recover();
    ImageDescriptions descriptions = ImageDescriptions.open(root, database);
    descriptions.recover();
    return new ImageStore(database, layers, blobs, descriptions, events, users, clock);
  }

  /** Opens the images as they are, to look through them: nothing is finished or taken away. */
  public static ImageStore openAsTheyAre(
      Path root,
      Database database,
      ContentStore content,
      Layers layers,
      Events events,
      InstantSource clock)
      throws IOException {
    return new ImageStore(
        database,
        layers,
        new Blobs(database, content, clock),
        ImageDescriptions.open(root, database),
        events,
        ImageUsers.NOBODY,
        clock);
  }

  @Override
  public Image find(String nameOrId) throws IOException {
    return database.read(handle -> {
      ImageId id = ImageLookup.find(handle, nameOrId);
      return ImageRows.find(handle, id).orElseThrow(() -> ImageLookup.noSuch(nameOrId));
    });
  }

  @Override
  public Image get(ImageId id) throws IOException {
    return database
        .read(handle -> ImageRows.find(handle, id))
        .orElseThrow(() -> ImageLookup.noSuch(id.toString()));
  }

  boolean has(ImageId id) throws IOException {
    return database.read(handle -> ImageRows.exists(handle, id));
  }

  /** Every image, in no order. */
  public List<Image> all() throws IOException {
    return database.read(ImageRows::all);
  }

  @Override
  public List<Path> lowerDirectories(ImageId id) throws IOException {
    List<Layer> lowestFirst = layersOf(id);
    return lowestFirst.isEmpty()
        ? List.of(layers.empty())
        : lowestFirst.reversed().stream().map(layers::path).toList();
  }

  @Override
  public Path rootDirectory(ImageId id) throws IOException {
    List<Layer> lowestFirst = layersOf(id);
    if (lowestFirst.isEmpty()) {
      return layers.empty();
    }
    Layer root =
        lowestFirst.reversed().stream()
            .filter(Layer::rootListed)
            .findFirst()
            .orElse(lowestFirst.getFirst());
    return layers.path(root);
  }

  /** The unpacked layers of an image, lowest first, also if it was removed and is still used. */
  List<Layer> layersOf(ImageId id) throws IOException {
    List<ImageRows.Part> parts = parts(id);
    List<Layer> found = new ArrayList<>(parts.size());
    for (ImageRows.Part part : parts) {
      found.add(
          layers
              .find(part.layer())
              .orElseThrow(() ->
                  new IOException(
                      "layer %s of image %s is damaged; pull or load the image again"
                          .formatted(part.layer(), id))));
    }
    return found;
  }

  List<ImageRows.Part> parts(ImageId id) throws IOException {
    return database.read(handle -> {
      if (!ImageRows.exists(handle, id)) {
        throw ImageLookup.noSuch(id.toString());
      }
      return ImageRows.layers(handle, id);
    });
  }

  /** The configuration's very bytes. */
  public byte[] config(ImageId id) throws IOException {
    return database.read(handle -> ImageRows.config(handle, id));
  }

  @Override
  public ImageHold hold(ImageId id) throws IOException {
    holds.merge(id, 1, Integer::sum);
    ImageHold hold =
        new ImageHold() {
          private boolean open = true;

          @Override
          public synchronized void close() {
            if (open) {
              open = false;
              holds.computeIfPresent(id, (_, count) -> count == 1 ? null : count - 1);
            }
          }
        };
    try {
      get(id); // after the hold: an image that is still there now cannot lose its layers
      return hold;
    } catch (IOException | RuntimeException e) {
      hold.close();
      throw e;
    }
  }

  /** Whether anything but the list of images needs it. */
  boolean inUse(ImageId id) {
    return holds.containsKey(id) || !users.containersUsing(id).isEmpty();
  }

  @Override
  public void markUsed(ImageId id) throws IOException {
    database.write(handle -> {
      ImageRows.used(handle, id, clock.instant());
      return id;
    });
  }

  @Override
  public void released(ImageId id) throws IOException {
    if (database.read(ImageRows::hidden).contains(id)) {
      collectHidden();
    }
  }

  /** Deletes the images that were removed and that no container uses any more. */
  void collectHidden() throws IOException {
    for (ImageId id : database.read(ImageRows::hidden)) {
      if (!inUse(id)) {
        database.free(handle -> {
          ImageRows.delete(handle, id);
          return id;
        });
      }
    }
    collect();
  }

  /** Deletes layers and blobs that nothing needs; returns the bytes that frees. */
  long collect() throws IOException {
    descriptions.sweep();
    return blobs.collect() + layers.collect();
  }

  /** What a start does once containers are known: removed images and expired leases go. */
  public void collectAfterStart() throws IOException {
    collectHidden();
  }

  /**
   * Gives an image a name.
   *
   * @param repository a name without tag, or with the tag if {@code tag} is empty
   */
  public void tag(String image, String repository, String tag) throws IOException {
    ImageName named = ImageLookup.parse(repository);
    if (DIGEST_ALGORITHMS.contains(named.familiarRepository())) {
      throw new dev.plimsoll.engine.refusal.EngineException.BadParameter(
          "refusing to create an ambiguous tag using digest algorithm as name");
    }
    if (named.digest().isPresent()) {
      throw new dev.plimsoll.engine.refusal.EngineException.BadParameter(
          "refusing to create a tag with a digest reference");
    }
    ImageName name = (tag.isEmpty() ? named : named.withTag(tag(tag))).withDefaultTag();
    Image found = find(image);
    database.write(handle -> ImageRows.name(handle, name, found.id(), clock.instant()));
    publish(found, "tag", found.id().toString(), name.familiar());
  }

  static Tag tag(String text) {
    try {
      return new Tag(text);
    } catch (IllegalArgumentException e) {
      throw new dev.plimsoll.engine.refusal.EngineException.BadParameter("invalid tag format", e);
    }
  }

  /** What one step of an image's history shows. */
  public record HistoryLine(
      Optional<ImageId> id,
      Optional<String> created,
      String createdBy,
      List<String> names,
      long sizeBytes,
      String comment) {}

  /** The steps an image was made by, the newest first. */
  public List<HistoryLine> history(String nameOrId) throws IOException {
    Image image = find(nameOrId);
    return new ImageHistory(image, layersOf(image.id())).lines();
  }

  /** Tells of something that happened to an image. */
  void publish(Image image, String action, String subject, String name) {
    Map<String, String> attributes = new HashMap<>();
    if (image.config().config() != null && image.config().config().labels() != null) {
      attributes.putAll(image.config().config().labels());
    }
    attributes.put("name", name);
    events.publish(Event.Type.IMAGE, action, subject, attributes);
  }

  void publish(Image image, String action) {
    publish(image, action, image.id().toString(), image.id().toString());
  }

  /** Gives an image its row, with names; its layers must be leased until this returns. */
  Image add(NewImage image, Naming naming) throws IOException {
    return descriptions.before(
        image,
        () ->
            database.write(handle -> {
              ImageRows.put(handle, image, clock.instant());
              naming.name(handle);
              return ImageRows.find(handle, image.id()).orElseThrow();
            }));
  }

  /** What else is written together with an image's row. */
  interface Naming {
    void name(Handle handle) throws IOException;
  }

  Optional<ImageId> named(ImageName name) throws IOException {
    return database.read(handle -> ImageRows.named(handle, name));
  }

  Database database() {
    return database;
  }

  Layers layers() {
    return layers;
  }

  ImageDescriptions descriptions() {
    return descriptions;
  }

  Blobs blobs() {
    return blobs;
  }

  Events events() {
    return events;
  }

  ImageUsers users() {
    return users;
  }

  InstantSource clock() {
    return clock;
  }

  Lease lease(String operation) {
    return new Lease(database, operation);
  }

  /** Where the directory of a layer is, for {@code docker inspect}. */
  Optional<Path> pathOf(Digest layer) throws IOException {
    return layers.find(layer).map(layers::path);
  }
}
