package dev.plimsoll.cli.registry;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Reference;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code team/app:1.0} or {@code team/app@sha256:…}, without a registry's address. */
record Tagged(RepositoryName repository, Reference reference) {
  /** What an option holds until it is read. */
  static final Tagged NONE = new Tagged(new RepositoryName("none"), new Tag("none"));

  /** As the registry's API is told. */
  String query() {
    return "repository=%s&%s=%s"
        .formatted(
            Administration.encoded(repository.value()),
            reference instanceof Digest ? "reference" : "tag",
            Administration.encoded(reference.toString()));
  }

  /** As the calls are told that take a tag or a digest. */
  String referenceQuery() {
    return "repository=%s&reference=%s"
        .formatted(
            Administration.encoded(repository.value()),
            Administration.encoded(reference.toString()));
  }

  /** Reads either form. */
  static final class Any implements ITypeConverter<Tagged> {
    @Override
    public Tagged convert(String text) {
      try {
        int at = text.indexOf('@');
        int split = at < 0 ? text.lastIndexOf(':') : at;
        if (split > 0) {
          return new Tagged(
              new RepositoryName(text.substring(0, split)),
              at < 0 ? new Tag(text.substring(split + 1)) : Digest.parse(text.substring(at + 1)));
        }
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException("\"%s\": %s".formatted(text, e.getMessage()));
      }
      throw new TypeConversionException(
          "\"%s\" is neither REPOSITORY:TAG nor REPOSITORY@DIGEST, such as team/app:latest"
              .formatted(text));
    }
  }

  /** Reads a repository and a tag. */
  static final class Reader implements ITypeConverter<Tagged> {
    @Override
    public Tagged convert(String text) {
      Tagged read = new Any().convert(text);
      if (read.reference() instanceof Digest) {
        throw new TypeConversionException(
            "\"%s\" names a digest; a tag is meant, such as team/app:latest".formatted(text));
      }
      return read;
    }
  }
}
