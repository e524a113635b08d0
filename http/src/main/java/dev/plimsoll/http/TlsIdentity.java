package dev.plimsoll.http;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Who a server is in TLS 1.3 and 1.2.
 *
 * @param chain the server's certificate first, then the intermediate ones
 * @param clientAuthorities who may vouch for clients; if there are any, a client may show a certificate,
 *     and one that none of them vouches for does not get in
 */
public record TlsIdentity(
    PrivateKey key, List<X509Certificate> chain, List<X509Certificate> clientAuthorities) {

  public TlsIdentity {
    chain = List.copyOf(chain);
    clientAuthorities = List.copyOf(clientAuthorities);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("a TLS identity needs a certificate");
    }
  }

  /** An identity that asks clients for nothing. */
  public static TlsIdentity of(PrivateKey key, List<X509Certificate> chain) {
    return new TlsIdentity(key, chain, List.of());
  }

  /** The same identity, asking clients for a certificate, which they may decline to show. */
  public TlsIdentity withClientAuthorities(List<X509Certificate> authorities) {
    return new TlsIdentity(key, chain, authorities);
  }

  /** Names the certificate, never the key. */
  @Override
  public String toString() {
    return "TlsIdentity[" + chain.getFirst().getSubjectX500Principal() + "]";
  }
}
