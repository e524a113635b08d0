package dev.plimsoll.engine.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.docker.ApiVersion;
import dev.plimsoll.docker.AuthConfig;
import dev.plimsoll.docker.volume.VolumeCreateRequest;
import dev.plimsoll.engine.api.RunningRouter.Answer;
import dev.plimsoll.engine.refusal.EngineException;
import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.http.client.ClientResponse;
import dev.plimsoll.http.client.RequestBody;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Over a real socket: what goes over the wire is what counts. */
class RouterTest {
  @TempDir private Path directory;
  private RunningRouter running;

  @BeforeEach
  void start() throws IOException {
    var router = new Router("Test/1");
    router.get("/version", (request, response) -> JsonReply.ok(response, reply(request)));
    router.get(
        "/images/{name...}/json",
        (request, response) -> JsonReply.ok(response, Map.of("name", request.path("name"))));
    router.get(
        "/flag", (request, response) -> JsonReply.ok(response, Map.of("v", request.flag("v"))));
    router.get(
        "/number", (request, response) -> JsonReply.ok(response, Map.of("v", request.number("v"))));
    router.get(
        "/filters",
        (request, response) -> JsonReply.ok(response, Map.of("v", request.filters().all("label"))));
    router.get(
        "/auth",
        (request, response) ->
            JsonReply.ok(response, Map.of("user", request.registryAuth().username())));
    router.post(
        "/body",
        (request, response) ->
            JsonReply.send(response, 201, request.json(VolumeCreateRequest.class)));
    router.get("/refuse/{how}", (request, _) -> refuse(request.path("how")));
    router.get(
        "/torn",
        (_, response) -> {
          OutputStream out = response.stream();
          out.write("half".getBytes());
          out.flush();
          throw new IOException("the disk broke");
        });
    running = new RunningRouter(directory, router);
  }

  @AfterEach
  void stop() {
    running.close();
  }

  private static Map<String, String> reply(ApiRequest request) {
    return Map.of("version", request.version().toString());
  }

  private static void refuse(String how) throws Exception {
    switch (how) {
      case "400" -> throw new EngineException.BadParameter("bad");
      case "403" -> throw new EngineException.Forbidden("no");
      case "404" -> throw new EngineException.NotFound("none");
      case "409" -> throw new EngineException.Conflict("used");
      case "304" -> throw new EngineException.NotModified("is");
      case "501" -> throw new EngineException.NotImplemented("not yet");
      case "503" -> throw new EngineException.Unavailable("later");
      case "500" -> throw new EngineException.Failed("broke");
      case "io" -> throw new IOException("writing a", new IOException("b: Input/output error"));
      case "full" -> throw new NoSpaceException("no space left for /data/x");
      default -> throw new IllegalStateException("a bug");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/version, 1.51",
    "/v1.24/version, 1.24",
    "/v1.41/version, 1.41",
    "/v1.51/version, 1.51"
  })
  void theVersionOfThePathIsTheClients(String path, String version) throws Exception {
    assertThat(running.send("GET", path).body()).isEqualTo("{\"version\":\"" + version + "\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/v1.23/version|client version 1.23 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version",
        "/v0.9/version|client version 0.9 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version",
        "/v1.52/version|client version 1.52 is too new. Maximum supported API version is 1.51",
        "/v2.0/nothing|client version 2.0 is too new. Maximum supported API version is 1.51",
      })
  void aVersionThatIsNotSpokenIsRefusedInDockersWords(String path, String message)
      throws Exception {
    Answer answer = running.send("GET", path);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.message()).isEqualTo(message);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /nothing",
    "GET, /v1.40/nothing",
    "GET, /",
    "GET, /version/",
    "GET, //version",
    "GET, /v1.x/version",
    "GET, /v1.4.1/version",
    "POST, /version",
    "HEAD, /version",
    "PATCH, /version",
    "DELETE, /v1.51/version"
  })
  void whatNobodyAnswersIsNotFoundAlsoByAnotherMethod(String method, String path) throws Exception {
    Answer answer = running.send(method, path);

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.body())
        .isEqualTo(method.equals("HEAD") ? "" : "{\"message\":\"page not found\"}");
  }

  @Test
  void everyAnswerTellsWhatServerItIsAlsoARefusal() throws Exception {
    for (String path : new String[] {"/version", "/nothing", "/v9.9/version"}) {
      ClientResponse head = running.send("GET", path).head();

      assertThat(head.header("Api-Version")).contains(ApiVersion.NEWEST.toString());
      assertThat(head.header("Docker-Experimental")).contains("false");
      assertThat(head.header("Ostype")).contains("linux");
      assertThat(head.header("Server")).contains("Test/1");
      assertThat(head.header("Content-Type")).contains("application/json");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/images/localhost:5000/a/b:1/json, localhost:5000/a/b:1",
    "/v1.30/images/a%2Fb%20c/json, a/b c",
    "/images/a+b/json, a+b"
  })
  void namesAreDecodedAfterThePathIsMatched(String path, String name) throws Exception {
    assertThat(running.send("GET", path).body()).isEqualTo("{\"name\":\"" + name + "\"}");
  }

  @Test
  void aPathThatCannotBeDecodedIsABadRequest() throws Exception {
    Answer answer = running.send("GET", "/images/%zz/json");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.message()).startsWith("malformed path");
  }

  @ParameterizedTest
  @CsvSource({
    "'', false",
    "?v, false",
    "?v=, false",
    "?v=0, false",
    "?v=False, false",
    "?v=no, false",
    "?v=none, false",
    "?v=1, true",
    "?v=true, true",
    "?v=yes, true",
    "?v=%20no%20, false"
  })
  void flagsAreReadAsDockerReadsThem(String query, boolean value) throws Exception {
    assertThat(running.send("GET", "/flag" + query).body()).isEqualTo("{\"v\":" + value + "}");
  }

  @Test
  void aNumberIsOneOrRefused() throws Exception {
    assertThat(running.send("GET", "/number?v=-7").body()).contains("-7");
    assertThat(running.send("GET", "/number?v=").status()).isEqualTo(200);

    Answer answer = running.send("GET", "/number?v=ten");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.message()).isEqualTo("invalid value for v: \"ten\" is not a number");
  }

  @Test
  void filtersComeInBothForms() throws Exception {
    for (String json : new String[] {"{%22label%22:[%22a%22]}", "{%22label%22:{%22a%22:true}}"}) {
      assertThat(running.send("GET", "/filters?filters=" + json).body())
          .isEqualTo("{\"v\":[\"a\"]}");
    }
    assertThat(running.send("GET", "/filters?filters=%5B").status()).isEqualTo(400);
  }

  @Test
  void theLoginOfTheHeaderIsRead() throws Exception {
    String header = new AuthConfig("anne", "x", "", "", "", "").encode();

    Answer answer = running.send(running.request("GET", "/auth").header("X-Registry-Auth", header));

    assertThat(answer.body()).isEqualTo("{\"user\":\"anne\"}");
  }

  @Test
  void aBrokenLoginIsRefusedAndNotTakenForNobody() throws Exception {
    Answer answer = running.send(running.request("GET", "/auth").header("X-Registry-Auth", "!!"));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.message()).startsWith("invalid X-Registry-Auth header");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"application/json", "application/json; charset=utf-8", "Application/JSON"})
  void aBodyIsReadAsJson(String type) throws Exception {
    Answer answer = running.post("/body", type, "{\"Name\":\"data\",\"Unknown\":1}");

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.body()).contains("\"Name\":\"data\"");
  }

  @Test
  void noBodyIsAnEmptyObject() throws Exception {
    assertThat(running.send("POST", "/body").status()).isEqualTo(201);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "text/plain|{}|unsupported Content-Type header (text/plain): must be 'application/json'",
        "''|{}|malformed Content-Type header (): mime: no media type",
        "application/json|{|invalid JSON: Unexpected end-of-input",
        "application/json|{} {}|invalid JSON: ",
        "application/json|[]|invalid JSON: ",
        "application/json|null|invalid JSON: ",
        "application/json|{\"Name\":[]}|invalid JSON: ",
      })
  void aBodyThatIsNoneIsRefused(String type, String body, String message) throws Exception {
    Answer answer = running.post("/body", type, body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.message()).startsWith(message).doesNotContain("REDACTED");
  }

  @Test
  void aBodyWithoutAnEndIsCutShort() throws Exception {
    byte[] blanks = new byte[5 << 20];
    Arrays.fill(blanks, (byte) ' ');

    Answer answer =
        running.send(
            running
                .request("POST", "/body")
                .header("Content-Type", "application/json")
                .body(RequestBody.chunked(out -> out.write(blanks))));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.message()).contains("larger than 4194304 bytes");
  }

  @ParameterizedTest
  @CsvSource({
    "400, 400, bad",
    "403, 403, no",
    "404, 404, none",
    "409, 409, used",
    "501, 501, not yet",
    "503, 503, later",
    "500, 500, broke",
    "io, 500, writing a: b: Input/output error",
    "full, 507, no space left for /data/x: no space left on device",
    "bug, 500, internal error: java.lang.IllegalStateException: a bug"
  })
  void eachKindOfTroubleHasItsStatus(String how, int status, String message) throws Exception {
    Answer answer = running.send("GET", "/refuse/" + how);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.message()).isEqualTo(message);
  }

  @Test
  void nothingToDoIsSaidWithoutABody() throws Exception {
    Answer answer = running.send("GET", "/refuse/304");

    assertThat(answer.status()).isEqualTo(304);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void anAnswerThatBreaksOffIsNotTakenForAWholeOne() {
    assertThatThrownBy(() -> running.send("GET", "/torn")).isInstanceOf(IOException.class);
  }
}
