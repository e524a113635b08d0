package dev.plimsoll.linux;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A program to start, with everything it gets. A value: every method that changes something answers a
 * new one.
 *
 * <p>Nothing is inherited that is not asked for: standard input, output and error are {@code
 * /dev/null}, all other descriptors are closed, the environment is the given one, no signal is
 * blocked or ignored. The working directory is the caller's unless told.
 */
public final class Command {
  private final Path program;
  private final List<String> arguments;
  private final Map<String, String> environment;
  private final Optional<Path> directory;
  private final Map<Integer, FileDescriptor> descriptors;
  private final Group group;

  /** Which session and process group the program is in. */
  enum Group {
    INHERITED,
    OWN_GROUP,
    OWN_SESSION
  }

  private Command(
      Path program,
      List<String> arguments,
      Map<String, String> environment,
      Optional<Path> directory,
      Map<Integer, FileDescriptor> descriptors,
      Group group) {
    this.program = program;
    this.arguments = arguments;
    this.environment = environment;
    this.directory = directory;
    this.descriptors = descriptors;
    this.group = group;
  }

  /**
   * A program and what it is told.
   *
   * @param program the file to execute, by its path; {@code PATH} is searched by {@link Processes#find}
   * @param arguments without the program's name
   */
  public static Command of(Path program, List<String> arguments) {
    List<String> all = new ArrayList<>();
    all.add(program.toString());
    all.addAll(arguments);
    return new Command(
        program, List.copyOf(all), System.getenv(), Optional.empty(), Map.of(), Group.INHERITED);
  }

  public static Command of(Path program, String... arguments) {
    return of(program, List.of(arguments));
  }

  /** Exactly this environment; without it the program gets the one of this process. */
  public Command environment(Map<String, String> environment) {
    return new Command(program, arguments, Map.copyOf(environment), directory, descriptors, group);
  }

  /** One variable more, or another value for it. */
  public Command environment(String name, String value) {
    Map<String, String> more = new HashMap<>(environment);
    more.put(name, value);
    return environment(more);
  }

  /** Where the program starts. */
  public Command directory(Path directory) {
    return new Command(program, arguments, environment, Optional.of(directory), descriptors, group);
  }

  /**
   * Gives the program {@code source} as its descriptor {@code target}. The caller keeps owning {@code
   * source} and may close it once the program is started.
   */
  public Command descriptor(int target, FileDescriptor source) {
    Map<Integer, FileDescriptor> more = new TreeMap<>(descriptors);
    more.put(target, source);
    return new Command(program, arguments, environment, directory, more, group);
  }

  /** The program leads a process group of its own. */
  public Command ownGroup() {
    return new Command(program, arguments, environment, directory, descriptors, Group.OWN_GROUP);
  }

  /** The program leads a session of its own, without a controlling terminal. */
  public Command ownSession() {
    return new Command(program, arguments, environment, directory, descriptors, Group.OWN_SESSION);
  }

  Path program() {
    return program;
  }

  List<String> arguments() {
    return arguments;
  }

  Map<String, String> environment() {
    return environment;
  }

  Optional<Path> directory() {
    return directory;
  }

  Map<Integer, FileDescriptor> descriptors() {
    return descriptors;
  }

  Group group() {
    return group;
  }

  /** The command line, for messages; the environment may hold secrets and is left out. */
  @Override
  public String toString() {
    return String.join(" ", arguments);
  }
}
