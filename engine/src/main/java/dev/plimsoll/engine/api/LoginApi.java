package dev.plimsoll.engine.api;

import dev.plimsoll.docker.AuthConfig;
import dev.plimsoll.http.Response;
import dev.plimsoll.transfer.Credentials;
import dev.plimsoll.transfer.LoginResult;
import dev.plimsoll.transfer.Registries;
import java.io.IOException;
import java.net.URI;
import java.util.Map;

/** {@code POST /auth}: whether a registry takes a name and password, for {@code docker login}. */
public final class LoginApi implements Resource {
  /** What Docker calls its Hub here, since the days when the address was all there was. */
  private static final String HUB_ADDRESS = "https://index.docker.io/v1/";

  private static final String HUB = "docker.io";

  private final Registries registries;

  public LoginApi(Registries registries) {
    this.registries = registries;
  }

  @Override
  public void routes(Router router) {
    router.post("/auth", this::login);
  }

  private void login(ApiRequest request, Response response)
      throws IOException, InterruptedException {
    AuthConfig asked = request.json(AuthConfig.class);
    LoginResult result =
        registries.login(
            registry(asked.serverAddress()),
            Credentials.ofDocker(
                asked.username(), asked.password(), asked.identityToken(), asked.registryToken()));
    JsonReply.ok(
        response, Map.of("Status", result.status(), "IdentityToken", result.identityToken()));
  }

  /** Host and port of what may be written as an address: old configurations hold whole URLs. */
  static String registry(String address) {
    if (address.isEmpty() || address.equals(HUB_ADDRESS) || address.equals("index.docker.io")) {
      return HUB;
    }
    if (address.contains("://")) {
      String authority = URI.create(address).getRawAuthority();
      return authority == null ? address : authority;
    }
    int slash = address.indexOf('/');
    return slash < 0 ? address : address.substring(0, slash);
  }
}
