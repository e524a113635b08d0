package dev.plimsoll.oci;

/** The media types of OCI's image specification 1.1 and of Docker's schema 2. */
public final class MediaTypes {
  public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
  public static final String OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
  public static final String OCI_LAYER = "application/vnd.oci.image.layer.v1.tar";
  public static final String OCI_LAYER_GZIP = "application/vnd.oci.image.layer.v1.tar+gzip";
  public static final String OCI_LAYER_ZSTD = "application/vnd.oci.image.layer.v1.tar+zstd";
  public static final String OCI_EMPTY = "application/vnd.oci.empty.v1+json";
  private static final String OCI_NONDISTRIBUTABLE =
      "application/vnd.oci.image.layer.nondistributable.v1.tar";

  public static final String DOCKER_MANIFEST =
      "application/vnd.docker.distribution.manifest.v2+json";
  public static final String DOCKER_LIST =
      "application/vnd.docker.distribution.manifest.list.v2+json";
  public static final String DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
  public static final String DOCKER_LAYER_GZIP =
      "application/vnd.docker.image.rootfs.diff.tar.gzip";
  private static final String DOCKER_FOREIGN =
      "application/vnd.docker.image.rootfs.foreign.diff.tar";

  /** Schema 1, which is refused: it cannot be stored by digest as it came. */
  public static final String DOCKER_SCHEMA_1 =
      "application/vnd.docker.distribution.manifest.v1+json";

  public static final String DOCKER_SCHEMA_1_SIGNED =
      "application/vnd.docker.distribution.manifest.v1+prettyjws";

  private MediaTypes() {}

  /** Whether content of this type lists other manifests. */
  public static boolean isIndex(String mediaType) {
    return mediaType.equals(OCI_INDEX) || mediaType.equals(DOCKER_LIST);
  }

  /** Whether a layer of this type may be absent from a registry: its bytes come from elsewhere. */
  public static boolean isNonDistributable(String mediaType) {
    return mediaType.startsWith(OCI_NONDISTRIBUTABLE) || mediaType.startsWith(DOCKER_FOREIGN);
  }

  /** Whether this is one of the two forms of the manifests of 2015, which nobody can verify. */
  public static boolean isSchema1(String mediaType) {
    return mediaType.equals(DOCKER_SCHEMA_1) || mediaType.equals(DOCKER_SCHEMA_1_SIGNED);
  }
}
