#!/usr/bin/env bash
# Proves the files of data/monitoring with the real programs from Debian's packages: promtool,
# node_exporter, Prometheus, Alertmanager, amtool, Nagios, systemd, cron. What is tested is what
# people copy.
#
#   usage: tests/integration/monitoring.sh [PART]...
#   parts: metrics rules chain nagios cron systemd containers; all of them by default
#
# JAVA_HOME names a JDK; without it, the java on PATH is taken.
#
# To the letter but for this: install_file turns /opt/ and /var/lib/ into folders below a temporary
# one, and where a program is watched at work, minutes become seconds, the office has all hours or
# others, and calendars are written around this hour. So no row depends on the time of day. Programs
# that are missing are unpacked into the temporary folder: nothing of theirs is installed or started
# as a service. Only systemd, where it is missing, comes with its package. All traffic stays on
# loopback. The rest is removed at the end. What cannot run here says "# left out:" and why: systemd
# and cron themselves need root and namespaces of their own.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

# --- Waits and servers ----------------------------------------------------------------------------

readonly deadline_seconds=120 # for each wait; nothing is asserted about time
readonly kinds=(stale unknown down missing skewed loosened frozen corrupt)

give_up() {
  not_ok "$@"
  exit 1
}

# eventually NAME INPUT WANT COMMAND...: polls until the command prints WANT
eventually() {
  local name=$1 input=$2 want=$3 got='' end=$((SECONDS + deadline_seconds))
  shift 3
  while :; do
    got=$("$@" 2>&1) || true
    [[ $got == "$want" || $SECONDS -ge $end ]] && break
    sleep 0.2
  done
  check "$name" "$input" "$got" "$want"
}

# http PORT PATH [METHOD]: the body, or nothing while nobody answers
http() {
  (
    exec 3<>"/dev/tcp/127.0.0.1/$1"
    printf '%s %s HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n' "${3:-GET}" "$2" >&3
    timeout 10 sed '1,/^\r$/d' <&3
  ) 2>/dev/null || true
}

# port_of LOG: the port that the system chose, from the program's log
port_of() {
  sed -n 's/.*Listening on.* address=[^ ]*:\([0-9]\{1,\}\).*/\1/p' "$1" | tail -n 1
}

# server NAME COMMAND...: starts a server on a port of the system's choice and leaves the port in
# $port
server() {
  local name=$1 log=$site/$1.log end=$((SECONDS + deadline_seconds)) pid
  shift
  "$@" >"$log" 2>&1 &
  pid=$!
  started="$started $pid"
  port=''
  while [[ -z $port && $SECONDS -lt $end ]] && kill -0 "$pid" 2>/dev/null; do
    sleep 0.1
    port=$(port_of "$log")
  done
  if [[ -z $port ]]; then
    give_up "$name starts" "$*" "$(tail -n 5 "$log")" 'a port on 127.0.0.1'
  fi
  ok "$name listens on loopback"
}

# stop_all: ends what was started so far
stop_all() {
  local each
  for each in $started; do
    kill "$each" 2>/dev/null || true
  done
  for each in $started; do
    { wait "$each" || true; } 2>/dev/null
  done
  started=''
}

# --- Programs -------------------------------------------------------------------------------------

# unpack PACKAGE...: out of Debian's packages into $site/tools; no maintainer script runs, so no
# service starts
unpack() {
  local archive apt=(apt-get -q -o APT::Sandbox::User=root)
  mkdir -p "$site/debs" "$site/tools" "$site/apt/lists/partial" "$site/apt/archives/partial"
  if ! (cd "$site/debs" && "${apt[@]}" download "$@") >"$site/apt.log" 2>&1; then
    apt+=(-o "Dir::State::Lists=$site/apt/lists" -o "Dir::Cache=$site/apt")
    "${apt[@]}" update >>"$site/apt.log" 2>&1 &&
      (cd "$site/debs" && "${apt[@]}" download "$@") >>"$site/apt.log" 2>&1 || return 1
  fi
  for archive in "$site"/debs/*.deb; do
    dpkg -x "$archive" "$site/tools"
  done
  rm -rf "$site/debs" "$site/apt"
}

# install_systemd: the one that needs its libraries and units in place. policy-rc.d keeps every
# service from starting.
install_systemd() {
  local rule=/usr/sbin/policy-rc.d
  if [[ ! -e $rule ]]; then
    at_end "rm -f $rule"
    printf '#!/bin/sh\nexit 101\n' >"$rule"
    chmod 755 "$rule"
  fi
  { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q install \
    -y --no-install-recommends systemd; } >"$site/apt.log" 2>&1
}

programs() {
  local row command package missing=()
  for row in promtool=prometheus prometheus=prometheus \
    prometheus-node-exporter=prometheus-node-exporter \
    prometheus-alertmanager=prometheus-alertmanager amtool=prometheus-alertmanager \
    nagios4=nagios4-core crontab=cron cron=cron; do
    command=${row%%=*} package=${row#*=}
    if ! command -v "$command" >/dev/null && [[ " ${missing[*]} " != *" $package "* ]]; then
      missing+=("$package")
    fi
  done
  if [[ ${#missing[@]} -gt 0 ]]; then
    unpack "${missing[@]}" || give_up 'Debian packages' "${missing[*]}" \
      "$(tail -n 5 "$site/apt.log")" 'downloaded and unpacked'
  fi
  if ! command -v systemd-analyze >/dev/null; then
    install_systemd || give_up 'Debian packages' systemd "$(tail -n 5 "$site/apt.log")" installed
  fi
  # The page's receiver.
  if ! command -v python3 >/dev/null; then
    give_up python3 PATH 'not there' 'Python 3'
  fi
}

# A service that needs no rights gets none: as root, it runs as nobody.
unprivileged=()
if [[ $EUID -eq 0 ]]; then
  unprivileged=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
fi

# --- The files, installed -------------------------------------------------------------------------

# install_file NAME FILE: the one change that is made to a file
install_file() {
  sed -e "s#/opt/#$site/opt/#g" -e "s#/var/lib/#$site/var/lib/#g" "$root/data/monitoring/$1" >"$2"
  chmod --reference="$root/data/monitoring/$1" "$2"
  chmod a+r "$2"
}

# layout: /opt/freshness, /opt/jdk-21, /opt/publish and /var/lib, below $site
layout() {
  local file name place
  chmod 755 "$site"
  mkdir -p "$site/classes" "$site/opt/freshness" "$site/opt/publish" "$site/units" "$site/home" \
    "${state%/*}" "$textfiles" "$site/var/lib/freshness-board"
  copy_program "$site/opt/freshness"
  cp "$root/data/healthy.json" "$site/opt/freshness/baseline.json"
  ln -s "$JAVA_HOME" "$site/opt/jdk-21"
  printf '#!/bin/sh\necho published >"%s"\n' "$published" >"$site/opt/publish/publish.sh"
  # Work that runs on, with a child, and one that has left its session.
  # shellcheck disable=SC2016 # expanded by the work
  printf '#!/bin/sh\nsleep 1000 &\none=$!\nsetsid sleep 1000 &\necho "$$ $one $!" >"%s"\nwait\n' \
    "$site/workers" >"$site/opt/publish/publisher.sh"
  chmod 755 "$site"/opt/publish/*
  chmod -R a+rX "$site/opt"
  use_classes "$site/classes"
  for file in "$root"/data/monitoring/*; do
    name=${file##*/}
    place='Install'
    if [[ $name == pod.yaml ]]; then
      place='Merge the parts into'
    fi
    like "$name opens with what it is, where it goes and what to change" "$name" \
      "$(head -n 6 "$file")" "*# $name: *$place*[Cc]hange*"
    check "README says where $name goes" README.md \
      "$(grep -cF "| \`$name\`" "$root/README.md" || true) row" '1 row'
    case $name in
      *.service | *.timer) install_file "$name" "$site/units/$name" ;;
      *) install_file "$name" "$site/$name" ;;
    esac
  done
}

# write_state KIND: the state that the files name becomes healthy, or a scenario for bravo
write_state() {
  case $1 in
    healthy) cp "$root/data/healthy.json" "$state.new" && mv -f "$state.new" "$state" ;;
    frozen | corrupt) app scenario "$1" --output "$state" >/dev/null ;;
    *) app scenario "$1" --feed bravo --output "$state" >/dev/null ;;
  esac
  chmod a+r "$state"
}

recover_state() {
  app recover --feed bravo --state "$state" --output "$state.new" >/dev/null
  mv -f "$state.new" "$state"
}

# --- promtool and node_exporter -------------------------------------------------------------------

# samples: the freshness samples of standard input, sorted; node_exporter writes large values as
# 1.7e+09, and labels by name
samples() {
  awk '/^freshness_/ { value = $NF; sub(/ [^ ]*$/, ""); printf "%s %.6f\n", $0, value }' |
    sed -E 's/^(freshness_feed_info)\{(.*),(alert="[a-z]*")\}/\1{\3,\2}/' | LC_ALL=C sort
}

# safe_feeds: the feeds that the metrics on standard input call safe, on one line
safe_feeds() {
  sed -n 's/^freshness_feed_safe_to_serve{feed="\(.*\)"} 1$/\1/p' | paste -sd' ' -
}

served() {
  http "$exporter" /metrics | samples
}
scrape_error() {
  http "$exporter" /metrics | sed -n 's/^node_textfile_scrape_error //p'
}

# accepted NAME: promtool takes the written file without a remark, and node_exporter serves all of
# it
accepted() {
  run promtool check metrics <"$textfiles/freshness.prom"
  check "promtool check metrics accepts $1" "status --format prometheus" "$rc $out$err" '0 '
  check "node_exporter serves $1" freshness.prom "$(served)" \
    "$(samples <"$textfiles/freshness.prom")"
  check "node_exporter reports no error for $1" freshness.prom "$(scrape_error)" 0
}

# metrics_case NAME EXIT VALID SAFE [STATUS OPTION...]: one state, its metrics, and who may read
# them
metrics_case() {
  local name=$1 want="exit $2, valid $3, safe: $4" metrics
  shift 4
  rm -f "$textfiles/freshness.prom"
  run app status --format prometheus --output "$textfiles/freshness.prom" "$@"
  if [[ ! -s $textfiles/freshness.prom ]]; then
    give_up "metrics of $name" "status $*" "exit $rc, no file; $out" "$want"
  fi
  metrics=$(<"$textfiles/freshness.prom")
  check "metrics of $name" "status $*" \
    "exit $rc, valid $(sed -n 's/^freshness_state_valid //p' \
    <<<"$metrics"), safe: $(safe_feeds <<<"$metrics")" "$want"
  accepted "$name"
}

# bravo_is NAME METRIC PATTERN: the value that node_exporter serves for bravo, or nothing
bravo_is() {
  like "$1" "$2" "$(served | sed -n "s/^$2{feed=\"bravo\"} //p")" "$3"
}

start_exporter() {
  server node_exporter "${unprivileged[@]}" prometheus-node-exporter \
    --web.listen-address=127.0.0.1:0 --web.disable-exporter-metrics --collector.disable-defaults \
    --collector.textfile --collector.textfile.directory="$textfiles"
  exporter=$port
}

metrics_checks() {
  local kind metric
  start_exporter
  write_state healthy
  metrics_case healthy 0 1 'alpha bravo charlie' --state "$state"
  for metric in freshness_feed_alive freshness_feed_safe_to_serve freshness_feed_page \
    freshness_feed_last_tick_age_seconds freshness_feed_max_age_seconds \
    freshness_feed_last_tick_timestamp_seconds; do
    like "node_exporter serves $metric of bravo" /metrics "$(served)" "*$metric{feed=\"bravo\"} *"
  done
  like 'node_exporter serves freshness_feed_info of bravo' /metrics "$(served)" \
    '*freshness_feed_info{*feed="bravo",freshness_status="fresh",reason_code="fresh"} 1*'
  like 'node_exporter serves freshness_last_evaluation_timestamp_seconds' /metrics "$(served)" \
    '*freshness_last_evaluation_timestamp_seconds [1-9]*'

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
      loosened) bravo_is "$kind: the limit is the baseline's" freshness_feed_max_age_seconds \
        '90.*' ;;
      frozen) bravo_is "$kind: the age grows with the time since as_of" \
        freshness_feed_last_tick_age_seconds '[0-9][0-9][0-9][0-9]*' ;;
      *) bravo_is "$kind: the unknown age is left out" freshness_feed_last_tick_age_seconds '' ;;
    esac
  done

  metrics_case 'a state that is not there' 3 0 '' --state "$site/nowhere.json"
  printf '{' >"$site/broken.json"
  metrics_case 'a baseline that is broken' 3 0 '' --state "$state" --baseline "$site/broken.json"

  # A label value is not trusted: a quote, a backslash, a line feed, a closing brace, an escape and
  # a letter past ASCII.
  printf '{"max_age_seconds":90,"feeds":[{"name":"%s","alive":true,"last_tick_age_seconds":1}]}' \
    'a\"} 1\nb\\c\u001b[31m\u00e9' >"$site/hostile.json"
  rm -f "$textfiles/freshness.prom"
  cp "$site/hostile.json" "$site/hostile-agreed.json"
  run app status --state "$site/hostile.json" --baseline "$site/hostile-agreed.json" \
    --format prometheus --output "$textfiles/freshness.prom"
  check 'metrics of a hostile feed name' hostile.json "$rc" 0
  accepted 'a hostile feed name'
  rm -f "$textfiles/freshness.prom"
}

# --- Alert rules ----------------------------------------------------------------------------------

# rule_tests: what fires, in virtual time; the rules are evaluated each minute, as they are shipped
rule_tests() {
  cat <<'YAML'
rule_files: [freshness.rules.yml]
evaluation_interval: 1m
tests:
  - name: bravo is stale from minute 3 to 9, and the page says why; it ends five minutes after
    interval: 1m
    input_series:
      - {series: 'up{job="node",instance="one"}', values: '1x30'}
      - series: 'freshness_feed_page{job="node",instance="one",feed="alpha"}'
        values: '0x30'
      - series: 'freshness_feed_page{job="node",instance="one",feed="bravo"}'
        values: '0x2 1x6 0x20'
      - series: 'freshness_feed_info{job="node",instance="one",feed="bravo",
          freshness_status="fresh",reason_code="fresh",alert="none"}'
        values: '1x2 stale _x6 1x20'
      - series: 'freshness_feed_info{job="node",instance="one",feed="bravo",
          freshness_status="stale",reason_code="stale",alert="page"}'
        values: '_x3 1x3 stale'
      - series: 'freshness_feed_info{job="node",instance="one",feed="bravo",
          freshness_status="unknown",reason_code="feed_down",alert="page"}'
        values: '_x7 1x2 stale'
      - series: 'freshness_feed_info{job="node",instance="two",feed="bravo",
          freshness_status="unknown",reason_code="feed_missing",alert="page"}'
        values: '1x30'
      - {series: 'freshness_state_valid{job="node",instance="one"}', values: '1x30'}
      - series: 'freshness_last_evaluation_timestamp_seconds{job="node",instance="one"}'
        values: '0+60x30'
    promql_expr_test:
      - {expr: 'ALERTS', eval_time: 2m, exp_samples: []}
      - expr: 'ALERTS'
        eval_time: 3m
        exp_samples:
          - labels: 'ALERTS{alertname="FreshnessUnsafe",alertstate="pending",feed="bravo",
              instance="one",job="node",severity="page"}'
            value: 1
      - expr: 'ALERTS'
        eval_time: 13m
        exp_samples:
          - labels: 'ALERTS{alertname="FreshnessUnsafe",alertstate="firing",feed="bravo",
              instance="one",job="node",severity="page"}'
            value: 1
      - {expr: 'ALERTS', eval_time: 15m, exp_samples: []}
    alert_rule_test:
      - eval_time: 4m
        alertname: FreshnessUnsafe
        exp_alerts:
          - exp_labels: {feed: bravo, instance: one, job: node, severity: page}
            exp_annotations:
              runbook_url: 'https://github.com/OWNER/REPO/blob/main/INCIDENT.md#the-runbook'
              summary: 'Feed bravo is not safe to serve'
              description:
                'reason_code: stale. Run status on one: it shows the numbers and the next step.
                Fix the feed, and wait for a tick. The gate opens once the collector writes that
                tick. If nothing rewrites the state, run recover with the age of a tick you have
                seen.'
      # The same alert, not a second one: the reason is no label.
      - eval_time: 8m
        alertname: FreshnessUnsafe
        exp_alerts:
          - exp_labels: {feed: bravo, instance: one, job: node, severity: page}
            exp_annotations:
              runbook_url: 'https://github.com/OWNER/REPO/blob/main/INCIDENT.md#the-runbook'
              summary: 'Feed bravo is not safe to serve'
              description:
                'reason_code: feed_down. Run status on one: it shows the numbers and the next
                step. Fix the feed, and wait for a tick. The gate opens once the collector writes
                that tick. If nothing rewrites the state, run recover with the age of a tick you
                have seen.'
  - name: a feed that flaps is one page, from its first minute to five minutes after its last
    interval: 1m
    input_series:
      - {series: 'up{job="node"}', values: '1x40'}
      - {series: 'freshness_last_evaluation_timestamp_seconds', values: '0+60x40'}
      - {series: 'freshness_feed_page{feed="bravo"}', values: '0 1 1 0 0 0 1 1 0x30'}
    promql_expr_test:
      - expr: 'count_over_time(ALERTS{alertstate="firing"}[7m:1m])'
        eval_time: 9m
        exp_samples:
          - labels: '{alertname="FreshnessUnsafe",alertstate="firing",feed="bravo",severity="page"}'
            value: 8
      - {expr: 'ALERTS', eval_time: 21m, exp_samples: []}
  - name: a feed that is never unsafe for a whole minute pages all the same, and the page does not
      call it unsafe
    interval: 1m
    input_series:
      - {series: 'up{job="node"}', values: '1x40'}
      - {series: 'freshness_last_evaluation_timestamp_seconds', values: '0+60x40'}
      - {series: 'freshness_feed_page{feed="bravo"}', values: '0 1 0 1 0 1 0 0x30'}
      - {series: 'freshness_feed_page{feed="charlie"}', values: '0 1 0 0 0 0 0 0x30'}
    promql_expr_test:
      - {expr: 'ALERTS{alertstate="firing"}', eval_time: 3m, exp_samples: []}
      - expr: 'ALERTS{alertstate="firing"}'
        eval_time: 6m
        exp_samples:
          - labels: 'ALERTS{alertname="FreshnessUnsafe",alertstate="firing",feed="bravo",
              severity="page"}'
            value: 1
      - {expr: 'ALERTS', eval_time: 30m, exp_samples: []}
    alert_rule_test:
      - eval_time: 6m
        alertname: FreshnessUnsafe
        exp_alerts:
          - exp_labels: {feed: bravo, severity: page}
            exp_annotations:
              runbook_url: 'https://github.com/OWNER/REPO/blob/main/INCIDENT.md#the-runbook'
              summary: 'Feed bravo flaps between safe and not safe'
              description:
                'reason_code: not known. Run status on : it shows the numbers and the next step.
                Fix the feed, and wait for a tick. The gate opens once the collector writes that
                tick. If nothing rewrites the state, run recover with the age of a tick you have
                seen.'
  - name: while a market is closed nobody is paged, also if a tick comes now and then; the first
      tick that is due and does not come is paged
    interval: 1m
    input_series:
      - {series: 'up{job="node"}', values: '1x40'}
      - {series: 'freshness_last_evaluation_timestamp_seconds', values: '0+60x40'}
      - {series: 'freshness_feed_safe_to_serve{feed="alpha"}', values: '0x40'}
      - {series: 'freshness_feed_page{feed="alpha"}', values: '0x19 1x20'}
      - {series: 'freshness_feed_safe_to_serve{feed="bravo"}', values: '1 0 1 0 1 0 1 0 1 0x31'}
      - {series: 'freshness_feed_page{feed="bravo"}', values: '0x40'}
    promql_expr_test:
      - expr: 'count_over_time(ALERTS[20m:1m])'
        eval_time: 19m
        exp_samples: []
      - expr: 'ALERTS'
        eval_time: 21m
        exp_samples:
          - labels: 'ALERTS{alertname="FreshnessUnsafe",alertstate="firing",feed="alpha",
              severity="page"}'
            value: 1
  - name: a host with an older Freshness does not say whom to page; it pages for each unsafe feed
    interval: 1m
    input_series:
      - {series: 'up{job="node"}', values: '1x20'}
      - {series: 'freshness_last_evaluation_timestamp_seconds', values: '0+60x20'}
      - {series: 'freshness_feed_safe_to_serve{instance="old",feed="bravo"}', values: '0x20'}
      - {series: 'freshness_feed_safe_to_serve{instance="new",feed="bravo"}', values: '0x20'}
      - {series: 'freshness_feed_page{instance="new",feed="bravo"}', values: '0x20'}
    promql_expr_test:
      - expr: 'ALERTS'
        eval_time: 1m
        exp_samples:
          - labels: 'ALERTS{alertname="FreshnessUnsafe",alertstate="firing",feed="bravo",
              instance="old",severity="page"}'
            value: 1
    alert_rule_test:
      - eval_time: 1m
        alertname: FreshnessUnsafe
        exp_alerts:
          - exp_labels: {feed: bravo, instance: old, severity: page}
            exp_annotations:
              runbook_url: 'https://github.com/OWNER/REPO/blob/main/INCIDENT.md#the-runbook'
              summary: 'Feed bravo is not safe to serve'
              description:
                'reason_code: not known. Run status on old: it shows the numbers and the next
                step. Fix the feed, and wait for a tick. The gate opens once the collector writes
                that tick. If nothing rewrites the state, run recover with the age of a tick you
                have seen.'
  - name: the timer died; the collector goes on serving the last file, in which all is well
    interval: 1m
    input_series:
      - {series: 'up{job="node"}', values: '1x20'}
      - {series: 'freshness_feed_safe_to_serve{feed="alpha"}', values: '1x20'}
      - {series: 'freshness_state_valid', values: '1x20'}
      - {series: 'freshness_last_evaluation_timestamp_seconds', values: '0 60 120x20'}
    promql_expr_test:
      - {expr: 'ALERTS', eval_time: 7m, exp_samples: []}
      - expr: 'ALERTS'
        eval_time: 8m
        exp_samples:
          - labels: 'ALERTS{alertname="FreshnessNotEvaluated",alertstate="pending",severity="page"}'
            value: 1
      - expr: 'ALERTS'
        eval_time: 9m
        exp_samples:
          - labels: 'ALERTS{alertname="FreshnessNotEvaluated",alertstate="firing",severity="page"}'
            value: 1
  - name: an evaluation from the future is no evaluation
    interval: 1m
    input_series:
      - {series: 'up{job="node"}', values: '1x20'}
      - {series: 'freshness_last_evaluation_timestamp_seconds', values: '86400x20'}
    promql_expr_test:
      - expr: 'ALERTS'
        eval_time: 1m
        exp_samples:
          - labels: 'ALERTS{alertname="FreshnessNotEvaluated",alertstate="firing",severity="page"}'
            value: 1
  - name: of three hosts one has no such series, and one does not answer
    interval: 1m
    input_series:
      - {series: 'up{job="node",instance="one"}', values: '1x20'}
      - {series: 'up{job="node",instance="two"}', values: '1x20'}
      - {series: 'up{job="node",instance="three"}', values: '0x20'}
      - {series: 'up{job="other",instance="four"}', values: '1x20'}
      - series: 'freshness_last_evaluation_timestamp_seconds{job="node",instance="one"}'
        values: '0+60x20'
    promql_expr_test:
      - expr: 'count by (alertstate, instance) (ALERTS)'
        eval_time: 1m
        exp_samples:
          - labels: '{alertstate="firing",instance="two"}'
            value: 1
          - labels: '{alertstate="firing",instance="three"}'
            value: 1
  - name: no job of that name
    interval: 1m
    input_series:
      - {series: 'up{job="node-exporter",instance="one"}', values: '1x20'}
    promql_expr_test:
      - expr: 'ALERTS'
        eval_time: 1m
        exp_samples:
          - labels: 'ALERTS{alertname="FreshnessNotEvaluated",alertstate="firing",job="node",
              severity="page"}'
            value: 1
    alert_rule_test:
      - eval_time: 1m
        alertname: FreshnessNotEvaluated
        exp_alerts:
          - exp_labels: {job: node, severity: page}
            exp_annotations:
              runbook_url: 'https://github.com/OWNER/REPO/blob/main/README.md#alert'
              summary: 'Freshness was not evaluated on any host in the last 5 minutes'
              description:
                'All other freshness metrics are stale or missing; do not trust them. Check
                freshness.timer (or freshness-watch.service), node_exporter,
                node_textfile_scrape_error, and compare the clocks of this host and the Prometheus
                server.'
  - name: the series disappears, and comes back
    interval: 1m
    input_series:
      - {series: 'up{job="node",instance="one"}', values: '1x20'}
      - series: 'freshness_last_evaluation_timestamp_seconds{job="node",instance="one"}'
        values: '0+60x3 stale _x5 600+60x5'
    promql_expr_test:
      - {expr: 'ALERTS', eval_time: 3m, exp_samples: []}
      - expr: 'ALERTS'
        eval_time: 5m
        exp_samples:
          - labels: 'ALERTS{alertname="FreshnessNotEvaluated",alertstate="firing",instance="one",
              job="node",severity="page"}'
            value: 1
      - {expr: 'ALERTS', eval_time: 11m, exp_samples: []}
  - name: the state cannot be evaluated until minute 5; what is inhibited ends before what inhibits
      it
    interval: 1m
    input_series:
      - {series: 'up{job="node"}', values: '1x20'}
      - {series: 'freshness_state_valid', values: '0x5 1x20'}
      - {series: 'freshness_feed_page{feed="bravo"}', values: '1x5 0x20'}
      - {series: 'freshness_last_evaluation_timestamp_seconds', values: '0+60x20'}
    promql_expr_test:
      - {expr: 'ALERTS{alertstate="firing"}', eval_time: 0m, exp_samples: []}
      - expr: 'count by (alertname) (ALERTS{alertstate="firing"})'
        eval_time: 1m
        exp_samples:
          - labels: '{alertname="FreshnessStateInvalid"}'
            value: 1
          - labels: '{alertname="FreshnessUnsafe"}'
            value: 1
      - expr: 'count by (alertname) (ALERTS{alertstate="firing"})'
        eval_time: 9m
        exp_samples:
          - labels: '{alertname="FreshnessStateInvalid"}'
            value: 1
          - labels: '{alertname="FreshnessUnsafe"}'
            value: 1
      - expr: 'count by (alertname) (ALERTS{alertstate="firing"})'
        eval_time: 11m
        exp_samples:
          - labels: '{alertname="FreshnessStateInvalid"}'
            value: 1
      - {expr: 'ALERTS', eval_time: 13m, exp_samples: []}
  - name: a ticket after 5 minutes of a feed that is late or whose limit was loosened; not safe is a
      page, not a ticket
    interval: 1m
    input_series:
      - {series: 'up{job="node"}', values: '1x20'}
      - {series: 'freshness_feed_page{feed="alpha"}', values: '0x20'}
      - {series: 'freshness_feed_page{feed="charlie"}', values: '1x20'}
      - series: 'freshness_feed_info{feed="alpha",freshness_status="fresh",reason_code="fresh",
          alert="none"}'
        values: '1x2 stale'
      - series: 'freshness_feed_info{feed="alpha",freshness_status="fresh",reason_code="fresh",
          alert="ticket"}'
        values: '_x3 1x20'
      - series: 'freshness_feed_info{feed="charlie",freshness_status="stale",reason_code="stale",
          alert="page"}'
        values: '1x20'
      - {series: 'freshness_last_evaluation_timestamp_seconds', values: '0+60x20'}
    promql_expr_test:
      - {expr: 'ALERTS{severity="ticket"}', eval_time: 2m, exp_samples: []}
      - expr: 'ALERTS{severity="ticket"}'
        eval_time: 7m
        exp_samples:
          - labels: 'ALERTS{alertname="FreshnessTicket",alertstate="pending",feed="alpha",
              severity="ticket"}'
            value: 1
      - expr: 'ALERTS{severity="ticket"}'
        eval_time: 8m
        exp_samples:
          - labels: 'ALERTS{alertname="FreshnessTicket",alertstate="firing",feed="alpha",
              severity="ticket"}'
            value: 1
      - expr: 'ALERTS{severity="page"}'
        eval_time: 8m
        exp_samples:
          - labels: 'ALERTS{alertname="FreshnessUnsafe",alertstate="firing",feed="charlie",
              severity="page"}'
            value: 1
YAML
}

# turned NAME SED: the tests must be able to fail: with this change of the rules, the same tests
# find it
turned() {
  mkdir -p "$site/turned"
  cp "$site/rules-test.yml" "$site/turned/"
  sed "$2" "$site/freshness.rules.yml" >"$site/turned/freshness.rules.yml"
  like "promtool test rules fails when $1" "$2" \
    "$(said promtool test rules "$site/turned/rules-test.yml")" '*FAILED* exit 1'
}

rules_checks() {
  check 'the rules are tested to the letter' freshness.rules.yml \
    "$(said cmp "$root/data/monitoring/freshness.rules.yml" "$site/freshness.rules.yml")" ' exit 0'
  like 'promtool check rules accepts the rules' freshness.rules.yml \
    "$(said promtool check rules "$site/freshness.rules.yml")" '*SUCCESS: 4 rules found* exit 0'
  rule_tests >"$site/rules-test.yml"
  like 'promtool test rules passes' rules-test.yml \
    "$(said promtool test rules "$site/rules-test.yml")" '*SUCCESS* exit 0'
  turned 'who need not be paged is paged' 's/feed_page == 1/feed_page == 0/'
  turned 'a market that is closed is paged' 's/feed_page == 1/feed_safe_to_serve == 0/'
  turned 'a tick now and then is a flap' \
    's/changes(freshness_feed_page/changes(freshness_feed_safe_to_serve/'
  turned 'an older Freshness pages nobody' '/unless freshness_feed_page/d'
  turned 'a page ends with its first good minute' '/keep_firing_for: 5m/d'
  turned 'the page of an invalid state ends first' 's/keep_firing_for: 6m/keep_firing_for: 1m/'
  turned 'nobody looks for flaps' '/or changes/d'
  # shellcheck disable=SC2016 # the template's
  turned 'the reason is taken of another host' \
    's/{instance=%q,feed=%q}" $labels.instance/{feed=%q}"/'
  turned 'a host that does not answer is left out' \
    's/up{job="node"} unless/up{job="node"} == 1 unless/'
  turned 'a job that is not there is left out' '/or absent/d'
}

# --- From Prometheus through Alertmanager to the pager --------------------------------------------

# The pager: a web server that writes a line for each alert that it is sent: PATH STATUS ALERTNAME
# FEED REASON
pager_program() {
  cat <<'PY'
import http.server, json, re, sys

class Pager(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        for alert in body["alerts"]:
            labels = alert["labels"]
            description = alert["annotations"].get("description", "")
            found = re.search("reason_code: ([a-z_]+)", description)
            reason = found[1] if found else "-"
            words = alert["status"], labels["alertname"], labels.get("feed", "-"), reason
            print(self.path, *words, file=open(sys.argv[1], "a"))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *words):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Pager)
print("Listening on address=127.0.0.1:%d" % server.server_port, flush=True)
server.serve_forever()
PY
}

# hours ZONE DAYS FROM TO [FROM TO]: sessions on these weekdays, from and to so many minutes from
# now, as a calendar writes them
hours() {
  local zone=$1 days=$2 now from to each sessions=''
  shift 2
  now=$(TZ="$zone" date +'%-H * 60 + %-M')
  while [[ $# -gt 0 ]]; do
    from=$(((now + $1 + 1440) % 1440)) to=$(((now + $2 + 1440) % 1440))
    shift 2
    if ((from < to)); then
      each="$from $to"
    else
      each="$from 1440 0 $to" # a session through midnight is two entries
    fi
    # shellcheck disable=SC2086 # words on purpose
    set -- $each - "$@"
    while [[ $1 != - ]]; do
      if (($1 < $2)); then
        sessions+=$(printf ', "%s %02d:%02d-%02d:%02d"' "$days" $(($1 / 60)) $(($1 % 60)) \
          $(($2 / 60)) $(($2 % 60)))
      fi
      shift 2
    done
    shift
  done
  echo "${sessions#, }"
}

# calendar NAME ZONE NOW: what that market does now: open, closed, lunch, holiday, weekend; ended is
# closed for three minutes, and opening opens at the minute after the next
calendar() {
  local name=$1 zone=$2 minutes='-120 120' days=Mon-Sun dates='' each
  case $3 in
    open) ;;
    closed) minutes='120 240' ;;
    lunch) minutes='-120 -30 30 120' ;;
    ended) minutes='-120 -3' ;;
    opening) minutes='2 120' ;;
    holiday)
      for each in -1 0 1; do
        dates+=", \"$(TZ=$zone date -d "$each days" +%F)\": []"
      done
      ;;
    weekend) days=$(LC_ALL=C TZ="$zone" date -d '3 days' +%a) ;;
  esac
  # shellcheck disable=SC2086 # words on purpose
  printf '"%s": {"zone": "%s", "open": [%s], "dates": {%s}}' "$name" "$zone" \
    "$(hours "$zone" "$days" $minutes)" "${dates#, }"
}

# markets NEW_YORK HONG_KONG: the baseline, with this as what each market does now; fx-spot trades
# at any hour
markets() {
  printf '{"max_age_seconds": 90, "feeds": [{"name": "nyse-trades", "calendar": "nyse"},
  {"name": "hkex-trades", "calendar": "hkex"}, {"name": "fx-spot"}],
"calendars": {%s,\n  %s}}\n' "$(calendar nyse America/New_York "$1")" \
    "$(calendar hkex Asia/Hong_Kong "$2")" >"$site/feeds.json"
}

# office OPEN_FROM OPEN_TO: the shipped routes with seconds for minutes, and these as the hours of
# those who get the tickets. Alertmanager reads them anew, and forgets no alert.
office() {
  sed -e 's/monday:friday/sunday:saturday/' -e 's|location: .*|location: UTC|' \
    -e "s|times: \\[.*|times: [{start_time: '$1', end_time: '$2'}]|" \
    -e "s/127.0.0.1:9095/127.0.0.1:$pager/" -e 's/group_wait: 30s/group_wait: 1s/' \
    -e 's/group_interval: 1m/group_interval: 1s/' \
    "$site/alertmanager.yml" >"$site/alertmanager-now.yml"
  like "amtool check-config accepts an office from $1 to $2" alertmanager-now.yml \
    "$(said amtool check-config "$site/alertmanager-now.yml")" '*SUCCESS* exit 0'
  if [[ -n $alertmanager ]]; then
    mark
    http "$alertmanager" /-/reload POST
    mark_log=$(wc -l <"$site/alertmanager.log")
  fi
}

# office_is open|closed, by the time of day
office_is() {
  local hour
  hour=$(date -u +%-H)
  if [[ $1 == open ]]; then
    office 00:00 24:00
  elif ((hour < 12)); then
    office 18:00 19:00
  else
    office 05:00 06:00
  fi
}

# mark: from here on, arrived and flushed look only at what is new
mark() {
  mark_pager=$(wc -l <"$site/pages")
  mark_log=$(wc -l <"$site/alertmanager.log")
}

# arrived STATUS: what reached the pager since the mark with that status, each once
arrived() {
  tail -n "+$((mark_pager + 1))" "$site/pages" | sed -n "s#^/\([a-z]*\) $1 #\1 #p" | sort -u
}

arrived_names() {
  arrived "$1" | cut -d' ' -f1-3
}

# flushed COUNT WORD: whether Alertmanager has since sent off the group of the route with that word
# so often, as far as it may be
flushed() {
  [[ $(tail -n "+$((mark_log + 1))" "$site/alertmanager.log" | grep 'msg=flushing' |
    grep -c "aggrGroup=.*$2") -ge $1 ]]
}

# quiet NAME: Prometheus has the feeds of both markets as unsafe, the page of fx-spot has come
# through, and nothing of theirs is as much as pending
quiet() {
  check "$1: Prometheus has their feeds as unsafe" query \
    "$(seen nyse-trades 0 && seen hkex-trades 0 && echo unsafe)" unsafe
  check "$1: no alert of their feeds, not even one that is pending" "$(<"$site/feeds.json")" \
    "$(alerts)" 'FreshnessUnsafe fx-spot page'
  check "$1: nobody was paged for them" pages "$(arrived firing)" \
    'page FreshnessUnsafe fx-spot stale'
  check "$1: the gates are closed" 'gate --feed' "$(gate_says)" $'nyse-trades 2\nhkex-trades 2'
}

# gate_says: the verdict of the gate of each market's feed
gate_says() {
  local feed
  for feed in nyse-trades hkex-trades; do
    rc=0
    app gate --feed "$feed" --baseline "$site/feeds.json" --state "$state" >/dev/null 2>&1 || rc=$?
    echo "$feed $rc"
  done
}

# feeds NYSE HKEX FX [SECONDS]: a state in which the newest ticks are so old, and its metrics; both
# made at that second since 1970, or now
feeds() {
  local at replay=()
  at=$(date -u -d "@${4:-$(date +%s)}" +%FT%TZ)
  if [[ $# -gt 3 ]]; then
    replay=(--now "$at")
  fi
  printf '{"as_of": "%s", "max_age_seconds": 90, "feeds": [%s]}\n' "$at" \
    "$(printf '{"name": "%s", "alive": true, "last_tick_age_seconds": %s}, ' nyse-trades "$1" \
    hkex-trades "$2" fx-spot "$3" | sed 's/, $//')" >"$state.new"
  mv -f "$state.new" "$state"
  metrics ${replay[@]+"${replay[@]}"}
}

# metrics [OPTION...]: as the timer does, but for the exit code, which the systemd checks look at
metrics() {
  app status --baseline "$site/feeds.json" --state "$state" --format prometheus \
    --output "$textfiles/freshness.prom" "$@" >/dev/null 2>&1 || true
}

# alerts: what /api/v1/alerts lists (pending or firing), one a line: NAME FEED SEVERITY. No answer
# is not "no alert".
alerts() {
  local answer
  answer=$(http "$prometheus" /api/v1/alerts)
  if [[ $answer != '{"status":"success"'* ]]; then
    echo 'no answer'
  fi
  awk -v RS='{"labels":' '
    function label(name,   at) {
      at = index($0, "\"" name "\":\"")
      if (!at) {
        return "-"
      }
      s = substr($0, at + length(name) + 4)
      return substr(s, 1, index(s, "\"") - 1)
    }
    /"state":"(pending|firing)"/ {
      print label("alertname"), label("feed"), label("severity")
    }' <<<"$answer" | sort -u
}

# seen FEED VALUE: whether Prometheus has this in safe_to_serve
seen() {
  http "$prometheus" "/api/v1/query?query=freshness_feed_safe_to_serve%7Bfeed%3D%22$1%22%7D" |
    grep -q "\"value\":\\[[0-9.]*,\"$2\"\\]"
}

# inhibited: the alerts that Alertmanager holds back for another
inhibited() {
  http "$alertmanager" '/api/v2/alerts?inhibited=true' | python3 -c '
import json, sys
for alert in json.load(sys.stdin):
    labels = alert["labels"]
    if alert["status"]["inhibitedBy"]:
        print(labels["alertname"], labels.get("feed", "-"))' | sort
}

# route LABEL=VALUE...: the receiver that the shipped file names
route() {
  amtool config routes test --config.file="$root/data/monitoring/alertmanager.yml" "$@" 2>/dev/null
}

# with_templates COMMAND...: Debian's Alertmanager reads its templates where its package puts them.
# Where it was only unpacked, they are laid over that folder, in a namespace of its own.
with_templates() {
  local own=(unshare --mount)
  if [[ -e /usr/share/prometheus/alertmanager/default.tmpl ]]; then
    exec "$@"
  fi
  if [[ $EUID -ne 0 ]]; then
    own+=(--user --map-root-user)
  fi
  # shellcheck disable=SC2016 # expanded by the inner shell
  exec "${own[@]}" sh \
    -c 'mount -t overlay -o "lowerdir=$1:/usr/share" overlay /usr/share && shift && exec "$@"' \
    - "$site/tools/usr/share" "$@"
}

# shipped_routes: who gets what, by the file as it is shipped
shipped_routes() {
  like 'amtool check-config accepts the shipped routes' alertmanager.yml \
    "$(said amtool check-config "$root/data/monitoring/alertmanager.yml")" '*SUCCESS* exit 0'
  check 'amtool: a page goes to those on call, of a feed that no route names too' alertmanager.yml \
    "$(route alertname=FreshnessUnsafe severity=page \
    feed=nyse-trades) $(route alertname=FreshnessUnsafe severity=page feed=bravo)" 'on-call on-call'
  check 'amtool: a ticket goes to the tickets' alertmanager.yml \
    "$(route alertname=FreshnessTicket severity=ticket feed=nyse-trades)" tickets
  check 'amtool: what says that nobody knows goes to those on call' alertmanager.yml \
    "$(route alertname=FreshnessStateInvalid severity=page) \
$(route alertname=FreshnessNotEvaluated severity=page)" 'on-call on-call'
  check 'only tickets have hours' alertmanager.yml \
    "$(grep -B 1 'active_time_\|mute_time_' "$site/alertmanager.yml" | tr -s ' \n' ' ')" \
    ' receiver: tickets active_time_intervals: [office] '
}

# start_chain: the pager, Alertmanager and Prometheus, with healthy feeds
start_chain() {
  markets closed lunch
  : >"$site/pages"
  pager_program >"$site/pager.py"
  server pager python3 "$site/pager.py" "$site/pages"
  pager=$port alertmanager=''
  office_is closed
  server alertmanager with_templates prometheus-alertmanager \
    --config.file="$site/alertmanager-now.yml" --storage.path="$site/alerts" \
    --web.listen-address=127.0.0.1:0 --cluster.listen-address= --log.level=debug
  alertmanager=$port
  mark
  sed -e 's/for: 1m/for: 1s/' -e 's/for: 5m/for: 1s/' \
    -e 's/keep_firing_for: 1s/keep_firing_for: 12s/' \
    -e 's/keep_firing_for: 6m/keep_firing_for: 16s/' \
    -e 's/\[10m\]/[10s]/' "$site/freshness.rules.yml" >"$site/now.rules.yml"
  cat >"$site/prometheus.yml" <<YAML
global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
rule_files: [now.rules.yml]
alerting: {alertmanagers: [{static_configs: [{targets: ['127.0.0.1:$alertmanager']}]}]}
scrape_configs:
  - {job_name: node, static_configs: [{targets: ['127.0.0.1:$exporter']}]}
YAML
  like 'promtool check config accepts the live configuration' prometheus.yml \
    "$(said promtool check config "$site/prometheus.yml")" '*SUCCESS* exit 0'
  feeds 8 11 7
  server prometheus prometheus --config.file="$site/prometheus.yml" \
    --storage.tsdb.path="$site/tsdb" --web.listen-address=127.0.0.1:0
  prometheus=$port
  poll seen nyse-trades 1 ||
    give_up 'Prometheus scrapes node_exporter' query "$(tail -n 3 "$site/prometheus.log")" 1
  eventually 'healthy: no alert' /api/v1/alerts '' alerts
}

# hours_checks: markets that are closed, open, and recovered
hours_checks() {
  feeds 660 660 660
  eventually 'markets closed: the feed that trades at any hour is paged, with its reason' 'firing' \
    'page FreshnessUnsafe fx-spot stale' arrived firing
  quiet 'New York after hours, Hong Kong at lunch'
  markets open open
  metrics
  eventually 'markets open: the same state is paged' 'firing' \
    $'page FreshnessUnsafe fx-spot stale\npage FreshnessUnsafe hkex-trades stale\n'\
'page FreshnessUnsafe nyse-trades stale' arrived firing
  check 'markets open: the gates are as closed as before' 'gate --feed' "$(gate_says)" \
    $'nyse-trades 2\nhkex-trades 2'
  recovered $'page FreshnessUnsafe fx-spot stale\npage FreshnessUnsafe hkex-trades stale\n'\
'page FreshnessUnsafe nyse-trades stale'
  check 'recovered: the gates are open' 'gate --feed' "$(gate_says)" $'nyse-trades 0\nhkex-trades 0'
}

# recovered RESOLVED: every feed has a new tick, these pages are resolved, and no alert is left
recovered() {
  feeds 8 11 7
  eventually 'recovered: the pages are resolved' 'resolved' "$1" arrived resolved
  eventually 'recovered: no alert' /api/v1/alerts '' alerts
}

# due_checks: a feed that died before the close, and the first tick that is due
due_checks() {
  local opens
  opens=$(date +%s)
  if ((opens % 60 > 50)); then
    sleep 10 # else the minute may end before the calendar is written
    opens=$((opens + 10))
  fi
  opens=$((opens - opens % 60 + 120))
  markets ended opening
  mark
  feeds 1800 1800 7 "$((opens + 90))"
  eventually 'a feed that died before the close is paged; another is not yet due' firing \
    'page FreshnessUnsafe nyse-trades stale' arrived firing
  check 'Hong Kong has opened: no alert while the first tick may still come' \
    "$(<"$site/feeds.json")" "$(alerts)" 'FreshnessUnsafe nyse-trades page'
  feeds 1800 1800 7 "$((opens + 91))"
  eventually 'the first tick is due, and has not come: it is paged' firing \
    $'page FreshnessUnsafe hkex-trades stale\npage FreshnessUnsafe nyse-trades stale' arrived firing
  recovered $'page FreshnessUnsafe hkex-trades stale\npage FreshnessUnsafe nyse-trades stale'
}

# flap_checks: a feed that turns stale and fresh again, three times
flap_checks() {
  local round
  markets open open
  mark
  for round in 1 2 3; do
    feeds 660 11 7
    poll seen nyse-trades 0 || give_up 'a feed that flaps is seen' "round $round" '' 0
    feeds 8 11 7
    poll seen nyse-trades 1 || give_up 'a feed that flaps is seen' "round $round" '' 1
  done
  eventually 'a feed that flaps: its page is resolved in the end' 'resolved' \
    'page FreshnessUnsafe nyse-trades' arrived_names resolved
  check 'a feed that flaps three times is one page, and one resolution' pages \
    "$(tail -n "+$((mark_pager + 1))" "$site/pages" | cut -d' ' -f1-4)" \
    $'/page firing FreshnessUnsafe nyse-trades\n/page resolved FreshnessUnsafe nyse-trades'
  eventually 'a feed that flaps: no alert in the end' /api/v1/alerts '' alerts
}

# holiday_checks: a holiday and a weekend
holiday_checks() {
  markets holiday weekend
  mark
  feeds 660 660 660
  eventually 'a holiday and a weekend: the feed that trades at any hour is paged' 'firing' \
    'page FreshnessUnsafe fx-spot stale' arrived firing
  quiet 'New York on a holiday, Hong Kong on a weekend'
  recovered 'page FreshnessUnsafe fx-spot stale'
}

# office_checks: a ticket waits for the hours of those who get it
office_checks() {
  mark
  feeds 8 11 60
  poll flushed 3 ticket || give_up 'out of office: the route of tickets is tried' office \
    "$(tail -n 3 "$site/alertmanager.log")" 'three times'
  check 'out of office: no ticket' pages "$(arrived firing)" ''
  office_is open
  eventually 'in office: the ticket arrives' 'firing' 'ticket FreshnessTicket fx-spot -' \
    arrived firing
  recovered ''
}

# invalid_checks: a state that cannot be evaluated
invalid_checks() {
  mark
  printf '{' >"$state"
  metrics
  eventually 'an invalid state is paged at any hour' 'firing' 'page FreshnessStateInvalid - -' \
    arrived firing
  eventually 'an invalid state inhibits the pages of its feeds' '/api/v2/alerts' \
    $'FreshnessUnsafe fx-spot\nFreshnessUnsafe hkex-trades\nFreshnessUnsafe nyse-trades' inhibited
  feeds 8 11 7
  eventually 'an invalid state, repaired: it is resolved' 'resolved' \
    'page FreshnessStateInvalid - -' arrived resolved
  eventually 'an invalid state, repaired: no alert in the end' /api/v1/alerts '' alerts
  # Nothing but the inhibition holds back fx-spot. No new configuration in between: Alertmanager may
  # then notify before it reloads the inhibiting alert.
  check 'an invalid state: no feed was paged, before or after it was repaired' pages \
    "$(arrived firing)" 'page FreshnessStateInvalid - -'
}

# silence_checks: metrics that are old, gone or damaged
silence_checks() {
  mark
  feeds 8 11 7 "$(($(date +%s) - 600))"
  eventually 'an evaluation of 10 minutes ago is paged at any hour, though every feed reads 1' \
    'firing' 'page FreshnessNotEvaluated - -' arrived firing
  feeds 8 11 7
  eventually 'evaluated again: no alert' /api/v1/alerts '' alerts
  rm "$textfiles/freshness.prom"
  eventually 'no file: the host that has no series is paged' /api/v1/alerts \
    'FreshnessNotEvaluated - page' alerts
  metrics
  eventually 'written again: no alert' /api/v1/alerts '' alerts
  printf 'freshness_feed_safe_to_serve{feed="bravo" 1\n' >"$textfiles/freshness.prom"
  eventually 'a damaged file is paged' /api/v1/alerts 'FreshnessNotEvaluated - page' alerts
  check 'a damaged file: node_textfile_scrape_error is 1' /metrics "$(scrape_error)" 1
}

chain_checks() {
  if [[ -z ${exporter:-} ]]; then
    start_exporter
  fi
  shipped_routes
  start_chain
  hours_checks
  due_checks
  flap_checks
  holiday_checks
  office_checks
  invalid_checks
  silence_checks
  stop_all
}

# --- Nagios ---------------------------------------------------------------------------------------

# service_status: what Nagios knows, from its status file: "STATE output"
service_status() {
  awk -F= '/^servicestatus/ { inside = 1 } /^\t}/ { inside = 0 }
    inside && $1 ~ /current_state$/ { state = $2 }
    inside && $1 ~ /^\tplugin_output$/ {
      sub(/^[^=]*=/, "")
      print state, $0
    }' "$site/nagios/status.dat" 2>/dev/null
}

# nagios_verdict: the state and the output up to the colon
nagios_verdict() {
  service_status | sed 's/:.*/:/'
}

nagios_checks() {
  local n=$site/nagios user=nobody group=nogroup command
  if [[ $EUID -ne 0 ]]; then
    user=$(id -un) group=$(id -gn)
  fi
  mkdir -p "$n/spool"
  cp "$site/freshness.cfg" "$n/"
  # The parts of a site that the file relies on: the template, the host, and a contact, without
  # which Nagios does not start.
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
  # interval_length=1 makes a second of each minute in the block. Nothing is sent: no notification,
  # no look for updates.
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
  if [[ $EUID -eq 0 ]]; then
    chown -R "$user:$group" "$n"
  fi
  like 'nagios4 -v accepts the file' freshness.cfg \
    "$(said "${unprivileged[@]}" nagios4 -v "$n/nagios.cfg")" '*Total Errors:   0* exit 0'

  # A folder in which others can write: a compiler plugin that lies there would be loaded.
  mkdir -p "$site/poisoned/META-INF/services"
  echo Nobody >"$site/poisoned/META-INF/services/com.sun.source.util.Plugin"
  write_state healthy
  command=$(sed -n 's/^ *command_line *//p' "$site/freshness.cfg")
  like 'Nagios: the command takes nothing from the folder that it runs in' "$command" \
    "$(cd "$site/poisoned" && said sh -c "$command")" 'FRESHNESS OK:* exit 0'
  like 'Nagios: without its class path it would' "$command" \
    "$(cd "$site/poisoned" && said sh -c "${command/-cp \/dev\/null\/none/}")" '*Nobody* exit 1'
  "${unprivileged[@]}" nagios4 "$n/nagios.cfg" >"$site/nagios.log" 2>&1 &
  started="$started $!"
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
  stop_all
  like 'Nagios logged the hard states in this order' nagios.log "$(cat "$n/nagios.log")" \
    '*Freshness;CRITICAL;HARD;1;FRESHNESS CRITICAL: *Freshness;UNKNOWN;HARD;1;FRESHNESS UNKNOWN: *'\
'Freshness;OK;HARD;1;FRESHNESS OK: *'
}

# --- systemd --------------------------------------------------------------------------------------

# systemd_session: a user manager of its own, in its own control group and namespaces, with only
# these units and the basic ones. It sees no process but its own, and ends with the shell that
# started it. Prints "NAME: result" lines.
systemd_session() {
  cat <<'SH'
set -euo pipefail
site=$1 systemd=$2
state=$site/var/lib/freshness/state.json \
  metrics=$site/var/lib/prometheus/node-exporter/freshness.prom \
  board=$site/var/lib/freshness-board/board.html
own=$(mktemp -d "$site/systemd.XXXXXX")
mount -t cgroup2 none /sys/fs/cgroup
# systemd moves every process of the group that it sees as the root. Stop unless that group is our
# own: 0 stands for a process outside this namespace, and the one there is our own unshare.
[[ $(sed -n 's/^0:://p' /proc/self/cgroup) == / && $(grep -cx 0 \
  /sys/fs/cgroup/cgroup.procs) -le 1 ]]
mount -t tmpfs none /run
mkdir -p /run/systemd/system "$own/run"
export XDG_RUNTIME_DIR=$own/run XDG_CONFIG_HOME=$own HOME=$own \
  SYSTEMD_UNIT_PATH=$site/units:/usr/lib/systemd/user
unset DBUS_SESSION_BUS_ADDRESS JAVA_HOME
# each start of the source takes half of the time
export JDK_JAVA_OPTIONS="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"$systemd" --user --unit=hold.target --log-target=null --show-status=no >/dev/null 2>&1 &

# poll COMMAND...: until it succeeds, at most for 30 s
poll() {
  local end=$((SECONDS + 60))
  until "$@" >/dev/null 2>&1; do
    if ((SECONDS > end)); then
      return
    fi
    sleep 0.1
  done
}
is() {
  [[ $(show "$1" "$2") == "$3" ]]
}
show() {
  systemctl --user show -P "$2" "$1"
}
control() {
  systemctl --user "$@" >/dev/null 2>&1
}
put() {
  cp "$site/states/$1.json" "$state.new" && mv "$state.new" "$state"
}
safe() {
  grep -cE '^freshness_feed_safe_to_serve.* 1$' "$metrics"
}
safe_are() {
  [[ $(safe) == "$1" ]]
}
poll control is-active hold.target

# start NAME UNIT: what systemctl and systemd say, and whether the job ran
start() {
  local code=0
  rm -f "$site/published"
  control start "$2" || code=$?
  printf '%s: start %s, %s, %s' "$1" "$code" "$(show "$2" ActiveState)" "$(show "$2" Result)"
  if [[ $2 == publish* && -e $site/published ]]; then
    printf ', published'
  fi
  printf '\n'
  control reset-failed "$2" || true
}

for kind in healthy stale corrupt recovered; do
  put "$kind"
  rm -f "$metrics"
  start "publish $kind" publish.service
  start "metrics $kind" freshness.service
  printf 'file %s: %s\n' "$kind" "$(safe)"
done
put stale
start 'publish trap' publish-trap.service
for condition in 1 254 255 killed; do
  start "condition $condition" "publish-$condition.service"
done
mv "$site/opt/jdk-21" "$site/opt/jdk-away"
start 'publish without a JDK' publish.service
mv "$site/opt/jdk-away" "$site/opt/jdk-21"

rm -f "$metrics"
control start freshness.timer
poll test -e "$metrics"
printf 'timer: %s, %s\n' "$(show freshness.timer ActiveState)" "$(ls "${metrics%/*}")"

# The service that goes on writing, in place of the timer.
put healthy
rm -f "$metrics"
control start freshness-watch.service
poll safe_are 3
printf 'watch: %s, timer %s, safe %s\n' "$(show freshness-watch.service ActiveState)" \
  "$(show freshness.timer ActiveState)" "$(safe)"
for kind in stale:2 corrupt:0 recovered:3; do
  put "${kind%:*}"
  poll safe_are "${kind#*:}"
  printf 'watch %s: safe %s, restarts %s\n' "${kind%:*}" "$(safe)" \
    "$(show freshness-watch.service NRestarts)"
done
control kill -s KILL freshness-watch.service
poll is freshness-watch.service NRestarts 1
poll is freshness-watch.service ActiveState active
rm -f "$metrics"
poll safe_are 3
printf 'watch killed: %s, restarts %s, safe %s\n' "$(show freshness-watch.service ActiveState)" \
  "$(show freshness-watch.service NRestarts)" "$(safe)"
control stop freshness-watch.service
printf 'watch stopped: %s, %s\n' "$(show freshness-watch.service ActiveState)" \
  "$(show freshness-watch.service Result)"

# The page, in one process.
stale_are() {
  [[ $(grep -c '^<tr data-status="stale"' "$board") == "$1" ]]
}
put healthy
control start freshness-board.service
poll stale_are 0
put stale
poll stale_are 1
printf 'board: %s, not fresh %s, proves nothing by itself %s\n' \
  "$(show freshness-board.service ActiveState)" "$(grep -c '^<tr data-status="stale"' "$board")" \
  "$(grep -c '^<h1>Not proved</h1>$' "$board")"
control stop freshness-board.service
printf 'board stopped: %s, %s, left there: %s\n' "$(show freshness-board.service ActiveState)" \
  "$(show freshness-board.service Result)" "$(ls -A "${board%/*}")"

# Work that runs on. It has a child, and one that has left its session.
at_work() {
  local pid count=0
  for pid in $(cat "$site/workers" 2>/dev/null); do
    if kill -0 "$pid" 2>/dev/null; then
      count=$((count + 1))
    fi
  done
  echo "$count"
}
at_work_are() {
  [[ $(at_work) == "$1" ]]
}
# bound NAME: the work, its gate, and how many of the work's processes there are
bound() {
  printf '%s: work %s, gate %s %s, processes %s\n' "$1" "$(show publisher.service ActiveState)" \
    "$(show freshness-gate@bravo.service ActiveState)" \
    "$(show freshness-gate@bravo.service Result)" "$(at_work)"
}
# begin: healthy, and the work started
begin() {
  put healthy
  rm -f "$site/workers"
  control start publisher.service
  poll at_work_are 3
}
# settled: the work has stopped, and its gate has ended
over() {
  [[ $(show "$1" ActiveState) == @(inactive|failed) ]]
}
ended() {
  over publisher.service && over freshness-gate@bravo.service
}
settled() {
  poll ended
  poll at_work_are 0
}

begin
bound 'bound, open'
put stale
settled
bound 'bound, closed'
put healthy
sleep 3
bound 'bound, healthy again'
begin
bound 'bound, started again by hand'
control kill -s KILL --kill-whom=main freshness-gate@bravo.service ||
  control kill -s KILL --kill-who=main freshness-gate@bravo.service
settled
bound 'bound, gate killed'
begin
rm "$state"
settled
bound 'bound, no state'
begin
kill -s KILL "$(show publisher.service MainPID)"
settled
bound 'bound, work killed'
begin
control stop publisher.service
settled
bound 'bound, work stopped'
for kind in stale corrupt; do
  put "$kind"
  rm -f "$site/workers"
  code=0
  control start publisher.service || code=$?
  settled
  printf 'bound, %s: start %s, %s\n' "$kind" "$code" \
    "$(ls "$site/workers" 2>/dev/null || echo 'no work')"
done
put healthy
rm -f "$site/workers"
code=0
control start publisher-nobody.service || code=$?
printf 'bound to a feed that nobody knows: start %s, %s\n' "$code" \
  "$(ls "$site/workers" 2>/dev/null || echo 'no work')"
systemctl --user exit
SH
}

# private COMMAND...: becomes the command, in the control group $cgroup and in namespaces of its own
private() {
  [[ -n $cgroup && $EUID -eq 0 ]] && mkdir -p "$cgroup" || exit 1
  # shellcheck disable=SC2016 # expanded by the inner shell
  exec bash -c '
    echo $$ >"$1/cgroup.procs" &&
      shift &&
      exec unshare --cgroup --mount --pid --fork --kill-child --mount-proc "$@"' - "$cgroup" "$@"
}

# remove_cgroup: those that were in it need a moment to be gone
# shellcheck disable=SC2317 # called at the end
remove_cgroup() {
  if [[ -n $cgroup ]]; then
    poll gone_cgroup
  fi
}
# shellcheck disable=SC2317 # called at the end
gone_cgroup() {
  [[ ! -d $cgroup ]] || find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null
}

# own_systemd: the rows of a systemd that was started for them
own_systemd() {
  local mount pid row want got
  cgroup='' mount=$(findmnt -nt cgroup2 -o TARGET | head -n 1) || true
  if [[ -n $mount ]]; then
    cgroup=$mount$(sed -n 's/^0:://p' /proc/self/cgroup)/freshness-$$
  fi
  at_end remove_cgroup
  if ! (private true) 2>/dev/null; then
    leave_out 'systemd itself: it needs root and a control group of its own'
    return
  fi
  for systemd in /usr/lib/systemd/systemd /lib/systemd/systemd; do
    if [[ -x $systemd ]]; then
      break
    fi
  done
  systemd_session >"$site/session.sh"
  private bash "$site/session.sh" "$site" "$systemd" >"$site/session.log" 2>&1 &
  pid=$!
  started="$started $pid"
  wait "$pid" || true
  while IFS='|' read -r row want; do
    got=$(grep "^$row: " "$site/session.log" || tail -n 5 "$site/session.log")
    check "systemd: $row" "$site/session.log" "$got" "$row: $want"
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
watch|active, timer inactive, safe 3
watch stale|safe 2, restarts 0
watch corrupt|safe 0, restarts 0
watch recovered|safe 3, restarts 0
watch killed|active, restarts 1, safe 3
watch stopped|inactive, success
board|active, not fresh 1, proves nothing by itself 1
board stopped|inactive, success, left there: board.html
bound, open|work active, gate active success, processes 3
bound, closed|work inactive, gate failed exit-code, processes 0
bound, healthy again|work inactive, gate failed exit-code, processes 0
bound, started again by hand|work active, gate active success, processes 3
bound, gate killed|work inactive, gate failed signal, processes 0
bound, no state|work inactive, gate failed exit-code, processes 0
bound, work killed|work failed, gate inactive success, processes 0
bound, work stopped|work inactive, gate inactive success, processes 0
bound, stale|start 1, no work
bound, corrupt|start 1, no work
bound to a feed that nobody knows|start 1, no work
ROWS
}

systemd_checks() {
  local unit units command file
  for file in "$site"/units/*.{service,timer}; do
    unit=${file##*/}
    check "systemd-analyze verify accepts $unit" "$unit" \
      "$(said systemd-analyze verify --man=no "$file" | grep -e freshness -e publish -e ' exit' ||
      true)" ' exit 0'
  done
  like 'systemd-analyze calendar knows the time of the timer' freshness.timer \
    "$(said systemd-analyze calendar --iterations=1 \
    "$(sed -n 's/^OnCalendar=//p' "$site/units/freshness.timer")")" '*Normalized form: * exit 0'
  # With it, a blocked gate would let the job run; 'publish trap' below shows that.
  check 'publish.service has no SuccessExitStatus=' publish.service \
    "$(grep -c '^SuccessExitStatus' "$site/units/publish.service" || true)" 0

  # For the run: seconds for minutes, the trap that publish.service warns of, the exit codes of a
  # condition, and a target that keeps the units in memory, so that their results can be asked for.
  sed -i 's/^OnCalendar=.*/OnCalendar=*:*:*/' "$site/units/freshness.timer"
  sed -i 's/--watch 5/--watch 1/; s/^RestartSec=.*/RestartSec=1/' \
    "$site/units/freshness-watch.service" "$site/units/freshness-board.service"
  sed 's/^Type=oneshot$/&\nSuccessExitStatus=2/' "$site/units/publish.service" \
    >"$site/units/publish-trap.service"
  while IFS='|' read -r unit command; do
    sed "s#^ExecCondition=.*#ExecCondition=/bin/sh -c '$command'#" "$site/units/publish.service" \
      >"$site/units/publish-$unit.service"
  done <<'ROWS'
1|exit 1
254|exit 254
255|exit 255
killed|kill -9 $$$$
ROWS
  sed 's/bravo/nobody/' "$site/units/publisher.service" >"$site/units/publisher-nobody.service"
  units=$(cd "$site/units" && echo *[!@].service)
  cat >"$site/units/hold.target" <<UNIT
[Unit]
Description=Keep the others
After=$units freshness-gate@bravo.service freshness-gate@nobody.service
UNIT
  mkdir -p "$site/states"
  cp "$root/data/healthy.json" "$site/states/healthy.json"
  app scenario stale --feed bravo --output "$site/states/stale.json" >/dev/null
  app scenario corrupt --output "$site/states/corrupt.json" >/dev/null
  app recover --feed bravo --state "$site/states/stale.json" \
    --output "$site/states/recovered.json" >/dev/null
  own_systemd
}

# --- cron -----------------------------------------------------------------------------------------

# cron_run WORD: runs the line that holds the word as cron does: its shell, the variables of the
# file, nothing else
cron_run() {
  local line
  line=$(grep -F -- "$1" "$site/freshness.cron" | grep -v '^#' | cut -d' ' -f7-)
  rm -f "$published"
  out=$(said env -i HOME="$site/home" LOGNAME=root SHELL=/bin/sh PATH=/usr/bin:/bin \
    "$(grep '^JAVA_HOME=' "$site/freshness.cron")" /bin/sh -c "cd \"\$HOME\" && $line")
  if [[ -e $published ]]; then
    out="$out, published"
  fi
}

# own_cron: cron itself, with no file but this one, in namespaces of its own; it looks at the clock
# once a minute
own_cron() {
  local session
  # shellcheck disable=SC2016 # expanded by the inner shell
  session='set -e
    mount -t tmpfs none /var/spool
    mkdir -p /var/spool/cron/crontabs
    mount -t tmpfs none /run
    mount --bind "$1" /etc/cron.d
    : >"$2/crontab"
    if [ -e /etc/crontab ]; then
      mount --bind "$2/crontab" /etc/crontab
    fi
    shift 2
    exec "$@"'
  if [[ $EUID -ne 0 || ! -d /etc/cron.d ]] ||
    ! unshare --mount --pid --fork --kill-child sh -c "$session" - "$site/cron.d" "$site" true \
    2>/dev/null; then
    leave_out 'cron itself: it needs root, namespaces of its own and /etc/cron.d'
    return
  fi
  unshare --mount --pid --fork --kill-child sh -c "$session" - "$site/cron.d" "$site" cron \
    -f >"$site/cron.log" 2>&1 &
  started="$started $!"
  own_cron=yes
}

cron_checks() {
  # crontab -n looks a file over without installing it, and wants a spool: an empty one in a
  # namespace of its own. Only the files below /etc/cron.d have a user in them; cron itself reads
  # that one, below.
  # shellcheck disable=SC2016 # expanded by the inner shell
  local dry_run=(unshare --user --map-root-user --mount sh \
    -c 'mount -t tmpfs none /var/spool &&
      mkdir -p /var/spool/cron/crontabs &&
      exec crontab -n "$1"' -)
  if "${dry_run[@]:0:4}" true 2>/dev/null; then
    sed 's/ root / /' "$site/freshness.cron" >"$site/own.cron"
    like 'crontab -n accepts the lines' freshness.cron "$(said "${dry_run[@]}" "$site/own.cron")" \
      '*successfully checked* exit 0'
    printf '61 * * * * true\n' >"$site/bad.cron"
    like 'crontab -n refuses minute 61' bad.cron "$(said "${dry_run[@]}" "$site/bad.cron")" \
      '*bad minute* exit 1'
  else
    leave_out 'crontab -n: it cannot be given a spool here, a user namespace is needed'
  fi
  check 'no % in the cron lines: cron would cut there' freshness.cron \
    "$(grep -c % "$site/freshness.cron" || true)" 0

  rm -f "$textfiles/freshness.prom"
  write_state stale
  cron_run 'status'
  check 'cron: no mail each minute while bravo is stale' freshness.cron "$out" ' exit 2'
  check 'cron: the file is written while bravo is stale' freshness.cron \
    "$(safe_feeds <"$textfiles/freshness.prom")" 'alpha charlie'
  cron_run 'gate'
  like 'cron: a stale feed holds the job back, and the mail says why' freshness.cron "$out" \
    'GATE BLOCKED: bravo stale, 660s > 90s;*why: *next: * exit 2'
  write_state corrupt
  cron_run 'gate'
  like 'cron: a corrupt state holds the job back, and the mail says why' freshness.cron "$out" \
    'GATE BLOCKED: *state.json:* exit 3'
  write_state healthy
  cron_run 'gate'
  check 'cron: a healthy feed lets the job run, and nothing is mailed' freshness.cron "$out" \
    ' exit 0, published'

  # cron itself, on files of its own: each minute the job of a gate that is open, and not the one of
  # a gate that is closed.
  mkdir -p "$site/cron.d" "$site/cron.metrics"
  cp "$root/data/healthy.json" "$site/cron.json"
  sed -e 's#^5 7 \* \* 1-5#* * * * *#' -e "s#^JAVA_HOME=.*#&\nHOME=$site/home#" \
    -e "s#$state#$site/cron.json#g" -e "s#$textfiles#$site/cron.metrics#" \
    -e "s#&& .*#\&\& echo open >>$site/cron.jobs#" \
    "$site/freshness.cron" >"$site/cron.d/freshness"
  sed -n -e 's#--feed bravo#--feed nobody#' \
    -e "s#open >>.*#closed >>$site/cron.jobs; echo asked >>$site/cron.jobs#" \
    -e '/^[A-Z]/p; / closed /p' "$site/cron.d/freshness" >"$site/cron.d/closed"
  own_cron
}

# cron_end: what cron itself has done; the parts in between give it its minute
cron_end() {
  if [[ -z ${own_cron:-} ]]; then
    return
  fi
  eventually 'cron itself: the metrics are written' "$(cat "$site/cron.d/freshness")" \
    'alpha bravo charlie' cron_metrics
  eventually 'cron itself: the job of the open gate runs, and not the one of the closed gate' \
    "$(cat "$site"/cron.d/*)" $'asked\nopen' sort -u "$site/cron.jobs"
}
cron_metrics() {
  safe_feeds <"$site/cron.metrics/freshness.prom"
}

# --- Containers -----------------------------------------------------------------------------------

# No container runtime is needed for what a container takes away: contained runs a command as
# process 1 of namespaces of its own, as a user whom nobody knows, without HOME, without rights,
# with one variable and a root file system that cannot be written, /tmp included. Only /opt/classes
# can be.
contained() {
  local session
  # shellcheck disable=SC2016 # expanded by the inner shell
  session='set -e
    classes=$1
    path=$2
    shift 2
    mount --bind "$classes" "$classes"
    mount -o remount,bind,ro /
    mount -t proc proc /proc
    exec setpriv --reuid=1000620000 --regid=0 --clear-groups --no-new-privs \
      --bounding-set=-all --inh-caps=-all env -i PATH="$path" "$@"'
  unshare --mount --pid --fork --kill-child --net --ipc --uts sh -c "$session" \
    - "$site/opt/classes" "$site/opt/jdk-21/bin:/usr/bin:/bin" "$@"
}

# config_map DIRECTORY FILE...: writes them as Kubernetes mounts a ConfigMap: NAME -> ..data/NAME,
# ..data -> ..TIME, which vanishes
config_map() {
  local directory=$1 before time file
  shift
  time=..$(date +%Y_%m_%d_%H_%M_%S.%N)
  before=$(readlink "$directory/..data" || true)
  mkdir -p "$directory/$time"
  cp "$@" "$directory/$time/"
  chmod 755 "$directory" "$directory/$time"
  chmod 644 "$directory/$time"/* # a ConfigMap makes nothing executable
  ln -s "$time" "$directory/..data_tmp"
  mv -T "$directory/..data_tmp" "$directory/..data"
  for file; do
    ln -sfn "..data/${file##*/}" "$directory/${file##*/}"
  done
  if [[ -n $before ]]; then
    rm -r "${directory:?}/$before"
  fi
}

# commands: the commands of pod.yaml, one a line
commands() {
  sed -n 's/^ *command: //p' "$site/pod.yaml"
}

# command_of NUMBER: leaves that command of pod.yaml in command
command_of() {
  mapfile -d '' -t command < \
    <(commands | sed -n "$1p" |
    python3 -c 'import json, sys; print(*json.load(sys.stdin), sep="\0", end="\0")')
}

containers_checks() {
  local command=() probe=() claim=$site/var/lib/freshness-map next kind want watch
  mkdir -p "$site/opt/classes" "$site/map" "$claim"
  chmod 777 "$site/opt/classes"
  if [[ $EUID -ne 0 ]] || ! contained true 2>/dev/null; then
    leave_out 'containers: root and namespaces of its own are needed'
    return
  fi
  # shellcheck disable=SC2016 # expanded by the inner shell
  check 'contained: a user without a name, without HOME, and nothing to write to' contained \
    "$(contained sh -c '
      id -u
      echo "home: $HOME"
      for d in / /tmp "$1"; do
        if touch "$d/x" 2>/dev/null; then
          echo "$d can be written"
        fi
      done' - "$site")" $'1000620000\nhome: '
  sed -i "s#$site/var/lib/freshness/#$claim/#g" "$site/pod.yaml"
  sed -i "s#$site/opt/freshness/#$site/map/#g" "$site/pod.yaml"
  config_map "$site/map" "$root/Freshness.java" "$site/opt/freshness/baseline.json"

  command_of 1
  check 'pod.yaml: the init container compiles the program' "${command[*]}" \
    "$(said contained "${command[@]}")" ' exit 0'
  command_of 2
  # A JRE is a Java without a compiler: here it may see java.base alone.
  probe=("${command[0]}" --limit-modules java.base "${command[@]:1}")
  for kind in healthy stale corrupt; do
    rm -f "$site/state.json"
    case $kind in
      healthy) cp "$root/data/healthy.json" "$site/state.json" ;;
      stale) app scenario stale --feed bravo --output "$site/state.json" >/dev/null ;;
      corrupt) app scenario corrupt --output "$site/state.json" >/dev/null ;;
    esac
    config_map "$claim" "$site/state.json"
    case $kind in
      healthy) want='GATE OPEN: bravo fresh, 11s of 90s; allowed: publish_signal exit 0' ;;
      stale) want='GATE BLOCKED: bravo stale, 660s > 90s;* exit 2' ;;
      corrupt) want='GATE BLOCKED: *state.json:* exit 3' ;;
    esac
    like "pod.yaml: the probe, $kind, with a JDK" "${command[*]}" \
      "$(said contained "${command[@]}")" "$want"
    like "pod.yaml: the probe, $kind, with a JRE" "${probe[*]}" "$(said contained "${probe[@]}")" \
      "$want"
    like "the file itself, $kind" Freshness.java \
      "$(said contained java -cp /dev/null/none "$site/map/Freshness.java" gate --feed bravo \
      --action publish_signal --baseline "$site/map/baseline.json" \
      --state "$claim/state.json")" "$want"
    if [[ $kind == stale ]]; then
      like "the file itself, $kind, by a shell, without HOME for its cache" Freshness.java \
        "$(said contained sh "$site/map/Freshness.java" gate --feed bravo --action publish_signal \
        --baseline "$site/map/baseline.json" --state "$claim/state.json")" "$want"
      next=$(said contained "${probe[@]}" | sed -n 's/^ *next: //p')
      like 'a ConfigMap: what to do next names the link that stays' "$claim/state.json" "$next" \
        "*--state $claim/state.json *"
      check 'a ConfigMap: what to do next names no path that vanishes' "$claim/..data" \
        "$(grep -o '\.\.[2d][^ ]*' <<<"$next" || true)" ''
    fi
  done

  # Process 1: it sees the ConfigMap change under its links, and it ends when it is told to.
  cp "$root/data/healthy.json" "$site/state.json"
  config_map "$claim" "$site/state.json"
  contained "${probe[@]}" --watch 1 >"$site/watch.log" 2>&1 &
  watch=$!
  started="$started $watch"
  eventually 'gate --watch as process 1: open' "${probe[*]} --watch 1" \
    'GATE OPEN: bravo fresh, 11s of 90s; allowed: publish_signal' cat "$site/watch.log"
  app scenario stale --feed bravo --output "$site/stale.json" >/dev/null
  mv "$site/stale.json" "$site/state.json"
  config_map "$claim" "$site/state.json"
  rc=0
  wait "$watch" || rc=$?
  like 'gate --watch as process 1: it closes when the ConfigMap changes' "${probe[*]} --watch 1" \
    "$(cat "$site/watch.log") exit $rc" '*GATE BLOCKED: bravo stale, 660s > 90s;* exit 2'
  cp "$root/data/healthy.json" "$site/state.json"
  config_map "$claim" "$site/state.json"
  contained "${probe[@]}" --watch 1 >"$site/watch.log" 2>&1 &
  watch=$!
  started="$started $watch"
  eventually 'gate --watch as process 1: open again' "${probe[*]} --watch 1" \
    'GATE OPEN: bravo fresh, 11s of 90s; allowed: publish_signal' cat "$site/watch.log"
  kill "$(pgrep -P "$(pgrep -P "$watch")")" # unshare, below it process 1
  rc=0
  wait "$watch" || rc=$?
  check 'gate --watch as process 1: SIGTERM ends it, with 143' "${probe[*]} --watch 1" "$rc" 143
}

# --- All ------------------------------------------------------------------------------------------

begin monitoring
# In /tmp by name: Nagios and node_exporter run as nobody and must get there, and units cannot hold
# a path with spaces.
site=$(mktemp -d /tmp/freshness-monitoring.XXXXXX)
# shellcheck disable=SC2016 # expanded at the end
at_end 'rm -rf "$site"'
# shellcheck disable=SC2016 # expanded at the end
at_end 'if ((failed > 0)); then
  tail -n 20 "$site"/{node_exporter,prometheus,alertmanager,nagios}.log 2>/dev/null
fi'
readonly site state=$site/var/lib/freshness/state.json \
  textfiles=$site/var/lib/prometheus/node-exporter
readonly published=$site/published # written by the job that must be held back
export PATH=$PATH:/usr/sbin:/sbin:$site/tools/usr/bin:$site/tools/usr/sbin HOME=$site/home

parts=(metrics rules chain nagios cron systemd containers)
if [[ $# -gt 0 ]]; then
  parts=("$@")
fi
layout
programs
for part in "${parts[@]}"; do
  "${part}_checks"
done
cron_end
end_of_tests
