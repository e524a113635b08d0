package dev.plimsoll.engine.image;

import dev.plimsoll.engine.layer.Layer;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageConfig;
import dev.plimsoll.oci.ImageName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The rows of images and their names. Every method runs inside of a read or write. */
final class ImageRows {
  private static final String COLUMNS =
      "id, config, size_bytes, created_from, parent, added_at, pulled_at, last_used_at,"
          + " last_tagged_at";

  private ImageRows() {}

  /** A layer of an image, as the image's row names it. */
  record Part(Digest diffId, Digest layer, Optional<Digest> blob) {}

  static Optional<Image> find(Handle handle, ImageId id) {
    return handle
        .createQuery("SELECT " + COLUMNS + " FROM image WHERE id = ? AND removed_at IS NULL")
        .bind(0, id.toString())
        .map((r, _) -> read(handle, r))
        .findOne();
  }

  static List<Image> all(Handle handle) {
    return handle
        .createQuery("SELECT " + COLUMNS + " FROM image WHERE removed_at IS NULL")
        .map((r, _) -> read(handle, r))
        .list();
  }

  static Optional<ImageId> named(Handle handle, ImageName name) {
    return handle
        .createQuery("SELECT image FROM image_name WHERE name = ?")
        .bind(0, name.toString())
        .map((r, _) -> ImageId.parse(r.getString(1)))
        .findOne();
  }

  static Optional<ImageId> withDigest(Handle handle, ImageName name) {
    return handle
        .createQuery("SELECT image FROM image_digest WHERE repository = ? AND digest = ?")
        .bind(0, name.withoutReference().toString())
        .bind(1, name.digest().map(Digest::toString).orElse(""))
        .map((r, _) -> ImageId.parse(r.getString(1)))
        .findFirst();
  }

  /** The images whose id begins so, at most two. */
  static List<ImageId> beginning(Handle handle, String hex) {
    return handle
        .createQuery("SELECT id FROM image WHERE id >= ? AND id < ? AND removed_at IS NULL LIMIT 2")
        .bind(0, "sha256:" + hex)
        .bind(1, "sha256:" + hex + "g")
        .map((r, _) -> ImageId.parse(r.getString(1)))
        .list();
  }

  /** Lowest first; also of an image that was removed while containers use it. */
  static List<Part> layers(Handle handle, ImageId id) {
    return handle
        .createQuery(
            "SELECT diff_id, layer, blob FROM image_layer WHERE image = ? ORDER BY position")
        .bind(0, id.toString())
        .map((r, _) ->
            new Part(
                Digest.parse(r.getString(1)),
                Digest.parse(r.getString(2)),
                Optional.ofNullable(r.getString(3)).map(Digest::parse)))
        .list();
  }

  static boolean exists(Handle handle, ImageId id) {
    return handle
            .createQuery("SELECT count(*) FROM image WHERE id = ?")
            .bind(0, id.toString())
            .mapTo(Integer.class)
            .one()
        > 0;
  }

  static byte[] config(Handle handle, ImageId id) {
    return handle
        .createQuery("SELECT config FROM image WHERE id = ?")
        .bind(0, id.toString())
        .mapTo(byte[].class)
        .one();
  }

  /** Adds an image; one that is here gets what is new: blobs it lacked, layers made again. */
  static void put(Handle handle, NewImage image, Instant now) {
    String id = image.id().toString();
    long time = Nanos.of(now);
    long sizeBytes =
        image.layers().stream()
            .map(NewImage.Part::layer)
            .distinct()
            .mapToLong(Layer::sizeBytes)
            .sum();
    handle.execute(
        "INSERT INTO image (id, config, size_bytes, created_from, parent, added_at, last_used_at)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET last_used_at ="
            + " excluded.last_used_at, removed_at = NULL",
        id,
        image.config(),
        sizeBytes,
        image.createdFrom(),
        image.parent().map(ImageId::toString).orElse(null),
        time,
        time);
    for (int i = 0; i < image.layers().size(); i++) {
      NewImage.Part part = image.layers().get(i);
      handle.execute(
          "INSERT INTO image_layer (image, position, diff_id, layer, blob) VALUES (?, ?, ?, ?, ?)"
              + " ON CONFLICT (image, position) DO UPDATE SET layer = excluded.layer, blob ="
              + " coalesce(image_layer.blob, excluded.blob)",
          id,
          i,
          part.layer().diffId().toString(),
          part.layer().id().toString(),
          part.blob().map(Digest::toString).orElse(null));
    }
  }

  static boolean hasLayer(Handle handle, String layer) {
    return handle
        .createQuery("SELECT 1 FROM layer WHERE id = ? AND damaged = 0")
        .bind(0, layer)
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  /** Gives an image its row again; its layers have theirs, its blobs may be gone. */
  static void restore(Handle handle, ImageDescription image, Instant now) {
    long time = Nanos.of(now);
    handle.execute(
        "INSERT INTO image (id, config, size_bytes, created_from, parent, added_at, last_used_at)"
            + " VALUES (?, ?, 0, ?, ?, ?, ?)",
        image.id(),
        image.config(),
        image.createdFrom(),
        image.parent(),
        time,
        time);
    for (int i = 0; i < image.layers().size(); i++) {
      ImageDescription.Part part = image.layers().get(i);
      handle.execute(
          "INSERT INTO image_layer (image, position, diff_id, layer, blob) VALUES (?, ?, ?, ?,"
              + " (SELECT digest FROM blob WHERE digest = ?))",
          image.id(),
          i,
          part.diffId(),
          part.layer(),
          part.blob());
    }
    handle.execute(
        "UPDATE image SET size_bytes = (SELECT coalesce(sum(size_bytes), 0) FROM layer WHERE id IN"
            + " (SELECT layer FROM image_layer WHERE image = image.id)) WHERE id = ?",
        image.id());
  }

  /** Gives the image a name, taking it from whoever has it; returns that one. */
  static Optional<ImageId> name(Handle handle, ImageName name, ImageId id, Instant now) {
    Optional<ImageId> before = named(handle, name);
    handle.execute(
        "INSERT OR REPLACE INTO image_name (name, image) VALUES (?, ?)",
        name.toString(),
        id.toString());
    handle.execute(
        "UPDATE image SET last_tagged_at = ?, last_used_at = ? WHERE id = ?",
        Nanos.of(now),
        Nanos.of(now),
        id.toString());
    return before.filter(other -> !other.equals(id));
  }

  static void unname(Handle handle, ImageName name) {
    handle.execute("DELETE FROM image_name WHERE name = ?", name.toString());
  }

  static void addDigest(Handle handle, ImageName repository, Digest digest, ImageId id) {
    handle.execute(
        "INSERT OR IGNORE INTO image_digest (repository, digest, image) VALUES (?, ?, ?)",
        repository.withoutReference().toString(),
        digest.toString(),
        id.toString());
  }

  static void removeDigest(Handle handle, ImageName name, ImageId id) {
    handle.execute(
        "DELETE FROM image_digest WHERE repository = ? AND digest = ? AND image = ?",
        name.withoutReference().toString(),
        name.digest().map(Digest::toString).orElse(""),
        id.toString());
  }

  static void addManifest(Handle handle, ImageId id, ManifestBytes manifest) {
    handle.execute(
        "INSERT OR IGNORE INTO image_manifest (image, digest, media_type, content)"
            + " VALUES (?, ?, ?, ?)",
        id.toString(),
        manifest.digest().toString(),
        manifest.mediaType(),
        manifest.content());
  }

  /** The manifests that name this image's config, in no order. */
  static List<ManifestBytes> manifests(Handle handle, ImageId id) {
    return handle
        .createQuery("SELECT digest, media_type, content FROM image_manifest WHERE image = ?")
        .bind(0, id.toString())
        .map((r, _) ->
            new ManifestBytes(Digest.parse(r.getString(1)), r.getString(2), r.getBytes(3)))
        .list();
  }

  static void pulled(Handle handle, ImageId id, Instant now) {
    handle.execute(
        "UPDATE image SET pulled_at = ?, last_used_at = ? WHERE id = ?",
        Nanos.of(now),
        Nanos.of(now),
        id.toString());
  }

  static void used(Handle handle, ImageId id, Instant now) {
    handle.execute("UPDATE image SET last_used_at = ? WHERE id = ?", Nanos.of(now), id.toString());
  }

  /** Takes the image out of sight; its layers stay while the row does. */
  static void hide(Handle handle, ImageId id, Instant now) {
    handle.execute("DELETE FROM image_name WHERE image = ?", id.toString());
    handle.execute("DELETE FROM image_digest WHERE image = ?", id.toString());
    handle.execute("UPDATE image SET removed_at = ? WHERE id = ?", Nanos.of(now), id.toString());
  }

  static void delete(Handle handle, ImageId id) {
    handle.execute("DELETE FROM image WHERE id = ?", id.toString());
  }

  /** Every image that has a row, also those that are out of sight. */
  static List<ImageId> ids(Handle handle) {
    return handle
        .createQuery("SELECT id FROM image")
        .map((r, _) -> ImageId.parse(r.getString(1)))
        .list();
  }

  static List<ImageId> hidden(Handle handle) {
    return handle
        .createQuery("SELECT id FROM image WHERE removed_at IS NOT NULL")
        .map((r, _) -> ImageId.parse(r.getString(1)))
        .list();
  }

  private static Image read(Handle handle, ResultSet row) throws SQLException {
    ImageId id = ImageId.parse(row.getString("id"));
    ImageConfig config = ImageConfig.parse(row.getBytes("config"));
    return new Image(
        id,
        config,
        names(handle, "SELECT name FROM image_name WHERE image = ? ORDER BY name", id),
        names(
            handle,
            "SELECT repository || '@' || digest FROM image_digest WHERE image = ? ORDER BY 1",
            id),
        row.getLong("size_bytes"),
        created(config.created()),
        Nanos.toInstant(row.getLong("added_at")),
        time(row, "pulled_at"),
        Nanos.toInstant(row.getLong("last_used_at")),
        time(row, "last_tagged_at"),
        row.getString("created_from"),
        Optional.ofNullable(row.getString("parent")).map(ImageId::parse));
  }

  private static List<ImageName> names(Handle handle, String query, ImageId id) {
    return handle
        .createQuery(query)
        .bind(0, id.toString())
        .map((r, _) -> ImageName.parse(r.getString(1)))
        .list();
  }

  private static Optional<Instant> time(ResultSet row, String column) throws SQLException {
    long nanos = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(Nanos.toInstant(nanos));
  }

  /** A configuration may say anything; what is no time is none. */
  private static Optional<Instant> created(@Nullable String text) {
    try {
      return Optional.ofNullable(text)
          .filter(t -> !t.isEmpty())
          .map(t -> OffsetDateTime.parse(t).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
