package dev.plimsoll.http;

import io.netty.channel.Channel;
import io.netty.channel.epoll.AbstractEpollStreamChannel;
import io.netty.channel.epoll.Native;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Keeps a half-closed channel in its epoll set. Netty (seen in 4.2.16 to 4.2.18) takes a channel out of
 * the set when it is interested in nothing, and later tries to modify what is no longer there. A channel
 * whose input has ended is interested in nothing until a write has to wait: so the first answer that
 * does not fit the socket at once would break the connection. Interest in errors, which the kernel
 * reports anyway, keeps the set from being empty.
 */
final class EpollInterest {
  private static final MethodHandle SET_FLAG = setFlag();

  private EpollInterest() {}

  private static MethodHandle setFlag() {
    try {
      Class<?> declaring = AbstractEpollStreamChannel.class.getSuperclass();
      return MethodHandles.privateLookupIn(declaring, MethodHandles.lookup())
          .findVirtual(declaring, "setFlag", MethodType.methodType(void.class, int.class));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("this Netty has no AbstractEpollChannel.setFlag(int)", e);
    }
  }

  /** To be called when the input has ended, on the event loop. */
  static void keep(Channel channel) {
    if (channel instanceof AbstractEpollStreamChannel) {
      try {
        SET_FLAG.invoke(channel, Native.EPOLLERR);
      } catch (IOException e) {
        channel.pipeline().fireExceptionCaught(e);
      } catch (Throwable e) {
        throw new AssertionError("setFlag throws nothing but IOException", e);
      }
    }
  }
}
