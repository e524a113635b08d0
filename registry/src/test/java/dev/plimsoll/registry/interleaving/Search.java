package dev.plimsoll.registry.interleaving;

import dev.plimsoll.content.BlobKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** Tries every next step of every actor in every state that can be reached. */
final class Search {

  /**
   * All that decides how things go on: not when things were made or by whom, nor how long ago
   * something was due.
   */
  private static final String STATE =
      """
      SELECT concat_ws(' ', 'b', digest, generation, state,
        :larger(condemned_at, :now)) FROM blobs
      UNION ALL SELECT concat_ws(' ', 'l', repository_id, digest,
        CASE WHEN leased_until IS NULL THEN '-'
          ELSE CAST(:larger(leased_until, :now) AS TEXT) END, deleted_at IS NULL) FROM blob_links
      UNION ALL SELECT concat_ws(' ', 'm', id, repository_id, digest, deletion_id) FROM manifests
      UNION ALL SELECT concat_ws(' ', 't', repository_id, name, digest) FROM tags
      UNION ALL SELECT concat_ws(' ', 'o', object) FROM manifest_objects_gone
      UNION ALL SELECT concat_ws(' ', 'd', id, repository_id, reference,
        :larger(kept_from, :now - :waits)) FROM deletions
      UNION ALL SELECT concat_ws(' ', 'x', deletion_id, name, digest) FROM deleted_tags
      ORDER BY 1
      """;

  /** Something that changes the world. */
  interface Change {
    void run() throws IOException;
  }

  private final World world;
  private final List<Actor> actors;
  private final long ticksMax;
  private final Change settling;
  private final Set<String> visited = new HashSet<>();
  private final Deque<String> path = new ArrayDeque<>();
  private final MessageDigest hash;

  Search(World world, List<Actor> actors, long ticksMax, Change settling) {
    this.world = world;
    this.actors = actors;
    this.ticksMax = ticksMax;
    this.settling = settling;
    try {
      this.hash = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** Searches, and returns how many states there are. */
  int run() throws IOException {
    try {
      explore();
      return visited.size();
    } catch (World.Violation e) {
      World.Violation told =
          new World.Violation(
              "%s%nafter:%n  %s".formatted(e.getMessage(), String.join("\n  ", path)));
      told.initCause(e);
      throw told;
    }
  }

  private void explore() throws IOException {
    if (!visited.add(digest())) {
      return;
    }
    Invariants.check(world);
    boolean clientsDone = true;
    for (Actor actor : actors) {
      if (!actor.isDone()) {
        clientsDone &= actor.cyclic;
        branch(actor.name, () -> world.step(actor));
      }
    }
    if (world.ticks() < ticksMax) {
      branch("tick", () -> world.tick(1));
    }
    if (clientsDone) {
      settle();
    }
  }

  private void branch(String name, Change step) throws IOException {
    String savepoint = "s" + path.size();
    World.State state = world.save(savepoint);
    List<Actor.State> actorStates = new ArrayList<>();
    actors.forEach(actor -> actorStates.add(actor.state()));
    path.addLast(name + " @" + world.ticks());
    step.run();
    explore();
    path.removeLast();
    world.restore(state, savepoint);
    for (int i = 0; i < actors.size(); i++) {
      actors.get(i).restore(actorStates.get(i));
    }
  }

  /** Lets time pass and the collector run until nothing changes any more. */
  private void settle() throws IOException {
    if (actors.stream().anyMatch(a -> a.cyclic && !a.state().answers().isEmpty())) {
      return; // the collector would meet itself; the state in which it has ended is searched too
    }
    String savepoint = "settling";
    World.State state = world.save(savepoint);
    path.addLast("settle @" + world.ticks());
    settling.run();
    Invariants.check(world);
    Invariants.checkSettled(world);
    path.removeLast();
    world.restore(state, savepoint);
  }

  private String stateNow() {
    return STATE
        .replace(":larger", world.larger())
        .replace(":now", Long.toString(world.instant().toEpochMilli()))
        .replace(":waits", Long.toString(World.TICK_MILLIS));
  }

  private String digest() {
    StringBuilder text = new StringBuilder();
    text.append(ticksMax - world.ticks());
    world.files().keySet().stream().map(BlobKey::toString).sorted().forEach(text::append);
    world.objects().stream().map(BlobKey::toString).sorted().forEach(text::append);
    world.query(stateNow()).forEach(row -> text.append(row).append('\n'));
    for (Actor actor : actors) {
      text.append(actor.state().text(world.instant())).append('\n');
    }
    return HexFormat.of()
        .formatHex(hash.digest(text.toString().getBytes(StandardCharsets.UTF_8)), 0, 16);
  }
}
