package dev.plimsoll.transfer;

import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.RepositoryName;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** Where a push takes its content from. Called by several threads at once. */
public interface BlobSource {

  /**
   * The bytes of a layer or a config or, if the pushed manifest is an index, of one of its
   * manifests.
   *
   * @param offset in bytes, where to begin: not 0 when a broken upload goes on
   * @return closed by the push
   */
  InputStream open(Descriptor content, long offset) throws IOException;

  /**
   * Repositories of the same registry in which the layer is said to be: the registry is asked to
   * take it from there instead of having it sent again. May be empty, may be wrong.
   */
  List<RepositoryName> alsoIn(Descriptor layer);
}
