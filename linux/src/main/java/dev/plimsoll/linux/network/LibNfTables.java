package dev.plimsoll.linux.network;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.plimsoll.linux.Namespaces;
import dev.plimsoll.linux.ffi.Library;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * By {@code libnftables}: {@code libnftables(3)}. A context of the library is not for two threads at
 * once, so calls take turns. Its netlink socket is opened with it and stays in the namespace of then.
 */
final class LibNfTables implements NfTables {
  private static final String NAME = "libnftables.so.1";
  private static final int JSON = 1 << 4; // NFT_CTX_OUTPUT_JSON, nftables/libnftables.h

  /** The functions, found once. */
  private record Functions(
      MethodHandle create,
      MethodHandle free,
      MethodHandle bufferOutput,
      MethodHandle bufferError,
      MethodHandle run,
      MethodHandle output,
      MethodHandle error,
      MethodHandle setFlags,
      MethodHandle setDryRun) {

    static Functions in(SymbolLookup library) {
      return new Functions(
          Library.function(library, "nft_ctx_new", ADDRESS, JAVA_INT),
          procedure(library, "nft_ctx_free", FunctionDescriptor.ofVoid(ADDRESS)),
          Library.function(library, "nft_ctx_buffer_output", JAVA_INT, ADDRESS),
          Library.function(library, "nft_ctx_buffer_error", JAVA_INT, ADDRESS),
          Library.function(library, "nft_run_cmd_from_buffer", JAVA_INT, ADDRESS, ADDRESS),
          Library.function(library, "nft_ctx_get_output_buffer", ADDRESS, ADDRESS),
          Library.function(library, "nft_ctx_get_error_buffer", ADDRESS, ADDRESS),
          procedure(
              library, "nft_ctx_output_set_flags", FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT)),
          procedure(
              library, "nft_ctx_set_dry_run", FunctionDescriptor.ofVoid(ADDRESS, JAVA_BOOLEAN)));
    }

    private static MethodHandle procedure(
        SymbolLookup library, String name, FunctionDescriptor descriptor) {
      return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), descriptor);
    }
  }

  private static final class Loaded {
    static final Optional<Functions> FUNCTIONS = load();

    private static Optional<Functions> load() {
      try {
        return Optional.of(Functions.in(SymbolLookup.libraryLookup(NAME, Arena.global())));
      } catch (IllegalArgumentException e) {
        return Optional.empty(); // not installed
      }
    }
  }

  private final Functions functions;
  private MemorySegment context;

  private LibNfTables(Functions functions) throws IOException {
    this.functions = functions;
    try {
      context = (MemorySegment) functions.create.invokeExact(0);
      if (context.address() == 0
          || (int) functions.bufferOutput.invokeExact(context) != 0
          || (int) functions.bufferError.invokeExact(context) != 0) {
        throw new IOException(NAME + " gave no context");
      }
    } catch (IOException e) {
      throw e;
    } catch (Throwable t) {
      throw new AssertionError("a downcall throws nothing of its own", t);
    }
  }

  static boolean isPresent() {
    return Loaded.FUNCTIONS.isPresent();
  }

  static LibNfTables open() throws IOException {
    return new LibNfTables(
        Loaded.FUNCTIONS.orElseThrow(
            () -> new IOException(NAME + " is missing: install libnftables1")));
  }

  static LibNfTables open(Path path) throws IOException, InterruptedException {
    return Namespaces.inNetwork(path, LibNfTables::open);
  }

  @Override
  public String run(String commands) throws IOException {
    return run(commands, 0, false);
  }

  @Override
  public String runForJson(String commands) throws IOException {
    return run(commands, JSON, false);
  }

  @Override
  public void check(String commands) throws IOException {
    run(commands, 0, true);
  }

  private synchronized String run(String commands, int flags, boolean dry) throws IOException {
    if (context.address() == 0) {
      throw new IOException("nftables is closed");
    }
    try (Arena arena = Arena.ofConfined()) {
      functions.setFlags.invokeExact(context, flags);
      functions.setDryRun.invokeExact(context, dry);
      MemorySegment text = arena.allocateFrom(commands, StandardCharsets.UTF_8);
      int failed = (int) functions.run.invokeExact(context, text);
      // Reading a buffer also empties it, so both are read after every run.
      String output = text((MemorySegment) functions.output.invokeExact(context));
      String error = text((MemorySegment) functions.error.invokeExact(context));
      if (failed != 0) {
        throw new NfTablesException(error);
      }
      return output;
    } catch (IOException e) {
      throw e;
    } catch (Throwable t) {
      throw new AssertionError("a downcall throws nothing of its own", t);
    }
  }

  private static String text(MemorySegment address) {
    return address.address() == 0
        ? ""
        : address.reinterpret(Integer.MAX_VALUE).getString(0, StandardCharsets.UTF_8);
  }

  @Override
  public String describe() {
    return "by " + NAME;
  }

  @Override
  public synchronized void close() {
    if (context.address() == 0) {
      return;
    }
    try {
      functions.free.invokeExact(context);
    } catch (Throwable t) {
      throw new AssertionError("a downcall throws nothing of its own", t);
    }
    context = MemorySegment.NULL;
  }
}
