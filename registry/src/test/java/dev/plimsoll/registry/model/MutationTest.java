package dev.plimsoll.registry.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.content.Disk;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.registry.model.History.Variant;
import dev.plimsoll.registry.model.Shrinking.Failure;
import dev.plimsoll.registry.repository.BlobRows;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The model test can fail: with a guard taken away, a history is soon found that breaks a promise. */
class MutationTest extends QuietLog {
  private static final int HISTORIES_MAX = 20;
  private static final int OPERATIONS_EACH = 300;

  /** What is taken away. */
  enum Mutation {
    A_LINK_DOES_NOT_REVIVE(3) {
      @Override
      Variant variant() {
        return Variant.with(() ->
            new BlobRows() {
              @Override
              protected void revive(Handle h, Digest digest) {
                // a condemned blob gets a link and stays condemned
              }
            });
      }
    },
    AN_UPLOAD_HAS_NO_LEASE(1) {
      @Override
      Variant variant() {
        return Variant.with(() ->
            new BlobRows() {
              @Override
              public void link(
                  Handle h, long repository, Digest digest, Instant now, Instant until) {
                super.link(h, repository, digest, now, now);
              }
            });
      }
    },
    THE_COLLECTOR_DOES_NOT_LOOK_FOR_MANIFESTS(1) {
      @Override
      Variant variant() {
        return Variant.with(() ->
            new BlobRows() {
              @Override
              public boolean referenced(Handle h, long repository, Digest digest) {
                return false;
              }

              @Override
              public void hold(Handle h, long repository, Digest digest) {
                // the lease goes on, and ends
              }
            });
      }
    },
    A_PURGE_RELEASES_NOTHING(1) {
      @Override
      Variant variant() {
        return Variant.with(() ->
            new BlobRows() {
              @Override
              public void release(Handle h, long repository, Digest digest, Instant until) {
                // nobody will look at the link again
              }
            });
      }
    },
    A_DELETED_BLOB_IS_STILL_SEEN(2) {
      @Override
      Variant variant() {
        return Variant.with(() ->
            new BlobRows() {
              @Override
              public void hide(Handle h, long repository, Digest digest, Instant now) {
                // it is said to be deleted
              }
            });
      }
    },
    AN_UNDO_LEAVES_BLOBS_HIDDEN(2) {
      @Override
      Variant variant() {
        return Variant.with(() ->
            new BlobRows() {
              @Override
              public void showAllOf(Handle h, long manifest) {
                // the manifest comes back alone
              }
            });
      }
    },
    A_DELETED_BLOB_KEEPS_ITS_ROW(1) {
      @Override
      Variant variant() {
        return Variant.with(() ->
            new BlobRows() {
              @Override
              public boolean forget(Handle h, Digest digest, String generation) {
                return true; // its bytes are gone
              }
            });
      }
    },
    FILES_ARE_NOT_FORCED(1) {
      @Override
      Variant variant() {
        return new Variant(BlobRows::new, Forgetful::new);
      }
    },
    DIRECTORIES_ARE_NOT_FORCED(1) {
      @Override
      Variant variant() {
        return new Variant(BlobRows::new, NamesForgotten::new);
      }
    };

    private final long firstSeed;

    /** The search begins where it was successful once. */
    Mutation(long firstSeed) {
      this.firstSeed = firstSeed;
    }

    abstract Variant variant();
  }

  @ParameterizedTest
  @EnumSource
  void whatIsTakenAwayIsMissed(Mutation mutation) throws Exception {
    for (long n = 0; n < HISTORIES_MAX; n++) {
      long seed = mutation.firstSeed + n;
      List<Step> steps = Step.random(OPERATIONS_EACH, new Random(seed));
      Optional<Failure> found = ModelTest.live(seed, steps, mutation.variant()).failure();
      if (found.isPresent()) {
        assertThat(ModelTest.live(seed, found.get().steps(), Variant.SOUND).failure())
            .as("the same history with nothing taken away")
            .isEmpty();
        return;
      }
    }
    throw new AssertionError("nobody missed it");
  }

  /** A disk of the same kind, with something left out. */
  private abstract static class Passing implements Disk {
    private final Disk below;

    Passing(Disk below) {
      this.below = below;
    }

    @Override
    public Output create(Path file) throws IOException {
      return below.create(file);
    }

    @Override
    public Output append(Path file) throws IOException {
      return below.append(file);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
      below.forceDirectory(directory);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
      below.rename(from, to);
    }

    @Override
    public void replace(Path from, Path to) throws IOException {
      below.replace(from, to);
    }

    @Override
    public void link(Path existing, Path name) throws IOException {
      below.link(existing, name);
    }

    @Override
    public void forceFile(Path file) throws IOException {
      below.forceFile(file);
    }

    @Override
    public void delete(Path file) throws IOException {
      below.delete(file);
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
      below.createDirectory(directory);
    }
  }

  private static final class NamesForgotten extends Passing {
    NamesForgotten(Disk below) {
      super(below);
    }

    @Override
    public void forceDirectory(Path directory) {
      // the kernel will do it, some time
    }
  }

  private static final class Forgetful extends Passing {
    Forgetful(Disk below) {
      super(below);
    }

    @Override
    public Output create(Path file) throws IOException {
      Output output = super.create(file);
      return new Output() {
        @Override
        public void write(ByteBuffer bytes) throws IOException {
          output.write(bytes);
        }

        @Override
        public void force() {
          // the kernel will do it, some time
        }

        @Override
        public void close() throws IOException {
          output.close();
        }
      };
    }
  }
}
