package dev.plimsoll.linux.network;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A chain that sees all traffic this machine forwards and drops what it does not know, as dockerd's,
 * ufw's or firewalld's. An accept in another table does not override it.
 *
 * @param family as nft has it: {@code ip}, {@code inet} …
 */
public record ForwardDrop(String family, String table, String chain) {
  private static final Pattern TABLE = Pattern.compile("table (\\S+) (\\S+) \\{");
  private static final Pattern CHAIN = Pattern.compile("chain (\\S+) \\{");
  private static final Pattern DROPS = Pattern.compile("type filter hook forward .*policy drop;.*");

  /**
   * Those that are there now. Rules of {@code iptables-legacy} are not among what nftables lists.
   *
   * @throws IOException if the rules cannot be listed
   */
  public static List<ForwardDrop> in(NfTables rules) throws IOException {
    return read(rules.run("list chains"));
  }

  static List<ForwardDrop> read(String listing) {
    List<ForwardDrop> found = new ArrayList<>();
    String family = "";
    String table = "";
    String chain = "";
    for (String line : listing.lines().map(String::strip).toList()) {
      Matcher tableBegins = TABLE.matcher(line);
      Matcher chainBegins = CHAIN.matcher(line);
      if (tableBegins.matches()) {
        family = tableBegins.group(1);
        table = tableBegins.group(2);
      } else if (chainBegins.matches()) {
        chain = chainBegins.group(1);
      } else if (DROPS.matcher(line).matches()) {
        found.add(new ForwardDrop(family, table, chain));
      }
    }
    return found;
  }

  /** Whether IPv4 traffic between two networks meets it. */
  public boolean meetsVersion4() {
    return family.equals("ip") || family.equals("inet");
  }

  @Override
  public String toString() {
    return "%s %s %s".formatted(family, table, chain);
  }
}
