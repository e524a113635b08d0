package dev.plimsoll.http.client;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whom a TLS client believes, and what it shows of itself. Immutable and safe for many threads;
 * certificates are loaded at the first connection and kept. Compares by identity.
 */
public final class Trust {
  private static final Trust SYSTEM = new Trust(Verification.FULL, List.of(), Optional.empty());

  /** Where distributions keep the bundle; the same list and order as Go's. */
  private static final List<Path> SYSTEM_BUNDLES =
      List.of(
          Path.of("/etc/ssl/certs/ca-certificates.crt"),
          Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
          Path.of("/etc/ssl/ca-bundle.pem"),
          Path.of("/etc/pki/tls/cacert.pem"),
          Path.of("/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"),
          Path.of("/etc/ssl/cert.pem"));

  private enum Verification {
    FULL,
    OFF
  }

  private record Identity(List<X509Certificate> chain, PrivateKey key) {}

  private final Verification verification;
  private final List<X509Certificate> authorities;
  private final Optional<Identity> identity;
  private final ReentrantLock loading = new ReentrantLock();
  private @Nullable SSLContext loaded;

  private Trust(
      Verification verification, List<X509Certificate> authorities, Optional<Identity> identity) {
    this.verification = verification;
    this.authorities = List.copyOf(authorities);
    this.identity = identity;
  }

  /**
   * The authorities of the operating system, so that one added by {@code update-ca-certificates}
   * counts; the JDK's own where the system has no bundle.
   */
  public static Trust system() {
    return SYSTEM;
  }

  /** Believes anybody: for registries declared insecure. Each call makes a new instance. */
  public static Trust unverified() {
    return new Trust(Verification.OFF, List.of(), Optional.empty());
  }

  /** Believes these authorities too. */
  public Trust withAuthorities(Collection<X509Certificate> more) {
    List<X509Certificate> all = new ArrayList<>(authorities);
    all.addAll(more);
    return new Trust(verification, all, identity);
  }

  /**
   * Believes the authorities of a PEM file too.
   *
   * @throws IOException if the file cannot be read or holds no certificate
   */
  public Trust withAuthoritiesOf(Path pemFile) throws IOException {
    return withAuthorities(Pem.certificates(pemFile));
  }

  /**
   * Shows this certificate to servers that ask for one.
   *
   * @param certificateFile PEM, the client's certificate first
   * @param keyFile PEM, not encrypted: PKCS#8, PKCS#1 or SEC 1
   */
  public Trust withClientCertificate(Path certificateFile, Path keyFile) throws IOException {
    Identity shown = new Identity(Pem.certificates(certificateFile), Pem.privateKey(keyFile));
    return new Trust(verification, authorities, Optional.of(shown));
  }

  boolean verifies() {
    return verification == Verification.FULL;
  }

  SSLContext context() throws IOException {
    loading.lock();
    try {
      SSLContext context = loaded;
      if (context == null) {
        context = SSLContext.getInstance("TLS");
        context.init(keyManagers(), trustManagers(), null);
        loaded = context;
      }
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("preparing TLS: " + e.getMessage(), e);
    } finally {
      loading.unlock();
    }
  }

  private KeyManager @Nullable [] keyManagers() throws GeneralSecurityException, IOException {
    if (identity.isEmpty()) {
      return null;
    }
    char[] password = new char[0];
    KeyStore store = emptyStore();
    store.setKeyEntry(
        "client",
        identity.get().key(),
        password,
        identity.get().chain().toArray(X509Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, password);
    return factory.getKeyManagers();
  }

  private TrustManager @Nullable [] trustManagers() throws GeneralSecurityException, IOException {
    if (verification == Verification.OFF) {
      return new TrustManager[] {new Anybody()};
    }
    List<X509Certificate> all = new ArrayList<>(systemAuthorities());
    all.addAll(authorities);
    KeyStore store = emptyStore();
    for (int i = 0; i < all.size(); i++) {
      store.setCertificateEntry("authority-" + i, all.get(i));
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return Arrays.stream(factory.getTrustManagers())
        .map(Trust::explaining)
        .toArray(TrustManager[]::new);
  }

  private static TrustManager explaining(TrustManager manager) {
    return manager instanceof X509ExtendedTrustManager judge
        ? new CertificateTrouble.Explaining(judge)
        : manager;
  }

  private static List<X509Certificate> systemAuthorities()
      throws GeneralSecurityException, IOException {
    for (Path bundle : SYSTEM_BUNDLES) {
      if (Files.isReadable(bundle)) {
        return Pem.readableCertificates(bundle);
      }
    }
    TrustManagerFactory jdk =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    jdk.init((KeyStore) null);
    List<X509Certificate> found = new ArrayList<>();
    for (TrustManager manager : jdk.getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager x509) {
        found.addAll(List.of(x509.getAcceptedIssuers()));
      }
    }
    return found;
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  /** The extended form: the plain one would still have the host name checked by the JDK. */
  private static final class Anybody extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
