package dev.plimsoll.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link TlsIdentity} kept in two PEM files, read again when one of them has changed: what {@link
 * HttpServer#listen(java.net.InetSocketAddress, Supplier)} asks for. Safe for many threads. While the
 * files cannot be read or do not belong together, the last identity goes on and the trouble is logged
 * once for each change.
 */
public final class TlsFiles implements Supplier<TlsIdentity> {
  private static final Logger log = LoggerFactory.getLogger(TlsFiles.class);
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

  private final Path chainFile;
  private final Path keyFile;
  private Stamp seen;
  private TlsIdentity identity;

  private record Stamp(FileTime chain, long chainBytes, FileTime key, long keyBytes) {
    static Stamp of(Path chain, Path key) throws IOException {
      return new Stamp(
          Files.getLastModifiedTime(chain),
          Files.size(chain),
          Files.getLastModifiedTime(key),
          Files.size(key));
    }
  }

  private TlsFiles(Path chainFile, Path keyFile) throws IOException {
    this.chainFile = chainFile;
    this.keyFile = keyFile;
    this.seen = Stamp.of(chainFile, keyFile);
    this.identity = read();
  }

  /**
   * Reads the files for the first time.
   *
   * @param chain certificates in PEM, the server's own first
   * @param key the private key in PEM, PKCS#8 ({@code BEGIN PRIVATE KEY}) without a password
   */
  public static TlsFiles open(Path chain, Path key) throws IOException {
    return new TlsFiles(chain, key);
  }

  @Override
  public synchronized TlsIdentity get() {
    try {
      Stamp now = Stamp.of(chainFile, keyFile);
      if (!now.equals(seen)) {
        seen = now;
        identity = read();
        log.info("TLS identity read again certificate={} identity={}", chainFile, identity);
      }
    } catch (IOException e) {
      log.error("TLS identity not read again, the last one goes on cause={}", e.toString());
    }
    return identity;
  }

  private TlsIdentity read() throws IOException {
    PrivateKey key = key(keyFile);
    List<X509Certificate> chain = certificates(chainFile);
    if (!isPair(key, chain.getFirst().getPublicKey())) {
      // So it is for a moment, when one of the files was replaced and the other is about to be.
      throw new IOException(
          "the key in %s is not that of the first certificate in %s".formatted(keyFile, chainFile));
    }
    return TlsIdentity.of(key, chain);
  }

  /** What one signs the other has to find right. */
  private static boolean isPair(PrivateKey key, PublicKey other) {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> "EdDSA";
        };
    byte[] text = "one pair".getBytes(StandardCharsets.US_ASCII);
    try {
      Signature signing = Signature.getInstance(algorithm);
      signing.initSign(key);
      signing.update(text);
      byte[] signature = signing.sign();
      Signature checking = Signature.getInstance(algorithm);
      checking.initVerify(other);
      checking.update(text);
      return checking.verify(signature);
    } catch (GeneralSecurityException e) {
      return false; // keys of two kinds
    }
  }

  /** The certificates of a PEM file, such as a chain or a list of authorities. */
  public static List<X509Certificate> certificates(Path file) throws IOException {
    try {
      List<X509Certificate> found =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (found.isEmpty()) {
        throw new IOException(file + " has no certificate");
      }
      return found;
    } catch (CertificateException e) {
      throw new IOException(file + " has a certificate that cannot be read", e);
    }
  }

  private static PrivateKey key(Path file) throws IOException {
    Matcher matcher = KEY.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
    if (!matcher.find()) {
      throw new IOException(
          file + " has no PKCS#8 private key; openssl pkcs8 -topk8 -nocrypt makes one of others");
    }
    byte[] der = Base64.getMimeDecoder().decode(matcher.group(1));
    for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
      } catch (InvalidKeySpecException _) {
        // a key of another algorithm: the next one
      } catch (GeneralSecurityException e) {
        throw new IOException("reading " + file, e);
      }
    }
    throw new IOException(file + " has no RSA, EC or EdDSA key");
  }
}
