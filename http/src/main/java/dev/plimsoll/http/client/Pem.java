package dev.plimsoll.http.client;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** PEM files with certificates and private keys, RFC 7468. */
final class Pem {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

  // AlgorithmIdentifier of RFC 8017 and the object identifier id-ecPublicKey of RFC 5480, in DER.
  private static final byte[] RSA = {
    0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1, 5, 0
  };
  private static final byte[] EC = {0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1};
  private static final byte[] VERSION_0 = {2, 1, 0};

  private record Block(String label, String base64) {
    byte[] der() {
      return Base64.getMimeDecoder().decode(base64);
    }
  }

  private Pem() {}

  /** All certificates; one that cannot be read is an error. */
  static List<X509Certificate> certificates(Path file) throws IOException {
    List<X509Certificate> found = new ArrayList<>();
    for (Block block : blocks(file)) {
      if (block.label().equals("CERTIFICATE")) {
        try {
          found.add(certificate(block));
        } catch (CertificateException | IllegalArgumentException e) {
          throw new IOException(
              file + " has a certificate that cannot be read: " + e.getMessage(), e);
        }
      }
    }
    if (found.isEmpty()) {
      throw new IOException(file + " has no PEM certificate");
    }
    return found;
  }

  /** The certificates that can be read: one odd root must not cut a machine off. */
  static List<X509Certificate> readableCertificates(Path file) throws IOException {
    List<X509Certificate> found = new ArrayList<>();
    for (Block block : blocks(file)) {
      try {
        found.add(certificate(block));
      } catch (CertificateException | IllegalArgumentException _) {
        // passed over
      }
    }
    return found;
  }

  static PrivateKey privateKey(Path file) throws IOException {
    try {
      return firstKey(file);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " is not a PEM file", e);
    }
  }

  private static PrivateKey firstKey(Path file) throws IOException {
    for (Block block : blocks(file)) {
      switch (block.label()) {
        case "PRIVATE KEY" -> {
          return pkcs8(file, block.der());
        }
        case "RSA PRIVATE KEY" -> {
          return pkcs8(file, sequence(VERSION_0, RSA, octets(block.der())));
        }
        case "EC PRIVATE KEY" -> {
          byte[] algorithm = sequence(EC, curveOf(file, block.der()));
          return pkcs8(file, sequence(VERSION_0, algorithm, octets(block.der())));
        }
        case "ENCRYPTED PRIVATE KEY" ->
            throw new IOException(file + " is encrypted; a key without a password is needed");
        default -> {}
      }
    }
    throw new IOException(file + " has no PEM private key");
  }

  private static PrivateKey pkcs8(Path file, byte[] der) throws IOException {
    for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
      } catch (InvalidKeySpecException _) {
        // not of this algorithm: the next one
      } catch (GeneralSecurityException e) {
        throw new IOException("reading " + file, e);
      }
    }
    throw new IOException(file + " has no RSA, EC or EdDSA key");
  }

  /**
   * The curve's object identifier out of {@code ECPrivateKey ::= SEQUENCE { version, privateKey,
   * [0] parameters, [1] publicKey }}, RFC 5915. PKCS#8 wants it outside.
   */
  private static byte[] curveOf(Path file, byte[] der) throws IOException {
    for (int i = 0; i + 3 < der.length; i++) {
      boolean parameters =
          (der[i] & 0xff) == 0xa0 && der[i + 2] == 6 && der[i + 1] == der[i + 3] + 2;
      if (parameters && i + 4 + der[i + 3] <= der.length) {
        return java.util.Arrays.copyOfRange(der, i + 2, i + 4 + der[i + 3]);
      }
    }
    throw new IOException(file + " has an EC key without the name of its curve");
  }

  private static byte[] sequence(byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    return tagged(0x30, content.toByteArray());
  }

  private static byte[] octets(byte[] content) {
    return tagged(0x04, content);
  }

  private static byte[] tagged(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else if (content.length < 0x100) {
      out.write(0x81); // DER wants the shortest form
      out.write(content.length);
    } else {
      out.write(0x82);
      out.write(content.length >> 8);
      out.write(content.length);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static X509Certificate certificate(Block block) throws CertificateException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(block.der()));
  }

  private static List<Block> blocks(Path file) throws IOException {
    Matcher matcher = BLOCK.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
    List<Block> blocks = new ArrayList<>();
    while (matcher.find()) {
      blocks.add(new Block(matcher.group(1), matcher.group(2)));
    }
    return blocks;
  }
}
