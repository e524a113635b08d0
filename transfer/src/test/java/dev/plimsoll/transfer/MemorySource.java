package dev.plimsoll.transfer;

import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Has its content in memory. */
final class MemorySource implements BlobSource {
  private final Map<Digest, byte[]> content = new HashMap<>();
  private final List<RepositoryName> others;

  MemorySource(List<byte[]> blobs, RepositoryName... others) {
    blobs.forEach(blob -> content.put(Digest.sha256(blob), blob));
    this.others = List.of(others);
  }

  @Override
  public InputStream open(Descriptor wanted, long offset) throws IOException {
    byte[] bytes = content.get(wanted.digest());
    if (bytes == null) {
      throw new IOException("no " + wanted.digest());
    }
    return new ByteArrayInputStream(bytes, (int) offset, bytes.length - (int) offset);
  }

  @Override
  public List<RepositoryName> alsoIn(Descriptor layer) {
    return others;
  }
}
