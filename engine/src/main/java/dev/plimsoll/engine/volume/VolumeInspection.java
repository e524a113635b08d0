package dev.plimsoll.engine.volume;

import dev.plimsoll.database.Database;
import dev.plimsoll.engine.check.Finding.Kind;
import dev.plimsoll.engine.check.Finding.Outcome;
import dev.plimsoll.engine.check.Findings;
import dev.plimsoll.engine.check.Inspection;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Looks through the volumes: their rows, their directories and what those say of themselves. */
public final class VolumeInspection implements Inspection {
  private final VolumeRows rows;
  private final VolumeDirectories directories;
  private final InstantSource clock;

  public VolumeInspection(Path root, Database database, InstantSource clock) throws IOException {
    this.rows = new VolumeRows(database);
    this.directories = new VolumeDirectories(root);
    this.clock = clock;
  }

  @Override
  public void look(Mode mode, Findings findings) throws IOException {
    Set<String> known = new HashSet<>();
    for (VolumeRows.Row row : rows.all()) {
      known.add(row.name());
      findings.looked(Kind.VOLUME);
      if (!directories.exists(row.name())) {
        missing(row, mode, findings);
      } else if (directories.describe(row.name()).isEmpty()) {
        findings.add(
            Kind.VOLUME,
            row.name(),
            "its description cannot be read; its files are whole, a rebuild would not know its"
                + " labels and options",
            Outcome.DAMAGED);
      }
    }
    for (String name : directories.names()) {
      if (!known.contains(name) && rows.find(name).isEmpty() && directories.exists(name)) {
        findings.add(
            Kind.VOLUME,
            name,
            "its directory has no row; the next start of the engine takes it up",
            Outcome.DAMAGED);
      }
    }
  }

  private void missing(VolumeRows.Row row, Mode mode, Findings findings) throws IOException {
    if (rows.find(row.name()).isEmpty()) {
      return; // removed meanwhile
    }
    if (mode == Mode.MEND) {
      directories.make(description(row));
    }
    findings.add(
        Kind.VOLUME,
        row.name(),
        mode == Mode.MEND
            ? "its files are gone; it was made anew and is empty"
            : "its files are gone; it will be made anew, empty",
        Outcome.LOST);
  }

  private static VolumeDescription description(VolumeRows.Row row) {
    return VolumeDescription.of(
        new VolumeName(row.name()), new LocalOptions(row.options()), row.labels(), row.createdAt());
  }

  @Override
  public void rebuild(Findings findings) throws IOException {
    Set<String> there = new HashSet<>(directories.names());
    for (VolumeRows.Row row : rows.all()) {
      if (!there.remove(row.name())) {
        rows.beginRemoval(row.name());
        rows.endRemoval(row.name());
        findings.add(
            Kind.VOLUME, row.name(), "it was removed after the copy was taken", Outcome.DROPPED);
      }
    }
    for (String name : there.stream().sorted().toList()) {
      takeUp(name, findings);
    }
  }

  private void takeUp(String name, Findings findings) throws IOException {
    Optional<VolumeDescription> described = directories.describe(name);
    try {
      rows.add(
          described.orElseGet(() ->
              VolumeDescription.of(
                  new VolumeName(name), new LocalOptions(Map.of()), Map.of(), clock.instant())));
    } catch (BadParameter e) {
      findings.add(
          Kind.VOLUME,
          name,
          "left alone, for it is no volume's name: " + e.getMessage(),
          Outcome.LOST);
      return;
    }
    findings.add(
        Kind.VOLUME,
        name,
        described.isPresent()
            ? "with its files, labels and options"
            : "with its files; its labels and options are not known",
        Outcome.RESTORED);
  }

  /** Notes again what a container that was restored holds. */
  public void hold(String containerId, List<String> volumes) throws IOException {
    for (String volume : volumes) {
      rows.addUse(volume, containerId);
    }
  }
}
