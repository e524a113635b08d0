# Shared by the benchmarks. Sourced with $root set to the top of the checkout.
# shellcheck shell=bash
. "$root/scripts/lib.sh"

work=$(mktemp -d "${TMPDIR:-/tmp}/plimsoll-bench.XXXXXX")
pids=()
# Ends what was started, by pid and for certain, and leaves nothing on the disk.
cleanup() {
  local pid
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do ended "$pid" || kill -KILL "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
set -E
trap 'say "$0 failed at line $LINENO: $BASH_COMMAND"' ERR

# ended PID: waits up to 20 s for it, whether it is a child of this shell or not
ended() {
  local i
  for i in $(seq 1 200); do
    kill -0 "$1" 2>/dev/null || return 0
    grep -qs '^State:.Z' "/proc/$1/status" && return 0
    sleep 0.1
  done
  return 1
}

# now: seconds with microseconds; $(since T) is the time from T to now
now() { printf '%s' "$EPOCHREALTIME"; }
since() { awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.4f", b - a }'; }

# cpu PID: CPU seconds that a process has used, its threads included
cpu() { awk -v hz="$(getconf CLK_TCK)" '{ sub(/^.*\) /, ""); split($0, f, " "); printf "%.2f", (f[12] + f[13]) / hz }' "/proc/$1/stat"; }
rss() { awk '/^VmRSS/ { printf "%d", $2 / 1024 }' "/proc/$1/status"; }
minus() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", a - b }'; }
median() { printf '%s\n' "$@" | LC_ALL=C sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
milliseconds() { awk -v s="$1" 'BEGIN { printf "%.1f", s * 1000 }'; }

# row NAME UNIT PEER OURS BETTER: prints a line of the table; BETTER is "more" or "less"
row() {
  local ratio
  ratio=$(awk -v p="$3" -v o="$4" -v b="$5" 'BEGIN { if (p <= 0 || o <= 0) { print "-"; exit } printf "%.2f", b == "more" ? o / p : p / o }')
  printf '| %s | %s | %s | %s | %s |\n' "$1" "$2" "$3" "$4" "$ratio"
}
head_row() { printf '| measure | unit | %s | plimsoll | times better |\n|---|---|---|---|---|\n' "$1"; }

# facts DIRECTORY: the machine, and how busy it was before the first measure
facts() {
  printf '%s, %s cores, %s MiB, %s, Linux %s; data on %s; load before: %s; %s\n\n' \
    "$(sed -n 's/^model name\t*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" \
    "$(awk '/^MemTotal/ { printf "%d", $2 / 1024 }' /proc/meminfo)" \
    "$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release)" "$(uname -r)" \
    "$(stat -f -c %T "$1")" "$(cut -d' ' -f1-3 /proc/loadavg)" \
    "$("$root/plimsoll" --version), $(git -C "$root" describe --always --dirty 2>/dev/null || echo 'no commit')"
}

# touch_memory MIB: uses so much memory and frees it. A virtual machine may have given memory that was free for a while
# back to its host; using it again took the kernel 2 s for a GiB here, in the account of whoever came first.
touch_memory() {
  local free=/dev/shm/plimsoll-bench.$$
  head -c "$1M" /dev/zero >"$free" || true
  rm -f "$free"
}

# await_answer PID URL: until a GET of a plain http URL is answered 200. No program is started to ask: one every few
# milliseconds would take a core from the server that starts.
await_answer() {
  local pid=$1 rest=${2#http://} line
  local address=${rest%%/*}
  exec 8<> <(:) # to wait at without a program
  for _ in $(seq 1 6000); do
    if { exec 9<>"/dev/tcp/${address%:*}/${address##*:}"; } 2>/dev/null; then
      printf 'GET /%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "${rest#*/}" "$address" >&9
      IFS= read -rt 30 line <&9 || line=
      exec 9>&- 8>&-
      [[ $line == *" 200 "* ]] && return
      die "$2 was answered: $line"
    fi
    kill -0 "$pid" 2>/dev/null || die "the server for $2 ended"
    read -rt 0.004 -u 8 || true
  done
  die "$2 did not answer"
}

await_http() { # await_http PID CURL-ARGUMENT...
  local i pid=$1
  shift
  for i in $(seq 1 1500); do
    curl -fsS -o /dev/null "$@" 2>/dev/null && return
    kill -0 "$pid" 2>/dev/null || die "the server for $* ended"
    sleep 0.02
  done
  die "$* did not answer"
}
