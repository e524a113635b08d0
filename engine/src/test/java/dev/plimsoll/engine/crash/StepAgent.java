package dev.plimsoll.engine.crash;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
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
 * Has everything by which an engine changes the world call {@link Steps} first: system calls, files,
 * commits, other programs, the packet filter, answers. The engine's own code knows nothing of it.
 */
public final class StepAgent {
  private static final String SYSTEM_CALL = "dev/plimsoll/linux/ffi/SystemCall";
  private static final int SYSTEM_CALL_ARGUMENTS = 7;

  /** Methods by class; of {@link #SYSTEM_CALL} only the one that all others end in. */
  private static final Map<String, Set<String>> METHODS =
      Map.of(
          SYSTEM_CALL,
          Set.of("call"),
          "dev/plimsoll/content/LocalDisk",
          Set.of("create", "rename", "replace", "delete", "forceDirectory"),
          "dev/plimsoll/database/Writer",
          Set.of("commit"),
          "dev/plimsoll/linux/Processes",
          Set.of("start", "run"),
          "dev/plimsoll/linux/network/LibNfTables",
          Set.of("run"),
          "dev/plimsoll/engine/api/JsonReply",
          Set.of("send"));

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
            return METHODS.containsKey(name) ? instrumented(name, bytes) : null;
          }
        });
  }

  private static byte[] instrumented(String name, byte[] bytes) {
    ClassFile files = ClassFile.of();
    return files.transformClass(
        files.parse(bytes),
        ClassTransform.transformingMethodBodies(
            method -> isStep(name, method),
            new CodeTransform() {
              @Override
              public void atStart(CodeBuilder code) {
                step(name, code);
              }

              @Override
              public void accept(CodeBuilder code, CodeElement element) {
                code.with(element);
              }
            }));
  }

  private static boolean isStep(String name, MethodModel method) {
    boolean last =
        !name.equals(SYSTEM_CALL)
            || method.methodTypeSymbol().parameterCount() == SYSTEM_CALL_ARGUMENTS;
    return METHODS.getOrDefault(name, Set.of()).contains(method.methodName().stringValue()) && last;
  }

  private static void step(String name, CodeBuilder code) {
    if (name.equals(SYSTEM_CALL)) {
      code.aload(0)
          .invokevirtual(ConstantDescs.CD_Enum, "name", MethodTypeDesc.of(ConstantDescs.CD_String));
    } else {
      code.ldc(name.substring(name.lastIndexOf('/') + 1));
    }
    code.invokestatic(
        ClassDesc.of("dev.plimsoll.engine.crash.Steps"),
        "step",
        MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_String));
  }

  /** The option that has a virtual machine use this; makes the jar that it wants for that. */
  static String option(Path directory) throws IOException {
    Path jar = directory.resolve("steps.jar");
    var manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest
        .getMainAttributes()
        .put(new Attributes.Name("Premain-Class"), StepAgent.class.getName());
    try (OutputStream out = Files.newOutputStream(jar);
        var written = new JarOutputStream(out, manifest)) {
      written.finish();
    }
    return "-javaagent:" + jar;
  }
}
