package groovy.lang;

/**
 * Nothing of Groovy: picocli looks for this class at each start, and to find that a class is nowhere,
 * every jar of the class path is opened, which takes a tenth of a second.
 */
public final class Closure {
  private Closure() {}
}
