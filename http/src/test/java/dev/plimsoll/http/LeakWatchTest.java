package dev.plimsoll.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;

/** The watch that other tests trust sees what it is there for. */
class LeakWatchTest {

  @Test
  void aBufferThatIsHeldAndForgottenIsReported() {
    try (LeakWatch watch = new LeakWatch()) {
      forget("forgotten " + System.nanoTime());

      assertThat(watch.leaks()).hasSize(1).first().asString().contains("forgotten");
    }
  }

  @Test
  void aBufferThatIsReleasedIsNot() {
    try (LeakWatch watch = new LeakWatch()) {
      HeldBytes held = new HeldBytes(UnpooledByteBufAllocator.DEFAULT);
      held.add(Unpooled.directBuffer(8).writeLong(1));
      held.release();

      assertThat(watch.leaks()).isEmpty();
    }
  }

  /** As a connection would that closes without letting go of what came early. */
  private static void forget(String mark) {
    HeldBytes held = new HeldBytes(UnpooledByteBufAllocator.DEFAULT);
    ByteBuf bytes = Unpooled.directBuffer(8).writeLong(1);
    bytes.touch(mark);
    held.add(bytes);
  }
}
