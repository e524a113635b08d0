package dev.plimsoll.registry.api;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.util.Map;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/**
 * Has everything by which a registry changes its disk and its database call {@link Steps} first. The
 * registry's own code knows nothing of it.
 */
public final class StepAgent {
  /** Methods by class. {@code Job.tell} is where a commit is made and nobody knows it yet. */
  private static final Map<String, Set<String>> METHODS =
      Map.of(
          "dev/plimsoll/content/LocalDisk",
          Set.of(
              "create",
              "append",
              "rename",
              "replace",
              "link",
              "delete",
              "createDirectory",
              "forceDirectory"),
          "dev/plimsoll/content/LocalDisk$LocalOutput",
          Set.of("write", "force"),
          "dev/plimsoll/database/Writer",
          Set.of("commit"),
          "dev/plimsoll/database/Job",
          Set.of("tell"),
          "dev/plimsoll/database/SqliteDatabase",
          Set.of("copyTo"));

  private StepAgent() {}

  /** Called by the virtual machine before {@code main}. */
  public static void premain(String arguments, Instrumentation instrumentation) {
    instrumentation.addTransformer(
        new ClassFileTransformer() {
          @Override
          public byte @Nullable [] transform(
              @Nullable ClassLoader loader,
              String name,
              @Nullable Class<?> redefined,
              @Nullable ProtectionDomain domain,
              byte[] bytes) {
            Set<String> methods = METHODS.get(name);
            return methods == null ? null : instrumented(name, methods, bytes);
          }
        });
  }

  private static byte[] instrumented(String name, Set<String> methods, byte[] bytes) {
    String place = name.substring(name.lastIndexOf('/') + 1);
    ClassFile files = ClassFile.of();
    var model = files.parse(bytes);
    ClassTransform all = ClassTransform.ACCEPT_ALL;
    for (String method : methods) {
      all =
          all.andThen(
              ClassTransform.transformingMethodBodies(
                  each -> each.methodName().equalsString(method), first(place + "." + method)));
    }
    return files.transformClass(model, all);
  }

  private static CodeTransform first(String step) {
    return new CodeTransform() {
      @Override
      public void atStart(CodeBuilder code) {
        code.ldc(step)
            .invokestatic(
                ClassDesc.of("dev.plimsoll.registry.api.Steps"),
                "step",
                MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_String));
      }

      @Override
      public void accept(CodeBuilder code, CodeElement element) {
        code.with(element);
      }
    };
  }

  /** The option that has a virtual machine use this; makes the jar that it wants for that. */
  static String option(Path directory) throws IOException {
    var manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(new Attributes.Name("Premain-Class"), StepAgent.class.getName());
    Path jar = directory.resolve("steps.jar");
    try (OutputStream out = Files.newOutputStream(jar);
        var written = new JarOutputStream(out, manifest)) {
      written.finish();
    }
    return "-javaagent:" + jar;
  }
}
