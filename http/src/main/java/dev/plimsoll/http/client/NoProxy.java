package dev.plimsoll.http.client;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The rules of {@code NO_PROXY}, as Go reads them: addresses, address blocks, {@code example.com}
 * (with all its sub-domains), {@code .example.com} and {@code *.example.com} (only its
 * sub-domains), each but a block with an optional port, or {@code *} for everything. Names are not
 * looked up. A rule that cannot be read is passed over, as Go does.
 */
public final class NoProxy {
  private sealed interface Rule {}

  private record Everything() implements Rule {}

  private record Block(AddressBlock block) implements Rule {}

  /** {@code port} is 0 for all ports. */
  private record Address(InetAddress address, int port) implements Rule {}

  /** {@code suffix} begins with a dot. */
  private record Domain(String suffix, boolean itselfToo, int port) implements Rule {
    boolean matches(String host) {
      return host.endsWith(suffix) || (itselfToo && host.equals(suffix.substring(1)));
    }
  }

  private final List<Rule> rules;

  private NoProxy(List<Rule> rules) {
    this.rules = List.copyOf(rules);
  }

  public static NoProxy parse(String text) {
    List<Rule> rules = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      rule(part.strip().toLowerCase(Locale.ROOT)).ifPresent(rules::add);
    }
    return new NoProxy(rules);
  }

  boolean covers(String hostOrAddress, int port) {
    String host = withoutFinalDot(hostOrAddress.toLowerCase(Locale.ROOT));
    Optional<InetAddress> address = AddressBlock.literal(host);
    if (host.equals("localhost") || address.filter(InetAddress::isLoopbackAddress).isPresent()) {
      return true;
    }
    return rules.stream()
        .anyMatch(rule ->
            switch (rule) {
              case Everything() -> true;
              case Block(AddressBlock block) -> address.filter(block::contains).isPresent();
              case Address(InetAddress excepted, int at) ->
                  address.filter(excepted::equals).isPresent() && (at == 0 || at == port);
              case Domain domain ->
                  domain.matches(host) && (domain.port() == 0 || domain.port() == port);
            });
  }

  private static Optional<Rule> rule(String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (text.equals("*")) {
      return Optional.of(new Everything());
    }
    if (text.indexOf('/') >= 0) {
      return AddressBlock.parse(text).map(Block::new);
    }
    Optional<InetAddress> whole = AddressBlock.literal(text);
    if (whole.isPresent()) {
      return Optional.of(new Address(whole.get(), 0));
    }
    int colon = text.lastIndexOf(':');
    int port = 0;
    String host = text;
    if (colon >= 0) {
      if (!text.substring(colon + 1).matches("[0-9]{1,5}")) {
        return Optional.empty();
      }
      port = Integer.parseInt(text.substring(colon + 1));
      host = text.substring(0, colon);
    }
    Optional<InetAddress> address = AddressBlock.literal(host);
    if (address.isPresent()) {
      return Optional.of(new Address(address.get(), port));
    }
    return domain(host, port);
  }

  private static Optional<Rule> domain(String host, int port) {
    String bare = host.startsWith("*.") ? host.substring(1) : host;
    if (bare.isEmpty() || bare.equals(".")) {
      return Optional.empty();
    }
    return Optional.of(
        bare.startsWith(".")
            ? new Domain(bare, false, port)
            : new Domain("." + withoutFinalDot(bare), true, port));
  }

  private static String withoutFinalDot(String host) {
    return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
  }
}
