package dev.plimsoll.engine.api;

/** A subject of the API: names its routes and the methods that answer them. */
public interface Resource {
  void routes(Router router);
}
