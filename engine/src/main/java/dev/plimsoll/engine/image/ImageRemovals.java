package dev.plimsoll.engine.image;

import dev.plimsoll.engine.image.ImageUsers.User;
import dev.plimsoll.engine.layer.Layer;
import dev.plimsoll.engine.refusal.EngineException.Conflict;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/**
 * {@code docker rmi}: taking names and deleting images, with dockerd's rules and words for what
 * stands in the way. Safe for many threads: each removal is decided and done in one transaction;
 * bytes go afterwards.
 */
public final class ImageRemovals {
  private final ImageStore store;

  public ImageRemovals(ImageStore store) {
    this.store = store;
  }

  /**
   * Takes the name, and deletes the image if that was its last one; or, if an id was given, deletes
   * the image with all its names.
   *
   * @return what was done, in order
   * @throws Conflict if names, children or containers stand in the way
   */
  public List<Removed> remove(String nameOrId, RemoveOptions options) throws IOException {
    List<Removed> done = removeRows(nameOrId, options);
    store.collect();
    return done;
  }

  /** As {@link #remove}, leaving the bytes for a {@link ImageStore#collect} of the caller's. */
  List<Removed> removeRows(String nameOrId, RemoveOptions options) throws IOException {
    Outcome outcome = store.database().free(handle -> new Removal(handle, nameOrId, options).run());
    outcome.done.forEach(removed -> {
      switch (removed) {
        case Removed.Untagged _ -> store.publish(outcome.image, "untag");
        case Removed.Image(ImageId id) ->
            store.publish(outcome.image, "delete", id.toString(), id.toString());
        case Removed.Layer _ -> {}
      }
    });
    return outcome.done;
  }

  private record Outcome(Image image, List<Removed> done) {}

  /** What dockerd lets stand in the way: hard ones always, soft ones unless forced. */
  private enum Obstacles {
    HARD,
    ALL,
    ALL_BUT_NAMES
  }

  private final class Removal {
    private final Handle handle;
    private final String asked;
    private final RemoveOptions options;
    private final List<Removed> done = new ArrayList<>();

    Removal(Handle handle, String asked, RemoveOptions options) {
      this.handle = handle;
      this.asked = asked;
      this.options = options;
    }

    Outcome run() {
      ImageId id = ImageLookup.find(handle, asked);
      Image image = ImageRows.find(handle, id).orElseThrow(() -> ImageLookup.noSuch(asked));
      if (ImageLookup.isIdOf(id, asked) && !isName(image)) {
        removeById(image);
      } else {
        removeByName(image);
      }
      return new Outcome(image, done);
    }

    /** A name that looks like the beginning of an id is a name first, as in every look-up. */
    private boolean isName(Image image) {
      return image.names().stream()
          .anyMatch(n -> n.familiar().equals(asked) || n.familiarRepository().equals(asked));
    }

    private void removeById(Image image) {
      if (isSingle(image)) {
        refuse(image, options.force() ? Obstacles.HARD : Obstacles.ALL_BUT_NAMES);
        references(image).forEach(name -> untag(image, name));
      }
      delete(image, options.force() ? Obstacles.HARD : Obstacles.ALL);
    }

    private void removeByName(Image image) {
      List<User> users = store.users().containersUsing(image.id());
      if (!options.force() && isSingle(image) && !users.isEmpty()) {
        throw new Conflict(
            ("conflict: unable to remove repository reference \"%s\" (must force) - container %s is"
                    + " using its referenced image %s")
                .formatted(asked, shortId(users.getFirst()), image.id().shortText()));
      }
      ImageName name = ImageLookup.parse(asked).withDefaultTag();
      untag(image, name);
      Image rest = current(image.id());
      if (name.digest().isEmpty() && sameRepository(rest.names(), name).isEmpty()) {
        sameRepository(rest.digests(), name).forEach(digest -> untag(rest, digest));
      }
      Image last = current(image.id());
      if (!references(last).isEmpty()) {
        return;
      }
      Obstacles obstacles = options.force() ? Obstacles.HARD : Obstacles.ALL;
      Optional<String> obstacle = obstacle(last, obstacles);
      if (obstacle.isPresent() && (used(last) || hasChildren(last))) {
        return; // the name is gone, which is what was asked for; the image stays for its users
      }
      delete(last, obstacles);
    }

    private Image current(ImageId id) {
      return ImageRows.find(handle, id).orElseThrow(() -> ImageLookup.noSuch(asked));
    }

    private void untag(Image image, ImageName name) {
      if (name.digest().isPresent()) {
        ImageRows.removeDigest(handle, name, image.id());
        done.add(new Removed.Untagged(name.withDigest(name.digest().get())));
      } else {
        ImageRows.unname(handle, name);
        done.add(new Removed.Untagged(name));
      }
    }

    private void delete(Image image, Obstacles obstacles) {
      refuse(image, obstacles);
      Image now = current(image.id());
      references(now).forEach(name -> untag(now, name));
      List<Digest> layersOnlyHere = layersOnlyIn(image.id());
      boolean stillUsed = store.inUse(image.id());
      if (stillUsed) {
        ImageRows.hide(handle, image.id(), store.clock().instant());
      } else {
        ImageRows.delete(handle, image.id());
      }
      done.add(new Removed.Image(image.id()));
      if (!stillUsed) {
        layersOnlyHere.forEach(layer -> done.add(new Removed.Layer(layer)));
      }
      if (options.pruneParents()) {
        image.parent().flatMap(parent -> ImageRows.find(handle, parent)).ifPresent(this::prune);
      }
    }

    private void prune(Image parent) {
      if (references(parent).isEmpty() && obstacle(parent, Obstacles.ALL).isEmpty()) {
        delete(parent, Obstacles.ALL);
      }
    }

    private void refuse(Image image, Obstacles obstacles) {
      obstacle(image, obstacles)
          .ifPresent(reason -> {
            throw new Conflict(
                "conflict: unable to delete %s %s".formatted(image.id().shortText(), reason));
          });
    }

    private Optional<String> obstacle(Image image, Obstacles obstacles) {
      if (hasChildren(image)) {
        return Optional.of("(cannot be forced) - image has dependent child images");
      }
      List<User> users = store.users().containersUsing(image.id());
      Optional<User> running = first(users, User.State.RUNNING);
      if (running.isPresent()) {
        return Optional.of(
            "(cannot be forced) - image is being used by running container "
                + shortId(running.get()));
      }
      if (obstacles == Obstacles.ALL && !references(current(image.id())).isEmpty()) {
        return Optional.of("(must be forced) - image is referenced in multiple repositories");
      }
      if (obstacles == Obstacles.HARD) {
        return Optional.empty();
      }
      return first(users, User.State.STOPPED)
          .map(user ->
              "(must be forced) - image is being used by stopped container " + shortId(user));
    }

    private boolean used(Image image) {
      return !store.users().containersUsing(image.id()).isEmpty();
    }

    private boolean hasChildren(Image image) {
      return handle
              .createQuery("SELECT count(*) FROM image WHERE parent = ? AND removed_at IS NULL")
              .bind(0, image.id().toString())
              .mapTo(Integer.class)
              .one()
          > 0;
    }

    /** The chainIDs of layers that no other image stands on, the topmost first. */
    private List<Digest> layersOnlyIn(ImageId id) {
      List<ImageRows.Part> parts = ImageRows.layers(handle, id);
      Set<String> shared =
          handle
              .createQuery("SELECT DISTINCT layer FROM image_layer WHERE image <> ?")
              .bind(0, id.toString())
              .mapTo(String.class)
              .stream()
              .collect(Collectors.toSet());
      List<Digest> found = new ArrayList<>();
      Digest chain = null;
      for (ImageRows.Part part : parts) {
        chain = chain == null ? part.diffId() : Layer.chainId(chain, part.diffId());
        if (!shared.contains(part.layer().toString())) {
          found.add(chain);
        }
      }
      return found.reversed();
    }
  }

  private static List<ImageName> references(Image image) {
    return Stream.concat(image.names().stream(), image.digests().stream()).toList();
  }

  /** At most one tag, and every digest in the repository of that. */
  private static boolean isSingle(Image image) {
    List<ImageName> all = references(image);
    if (all.size() <= 1) {
      return true;
    }
    return image.names().size() <= 1
        && all.stream().map(ImageName::withoutReference).distinct().count() == 1;
  }

  private static List<ImageName> sameRepository(List<ImageName> names, ImageName name) {
    return names.stream()
        .filter(each -> each.withoutReference().equals(name.withoutReference()))
        .toList();
  }

  private static Optional<User> first(List<User> users, User.State state) {
    return users.stream().filter(user -> user.state() == state).findFirst();
  }

  private static String shortId(User user) {
    return user.containerId().substring(0, Math.min(12, user.containerId().length()));
  }
}
