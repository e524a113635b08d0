package dev.plimsoll.http;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.X509Certificate;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Makes what the TLS engine needs from an identity, anew only when the identity has changed. */
final class TlsContexts {
  private final Supplier<TlsIdentity> identities;
  private @Nullable Made made;

  private record Made(TlsIdentity identity, SslContext context) {}

  TlsContexts(Supplier<TlsIdentity> identities) {
    this.identities = identities;
  }

  /** The context for one new connection. May take as long as the supplier takes. */
  synchronized SslContext current() throws SSLException {
    TlsIdentity identity = identities.get();
    Made last = made;
    if (last == null || !last.identity.equals(identity)) {
      last = new Made(identity, context(identity));
      made = last;
    }
    return last.context;
  }

  private static SslContext context(TlsIdentity identity) throws SSLException {
    SslContextBuilder builder =
        SslContextBuilder.forServer(
                identity.key(), identity.chain().toArray(X509Certificate[]::new))
            .sslProvider(SslProvider.JDK)
            .protocols("TLSv1.3", "TLSv1.2");
    if (!identity.clientAuthorities().isEmpty()) {
      builder
          .clientAuth(ClientAuth.OPTIONAL)
          .trustManager(identity.clientAuthorities().toArray(X509Certificate[]::new));
    }
    return builder.build();
  }
}
