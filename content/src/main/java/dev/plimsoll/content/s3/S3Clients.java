package dev.plimsoll.content.s3;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Makes AWS's client what is wanted here: small, with limits, and for other servers than AWS too. */
final class S3Clients {
  private static final Duration CONNECT_MAX = Duration.ofSeconds(5);

  /** A part of the largest size over a slow line. */
  private static final Duration CALL_MAX = Duration.ofHours(1);

  /** Where a server of one's own says nothing about regions, this is what clients agree on. */
  private static final Region ANY_REGION = Region.US_EAST_1;

  private S3Clients() {}

  static S3Bucket bucket(S3Address address) throws IOException {
    AwsCredentialsProvider credentials = credentials(address);
    UrlConnectionHttpClient.Builder http =
        UrlConnectionHttpClient.builder()
            .connectionTimeout(CONNECT_MAX)
            .socketTimeout(address.limits().answerMax());
    if (address.needs().authorities().isPresent()) {
      TrustManager[] trusted = trusted(address.needs().authorities().get());
      http.tlsTrustManagersProvider(() -> trusted);
    }
    S3Reach reach = new S3Reach(address);
    S3ClientBuilder builder =
        S3Client.builder()
            .credentialsProvider(credentials)
            .httpClientBuilder(http)
            .overrideConfiguration(o ->
                o.addExecutionInterceptor(reach)
                    .apiCallTimeout(CALL_MAX)
                    .retryStrategy(
                        AwsRetryStrategy.standardRetryStrategy().toBuilder()
                            .maxAttempts(address.limits().attemptsMax())
                            .build()))
            // What SDKs add to every request since 2025 many servers do not know. Bytes are checked
            // by their digest, and by TLS on their way.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .serviceConfiguration(S3Configuration.builder().chunkedEncodingEnabled(false).build())
            .forcePathStyle(address.nameStyle() == S3Address.NameStyle.PATH);
    address.endpoint().ifPresent(builder::endpointOverride);
    region(address).ifPresent(builder::region);
    return new S3Bucket(address, builder.build(), reach, () -> presigner(address, credentials));
  }

  private static S3Presigner presigner(S3Address address, AwsCredentialsProvider credentials) {
    S3Presigner.Builder builder =
        S3Presigner.builder()
            .credentialsProvider(credentials)
            .serviceConfiguration(
                S3Configuration.builder()
                    .pathStyleAccessEnabled(address.nameStyle() == S3Address.NameStyle.PATH)
                    .build());
    address.endpoint().ifPresent(builder::endpointOverride);
    region(address).ifPresent(builder::region);
    return builder.build();
  }

  private static java.util.Optional<Region> region(S3Address address) {
    return address.region().map(Region::of).or(() -> address.endpoint().map(_ -> ANY_REGION));
  }

  private static AwsCredentialsProvider credentials(S3Address address) {
    return address
        .credentials()
        .<AwsCredentialsProvider>map(c -> StaticCredentialsProvider.create(identity(c)))
        .orElseGet(() -> DefaultCredentialsProvider.builder().build());
  }

  private static AwsCredentials identity(S3Address.Credentials c) {
    return c.sessionToken()
        .<AwsCredentials>map(
            token -> AwsSessionCredentials.create(c.accessKey(), c.secretKey(), token))
        .orElseGet(() -> AwsBasicCredentials.create(c.accessKey(), c.secretKey()));
  }

  private static TrustManager[] trusted(Path authorities) throws IOException {
    try (InputStream pem = Files.newInputStream(authorities)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (Certificate authority :
          CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        store.setCertificateEntry("authority-" + store.size(), authority);
      }
      if (store.size() == 0) {
        throw new IOException("there is no certificate in it");
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return factory.getTrustManagers();
    } catch (IOException | GeneralSecurityException e) {
      throw new IOException(
          "the authorities for the S3 server cannot be read from %s: %s"
              .formatted(authorities, e.getMessage()),
          e);
    }
  }
}
