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
 * meets something else, or {@link #heal} sees it, because somebody flushed or edited the table, the
 * whole is written anew. A change tells the kernel what changes and asks it nothing, so that it costs
 * the same beside thousands of published ports. Not safe for many threads: its owner calls from one.
 */
final class PacketFilter implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PacketFilter.class);

  /** Who carries out nftables' commands. */
  interface Kernel {
    String run(String commands) throws IOException;
  }

  private final NfTables tables;
  private final Kernel kernel;
  private final Ruleset rules;
  private final Set<Ruleset.Target> published = new LinkedHashSet<>();
  private String rulesAsWritten = "";

  /** For a test that looks at what goes to the kernel; {@code kernel} leads to {@code tables}. */
  PacketFilter(NfTables tables, Kernel kernel, Ruleset rules) {
    this.tables = tables;
    this.kernel = kernel;
    this.rules = rules;
  }

  static PacketFilter open(Ruleset rules) throws IOException {
    NfTables tables = NfTables.open();
    return new PacketFilter(tables, tables::run, rules);
  }

  /** What other tables do to the same traffic. */
  ForeignFirewall foreign(String bridge, ForeignFirewall.Handling handling) {
    return new ForeignFirewall(tables, bridge, handling);
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
    TableListing now = listing();
    if (now.rules().equals(rulesAsWritten) && now.elements().equals(rules.elements(published))) {
      return false;
    }
    writeAll();
    log.warn("packet filter table was not as left, and is again table={}", rules.table());
    return true;
  }

  private void writeAll() throws IOException {
    kernel.run(rules.whole(published));
    rulesAsWritten = listing().rules();
  }

  private TableListing listing() throws IOException {
    try {
      return TableListing.read(kernel.run("list table inet %s\n".formatted(rules.table())));
    } catch (NfTablesException e) {
      if (e.notFound()) {
        return TableListing.read("");
      }
      throw e;
    }
  }

  void remove() throws IOException {
    kernel.run(rules.gone());
    published.clear();
    rulesAsWritten = "";
  }

  @Override
  public void close() {
    tables.close();
  }
}
