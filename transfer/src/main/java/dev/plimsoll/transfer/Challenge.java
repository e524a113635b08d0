package dev.plimsoll.transfer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a registry wants to see, out of {@code WWW-Authenticate}.
 *
 * @param scheme in lower case, {@code bearer} or {@code basic}
 * @param parameters with names in lower case
 */
record Challenge(String scheme, Map<String, String> parameters) {
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  private static final Pattern SCHEME = Pattern.compile("\\G[ ,]*(" + TOKEN + ")(?= |,|$)(?! *=)");
  private static final Pattern PARAMETER =
      Pattern.compile("\\G[ ,]*(" + TOKEN + ") *= *(?:\"((?:[^\"\\\\]|\\\\.)*+)\"|([^ ,\"]+))");

  Challenge {
    parameters = Map.copyOf(parameters);
  }

  /** Reads all challenges of all headers; what cannot be read is passed over. */
  static List<Challenge> of(List<String> headers) {
    List<Challenge> challenges = new ArrayList<>();
    for (String header : headers) {
      Matcher matcher = SCHEME.matcher(header);
      int at = 0;
      while (matcher.usePattern(SCHEME).region(at, header.length()).find()) {
        String scheme = matcher.group(1).toLowerCase(Locale.ROOT);
        at = matcher.end();
        Map<String, String> parameters = new HashMap<>();
        while (matcher.usePattern(PARAMETER).region(at, header.length()).find()) {
          String quoted = matcher.group(2);
          String value = quoted == null ? matcher.group(3) : quoted.replaceAll("\\\\(.)", "$1");
          parameters.putIfAbsent(matcher.group(1).toLowerCase(Locale.ROOT), value);
          at = matcher.end();
        }
        challenges.add(new Challenge(scheme, parameters));
      }
    }
    return challenges;
  }

  String parameter(String name) {
    return parameters.getOrDefault(name, "");
  }
}
