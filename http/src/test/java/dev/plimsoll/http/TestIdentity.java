package dev.plimsoll.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A self-signed certificate with its key, made by the JDK's keytool. */
record TestIdentity(String name, PrivateKey key, X509Certificate certificate) {
  private static final char[] PASSWORD = "changeit".toCharArray();

  static TestIdentity make(String name) {
    try {
      Path directory = Files.createTempDirectory("plimsoll-http");
      Path store = directory.resolve("store.p12");
      Process keytool =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                  "-genkeypair",
                  "-keystore",
                  store.toString(),
                  "-storepass",
                  new String(PASSWORD),
                  "-alias",
                  "test",
                  "-keyalg",
                  "EC",
                  "-groupname",
                  "secp256r1",
                  "-dname",
                  "CN=" + name,
                  "-ext",
                  "SAN=dns:localhost,ip:127.0.0.1",
                  "-validity",
                  "2")
              .redirectErrorStream(true)
              .start();
      String said = new String(keytool.getInputStream().readAllBytes(), UTF_8);
      if (keytool.waitFor() != 0) {
        throw new IOException("keytool: " + said);
      }
      KeyStore keys = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(store)) {
        keys.load(in, PASSWORD);
      }
      Files.delete(store);
      Files.delete(directory);
      return new TestIdentity(
          name,
          (PrivateKey) keys.getKey("test", PASSWORD),
          (X509Certificate) keys.getCertificate("test"));
    } catch (IOException | GeneralSecurityException e) {
      throw new AssertionError("no certificate for the test", e);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  TlsIdentity forServer() {
    return TlsIdentity.of(key, List.of(certificate));
  }

  /** A client that trusts this certificate and shows none. */
  SSLContext client() {
    return client(new KeyManager[0]);
  }

  /** A client that trusts this certificate and shows its own. */
  SSLContext clientShowing(TestIdentity own) {
    try {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(null, PASSWORD);
      keys.setKeyEntry("own", own.key, PASSWORD, new X509Certificate[] {own.certificate});
      KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
      managers.init(keys, PASSWORD);
      return client(managers.getKeyManagers());
    } catch (GeneralSecurityException | IOException e) {
      throw new AssertionError(e);
    }
  }

  private SSLContext client(KeyManager[] own) {
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, PASSWORD);
      trusted.setCertificateEntry("server", certificate);
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(own, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new AssertionError(e);
    }
  }
}
