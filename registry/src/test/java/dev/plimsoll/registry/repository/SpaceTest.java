package dev.plimsoll.registry.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.foundation.Reserve;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sentences; {@code FullDiskTest} fills a real disk. */
class SpaceTest {
  private static final int RESERVE_BYTES = 1 << 20;

  @TempDir private Path directory;

  private Reserve reserve() throws IOException {
    return new Reserve(directory.resolve("reserve"), RESERVE_BYTES);
  }

  @Test
  void aDiskThatCanNeverTakeAPushIsTold() {
    Space space = new Space(directory, 1L << 52, Reserve.none());

    assertThatThrownBy(space::refuseIfLow)
        .isInstanceOf(NoSpaceException.class)
        .hasMessageContaining("there are 4.0 PiB, more than its disk of ")
        .hasMessageContaining("lower registry.space.low-water and registry.space.reserve");
  }

  @Test
  void thereIsNoRoomForAbsurdSizes() {
    Space space = new Space(directory, 0, Reserve.none());

    assertThat(space.hasRoomFor(1, 1, 1)).isTrue();
    assertThat(space.hasRoomFor(1L << 62, 1L << 62, 0)).isFalse();
    assertThat(space.hasRoomFor(Long.MAX_VALUE, Long.MAX_VALUE, 2)).isFalse();
  }

  @Test
  void theReserveComesBackBeforeAnythingNewIsTaken() throws IOException {
    Reserve reserve = reserve();
    Space space = new Space(directory, RESERVE_BYTES, reserve);
    space.replenish();
    assertThat(space.isLow()).isFalse();
    assertThat(space.reservedBytes()).isEqualTo(RESERVE_BYTES);

    reserve.release();

    assertThat(space.reservedBytes()).isZero();
    assertThatThrownBy(space::refuseIfLow)
        .hasMessage("the registry takes nothing new until it has its reserve of 1.0 MiB back");
    space.replenish();
    space.refuseIfLow();
  }
}
