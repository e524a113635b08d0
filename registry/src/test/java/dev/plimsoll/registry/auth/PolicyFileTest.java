package dev.plimsoll.registry.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.foundation.settings.SettingsException;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.repository.Quota;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyFileTest {
  private static AccessPolicy parse(String text) {
    return Policies.parse("access.yaml", text);
  }

  @Test
  void everyKeyIsRead() {
    AccessPolicy policy =
        parse(
            """
            groups:
              developers: [alice, bob]
            grants:
              - {to: anonymous, may: pull, repositories: public/**}
              - to: [group:developers, group:oidc:staff, "robot:ci"]
                may: [push, delete]
                repositories: ["team/*", team]
            immutable-tags:
              - {repositories: "**", tags: "v*", except: ["*-rc*"]}
            quotas:
              - {namespace: team, bytes: 2GiB, tags: 10}
              - {namespace: "*", bytes: 1TiB}
            sign-in: {challenge: token, token-life: 10m}
            rate-limits: {per-user: 600/m, per-address: 5/s, failed-sign-ins: 3/h}
            oidc:
              - issuer: https://login.example.org/realm
                audience: plimsoll
                user-claim: email
                groups-claim: roles
                prefix: "oidc:"
                required: {hd: example.org}
            """);

    assertThat(policy.groups()).isEqualTo(Map.of("developers", Set.of("alice", "bob")));
    assertThat(policy.grants())
        .containsExactly(
            new Grant(
                List.of(new Subject.Anyone()),
                Set.of(Role.PULL_ONLY),
                List.of(NamePattern.parse("public/**"))),
            new Grant(
                List.of(
                    new Subject.Group("developers"),
                    new Subject.Group("oidc:staff"),
                    new Subject.Robot("ci")),
                Set.of(Role.PUSHER, Role.DELETER),
                List.of(NamePattern.parse("team/*"), NamePattern.parse("team"))));
    assertThat(policy.immutable(new RepositoryName("a/b"), new Tag("v1"))).isTrue();
    assertThat(policy.immutable(new RepositoryName("a/b"), new Tag("v1-rc1"))).isFalse();
    assertThat(policy.quotas())
        .containsExactly(
            new Quota("team", OptionalLong.of(2L << 30), OptionalLong.of(10)),
            new Quota("", OptionalLong.of(1L << 40), OptionalLong.empty()));
    assertThat(policy.sessions())
        .isEqualTo(new Sessions(Sessions.Challenge.TOKEN, Duration.ofMinutes(10)));
    assertThat(policy.limits().perUser()).isEqualTo(Optional.of(Rate.parse("600/m")));
    assertThat(policy.issuers().getFirst().required()).isEqualTo(Map.of("hd", "example.org"));
  }

  @Test
  void anEmptyFileGrantsNothingToAnybody() {
    AccessPolicy policy = parse("");

    assertThat(policy.grants()).isEmpty();
    assertThat(
            policy.decide(new Identity.Anonymous(), Action.PULL, new RepositoryName("public/app")))
        .isEqualTo(Access.SIGN_IN);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          grant: []                                                     | line 1: there is no key "grant" here
          grants: [{to: anonymous, may: pull}]                          | line 1: repositories is missing here
          grants: [{to: anonymous, may: read, repositories: a}]         | line 1: there is no role "read"
          grants: [{to: bob, may: pull, repositories: a}]               | line 1: "bob" is nobody
          grants: [{to: 'user:', may: pull, repositories: a}]           | line 1: "user:" is nobody
          grants: [{to: 'group:x', may: pull, repositories: a}]         | line 1: there is no group "x"
          grants: [{to: anonymous, may: pull, repositories: 'Team/*'}]  | line 1: "Team/*" matches no repository
          grants: [{to: anonymous, may: pull, repositories: 'team//*'}] | line 1: "team//*" matches no repository
          grants: [{to: anonymous, may: pull, repositories: '/team/**'}] | line 1: "/team/**" matches no repository
          immutable-tags: [{repositories: '**', tags: 'v/*'}]           | line 1: "v/*" matches no tag
          grants: [{to: anonymous, may: pull, repositories: 'a b'}]     | line 1: "a b" is no pattern
          grants: [{to: anonymous, may: pull, repositories: '*a*a*a*a*a*a*a*a*a'}] | has more than 8 stars
          quotas: [{namespace: team}]                                   | line 1: a quota needs bytes, or tags, or both
          quotas: [{namespace: team, tags: many}]                       | line 1: For input string
          quotas: [{namespace: Team, tags: 1}]                          | line 1: not a repository name
          quotas: [{namespace: t, tags: 1}, {namespace: t, tags: 2}]    | line 1: t stands here twice
          sign-in: {token-life: 5h}                                     | line 1: a token is good for 1m to 1h
          sign-in: {challenge: kerberos}                                | line 1: "kerberos" is no way to sign in
          rate-limits: {per-user: lots}                                 | line 1: "lots" is no rate
          {grants: [{to: anonymous, may: pull, repositories: a}], sign-in: {challenge: basic}} | line 1: challenge: basic makes Docker ask
          oidc: [{issuer: 'https://a.org', audience: a, prefix: x}]     | line 1: the prefix "x" must end with a colon
          oidc: [{issuer: 'http://example.org', audience: a}]           | must begin with https://
          oidc: [{issuer: 'https://example.org'}]                       | line 1: audience is missing here
          """)
  void whatCannotHaveBeenMeantIsRefusedWithTheLine(String text, String reason) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith("access.yaml, line 1: ")
        .hasMessageContaining(reason);
  }
}
