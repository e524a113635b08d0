package dev.plimsoll.engine.image;

import dev.plimsoll.engine.layer.Layer;
import dev.plimsoll.engine.layer.LayerStack;
import dev.plimsoll.engine.layer.Layers;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * After the machine has come up anew: reads the layers that were committed last and not looked
 * through since, behind everything else, and makes those anew that a disk has torn in spite of all
 * forcing. It can be broken off at any point and goes on at the next start.
 */
public final class LayerHealing implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LayerHealing.class);
  private static final int LAYERS_MAX = 200;

  private final ImageStore store;
  private final Path lastBootFile;
  private final String boot;
  private final Thread thread;

  private LayerHealing(ImageStore store, Path lastBootFile, String boot) {
    this.store = store;
    this.lastBootFile = lastBootFile;
    this.boot = boot;
    this.thread = Thread.ofPlatform().daemon().name("layer-verify").unstarted(this::run);
  }

  /**
   * Begins in the background.
   *
   * @param lastBootFile remembers the boot up to which all is verified: within one boot the kernel
   *     has lost nothing, however the engine ended
   * @param boot this boot's id, as {@code /proc/sys/kernel/random/boot_id} has it
   */
  public static LayerHealing start(ImageStore store, Path lastBootFile, String boot) {
    var healing = new LayerHealing(store, lastBootFile, boot);
    healing.thread.start();
    return healing;
  }

  private void run() {
    try {
      if (!boot.equals(lastBoot())) {
        for (Layer layer : store.layers().unverified(LAYERS_MAX)) {
          if (!store.layers().verify(layer, Layers.Depth.CONTENT)) {
            heal(store, layer.id());
          }
        }
        Files.writeString(lastBootFile, boot);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the engine ends; the next start goes on
    } catch (IOException e) {
      log.warn("layers not verified, tried again at the next start cause={}", e.getMessage());
    }
  }

  private String lastBoot() throws IOException {
    try {
      return Files.readString(lastBootFile);
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  /** Where a layer stands in an image that has it. */
  private record Place(ImageId image, int position, Optional<Digest> blob) {}

  /** Makes a layer anew from a blob of it, if one is here; whether it did. */
  static boolean heal(ImageStore store, Digest layer) throws IOException, InterruptedException {
    List<Place> places =
        store
            .database()
            .read(handle ->
                handle
                    .createQuery("SELECT image, position, blob FROM image_layer WHERE layer = ?")
                    .bind(0, layer.toString())
                    .map((r, _) ->
                        new Place(
                            ImageId.parse(r.getString(1)),
                            r.getInt(2),
                            Optional.ofNullable(r.getString(3)).map(Digest::parse)))
                    .list());
    for (Place place : places) {
      if (place.blob.isPresent() && heal(store, place, place.blob.get())) {
        return true;
      }
    }
    log.error("layer stays damaged, pull or load its image again layer={}", layer);
    return false;
  }

  private static boolean heal(ImageStore store, Place place, Digest blob)
      throws IOException, InterruptedException {
    List<Digest> diffIds = ImageConfig.parse(store.config(place.image)).diffIds();
    try (Lease lease = store.lease("heal")) {
      var stack = new LayerStack(store.layers(), diffIds, lease.holder());
      for (int below = 0; below < place.position; below++) {
        if (stack.find(below).isEmpty()) {
          stack.fail(below, new IOException("a layer below is damaged"));
        }
      }
      Layer made = stack.unpack(place.position, store.blobs().source(blob));
      log.info("layer healed id={} directory={}", made.id(), made.directory());
      return true;
    } catch (IOException e) {
      log.warn(
          "layer not healed image={} position={} cause={}",
          place.image,
          place.position,
          e.getMessage());
      return false;
    }
  }

  /** Waits until it has ended by itself. */
  void await() throws InterruptedException {
    thread.join();
  }

  /** Breaks it off and waits for that. */
  @Override
  public void close() {
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
