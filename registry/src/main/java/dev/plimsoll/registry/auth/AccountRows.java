package dev.plimsoll.registry.auth;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The rows of accounts. */
final class AccountRows {

  /** An account and the hash of its secret. */
  record Row(Account account, String secret) {
    /** Names the account, never the hash. */
    @Override
    public String toString() {
      return account.toString();
    }
  }

  Optional<Row> find(Handle h, Account.Kind kind, String name) {
    return h.createQuery(
            """
            SELECT kind, name, secret, created_at, expires_at FROM accounts
            WHERE kind = :kind AND name = :name
            """)
        .bind("kind", kind.toString())
        .bind("name", name)
        .map((rs, ctx) -> row(rs, List.of()))
        .findOne()
        .map(row -> withPermissions(h, row));
  }

  /** The robot whose token has this hash. */
  Optional<Row> findRobot(Handle h, String secret) {
    return h.createQuery(
            """
            SELECT kind, name, secret, created_at, expires_at FROM accounts
            WHERE kind = 'robot' AND secret = :secret
            """)
        .bind("secret", secret)
        .map((rs, ctx) -> row(rs, List.of()))
        .findOne()
        .map(row -> withPermissions(h, row));
  }

  List<Account> all(Handle h, Account.Kind kind) {
    return h
        .createQuery(
            """
            SELECT kind, name, secret, created_at, expires_at FROM accounts
            WHERE kind = :kind ORDER BY name
            """)
        .bind("kind", kind.toString())
        .map((rs, ctx) -> row(rs, List.of()))
        .list()
        .stream()
        .map(row -> withPermissions(h, row).account())
        .toList();
  }

  void insert(Handle h, Row row, int cost) {
    Account account = row.account();
    @Nullable Long expiresAt = account.expiresAt().map(Instant::toEpochMilli).orElse(null);
    h.createUpdate(
            """
            INSERT INTO accounts (kind, name, secret, cost, created_at, expires_at)
            VALUES (:kind, :name, :secret, :cost, :created, :expires)
            """)
        .bind("kind", account.kind().toString())
        .bind("name", account.name())
        .bind("secret", row.secret())
        .bind("cost", cost)
        .bind("created", account.createdAt().toEpochMilli())
        .bind("expires", expiresAt)
        .execute();
    permit(h, account);
  }

  /** Gives an account another secret, and another end. */
  void change(
      Handle h,
      Account.Kind kind,
      String name,
      String secret,
      int cost,
      Optional<Instant> expiresAt) {
    @Nullable Long end = expiresAt.map(Instant::toEpochMilli).orElse(null);
    h.createUpdate(
            """
            UPDATE accounts SET secret = :secret, cost = :cost, expires_at = :expires
            WHERE kind = :kind AND name = :name
            """)
        .bind("kind", kind.toString())
        .bind("name", name)
        .bind("secret", secret)
        .bind("cost", cost)
        .bind("expires", end)
        .execute();
  }

  /** Sets what an account may do. */
  void permit(Handle h, Account account) {
    h.createUpdate("DELETE FROM account_permissions WHERE kind = :kind AND name = :name")
        .bind("kind", account.kind().toString())
        .bind("name", account.name())
        .execute();
    for (Permission permission : account.permissions()) {
      h.createUpdate(
              """
              INSERT INTO account_permissions (kind, name, permission)
              VALUES (:kind, :name, :permission) ON CONFLICT (kind, name, permission) DO NOTHING
              """)
          .bind("kind", account.kind().toString())
          .bind("name", account.name())
          .bind("permission", permission.toString())
          .execute();
    }
  }

  boolean delete(Handle h, Account.Kind kind, String name) {
    h.createUpdate("DELETE FROM account_permissions WHERE kind = :kind AND name = :name")
        .bind("kind", kind.toString())
        .bind("name", name)
        .execute();
    return h.createUpdate("DELETE FROM accounts WHERE kind = :kind AND name = :name")
            .bind("kind", kind.toString())
            .bind("name", name)
            .execute()
        == 1;
  }

  /** The highest cost of a hash; 0 without users. */
  int costMax(Handle h) {
    return h.createQuery("SELECT COALESCE(MAX(cost), 0) FROM accounts").mapTo(Integer.class).one();
  }

  private static Row withPermissions(Handle h, Row row) {
    Account account = row.account();
    List<Permission> permissions =
        h.createQuery(
                """
                SELECT permission FROM account_permissions
                WHERE kind = :kind AND name = :name ORDER BY permission
                """)
            .bind("kind", account.kind().toString())
            .bind("name", account.name())
            .map((rs, ctx) -> Permission.parse(rs.getString("permission")))
            .list();
    return new Row(
        new Account(
            account.kind(), account.name(), permissions, account.createdAt(), account.expiresAt()),
        row.secret());
  }

  private static Row row(ResultSet rs, List<Permission> permissions) throws SQLException {
    long expires = rs.getLong("expires_at");
    Optional<Instant> expiresAt =
        rs.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(expires));
    Account.Kind kind =
        rs.getString("kind").equals("user") ? Account.Kind.USER : Account.Kind.ROBOT;
    return new Row(
        new Account(
            kind,
            rs.getString("name"),
            permissions,
            Instant.ofEpochMilli(rs.getLong("created_at")),
            expiresAt),
        rs.getString("secret"));
  }
}
