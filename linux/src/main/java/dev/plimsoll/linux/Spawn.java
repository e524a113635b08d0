package dev.plimsoll.linux;

import static dev.plimsoll.linux.ffi.SystemCall.FCNTL;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.plimsoll.linux.ffi.FileName;
import dev.plimsoll.linux.ffi.Library;
import dev.plimsoll.linux.ffi.Scratch;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One {@code posix_spawn(3)}. The structures of glibc are opaque: 80 and 336 bytes on both machines,
 * and more is given than they need.
 */
final class Spawn implements AutoCloseable {
  private static final int STRUCT_BYTES = 1024;
  private static final int SIGSET_BYTES = 128;
  private static final int SETPGROUP = 0x02; // spawn.h
  private static final int SETSIGDEF = 0x04;
  private static final int SETSIGMASK = 0x08;
  private static final int SETSID = 0x80;
  private static final int F_DUPFD_CLOEXEC = 1030; // linux/fcntl.h
  private static final int O_RDWR = 2;

  private static final MethodHandle SPAWN =
      Library.function(
          "posix_spawn", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
  private static final MethodHandle ACTIONS_INIT =
      Library.function("posix_spawn_file_actions_init", JAVA_INT, ADDRESS);
  private static final MethodHandle ACTIONS_DESTROY =
      Library.function("posix_spawn_file_actions_destroy", JAVA_INT, ADDRESS);
  private static final MethodHandle ADD_OPEN =
      Library.function(
          "posix_spawn_file_actions_addopen",
          JAVA_INT,
          ADDRESS,
          JAVA_INT,
          ADDRESS,
          JAVA_INT,
          JAVA_INT);
  private static final MethodHandle ADD_DUP2 =
      Library.function("posix_spawn_file_actions_adddup2", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  private static final MethodHandle ADD_CLOSE =
      Library.function("posix_spawn_file_actions_addclose", JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle ADD_CHDIR =
      Library.function("posix_spawn_file_actions_addchdir_np", JAVA_INT, ADDRESS, ADDRESS);
  private static final Optional<MethodHandle> ADD_CLOSEFROM = // glibc 2.34
      Library.functionIfPresent(
          "posix_spawn_file_actions_addclosefrom_np", JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle ATTRIBUTES_INIT =
      Library.function("posix_spawnattr_init", JAVA_INT, ADDRESS);
  private static final MethodHandle ATTRIBUTES_DESTROY =
      Library.function("posix_spawnattr_destroy", JAVA_INT, ADDRESS);
  private static final MethodHandle SET_FLAGS =
      Library.function("posix_spawnattr_setflags", JAVA_INT, ADDRESS, JAVA_SHORT);
  private static final MethodHandle SET_SIGDEFAULT =
      Library.function("posix_spawnattr_setsigdefault", JAVA_INT, ADDRESS, ADDRESS);
  private static final MethodHandle SET_SIGMASK =
      Library.function("posix_spawnattr_setsigmask", JAVA_INT, ADDRESS, ADDRESS);

  private final Arena arena = Arena.ofConfined();
  private final List<FileDescriptor> copies = new ArrayList<>();
  private final Command command;
  private final MemorySegment actions = arena.allocate(STRUCT_BYTES, 16);
  private final MemorySegment attributes = arena.allocate(STRUCT_BYTES, 16);

  Spawn(Command command) {
    this.command = command;
    call(ACTIONS_INIT, actions);
    call(ATTRIBUTES_INIT, attributes);
  }

  long start() throws IOException {
    describeDescriptors();
    if (command.directory().isPresent()) {
      call(ADD_CHDIR, actions, text(command.directory().get().toString()));
    }
    describeSignals();
    List<String> environment = new ArrayList<>();
    for (Map.Entry<String, String> variable : command.environment().entrySet()) {
      environment.add(variable.getKey() + "=" + variable.getValue());
    }
    MemorySegment pid = arena.allocate(JAVA_INT);
    int error =
        call(
            SPAWN,
            pid,
            text(command.program().toString()),
            actions,
            attributes,
            array(command.arguments()),
            array(environment));
    if (error != 0) {
      throw new LinuxException("posix_spawn", what(error), error);
    }
    return pid.get(JAVA_INT, 0);
  }

  // The kernel says ENOENT for the program, its interpreter and the working directory alike.
  private String what(int error) {
    if (error == Errno.ENOENT.number() && command.directory().isPresent()) {
      return command.program() + " in " + command.directory().get();
    }
    return command.program().toString();
  }

  // In the child the actions run one after the other, and a dup2 may overwrite what a later one
  // wants
  // to copy. So each source is first copied above all targets.
  private void describeDescriptors() throws IOException {
    int last = 2;
    for (int target : command.descriptors().keySet()) {
      last = Math.max(last, target);
    }
    for (int target = 0; target <= last; target++) {
      FileDescriptor source = command.descriptors().get(target);
      if (source != null) {
        call(ADD_DUP2, actions, copyAbove(last, source).number(), target);
      } else if (target <= 2) {
        call(ADD_OPEN, actions, target, text("/dev/null"), O_RDWR, 0);
      } else {
        call(ADD_CLOSE, actions, target);
      }
    }
    closeFrom(last + 1);
  }

  private FileDescriptor copyAbove(int last, FileDescriptor source) throws IOException {
    try (Scratch s = Scratch.take()) {
      long copy = FCNTL.call(s, source.number(), F_DUPFD_CLOEXEC, last + 1);
      if (copy < 0) {
        throw LinuxException.of(FCNTL, source, copy);
      }
      var owned = new FileDescriptor((int) copy, source);
      copies.add(owned);
      return owned;
    }
  }

  private void closeFrom(int first) throws IOException {
    if (ADD_CLOSEFROM.isPresent()) {
      call(ADD_CLOSEFROM.get(), actions, first);
      return;
    }
    // One that another thread opens after this look is closed on exec, as all of the JDK's and
    // ours.
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      for (Path path : open.toList()) {
        int number = Integer.parseInt(path.getFileName().toString());
        if (number >= first) {
          call(ADD_CLOSE, actions, number);
        }
      }
    }
  }

  private void describeSignals() {
    MemorySegment none = arena.allocate(SIGSET_BYTES);
    MemorySegment all = arena.allocate(SIGSET_BYTES).fill((byte) 0xFF);
    int flags = SETSIGMASK | SETSIGDEF;
    switch (command.group()) {
      case INHERITED -> {}
      case OWN_GROUP -> flags |= SETPGROUP; // to the group 0, which means its own pid
      case OWN_SESSION -> flags |= SETSID;
    }
    call(SET_SIGMASK, attributes, none);
    call(SET_SIGDEFAULT, attributes, all);
    call(SET_FLAGS, attributes, (short) flags);
  }

  private MemorySegment array(List<String> texts) {
    MemorySegment array = arena.allocate(ADDRESS, texts.size() + 1L);
    for (int i = 0; i < texts.size(); i++) {
      array.setAtIndex(ADDRESS, i, text(texts.get(i)));
    }
    return array;
  }

  private MemorySegment text(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a NUL character in \"" + text + "\"");
    }
    byte[] bytes = FileName.encode(text);
    MemorySegment copy = arena.allocate(bytes.length + 1L);
    MemorySegment.copy(bytes, 0, copy, JAVA_BYTE, 0, bytes.length);
    return copy;
  }

  // Starting a process costs a thousand times this reflection of invokeWithArguments.
  private static int call(MethodHandle function, Object... arguments) {
    try {
      return (int) function.invokeWithArguments(arguments);
    } catch (Throwable t) {
      throw new AssertionError("a downcall throws nothing of its own", t);
    }
  }

  @Override
  public void close() {
    call(ACTIONS_DESTROY, actions);
    call(ATTRIBUTES_DESTROY, attributes);
    copies.forEach(FileDescriptor::close);
    arena.close();
  }
}
