#!/usr/bin/env bash
# Starts ./Freshness.java as its users do, with and without its cache: from every shell, under every
# rule of trust, as other users, with other tools. The argument "long" adds what takes minutes: each
# length of a cut file, each shell, twenty first runs at once, builds that are killed, other JDKs.
# Each theme is a function; they are called at the end, in their order, and share one cache.
# Needs JAVA_HOME; OTHER_JAVA_HOMES may name further JDKs, separated by colons.
# The names that ls lists are known, and a PATH is meant to be local:
# shellcheck disable=SC2012,SC2030,SC2031
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
long=''
case " $* " in *' long '*) long=yes ;; esac
begin launcher
umask 022

# --- What all of them use -------------------------------------------------------------------------

# prepare_jdk: a copy of the program, and the JDK of these tests: a second path to the real one. Its
# java notes with what it was called
prepare_jdk() {
  app="$work/a copy"
  copy_program "$app"
  real=$JAVA_HOME
  mkdir -p "$work/bin" "$work/home" "$work/jdk/bin"
  # If STUB is set it starts nothing: a rule of trust is seen by what would be started. With
  # STUB=build it leaves what it is asked to build all the same, unless an option reaches it that is
  # not the launcher's; with STUB=bare it can make no archive, with STUB=unfit smoke fails.
  cp "$real/release" "$work/jdk"
  if [[ -x $real/bin/jwebserver ]]; then # by which the launcher tells 17 from a newer one
    ln -s "$real/bin/jwebserver" "$work/jdk/bin"
  fi
  cat >"$work/jdk/bin/java" <<end
#!/bin/sh
printf '%s\n' "\$*" >>"\${LOG:-/dev/null}"
case \$STUB,\$* in
  ,* | *,-version) ;;
  1,*' --version' | build,*' --version') echo 'freshness 1.0, Java 99' && exit 0 ;;
  1,*) exit 0 ;;
  *jdk.compiler* | *jdk.jartool* | *ArchiveClassesAtExit*)
    [ -z "\$JAVA_TOOL_OPTIONS\$JDK_JAVA_OPTIONS\$_JAVA_OPTIONS" ] || exit 1
    [ -z "\$JDK_JAVAC_OPTIONS\$CLASSPATH" ] || exit 1
    case \$* in
      *jartool*)
        while [ "\$1" != -f ]; do
          shift
        done
        cat '$work/sound.jar' >"\$2"
        ;;
      *AtExit*)
        [ "\$STUB" = bare ] || cat '$work/sound.jsa' >"\${1#*=}"
        [ "\$STUB" != unfit ] || exit 2
        ;;
    esac
    exit 0 ;;
  *) exit 0 ;;
esac
exec '$real/bin/java' "\$@"
end
  chmod +x "$work/jdk/bin/java"
  export HOME=$work/home JAVA_HOME=$work/jdk LOG=$work/log
  cache=$HOME/.cache/freshness
  javac=("$real/bin/javac" -J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC)
  cd "$app"
  cp data/healthy.json "$work/healthy.json"
}

# row NAME GOT WANT; row_like NAME GOT PATTERN
row() {
  check "launcher: $1" ./Freshness.java "$2" "$3"
}
row_like() {
  like "launcher: $1" ./Freshness.java "$2" "$3"
}

# start COMMAND...: how the launcher says that it started Java, and the exit code
start() {
  local rc=0
  : >"$LOG"
  "$@" >/dev/null 2>&1 </dev/null || rc=$?
  sed -n 's/.*-Dfreshness\.start=\(.*\) \(--source 17\|-Djdk\.launcher\).*/\1/p' "$LOG" | tr -d '\n'
  echo ", exit $rc"
}

entries() {
  find "$cache" -mindepth 1 -maxdepth 1 -name '*-*' 2>/dev/null | wc -l | tr -d ' '
}

# newest: sets entry, jar and archive to the newest entry of the cache
newest() {
  entry=$(ls -t "$cache"/*-* | head -n 1)
  jar=$cache/$(cut -d ' ' -f 1 "$entry")/program.jar
  archive=${jar%jar}jsa
}

# unnamed: the directories in the cache that no entry names
unnamed() {
  local each
  for each in "$cache"/classes.*; do
    if [[ -e $each ]] && ! grep -qs "^${each##*/} " "$cache"/*-*; then
      echo "${each##*/}"
    fi
  done
}

# resize: lets the entry say the sizes that its files have now
resize() {
  printf '%s %d %d\n' "$(cut -d ' ' -f 1 "$entry")" "$(wc -c <"$jar")" "$(wc -c <"$archive")" \
    >"$work/entry"
  cat "$work/entry" >"$entry"
}

# in_fast CASE REPRESENTATIVE...: whether this case runs: in the long form each does, in the fast
# one the representatives of its kind
in_fast() {
  local each
  [[ -z $long ]] || return 0
  for each in "${@:2}"; do
    [[ $each != "$1" ]] || return 0
  done
  return 1
}

# prepare_answers: what rows start, and what they compare with
prepare_answers() {
  status=(status)
  me=(./Freshness.java "${status[@]}")
  warm='cache, exit 0'
  asked='cachecache, exit 0' # twice: Java is asked before
  off='source, FRESHNESS_CACHE=off, or neither XDG_CACHE_HOME nor HOME is set'
  untrusted="source, cache directory is not trusted: $cache, exit 0"
  source_run=$(said "$real/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \
    -cp /dev/null/none Freshness.java "${status[@]}")
  nothing_built="source, could not build the cache in $cache, exit 0"
}

# --- The first run and the next -------------------------------------------------------------------

# first_run: the run that fills the cache, by someone whose new files their group may write
first_run() {
  row 'the run that fills the cache prints what java Freshness.java prints' \
    "$(umask 002; said "${me[@]}")" "$source_run"
  row 'it leaves one entry with its directory, and nothing else' \
    "$(find "$cache" -mindepth 1 | sed 's/.*[/]//; s/[[:alnum:]]*$//; s/[0-9a-f]\{64\}/N/' | sort |
    tr '\n' ' ')" \
    'N- classes. program. program. '
  newest
  row 'which names the directory and the sizes of its files' "$(cat "$entry")" \
    "$(cd "$cache" && echo classes.*) $(wc -c <"$jar" | tr -d ' ') $(wc -c <"$archive" | tr -d ' ')"
  row 'which others can read, and nobody else write' \
    "$(find "$HOME/.cache" \( -perm -20 -o -perm -2 -o -type f ! -perm -444 \))" ''
  row 'in directories that nobody else enters' \
    "$(find "$HOME/.cache" "$cache" -prune ! -perm 700)" ''
}

# next_run: the one after it; keeps what it found as the sound entry
next_run() {
  row 'the next run prints the same' "$(said "${me[@]}")" "$source_run"
  row 'it came from the cache' "$(start "${me[@]}")" "$warm"
  row 'and started Java once' "$(wc -l <"$LOG" | tr -d ' ')" 1
  mkdir "$work/sound"
  cp -pR "$cache"/* "$work/sound"
  cp "$jar" "$work/sound.jar"
  cp "$archive" "$work/sound.jsa"
  from_cache="-cp $jar -Dfreshness.start=cache -Djdk.launcher.sourcefile=./Freshness.java Freshness"
  # The options of a start from the cache, in the words of the JVM: how fast it is, is for
  # tests/tools/bench.sh.
  collector=Serial
  if [[ $("$real/bin/java" -version 2>&1) == *'"17'* ]]; then
    collector=G1
  fi
  want="-XX:+IgnoreUnrecognizedVMOptions -XX:SharedArchiveFile=$archive -Xlog:disable"
  want+=' -XX:-UsePerfData -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0'
  want+=" -XX:CompileThresholdScaling=3 -XX:TieredStopAtLevel=1 -XX:+Use${collector}GC"
  want+=" $from_cache ${status[*]}"
  row 'with these options' "$(cat "$LOG")" "$want"
  row 'its archive holds classes' "$(($(wc -c <"$archive") > 1000000))" 1
  head -c 20480000 /dev/zero >"$work/most.json"
  head -c 20480001 /dev/zero >"$work/large.json"
}

# compilers FILE: those with which a gate on that state is started, whichever way it is named
compilers() {
  : >"$LOG"
  STUB=1 ./Freshness.java gate --feed alpha --state "$1"
  STUB=1 ./Freshness.java gate --feed alpha "--state=$1"
  grep -o 'TieredStopAtLevel=.' "$LOG" | paste -sd ' ' -
}
# sizes_of_states: the size of a state decides how it is compiled
sizes_of_states() {
  row 'a small state is compiled quickly' "$(compilers data/healthy.json)" \
    'TieredStopAtLevel=1 TieredStopAtLevel=1'
  row 'one of 20,000 KB too' "$(compilers "$work/most.json")" \
    'TieredStopAtLevel=1 TieredStopAtLevel=1'
  row 'a larger one well' \
    "$(compilers "$work/large.json")" 'TieredStopAtLevel=4 TieredStopAtLevel=4'
  rm "$work/most.json" "$work/large.json"
}

# entries_by_jdk: each JDK has an entry, whatever its path
entries_by_jdk() {
  row 'another path to the same JDK has the same entry' \
    "$(JAVA_HOME=$real said "${me[@]}"; entries)" "$source_run"$'\n1'
  mkdir -p "$work/jdk of the day/bin"
  ln -s "$work/jdk/bin/java" "$work/jdk of the day/bin/java"
  { cat "$real/release" && echo 'PATCHED="yes"'; } >"$work/jdk of the day/release"
  row 'another JDK has none yet' "$(STUB=1 JAVA_HOME="$work/jdk of the day" start "${me[@]}")" \
    "source, could not build the cache in $cache, exit 0"
  row 'nothing is written beside the source' "$(ls -A)" "$(printf 'Freshness.java\ndata')"
}

# without_a_cache: where there is no cache: it starts from the source, and leaves nothing
without_a_cache() {
  row 'FRESHNESS_CACHE=off starts the source' \
    "$(STUB=1 HOME=$work/tmp FRESHNESS_CACHE=off start "${me[@]}")" "$off, exit 0"
  row 'and leaves nothing, not even a directory' "$(ls -A "$work/tmp")" ''
  row 'nor where another place is named' \
    "$(FRESHNESS_CACHE=off XDG_CACHE_HOME=here STUB=1 start "${me[@]}") $(ls -A | tr '\n' ' ')" \
    "$off, exit 0 Freshness.java data "
  : >"$LOG"
  FRESHNESS_CACHE=off STUB=1 ./Freshness.java gate --feed '*' ''
  want=$'-version\n-XX:TieredStopAtLevel=1 -cp /dev/null/none'
  want+=" -Dfreshness.start=$off --source 17 ./Freshness.java gate --feed * "
  row 'with these options, and the arguments as they are' "$(cat "$LOG")" "$want"
}

# variables_of_the_caller: empty variables are none, and the launcher's are its own
variables_of_the_caller() {
  row 'an empty JAVA_HOME is none' \
    "$(JAVA_HOME='' PATH=$work/jdk/bin:$PATH STUB=1 start "${me[@]}")" "$warm"
  row 'an empty XDG_CACHE_HOME is none' "$(XDG_CACHE_HOME='' STUB=1 start "${me[@]}")" "$warm"
  row 'a HOME that is not there is not made' \
    "$(HOME=$work/absent STUB=1 start "${me[@]}"; ls -d "$work/absent" 2>/dev/null)" \
    "source, there is no directory $work/absent, exit 0"
  row 'an empty HOME is none' "$(HOME='' STUB=1 start "${me[@]}")" "$off, exit 0"
  row "the launcher's own variables are its own" \
    "$(export why=not compilers=4 entry=no digests=no home=no users_options=no; STUB=1 start \
    "${me[@]}")" "$warm"
}

# --- The ways to start it -------------------------------------------------------------------------

# prepare_gate: a gate that is blocked, and what it says
prepare_gate() {
  ./Freshness.java scenario stale --feed bravo --output "$work/stale.json" >/dev/null
  gate=(gate --feed bravo --state "$work/stale.json")
  blocked=$(said ./Freshness.java "${gate[@]}")
  row 'a blocked gate is exit 2' "${blocked##* }" 2
}

# from_each_shell: every shell starts it and reads it
from_each_shell() {
  for shell in bash dash zsh fish sh 'busybox sh'; do
    if command -v "${shell% sh}" >/dev/null; then
      in_fast "$shell" sh zsh fish || continue
      # shellcheck disable=SC2086 # words
      row "from $shell" "$(said $shell -c "./Freshness.java$(printf " '%s'" "${gate[@]}")")" \
        "$blocked"
      # shellcheck disable=SC2086 # words
      [[ $shell == fish ]] || row "read by $shell" \
        "$(cd data && said $shell ../Freshness.java "${gate[@]}")" \
        "$(cd data && said ../Freshness.java "${gate[@]}")"
    else
      leave_out "starts from $shell, which is not on this machine"
    fi
  done
}

# from_other_environments: few variables, closed streams, a plain name
from_other_environments() {
  if [[ $long ]]; then
    row_like 'with an empty environment' "$(said env -i ./Freshness.java --version)" \
      'freshness 1.0, Java *exit 0'
  fi
  row 'with JAVA_HOME, HOME and nothing else' \
    "$(said env -i HOME="$HOME" JAVA_HOME="$JAVA_HOME" ./Freshness.java "${gate[@]}")" "$blocked"
  row 'where unset variables are errors' "$(said bash -u ./Freshness.java "${gate[@]}")" "$blocked"
  row 'where nobody can hear the verdict, with input and output closed' \
    "$(rc=0; ./Freshness.java gate --feed alpha --state "$work/healthy.json" <&- >&- 2>/dev/null ||
    rc=$?; echo "$rc")" 3
  row 'by a plain name' "$(said sh Freshness.java "${gate[@]}" | head -n 1)" "${blocked%%$'\n'*}"
}

# by_odd_names: Java takes a name that begins with - for an option, and one with @ for a file with
# arguments
by_odd_names() {
  echo --version >'@feed'
  echo --version >feed
  wanted=$(said ./Freshness.java gate --feed @feed --state "$work/healthy.json")
  for name in -x.java @x.java -x/y.java @x/y.java; do
    if [[ $name == *[/]* ]]; then
      mkdir "./${name%%/*}"
    fi
    cp Freshness.java "./$name"
    for from in cache off; do
      in_fast "$name $from" '-x.java cache' '@x/y.java cache' || continue
      row "by the name $name, with an argument that begins with @, from: $from" \
        "$(FRESHNESS_CACHE=$from said sh -- "$name" gate --feed @feed --state "$work/healthy.json" \
          --baseline data/healthy.json)" "$wanted"
    done
    rm -r "./${name%%/*}"
  done
  rm '@feed' feed
}

# from_a_pipe: what is read from a pipe cannot be read twice
from_a_pipe() {
  row 'not from a pipe, which cannot be read twice' \
    "$(said bash -c 'bash <(cat ./Freshness.java) status')" \
    'freshness: run it as a file: a pipe cannot be read twice exit 3'
  mkdir "$work/trap"
  printf 'launch() {\necho planted; exit 0\n}\n# */\n' >"$work/trap/sh"
  cp "$work/trap/sh" "$work/trap/bash"
  for shell in sh bash; do
    row "nor when it is piped into $shell, which would read a file of that name" \
      "$(cd "$work/trap" && said "$shell" -c "$shell -s status <'$app/Freshness.java'")" \
      'freshness: run it as a file: a pipe cannot be read twice exit 3'
  done
}

# through_other_programs: by env, xargs, find, a link, and from elsewhere
through_other_programs() {
  row 'through env' "$(said env ./Freshness.java "${gate[@]}")" "$blocked"
  row 'through xargs' "$(printf '%s\0' "${gate[@]}" | xargs -0 ./Freshness.java 2>&1 | head -n 1 ||
    true)" "${blocked%%$'\n'*}"
  row 'through find -exec' "$(find . -name Freshness.java -exec {} "${gate[@]}" \; 2>&1)" \
    "${blocked% exit 2}"
  ln -s "$app/Freshness.java" "$work/bin/freshness"
  here=$(cd "$work" && "./a copy/Freshness.java" "${status[@]}")
  row 'from another directory, in a path with a space' "${here%%$'\n'*}" \
    'FRESHNESS OK: 3 of 3 feeds fresh and safe to serve'
  row 'through a link on the PATH, from /' \
    "$(cd / && PATH="$work/bin:$PATH" said freshness "${status[@]}")" \
    "$(cd / && said "$app/Freshness.java" "${status[@]}")"
}

# odd_arguments: arguments arrive as they are
odd_arguments() {
  for word in 'two words' "it's" 'a"b' '*' $'two\nlines' "\$HOME" "\\" ''; do
    in_fast "$word" "it's" $'two\nlines' '' || continue
    row "the argument $(printf %q "$word") arrives as it is" \
      "$(said ./Freshness.java gate --feed "$word" --state "$work/healthy.json")" \
      "$(said "$real/bin/java" -cp "$jar" -Dfreshness.start=cache \
      -Djdk.launcher.sourcefile="$app/Freshness.java" Freshness \
      gate --feed "$word" --state "$work/healthy.json")"
  done
}

# handed_over: the launcher is gone once Java runs
handed_over() {
  background "$work/watch" ./Freshness.java status --state "$work/healthy.json" --watch 60
  poll has 1 'FRESHNESS OK' "$work/watch" || true
  row 'it hands over with exec' "$(ps -o comm= -p "$pid")" java
  signalled "$pid" TERM
  row 'a signal reaches the program' "$rc" 143
}

# --- A file that was cut --------------------------------------------------------------------------

# cut_at SHELL LENGTH...: the lengths at which the file, cut there, does not end with 3 and without
# output; in line 1: ends with 0
cut_at() {
  local shell=$1 at rc
  shift
  for at; do
    head -c "$at" Freshness.java >"$work/cut.java"
    rc=0
    # shellcheck disable=SC2086 # words
    FRESHNESS_CACHE=off $shell "$work/cut.java" status >"$work/cut.out" 2>/dev/null </dev/null ||
      rc=$?
    if [[ -s $work/cut.out || $rc == 0 ]] || ((rc != 3 && at >= line)); then
      echo "$at: exit $rc"
    fi
  done
}
# cut_files: cut at lengths all over the file, more of them near its ends
cut_files() {
  size=$(wc -c <Freshness.java)
  line=$(head -n 1 Freshness.java | wc -c)
  shell_lines=$(sed -n '/^\/\* ---- Launcher/,$p' Freshness.java | wc -c)
  step=97
  far=9973
  shells=(sh)
  if [[ $long ]]; then
    step=7
    far=997
    shells=(dash bash zsh 'busybox sh')
  fi
  for shell in "${shells[@]}"; do
    if ! command -v "${shell% sh}" >/dev/null; then
      continue
    fi
    if [[ $shell != dash && $long ]]; then
      step=61
    fi
    # shellcheck disable=SC2046 # numbers
    row "cut at any length, by steps of $step, it ends with 3 and no output: $shell" \
      "$(cut_at "$shell" $(seq 1 $((step > 5 ? 5 : 1)) "$line") \
      $(seq "$line" "$step" $((line + 1000))) $(seq $((line + 1000)) $far "$size") \
      $(seq $((size - shell_lines)) "$step" $((size - 2))))" ''
  done

  head -c $((size - 99)) Freshness.java >"$work/cut.java"
  row 'also where nobody hears it' "$(rc=0; sh "$work/cut.java" status 2>&- || rc=$?; echo "$rc")" 3
}

# --- JVM options ----------------------------------------------------------------------------------

variables=(JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS)
clear='clear it: env -u JAVA_TOOL_OPTIONS -u JDK_JAVA_OPTIONS -u _JAVA_OPTIONS'
clear+=" sh './Freshness.java' ..."

# next_variable: sets variable to another one of the three
turn=0
next_variable() {
  turn=$(((turn + 1) % 3))
  variable=${variables[turn]}
}

# refused VALUE SHOWN: prints the variable if that value is not exit 3 and one line that names
# the word as SHOWN, without a start of Java: one of the three, in turn, or in the long run each.
# Run by the shell whose words are in through.
through=()
refused() {
  local got want variable tried=("$variable")
  if [[ $long ]]; then
    tried=("${variables[@]}")
  fi
  for variable in "${tried[@]}"; do
    : >"$LOG"
    got=$(said env "$variable=$1" ${through[@]+"${through[@]}"} ./Freshness.java "${gate[@]}"
    cat "$LOG")
    want="freshness: $variable holds an option that is not known to be harmless: $2; $clear exit 3"
    [[ $got == "$want" ]] || echo "$variable: $got"
  done
}
# options_to_refuse: one a line
options_to_refuse() {
  cat <<'end'
-Xshare:dump
-XX:+DumpSharedSpaces
-XX:+PrintFlagsInitial
-XX:+PrintFlagsRanges
-XX:+PrintSharedArchiveAndExit
-XX:+UnlockExperimentalVMOptions
-XX:+UnlockDiagnosticVMOptions
-Xmx64m -XX:+EnableJVMCI
-Xmx64m -XX:JVMCILibDumpJNIConfig=f
-Xmx64m -XX:+ReplayCompiles
-XX:VMOptionsFile=file
-XX:Flags=file
-XX:AOTMode=create
-Xinternalversion
-Xlog:help
-Xlog:gc
-Xint
-agentlib:jdwp=help
-javaagent:x.jar
--list-modules
--validate-modules
--describe-module
-d
--help
-version
--source
-cp
-jar
-Xmx64m @file
-Djdk.launcher.sourcefile=/tmp/Freshness.java
-Djava.class.path=/tmp
-Djava.io.tmpdir
-Djava.io.tmpdir.x=/tmp
-Duser.timezone=
-Dx=y
-XX:+HeapDumpOnOutOfMemoryError
-XX:OnOutOfMemoryError=ls
-Xrs
-Xmx
-Xmxm
-Xmx1mm
-Xmx0x100
-Xmx-1m
-Xmixed
-XX:TieredStopAtLevel=5
-XX:TieredStopAtLevel=11
-XX:MaxRAMPercentage=5e1
-XX:MaxRAMPercentage=.
-XX:MaxRAMPercentage=5.5.5
-XX:ActiveProcessorCount=
-XX:ActiveProcessorCount=+1
-XX:ActiveProcessorCount=10000
-XX:-UseSerialGC
Freshness
end
}

# refused_options: options that are not known to be harmless
refused_options() {
  while IFS= read -r option; do
    next_variable
    row "refused: $option" "$(refused "$option" "${option##*-Xmx64m }")" ''
  done < <(options_to_refuse)
}

# refused_spellings: Java ends a word at each blank, and takes quotes and backslashes out of it
refused_spellings() {
  for blank in ' ' $'\t' $'\n' $'\v' $'\f' $'\r'; do
    row "refused between blanks like $(printf %q "$blank")" \
      "$(refused "$blank-Xmx64m$blank$blank--list-modules${blank}x" --list-modules)" ''
  done
  # shellcheck disable=SC1003,SC2016 # no escapes and no expansions
  for option in '--list"-"modules' "--list'-'modules" '"-Xmx64m"' "'-Xmx64m" '-Xmx64m\' \
    '-Djava.io.tmpdir=/a\b' \
    '-Djava.io.tmpdir=$(id)' '-Djava.io.tmpdir=*' '@' '*' '-Xmx64m;'; do
    row "refused: $option" "$(refused "$option" "$option")" ''
  done
  for option in $'-Xmx64m\x01' $'-Xmx64m\x1b[2J' $'-Xmx64m\x7f' $'\xff' $'-Dfile.encoding=\xc3' \
    $'-Xmx\xd9\xa1m' \
    $'-Xmx64m\xc2\xa0--list-modules' $'-Duser.timezone=\xc3\xa9' $'\xe2\x80\x83-Xmx64m'; do
    row "refused, and shown without what a terminal would act on: $(printf %q "$option")" \
      "$(refused "$option" "$(printf %s "$option" | LC_ALL=C tr -c ' -~' '?')")" ''
  done
  row 'a long one is cut' "$(refused "-Xmx$(printf '%0999d' 0)x" "-Xmx$(printf '%0196d' 0)")" ''
  row 'refused, whichever of them holds it' \
    "$(JAVA_TOOL_OPTIONS=-Xmx64m JDK_JAVA_OPTIONS=-Xmx64m _JAVA_OPTIONS=-Xint said \
    ./Freshness.java "${gate[@]}")" \
    "freshness: _JAVA_OPTIONS holds an option that is not known to be harmless: -Xint;\
 $clear exit 3"
}

# refused_by_each_shell: each shell splits and compares words alike
refused_by_each_shell() {
  for name in dash bash zsh 'busybox sh'; do
    if ! command -v "${name% sh}" >/dev/null; then
      continue
    fi
    IFS=' ' read -r -a through <<<"$name"
    row "refused by $name" "$(refused $'-Xmx64m\v--list-modules' --list-modules
      refused '-Xmx64m"' '-Xmx64m"'
      refused $'-Xmx6\xff4m' '-Xmx6?4m'
      refused '-Djava.io.tmpdir=*' '-Djava.io.tmpdir=*')" ''
    row "what is harmless is let through by $name" \
      "$(export JAVA_TOOL_OPTIONS=$'-Xmx64m\v-Xss1m \t-Djava.io.tmpdir=/tmp'
      STUB=1 start "${through[@]}" ./Freshness.java "${status[@]}")" "$asked"
  done
  through=()
}

# harmless_options: what is on the list reaches Java, and the program is started with it
harmless_options() {
  row 'what is harmless is let through' \
    "$(for option in -Xms8m -Xmx512M -Xmn4m -Xss1024k -Xmx1g -Xmx67108864 \
    -Xmx1T -XX:{Max,Min,Initial}RAMPercentage={50,12.5} -XX:ActiveProcessorCount=2 \
    -XX:TieredStopAtLevel={0,1,2,3,4} \
    -XX:+Use{Serial,Parallel,G1,Z,Shenandoah}GC -XX:-UsePerfData -XX:{+,-}UseContainerSupport \
    -Djava.io.tmpdir=/tmp -Duser.timezone={Europe/Berlin,GMT+2} -Dfile.encoding=UTF-8; do
    next_variable
    got=$(export "$variable=$option" STUB=1; start "${me[@]}")
    [[ $got == "$asked" ]] || echo "$variable=$option: $got"
  done)" ''
  for name in "${variables[@]}"; do
    for from in cache off; do
      in_fast "$name $from" 'JDK_JAVA_OPTIONS cache' '_JAVA_OPTIONS cache' || continue
      row_like "they are Java's too: $name, from: $from" \
        "$(export "$name=-Xmx64m  -XX:+UseParallelGC" FRESHNESS_CACHE=$from; said ./Freshness.java \
        "${gate[@]}")" \
        "*icked up $name: -Xmx64m  -XX:+UseParallelGC"$'\n'"$blocked"
    done
  done
}

# options_that_fail: harmless words with which Java does not start all the same: it would end with 1
options_that_fail() {
  cannot='freshness: Java does not run the program with the options in'
  cannot+=" JAVA_TOOL_OPTIONS, JDK_JAVA_OPTIONS or _JAVA_OPTIONS; $clear exit 3"
  for option in -Xmx1k '-Xms9m -Xmx8m' '-XX:+UseSerialGC -XX:+UseG1GC' -Xss1k \
    -XX:MaxRAMPercentage=101 \
    -Xmx99999999999999999999; do
    row "with options by which Java does not start: $option" \
      "$(JAVA_TOOL_OPTIONS=$option said ./Freshness.java "${gate[@]}")" "$cannot"
  done
  row 'nor from the source, which needs more' \
    "$(FRESHNESS_CACHE=off _JAVA_OPTIONS=-Xmx4m said ./Freshness.java "${gate[@]}")" "$cannot"
  : >"$LOG"
  JAVA_TOOL_OPTIONS=-Xmx64m STUB=1 said "${me[@]}" >/dev/null
  row 'Java is asked first, in the way in which it is then started' "$(cat "$LOG")" \
    "-XX:ErrorFile=/dev/null $from_cache --version"$'\n'"$from_cache ${status[*]}"
  row 'what answers nothing is not the program' \
    "$(JAVA_TOOL_OPTIONS=-Xmx64m STUB=mute said "${me[@]}")" "$cannot"
}

# files_and_variables_of_java: neither of them matters
files_and_variables_of_java() {
  row 'neither CLASSPATH nor options for javac matter' \
    "$(CLASSPATH=$work/none JDK_JAVAC_OPTIONS=--help said ./Freshness.java "${gate[@]}")" "$blocked"
  mkdir "$work/flags"
  echo +PrintFlagsInitial >"$work/flags/.hotspotrc"
  echo 'print *.*' >"$work/flags/.hotspot_compiler"
  row 'nor do files of options in the working directory, but for a warning' \
    "$(cd "$work/flags" && said "$app/Freshness.java" "${gate[@]}" | grep -v \
    'file is present but has been ignored')" \
    "$(cd "$work/bin" && said "$app/Freshness.java" "${gate[@]}")"
  rm "$work/flags"/.h*
}

# unheard_refusals: a refusal is one, even if nobody hears it
unheard_refusals() {
  # shellcheck disable=SC2016 # for the shell that is started
  deaf=(sh -c './Freshness.java "$@" 2>&-' sh "${gate[@]}")
  row 'a refusal is one, also where nobody hears it' \
    "$(JAVA_TOOL_OPTIONS=-Xinternalversion said "${deaf[@]}")" ' exit 3'
  row 'and so is a Java that is not there' "$(JAVA_HOME=/nowhere said "${deaf[@]}")" ' exit 3'
}

# --- What the directory of the caller holds -------------------------------------------------------


# hostile DIRECTORY: classes and sources that shadow java.lang, and a plugin that javac starts by
# itself
hostile() {
  mkdir -p "$1/META-INF/services"
  for class in Runtime String System Object Math; do
    cat >"$1/$class.java" <<end
class $class {
    static {
        java.lang.System.out.println("FRESHNESS OK: shadowed");
        java.lang.Runtime.getRuntime().halt(0);
    }
    static $class getRuntime() { return null; }
    static java.lang.String getProperty(java.lang.String... s) { return null; }
}
end
  done
  cat >"$1/Planted.java" <<end
public class Planted implements com.sun.source.util.Plugin {
    public java.lang.String getName() { return "planted"; }
    public boolean autoStart() { return true; }
    public void init(com.sun.source.util.JavacTask task, java.lang.String... args) {
        new java.io.File("$work/planted").mkdir();
    }
}
end
  (
    cd "$1"
    "${javac[@]}" -cp /dev/null/none --release 17 -d . Planted.java Runtime.java
  )
  echo Planted >"$1/META-INF/services/com.sun.source.util.Plugin"
}
# hostile_directory: nothing of a hostile working directory runs
hostile_directory() {
  hostile "$work/hostile"
  # planted: whether the plugin ran since the last call
  planted() {
    if [[ -d $work/planted ]]; then
    rmdir "$work/planted"
    echo it ran
  fi
  }
  echo 'class A { }' >"$work/foreign.java"
  (cd "$work/hostile" && "${javac[@]}" -d "$work/tmp" "$work/foreign.java" >/dev/null 2>&1) || true
  rm -f "$work/tmp"/*.class
  row 'the hostile directory is one: javac runs what is in it' "$(planted)" 'it ran'
  wanted=$(cd "$work" && said "$app/Freshness.java" "${gate[@]}")
  row 'from a hostile directory, from the cache' \
    "$(cd "$work/hostile" && said "$app/Freshness.java" "${gate[@]}")" "$wanted"
  row 'and nothing of it runs' "$(planted)" ''
  row 'from a hostile directory, from the source, CLASSPATH too' \
    "$(cd "$work/hostile" && CLASSPATH=$PWD JDK_JAVAC_OPTIONS=--help FRESHNESS_CACHE=off said \
    "$app/Freshness.java" "${gate[@]}"; planted)" "$wanted"
}

# unusable_directory: one that is gone, and one that is too deep for Java, each from the cache
unusable_directory() {
  for shell in bash dash zsh 'busybox sh'; do
    if ! command -v "${shell% sh}" >/dev/null; then
      continue
    fi
    mkdir "$work/gone"
    # shellcheck disable=SC2086 # words
    row_like "from a working directory that is gone: $shell" \
      "$(cd "$work/gone" && rmdir "$work/gone" && said $shell "$app/Freshness.java" "${gate[@]}")" \
      '*freshness: the working directory is gone; cd to another one exit 3'
  done
  deep=$(printf '%0200d' 0)
  row_like 'from a working directory that is too deep' \
    "$(cd "$work" && for ((i = 0; i < 21; i++)); do mkdir "$deep" && cd "$deep"; done
      said "$app/Freshness.java" "${gate[@]}")" \
    'freshness: the path of the working directory is too long for Java; cd to another one exit 3'
  rm -rf "${work:?}/$deep"
}

# --- What may not be believed ---------------------------------------------------------------------

# foreign_jar: a jar of someone else's
foreign_jar() {
  mkdir "$work/foreign"
  cat >"$work/foreign/Freshness.java" <<'end'
public class Freshness {
    public static void main(String[] args) { System.out.println("FRESHNESS OK: planted"); }
}
end
  "${javac[@]}" --release 17 -d "$work/foreign" "$work/foreign/Freshness.java"
  "$real/bin/jar" --create --file "$work/foreign.jar" -C "$work/foreign" Freshness.class
}

# plant MODE [OWNER]: puts a foreign jar in the place of the entry's own, and its size into the
# entry
plant() {
  rm -f "$jar"
  cp "$work/foreign.jar" "$jar"
  chmod "$1" "$jar"
  [[ -z ${2:-} ]] || chown "$2" "$jar"
  resize
}
# sound: puts the first entry back
sound() {
  rm -rf "${cache:?}"/*
  cp -pR "$work/sound"/* "$cache"
  newest
}
# planted_jar: a jar that others can write is not run
planted_jar() {
  plant 600
  row_like 'the planted jar is one that would run' "$(said "${me[@]}")" '*FRESHNESS OK: planted*'
  if [[ $long ]]; then
    plant 620
    row 'a jar that its group can write is not run' \
      "$(said ./Freshness.java "${gate[@]}")" "$blocked"
    row 'and made anew' "$(start "${me[@]}")" "$warm"
    sound
  fi
  sound
  plant 602
  row 'a jar that all can write is not run' "$(STUB=1 start "${me[@]}")" "$nothing_built"
  sound
}

# open_modes: nor anything else that others can write
open_modes() {
  for mode in 464 446; do
    for file in "$archive" "$entry"; do
      in_fast "$mode ${file%/*}" "464 $cache" "446 ${jar%/*}" || continue
      chmod $mode "$file"
      row "what others can write (mode $mode) is made anew: ${file/*-*/the entry}" \
        "$(STUB=build start "${me[@]}"; newest; find "$entry" "$jar" "$archive" -perm -20 -o -perm \
        -2)" "$warm"
      sound
    done
  done
  for mode in 775 757; do
    chmod $mode "${jar%/*}"
    row "a directory of classes that others can write (mode $mode) is passed over" \
      "$(STUB=1 start "${me[@]}")" "$nothing_built"
    sound
  done
  mv "${jar%/*}" "$work/elsewhere"
  ln -s "$work/elsewhere" "${jar%/*}"
  if [[ $(uname) == Linux ]]; then
    row 'and so is one behind a link' "$(STUB=1 start "${me[@]}")" "$nothing_built"
  fi
  rm -r "$work/elsewhere"
  sound
}

# --- What was damaged -----------------------------------------------------------------------------

# mended: prints what is wrong unless the next start builds the entry again, and the one after that
# uses it
mended() {
  local got
  got=$(STUB=build start "${me[@]}")
  [[ $got == "$warm" ]] || echo "first: $got"
  newest
  cmp "$jar" "$work/sound.jar" 2>&1
  cmp "$archive" "$work/sound.jsa" 2>&1
  got=$(STUB=build start "${me[@]}")
  [[ $got == "$warm" && $(wc -l <"$LOG") -eq 1 ]] || echo "then: $got, $(cat "$LOG")"
}
# cut_to FILE BYTES
cut_to() {
  head -c "$2" "$1" >"$work/part"
  chmod u+w "$1"
  cat "$work/part" >"$1"
}
# damaged_files: each file of an entry cut, longer or gone
damaged_files() {
  for name in entry jar archive; do
    file=${!name}
    for bytes in 0 $(($(wc -c <"$file") / 2)) $(($(wc -c <"$file") - 2)); do
      in_fast "$name $bytes" 'entry 0' 'jar 0' "archive $(($(wc -c <"$file") / 2))" || continue
      cut_to "$file" "$bytes"
      row "built again: the $name, cut to $bytes bytes" "$(mended)" ''
      sound
    done
    if [[ $name != entry ]]; then
      chmod u+w "$file"
      echo >>"$file"
      row "built again: the $name, a byte longer" "$(mended)" ''
      sound
    fi
    rm "$file"
    row "built again: the $name, gone" "$(mended)" ''
    sound
  done
}

# damaged_entries: an entry that says something else
damaged_entries() {
  directory=$(basename "${jar%/*}")
  sizes=$(cut -d ' ' -f 2- "$entry")
  mkdir "$work/classes.planted"
  cp -p "${jar%/*}"/* "$work/classes.planted"
  for text in '' "$directory" "$directory ${sizes% *}" "$directory ${sizes% *} -1" \
    "$directory $sizes)" \
    "classes.x/../../../../classes.planted $sizes" "$work/classes.planted $sizes" "* $sizes" \
    ${long:+' ' "$directory " "$directory 1" "$directory ${sizes% *} 0x1" "classes. $sizes" \
      ". $sizes" "../classes.planted $sizes" "-name $sizes"}; do
    in_fast "$text" '' "$directory ${sizes% *} -1" "* $sizes" \
      "classes.x/../../../../classes.planted $sizes" || continue
    echo "$text" >"$entry"
    row "built again: an entry that says '$text'" "$(mended)" ''
    sound
  done
}

# entries_that_are_none: something else under the name of an entry
entries_that_are_none() {
  ln -s nowhere "$work/link to nothing"
  ln -s . "$work/link to a directory"
  ln -s "$work/entry" "$work/link to an entry"
  for kind in mkdir mkfifo 'link to nothing' 'link to a directory' 'link to an entry'; do
    in_fast "$kind" mkdir mkfifo 'link to an entry' || continue
    cp "$entry" "$work/entry"
    rm "$entry"
    case $kind in
      link*) cp -P "$work/$kind" "$entry" ;;
      *) "$kind" "$entry" ;;
    esac
    row "built again: an entry that is none, but made by $kind" "$(mended)" ''
    sound
  done
  rm -r "$work/classes.planted"
}

# damage_in_earnest: with the real build: the JVM would leave 134 and a file hs_err_pid*.log, or 1
damage_in_earnest() {
  elsewhere=$(cd "$work/bin" && said "$app/Freshness.java" "${gate[@]}"; ls)
  # What the JVM would make of it: 134 and a file hs_err_pid*.log, or 1.
  for name in jar archive; do
    for bytes in 0 9000; do
      cut_to "${!name}" "$bytes"
      row "the $name cut to $bytes bytes: the verdict stands" \
        "$(cd "$work/bin" && said "$app/Freshness.java" "${gate[@]}"; ls)" \
        "$elsewhere"
      newest
    done
  done
  sound
}

# --- Where the cache is ---------------------------------------------------------------------------

# open_directories: a cache in which others can write, or behind a link
open_directories() {
  for place in "$cache" "$HOME/.cache"; do
    for mode in 770 707; do
      chmod "$mode" "$place"
      row "passed over: ${place##*/} with mode $mode" "$(STUB=1 start "${me[@]}")" "$untrusted"
      chmod 700 "$place"
    done
  done
  mv "$cache" "$work/elsewhere"
  ln -s "$work/elsewhere" "$cache"
  if [[ $(uname) == Linux ]]; then
    row 'passed over: a directory behind a link' "$(STUB=1 start "${me[@]}")" "$untrusted"
  fi
  rm "$cache"
  mv "$work/elsewhere" "$cache"
  row 'after that it is believed again' "$(start "${me[@]}")" "$warm"
}

# as USER COMMAND...: a user without an entry in passwd and without groups
as() {
  setpriv --reuid "$1" --regid "$1" --clear-groups "${@:2}"
}

# owners: what belongs to another user
owners() {
  if [[ ${#other[@]} -gt 0 ]]; then
    for place in "$cache" "$HOME/.cache"; do
      chown 23456 "$place"
      row "passed over: ${place##*/} of another user" "$(STUB=1 start "${me[@]}")" "$untrusted"
      chown 0 "$place"
    done
    for file in "$jar" "$archive" "$entry" "${jar%/*}"; do
      chown 23456 "$file"
      row "passed over: what another user owns: $(basename "$file")" "$(STUB=1 start "${me[@]}")" \
        "$nothing_built"
      sound
    done
    chmod 755 "$cache" "$HOME/.cache"
    chmod 666 "$LOG"
    mkdir "$work/theirs"
    chown 23456 "$work/theirs"
    row "nothing is put into another user's home" \
      "$(STUB=1 HOME=$work/theirs start "${me[@]}"; ls -A "$work/theirs")" \
      "source, cache directory is not trusted: $work/theirs/.cache/freshness, exit 0"
    rm -r "$work/theirs"
    row 'what root built is for all' \
      "$(STUB=1 XDG_CACHE_HOME=$HOME/.cache start as 12345 "${me[@]}")" "$warm"
    chown 23456 "$cache"
    row 'what a third user built is not' \
      "$(STUB=1 XDG_CACHE_HOME=$HOME/.cache start as 12345 "${me[@]}")" "$untrusted"
    chown 0 "$cache"
    chmod 700 "$cache" "$HOME/.cache"
  else
    leave_out 'a cache of another user: this is not root, or there is no setpriv'
  fi
}

# edits: an edit is what runs next, and so is its undoing
edits() {
  sed 's/FRESHNESS OK: /FRESHNESS EDITED: /' "$root/Freshness.java" >"$work/edited.java"
  cat "$work/edited.java" >Freshness.java
  edited=$(cd "$work/hostile" && CLASSPATH=$PWD JDK_JAVAC_OPTIONS=--no-such-option said \
    "$app/Freshness.java" "${status[@]}")
  row 'an edit is what runs next, built in a hostile directory' "${edited%%:*}" 'FRESHNESS EDITED'
  row 'and nothing of that took part, nor options for javac' \
    "$(planted) $(STUB=1 start "${me[@]}")" \
    " $warm"
  cat "$root/Freshness.java" >Freshness.java
  row 'and so is its undoing' "$(said "${me[@]}")" "$source_run"
  sound
}

# edits_meanwhile: an edit while the program is copied
edits_meanwhile() {
  mkdir "$work/slow"
  printf '#!/bin/sh\ncat "%s" >"%s"\nexec %s "$@"\n' "$work/edited.java" "$app/Freshness.java" \
    "$(command -v cp)" >"$work/slow/cp"
  chmod +x "$work/slow/cp"
  echo '// another' >>Freshness.java
  row 'an edit between the digest and the copy leaves no entry under the old name' \
    "$(STUB=build PATH=$work/slow:$PATH start "${me[@]}")" \
    "source, could not build the cache in $cache, exit 0"
  row 'but one under the name of the copy' "$(STUB=1 start "${me[@]}")" "$warm"
}

# builds: a build obeys only its own options; with a JDK that makes no archive there is one too
builds() {
  echo '// another' >>Freshness.java
  row 'a build obeys no options but its own, and needs no other directory' \
    "$(export JAVA_TOOL_OPTIONS=-Xmx64m JDK_JAVA_OPTIONS=-Xmx64m \
    _JAVA_OPTIONS=-Xmx64m JDK_JAVAC_OPTIONS=-Dd CLASSPATH=e TMPDIR=$work/none; STUB=build start \
    "${me[@]}")" "$asked"
  row 'what it compiles is the copy' \
    "$(grep -c "jdk.compiler.* $cache/classes\.[^/ ]*/work/Freshness.java\$" "$LOG")" 1
  for stub in bare unfit; do
    echo '// another' >>Freshness.java
    row "a JDK that makes no archive, and a fixture that is not as it was: built once ($stub)" \
      "$(STUB=$stub start "${me[@]}"; STUB=1 start "${me[@]}")" "$warm"$'\n'"$warm"
  done
}

# overtaken: another build is complete before this one has its copy
overtaken() {
  mkdir "$work/race"
  cat >"$work/race/cp" <<end
#!/bin/sh
if [ ! -s "$work/first" ]; then
  PATH='$PATH' LOG=/dev/null ./Freshness.java
  cat "\$(ls -t "$cache"/*-* | head -n 1)" >"$work/first"
fi
exec $(command -v cp) "\$@"
end
  chmod +x "$work/race/cp"
  echo '// another' >>Freshness.java
  row 'a build that another one overtakes leaves it in place, and nothing of its own' \
    "$(STUB=build PATH=$work/race:$PATH start "${me[@]}"; newest; cat "$entry"; unnamed)" \
    "$warm"$'\n'"$(cat "$work/first")"
}

# named CONDITION...: how many names in the cache meet it
named() {
  find "$cache" -mindepth 1 -maxdepth 1 "$@" | wc -l | tr -d ' '
}
# old_names: what lies longest goes
old_names() {
  for i in $(seq 40); do
    : >"$cache/$(printf '%064d-%064d' "$i" "$i")"
    : >"$cache/notes.$i"
  done
  touch -t 202601010000 "$cache"/*
  echo '// another' >>Freshness.java
  row 'old names go, and the new ones stay' \
    "$(STUB=build start "${me[@]}"; named ! -name 'notes.*')" "$warm"$'\n24'
  row "and nobody else's" "$(named -name 'notes.*')" 40
  sound
  mkdir "$cache/classes.killed" "$cache/classes.underway"
  touch "$cache/classes.killed/program.jar"
  touch -t 202601010000 "$cache/classes.killed" "${jar%/*}"
  echo '// another' >>Freshness.java
  STUB=build start "${me[@]}" >/dev/null
  row 'what a killed build left goes after a day, and neither a build nor an entry' \
    "$(unnamed; ls -d "${jar%/*}")" "classes.underway"$'\n'"${jar%/*}"
}

# flushes: a power cut keeps what was flushed, and of the rest anything. Sync is one that says what
# it is asked for, and what is in the cache by then
flushes() {
  mkdir "$work/flush"
  cat >"$work/flush/sync" <<end
#!/bin/sh
for file; do echo "\${file##*/} of \$(wc -c <"\$file" | tr -d ' ') bytes" >>"$work/flushed"; done
[ \$# -gt 0 ] || echo all >>"$work/flushed"
ls "$cache" | grep -e - >>"$work/flushed"
case \$SYNC in all) exit \$# ;; none) exit 1 ;; esac
end
  chmod +x "$work/flush/sync"
  for SYNC in '' all none; do
    export SYNC
    rm -rf "${cache:?}"/* "$work/flushed"
    got=$(STUB=build PATH=$work/flush:$PATH start "${me[@]}")
    want="program.jar of $(wc -c <"$work/sound.jar" | tr -d ' ') bytes"
    want+=$'\n'"program.jsa of $(wc -c <"$work/sound.jsa" | tr -d ' ') bytes"
    if [[ $SYNC ]]; then
      want+=$'\nall'
    fi
    if [[ $SYNC == none ]]; then
      want+=$'\n'$nothing_built
    else
      want+=$'\n'$warm
    fi
    able=${SYNC:-one file}
    row "both files are flushed before there is an entry, by a sync that can do: $able" \
      "$(cat "$work/flushed")"$'\n'"$got" "$want"
  done
  row 'nothing is left of what could not be flushed' "$(ls "$cache")" ''
  unset SYNC
}

# prepare_stops: tools at which a build stands until a signal comes
prepare_stops() {
  mkdir "$work/stop"
  for tool in mktemp cp java sync ln; do
    real_tool=$(command -v $tool || true)
    [[ $tool != java ]] || real_tool=$work/jdk/bin/java
    cat >"$work/stop/$tool" <<end
#!/bin/sh
case "$tool \$*" in
  \$STEP*) : >"$work/stopped"; exec sleep 100 ;;
esac
exec '$real_tool' "\$@"
end
    chmod +x "$work/stop/$tool"
  done
  mkdir "$work/stopping"
  ln -s "$work/stop" "$work/stopping/bin"
  cp "$real/release" "$work/stopping"
}

# stopped STEP SIGNAL SHELL...: the exit code of a first build that gets this signal there, and what
# it leaves
stopped() {
  local step=$1 signal=$2
  shift 2
  sound
  rm -rf "$work/stopped" "${cache:?}"/*
  background "$work/signalled" env STUB=build STEP="$step" JAVA_HOME="$work/stopping" \
    PATH="$work/stop:$PATH" \
    "$@" ./Freshness.java "${status[@]}"
  poll test -e "$work/stopped" || true
  kill -s "$signal" -- "-$pid"
  ended "$pid"
  poll nothing_in_cache || true
  echo "exit $rc $(ls "$cache")"
}
# shellcheck disable=SC2317 # called by poll
nothing_in_cache() {
  [[ -z $(ls "$cache") ]]
}
# signals: they go to all processes of a build, as from a terminal
signals() {
  steps=(mktemp cp 'java *jdk.compiler' 'java *jartool' 'java *AtExit' sync)
  for name in dash bash zsh 'busybox sh'; do
    if ! command -v "${name% sh}" >/dev/null; then
      continue
    fi
    IFS=' ' read -r -a shell <<<"$name"
    for signal in HUP INT TERM QUIT; do
      in_fast "$signal $name" 'TERM dash' 'INT dash' 'HUP bash' 'QUIT zsh' 'TERM busybox sh' ||
        continue
      row "$signal in a first build leaves nothing: $name" "$(for step in "${steps[@]}"; do
        [[ $long || $step == *compiler || $signal$name == TERMdash ]] || continue
        got=$(stopped "$step" "$signal" "${shell[@]}")
        [[ $got == "exit $((128 + $(kill -l "$signal"))) " ]] || echo "$step: $got"
      done)" ''
    done
  done
  cat "$root/Freshness.java" >Freshness.java
  sound
}

# limits: a limit on the size of files, in blocks, ends whoever writes more
limits() {
  for blocks in 0 ${long:+1 100}; do
    # shellcheck disable=SC2016 # for the shell that is started
    limited=(sh -c 'ulimit -f "$0"; exec "$@"' "$blocks")
    if [[ $long ]]; then
      what='the verdict stands, and nothing unfinished is left'
      row "ulimit -f $blocks, in a first build: $what" \
        "$(rm -rf "${cache:?}"/*; export LOG=/dev/null
          said "${limited[@]}" ./Freshness.java "${gate[@]}"; unnamed)" "$blocked"
      sound
    fi
    row "ulimit -f $blocks, from the cache" \
      "$(export LOG=/dev/null; said "${limited[@]}" ./Freshness.java "${gate[@]}")" "$blocked"
  done
}

# --- Other tools ----------------------------------------------------------------------------------

# tools DIRECTORY WITHOUT...: links to all tools but some
tools() {
  local dir=$1 file
  mkdir "$dir"
  for file in sh bash cat cp cut env find grep head id ln ls mkdir mktemp mv printf readlink rm \
    sed sha256sum shasum sync tail touch tr uname wc; do
    if command -v $file >/dev/null; then
      ln -s "$(type -P $file)" "$dir/$file"
    fi
  done
  shift
  for file; do
    rm -f "$dir/$file"
  done
}
# missing_tools: without a tool for SHA-256, or without find
missing_tools() {
  tools "$work/nodigest" sha256sum shasum
  row 'without a tool for SHA-256 there is no cache' \
    "$(STUB=1 PATH=$work/nodigest start "${me[@]}")" 'source, no sha256sum or shasum, exit 0'
  tools "$work/shasum" sha256sum shasum
  # shellcheck disable=SC2016 # for the script
  printf '#!/bin/sh\n[ "$1 $2" = "-a 256" ] && shift 2 && exec %s "$@"\n' \
    "$(type -P sha256sum || echo shasum -a 256)" >"$work/shasum/shasum"
  chmod +x "$work/shasum/shasum"
  row 'shasum as on macOS finds the same entry' \
    "$(STUB=1 PATH=$work/shasum start "${me[@]}"; entries)" "$warm"$'\n1'
  tools "$work/nofind" find
  row 'without find there is no trust' "$(STUB=1 PATH=$work/nofind start "${me[@]}")" "$untrusted"
}

# places: where a cache cannot be
places() {
  row 'a cache has an absolute path' \
    "$(STUB=1 XDG_CACHE_HOME=here start "${me[@]}") $(ls -A | tr '\n' ' ')" \
    "$off, exit 0 Freshness.java data "
  row 'without a colon, at which Java would cut it' \
    "$(XDG_CACHE_HOME=$work/a:b STUB=1 start "${me[@]}"; ls -d "$work"/a:b 2>/dev/null)" \
    'source, the path of the cache has a colon, which separates paths for Java, exit 0'
  row 'and a place that can be written' "$(STUB=1 XDG_CACHE_HOME=/proc start "${me[@]}")" \
    'source, cache directory is not trusted: /proc/freshness, exit 0'
  row 'without HOME it runs from the source' "$(unset HOME; STUB=1 start "${me[@]}")" "$off, exit 0"
}

# shims: a script that is java, which has no JDK around it
shims() {
  mkdir "$work/shims"
  printf '#!/bin/sh\nexec "%s/bin/java" "$@"\n' "$JAVA_HOME" >"$work/shims/java"
  chmod +x "$work/shims/java"
  row 'behind a shim there is an entry to build' \
    "$(unset JAVA_HOME; export PATH="$work/shims:$PATH"; STUB=1 start "${me[@]}")" \
    "source, could not build the cache in $cache, exit 0"
  row 'and it is built' "$(unset JAVA_HOME; export PATH="$work/shims:$PATH"; STUB=build start \
    "${me[@]}")" "$warm"
  printf '#!/bin/sh\n[ "$*" != -version ] || echo "openjdk version \\"99.0.1\\"" >&2\n' \
    >"$work/shims/java"
  row 'for the Java behind it, and no other' \
    "$(unset JAVA_HOME; export PATH="$work/shims:$PATH"; STUB=build said "${me[@]}"; entries)" \
    ' exit 0'$'\n2'
  printf '#!/bin/sh\nexec "%s/bin/java" "$@"\n' "$JAVA_HOME" >"$work/shims/java"
}

# --- Which Java -----------------------------------------------------------------------------------

mkdir -p "$work/old/bin"
# speaks VERSION: makes the Java there one that says so, and does nothing else
speaks() {
  # shellcheck disable=SC2016 # for the script
  local asked='[ -z "$JAVA_TOOL_OPTIONS" ] || : >asked'
  printf '#!/bin/sh\n%s\necho "openjdk version \\"%s\\" 2025-04-15" >&2\n' "$asked" "$1" \
    >"$work/old/bin/java"
}
# versions: which Java is new enough
versions() {
  speaks 17
  row_like 'a Java that is no program gets one line and exit 3' \
    "$(JAVA_HOME="$work/old" said "${me[@]}")" \
    "freshness: $work/old/bin/java was not found; *JAVA_HOME* exit 3"
  chmod +x "$work/old/bin/java"
  for number in 17 19.0.2 21 25-ea 26.0.1 99; do
    speaks $number
    row_like "Java $number is new enough" \
      "$(JAVA_HOME="$work/old" FRESHNESS_CACHE=off said "${me[@]}")" \
      "openjdk version \"$number\" * exit 0"
  done
  for number in 16.0.2 11.0.21 9.0.4 1.8.0_402; do
    speaks $number
    old=$(JAVA_HOME="$work/old" said "${me[@]}")
    row_like "Java $number gets one line and exit 3" "$old" \
      "freshness: $work/old/bin/java is openjdk version \"$number\" *; * JAVA_HOME* exit 3"
    row "Java $number: and no more" "$(wc -l <<<"$old" | tr -d ' ')" 1
  done
}

# newer_java: the line about an old Java names a newer one, in a command that works
newer_java() {
  row_like 'and no other Java is asked with options that might do anything to it' \
    "$(JAVA_HOME=$work/old JAVA_TOOL_OPTIONS=-Xmx64m said "${me[@]}"; ls)" \
    "freshness: $work/old/bin/java is openjdk version \"1.8.0_402\" *exit 3
Freshness.java
data"
  old=$(JAVA_HOME="$work/old" said sh Freshness.java "${status[@]}")
  if [[ $old == *'; try '* ]]; then
    command=${old##*; try }
    row_like 'and the command in that line works' \
      "$(said env -u JAVA_HOME bash -c "${command% exit 3}")" 'FRESHNESS OK*exit 0'
    # shellcheck disable=SC2016 # a name
    hostile="$work/it's \$(touch owned) \`touch owned\` \\ \"x\" "
    copy_program "$hostile"
    old=$(JAVA_HOME="$work/old" said sh "$hostile/Freshness.java" "${status[@]}")
    command=${old##*; try }
    row_like 'even if the path of the program has what a shell acts on' \
      "$(said env -u JAVA_HOME bash -c "${command% exit 3}"; ls)" \
      $'FRESHNESS OK*exit 0\nFreshness.java\ndata'
    if [[ $long ]]; then
      command=$(JAVA_TOOL_OPTIONS=-Xint said sh "$hostile/Freshness.java")
      command=${command##*; clear it: }
      row_like 'and so does the one that clears options' \
        "$(export JAVA_TOOL_OPTIONS=-Xint
        said bash -c "${command% ... exit 3} ${status[*]}"
        ls)" \
        $'FRESHNESS OK*exit 0\nFreshness.java\ndata'
    fi
  else
    leave_out 'that a JDK is named: none is in the usual places'
  fi
}

# usual_places: it is the first of the usual places that is new enough
usual_places() {
  for usual in /usr/lib/jvm/*; do
    if "$usual/bin/java" -version 2>&1 | grep -q 'version "\(1[7-9]\|[2-9][0-9]\)'; then
      row_like 'it is the first of the usual places' "$old" "*JAVA_HOME='$usual' *"
      break
    fi
  done
  if [[ ${#other[@]} -gt 0 && -d /usr/lib/jvm ]] && unshare --mount mount --bind "$work" \
    /usr/lib/jvm 2>/dev/null; then
    mkdir -p "$work/usual/a/bin" "$work/usual/b/bin" "$work/usual/c"$'\e[2J'/bin \
      "$work/usual/c'd;e/bin"
    cp "$work/old/bin/java" "$work/usual/b/bin/java"
    # One that is asked with the user's options is not new enough.
    # shellcheck disable=SC2016 # for the script
    printf '#!/bin/sh\n[ -n "$JAVA_TOOL_OPTIONS" ] || echo "openjdk version \\"21\\"" >&2\n' \
      >"$work/usual/c'd;e/bin/java"
    chmod +x "$work/usual/c'd;e/bin/java"
    cp -p "$work/usual/c'd;e/bin/java" "$work/usual/c"$'\e[2J'/bin/java
    # shellcheck disable=SC2016 # for the shell inside
    row_like 'which is new enough itself, and has a name that can be pasted' \
      "$(JAVA_TOOL_OPTIONS=-Xmx64m JAVA_HOME=$work/old said unshare --mount sh -c \
      'mount --bind "$0" /usr/lib/jvm && exec sh "$@"' \
      "$work/usual" "${me[@]}")" "*try JAVA_HOME='/usr/lib/jvm/c'\\\\''d;e' sh *"
  fi
}

# missing_java: a Java that is old or not there
missing_java() {
  if command -v zsh >/dev/null; then
    row_like 'from zsh, too' "$(JAVA_HOME="$work/old" said zsh ./Freshness.java "${status[@]}")" \
      "freshness: $work/old/bin/java is openjdk *exit 3"
  fi
  row_like 'a JAVA_HOME without java gets one line and exit 3' \
    "$(JAVA_HOME="$work/none" said "${me[@]}")" \
    "freshness: $work/none/bin/java was not found; *JAVA_HOME* exit 3"
  row_like 'and a terminal acts on nothing in it' \
    "$(JAVA_HOME=$'/no\e[2J\n\xc2\x9bwhere' said "${me[@]}")" \
    'freshness: /no?\[2J???where/bin/java was not found; *exit 3'
  row_like 'no java at all gets one line and exit 3' \
    "$(unset JAVA_HOME; PATH=$work/nodigest said /bin/sh ./Freshness.java "${status[@]}")" \
    'freshness: java was not found; *JAVA_HOME* exit 3'
}

# --- What takes longer ----------------------------------------------------------------------------

# copies_with_a_line_of_their_own: callers that execute without a shell need no shell
copies_with_a_line_of_their_own() {
  { echo '#!/usr/bin/env -S java -cp /dev/null/none --source 17'; cat Freshness.java; } >freshness
  chmod +x freshness
  copy=$(PATH="$real/bin:$PATH" said python3 -c 'import subprocess, sys
sys.exit(subprocess.run(["./freshness", "status", "--state", sys.argv[1]]).returncode)' \
    "$work/stale.json")
  row 'a copy with #! needs no shell' "${copy##* }" 2
  row 'and the command that it shows starts itself' \
    "$(grep -c "next: '$app/freshness' recover --feed bravo" <<<"$copy")" 1
  rm freshness
}

# hostile_builds: a first run in a hostile directory
hostile_builds() {
  echo '// edit' >>Freshness.java
  row 'from a hostile directory, with nothing in the cache' \
    "$(cd "$work/hostile" && CLASSPATH=$PWD said "$app/Freshness.java" "${gate[@]}"; planted)" \
    "$wanted"
  row 'and what it left there is sound' \
    "$(cd "$work" && said "$app/Freshness.java" "${gate[@]}"; cd "$app"; start "${me[@]}")" \
    "$wanted"$'\n'"$warm"
  cp "$root/Freshness.java" .
}

# edits_in_earnest: the same edits with the real build
edits_in_earnest() {
  rm -rf "${cache:?}"/*
  PATH=$work/slow:$PATH said "${me[@]}" >/dev/null
  cat "$root/Freshness.java" >Freshness.java
  row 'an edit between the digest and the copy does not leave its classes under the old name' \
    "$(said "${me[@]}")" "$source_run"
  row 'the classes of the copy have the name of the copy' "$(entries)" 2

  cat "$work/edited.java" >Freshness.java
  edited=$(PATH=$work/nodigest said "${me[@]}")
  row 'and an edit is what runs next' "${edited%%:*}" 'FRESHNESS EDITED'
  cat "$root/Freshness.java" >Freshness.java
}

# busybox_tools: with the tools of BusyBox, and behind a shim
busybox_tools() {
  if command -v busybox >/dev/null; then
    mkdir "$work/busybox"
    busybox --install -s "$work/busybox"
    for call in ./Freshness.java 'busybox sh ./Freshness.java'; do
      rm -rf "${cache:?}"/*
      # shellcheck disable=SC2086 # words
      row "with BusyBox tools, $call: built, then from the cache" \
        "$(export PATH="$work/busybox:$PATH"
        said $call "${gate[@]}"
        start $call "${status[@]}")" \
        "$blocked"$'\n'"$warm"
    done
    chmod 770 "$cache"
    row 'with BusyBox tools: passed over where others can write' \
      "$(PATH="$work/busybox:$PATH" start "${me[@]}")" "$untrusted"
    chmod 700 "$cache"
  else
    leave_out 'the tools of busybox, which is not on this machine'
  fi

  row 'behind a shim' "$(unset JAVA_HOME; export PATH="$work/shims:$PATH"; said "${me[@]}"; start \
    "${me[@]}")" "$source_run"$'\n'"$warm"
}

# --- Other users ----------------------------------------------------------------------------------

# other_users: other users on the same checkout
other_users() {
  if [[ ${#other[@]} -gt 0 ]]; then
    : >"$LOG"
    chmod 666 "$LOG"
    for user in 12345 23456; do
      install -d -o $user -g $user -m 700 "$work/$user"
      row "user $user on the same checkout builds an entry of their own" \
        "$(HOME=$work/$user said as $user "${me[@]}"; HOME=$work/$user start as $user "${me[@]}")" \
        "$source_run"$'\n'"$warm"
    done
    row_like 'a user without HOME' "$(unset HOME; start as 12345 "${me[@]}")" \
      'source, *nor HOME is set, exit 0'
    row_like 'a user with HOME=/' "$(HOME=/ start as 12345 "${me[@]}")" \
      'source, cache directory is not trusted: //.cache/freshness, exit 0'
    install -d -o 12345 -m 500 "$work/sealed"
    row 'a user whose HOME is read-only' \
      "$(HOME=$work/sealed said as 12345 "${me[@]}"; ls -A "$work/sealed")" "$source_run"
    rm -rf "${cache:?}"/*
    ./Freshness.java --version >/dev/null
    newest
    plant 644 23456
    row 'a jar that someone else planted is not run' "$(said ./Freshness.java "${gate[@]}")" \
      "$blocked"
    row 'and made anew' "$(start "${me[@]}")" "$warm"
    install -d -m 755 "$work/image" "$work/image/freshness"
    row "an entry that root made for all" \
      "$(XDG_CACHE_HOME=$work/image start "${me[@]}"; XDG_CACHE_HOME=$work/image start as 12345 \
      "${me[@]}")" "$warm"$'\n'"$warm"
    # A root file system that is read-only, as in a container without a writable layer.
    # shellcheck disable=SC2016 # for the shell inside
    if unshare --mount true 2>/dev/null; then
      row 'on a read-only file system, without a passwd entry and without HOME' \
        "$(unset HOME LOG; said unshare --mount sh -c '
        mount -o bind,ro / / 2>/dev/null || mount -o remount,bind,ro / || exit 9
        exec setpriv --reuid 12345 --regid 12345 --clear-groups "$@"' x "${me[@]}")" "$source_run"
    else
      leave_out 'a read-only root file system: no mount namespace here'
    fi
  else
    leave_out 'what other users do: this is not root, or there is no setpriv'
  fi
}

# --- Other JDKs, sizes and accidents --------------------------------------------------------------

# other_jdks: each JDK in turn, and back: by JAVA_HOME, and by a shim that was switched
other_jdks() {
  IFS=: read -r -a homes <<<"$real:${OTHER_JAVA_HOMES:-}:$real"
  for home in "${homes[@]}"; do
    if [[ -z $home ]]; then
      continue
    fi
    version=$("$home/bin/java" -XshowSettings:properties -version 2>&1 |
      sed -n 's/^ *java.runtime.version = //p')
    version="freshness 1.0, Java $version exit 0"
    printf '#!/bin/sh\nexec "%s/bin/java" "$@"\n' "$home" >"$work/shims/java"
    for call in JAVA_HOME shim; do
      with=("JAVA_HOME=$home")
      if [[ $call == shim ]]; then
        with=(-u JAVA_HOME "PATH=$work/shims:$PATH")
      fi
      row "after a change of Java to ${home##*/}, by $call" "$(said env "${with[@]}" "${me[@]}")" \
        "$source_run"
      row 'it is the one that runs' "$(said env "${with[@]}" ./Freshness.java --version)" "$version"
    done
    echo "// $home" >>Freshness.java
    for call in cold warm off; do
      if [[ $call == off ]]; then
        export FRESHNESS_CACHE=off
      fi
      row "from a hostile directory, ${home##*/}, $call" \
        "$(cd "$work/hostile" && JAVA_HOME=$home said "$app/Freshness.java" "${gate[@]}"
        planted)" \
        "$wanted"
    done
    unset FRESHNESS_CACHE
    cp "$root/Freshness.java" .
  done
}

# large_states: the size of a state decides how it is compiled
large_states() {
  for count in 10 1000 400000; do
    awk -v n=$count 'BEGIN {
      print "{\"max_age_seconds\": 90, \"feeds\": ["
      for (i = 1; i <= n; i++) {
        printf "  {\"name\": \"feed-%d\", \"alive\": true, ", i
        printf "\"last_tick_age_seconds\": %d}%s\n", i < n ? 8 : 660, i < n ? "," : ""
      }
      print "]}"
    }' >"$work/sized.json"
    cp "$work/sized.json" "$work/agreed.json"
    sized=("--state=$work/sized.json" --baseline "$work/agreed.json")
    row "a fresh one of $count feeds" "$(said ./Freshness.java gate --feed feed-1 "${sized[@]}")" \
      'GATE OPEN: feed-1 fresh, 8s of 90s; safe to serve exit 0'
    : >"$LOG"
    stale=$(said ./Freshness.java gate --feed "feed-$count" "${sized[@]}")
    row "a stale one of $count feeds" "${stale%%;*}, ${stale##* }" \
      "GATE BLOCKED: feed-$count stale, 660s > 90s, 2"
    row "its compilers" "$(grep -o 'TieredStopAtLevel=.' "$LOG")" \
      "TieredStopAtLevel=$((count > 300000 ? 4 : 1))"
  done
  pipe="cat '$work/sized.json' | ./Freshness.java gate --feed feed-400000 --state -"
  piped=$(said sh -c "$pipe --baseline '$work/agreed.json'")
  row 'a large state from a pipe' "${piped%%;*}, ${piped##* }" \
    'GATE BLOCKED: feed-400000 stale, 660s > 90s, 2'
}

# full_disks: no room at some step of the build: the file system has so many KiB
full_disks() {
  # shellcheck disable=SC2016 # for the shell inside
  if [[ ${#other[@]} -gt 0 ]] && unshare --mount true 2>/dev/null; then
    mkdir "$work/small"
    for room in 4 12 40 140 160 300 320 420 600 900 1400 1700 1800 2000 2400 3000; do
      row "a cache of $room KiB: the verdict stands, and the next start has it right too" \
        "$(LOG=/dev/null said unshare --mount sh -c '
        mount -t tmpfs -o mode=700,size="$1"k none "$0" || exit 9
        shift
        export XDG_CACHE_HOME="$0/c"
        "$@" && exit 8
        [ $? = 2 ] || exit 7
        for each in "$0"/c/freshness/classes.*; do
          [ ! -e "$each" ] || grep -qs "^${each##*/} " "$0"/c/freshness/*-* || exit 6
        done
        exec "$@"' "$work/small" $room ./Freshness.java "${gate[@]}")" \
          "${blocked% exit 2}"$'\n'"$blocked"
    done
  else
    leave_out 'a full disk: this is not root, or there are no mount namespaces'
  fi
}

# any_damage: every fortieth length
any_damage() {
  sound
  for name in jar archive; do
    whole=$(wc -c <"${!name}")
    row "the $name cut at any length: the verdict stands" \
      "$(for at in $(seq 0 $((whole / 40)) "$((whole - 1))"); do
      cut_to "${!name}" "$at"
      got=$(said ./Freshness.java "${gate[@]}")
      [[ $got == "$blocked" ]] || echo "$at: $got"
      newest
    done; ls hs_err* 2>/dev/null)" ''
    sound
  done
}

# runs_at_once: twenty first runs at once
runs_at_once() {
  rm -rf "${cache:?}"/*
  for i in $(seq 20); do
    { said "${me[@]}" >"$work/first.$i"; } &
  done
  wait
  good=0
  for i in $(seq 20); do
    [[ $(cat "$work/first.$i") == "$source_run" ]] && good=$((good + 1))
  done
  row 'twenty first runs at once all succeed' "$good $(entries) $(unnamed)" '20 1 '
  row 'and leave an entry that is used' "$(start "${me[@]}")" "$warm"
}

# shellcheck disable=SC2317 # called by poll
all_named() {
  [[ -z $(unnamed) ]]
}
# broken_build SIGNAL DELAY: a first run that gets that signal after so many seconds
broken_build() {
  rm -rf "${cache:?}"/*
  setsid ./Freshness.java "${status[@]}" >/dev/null 2>&1 &
  pid=$!
  sleep "$2"
  kill "-$1" -- "-$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
}

# killed_builds: builds that are ended and killed after some time
killed_builds() {
  for delay in 0.1 0.4 0.8 1.2 1.6 2.0 2.4; do
    broken_build TERM "$delay"
    poll all_named || true
    row "ended after $delay s, no directory is left that has no entry" "$(unnamed)" ''
    broken_build KILL "$delay"
    row "killed after $delay s, nothing is left that a later run trusts" \
      "$(said ./Freshness.java "${gate[@]}"; start "${me[@]}")" "$blocked"$'\n'"$warm"
  done
}

# --- All of them ----------------------------------------------------------------------------------

prepare_jdk
prepare_answers
first_run
next_run
sizes_of_states
entries_by_jdk
without_a_cache
variables_of_the_caller
prepare_gate
from_each_shell
from_other_environments
by_odd_names
from_a_pipe
through_other_programs
odd_arguments
handed_over
cut_files
refused_options
refused_spellings
refused_by_each_shell
harmless_options
options_that_fail
files_and_variables_of_java
unheard_refusals
hostile_directory
unusable_directory
foreign_jar
planted_jar
open_modes
damaged_files
damaged_entries
entries_that_are_none
if [[ $long ]]; then
  damage_in_earnest
fi
open_directories
owners
edits
edits_meanwhile
builds
overtaken
old_names
flushes
prepare_stops
signals
limits
missing_tools
places
shims
versions
newer_java
usual_places
missing_java
if [[ $long ]]; then
  copies_with_a_line_of_their_own
  hostile_builds
  edits_in_earnest
  busybox_tools
  other_users
  other_jdks
  large_states
  full_disks
  any_damage
  runs_at_once
  killed_builds
fi
end_of_tests
