package dev.plimsoll.linux;

import static dev.plimsoll.linux.ffi.SystemCall.SETNS;
import static dev.plimsoll.linux.ffi.SystemCall.UNSHARE;

import dev.plimsoll.foundation.thread.Task;
import dev.plimsoll.linux.ffi.Scratch;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Namespaces: {@code namespaces(7)}. A thread that changes its own is a platform thread of this class,
 * made for the purpose and ended after it, so that nothing else ever runs in the wrong one.
 */
public final class Namespaces {

  /** The kinds that a thread can have to itself. */
  public enum Kind {
    NETWORK(0x40000000, "net"),
    IPC(0x08000000, "ipc"),
    UTS(0x04000000, "uts");

    final int flag; // CLONE_NEW*, linux/sched.h
    final String file; // in /proc/thread-self/ns

    Kind(int flag, String file) {
      this.flag = flag;
      this.file = file;
    }
  }

  private Namespaces() {}

  /**
   * A new network namespace, kept alive by a mount at {@code path}: an empty file there that is made
   * now. Its loopback interface is down. {@link #remove} ends it.
   *
   * @throws IOException if {@code path} exists already, or a step fails; nothing is left then
   */
  public static void createNetwork(Path path) throws IOException, InterruptedException {
    create(Kind.NETWORK, path);
  }

  /** As {@link #createNetwork}, of any kind. */
  public static void create(Kind kind, Path path) throws IOException, InterruptedException {
    try {
      Files.createFile(path);
    } catch (FileAlreadyExistsException e) {
      throw new IOException("there is already a namespace, or something, at " + path, e);
    }
    boolean made = false;
    try {
      onOwnThread(
          "namespace " + path.getFileName(),
          () -> {
            try (Scratch s = Scratch.take()) {
              long result = UNSHARE.call(s, kind.flag);
              if (result < 0) {
                throw LinuxException.of(UNSHARE, path, result);
              }
            }
            Mounts.bind(Path.of("/proc/thread-self/ns", kind.file), path);
            return path;
          });
      made = true;
    } finally {
      if (!made) {
        remove(path);
      }
    }
  }

  /**
   * Ends what {@link #create} began: the namespace lives on only while processes are in it. Nothing
   * there is no failure.
   */
  public static void remove(Path path) throws IOException {
    Mounts.release(path);
    Files.deleteIfExists(path);
  }

  /** Runs {@code task} in the network namespace at {@code path} and waits for it. */
  public static <T> T inNetwork(Path path, Task<T> task) throws IOException, InterruptedException {
    return in(Kind.NETWORK, path, task);
  }

  /**
   * Runs {@code task} in the namespace at {@code path} and waits for it. Platform threads
   * that it starts are in there too, and sockets that it opens stay there; virtual threads are not. An
   * interrupt is passed on to it.
   *
   * @param path a mount of {@link #create}, or {@code /proc/PID/ns/net}
   */
  public static <T> T in(Kind kind, Path path, Task<T> task)
      throws IOException, InterruptedException {
    return onOwnThread(
        "in " + kind.file + " " + path.getFileName(),
        () -> {
          try (FileDescriptor namespace = FileDescriptor.open(path, 0);
              Scratch s = Scratch.take()) {
            long result = SETNS.call(s, namespace.number(), kind.flag);
            if (result < 0) {
              throw LinuxException.of(SETNS, path, result);
            }
          }
          return task.run();
        });
  }

  private static <T> T onOwnThread(String name, Task<T> task)
      throws IOException, InterruptedException {
    var result = new CompletableFuture<T>();
    Thread thread =
        Thread.ofPlatform()
            .name(name)
            .start(() -> {
              try {
                result.complete(task.run());
              } catch (Throwable t) {
                result.completeExceptionally(t);
              }
            });
    try {
      return result.get();
    } catch (InterruptedException e) {
      // Not left running: it may be about to mount what the caller then cleans up.
      thread.interrupt();
      Waiting.join(thread);
      throw e;
    } catch (ExecutionException e) {
      switch (Objects.requireNonNullElse(e.getCause(), e)) {
        case IOException trouble -> throw trouble;
        case RuntimeException wrong -> throw wrong;
        case Error worse -> throw worse;
        default -> throw new IOException(name, e);
      }
    }
  }
}
