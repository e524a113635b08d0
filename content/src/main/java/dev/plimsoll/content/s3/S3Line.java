package dev.plimsoll.content.s3;

import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** Why a server was not reached, where the JDK or AWS's client would name classes of their own. */
final class S3Line {
  private S3Line() {}

  /** What to tell of it; empty if its own message says it. */
  static Optional<String> trouble(Throwable failure) {
    return Stream.iterate(failure, t -> t != null, Throwable::getCause)
        .flatMap(t -> sentence(t).stream())
        .reduce((outer, inner) -> inner);
  }

  private static Optional<String> sentence(Throwable t) {
    return Optional.ofNullable(
        switch (t) {
          case UnknownHostException e -> "there is no host " + e.getMessage();
          case CertPathBuilderException _ ->
              "its certificate is signed by an authority that is not trusted here; the setting"
                  + " storage.s3.ca-file names a file of those that are";
          case CertificateExpiredException e -> "its certificate has expired: " + e.getMessage();
          case CertificateNotYetValidException e ->
              "its certificate is not valid yet: " + e.getMessage();
          case CertificateException e when e.getCause() == null ->
              "its certificate is of another: " + e.getMessage();
          case SSLException e when isNoTls(e) -> "it does not speak TLS; is its address http://?";
          default -> null;
        });
  }

  private static boolean isNoTls(SSLException e) {
    return String.valueOf(e.getMessage()).contains("Unsupported or unrecognized SSL message");
  }
}
