package dev.plimsoll.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * A quick look at speed, not a benchmark: small GETs on kept connections, and 1 GiB up and down. Client
 * and server share this process and its cores, so the figures are a floor. Run by hand: {@code java -cp
 * … dev.plimsoll.http.LoadSmoke}; with {@code serve} it only serves, on port 18080.
 */
final class LoadSmoke {
  private static final long GIB = 1L << 30;
  private static final byte[] SMALL = new byte[1026];

  private LoadSmoke() {}

  public static void main(String[] arguments) throws Exception {
    Path blob = Files.createTempFile("plimsoll-load", "");
    try (HttpServer server = new HttpServer((q, a) -> answer(q, a, blob), Limits.DEFAULT)) {
      fill(blob);
      int port = arguments.length > 0 ? 18080 : 0;
      InetSocketAddress address =
          server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      if (arguments.length > 0) {
        System.out.println("listening on http:/" + address);
        Thread.currentThread().join();
      }
      for (int round = 0; round < 3; round++) {
        System.out.printf(
            "GET %d req/s, up %d MB/s, down %d MB/s, server+client CPU %.1f s%n",
            gets(address), upload(address), download(address), cpuSeconds());
      }
    } finally {
      Files.deleteIfExists(blob);
    }
  }

  private static void answer(Request request, Response response, Path blob) throws IOException {
    switch (request.path()) {
      case "/blob" -> {
        try (FileChannel file = FileChannel.open(blob)) {
          response.send(file, 0, file.size());
        }
      }
      case "/upload" -> {
        long length = request.forEachPart(part -> part.get(part.limit() - 1));
        response.send(Long.toString(length).getBytes(UTF_8));
      }
      default -> response.header("Content-Type", "application/json").send(SMALL);
    }
  }

  private static void fill(Path blob) throws IOException {
    try (var out = Files.newOutputStream(blob)) {
      byte[] piece = new byte[1 << 20];
      for (long done = 0; done < GIB; done += piece.length) {
        out.write(piece);
      }
    }
  }

  private static long gets(InetSocketAddress address) throws Exception {
    LongAdder answers = new LongAdder();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
    try (var threads = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < 8; i++) {
        var _ =
            threads.submit(() -> {
              try (RawClient client = RawClient.tcp(address)) {
                byte[] first = client.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n").firstBytes();
                byte[] request = "GET / HTTP/1.1\r\nHost: t\r\n\r\n".repeat(8).getBytes(UTF_8);
                while (System.nanoTime() < end) {
                  client.send(request);
                  client.exactly(first.length * 8);
                  answers.add(8);
                }
              }
              return null;
            });
      }
    }
    return answers.sum() / 3;
  }

  private static long upload(InetSocketAddress address) throws IOException {
    byte[] piece = new byte[1 << 20];
    long start = System.nanoTime();
    try (RawClient client = RawClient.tcp(address)) {
      client.send("PUT /upload HTTP/1.1\r\nHost: t\r\nContent-Length: " + GIB + "\r\n\r\n");
      for (long done = 0; done < GIB; done += piece.length) {
        client.send(piece);
      }
      client.answer();
    }
    return megabytesPerSecond(start);
  }

  private static long download(InetSocketAddress address) throws IOException {
    byte[] piece = new byte[1 << 20];
    long start = System.nanoTime();
    try (RawClient client = RawClient.tcp(address)) {
      InputStream in = client.get("/blob").in();
      for (long done = 0; done < GIB; ) {
        done += in.read(piece);
      }
    }
    return megabytesPerSecond(start);
  }

  private static long megabytesPerSecond(long start) {
    return GIB * 1000 / (System.nanoTime() - start);
  }

  private static double cpuSeconds() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime()
        / 1e9;
  }
}
