package dev.plimsoll.linux.cgroup;

import dev.plimsoll.linux.MountTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A group without limits for processes that outlive the program that started them. Whoever ends that
 * program by ending its group, as service managers do, does not reach them. So it is in every
 * hierarchy that is mounted, also in those without controllers, by which systemd knows what belongs
 * to a service.
 *
 * <p>Safe for many threads; holds nothing open.
 */
public final class Refuge {
  private static final String PROCESSES = "cgroup.procs";

  private final Cgroup group;
  private final Set<Path> named;

  private Refuge(Cgroup group, Set<Path> named) {
    this.group = group;
    this.named = named;
  }

  /** The refuge at {@code path}, such as {@code /plimsoll-conmon}; it is made when it is needed. */
  public static Refuge at(String path) throws IOException {
    CgroupLayout layout = CgroupLayout.detect();
    Set<Path> named = new LinkedHashSet<>();
    if (!layout.version1().isEmpty()) {
      layout.unified().ifPresent(hierarchy -> named.add(hierarchy.directory(path)));
      for (MountTable.Entry mount : MountTable.read().entries()) {
        if (mount.type().equals("cgroup")
            && mount.superOptions().stream().anyMatch(option -> option.startsWith("name="))) {
          named.add(
              new CgroupLayout.Hierarchy(Path.of(mount.target()), mount.root()).directory(path));
        }
      }
    }
    return new Refuge(layout.group(path), named);
  }

  /** Moves a process in; one that has ended meanwhile is no failure. */
  public void take(long pid) throws IOException {
    try {
      group.create();
      group.add(pid);
      for (Path directory : named) {
        Files.createDirectories(directory);
        KernelFiles.write(directory.resolve(PROCESSES), Long.toString(pid));
      }
    } catch (IOException e) {
      if (Files.exists(Path.of("/proc", Long.toString(pid)))) {
        throw e;
      }
    }
  }

  /** The processes in all its groups. */
  public List<Long> processes() throws IOException {
    Set<Long> all = new LinkedHashSet<>(group.processes());
    for (Path directory : named) {
      all.addAll(KernelFiles.processes(directory));
    }
    return new ArrayList<>(all);
  }

  /** Removes it if nobody is in it. */
  public void removeIfEmpty() throws IOException {
    if (!processes().isEmpty()) {
      return;
    }
    try {
      group.remove();
      for (Path directory : named) {
        KernelFiles.remove(directory);
      }
    } catch (IOException e) {
      if (processes().isEmpty()) {
        throw e; // else somebody has just come
      }
    }
  }
}
