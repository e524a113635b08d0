# Shared by ./plimsoll, ./test and the benchmarks: finding a JDK 25, installing packages, building.
# Sourced with $root set to the top of the checkout; prints talk to standard error only.

say() { printf 'plimsoll: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# Sets JAVA_HOME to a JDK of version 25 or newer: the one already set, else where Debian, Ubuntu
# and SDKMAN keep theirs, else Debian's package.
find_jdk() {
  local home
  for home in "${JAVA_HOME:-}" /usr/lib/jvm/*25* /usr/lib/jvm/* "$HOME"/.sdkman/candidates/java/25*; do
    if [ -x "$home/bin/javac" ] && [ "$(jdk_version "$home")" -ge 25 ]; then
      export JAVA_HOME=$home
      return
    fi
  done
  if can_install && apt-cache show openjdk-25-jdk-headless >/dev/null 2>&1; then
    install_packages openjdk-25-jdk-headless
    find_jdk
    return
  fi
  die "Plimsoll needs a JDK 25: install one (Debian: openjdk-25-jdk-headless or temurin-25-jdk) or point JAVA_HOME at it."
}

jdk_version() {
  local version
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null)
  printf '%s' "${version:-0}"
}

can_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

# install_packages PACKAGE...: says what it installs, and where it cannot, what a person has to.
install_packages() {
  [ $# -gt 0 ] || return 0
  can_install || die "missing packages; as root on Debian or Ubuntu run: apt-get install --no-install-recommends $*"
  say "installing from the distribution's packages: $*"
  export DEBIAN_FRONTEND=noninteractive
  if ! apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>"$root/.build/apt.log"; then
    apt-get update -qq >/dev/null 2>&1 || true
    apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>"$root/.build/apt.log" \
      || die "apt-get could not install $*: $(tail -n 1 "$root/.build/apt.log")"
  fi
}

# missing PACKAGE=FILE...: the packages whose file is not there.
missing() {
  local pair
  for pair in "$@"; do
    [ -e "${pair#*=}" ] || command -v "${pair#*=}" >/dev/null || printf '%s\n' "${pair%%=*}"
  done
}

# What the engine runs containers with, and the first image is made from.
runtime_packages() {
  missing crun=crun runc=runc conmon=conmon aardvark-dns=/usr/lib/podman/aardvark-dns nftables=nft \
    catatonit=catatonit golang-github-containers-common=/usr/share/containers/seccomp.json \
    busybox-static=busybox conntrack=conntrack libnftables1=/usr/lib/$(uname -m)-linux-gnu/libnftables.so.1
}

build_packages() { missing maven=mvn; }

# build [MAVEN-ARGUMENT...]: compiles and packages, then records which classes a start needs.
build() {
  find_jdk
  local absent
  absent=$(build_packages)
  # shellcheck disable=SC2086
  install_packages $absent
  say "building with $JAVA_HOME (the first time takes a few minutes)"
  mkdir -p "$root/.build"
  : >"$root/.build/started"
  (cd "$root" && mvn -B -q "$@" >"$root/.build/maven.log" 2>&1) \
    || { grep -E 'ERROR' "$root/.build/maven.log" | head -n 20 >&2; die "the build failed; the whole log is .build/maven.log"; }
  package
}

# Puts the program into .build/app: its jars, the arguments of its JVM, and the AOT cache that
# makes it start fast. The cache is made by one run of the program itself.
package() {
  local app=$root/.build/app
  rm -rf "$app.new" && mkdir -p "$app.new/lib"
  cp "$root"/cli/target/app/lib/*.jar "$app.new/lib/"
  "$JAVA_HOME/bin/java" "$root/scripts/NewerClasses.java" "$app.new"/lib/picocli-*.jar \
    || die "picocli's classes could not be made newer (scripts/NewerClasses.java)"
  native_libraries "$app.new"
  rm -rf "$app" && mv "$app.new" "$app"
  {
    printf -- '-XX:+UseSerialGC --enable-native-access=ALL-UNNAMED\n'
    printf -- '-Dslf4j.provider=dev.plimsoll.foundation.log.LogProvider -Dslf4j.internal.verbosity=WARN -Dio.netty.jfr.enabled=false\n'
    printf -- '--sun-misc-unsafe-memory-access=allow -Dio.netty.noUnsafe=false -Dplimsoll.home="%s"\n' "$root"
    printf -- '-Djava.library.path="%s" -Dorg.sqlite.lib.path="%s" -Dorg.sqlite.lib.name=libsqlitejdbc.so\n' "$app/native" "$app/native"
    printf -- '-cp "%s"\n' "$(class_path "$app/lib")"
  } >"$app/java.args"
  # One for each use: a cache is read whole at the start, so what a command does not need costs it time.
  # Profiles are left out: compiling from them at once kept a core busy through the whole start, 0.15 s.
  local use
  for use in command registry engine; do
    "$JAVA_HOME/bin/java" -XX:+UnlockDiagnosticVMOptions -XX:-AOTRecordTraining \
        -XX:AOTCacheOutput="$app/$use.aot" "@$app/java.args" \
        dev.plimsoll.cli.Training "$use" >"$root/.build/training-$use.log" 2>&1 \
      || say "no AOT cache could be made (.build/training-$use.log says why); starts take longer"
  done
  printf '%s\n' "$JAVA_HOME" >"$app/jdk"
  mv "$root/.build/started" "$root/.build/stamp"
}

# class_path DIR: its jars. What a start reads from jars is in the first ones, for to find a file, or that
# there is none, each jar before it is opened: all of them take a tenth of a second.
class_path() {
  printf '%s\n' "$1"/{sqlite-jdbc,registry,engine,jdbi3-core,netty-transport,netty-handler}-[0-9]*.jar "$1"/*.jar \
    | awk '!seen[$0]++' | paste -sd:
}

# native_libraries DIR: takes the libraries for this machine out of their jars, once. Otherwise each
# start unpacks them into a temporary directory, which costs it up to 200 ms.
native_libraries() {
  local machine jar
  case $(uname -m) in x86_64) machine=x86_64 ;; *) machine=aarch64 ;; esac
  mkdir -p "$1/native"
  (
    cd "$1/native"
    for jar in ../lib/sqlite-jdbc-*.jar; do
      "$JAVA_HOME/bin/jar" -xf "$jar" "org/sqlite/native/Linux/$machine/libsqlitejdbc.so"
    done
    for jar in ../lib/netty-transport-native-epoll-*-linux-"${machine/aarch64/aarch_64}".jar; do
      "$JAVA_HOME/bin/jar" -xf "$jar" META-INF/native
    done
    find . -name '*.so' -exec mv {} . \;
    rm -rf org META-INF
  )
}

# Whether any source is newer than the build.
stale() {
  [ -e "$root/.build/stamp" ] && [ -e "$root/.build/app/java.args" ] || return 0
  [ -n "$(find "$root"/pom.xml "$root"/*/pom.xml "$root"/*/src/main "$root"/scripts -newer "$root/.build/stamp" -print -quit 2>/dev/null)" ]
}
