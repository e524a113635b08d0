package dev.plimsoll.content;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A disk that forgets what was not forced. It works on a real directory, which shows what programs
 * see, and remembers beside it what a power cut would leave. Readers need not know of it.
 *
 * <p>Its rules: bytes are durable when their file is forced, names when their directory is; a
 * directory that is not durable takes with it what is inside; a rename is one step, durable with the
 * directory it leads to. It may also have written back more than it was told to, see {@link
 * WrittenBack}. Safe for many threads.
 */
public final class SimulatedDisk implements Disk {

  /** What the kernel wrote by itself before the power went. */
  public enum WrittenBack {
    NOTHING,
    /** All names, but bytes that were not forced read as zeros. */
    NAMES,
    /** All bytes, but no name that was not forced. */
    BYTES,
    EVERYTHING
  }

  /** The power is off. */
  public static final class PowerCut extends IOException {
    private static final long serialVersionUID = 1;

    PowerCut(String operation) {
      super("power cut before " + operation);
    }
  }

  private static final class Node {
    private byte @Nullable [] forced; // null: a directory

    private Node(byte @Nullable [] forced) {
      this.forced = forced;
    }
  }

  private record Renamed(Path from, Path to, Node node) {}

  private final Path root;
  private final Disk below = new LocalDisk();
  private final Map<Path, Node> seen = new HashMap<>();
  private final Map<Path, Node> durable = new HashMap<>();
  private final List<Renamed> renames = new ArrayList<>();
  private final List<String> operations = new ArrayList<>();
  private final Map<Integer, String> faults = new HashMap<>();
  private int cutBefore = Integer.MAX_VALUE;

  /** What is in {@code root} now counts as durable. */
  public SimulatedDisk(Path root) throws IOException {
    this.root = root.toAbsolutePath();
    try (Stream<Path> all = Files.walk(this.root)) {
      for (Path path : all.toList()) {
        seen.put(path, new Node(Files.isDirectory(path) ? null : Files.readAllBytes(path)));
      }
    }
    durable.putAll(seen);
  }

  /** From the operation of that number on, counted from 1, nothing works. */
  public synchronized void cutPowerBefore(int operation) {
    cutBefore = operation;
  }

  /** Cuts the power now. */
  public synchronized void cutPower() {
    cutBefore = operations.size() + 1;
  }

  /** The operation of that number, counted from 1, fails with the kernel's words. */
  public synchronized void failAt(int operation, String message) {
    faults.put(operation, message);
  }

  /** Whether nothing works any more. */
  public synchronized boolean isOff() {
    return operations.size() + 1 >= cutBefore;
  }

  /** How many operations there have been. */
  public synchronized int count() {
    return operations.size();
  }

  /** What was done so far, one line each. */
  public synchronized List<String> operations() {
    return List.copyOf(operations);
  }

  /** Turns the directory into what a power cut leaves, and returns the disk after the restart. */
  public synchronized SimulatedDisk afterPowerCut(WrittenBack writtenBack) throws IOException {
    cutPower();
    boolean names = writtenBack == WrittenBack.NAMES || writtenBack == WrittenBack.EVERYTHING;
    boolean bytes = writtenBack == WrittenBack.BYTES || writtenBack == WrittenBack.EVERYTHING;
    Map<Node, byte[]> content = new HashMap<>();
    for (Map.Entry<Path, Node> entry : seen.entrySet()) {
      byte[] forced = entry.getValue().forced;
      if (forced != null) {
        byte[] live = Files.readAllBytes(entry.getKey());
        byte[] zeroed = Arrays.copyOf(forced, live.length);
        content.put(entry.getValue(), bytes ? live : names ? zeroed : forced);
      }
    }
    Map<Path, Node> left = new TreeMap<>(names ? seen : durable); // directories before their files
    clear();
    for (Map.Entry<Path, Node> entry : left.entrySet()) {
      Path path = entry.getKey();
      byte[] forced = entry.getValue().forced;
      if (path.equals(root) || !Files.isDirectory(Paths.parent(path))) {
        continue;
      }
      if (forced == null) {
        Files.createDirectory(path);
      } else {
        Files.write(path, content.getOrDefault(entry.getValue(), forced));
      }
    }
    return new SimulatedDisk(root);
  }

  private void clear() throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        if (!path.equals(root)) {
          Files.delete(path);
        }
      }
    }
  }

  @Override
  public synchronized Output create(Path file) throws IOException {
    step("create " + name(file));
    Output output = below.create(file);
    Node node = new Node(new byte[0]);
    seen.put(file, node);
    return new SimulatedOutput(file, node, output);
  }

  @Override
  public synchronized Output append(Path file) throws IOException {
    step("append " + name(file));
    return new SimulatedOutput(file, node(file), below.append(file));
  }

  @Override
  public synchronized void forceDirectory(Path directory) throws IOException {
    step("force directory " + name(directory));
    durable.keySet().removeIf(path -> isIn(directory, path) && !seen.containsKey(path));
    seen.forEach((path, node) -> {
      if (isIn(directory, path)) {
        durable.put(path, node);
      }
    });
    for (Renamed renamed : List.copyOf(renames)) {
      if (isIn(directory, renamed.to())) {
        durable.remove(renamed.from(), renamed.node());
        renames.remove(renamed);
      }
    }
  }

  @Override
  public synchronized void rename(Path from, Path to) throws IOException {
    step("rename %s to %s".formatted(name(from), name(to)));
    below.rename(from, to);
    renamed(from, to);
  }

  @Override
  public synchronized void replace(Path from, Path to) throws IOException {
    step("replace %s by %s".formatted(name(to), name(from)));
    below.replace(from, to);
    renamed(from, to);
  }

  private void renamed(Path from, Path to) throws IOException {
    Node node = node(from);
    seen.remove(from);
    seen.put(to, node);
    renames.add(new Renamed(from, to, node));
  }

  @Override
  public synchronized void link(Path existing, Path name) throws IOException {
    step("link " + name(name));
    below.link(existing, name);
    seen.put(name, new Node(new byte[0]));
  }

  @Override
  public synchronized void forceFile(Path file) throws IOException {
    step("force file " + name(file));
    node(file).forced = Files.readAllBytes(file);
  }

  @Override
  public synchronized void delete(Path file) throws IOException {
    step("delete " + name(file));
    below.delete(file);
    seen.remove(file);
  }

  @Override
  public synchronized void createDirectory(Path directory) throws IOException {
    step("create directory " + name(directory));
    below.createDirectory(directory);
    seen.putIfAbsent(directory, new Node(null));
  }

  private Node node(Path file) throws IOException {
    Node node = seen.get(file);
    if (node == null) {
      throw new IOException(file + " was not made through this disk");
    }
    return node;
  }

  private void step(String operation) throws IOException {
    if (operations.size() + 1 >= cutBefore) {
      throw new PowerCut(operation);
    }
    operations.add(operation);
    String fault = faults.get(operations.size());
    if (fault != null) {
      throw new IOException("%s: %s".formatted(operation, fault));
    }
  }

  private static boolean isIn(Path directory, Path path) {
    return directory.equals(path.getParent());
  }

  private String name(Path path) {
    return root.relativize(path).toString();
  }

  private final class SimulatedOutput implements Output {
    private final Path madeAs;
    private final Node node;
    private final Output output;

    private SimulatedOutput(Path madeAs, Node node, Output output) {
      this.madeAs = madeAs;
      this.node = node;
      this.output = output;
    }

    /** A write that fails has written half of what it should. */
    @Override
    public void write(ByteBuffer bytes) throws IOException {
      synchronized (SimulatedDisk.this) {
        try {
          step("write " + name(madeAs));
        } catch (PowerCut e) {
          throw e;
        } catch (IOException e) {
          output.write(bytes.slice(bytes.position(), bytes.remaining() / 2));
          throw e;
        }
        output.write(bytes);
      }
    }

    @Override
    public void force() throws IOException {
      synchronized (SimulatedDisk.this) {
        step("force " + name(madeAs));
        node.forced = Files.readAllBytes(whereItIs());
      }
    }

    private Path whereItIs() {
      return seen.entrySet().stream()
          .filter(entry -> entry.getValue().equals(node))
          .map(Map.Entry::getKey)
          .findFirst()
          .orElseThrow(() -> new UncheckedIOException(new IOException(madeAs + " was deleted")));
    }

    @Override
    public void close() throws IOException {
      output.close();
    }
  }
}
