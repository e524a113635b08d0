package dev.plimsoll.http.client;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.net.Socket;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Why a server's certificate is not believed, in the words that Docker's users know and search for;
 * the JDK's name its own classes.
 */
final class CertificateTrouble extends CertificateException {
  private static final long serialVersionUID = 1;
  private static final int DNS_NAME = 2; // RFC 5280, section 4.2.1.6, GeneralName
  private static final int IP_ADDRESS = 7;

  private CertificateTrouble(String message, CertificateException cause) {
    super("tls: failed to verify certificate: x509: " + message, cause);
  }

  /** What such a trouble made of a handshake, as it is to be told; anything else unchanged. */
  static IOException toldBy(IOException failure) {
    for (Throwable t = failure.getCause(); t != null; t = t.getCause()) {
      if (t instanceof CertificateTrouble trouble) {
        SSLException told = new SSLHandshakeException(trouble.getMessage());
        told.initCause(failure);
        return told;
      }
    }
    return failure;
  }

  private static <T extends Throwable> boolean isBy(Class<T> kind, CertificateException e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (kind.isInstance(t)) {
        return true;
      }
    }
    return false;
  }

  private static Optional<String> outOfTime(X509Certificate[] chain, Instant now) {
    for (X509Certificate certificate : chain) {
      Instant from = certificate.getNotBefore().toInstant();
      Instant until = certificate.getNotAfter().toInstant();
      if (now.isAfter(until) || now.isBefore(from)) {
        return Optional.of(
            "certificate has expired or is not yet valid: current time %s is %s"
                .formatted(
                    now.truncatedTo(ChronoUnit.SECONDS),
                    now.isAfter(until) ? "after " + until : "before " + from));
      }
    }
    return Optional.empty();
  }

  private static String otherName(X509Certificate certificate, String host)
      throws CertificateParsingException {
    Collection<List<?>> names = certificate.getSubjectAlternativeNames();
    String valid =
        names == null
            ? ""
            : names.stream()
                .filter(name -> name.get(0).equals(DNS_NAME) || name.get(0).equals(IP_ADDRESS))
                .map(name -> String.valueOf(name.get(1)))
                .collect(joining(", "));
    return valid.isEmpty()
        ? "certificate is not valid for any names, but wanted to match " + host
        : "certificate is valid for %s, not %s".formatted(valid, host);
  }

  /** Decides as another does, and explains its refusals. */
  static final class Explaining extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager judge;

    Explaining(X509ExtendedTrustManager judge) {
      this.judge = judge;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      try {
        judge.checkServerTrusted(chain, type, socket);
      } catch (CertificateException e) {
        SSLSession session =
            socket instanceof SSLSocket secure ? secure.getHandshakeSession() : null;
        throw explained(e, chain, type, session);
      }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      try {
        judge.checkServerTrusted(chain, type, engine);
      } catch (CertificateException e) {
        throw explained(e, chain, type, engine.getHandshakeSession());
      }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      judge.checkServerTrusted(chain, type);
    }

    private CertificateException explained(
        CertificateException e, X509Certificate[] chain, String type, @Nullable SSLSession session)
        throws CertificateException {
      Optional<String> outOfTime = outOfTime(chain, Instant.now());
      if (outOfTime.isPresent()) {
        return new CertificateTrouble(outOfTime.get(), e);
      }
      if (isBy(CertPathBuilderException.class, e)) {
        return new CertificateTrouble("certificate signed by unknown authority", e);
      }
      if (session != null && !isBy(CertPathValidatorException.class, e)) {
        judge.checkServerTrusted(chain, type); // without the name; throws if that is not the reason
        return new CertificateTrouble(otherName(chain[0], session.getPeerHost()), e);
      }
      return e;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      judge.checkClientTrusted(chain, type, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      judge.checkClientTrusted(chain, type, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      judge.checkClientTrusted(chain, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return judge.getAcceptedIssuers();
    }
  }
}
