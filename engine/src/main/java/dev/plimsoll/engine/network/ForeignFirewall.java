package dev.plimsoll.engine.network;

import dev.plimsoll.linux.network.ForwardDrop;
import dev.plimsoll.linux.network.NfTables;
import dev.plimsoll.linux.network.NfTablesException;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * What other programs' rules do to the traffic of our bridge: dockerd, ufw and others drop whatever
 * is forwarded and not theirs, and an accept in our table does not override that. It is looked for
 * again and again, because the other program may start after us.
 *
 * <p>What is let in by {@link Handling#ACCEPT} is still filtered by our own table. {@link #look} and
 * {@link #withdraw} are for one thread; {@link #warnings} is for any.
 */
public final class ForeignFirewall {
  private static final Logger log = LoggerFactory.getLogger(ForeignFirewall.class);

  /** Docker leaves this chain to everybody else's rules, and asks it before its own. */
  private static final String DOCKER_USER = "DOCKER-USER";

  /** What is done about a rule of somebody else that drops our traffic. */
  public enum Handling {
    /** Say so, and touch nothing. */
    WARN,
    /** Let our bridge's traffic pass there too. */
    ACCEPT;

    /** Reads {@code warn} or {@code accept}. */
    public static Handling parse(String text) {
      return switch (text.strip().toLowerCase(Locale.ROOT)) {
        case "warn" -> WARN;
        case "accept" -> ACCEPT;
        default ->
            throw new IllegalArgumentException("\"%s\" is neither warn nor accept".formatted(text));
      };
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A chain in which rules of ours may stand. */
  private record Place(String family, String table, String chain) {
    @Override
    public String toString() {
      return "%s %s %s".formatted(family, table, chain);
    }
  }

  private final NfTables kernel;
  private final String bridge;
  private final Handling handling;
  private volatile List<String> warnings = List.of();

  ForeignFirewall(NfTables kernel, String bridge, Handling handling) {
    this.kernel = kernel;
    this.bridge = bridge;
    this.handling = handling;
  }

  /** For {@code docker info}: a sentence for each chain that drops our traffic, with the remedy. */
  List<String> warnings() {
    return warnings;
  }

  /** Looks at the rules as they are now, and lets our traffic pass where that is wished. */
  void look() throws IOException {
    List<String> found = new ArrayList<>();
    for (ForwardDrop drop : ForwardDrop.in(kernel)) {
      if (drop.meetsVersion4()) {
        Place place = place(drop);
        if (handling == Handling.ACCEPT) {
          letPass(place);
        } else if (!isPassed(place)) {
          found.add(warning(drop, place));
        }
      }
    }
    for (String warning : found) {
      if (!warnings.contains(warning)) {
        log.warn("{}", warning);
      }
    }
    if (found.isEmpty() && !warnings.isEmpty()) {
      log.info("no other firewall drops the traffic of {} any more", bridge);
    }
    warnings = List.copyOf(found);
  }

  private String warning(ForwardDrop drop, Place place) {
    return ("the firewall chain \"%1$s\" drops the traffic of containers to other machines and back;"
            + " set engine.network.foreign-firewall to accept, or run: nft insert rule %2$s iifname"
            + " %3$s accept; nft insert rule %2$s oifname %3$s accept")
        .formatted(drop, place, bridge);
  }

  /** Where an accept goes that holds before the drop. */
  private Place place(ForwardDrop drop) throws IOException {
    Place user = new Place(drop.family(), drop.table(), DOCKER_USER);
    return exists(user) ? user : new Place(drop.family(), drop.table(), drop.chain());
  }

  private boolean exists(Place place) throws IOException {
    try {
      kernel.run("list chain " + place);
      return true;
    } catch (NfTablesException e) {
      if (e.notFound()) {
        return false;
      }
      throw e;
    }
  }

  /** Two plain rules, which iptables shows as its own: what may pass is our table's to say. */
  private void letPass(Place place) throws IOException {
    if (isPassed(place)) {
      return;
    }
    remove(place);
    kernel.run(
        """
        insert rule %1$s iifname "%2$s" accept
        insert rule %1$s oifname "%2$s" accept
        """
            .formatted(place, bridge));
    log.warn("traffic of {} was let pass in the firewall chain \"{}\"", bridge, place);
  }

  /** Takes our accepts out of other programs' chains; one that a person wrote stays. */
  void withdraw() throws IOException {
    if (handling == Handling.WARN) {
      return;
    }
    for (ForwardDrop drop : ForwardDrop.in(kernel)) {
      remove(place(drop));
    }
  }

  private void remove(Place place) throws IOException {
    for (Accept accept : accepts(place)) {
      if (accept.plain()) {
        kernel.run("delete rule %s handle %d\n".formatted(place, accept.handle()));
      }
    }
  }

  private boolean isPassed(Place place) throws IOException {
    return accepts(place).stream().map(Accept::direction).distinct().count() == 2;
  }

  /**
   * A rule that accepts what comes from our bridge, or goes to it.
   *
   * @param direction {@code iifname} or {@code oifname}
   * @param plain whether it asks for nothing else and counts nothing, as ours
   */
  private record Accept(int handle, String direction, boolean plain) {}

  private List<Accept> accepts(Place place) throws IOException {
    List<Accept> found = new ArrayList<>();
    byte[] listing = kernel.runForJson("list chain " + place).getBytes(StandardCharsets.UTF_8);
    for (JsonNode item : Json.tree(listing).path("nftables")) {
      JsonNode expressions = item.path("rule").path("expr");
      JsonNode match = expressions.path(0).path("match");
      String key = match.path("left").path("meta").path("key").asString("");
      if (match.path("right").asString("").equals(bridge)
          && (key.equals("iifname") || key.equals("oifname"))
          && expressions.path(expressions.size() - 1).has("accept")) {
        found.add(
            new Accept(item.path("rule").path("handle").asInt(), key, expressions.size() == 2));
      }
    }
    return found;
  }
}
