package dev.plimsoll.linux.ffi;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** Functions of C libraries, where the kernel's own calls are not enough. */
public final class Library {
  private Library() {}

  /**
   * A function of glibc.
   *
   * @throws java.util.NoSuchElementException if this glibc has none of that name
   */
  public static MethodHandle function(
      String name, MemoryLayout result, MemoryLayout... parameters) {
    return function(Linker.nativeLinker().defaultLookup(), name, result, parameters);
  }

  public static MethodHandle function(
      SymbolLookup library, String name, MemoryLayout result, MemoryLayout... parameters) {
    return Linker.nativeLinker()
        .downcallHandle(library.findOrThrow(name), FunctionDescriptor.of(result, parameters));
  }

  /** As {@link #function}, or empty where glibc is too old to have it. */
  public static Optional<MethodHandle> functionIfPresent(
      String name, MemoryLayout result, MemoryLayout... parameters) {
    return Linker.nativeLinker()
        .defaultLookup()
        .find(name)
        .map(address ->
            Linker.nativeLinker()
                .downcallHandle(address, FunctionDescriptor.of(result, parameters)));
  }
}
