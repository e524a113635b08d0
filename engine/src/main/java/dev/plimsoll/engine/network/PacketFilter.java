package dev.plimsoll.engine.network;

import dev.plimsoll.linux.network.NfTables;
import dev.plimsoll.linux.network.NfTablesException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This engine's table in the kernel's packet filter. It knows what should be in there; when a change
 * meets something else, because somebody flushed or edited the table, the whole is written anew. Not
 * safe for many threads: its owner calls from one.
 */
final class PacketFilter implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PacketFilter.class);

  private final NfTables kernel;
  private final Ruleset rules;
  private final Set<Ruleset.Target> published = new LinkedHashSet<>();
  private String asWritten = "";

  private PacketFilter(NfTables kernel, Ruleset rules) {
    this.kernel = kernel;
    this.rules = rules;
  }

  static PacketFilter open(Ruleset rules) throws IOException {
    return new PacketFilter(NfTables.open(), rules);
  }

  /** Makes the table hold exactly this. */
  void replace(List<Ruleset.Target> targets) throws IOException {
    published.clear();
    published.addAll(targets);
    writeAll();
  }

  void publish(List<Ruleset.Target> targets) throws IOException {
    if (targets.isEmpty()) {
      return;
    }
    published.addAll(targets);
    change(rules.publish(targets));
  }

  void unpublish(List<Ruleset.Target> targets) throws IOException {
    List<Ruleset.Target> there = new ArrayList<>(targets);
    there.retainAll(published);
    if (there.isEmpty()) {
      return;
    }
    there.forEach(published::remove);
    change(rules.unpublish(there));
  }

  private void change(String commands) throws IOException {
    try {
      kernel.run(commands);
      asWritten = listing();
    } catch (NfTablesException e) {
      if (!e.alreadyExists() && !e.notFound()) {
        throw e;
      }
      log.warn("packet filter table had been changed by somebody else table={}", rules.table());
      writeAll();
    }
  }

  /**
   * Writes the table anew if it is not as this engine left it, as after a firewall's reload.
   *
   * @return whether it had to
   */
  boolean heal() throws IOException {
    if (listing().equals(asWritten)) {
      return false;
    }
    writeAll();
    log.warn("packet filter table was not as left, and is again table={}", rules.table());
    return true;
  }

  private void writeAll() throws IOException {
    kernel.run(rules.whole(published));
    asWritten = listing();
  }

  private String listing() throws IOException {
    try {
      return kernel.run("list table inet %s\n".formatted(rules.table()));
    } catch (NfTablesException e) {
      if (e.notFound()) {
        return "";
      }
      throw e;
    }
  }

  void remove() throws IOException {
    kernel.run(rules.gone());
    published.clear();
    asWritten = "";
  }

  @Override
  public void close() {
    kernel.close();
  }
}
