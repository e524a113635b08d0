import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * {@code java NewerClasses.java JAR}: gives the classes of a jar that were compiled for Java 7 or
 * earlier the frames and the version of Java 8. The JVM checks old classes by its slow verifier at
 * each start and keeps them out of the AOT cache; picocli's are for Java 5. Nothing else is changed.
 */
final class NewerClasses {
  private static final int JAVA_8 = 52;

  private NewerClasses() {}

  public static void main(String[] arguments) throws IOException {
    Path jar = Path.of(arguments[0]);
    Path draft = jar.resolveSibling(jar.getFileName() + ".draft");
    try (ZipFile old = new ZipFile(jar.toFile());
        ZipOutputStream renewed = new ZipOutputStream(Files.newOutputStream(draft))) {
      ClassFile classes =
          ClassFile.of(
              ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
              ClassFile.ClassHierarchyResolverOption.of(hierarchy(old)));
      for (ZipEntry entry : List.<ZipEntry>copyOf(old.stream().toList())) {
        renewed.putNextEntry(new ZipEntry(entry.getName()));
        renewed.write(renew(classes, entry.getName(), bytes(old, entry)));
        renewed.closeEntry();
      }
    }
    Files.move(draft, jar, StandardCopyOption.REPLACE_EXISTING);
  }

  private static byte[] renew(ClassFile classes, String name, byte[] bytes) {
    if (!name.endsWith(".class")) {
      return bytes;
    }
    ClassModel model = classes.parse(bytes);
    if (model.majorVersion() >= JAVA_8) {
      return bytes;
    }
    ClassTransform version =
        (builder, element) -> {
          if (element instanceof ClassFileVersion) {
            builder.withVersion(JAVA_8, 0);
          } else {
            builder.with(element);
          }
        };
    // A body that is passed on as it is keeps its lack of frames; one that is rebuilt gets them.
    ClassTransform bodies =
        ClassTransform.transformingMethodBodies((builder, element) -> builder.with(element));
    return classes.transformClass(model, bodies.andThen(version));
  }

  /** Who extends whom: the jar's own classes, and the JDK's. */
  private static ClassHierarchyResolver hierarchy(ZipFile jar) {
    return ClassHierarchyResolver.ofResourceParsing(type -> open(jar, type))
        .orElse(ClassHierarchyResolver.defaultResolver());
  }

  private static InputStream open(ZipFile jar, ClassDesc type) {
    String descriptor = type.descriptorString();
    ZipEntry entry = jar.getEntry(descriptor.substring(1, descriptor.length() - 1) + ".class");
    try {
      return entry == null ? null : jar.getInputStream(entry);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(ZipFile jar, ZipEntry entry) throws IOException {
    try (InputStream in = jar.getInputStream(entry)) {
      return in.readAllBytes();
    }
  }
}
