package dev.plimsoll.registry.interleaving;

import static dev.plimsoll.registry.interleaving.Party.A;
import static dev.plimsoll.registry.interleaving.Party.B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.registry.gc.Collector.Mode;
import dev.plimsoll.registry.gc.Collector.Phase;
import dev.plimsoll.registry.interleaving.Actor.Deed;
import dev.plimsoll.registry.interleaving.Party.Promises;
import dev.plimsoll.registry.repository.BlobRows;
import dev.plimsoll.registry.repository.SharedBlobRows;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two clients and the collector, in every order of their steps: nothing promised is ever broken. And
 * with a guard taken away, something is.
 */
class InterleavingTest {
  private static final List<byte[]> ONE_BLOB = List.of(Party.LAYER);
  private static final List<byte[]> TWO_BLOBS = List.of(Party.LAYER, Party.CONFIG);

  /** What the clients are up to, and what was there before. */
  enum Scenario {
    TWO_PUSHES_THAT_MOUNT_FROM_EACH_OTHER(Mode.WHEN_DUE, 2) {
      @Override
      List<Actor> clients(Party party) {
        return List.of(
            Actor.client("pushA", party.push(A, Optional.of(B), Promises.KEPT)),
            Actor.client("pushB", party.push(B, Optional.of(A), Promises.KEPT)));
      }
    },
    TWO_PUSHES_TO_ONE_REPOSITORY(Mode.WHEN_DUE, 2) {
      @Override
      List<Actor> clients(Party party) {
        return List.of(
            Actor.client("push1", party.push(A, Optional.empty(), Promises.KEPT)),
            Actor.client("push2", party.push(A, Optional.empty(), Promises.KEPT)));
      }
    },
    A_PUSH_THAT_MOUNTS_WHAT_IS_BEING_DELETED(Mode.WHEN_DUE, 4) {
      @Override
      void before(Party party) throws IOException {
        party.pushAtOnce(B);
      }

      @Override
      List<Actor> clients(Party party) {
        return List.of(
            Actor.client("push", party.push(A, Optional.of(B), Promises.KEPT)),
            Actor.client("delete", List.of(party.delete(B), party.seeNothing(B))));
      }
    },
    A_PUSH_OF_WHAT_IS_BEING_COLLECTED(Mode.WHEN_DUE, 2) {
      @Override
      void before(Party party) throws IOException {
        party.pushAtOnce(B);
        party.world.atOnce(party.delete(B));
        for (int i = 0; i < 3; i++) { // until the blobs are condemned, and not doomed yet
          party.world.tick(1);
          party.collect(Set.of(Phase.PURGE, Phase.UNLINK));
        }
      }

      @Override
      List<Actor> clients(Party party) {
        return List.of(
            Actor.client("pushA", party.push(A, Optional.of(B), Promises.KEPT)),
            Actor.client("pushB", party.push(B, Optional.empty(), Promises.KEPT)));
      }
    },
    A_DELETION_THAT_IS_TAKEN_BACK(Mode.WHEN_DUE, 4) {
      @Override
      void before(Party party) throws IOException {
        party.pushAtOnce(B);
      }

      @Override
      List<Actor> clients(Party party) {
        List<Deed> deleteAndPush = new ArrayList<>(List.of(party.deleteLayer(B)));
        deleteAndPush.addAll(party.push(A, Optional.of(B), Promises.KEPT));
        return List.of(
            Actor.client("undo", List.of(party.delete(B), party.restore(), party.pull(B))),
            Actor.client("deleteLayer", deleteAndPush));
      }
    },
    PUSHES_UNDER_AN_IMPATIENT_COLLECTOR(Mode.NOW, 1) {
      @Override
      List<Actor> clients(Party party) {
        return List.of(
            Actor.client("pushA", party.push(A, Optional.of(B), Promises.VOID)),
            Actor.client("pushB", party.push(B, Optional.of(A), Promises.VOID)));
      }
    };

    private final Mode mode;
    private final long ticks;

    Scenario(Mode mode, long ticks) {
      this.mode = mode;
      this.ticks = ticks;
    }

    abstract List<Actor> clients(Party party);

    void before(Party party) throws IOException {
      // nothing is there
    }

    /** Where nothing is deleted there is nothing to purge, and trying costs a lot of states. */
    Set<Phase> phases() {
      return switch (this) {
        case A_PUSH_THAT_MOUNTS_WHAT_IS_BEING_DELETED, A_DELETION_THAT_IS_TAKEN_BACK ->
            EnumSet.allOf(Phase.class);
        default -> EnumSet.complementOf(EnumSet.of(Phase.PURGE));
      };
    }
  }

  /**
   * With one blob in every scenario, and with two where they matter most. All with two take some ten
   * minutes: {@code -Dplimsoll.interleaving=all}.
   */
  @ParameterizedTest
  @EnumSource
  void noOrderOfStepsBreaksAPromise(Scenario scenario) throws IOException {
    int states = search(scenario, new BlobRows(), false, ONE_BLOB);

    assertThat(states).as("states searched").isGreaterThan(500);
  }

  /** Where two blobs matter most; all scenarios where the long search was asked for. */
  static Stream<Scenario> scenariosWithTwoBlobs() {
    return "all".equals(System.getProperty("plimsoll.interleaving"))
        ? Arrays.stream(Scenario.values())
        : Stream.of(Scenario.TWO_PUSHES_THAT_MOUNT_FROM_EACH_OTHER);
  }

  @ParameterizedTest
  @MethodSource("scenariosWithTwoBlobs")
  void noOrderOfStepsBreaksAPromiseWithTwoBlobs(Scenario scenario) throws IOException {
    int states = search(scenario, new BlobRows(), false, TWO_BLOBS);

    assertThat(states).as("states searched").isGreaterThan(5000);
  }

  /** The same statements and locks in PostgreSQL; all scenarios where the long search is asked for. */
  static Stream<Scenario> scenariosInPostgres() {
    return "all".equals(System.getProperty("plimsoll.interleaving"))
        ? Arrays.stream(Scenario.values())
        : Stream.of(Scenario.TWO_PUSHES_TO_ONE_REPOSITORY);
  }

  @ParameterizedTest
  @MethodSource("scenariosInPostgres")
  void noOrderOfStepsBreaksAPromiseInPostgres(Scenario scenario) throws IOException {
    int states = search(scenario, Tables.inPostgres(), new SharedBlobRows(), false, ONE_BLOB);

    assertThat(states).as("states searched").isGreaterThan(500);
  }

  @Test
  void aLinkThatDoesNotReviveIsFound() {
    BlobRows mutated =
        new BlobRows() {
          @Override
          protected void revive(Handle h, Digest digest) {
            // a condemned blob gets a link and stays condemned
          }
        };

    assertThatThrownBy(
            () -> search(Scenario.A_PUSH_OF_WHAT_IS_BEING_COLLECTED, mutated, false, ONE_BLOB))
        .isInstanceOf(World.Violation.class);
  }

  @Test
  void aCollectorThatDoesNotLookForManifestsIsFound() {
    BlobRows mutated =
        new BlobRows() {
          @Override
          public boolean referenced(Handle h, long repositoryId, Digest digest) {
            return false;
          }

          @Override
          public void hold(Handle h, long repositoryId, Digest digest) {
            // the lease goes on, and ends
          }
        };

    assertThatThrownBy(
            () -> search(Scenario.TWO_PUSHES_TO_ONE_REPOSITORY, mutated, false, ONE_BLOB))
        .isInstanceOf(World.Violation.class)
        .hasMessageContaining("names a blob that cannot be pulled");
  }

  @Test
  void aMountWithoutALeaseIsFound() {
    BlobRows mutated =
        new BlobRows() {
          @Override
          public void link(Handle h, long repository, Digest digest, Instant now, Instant until) {
            super.link(h, repository, digest, now, now);
          }
        };

    assertThatThrownBy(
            () -> search(Scenario.TWO_PUSHES_THAT_MOUNT_FROM_EACH_OTHER, mutated, false, ONE_BLOB))
        .isInstanceOf(World.Violation.class)
        .hasMessageContaining("refused within the lease");
  }

  @Test
  void aDeletionWithoutALeaseForWhatItReleasesIsFound() {
    BlobRows mutated =
        new BlobRows() {
          @Override
          public void release(Handle h, long repository, Digest digest, Instant until) {
            // nobody will look at the link again
          }
        };

    assertThatThrownBy(() ->
            search(Scenario.A_PUSH_THAT_MOUNTS_WHAT_IS_BEING_DELETED, mutated, false, ONE_BLOB))
        .isInstanceOf(World.Violation.class)
        .hasMessageContaining("nobody will ever collect it");
  }

  @Test
  void aPhysicalNameThatIsUsedTwiceIsFound() {
    assertThatThrownBy(() ->
            search(Scenario.A_PUSH_OF_WHAT_IS_BEING_COLLECTED, new BlobRows(), true, ONE_BLOB))
        .isInstanceOf(World.Violation.class)
        .hasMessageContaining("used twice");
  }

  private static int search(
      Scenario scenario, BlobRows rows, boolean namesUsedTwice, List<byte[]> blobs)
      throws IOException {
    return search(scenario, Tables.inMemory(), rows, namesUsedTwice, blobs);
  }

  private static int search(
      Scenario scenario, Tables tables, BlobRows rows, boolean namesUsedTwice, List<byte[]> blobs)
      throws IOException {
    try (World world = new World(tables, namesUsedTwice)) {
      Party party = new Party(world, rows, blobs);
      scenario.before(party);
      List<Actor> actors = new ArrayList<>(scenario.clients(party));
      actors.addAll(party.collectors(scenario.mode, scenario.phases()));
      return new Search(world, actors, world.ticks() + scenario.ticks, party::settle).run();
    }
  }
}
