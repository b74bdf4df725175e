#!/usr/bin/env bash
# Do the fast tests bite? Each line of the list below is one small defect: an old text of Freshness.java and what replaces it.
# One at a time they go into a copy, the fast tests run on it until the first failure, and each defect must be caught.
#
#   usage: tests/mutants.sh [NUMBER...]      all of them, or only these; JAVA_HOME names a JDK 21 or later
#
# A line is OLD => NEW, with <NL> for a line break. OLD must stand in the file exactly once and the result must compile; else the list is at fault, and
# the run fails. Write the next one where it belongs in the file's order. A run that hangs counts as caught.
# The parts of run-tests.sh are run here one by one, the quick ones first.
# A defect may do harm, for example put a file in the place of /dev/null: the tests never run as root, but as nobody.
set -euo pipefail
unset JDK_JAVA_OPTIONS JAVA_TOOL_OPTIONS _JAVA_OPTIONS

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
home=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")}
work=$(mktemp -d "${TMPDIR:-/tmp}/freshness mutants.XXXXXX")
readonly root home work deadline_seconds=180
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

nobody=()
if [[ $EUID -eq 0 ]]; then nobody=(setpriv --reuid=nobody --regid=nogroup --clear-groups); fi

mutants() {
  cat <<'LIST'
# Limits and defaults
MAX_FILE_BYTES = 256 << 20; => MAX_FILE_BYTES = 255 << 20;
MAX_NESTING = 64; => MAX_NESTING = 65;
MAX_NAME_CHARS = 200; => MAX_NAME_CHARS = 199;
MAX_AGE_SECONDS = 1_000_000_000; => MAX_AGE_SECONDS = 2_000_000_000;
MAX_SKEW_SECONDS = 1; => MAX_SKEW_SECONDS = 2;
FROZEN_FOR_SECONDS = 3600; => FROZEN_FOR_SECONDS = 360;
STALE_AGE_SECONDS = "660"; => STALE_AGE_SECONDS = "600";
SKEWED_AGE_SECONDS = "-30"; => SKEWED_AGE_SECONDS = "-3";
RECOVERED_AGE_SECONDS = "5"; => RECOVERED_AGE_SECONDS = "6";
MAX_NAMED = 5; => MAX_NAMED = 6;
MAX_EXPLAINED = 20; => MAX_EXPLAINED = 19;
UNSAFE = 2; => UNSAFE = 3;
UNEVALUATED = 3; => UNEVALUATED = 1;

# Start and dispatch
halt(exit); => halt(exit == UNSAFE ? SAFE : exit);
case gate: return gate(call, in, out, err); => case gate: gate(call, in, out, err); return SAFE;
return UNEVALUATED; // nobody can be told => return SAFE; // nobody can be told
add("freshness: ").add(visible(problem)) => add("freshness: ").add(problem)
catch (OutOfMemoryError e) { => catch (StackOverflowError e) {

# Domain
unknown(1), stale(3), fresh(6); => unknown(1), stale(4), fresh(6);
unknown(1), stale(3), fresh(6); => unknown(3), stale(3), fresh(6);
clock_skew(Status.unknown, => clock_skew(Status.stale,
whole != limit.whole ? whole > limit.whole => whole != limit.whole ? whole > limit.whole + 1
fraction.compareTo(limit.fraction) > 0; => fraction.compareTo(limit.fraction) >= 0;
fault == null && (whole > 0 || !fraction.isEmpty()) => fault == null && whole > 0
return digits.signum() < 0 || small => return small
power = power * 10 + => power = power +
number.charAt(e + 1) == '-'; => number.charAt(e + 1) == '+';
while (end > 0 && digits.charAt(end - 1) == '0') { => while (end > 1 && digits.charAt(end - 1) == '0') {
decimal().add(other.decimal()) => decimal().max(other.decimal())
decimal().multiply(BigDecimal.valueOf(factor)) => decimal()
"last tick " + age + "s old, limit " + limit => "last tick " + limit + "s old, limit " + age

# Decision
state.asOfText == null && baseline.requireAsOf => state.asOfText == null && state.requireAsOf
fault = Reason.as_of_invalid; => fault = null;
fault = Reason.clock_skew; => fault = null;
Seconds.between(now, state.asOf) + "s in the future" => Seconds.between(state.asOf, now) + "s in the future"
elapsed = Seconds.between(state.asOf, now); => elapsed = Seconds.of(0);
if (baseline.feed(claim.name, i) == null) { => if (false) {
if (alive == null) { => if (alive == null && limit != null) {
if (!alive) { => if (!alive && limit != null) {
if (!alive) { => if (false) {
if (fault != null) { => if (fault != null && alive != null) {
if (limit == null) { => if (limit == null && claim.age != null) {
claim.age.fault == null && !claim.age.isAbove(MAX_AGE) => claim.age.fault == null
claim.age.fault == null && !claim.age.isAbove(MAX_AGE) => !claim.age.isAbove(MAX_AGE)
if (age.isAbove(limit)) { => if (age.isAbove(limit) && elapsed.isAbove(Seconds.of(0))) {
Reason.stale, Alert.page, null) => Reason.stale, Alert.ticket, null)
pastHalf || own.isAbove(agreed) => pastHalf
pastHalf || own.isAbove(agreed) => own.isAbove(agreed)
age.times(2).isAbove(limit) => age.times(3).isAbove(limit)
reason, Alert.page, detail) => reason, Alert.none, detail)
!own.isLimit() || !agreed.isLimit() => !own.isLimit()
return own.isAbove(agreed) ? agreed : own; => return own;
return own.isAbove(agreed) ? agreed : own; => return agreed;
found(stateIsWrong ? own : agreed) => found(own)
smaller(state == null ? baseline.limit : state.limit, baseline.limit) => smaller(baseline.limit, baseline.limit)
verdict.reason == Reason.stale && elapsed.isAbove(verdict.limit) => false
return feed.limit != null ? feed.limit : limit; => return limit != null ? limit : feed.limit;

# Commands
String reading = "baseline "; => String reading = "";
stateName = call.one("--state", baselineName); => stateName = call.one("--state", bundledBaseline());
commandLine("recover", "--feed", verdict.name => commandLine("recover", "--feeds", verdict.name
stem + "recovered.json", "--baseline", call.one("--baseline", null) => stem + "recovered.json", "--baseline", null
new Sink(target != null ? out : err).add(report.headline()) => new Sink(err).add(report.headline())
exit[0] = report.exit(); =>
addShutdownHook(leave); => availableProcessors();
if (!ACTIONS.contains(action)) { => if (false) {
needed = Math.max(needed, ACTIONS.indexOf(action)); => needed = ACTIONS.indexOf(action);
new LinkedHashSet<>(call.all("--feed"))) { => call.all("--feed").subList(0, 1)) {
needed >= verdict.reason.status.allowed => needed > verdict.reason.status.allowed
needed < 0 ? !verdict.safe() => needed < 0 ? verdict.reason.status == Status.unknown
return e.error != null ? UNEVALUATED : blocked.isEmpty() ? SAFE : UNSAFE; => return blocked.isEmpty() ? SAFE : UNSAFE;
"alive", "false"); break; => "alive", "null"); break;
kind == Kind.unknown ? "null" => kind == Kind.unknown ? "1e9"
edit.loosen(state, claim); =>
decision.of(feed).safe() : => false :
(feed == null ? "" : " " + feed), call, new Sink(target == null ? err : out)); => (feed == null ? "" : " " + feed), call, new Sink(out));
journal != null && sameFile(target, journal) => journal != null && false
String refusal = is.safe() ? => String refusal = true ?
return UNSAFE; => return SAFE;
} else if (!was.safe()) { => } else {
facts.json(" ") + "\n") => facts.json(" "))
call.one("--baseline", null), "--now", e.now.toString()); => call.one("--baseline", null), "--now", null);
Files.deleteIfExists(path(file)); =>
bundledBaseline(), run(null, "status") == SAFE); => bundledBaseline(), true);
where, back.length > 0); => where, true);

# Reports
b.setLength(0); =>
sink.add(visible(headline)).add("\n"); => sink.add(headline).add("\n");
fresh < verdicts.size() ? UNSAFE : SAFE => fresh == 0 ? UNSAFE : SAFE
Integer.toString(fresh == all ? fresh : all - fresh) => Integer.toString(fresh)
count > named ? "; and " => count >= named ? "; and "
explained++ < MAX_EXPLAINED => explained++ <= MAX_EXPLAINED
paint(sink, exit() == SAFE ? Status.fresh : Status.unknown, => paint(sink, Status.fresh,
Math.ceil(10 * => Math.floor(10 *
if (was != is) { => if (was == is) {
exit() == SAFE ? "eligible" : "restricted" => fresh > 0 ? "eligible" : "restricted"
alive += v.alive == Boolean.TRUE ? 1 : 0; => alive += v.alive != null ? 1 : 0;
facts.add("error", e.error); =>
e.error == null && blocked.isEmpty() ? "open" => blocked.isEmpty() ? "open"
i == 1 ? v.safe() ? "1" : "0" => i == 1 ? v.alive == Boolean.TRUE ? "1" : "0"
i == 2 ? v.age : v.limit; => i == 2 ? v.age == null ? "0" : v.age : v.limit;
.replace("\"", "\\\"").replace("\n", "\\n"); => .replace("\"", "\\\"");
v.name.replace("\\", "\\\\") => v.name
e.error == null ? "1\n" : "0\n" => "1\n"
Long.toString(e.now.getEpochSecond()) => Long.toString(e.now.toEpochMilli())
v.safe() ? "null" : quoted(v.sentence()) => quoted(v.sentence())
return all ? SAFE : UNSAFE; => return SAFE;
boolean all = passed == lines.size(); => boolean all = passed > 0;
return escaped(s, '|'); => return escaped(s, '"');
type != Character.CONTROL && type != Character.FORMAT => type != Character.CONTROL
type != Character.CONTROL && type != Character.FORMAT => type != Character.FORMAT
quiet && c != '\\' && c != special => quiet && c != special
Character.isLowSurrogate(c) ? clean < i => Character.isLowSurrogate(c) && clean < i ? true

# State and edits
state.requireAsOf = asBaseline && required; => state.requireAsOf = false;
if (required == null && asBaseline) { => if (false) {
if (state.feeds.isEmpty()) { => if (false) {
if (!named) { => if (false) {
if (table[slot] != 0) { => if (false) {
if (feed.name.equals(name)) { => if (true) {
age == null || "null".equals(age.fault) ? null : age => age
if (!old.equals(value)) { => if (true) {
splice(last, last, "," + gap + '"' + name => splice(last, last, "," + '"' + name
if (state.feeds.size() == 1) { => if (false) {
before = present != null ? present : before; => before = present;
entry.set(0, feed.name, "alive", "true"); =>
limit.times(10) => limit.times(1)
splice(end / 2, document.length(), ""); => splice(end / 3, document.length(), "");

# JSON
if (at < in.length - 1) { => if (false) {
if (++depth > MAX_NESTING) { => if (++depth >= MAX_NESTING) {
if (!members.add(name)) { => if (false) {
|| !Arrays.equals(in, from, from + length, in, knownAt[slot], end)) { => ) {
end >= in.length || in[end] != '"' || !Arrays => end >= in.length || !Arrays
if (members.count > 0) { => if (members.count > 0 && in[at] == ',') {
if (!first) { => if (!first && in[at] == ',') {
if (in[at] != word.charAt(i)) { => if (false) {
if (in[whole] == '0' && at > whole + 1) { => if (false) {
return at - from > MAX_NUMBER_CHARS ? => return at - from >= MAX_NUMBER_CHARS ?
if (!escapes && bytes > 0 && bytes <= MAX_NAME_CHARS) { => if (!escapes && bytes >= 0 && bytes <= MAX_NAME_CHARS) {
name.codePointCount(0, name.length()) <= MAX_NAME_CHARS => name.length() <= MAX_NAME_CHARS
} else if (b < ' ') { => } else if (b == 0) {
if (!ascii) { => if (false) {
if ("\"\\/bfnrt".indexOf(in[at]) < 0) { => if (false) {
} else if (Character.isSurrogate(unit)) { => } else if (false) {
column = in[i] == '\n' ? 1 : (in[i] & 0xc0) == 0x80 ? column : column + 1; => column = in[i] == '\n' ? 1 : column + 1;

# Clock and files
(time.charAt(zone) == '-' ? -offset : offset) => offset
LocalTime.of(hours, minutes).toSecondOfDay() => hours * 3600 + minutes * 60
zone < form.length() || zone == form.length() + 1 => zone < form.length()
s.endsWith("Z") || s.endsWith("z") => s.endsWith("Z")
if (!before.isRegularFile()) { => if (before.isDirectory()) {
if (read == size && (replaced => if ((replaced
before.lastModifiedTime().equals(after.lastModifiedTime()) => true
if (size > MAX_FILE_BYTES) { => if (size >= MAX_FILE_BYTES) {
digest.update(bytes, 0, length()); => digest.update(bytes);
temporary.toFile().deleteOnExit(); =>
channel.force(true);<NL>            channel.close(); => channel.close();
directory.force(true); =>
Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE); =>
Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE); => Files.copy(temporary, target, StandardCopyOption.REPLACE_EXISTING);
Files.deleteIfExists(temporary); =>
channel.lock(); =>
last.get(0) != '\n'; => last.get(0) == '\n';
channel.position(size); =>
channel.force(true);<NL>            } catch => } catch
channel.truncate(size); =>
open.done = true; =>
file.out.write(document.bytes, 0, document.length()); => file.out.write(document.bytes, 0, document.length() - 1);
if (name.equals("-") && option.equals("--output")) { => if (name.equals("-")) {
} else if (Files.isSymbolicLink(path)) { => } else if (false) {
Files.exists(path) && !Files.isRegularFile(path) => false
for (int i = 0; i < inputs.length; i += 2) { => for (int i = 0; i < 2; i += 2) {
for (int i = 0; i < inputs.length; i += 2) { => for (int i = 2; i < inputs.length; i += 2) {
return Files.isSameFile(one, other); => return Files.isSameFile(one, other) && one.equals(other);
source.getParent().equals(Path.of("").toAbsolutePath()) ? name => true ? name
name.startsWith("/dev/pts/") => name.startsWith("/")

# Options and help
} else if (has(option) && !usage.contains("... ")) { => } else if (false) {
if (value.isEmpty()) { => if (false) {
usage.indexOf('|') >= 0 && !Arrays => false && !Arrays
value.indexOf('\ufffd') >= 0 => false
line.contains(" required: ") && word.startsWith("--") && !has(word) => false
throw error("unexpected argument: " + arg); => continue;
has("--now") && instant(one("--now", "")) == null => false
one("--baseline", "").equals("-") => false
(number("--age-seconds") == null || number("--age-seconds").isAbove(Decision.MAX_AGE)) => number("--age-seconds") == null
kind().compareTo(Kind.frozen) >= 0 == has("--feed") => kind().compareTo(Kind.frozen) < 0 && !has("--feed")
has("--age-seconds") && kind() != Kind.stale => false
has("--output") || has("--now") || one("--state", "").equals("-") => has("--output") || has("--now")
(never == null || never.isEmpty()) => true
int least = word.length() / 3 + 2; => int least = word.length() / 3 + 9;
value.startsWith("--") ? "=" : " " => " "
word.replace("'", "'\\''") => word
"-_./:=@%+,".indexOf(c) => "-_./:=@%+, ".indexOf(c)
return "$'\\x" => return "'\\x"
LIST
}

# Compiles the copy with its tests. Quickly: each class file is used once.
compile() {
  rm -rf "$work/classes"
  "$home/bin/javac" -J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC -proc:none -d "$work/classes" "$work/copy/Freshness.java" "$work"/copy/tests/*.java
}

# first_failure COMMAND...: the first line "not ok", or how else the command failed; nothing where it passes. The command
# is ended at its first failure: with its children, since it leads a process group of its own.
first_failure() {
  local line status=0 pid
  cd "$work/copy"
  coproc TESTS { exec setsid "${nobody[@]}" timeout --kill-after=5 "$deadline_seconds" "$@" 2>&1; }
  pid=$TESTS_PID
  exec {lines}<&"${TESTS[0]}"
  while read -r line <&"$lines"; do
    if [[ $line == 'not ok'* ]]; then
      kill -TERM -- "-$pid" 2>/dev/null || true
      echo "$line"
      break
    fi
  done
  wait "$pid" 2>/dev/null || status=$?
  if [[ $line != 'not ok'* && $status -eq 124 ]]; then echo "a hang: no end after $deadline_seconds s"; fi
  if [[ $line != 'not ok'* && $status -ne 0 && $status -ne 124 ]]; then echo "exit $status"; fi
}

# Runs the fast tests on the copy until one fails, and prints what failed; nothing if none did.
run_tests() {
  local part failure java=("$home/bin/java" -XX:+UseSerialGC "-Djava.io.tmpdir=$TMPDIR" -cp "$work/classes")
  for part in FreshnessTest 'Judge 1500' "processes.sh $work/classes" launcher.sh; do
    case $part in
      *.sh*) failure=$(first_failure bash "tests/${part%% *}" "${part#* }") ;;
      *) failure=$(first_failure "${java[@]}" "${part%% *}" "${part#* }") ;;
    esac
    if [[ -n $failure ]]; then
      echo "${part%% *}: $failure"
      break
    fi
  done
  if [[ -z $failure && -n $(ls -A "$TMPDIR") ]]; then echo "run-tests.sh: not ok - nothing is left in the temporary directory"; fi
  rm -rf "${TMPDIR:?}"/*
}

mkdir "$work/copy" "$work/tmp" "$work/home"
(cd "$root" && tar -cf - --exclude=./.git .) | tar -xf - -C "$work/copy"
if [[ $EUID -eq 0 ]]; then
  chmod 755 "$work"
  chown -R nobody:nogroup "$work/copy" "$work/tmp" "$work/home"
fi
export HOME=$work/home TMPDIR=$work/tmp JAVA_HOME=$home
original=$(<"$root/Freshness.java")
compile
echo '# without a defect'
failure=$(run_tests)
if [[ -n $failure ]]; then
  printf 'not ok - the tests fail without any defect\n  got:  %s\n' "$failure"
  exit 1
fi

number=0 caught=0 survived=() faults=()
while IFS= read -r line; do
  [[ -n $line && $line != '# '* ]] || continue
  number=$((number + 1))
  if [[ $# -gt 0 && " $* " != *" $number "* ]]; then continue; fi
  old=${line%% =>*} new=${line#* =>} new=${new# }
  old=${old//<NL>/$'\n'} new=${new//<NL>/$'\n'}
  rest=${original#*"$old"}
  if [[ $line != *' =>'* || $rest == "$original" || $rest == *"$old"* ]]; then
    faults+=("$number")
    printf '%3d FAULT not exactly once in the file: %s\n' "$number" "$old"
    continue
  fi
  printf '%s\n' "${original%%"$old"*}$new$rest" >"$work/copy/Freshness.java"
  if ! compile >"$work/javac" 2>&1; then
    faults+=("$number")
    printf '%3d FAULT does not compile: %s\n  %s\n' "$number" "$line" "$(head -n 3 "$work/javac")"
    continue
  fi
  failure=$(run_tests)
  if [[ -n $failure ]]; then
    caught=$((caught + 1))
    printf '%3d caught: %s\n      by %.150s\n' "$number" "$line" "$failure"
  else
    survived+=("$number")
    printf '%3d SURVIVED: %s\n' "$number" "$line"
  fi
done < <(mutants)

printf '# mutants: %d caught, %d survived%s, %d faults of the list%s, %d s\n' "$caught" "${#survived[@]}" "${survived[*]:+: ${survived[*]}}" \
  "${#faults[@]}" "${faults[*]:+: ${faults[*]}}" "$SECONDS"
[[ $caught -gt 0 && ${#survived[@]} -eq 0 && ${#faults[@]} -eq 0 ]]
