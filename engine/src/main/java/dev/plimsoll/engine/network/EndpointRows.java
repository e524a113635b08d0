package dev.plimsoll.engine.network;

import dev.plimsoll.database.Database;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The endpoints in the database. */
final class EndpointRows {
  private static final String BRIDGE = "bridge";

  private final Database database;

  EndpointRows(Database database) {
    this.database = database;
  }

  void add(Endpoint endpoint) throws IOException {
    database.write(handle -> {
      handle.execute(
          "insert into endpoints (container_id, network, endpoint_id, address)"
              + " values (?, ?, ?, ?)",
          endpoint.containerId(),
          BRIDGE,
          endpoint.endpointId(),
          Subnet.text(endpoint.address()));
      for (PublishedPort port : endpoint.ports()) {
        handle.execute(
            "insert into published_ports (container_id, network, protocol, host_address,"
                + " host_port, container_port) values (?, ?, ?, ?, ?, ?)",
            endpoint.containerId(),
            BRIDGE,
            port.port().protocol().text(),
            port.hostAddress(),
            port.hostPort(),
            port.port().number());
      }
      return endpoint;
    });
  }

  void remove(String containerId) throws IOException {
    database.write(
        handle -> handle.execute("delete from endpoints where container_id = ?", containerId));
  }

  List<Endpoint> all() throws IOException {
    return database.read(handle ->
        handle
            .createQuery("select container_id, endpoint_id, address from endpoints")
            .map((row, _) -> endpoint(handle, row))
            .list());
  }

  Optional<Endpoint> of(String containerId) throws IOException {
    return database.read(handle ->
        handle
            .createQuery(
                "select container_id, endpoint_id, address from endpoints"
                    + " where container_id = ?")
            .bind(0, containerId)
            .map((row, _) -> endpoint(handle, row))
            .findFirst());
  }

  private static Endpoint endpoint(Handle handle, ResultSet row) throws SQLException {
    String container = row.getString("container_id");
    return new Endpoint(
        container,
        row.getString("endpoint_id"),
        Subnet.address(row.getString("address")),
        ports(handle, container));
  }

  private static List<PublishedPort> ports(Handle handle, String containerId) {
    return handle
        .createQuery(
            "select protocol, host_address, host_port, container_port from published_ports"
                + " where container_id = ? order by container_port, protocol, host_port")
        .bind(0, containerId)
        .map((row, _) ->
            new PublishedPort(
                row.getString("host_address"),
                row.getInt("host_port"),
                ContainerPort.parse(
                    row.getInt("container_port") + "/" + row.getString("protocol"))))
        .list();
  }
}
