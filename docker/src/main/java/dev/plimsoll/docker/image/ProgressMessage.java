package dev.plimsoll.docker.image;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * One line of the answer to a pull, push, load, import or build.
 *
 * @param stream output as it stands, with its newline
 * @param id the layer or tag that the status is about
 * @param error the message of {@code errorDetail} once more, for old clients
 */
public record ProgressMessage(
    @JsonProperty("stream") @Nullable String stream,
    @JsonProperty("status") @Nullable String status,
    @JsonProperty("progressDetail") @Nullable Detail progressDetail,
    @JsonProperty("id") @Nullable String id,
    @JsonProperty("errorDetail") @Nullable ErrorDetail errorDetail,
    @JsonProperty("error") @Nullable String error,
    @JsonProperty("aux") @Nullable Object aux) {

  /** How far it is, in bytes; both absent where there is nothing to count. */
  public record Detail(
      @JsonProperty("current") @Nullable Long current,
      @JsonProperty("total") @Nullable Long total) {
    public static final Detail NONE = new Detail(null, null);
  }

  /** Why it went no further. */
  public record ErrorDetail(
      @JsonProperty("code") @Nullable Integer code, @JsonProperty("message") String message) {}

  public static ProgressMessage stream(String text) {
    return new ProgressMessage(text, null, null, null, null, null, null);
  }

  public static ProgressMessage status(String text) {
    return new ProgressMessage(null, text, null, null, null, null, null);
  }

  public static ProgressMessage status(String id, String text) {
    return new ProgressMessage(null, text, null, id, null, null, null);
  }

  public static ProgressMessage layer(String id, String text, Detail detail) {
    return new ProgressMessage(null, text, detail, id, null, null, null);
  }

  public static ProgressMessage aux(Object value) {
    return new ProgressMessage(null, null, Detail.NONE, null, null, null, value);
  }

  public static ProgressMessage error(String message) {
    return new ProgressMessage(
        null, null, null, null, new ErrorDetail(null, message), message, null);
  }
}
