package dev.plimsoll.registry;

import dev.plimsoll.http.client.ClientRequest;
import dev.plimsoll.http.client.ClientResponse;
import dev.plimsoll.http.client.ClientSettings;
import dev.plimsoll.http.client.HttpClient;
import dev.plimsoll.http.client.ProxySettings;
import dev.plimsoll.http.client.RequestBody;
import dev.plimsoll.http.client.Trust;
import dev.plimsoll.registry.event.Delivery;
import dev.plimsoll.registry.event.Webhook;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Posts events by HTTP. A receiver has its time for the whole of it, however it spends it. */
final class HttpDelivery implements Delivery, AutoCloseable {
  static final String SIGNATURE = "X-Plimsoll-Signature";
  private static final int ANSWER_BYTES_MAX = 64 * 1024;
  private static final int REASON_LENGTH_MAX = 300;

  /** The client's own limits are behind that of the whole. */
  private static final Duration STEP_MAX = Duration.ofMinutes(6);

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient http;

  /** By the proxies that an environment names. */
  HttpDelivery(Map<String, String> environment) {
    this.http =
        new HttpClient(
            ClientSettings.DEFAULT
                .withTimeouts(STEP_MAX, STEP_MAX, STEP_MAX)
                .withUserAgent("plimsoll-registry")
                .withProxies(ProxySettings.fromEnvironment(environment)));
  }

  @Override
  public Answer post(Webhook webhook, byte[] body) throws InterruptedException {
    Future<Answer> sent = threads.submit(() -> send(webhook, body));
    try {
      return sent.get(webhook.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return new Answer.Unreachable("no answer within " + webhook.timeout().toMillis() + " ms");
    } catch (ExecutionException e) {
      return new Answer.Unreachable(reason(webhook, e.getCause()));
    } finally {
      sent.cancel(true); // its connection is closed; nothing happens if it has ended
    }
  }

  private Answer send(Webhook webhook, byte[] body) throws IOException, InterruptedException {
    ClientRequest request =
        ClientRequest.of("POST", webhook.url(), Trust.system())
            .header("Content-Type", "application/cloudevents+json; charset=utf-8")
            .body(RequestBody.of(body));
    Optional<String> signature = webhook.signature(body);
    if (signature.isPresent()) {
      request = request.header(SIGNATURE, signature.get());
    }
    String user = webhook.url().getUserInfo();
    if (user != null) {
      request =
          request.header(
              "Authorization",
              "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)));
    }
    try (ClientResponse response = http.send(request)) {
      response.body().readNBytes(ANSWER_BYTES_MAX); // to the end, so that the connection is kept
      return answer(response.status());
    }
  }

  private static Answer answer(int status) {
    if (status / 100 == 2) {
      return new Answer.Taken(status);
    }
    if (status / 100 == 3) {
      return new Answer.Refused(
          "answered %d; redirects are not followed, set the address that is meant"
              .formatted(status));
    }
    // 408 and 429 are about the moment and not about the event.
    return status >= 500 || status == 408 || status == 429
        ? new Answer.Unreachable("answered " + status)
        : new Answer.Refused("answered " + status);
  }

  /** What went wrong without the address, which may hold a secret. */
  private static String reason(Webhook webhook, @Nullable Throwable cause) {
    String message =
        cause instanceof IOException && cause.getMessage() != null
            ? cause.getMessage()
            : String.valueOf(cause);
    String path = webhook.url().getRawPath();
    String plain = path == null || path.length() < 2 ? message : message.replace(path, "/…");
    return plain.length() <= REASON_LENGTH_MAX ? plain : plain.substring(0, REASON_LENGTH_MAX);
  }

  @Override
  public void close() {
    http.close();
    threads.shutdownNow();
  }
}
