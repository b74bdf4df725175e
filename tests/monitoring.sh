#!/usr/bin/env bash
# Proves the files of data/monitoring with the real programs from Debian's packages: promtool, node_exporter,
# Prometheus, Alertmanager's amtool, Nagios, systemd, crontab. What is tested is what people copy.
#
#   usage: tests/monitoring.sh        (JAVA_HOME names a JDK 21; without it, the java on PATH)
#
# One change is made to every file, by install_file: /opt/ and /var/lib/ become folders below a temporary one.
# Alert rules have no such path and are used to the letter; alerts may therefore be pending ("for:" is a minute or more).
# Programs that are missing are unpacked into the temporary folder: nothing of theirs is installed or started as a service.
# Only systemd-analyze, where it is missing, comes with its package. All traffic stays on loopback. The rest is removed at the end.
# What cannot run here says "# skipped:" and why: systemd itself needs root, crontab's dry run needs a user namespace.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
readonly root
readonly deadline_seconds=60 # for each wait; nothing is asserted about time
readonly kinds=(stale unknown down missing skewed loosened frozen corrupt)

# In /tmp by name: Nagios and node_exporter run as nobody and must get there, and units cannot hold a path with spaces.
work=$(mktemp -d /tmp/freshness-monitoring.XXXXXX)
readonly work
readonly state=$work/var/lib/freshness/state.json
readonly textfiles=$work/var/lib/prometheus/node-exporter
readonly published=$work/published # written by the job that must be held back
processes=()
cgroup=''
policy=''
passed=0
failed=0

# --- Checks ---------------------------------------------------------------------------------------------------------

pass() {
  passed=$((passed + 1))
  printf 'ok - %s\n' "$1"
}

# fail NAME INPUT GOT WANT
fail() {
  failed=$((failed + 1))
  printf 'not ok - %s\n' "$1"
  local label text
  for label in input got want; do
    shift
    text=${1:-(nothing)}
    printf '  %s: %s\n' "$label" "${text//$'\n'/$'\n'      }"
  done
}

# equal NAME INPUT GOT WANT
equal() { if [[ $3 == "$4" ]]; then pass "$1"; else fail "$@"; fi; }

# like NAME INPUT GOT PATTERN: GOT matches a shell pattern
like() {
  # shellcheck disable=SC2053 # the right side is a pattern on purpose
  if [[ $3 == $4 ]]; then pass "$1"; else fail "$@"; fi
}

# eventually NAME INPUT WANT COMMAND...: polls until the command prints WANT, at most deadline_seconds
eventually() {
  local name=$1 input=$2 want=$3 got='' end=$((SECONDS + deadline_seconds))
  shift 3
  while :; do
    got=$("$@" 2>&1) || true
    [[ $got == "$want" || $SECONDS -ge $end ]] && break
    sleep 0.2
  done
  equal "$name" "$input" "$got" "$want"
}

# run COMMAND...: leaves its exit code in $code, and its output and errors in $out
run() { out=$("$@" 2>&1) && code=0 || code=$?; }

give_up() {
  fail "$1" "$2" "$3" "$4"
  exit 1
}

# --- Clean-up -------------------------------------------------------------------------------------------------------

stop() {
  local pid
  for pid in "$@"; do kill "$pid" 2>/dev/null || true; done
  for pid in "$@"; do wait "$pid" 2>/dev/null || true; done
}

finish() {
  local code=$?
  trap - EXIT
  stop "${processes[@]}"
  if [[ -n $cgroup ]]; then
    find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null || true
  fi
  if [[ -n $policy ]]; then rm -f "$policy"; fi
  if [[ $failed -gt 0 ]]; then tail -n 20 "$work"/{node_exporter,prometheus,nagios}.log 2>/dev/null || true; fi
  rm -rf "$work"
  printf 'monitoring: %d passed, %d failed\n' "$passed" "$failed"
  if [[ $code -eq 0 && ($failed -gt 0 || $passed -eq 0) ]]; then code=1; fi
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# --- Programs -------------------------------------------------------------------------------------------------------

export PATH=$PATH:/usr/sbin:/sbin:$work/tools/usr/bin:$work/tools/usr/sbin

# unpack PACKAGE...: out of Debian's packages into $work/tools; no maintainer script runs, so no service starts
unpack() {
  local archive apt=(apt-get -q -o APT::Sandbox::User=root)
  mkdir -p "$work/debs" "$work/tools" "$work/apt/lists/partial" "$work/apt/archives/partial"
  if ! (cd "$work/debs" && "${apt[@]}" download "$@") >"$work/apt.log" 2>&1; then
    apt+=(-o "Dir::State::Lists=$work/apt/lists" -o "Dir::Cache=$work/apt")
    "${apt[@]}" update >>"$work/apt.log" 2>&1 && (cd "$work/debs" && "${apt[@]}" download "$@") >>"$work/apt.log" 2>&1 || return 1
  fi
  for archive in "$work"/debs/*.deb; do dpkg -x "$archive" "$work/tools"; done
  rm -rf "$work/debs" "$work/apt"
}

# systemd is the one that needs its libraries and units in place. policy-rc.d keeps every service from starting.
install_systemd() {
  local rule=/usr/sbin/policy-rc.d
  if [[ ! -e $rule ]]; then
    policy=$rule
    printf '#!/bin/sh\nexit 101\n' >"$rule"
    chmod 755 "$rule"
  fi
  { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends systemd; } >"$work/apt.log" 2>&1
}

programs() {
  local row command package missing=()
  for row in promtool=prometheus prometheus=prometheus prometheus-node-exporter=prometheus-node-exporter nagios4=nagios4-core crontab=cron; do
    command=${row%%=*} package=${row#*=}
    if ! command -v "$command" >/dev/null && [[ " ${missing[*]} " != *" $package "* ]]; then missing+=("$package"); fi
  done
  if [[ ${#missing[@]} -gt 0 ]]; then
    unpack "${missing[@]}" || give_up 'Debian packages' "${missing[*]}" "$(tail -n 5 "$work/apt.log")" 'downloaded and unpacked'
  fi
  if ! command -v systemd-analyze >/dev/null; then
    install_systemd || give_up 'Debian packages' systemd "$(tail -n 5 "$work/apt.log")" installed
  fi
}

# A service that needs no rights gets none: as root, it runs as nobody.
unprivileged=()
if [[ $EUID -eq 0 ]]; then unprivileged=(setpriv --reuid=nobody --regid=nogroup --clear-groups); fi

# --- Freshness ------------------------------------------------------------------------------------------------------

# The layout that the files assume: /opt/freshness, /opt/jdk-21, /opt/publish and /var/lib, below $work.
layout() {
  local java=${JAVA_HOME:-}/bin/java settings release
  if [[ -z ${JAVA_HOME:-} ]]; then java=$(command -v java || true); fi
  settings=$("$java" -XshowSettings:properties -version 2>&1) || true
  java_home=$(sed -n 's/^ *java\.home = //p' <<<"$settings")
  release=$(sed -n 's/^ *java\.specification\.version = \([0-9]*\).*/\1/p' <<<"$settings")
  if [[ ! -x $java_home/bin/javac || ${release:-0} -lt 17 ]]; then
    give_up 'a JDK 17' "JAVA_HOME=${JAVA_HOME:-}" "Java ${release:-?} in ${java_home:-no folder}" 'JAVA_HOME, or the java on PATH, of a JDK 17 or newer'
  fi
  chmod 755 "$work"
  mkdir -p "$work/classes" "$work/opt/freshness" "$work/opt/publish" "$work/units" "${state%/*}" "$textfiles"
  cp -R "$root/Freshness.java" "$root/data" "$work/opt/freshness/"
  cp "$root/data/healthy.json" "$work/opt/freshness/baseline.json"
  ln -s "$java_home" "$work/opt/jdk-21"
  printf '#!/bin/sh\necho published >"%s"\n' "$published" >"$work/opt/publish/publish.sh"
  chmod 755 "$work/opt/publish/publish.sh"
  chmod -R a+rX "$work/opt"
  run "$java_home/bin/javac" -d "$work/classes" "$root/Freshness.java"
  if [[ $code -ne 0 ]]; then give_up 'Freshness.java compiles' "$root/Freshness.java" "$out" 'no error'; fi
}

# freshness ARGS...: compiled once, for the many runs. Nagios, systemd and cron start the source file as the files say.
freshness() {
  "$java_home/bin/java" -XX:TieredStopAtLevel=1 -cp "$work/classes" \
    -Djdk.launcher.sourcefile="$root/Freshness.java" Freshness "$@"
}

# write_state KIND: the state that the recipes read becomes healthy, or a scenario for bravo
write_state() {
  case $1 in
    healthy) cp "$root/data/healthy.json" "$state.new" && mv -f "$state.new" "$state" ;;
    frozen | corrupt) freshness scenario "$1" --output "$state" >/dev/null ;;
    *) freshness scenario "$1" --feed bravo --output "$state" >/dev/null ;;
  esac
  chmod a+r "$state"
}

recover_state() {
  freshness recover --feed bravo --state "$state" --output "$state.new" >/dev/null
  mv -f "$state.new" "$state"
}

# write_metrics [OPTION...]: as the timer does, but for the exit code, which the systemd checks look at
write_metrics() {
  freshness status --state "$state" --format prometheus --output "$textfiles/freshness.prom" "$@" >/dev/null 2>&1 || true
}

# --- The files ------------------------------------------------------------------------------------------------------

# install_file NAME FILE: the one change that is made to a file
install_file() {
  sed -e "s#/opt/#$work/opt/#g" -e "s#/var/lib/#$work/var/lib/#g" "$root/data/monitoring/$1" >"$2"
  chmod a+r "$2"
}

install_files() {
  local file name
  for file in "$root"/data/monitoring/*; do
    name=${file##*/}
    like "$name opens with a comment that says what it is for" "$name" "$(head -n 2 "$file" | grep "^# ")" '# *'
    like "README says where $name goes" README.md "$(cat "$root/README.md")" "*\`$name\`*"
    case $name in
      *.service | *.timer) install_file "$name" "$work/units/$name" ;;
      *) install_file "$name" "$work/$name" ;;
    esac
  done
}

# --- promtool and node_exporter -------------------------------------------------------------------------------------

# http PORT PATH: the body, or nothing while nobody answers
http() {
  (
    exec 3<>"/dev/tcp/127.0.0.1/$1"
    printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' "$2" >&3
    timeout 10 sed '1,/^\r$/d' <&3
  ) 2>/dev/null || true
}

# port_of LOG: the port that the system chose, from the program's log
port_of() { sed -n 's/.*Listening on.* address=[^ ]*:\([0-9]\{1,\}\).*/\1/p' "$1" | tail -n 1; }

# server NAME COMMAND...: starts a server on a port of the system's choice and leaves the port in $port
server() {
  local name=$1 log=$work/$1.log end=$((SECONDS + deadline_seconds))
  shift
  "$@" >"$log" 2>&1 &
  processes+=($!)
  port=''
  while [[ -z $port && $SECONDS -lt $end ]] && kill -0 "${processes[-1]}" 2>/dev/null; do
    sleep 0.1
    port=$(port_of "$log")
  done
  if [[ -z $port ]]; then give_up "$name starts" "$*" "$(tail -n 5 "$log")" 'a port on 127.0.0.1'; fi
  pass "$name listens on loopback"
}

# samples: the freshness samples of standard input, sorted; node_exporter writes large values as 1.7e+09
# node_exporter sorts the labels of a sample by their names
samples() {
  awk '/^freshness_/ { value = $NF; sub(/ [^ ]*$/, ""); printf "%s %.6f\n", $0, value }' |
    sed -E 's/^(freshness_feed_info)\{(.*),(alert="[a-z]*")\}/\1{\3,\2}/' | LC_ALL=C sort
}

# safe_feeds: the feeds that the metrics on standard input call safe, on one line
safe_feeds() { sed -n 's/^freshness_feed_safe_to_serve{feed="\(.*\)"} 1$/\1/p' | paste -sd' ' -; }

served() { http "$exporter" /metrics | samples; }
scrape_error() { http "$exporter" /metrics | sed -n 's/^node_textfile_scrape_error //p'; }

# accepted NAME: promtool takes the written file without a remark, and node_exporter serves all of it
accepted() {
  run promtool check metrics <"$textfiles/freshness.prom"
  equal "promtool check metrics accepts $1" "status --format prometheus" "$code $out" '0 '
  equal "node_exporter serves $1" freshness.prom "$(served)" "$(samples <"$textfiles/freshness.prom")"
  equal "node_exporter reports no error for $1" freshness.prom "$(scrape_error)" 0
}

# metrics_case NAME EXIT VALID SAFE [STATUS OPTION...]: one state, its metrics, and who may read them
metrics_case() {
  local name=$1 want="exit $2, valid $3, safe: $4" metrics
  shift 4
  rm -f "$textfiles/freshness.prom"
  run freshness status --format prometheus --output "$textfiles/freshness.prom" "$@"
  if [[ ! -s $textfiles/freshness.prom ]]; then give_up "metrics of $name" "status $*" "exit $code, no file; $out" "$want"; fi
  metrics=$(<"$textfiles/freshness.prom")
  equal "metrics of $name" "status $*" \
    "exit $code, valid $(sed -n 's/^freshness_state_valid //p' <<<"$metrics"), safe: $(safe_feeds <<<"$metrics")" "$want"
  accepted "$name"
}

# bravo_is NAME METRIC PATTERN: the value that node_exporter serves for bravo, or nothing
bravo_is() { like "$1" "$2" "$(served | sed -n "s/^$2{feed=\"bravo\"} //p")" "$3"; }

metrics_checks() {
  local kind metric
  server node_exporter "${unprivileged[@]}" prometheus-node-exporter --web.listen-address=127.0.0.1:0 --web.disable-exporter-metrics \
    --collector.disable-defaults --collector.textfile --collector.textfile.directory="$textfiles"
  exporter=$port

  write_state healthy
  metrics_case healthy 0 1 'alpha bravo charlie' --state "$state"
  for metric in freshness_feed_alive freshness_feed_safe_to_serve freshness_feed_last_tick_age_seconds freshness_feed_max_age_seconds; do
    like "node_exporter serves $metric of bravo" /metrics "$(served)" "*$metric{feed=\"bravo\"} *"
  done
  like 'node_exporter serves freshness_last_evaluation_timestamp_seconds' /metrics "$(served)" '*freshness_last_evaluation_timestamp_seconds [1-9]*'

  for kind in "${kinds[@]}"; do
    write_state "$kind"
    case $kind in
      frozen) metrics_case "$kind" 2 1 '' --state "$state" ;;
      corrupt) metrics_case "$kind" 3 0 '' --state "$state" ;;
      *) metrics_case "$kind" 2 1 'alpha charlie' --state "$state" ;;
    esac
    bravo_is "$kind: bravo is there, with 0" freshness_feed_safe_to_serve '0.*'
    case $kind in
      stale) bravo_is "$kind: bravo is alive all the same" freshness_feed_alive '1.*' ;;
      down) bravo_is "$kind: bravo is not alive" freshness_feed_alive '0.*' ;;
      loosened) bravo_is "$kind: the limit is the baseline's" freshness_feed_max_age_seconds '90.*' ;;
      frozen) bravo_is "$kind: the age grows with the time since as_of" freshness_feed_last_tick_age_seconds '[0-9][0-9][0-9][0-9]*' ;;
      *) bravo_is "$kind: the unknown age is left out" freshness_feed_last_tick_age_seconds '' ;;
    esac
  done

  metrics_case 'a state that is not there' 3 0 '' --state "$work/nowhere.json"
  printf '{' >"$work/broken.json"
  metrics_case 'a baseline that is broken' 3 0 '' --state "$state" --baseline "$work/broken.json"

  # A label value is not trusted: a quote, a backslash, a line feed, a closing brace, an escape and a letter past ASCII.
  printf '%s' '{"max_age_seconds":90,"feeds":[{"name":"a\"} 1\nb\\c\u001b[31m\u00e9","alive":true,"last_tick_age_seconds":1}]}' >"$work/hostile.json"
  rm -f "$textfiles/freshness.prom"
  run freshness status --state "$work/hostile.json" --baseline "$work/hostile.json" --format prometheus --output "$textfiles/freshness.prom"
  equal 'metrics of a hostile feed name' hostile.json "$code" 0
  accepted 'a hostile feed name'
  rm -f "$textfiles/freshness.prom"
}

# --- Alert rules ----------------------------------------------------------------------------------------------------

# What fires, in virtual time; the file is evaluated each minute unless a series says otherwise.
rule_tests() {
  cat <<'YAML'
rule_files: [freshness.rules.yml]
evaluation_interval: 1m
tests:
  - name: bravo is stale from minute 3 to 9; 90 s is the limit of all
    interval: 1m
    input_series:
      - {series: 'freshness_feed_safe_to_serve{feed="alpha"}', values: '1x20'}
      - {series: 'freshness_feed_safe_to_serve{feed="bravo"}', values: '1x2 0x6 1x10'}
      - {series: 'freshness_feed_last_tick_age_seconds{feed="alpha"}', values: '8x20'}
      - {series: 'freshness_feed_last_tick_age_seconds{feed="bravo"}', values: '11x2 660x6 5x10'}
      - {series: 'freshness_feed_max_age_seconds{feed="alpha"}', values: '90x20'}
      - {series: 'freshness_feed_max_age_seconds{feed="bravo"}', values: '90x20'}
      - {series: 'freshness_state_valid', values: '1x20'}
      - {series: 'freshness_last_evaluation_timestamp_seconds', values: '0+60x20'}
    promql_expr_test:
      - {expr: 'ALERTS', eval_time: 2m, exp_samples: []}
      - {expr: 'ALERTS', eval_time: 3m, exp_samples: [{labels: 'ALERTS{alertname="FreshnessUnsafe",alertstate="pending",feed="bravo",severity="page"}', value: 1}]}
      - {expr: 'ALERTS', eval_time: 4m, exp_samples: [{labels: 'ALERTS{alertname="FreshnessUnsafe",alertstate="firing",feed="bravo",severity="page"}', value: 1}]}
      - {expr: 'ALERTS{alertstate="firing"}', eval_time: 13m, exp_samples: [{labels: 'ALERTS{alertname="FreshnessUnsafe",alertstate="firing",feed="bravo",severity="page"}', value: 1}]}
      - {expr: 'ALERTS', eval_time: 15m, exp_samples: []}
  - name: a feed that flaps is one page, from its first minute to five minutes after its last
    interval: 1m
    input_series:
      - {series: 'freshness_feed_safe_to_serve{feed="bravo"}', values: '1 0 0 1 1 1 0 0 1 1 1 1 1 1 1 1 1'}
      - {series: 'freshness_feed_info{feed="bravo",freshness_status="stale",reason_code="stale",alert="page"}', values: '1x20'}
    promql_expr_test:
      - {expr: 'ALERTS{alertstate="firing"}', eval_time: 2m, exp_samples: [{labels: 'ALERTS{alertname="FreshnessUnsafe",alertstate="firing",feed="bravo",severity="page"}', value: 1}]}
      - {expr: 'ALERTS{alertstate="firing"}', eval_time: 5m, exp_samples: [{labels: 'ALERTS{alertname="FreshnessUnsafe",alertstate="firing",feed="bravo",severity="page"}', value: 1}]}
      - {expr: 'ALERTS{alertstate="firing"}', eval_time: 9m, exp_samples: [{labels: 'ALERTS{alertname="FreshnessUnsafe",alertstate="firing",feed="bravo",severity="page"}', value: 1}]}
      - {expr: 'ALERTS{alertstate="firing"}', eval_time: 14m, exp_samples: []}
  - name: the timer died; the collector goes on serving the last file, in which all is well
    interval: 1m
    input_series:
      - {series: 'freshness_feed_safe_to_serve{feed="alpha"}', values: '1x20'}
      - {series: 'freshness_state_valid', values: '1x20'}
      - {series: 'freshness_last_evaluation_timestamp_seconds', values: '0 60 120x20'}
    promql_expr_test:
      - {expr: 'ALERTS', eval_time: 7m, exp_samples: []}
      - {expr: 'ALERTS', eval_time: 8m, exp_samples: [{labels: 'ALERTS{alertname="FreshnessNotEvaluated",alertstate="pending",severity="page"}', value: 1}]}
      - {expr: 'ALERTS', eval_time: 9m, exp_samples: [{labels: 'ALERTS{alertname="FreshnessNotEvaluated",alertstate="firing",severity="page"}', value: 1}]}
  - name: an evaluation from the future is no evaluation
    interval: 1m
    input_series:
      - {series: 'freshness_last_evaluation_timestamp_seconds', values: '86400x20'}
    promql_expr_test:
      - {expr: 'ALERTS', eval_time: 1m, exp_samples: [{labels: 'ALERTS{alertname="FreshnessNotEvaluated",alertstate="firing",severity="page"}', value: 1}]}
  - name: a host that answers and has no series; the other host has them
    interval: 1m
    input_series:
      - {series: 'up{job="node",instance="one"}', values: '1x20'}
      - {series: 'up{job="node",instance="two"}', values: '1x20'}
      - {series: 'freshness_last_evaluation_timestamp_seconds{instance="two"}', values: '0+60x20'}
    promql_expr_test:
      - {expr: 'ALERTS', eval_time: 0m, exp_samples: [{labels: 'ALERTS{alertname="FreshnessNotEvaluated",alertstate="pending",instance="one",job="node",severity="page"}', value: 1}]}
      - {expr: 'ALERTS', eval_time: 1m, exp_samples: [{labels: 'ALERTS{alertname="FreshnessNotEvaluated",alertstate="firing",instance="one",job="node",severity="page"}', value: 1}]}
  - name: the series disappears, and comes back
    interval: 1m
    input_series:
      - {series: 'up{job="node",instance="one"}', values: '1x20'}
      - {series: 'freshness_last_evaluation_timestamp_seconds{instance="one"}', values: '0+60x3 stale _x5 600+60x5'}
    promql_expr_test:
      - {expr: 'ALERTS', eval_time: 3m, exp_samples: []}
      - {expr: 'ALERTS', eval_time: 5m, exp_samples: [{labels: 'ALERTS{alertname="FreshnessNotEvaluated",alertstate="firing",instance="one",job="node",severity="page"}', value: 1}]}
      - {expr: 'ALERTS', eval_time: 11m, exp_samples: []}
  - name: the state cannot be evaluated
    interval: 1m
    input_series:
      - {series: 'freshness_state_valid', values: '0x5'}
      - {series: 'freshness_last_evaluation_timestamp_seconds', values: '0+60x5'}
    promql_expr_test:
      - {expr: 'ALERTS', eval_time: 1m, exp_samples: [{labels: 'ALERTS{alertname="FreshnessStateInvalid",alertstate="firing",severity="page"}', value: 1}]}
  - name: a ticket after 5 minutes of a feed that is late or whose limit was loosened; not safe is a page, not a ticket
    interval: 1m
    input_series:
      - {series: 'freshness_feed_safe_to_serve{feed="alpha"}', values: '1x20'}
      - {series: 'freshness_feed_safe_to_serve{feed="charlie"}', values: '0x20'}
      - {series: 'freshness_feed_info{feed="alpha",freshness_status="fresh",reason_code="fresh",alert="none"}', values: '1x2 stale'}
      - {series: 'freshness_feed_info{feed="alpha",freshness_status="fresh",reason_code="fresh",alert="ticket"}', values: '_x3 1x20'}
      - {series: 'freshness_feed_info{feed="charlie",freshness_status="stale",reason_code="stale",alert="page"}', values: '1x20'}
      - {series: 'freshness_last_evaluation_timestamp_seconds', values: '0+60x20'}
    promql_expr_test:
      - {expr: 'ALERTS{severity="ticket"}', eval_time: 2m, exp_samples: []}
      - {expr: 'count by (alertname, alertstate, feed) (ALERTS{severity="ticket"})', eval_time: 7m, exp_samples: [{labels: '{alertname="FreshnessTicket",alertstate="pending",feed="alpha"}', value: 1}]}
      - {expr: 'count by (alertname, alertstate, feed) (ALERTS{severity="ticket"})', eval_time: 8m, exp_samples: [{labels: '{alertname="FreshnessTicket",alertstate="firing",feed="alpha"}', value: 1}]}
      - {expr: 'ALERTS{severity="page"}', eval_time: 8m, exp_samples: [{labels: 'ALERTS{alertname="FreshnessUnsafe",alertstate="firing",feed="charlie",severity="page"}', value: 1}]}
    alert_rule_test:
      - eval_time: 8m
        alertname: FreshnessUnsafe
        exp_alerts:
          - exp_labels: {feed: charlie, severity: page}
            exp_annotations:
              summary: 'Feed charlie is not safe to serve'
              description: 'stale: stale. Run status on : it names the figures and what to do next. Repair the feed, then run recover with the age of a tick that you have seen.'
YAML
}

rule_checks() {
  run promtool check rules "$work/freshness.rules.yml"
  like 'promtool check rules accepts the rules' freshness.rules.yml "$code $out" '0 *SUCCESS: 4 rules found*'
  rule_tests >"$work/rules-test.yml"
  run promtool test rules "$work/rules-test.yml"
  like 'promtool test rules passes' rules-test.yml "$code $out" '0 *SUCCESS*'
  # The tests must be able to fail: with the comparison turned round, the same tests find it.
  mkdir -p "$work/turned"
  cp "$work/rules-test.yml" "$work/turned/"
  sed 's/safe_to_serve == 0/safe_to_serve == 1/' "$work/freshness.rules.yml" >"$work/turned/freshness.rules.yml"
  run promtool test rules "$work/turned/rules-test.yml"
  like 'promtool test rules fails when the rule is turned round' turned/freshness.rules.yml "$code $out" '1 *FAILED*'
}

# --- Prometheus -----------------------------------------------------------------------------------------------------

# alerts: what /api/v1/alerts lists (pending or firing), one a line: NAME FEED SEVERITY. No answer is not "no alert".
alerts() {
  local answer
  answer=$(http "$prometheus" /api/v1/alerts)
  if [[ $answer != '{"status":"success"'* ]]; then echo 'no answer'; fi
  awk -v RS='{"labels":' '
    function label(name,   at) { at = index($0, "\"" name "\":\""); if (!at) return "-"; s = substr($0, at + length(name) + 4); return substr(s, 1, index(s, "\"") - 1) }
    /"state":"(pending|firing)"/ { print label("alertname"), label("feed"), label("severity") }' <<<"$answer" | sort -u
}

# ready: "ready" once Prometheus has scraped the file; until then no alert at all would prove nothing
ready() {
  http "$prometheus" '/api/v1/query?query=freshness_feed_safe_to_serve%7Bfeed%3D%22bravo%22%7D' | grep -q '"value":\[[0-9.]*,"1"\]' && echo ready
}

live_checks() {
  cat >"$work/prometheus.yml" <<YAML
global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
rule_files: [freshness.rules.yml]
scrape_configs:
  - {job_name: node, static_configs: [{targets: ['127.0.0.1:$exporter']}]}
YAML
  run promtool check config "$work/prometheus.yml"
  like 'promtool check config accepts the live configuration' prometheus.yml "$code $out" '0 *SUCCESS*'
  write_state healthy
  write_metrics
  server prometheus prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/tsdb" --web.listen-address=127.0.0.1:0
  prometheus=$port

  eventually 'Prometheus scrapes node_exporter' 'query freshness_feed_safe_to_serve' ready ready
  eventually 'healthy: no alert' /api/v1/alerts '' alerts
  write_state stale
  write_metrics
  eventually 'stale: bravo pages, and only bravo' /api/v1/alerts 'FreshnessUnsafe bravo page' alerts
  like 'stale: the page names the feed' /api/v1/alerts "$(http "$prometheus" /api/v1/alerts)" '*Feed bravo is not safe to serve*'
  recover_state
  write_metrics
  eventually 'recovered: the page is gone' /api/v1/alerts '' alerts
  freshness scenario stale --age-seconds 91 --feed bravo --output "$work/old.json" >/dev/null
  sed 's/: 91$/: 60/; s/: 91 /: 60 /' "$work/old.json" >"$state"
  write_metrics
  eventually 'past half the limit: a ticket, no page' /api/v1/alerts 'FreshnessTicket bravo ticket' alerts
  write_state corrupt
  write_metrics
  eventually 'corrupt: the state and every feed page' /api/v1/alerts \
    $'FreshnessStateInvalid - page\nFreshnessUnsafe alpha page\nFreshnessUnsafe bravo page\nFreshnessUnsafe charlie page' alerts
  write_state healthy
  write_metrics --now "$(date -u -d '10 minutes ago' +%Y-%m-%dT%H:%M:%SZ)"
  eventually 'an evaluation of 10 minutes ago pages, though every feed reads 1' /api/v1/alerts 'FreshnessNotEvaluated - page' alerts
  write_metrics
  eventually 'evaluated again: the page is gone' /api/v1/alerts '' alerts
  rm "$textfiles/freshness.prom"
  eventually 'no file: the absent series pages' /api/v1/alerts 'FreshnessNotEvaluated - page' alerts
  write_metrics
  eventually 'written again: the page is gone' /api/v1/alerts '' alerts
  printf 'freshness_feed_safe_to_serve{feed="bravo" 1\n' >"$textfiles/freshness.prom"
  eventually 'a damaged file pages' /api/v1/alerts 'FreshnessNotEvaluated - page' alerts
  equal 'a damaged file: node_textfile_scrape_error is 1' /metrics "$(scrape_error)" 1
  stop "${processes[@]}"
  processes=()
}

# --- Nagios ---------------------------------------------------------------------------------------------------------

# service_status: what Nagios knows, from its status file: "STATE output"
service_status() {
  awk -F= '/^servicestatus/ { inside = 1 } /^\t}/ { inside = 0 }
    inside && $1 ~ /current_state$/ { state = $2 }
    inside && $1 ~ /^\tplugin_output$/ { sub(/^[^=]*=/, ""); print state, $0 }' "$work/nagios/status.dat" 2>/dev/null
}

# nagios_verdict: the state and the output up to the colon
nagios_verdict() { service_status | sed 's/:.*/:/'; }

nagios_checks() {
  local n=$work/nagios user=nobody group=nogroup
  if [[ $EUID -ne 0 ]]; then user=$(id -un) group=$(id -gn); fi
  mkdir -p "$n/spool"
  cp "$work/freshness.cfg" "$n/"
  # The parts of a site that the file relies on: the template, the host, and a contact, without which Nagios does not start.
  cat >"$n/site.cfg" <<'CFG'
define timeperiod {
  timeperiod_name 24x7
  alias all
  monday 00:00-24:00
  tuesday 00:00-24:00
  wednesday 00:00-24:00
  thursday 00:00-24:00
  friday 00:00-24:00
  saturday 00:00-24:00
  sunday 00:00-24:00
}
define host {
  host_name feeds
  address 127.0.0.1
  max_check_attempts 1
  check_period 24x7
  notification_period 24x7
  contacts oncall
}
define command {
  command_name nobody_is_told
  command_line /bin/true
}
define contact {
  contact_name oncall
  host_notification_period 24x7
  service_notification_period 24x7
  host_notification_commands nobody_is_told
  service_notification_commands nobody_is_told
}
define service {
  name generic-service
  contacts oncall
  check_period 24x7
  notification_period 24x7
  check_interval 10
  retry_interval 2
  max_check_attempts 3
  register 0
}
CFG
  # interval_length=1 makes a second of each minute in the block. Nothing is sent: no notification, no look for updates.
  cat >"$n/nagios.cfg" <<CFG
cfg_file=$n/site.cfg
cfg_file=$n/freshness.cfg
log_file=$n/nagios.log
status_file=$n/status.dat
object_cache_file=$n/objects.cache
precached_object_file=$n/objects.precache
state_retention_file=$n/retention.dat
check_result_path=$n/spool
lock_file=$n/nagios.pid
temp_file=$n/nagios.tmp
temp_path=$n
command_file=$n/nagios.cmd
query_socket=$n/nagios.qh
nagios_user=$user
nagios_group=$group
check_external_commands=0
enable_notifications=0
execute_host_checks=0
check_for_updates=0
use_syslog=0
check_workers=1
interval_length=1
status_update_interval=1
CFG
  if [[ $EUID -eq 0 ]]; then chown -R "$user:$group" "$n"; fi
  run "${unprivileged[@]}" nagios4 -v "$n/nagios.cfg"
  like 'nagios4 -v accepts the file' freshness.cfg "$code $out" '0 *Total Errors:   0*'

  write_state healthy
  "${unprivileged[@]}" nagios4 "$n/nagios.cfg" >"$work/nagios.log" 2>&1 &
  processes+=($!)
  eventually 'Nagios: healthy is OK' 'check_freshness' '0 FRESHNESS OK:' nagios_verdict
  write_state stale
  eventually 'Nagios: stale is CRITICAL' 'check_freshness' '2 FRESHNESS CRITICAL:' nagios_verdict
  like 'Nagios: the output names the feed' 'check_freshness' "$(service_status)" '*bravo*'
  write_state corrupt
  eventually 'Nagios: corrupt is UNKNOWN' 'check_freshness' '3 FRESHNESS UNKNOWN:' nagios_verdict
  rm "$state"
  eventually 'Nagios: no state is UNKNOWN' 'check_freshness' '3 FRESHNESS UNKNOWN:' nagios_verdict
  write_state stale
  recover_state
  eventually 'Nagios: recovered is OK' 'check_freshness' '0 FRESHNESS OK:' nagios_verdict
  stop "${processes[@]}"
  processes=()
  like 'Nagios logged the hard states in this order' nagios.log "$(cat "$n/nagios.log")" \
    '*Freshness;CRITICAL;HARD;1;FRESHNESS CRITICAL: *Freshness;UNKNOWN;HARD;1;FRESHNESS UNKNOWN: *Freshness;OK;HARD;1;FRESHNESS OK: *'
}

# --- systemd --------------------------------------------------------------------------------------------------------

# A user manager of its own, in its own control group and namespaces, with only these units and the basic ones. It sees
# no process but its own, and ends with the shell that started it. Prints "NAME result" lines.
systemd_session() {
  cat <<'SH'
set -euo pipefail
work=$1 systemd=$2
own=$(mktemp -d "$work/systemd.XXXXXX")
mount -t cgroup2 none /sys/fs/cgroup
# systemd moves every process of the group that it sees as the root. Stop unless that group is our own: 0 stands for a
# process outside this namespace, and the one there is our own unshare.
[[ $(sed -n 's/^0:://p' /proc/self/cgroup) == / && $(grep -cx 0 /sys/fs/cgroup/cgroup.procs) -le 1 ]]
mount -t tmpfs none /run
mkdir -p /run/systemd/system "$own/run"
export XDG_RUNTIME_DIR=$own/run XDG_CONFIG_HOME=$own HOME=$own SYSTEMD_UNIT_PATH=$work/units:/usr/lib/systemd/user
unset DBUS_SESSION_BUS_ADDRESS JAVA_HOME
"$systemd" --user --unit=hold.target --log-target=null --show-status=no >/dev/null 2>&1 &
for _ in {1..300}; do
  if systemctl --user is-active hold.target >/dev/null 2>&1; then break; fi
  sleep 0.1
done

# start NAME UNIT: what systemctl and systemd say, whether the job ran
start() {
  local code=0
  rm -f "$work/published"
  systemctl --user start "$2" >/dev/null 2>&1 || code=$?
  printf '%s: start %s, %s, %s' "$1" "$code" "$(systemctl --user show -P ActiveState "$2")" "$(systemctl --user show -P Result "$2")"
  if [[ $2 == publish* && -e $work/published ]]; then printf ', published'; fi
  printf '\n'
  systemctl --user reset-failed "$2" >/dev/null 2>&1 || true
}

for kind in healthy stale corrupt recovered; do
  cp "$work/states/$kind.json" "$work/var/lib/freshness/state.json"
  rm -f "$work/var/lib/prometheus/node-exporter/freshness.prom"
  start "publish $kind" publish.service
  start "metrics $kind" freshness.service
  printf 'file %s: %s\n' "$kind" "$(grep -cE '^freshness_feed_safe_to_serve.* 1$' "$work/var/lib/prometheus/node-exporter/freshness.prom")"
done
cp "$work/states/stale.json" "$work/var/lib/freshness/state.json"
start 'publish trap' publish-trap.service
for condition in 1 254 255 killed; do start "condition $condition" "publish-$condition.service"; done
mv "$work/opt/jdk-21" "$work/opt/jdk-away"
start 'publish without a JDK' publish.service
mv "$work/opt/jdk-away" "$work/opt/jdk-21"
rm -f "$work/var/lib/prometheus/node-exporter/freshness.prom"
systemctl --user start freshness.timer
for _ in {1..300}; do
  if [[ -e $work/var/lib/prometheus/node-exporter/freshness.prom ]]; then break; fi
  sleep 0.1
done
printf 'timer: %s, %s\n' "$(systemctl --user is-active freshness.timer)" "$(ls "$work/var/lib/prometheus/node-exporter")"
systemctl --user exit
SH
}

# private COMMAND...: in a control group and namespaces of its own, or not at all
private() {
  local mount
  mount=$(findmnt -nt cgroup2 -o TARGET | head -n 1)
  [[ -n $mount && $EUID -eq 0 ]] || return 1
  cgroup=$mount$(sed -n 's/^0:://p' /proc/self/cgroup)/freshness-$$
  # shellcheck disable=SC2016 # expanded by the inner shell
  mkdir "$cgroup" && bash -c 'echo $$ >"$1/cgroup.procs" && shift && exec unshare --cgroup --mount --pid --fork --kill-child --mount-proc "$@"' - "$cgroup" "$@"
}

systemd_checks() {
  local unit command systemd
  for unit in freshness.service freshness.timer publish.service; do
    run systemd-analyze verify --man=no "$work/units/$unit"
    equal "systemd-analyze verify accepts $unit" "$unit" "$code $(grep -e freshness -e publish <<<"$out" || true)" '0 '
  done
  run systemd-analyze calendar --iterations=1 "$(sed -n 's/^OnCalendar=//p' "$work/units/freshness.timer")"
  like 'systemd-analyze calendar knows the time of the timer' freshness.timer "$code $out" '0 *Normalized form: *'
  # With it, a blocked gate would let the job run; 'publish trap' below shows that.
  equal 'publish.service has no SuccessExitStatus=' publish.service "$(grep -c '^SuccessExitStatus' "$work/units/publish.service" || true)" 0

  # For the run: the timer each second, the trap that publish.service warns of, the exit codes, and a target that
  # keeps the units in memory, so that their results can be asked for.
  sed -i 's/^OnCalendar=.*/OnCalendar=*:*:*/' "$work/units/freshness.timer"
  sed 's/^Type=oneshot$/&\nSuccessExitStatus=2/' "$work/units/publish.service" >"$work/units/publish-trap.service"
  while IFS='|' read -r unit command; do
    sed "s#^ExecCondition=.*#ExecCondition=/bin/sh -c '$command'#" "$work/units/publish.service" >"$work/units/publish-$unit.service"
  done <<'ROWS'
1|exit 1
254|exit 254
255|exit 255
killed|kill -9 $$$$
ROWS
  printf '[Unit]\nDescription=Keep the others\nAfter=%s\n' "$(cd "$work/units" && echo *.service)" >"$work/units/hold.target"
  mkdir -p "$work/states"
  cp "$root/data/healthy.json" "$work/states/healthy.json"
  freshness scenario stale --feed bravo --output "$work/states/stale.json" >/dev/null
  freshness scenario corrupt --output "$work/states/corrupt.json" >/dev/null
  freshness recover --feed bravo --state "$work/states/stale.json" --output "$work/states/recovered.json" >/dev/null

  for systemd in /usr/lib/systemd/systemd /lib/systemd/systemd; do if [[ -x $systemd ]]; then break; fi; done
  if ! private true 2>/dev/null; then
    printf '# skipped: systemd itself cannot be started here (root and a control group of its own are needed)\n'
    return
  fi
  rmdir "$cgroup"
  systemd_session >"$work/session.sh"
  run private bash "$work/session.sh" "$work" "$systemd"
  local row want
  while IFS='|' read -r row want; do
    equal "systemd: $row" "$(sed -n "s/^ExecCondition=/&/p" "$work/units/publish.service")" "$(grep "^$row: " <<<"$out" || printf '%s' "$out")" "$row: $want"
  done <<'ROWS'
publish healthy|start 0, inactive, success, published
publish stale|start 0, inactive, exec-condition
publish corrupt|start 0, inactive, exec-condition
publish recovered|start 0, inactive, success, published
metrics healthy|start 0, inactive, success
metrics stale|start 0, inactive, success
metrics corrupt|start 1, failed, exit-code
metrics recovered|start 0, inactive, success
file healthy|3
file stale|2
file corrupt|0
file recovered|3
publish trap|start 0, inactive, success, published
condition 1|start 0, inactive, exec-condition
condition 254|start 0, inactive, exec-condition
condition 255|start 1, failed, exit-code
condition killed|start 1, failed, signal
publish without a JDK|start 0, inactive, exec-condition
timer|active, freshness.prom
ROWS
}

# --- cron -----------------------------------------------------------------------------------------------------------

# cron_run PATTERN: runs the line that holds PATTERN as cron does: its shell, its few variables, nothing else
cron_run() {
  local line
  line=$(grep -F -- "$1" "$work/freshness.cron" | cut -d' ' -f6-)
  rm -f "$published"
  run env -i HOME=/ LOGNAME=nobody SHELL=/bin/sh PATH=/usr/bin:/bin /bin/sh -c "$line"
  if [[ -e $published ]]; then code="$code, published"; fi
}

cron_checks() {
  # crontab -n looks a file over without installing it, and wants a spool: an empty one in a namespace of its own.
  # shellcheck disable=SC2016 # expanded by the inner shell
  local dry_run=(unshare --user --map-root-user --mount sh -c 'mount -t tmpfs none /var/spool && mkdir -p /var/spool/cron/crontabs && exec crontab -n "$1"' -)
  if "${dry_run[@]:0:4}" true 2>/dev/null; then
    run "${dry_run[@]}" "$work/freshness.cron"
    like 'crontab -n accepts the file' freshness.cron "$code $out" '0 *successfully checked*'
    printf '61 * * * * true\n' >"$work/bad.cron"
    run "${dry_run[@]}" "$work/bad.cron"
    like 'crontab -n refuses minute 61' bad.cron "$code $out" '1 *bad minute*'
  else
    printf '# skipped: crontab -n cannot be given a spool here (a user namespace is needed)\n'
  fi
  equal 'no % in the cron lines: cron would cut there' freshness.cron "$(grep -c % "$work/freshness.cron" || true)" 0
  rm -f "$textfiles/freshness.prom"
  write_state stale
  cron_run 'status'
  equal 'cron: no mail each minute while bravo is stale' freshness.cron "$out" ''
  equal 'cron: the file is written while bravo is stale' freshness.cron "$(safe_feeds <"$textfiles/freshness.prom")" 'alpha charlie'
  cron_run 'gate'
  equal 'cron: a stale feed holds the job back' freshness.cron "$code" 2
  like 'cron: the mail says why' freshness.cron "$out" '*bravo*stale*'
  write_state corrupt
  cron_run 'gate'
  equal 'cron: a corrupt state holds the job back' freshness.cron "$code" 3
  write_state healthy
  cron_run 'gate'
  equal 'cron: a healthy feed lets the job run' freshness.cron "$code" '0, published'
}

# --- All ------------------------------------------------------------------------------------------------------------

layout
install_files
programs
metrics_checks
rule_checks
live_checks
nagios_checks
systemd_checks
cron_checks
