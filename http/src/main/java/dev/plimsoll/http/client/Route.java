package dev.plimsoll.http.client;

import java.util.Optional;

/** How an endpoint is reached; connections are pooled by it. */
record Route(Endpoint endpoint, Optional<ProxySettings.Proxy> proxy) {

  /** A plain request through a proxy names its whole URI and is the proxy's to forward. */
  boolean asksProxyForWholeUri() {
    return proxy.isPresent() && endpoint instanceof Endpoint.Tcp;
  }
}
