package dev.plimsoll.registry.model;

import dev.plimsoll.content.Disk;
import dev.plimsoll.content.SimulatedDisk;
import dev.plimsoll.content.SimulatedDisk.WrittenBack;
import dev.plimsoll.database.Database;
import dev.plimsoll.database.DatabaseCopies;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.gc.Collector.Mode;
import dev.plimsoll.registry.gc.Collector.Phase;
import dev.plimsoll.registry.model.Model.Refused;
import dev.plimsoll.registry.repository.BlobRows;
import dev.plimsoll.registry.repository.RegistryException;
import dev.plimsoll.registry.repository.UploadId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A registry and its model, through starts, ends and power cuts. */
final class History implements AutoCloseable {
  private static final int POWER_CUT_EACH = 20;
  private static final int WHOLE_EACH = 20;
  private static final int SETTLED_EACH = 1000;
  private static final int PROBES = 3;
  private static final WrittenBack[] WRITTEN_BACK = WrittenBack.values();

  /** A registry with or without something taken away. */
  record Variant(Supplier<BlobRows> rows, UnaryOperator<Disk> disk) {
    static final Variant SOUND = new Variant(BlobRows::new, UnaryOperator.identity());

    static Variant with(Supplier<BlobRows> rows) {
      return new Variant(rows, SOUND.disk);
    }
  }

  /** What a deed has to bring about; it may be refused. */
  interface Law<T extends @Nullable Object> {
    T run(Model model);
  }

  /** The deed itself, with what the client is told. */
  interface Deed<T extends @Nullable Object> {
    T run(Installation registry) throws IOException;
  }

  private final Path root;
  private final Variant variant;
  private final Random generations;
  private final List<String> story = new ArrayList<>();
  private Database database;
  private Power power;
  private int powerCuts;
  private int stepsTaken;
  final Clock clock = new Clock();
  final Universe universe;
  State state;
  Installation registry;

  /** An empty registry in an empty directory. */
  History(Path root, long seed, Variant variant) throws IOException {
    this.root = root;
    this.variant = variant;
    this.generations = new Random(seed);
    this.universe = Universe.of(new Random(seed));
    this.state = new State(universe);
    this.database = openDatabase();
    this.power =
        new Power(database, new SimulatedDisk(Files.createDirectories(root.resolve("stores"))));
    this.registry = open();
    registry.housekeeping.recover();
    Model model = new Model(state, clock);
    model.began();
    model.look();
  }

  private Database openDatabase() throws IOException {
    return Database.open(root.resolve("registry.db"), "db/registry");
  }

  private Installation open() throws IOException {
    return new Installation(
        power,
        variant.disk().apply(power.disk()),
        root.resolve("stores"),
        new DatabaseCopies(database, root.resolve("copies")),
        variant.rows().get(),
        clock,
        generations);
  }

  /** What happened so far, a line each. */
  List<String> story() {
    return story;
  }

  void tell(String what) {
    story.add(what);
  }

  /** Those that were begun. */
  int stepsTaken() {
    return stepsTaken;
  }

  int powerCuts() {
    return powerCuts;
  }

  void run(List<Step> steps) throws IOException {
    Deeds deeds = new Deeds(this);
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      stepsTaken++;
      Random random = new Random(step.seed());
      try {
        deeds.take(step.kind(), random);
        probe(random);
        if (i % WHOLE_EACH == WHOLE_EACH - 1) {
          comparison(state).whole();
        }
        if (i % SETTLED_EACH == SETTLED_EACH - 1) {
          settle();
        }
      } catch (IOException | RuntimeException e) {
        throw (Violation) new Violation("step %d %s: %s".formatted(i, step, e)).initCause(e);
      }
    }
    settle();
  }

  private Comparison comparison(State with) {
    return new Comparison(registry, power, with);
  }

  Power power() {
    return power;
  }

  /** A few looks at what this step need not have touched. */
  private void probe(Random random) throws IOException {
    Comparison comparison = comparison(state);
    for (int i = 0; i < PROBES; i++) {
      RepositoryName repository = Universe.pick(universe.repositories(), random);
      comparison.manifest(repository, Universe.pick(List.copyOf(universe.docs().keySet()), random));
      comparison.blob(repository, Universe.pick(List.copyOf(universe.blobs().keySet()), random));
      comparison.tag(repository, Universe.pick(universe.tags(), random));
    }
  }

  /** Asks whether a blob is there where the model leaves it open. */
  void ask(RepositoryName repository, Digest blob) throws IOException {
    if (state.perhaps(repository, blob)) {
      state.settle(repository, blob, registry.blobs.has(repository, blob));
    }
  }

  /** Whether what an upload holds is the beginning of a blob. */
  boolean stagedAsSent(UploadId id, byte[] blob) throws IOException {
    byte[] staged = Files.readAllBytes(root.resolve("stores/content/staging").resolve(id.value()));
    return staged.length <= blob.length
        && Arrays.equals(staged, 0, staged.length, blob, 0, staged.length);
  }

  /** Has the registry and the model do the same, perhaps with a power cut in the middle of it. */
  <T extends @Nullable Object> @Nullable T attempt(
      String what, Random random, Law<T> law, Deed<T> deed) throws IOException {
    State next = state.copy();
    @Nullable T expected = null;
    @Nullable Class<? extends RegistryException> refusal = null;
    try {
      expected = law.run(new Model(next, clock));
    } catch (Refused e) {
      refusal = e.by();
      next = state;
    }
    return attempt(what, random, List.of(state, next), expected, refusal, deed);
  }

  /**
   * The same for a deed of several steps.
   *
   * @param reached what it may have come to when the power goes; the last is its end
   */
  <T extends @Nullable Object> @Nullable T attempt(
      String what,
      Random random,
      List<State> reached,
      @Nullable T expected,
      @Nullable Class<? extends RegistryException> refusal,
      Deed<T> deed)
      throws IOException {
    boolean risky = random.nextInt(POWER_CUT_EACH) == 0;
    if (risky) {
      plan(random);
    }
    State end = reached.getLast();
    boolean answered = true;
    String told = "done";
    @Nullable T answer = null;
    try {
      answer = deed.run(registry);
      if (refusal != null) {
        throw new Violation(
            what + ": done, where it had to be refused: " + refusal.getSimpleName());
      }
      if (expected != null && !Objects.equals(answer, expected)) {
        throw new Violation("%s: %s where %s was expected".formatted(what, answer, expected));
      }
    } catch (RegistryException e) {
      told = e.getClass().getSimpleName();
      if (!e.getClass().equals(refusal)) {
        throw (Violation)
            new Violation("%s: refused, where %s was expected: %s".formatted(what, refusal, e))
                .initCause(e);
      }
    } catch (IOException e) {
      if (!power.isOff()) {
        throw e;
      }
      answered = false;
      told = "the power goes";
    }
    if (risky) {
      told += answered ? ", and then the power goes" : "";
      powerCut(what, answered ? List.of(end) : reached, random);
    } else {
      state = end;
    }
    story.add(what + ": " + told);
    return answer;
  }

  private void plan(Random random) {
    if (random.nextBoolean()) {
      power.cutAfterOperations(random.nextInt(16));
    } else {
      power.cutAtCommit(1 + random.nextInt(2), random.nextBoolean());
    }
  }

  /** The power goes, if it has not gone yet, and comes back after a while. */
  void powerCut(String during, List<State> candidates, Random random) throws IOException {
    power.cut();
    powerCuts++;
    List<State> looked = looked(during, candidates);
    letGo();
    if (random.nextInt(3) == 0) {
      clock.jump(Duration.ofHours(random.nextInt(72)));
    }
    for (int left = random.nextInt(3); ; left--) {
      power.back(WRITTEN_BACK[random.nextInt(WRITTEN_BACK.length)]);
      if (left > 0) {
        plan(random);
      }
      try {
        registry = open();
        registry.housekeeping.recover();
        power.stays();
        break;
      } catch (IOException e) {
        if (!power.isOff()) {
          throw e;
        }
        letGo();
      }
    }
    looked.forEach(candidate -> new Model(candidate, clock).began());
    looked.forEach(candidate -> new Model(candidate, clock).look());
    state = theOneThatFits(during, looked);
  }

  /** A look at the clock by itself is seen only later, by how far it moves deadlines next time. */
  private List<State> looked(String during, List<State> candidates) throws IOException {
    long seenAt =
        database.read(
            h -> h.createQuery("SELECT seen_at FROM clock WHERE id = 1").mapTo(Long.class).one());
    List<State> looked =
        candidates.stream().filter(candidate -> candidate.seenAt == seenAt).toList();
    if (looked.isEmpty()) {
      throw new Violation("the clock was seen at %d during \"%s\"".formatted(seenAt, during));
    }
    return looked;
  }

  private void letGo() {
    try {
      registry.uploads.close();
    } catch (IOException e) {
      // there is no power
    }
  }

  private State theOneThatFits(String during, List<State> candidates) throws IOException {
    List<String> differences = new ArrayList<>();
    for (State candidate : candidates) {
      try {
        comparison(candidate).wholeAfterPowerCut();
        return candidate;
      } catch (Violation e) {
        differences.add(e.getMessage());
      }
    }
    throw new Violation(
        "after a power cut during \"%s\" there is neither what was nor what was to be: %s"
            .formatted(during, String.join("; or ", differences)));
  }

  /** Ends and begins again, as on an upgrade. */
  void restart(Random random) throws IOException {
    registry.uploads.close();
    if (random.nextInt(4) == 0) {
      database.close();
      database = openDatabase();
      power = new Power(database, power.disk());
    }
    registry = open();
    registry.housekeeping.recover();
    Model model = new Model(state, clock);
    model.beganAgain();
    model.look();
    comparison(state).whole();
    story.add("restart");
  }

  /** A turn of the housekeeping. */
  void round() throws IOException {
    Model model = new Model(state, clock);
    model.look();
    model.doubtUploads();
    state = Model.collect(state, clock, Mode.WHEN_DUE, EnumSet.allOf(Phase.class)).getLast();
    registry.housekeeping.round();
    story.add("housekeeping");
  }

  /** Lets all time pass that anything waits for, and looks at what is left. */
  private void settle() throws IOException {
    for (RepositoryName repository : universe.repositories()) {
      for (String pin : List.copyOf(state.place(repository).pins)) {
        Deeds.unpin(this, repository, pin, new Random(1));
      }
    }
    for (String reporter : List.copyOf(state.reports.keySet())) {
      Deeds.report(this, reporter, Set.of(), new Random(1));
    }
    round(); // which sees a clock that has jumped, and moves deadlines
    clock.pass(Duration.ofMillis(state.longestAhead(clock.millis())));
    for (int hours : new int[] {2, 72, 72, 72, 48, 2, 2}) {
      clock.pass(Duration.ofHours(hours));
      round();
    }
    registry.audit();
    clock.pass(Duration.ofHours(2));
    round();
    for (RepositoryName repository : universe.repositories()) {
      for (Digest blob : universe.blobs().keySet()) {
        ask(repository, blob);
      }
    }
    comparison(state).settled();
    story.add("settled");
  }

  @Override
  public void close() throws IOException {
    letGo();
    database.close();
  }
}
