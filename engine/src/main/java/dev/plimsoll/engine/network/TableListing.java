package dev.plimsoll.engine.network;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What nftables lists of a table, its rules apart from the elements of its maps, which it lists in an
 * order of its own.
 *
 * @param elements each as {@code map key : value}
 */
record TableListing(String rules, Set<String> elements) {
  private static final Pattern MAP =
      Pattern.compile("map (\\S+) \\{[^{}]*?(elements = \\{([^{}]*)\\})");
  private static final Pattern COMMA = Pattern.compile(",");

  static TableListing read(String listing) {
    Set<String> elements = new HashSet<>();
    StringBuilder rules = new StringBuilder();
    Matcher map = MAP.matcher(listing);
    int copied = 0;
    while (map.find()) {
      rules.append(listing, copied, map.start(2));
      copied = map.end(2);
      for (String element : COMMA.split(map.group(3))) {
        elements.add(map.group(1) + " " + element.strip());
      }
    }
    rules.append(listing, copied, listing.length());
    return new TableListing(rules.toString().replaceAll("\\s+", " "), elements);
  }
}
