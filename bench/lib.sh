# Shared by the benchmarks. Sourced with $root set to the top of the checkout.
. "$root/scripts/lib.sh"

work=$(mktemp -d "${TMPDIR:-/tmp}/plimsoll-bench.XXXXXX")
pids=()
cleanup() {
  local pid
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap cleanup EXIT

# now: seconds with microseconds
now() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.4f", b - a }'; }

# cpu PID: CPU seconds that a process has used, its threads included
cpu() { awk -v hz="$(getconf CLK_TCK)" '{ sub(/^.*\) /, ""); split($0, f, " "); printf "%.2f", (f[12] + f[13]) / hz }' "/proc/$1/stat"; }
rss() { awk '/^VmRSS/ { printf "%d", $2 / 1024 }' "/proc/$1/status"; }
minus() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a - b }'; }
median() { printf '%s\n' "$@" | sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# row NAME UNIT PEER OURS BETTER: prints a line of the table; BETTER is "more" or "less"
row() {
  local ratio
  ratio=$(awk -v p="$3" -v o="$4" -v b="$5" 'BEGIN { if (p <= 0 || o <= 0) { print "-"; exit } printf "%.2f", b == "more" ? o / p : p / o }')
  printf '| %s | %s | %s | %s | %s |\n' "$1" "$2" "$3" "$4" "$ratio"
}
head_row() { printf '| measure | unit | %s | plimsoll | times better |\n|---|---|---|---|---|\n' "$1"; }

await_http() { # await_http URL PID
  local i
  for i in $(seq 1 600); do
    curl -fsS -o /dev/null "$1" 2>/dev/null && return
    kill -0 "$2" 2>/dev/null || die "the server for $1 ended"
    sleep 0.02
  done
  die "$1 did not answer"
}
