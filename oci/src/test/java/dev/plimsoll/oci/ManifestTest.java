package dev.plimsoll.oci;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestTest {
  private static final String DIGEST = "sha256:" + "0".repeat(64);
  private static final String ENTRY =
      "{'mediaType':'application/x','digest':'%s','size':3,'surprise':1}".formatted(DIGEST);

  @Test
  void anImageNamesItsConfigThenItsLayers() {
    Manifest manifest =
        parse(
            "{'schemaVersion':2,'config':%s,'layers':[%s,%s]}".formatted(ENTRY, ENTRY, ENTRY), "");

    assertThat(manifest).isInstanceOf(ImageManifest.class);
    assertThat(manifest.mediaType()).isEqualTo(MediaTypes.OCI_MANIFEST);
    assertThat(manifest.references()).hasSize(3);
    assertThat(manifest.artifactType()).contains("application/x");
  }

  @Test
  void anIndexIsKnownByItsManifests() {
    Manifest manifest = parse("{'schemaVersion':2,'manifests':[%s]}".formatted(ENTRY), "");

    assertThat(manifest).isInstanceOf(Index.class);
    assertThat(manifest.mediaType()).isEqualTo(MediaTypes.OCI_INDEX);
  }

  @Test
  void anUnknownMediaTypeIsAllowed() {
    Manifest manifest =
        parse(
            "{'schemaVersion':2,'config':%s,'layers':[]}".formatted(ENTRY),
            "application/vnd.x+json");

    assertThat(manifest.mediaType()).isEqualTo("application/vnd.x+json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'schemaVersion':1} | schema 1",
        "{'schemaVersion':2} | config",
        "{} | schemaVersion",
        "[] | not valid JSON: Cannot deserialize value from Array value",
        "{'schemaVersion':2, | not valid JSON",
        "{'schemaVersion':2,'schemaVersion':2} | not valid JSON",
        "{'schemaVersion':2,'config':{}} | config has no digest",
        "{'schemaVersion':2,'config':{'digest':'x','size':1}} | not a digest: \"x\"",
        "{'schemaVersion':2,'manifests':[],'layers':[]} | both layers and manifests",
        "{'schemaVersion':2,'mediaType':'application/vnd.oci.image.index.v1+json'} | list of manifests",
        "{'schemaVersion':2,'mediaType':'application/x','manifests':[]} | cannot have a list",
      })
  void aMalformedManifestIsRefusedWithTheReason(String json, String reason) {
    assertThatThrownBy(() -> parse(json, ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason)
        .hasMessageNotContaining("[Source");
  }

  @Test
  void aContentTypeThatContradictsTheManifestIsRefused() {
    String json =
        "{'schemaVersion':2,'mediaType':'%s','config':%s}"
            .formatted(MediaTypes.OCI_MANIFEST, ENTRY);

    assertThatThrownBy(() -> parse(json, MediaTypes.DOCKER_MANIFEST))
        .hasMessageContaining("was sent as " + MediaTypes.DOCKER_MANIFEST);
  }

  @Test
  void aDeepDocumentIsRefusedNotFollowed() {
    assertThatThrownBy(() -> parse("[".repeat(100_000), ""))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Manifest parse(String json, String contentType) {
    return Manifest.parse(json.replace('\'', '"').getBytes(UTF_8), contentType);
  }
}
