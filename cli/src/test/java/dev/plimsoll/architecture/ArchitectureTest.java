package dev.plimsoll.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The frame, kept: each rule holds for the product, and is shown to fail on classes that break it. */
class ArchitectureTest {
  private static final JavaClasses PRODUCT =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.plimsoll");

  private static final String BROKEN_ROOT = "dev.plimsoll.architecture.broken";
  private static final JavaClasses BROKEN = new ClassFileImporter().importPackages(BROKEN_ROOT);

  static Stream<Named<ArchRule>> product() {
    return rules(new ArchitectureRules("dev.plimsoll"));
  }

  static Stream<Named<ArchRule>> broken() {
    return rules(new ArchitectureRules(BROKEN_ROOT));
  }

  private static Stream<Named<ArchRule>> rules(ArchitectureRules rules) {
    return Stream.of(
        Named.of("packages have no cycles", rules.packagesHaveNoCycles()),
        Named.of("the registry knows no other product", rules.theRegistryKnowsNoOtherProduct()),
        Named.of("the engine knows no other product", rules.theEngineKnowsNoOtherProduct()),
        Named.of("native calls live in linux", rules.nativeCallsLiveInLinux()),
        Named.of("HTTP stays at the edge", rules.httpStaysAtTheEdge()),
        Named.of("the HTTP library is hidden", rules.theHttpLibraryIsHidden()));
  }

  @Test
  void everyModuleIsLookedAt() {
    assertThat(PRODUCT.stream().map(type -> type.getPackageName().split("\\.")[2]).distinct())
        .contains(
            "cli",
            "content",
            "database",
            "docker",
            "engine",
            "foundation",
            "http",
            "linux",
            "oci",
            "registry",
            "transfer");
  }

  @ParameterizedTest
  @MethodSource("product")
  void theProductKeepsTo(ArchRule rule) {
    rule.allowEmptyShould(true).check(PRODUCT);
  }

  @ParameterizedTest
  @MethodSource("broken")
  void aClassThatBreaksItIsFound(ArchRule rule) {
    assertThat(rule.evaluate(BROKEN).hasViolation()).isTrue();
  }
}
