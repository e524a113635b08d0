package dev.plimsoll.linux.network;

import dev.plimsoll.linux.Command;
import dev.plimsoll.linux.FileDescriptor;
import dev.plimsoll.linux.Namespaces;
import dev.plimsoll.linux.Processes;
import dev.plimsoll.linux.ShortRun;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** By the program {@code nft}, once for each text. */
final class NftProgram implements NfTables {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Path program;
  private final Optional<FileDescriptor> namespace;

  private NftProgram(Path program, Optional<FileDescriptor> namespace) {
    this.program = program;
    this.namespace = namespace;
  }

  private static Path find() throws IOException {
    return Processes.find("nft")
        .orElseThrow(() -> new IOException("nft is missing: install nftables"));
  }

  static NftProgram open() throws IOException {
    return new NftProgram(find(), Optional.empty());
  }

  static NftProgram open(Path path) throws IOException {
    return new NftProgram(find(), Optional.of(FileDescriptor.open(path, 0)));
  }

  @Override
  public String run(String commands) throws IOException {
    return runFile(commands);
  }

  @Override
  public String runForJson(String commands) throws IOException {
    // Not on its input: with -j it first reads that as JSON, and then finds nothing more to read.
    return run("", List.of("-j", commands));
  }

  @Override
  public void check(String commands) throws IOException {
    runFile(commands, "-c");
  }

  private String runFile(String commands, String... options) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.add("-f");
    arguments.add("-");
    return run(commands, arguments);
  }

  private synchronized String run(String standardInput, List<String> arguments) throws IOException {
    Command command = Command.of(program, arguments);
    byte[] input = standardInput.getBytes(StandardCharsets.UTF_8);
    ShortRun.Result result;
    try {
      // A child has the namespace of the thread that starts it.
      result =
          namespace.isEmpty()
              ? Processes.run(command, input, LIMIT)
              : Namespaces.inNetwork(namespace.get().link(), () -> runHere(command, input));
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    if (!result.succeeded()) {
      throw new NfTablesException(result.error());
    }
    return result.output();
  }

  private static ShortRun.Result runHere(Command command, byte[] input) throws IOException {
    try {
      return Processes.run(command, input, LIMIT);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static IOException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    var e = new InterruptedIOException("nft was interrupted; its rules may hold or not");
    e.initCause(cause);
    return e;
  }

  @Override
  public String describe() {
    return "by " + program + ", slower than by libnftables1";
  }

  @Override
  public void close() {
    namespace.ifPresent(FileDescriptor::close);
  }
}
