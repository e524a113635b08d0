package dev.plimsoll.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.lang.ArchRule;

/**
 * The frame's rules on who may know whom.
 *
 * @param root the root package they are checked below
 */
record ArchitectureRules(String root) {

  ArchRule packagesHaveNoCycles() {
    return slices().matching(root + ".(**)").should().beFreeOfCycles();
  }

  ArchRule theRegistryKnowsNoOtherProduct() {
    return noClasses()
        .that(resideInAnyPackage(root + ".registry.."))
        .should()
        .dependOnClassesThat(resideInAnyPackage(root + ".engine..", root + ".services.."));
  }

  ArchRule theEngineKnowsNoOtherProduct() {
    return noClasses()
        .that(resideInAnyPackage(root + ".engine.."))
        .should()
        .dependOnClassesThat(resideInAnyPackage(root + ".registry..", root + ".services.."));
  }

  ArchRule nativeCallsLiveInLinux() {
    return noClasses()
        .that(resideOutsideOfPackages(root + ".linux.."))
        .should()
        .dependOnClassesThat(resideInAnyPackage("java.lang.foreign.."))
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(ProcessBuilder.class);
  }

  /** A product's root package is where its parts are put together, the listener included. */
  ArchRule httpStaysAtTheEdge() {
    return noClasses()
        .that(
            resideOutsideOfPackages(
                root + ".http..",
                root + ".transfer..",
                root + ".docker..",
                root + ".*.api..",
                root + ".engine",
                root + ".registry",
                root + ".cli.."))
        .should()
        .dependOnClassesThat(resideInAnyPackage(root + ".http..", "java.net.http.."));
  }

  ArchRule theHttpLibraryIsHidden() {
    return noClasses()
        .that(resideOutsideOfPackages(root + ".http.."))
        .should()
        .dependOnClassesThat(resideInAnyPackage("io.netty.."));
  }
}
