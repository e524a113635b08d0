package dev.plimsoll.registry.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/**
 * For tests that damage, fill, count or move the files of a registry, which has none where its storage
 * is shared.
 */
@DisabledIfSystemProperty(
    named = "plimsoll.storage",
    matches = "shared",
    disabledReason = "about files")
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@interface AboutFiles {}
