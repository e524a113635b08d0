package dev.plimsoll.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.linux.ChildProcess;
import dev.plimsoll.linux.Command;
import dev.plimsoll.linux.Processes;
import dev.plimsoll.linux.Signal;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every control group promises, on the hierarchies of this machine. */
@Timeout(60)
abstract class CgroupContract {
  private final List<ChildProcess> children = new ArrayList<>();
  Cgroup group;

  abstract CgroupLayout layout() throws IOException;

  @BeforeEach
  void make() throws IOException {
    group = layout().group("/plimsoll-test-" + UUID.randomUUID());
    assertThat(group.exists()).isFalse();
    group.create();
  }

  @AfterEach
  void remove() throws Exception {
    for (ChildProcess child : children) {
      child.kill(Signal.KILL);
    }
    if (group.exists()) {
      group.kill();
    }
    group.remove();
    for (ChildProcess child : children) {
      child.waitFor();
    }
  }

  @Test
  void processesOfItAndOfGroupsBelowAreListed() throws IOException {
    Cgroup below = layout().group(group.path() + "/below");
    below.create();
    long first = process(group);
    long second = process(below);

    assertThat(group.processes()).containsExactlyInAnyOrder(first, second);
    assertThat(below.processes()).containsExactly(second);
    assertThat(group.stats().cpu().totalNanos()).isNotNegative();
  }

  @Test
  void killingTakesFrozenOnesAndThoseBelow() throws Exception {
    Cgroup below = layout().group(group.path() + "/below");
    below.create();
    process(group);
    process(below);
    group.freeze();

    group.kill();

    assertThat(group.processes()).isEmpty();
    for (ChildProcess child : children) {
      assertThat(child.waitFor().code()).isEqualTo(137);
    }
    group.remove();
    assertThat(group.exists()).isFalse();
  }

  @Test
  void frozenProcessesStandUntilTheyAreThawed() throws Exception {
    process(group);

    group.freeze();
    assertThat(group.isFrozen()).isTrue();
    group.thaw();

    assertThat(group.isFrozen()).isFalse();
  }

  @Test
  void withAProcessInItIsNotRemoved() throws IOException {
    process(group);

    assertThatThrownBy(() -> group.remove()).isInstanceOf(IOException.class);

    assertThat(group.exists()).isTrue();
  }

  @Test
  void whatDoesNotExistIsRemovedKilledAndEmptyButHasNoStats() throws IOException {
    Cgroup nothing = layout().group("/plimsoll-test-nothing");

    nothing.remove();
    nothing.kill();

    assertThat(nothing.processes()).isEmpty();
    assertThatThrownBy(nothing::stats).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void theGroupOfThisProgramIsNeitherKilledNorFrozen() throws IOException {
    Cgroup root = layout().group("/");

    assertThatThrownBy(root::kill).hasMessageContaining("this process itself");
    assertThatThrownBy(root::freeze).hasMessageContaining("this process itself");
  }

  long process(Cgroup into) throws IOException {
    ChildProcess child = Processes.start(Command.of(Path.of("/bin/sleep"), "100"));
    children.add(child);
    into.add(child.pid());
    return child.pid();
  }
}
