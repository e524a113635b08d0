package dev.plimsoll.oci;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON, read and written one way everywhere: unknown fields are ignored, absent values are not
 * written, doubled keys are refused (two clients must not read two meanings out of one document),
 * and depth and length are limited. Safe for many threads.
 */
public final class Json {
  private static final int DEPTH_MAX = 64;
  private static final int STRING_MAX = 16 * 1024 * 1024;

  /** What the parser adds for its own authors. */
  private static final Pattern PARSER_NOTES =
      Pattern.compile(
          "( of type `dev[^`]*`)|( *\\(token `JsonToken[^)]*\\))"
              + "|( *\\((start marker|through reference chain).*)",
          Pattern.DOTALL);

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEPTH_MAX)
                          .maxStringLength(STRING_MAX)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .changeDefaultPropertyInclusion(
              inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_ABSENT))
          .build();

  private Json() {}

  /**
   * Reads a value.
   *
   * @throws IllegalArgumentException with the place and the reason if the bytes are not such a value
   */
  public static <T> T read(byte[] bytes, Class<T> type) {
    try {
      T value = MAPPER.readValue(bytes, type);
      if (value == null) {
        throw new IllegalArgumentException("not valid JSON for this place: null");
      }
      return value;
    } catch (JacksonException e) {
      throw malformed(e);
    }
  }

  /** Reads any document; refused as by {@link #read}. */
  public static JsonNode tree(byte[] bytes) {
    try {
      return MAPPER.readTree(bytes);
    } catch (JacksonException e) {
      throw malformed(e);
    }
  }

  /** Reads part of a document that was read before. */
  public static <T> T convert(JsonNode node, Class<T> type) {
    try {
      return MAPPER.treeToValue(node, type);
    } catch (JacksonException e) {
      throw malformed(e);
    }
  }

  public static byte[] write(Object value) {
    return MAPPER.writeValueAsBytes(value);
  }

  public static String text(Object value) {
    return MAPPER.writeValueAsString(value);
  }

  /** For callers with needs of their own, such as streaming; its settings cannot be changed. */
  public static JsonMapper mapper() {
    return MAPPER;
  }

  private static IllegalArgumentException malformed(JacksonException e) {
    String reason = PARSER_NOTES.matcher(e.getOriginalMessage()).replaceAll("");
    return new IllegalArgumentException("not valid JSON: " + reason, e);
  }
}
