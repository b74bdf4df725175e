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
case "gate": return gate(call); => case "gate": gate(call); return SAFE;
return UNEVALUATED; // nobody can be told => return SAFE; // nobody can be told
new Sink(err).put("freshness: {}\n", visible(problem)) => new Sink(err).put("freshness: {}\n", problem)
catch (OutOfMemoryError e) { => catch (StackOverflowError e) {

# Domain
unknown(1), stale(3), fresh(6); => unknown(1), stale(4), fresh(6);
unknown(1), stale(3), fresh(6); => unknown(3), stale(3), fresh(6);
this == stale ? Status.stale : Status.unknown; => this == stale || this == clock_skew ? Status.stale : Status.unknown;
boolean exact = json.length() <= MAX_NUMBER_CHARS => boolean exact = json.length() < MAX_NUMBER_CHARS
value.scale() <= MAX_NUMBER_CHARS; => true;
exact && value.signum() >= 0 ? => exact ?
BigDecimal.valueOf(10 * MAX_NUMBER_CHARS); => BigDecimal.valueOf(10);
.min(most).max(most.negate()).intValue(); => .intValue();
Math.max(json.indexOf('e'), json.indexOf('E')); => json.indexOf('e');
value.min(Decision.LARGEST) => value
.add(BigDecimal.valueOf(time.getNano(), 9)); => ;
age.add(age).compareTo(limit) > 0); => age.compareTo(limit) > 0);
: fill(reason.sentence, age, limit); => : fill(reason.sentence, limit, age);

# Decision
baseline.requireAsOf ? Reason.as_of_missing => state.requireAsOf ? Reason.as_of_missing
fault = Reason.as_of_invalid; => fault = null;
fault = Reason.clock_skew; => fault = null;
plain(secondsBetween(now, asOf)); => plain(secondsBetween(asOf, now));
elapsed = secondsBetween(asOf, now); => elapsed = BigDecimal.ZERO;
if (baseline.feed(claim.name, i) == null) { => if (false) {
: alive == null ? Reason.alive_invalid => : alive == null && limit != null ? Reason.alive_invalid
: !alive ? Reason.feed_down => : !alive && limit != null ? Reason.feed_down
: !alive ? Reason.feed_down => : false ? Reason.feed_down
: fault != null ? fault<NL> => : fault != null && alive != null ? fault<NL>
Reason reason = error != null ? Reason.state_invalid => Reason reason = error != null && claim != null ? Reason.state_invalid
age == null || age.compareTo(MAX_AGE) > 0 ? null => age == null ? null
: age == null ? Reason.age_invalid => : age == null ? Reason.age_missing
: age.compareTo(limit) > 0 ? Reason.stale => : age.compareTo(limit) >= 0 ? Reason.stale
reason != Reason.fresh ? Alert.page : watched => reason != Reason.fresh && reason != Reason.stale ? Alert.page : watched
(own.compareTo(agreed) > 0 || age => (age
(own.compareTo(agreed) > 0 || age.add(age).compareTo(limit) > 0); => own.compareTo(agreed) > 0;
age.add(age).compareTo(limit) > 0); => age.add(age).add(age).compareTo(limit) > 0);
watched ? Alert.ticket : Alert.none; => Alert.none;
limit == null || limit.signum() == 0 ? null => limit == null ? null
: claim == null ? Reason.feed_missing => : claim == null && fault == null ? Reason.feed_missing
: limit == null ? Reason.limit_invalid => : limit == null && age != null ? Reason.limit_invalid
"true".equals(claim.alive) ? Boolean.TRUE => "false".equals(claim.alive) == false ? Boolean.TRUE
BigDecimal limit = own == null || agreed == null ? null : own.min(agreed); => BigDecimal limit = own == null || agreed == null ? null : own;
BigDecimal limit = own == null || agreed == null ? null : own.min(agreed); => BigDecimal limit = own == null || agreed == null ? null : agreed;
Reason.limit_invalid ? own == null ? => Reason.limit_invalid ? own != null ?
error != null ? agreed : positive(state.limit); => agreed;
elapsed.signum() > 0 && recovered.compareTo(verdict.limit) > 0 => false
return feed.limit != null ? feed.limit : limit; => return limit != null ? limit : feed.limit;

# Commands
String reading = "baseline "; => String reading = "";
stateName = call.one("--state", baselineName); => stateName = call.one("--state", bundledBaseline());
commandLine("recover", "--feed", verdict.name => commandLine("recover", "--feeds", verdict.name
"--output", output,<NL>                    "--baseline", call.one("--baseline", null) => "--output", output,<NL>                    "--baseline", null
new Sink(target != null ? call.out : call.err).put("{}\n", report.headline()) => new Sink(call.err).put("{}\n", report.headline())
exit[0] = report.exit(); =>
addShutdownHook(leave); => availableProcessors();
form.startsWith("ACTION") ? ACTIONS => form.startsWith("NOTHING") ? ACTIONS
needed = Math.max(needed, ACTIONS.indexOf(action)); => needed = ACTIONS.indexOf(action);
new LinkedHashSet<String>(call.all("--feed"))) { => call.all("--feed").subList(0, 1)) {
needed >= verdict.reason.status().allowed => needed > verdict.reason.status().allowed
actions.isEmpty() ? ACTIONS.size() - 1 : 0; => 0;
return e.error != null ? UNEVALUATED : blocked.isEmpty() ? SAFE : UNSAFE; => return blocked.isEmpty() ? SAFE : UNSAFE;
"alive", "false"); break; => "alive", "null"); break;
kind.equals("unknown") ? "null" => kind.equals("unknown") ? "1e9"
edit.loosen(state, claim); =>
if (!fails) { => if (false) {
facts, call,<NL>                target == null, SAFE);<NL>    }<NL><NL>    /** Restores => facts, call,<NL>                false, SAFE);<NL>    }<NL><NL>    /** Restores
journal != null && sameFile(target, journal) => journal != null && false
String refusal = is.safe() ? => String refusal = true ?
facts, call, target == null, UNSAFE); => facts, call, target == null, SAFE);
} else if (!was.safe()) { => } else {
members(facts, "{", ", ", "}\n").toString() => members(facts, "{", ", ", "}").toString()
call.one("--baseline", null), "--now", e.now.toString())); => call.one("--baseline", null), "--now", null));
Files.deleteIfExists(directory.resolve(file)); => Files.exists(directory.resolve(file));
bundledBaseline()), ends(null, SAFE, "status")); => bundledBaseline()), true);
where), back.length > 0); => where), true);

# Reports
b.setLength(0); =>
sink.put("{}\n", visible(headline)); => sink.put("{}\n", headline);
unsafe.isEmpty() ? SAFE : UNSAFE; => unsafe.size() < verdicts.size() ? SAFE : UNSAFE;
feeds unsafe: {}", unsafe.size(), verdicts.size() => feeds unsafe: {}", verdicts.size() - unsafe.size(), verdicts.size()
count > MAX_NAMED ? "; and {} more" => count >= MAX_NAMED ? "; and {} more"
unsafe.size() <= MAX_EXPLAINED => unsafe.size() <= MAX_EXPLAINED + 1
painted(headline(), exit() == SAFE ? Status.fresh : Status.unknown)); => painted(headline(), Status.fresh));
RoundingMode.CEILING => RoundingMode.FLOOR
if (was != is) { => if (was == is) {
exit() == SAFE ? "eligible" : "restricted" => exit() != UNSAFE ? "eligible" : "restricted"
alive += v.alive == Boolean.TRUE ? 1 : 0; => alive += v.alive != null ? 1 : 0;
facts.put("error", e.error); => e.error.isEmpty();
boolean open = e.error == null && blocked.isEmpty(); => boolean open = blocked.isEmpty();
i == 1 ? v.safe() ? 1 : 0 => i == 1 ? v.alive == Boolean.TRUE ? 1 : 0
i == 2 ? v.age : v.limit; => i == 2 ? v.age == null ? "0" : v.age : v.limit;
.replace("\"", "\\\"").replace("\n", "\\n"); => .replace("\"", "\\\"");
v.name.replace("\\", "\\\\") => v.name
sink), e.error == null ? 1 : 0); => sink), 1);
e.now.getEpochSecond());<NL>        } => e.now.toEpochMilli());<NL>        }
v.safe() ? null : quoted(v.sentence()) => quoted(v.sentence())
return passed == checks.size() ? SAFE : UNSAFE; => return SAFE;
String result = passed == checks.size() ? => String result = passed > 0 ?
return escaped(s, '|'); => return escaped(s, '"');
type != Character.CONTROL && type != Character.FORMAT => type != Character.CONTROL
type != Character.CONTROL && type != Character.FORMAT => type != Character.FORMAT
quiet && c != '\\' && c != special => quiet && c != special
Character.isLowSurrogate(c) ? clean < i => Character.isLowSurrogate(c) && clean < i ? true

# State and edits
state.requireAsOf = asBaseline && required.equals("true"); => state.requireAsOf = false;
if (asBaseline && !required.equals("true") && !required.equals("false")) { => if (false) {
if (state.size() == 0) { => if (false) {
if (!named) { => if (false) {
if (table[slot] != 0) { => if (false) {
if (feed == null || !feed.name.equals(name)) { => if (feed == null) {
"null".equals(age) ? null : age => age
if (!old.equals(value)) { => if (true) {
fill(",{}\"{}\": {}", gap, member, value) => fill(",{}\"{}\": {}", "", member, value)
if (state.size() == 1) { => if (false) {
before = present != null ? present : before; => before = present;
entry.set(0, "", "alive", "true"); => entry.set(0, "", "x", "true");
limit.multiply(BigDecimal.TEN))); => limit));
splice(end / 2, document.length(), ""); => splice(end / 3, document.length(), "");

# JSON
if (at < in.length - 1) { => if (false) {
if (++depth > MAX_NESTING) { => if (++depth >= MAX_NESTING) {
if (!names.get(depth).add(name)) { => if (false) {
|| !Arrays.equals(in, from, from + length, in, knownAt[slot], end)) { => ) {
end >= in.length || in[end] != '"'<NL> => end >= in.length<NL>
} else if (!first) {<NL> => } else if (!first && in[at] == ',') {<NL>
if (!first) { => if (!first && in[at] == ',') {
if (in[at] != word.charAt(i)) { => if (false) {
if (in[whole] == '0' && at > whole + 1) { => if (false) {
Math.min(at - from, MAX_NUMBER_CHARS + 1) => Math.min(at - from, MAX_NUMBER_CHARS)
if (!escapes && bytes > 0 && bytes <= MAX_NAME_CHARS) { => if (!escapes && bytes >= 0 && bytes <= MAX_NAME_CHARS) {
name.codePointCount(0, name.length()) <= MAX_NAME_CHARS => name.length() <= MAX_NAME_CHARS
} else if (b < ' ') { => } else if (b == 0) {
if (!ascii) { => if (false) {
if ("\"\\/bfnrt".indexOf(in[at]) < 0) { => if (false) {
} else if (Character.isSurrogate(unit)) { => } else if (false) {
column = in[i] == '\n' ? 1 : (in[i] & 0xc0) == 0x80 ? column : column + 1; => column = in[i] == '\n' ? 1 : column + 1;

# Clock and files
plusSeconds(s.charAt(zone) == '-' ? ahead : -ahead) : null; => plusSeconds(-ahead) : null;
LocalTime.of(number(s, zone + 1, zone + 3), number(s, zone + 4, zone + 6)).toSecondOfDay(); => number(s, zone + 1, zone + 3) * 3600 + number(s, zone + 4, zone + 6) * 60;
if (zone < 0 || !form => if (!form
c == 'z' ? 'Z' : c); => c);
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
Document.checked(bytes.length - 1, "the new state"); =>
fraction.substring(9).replace("0", "").isEmpty() => true
&& sameFile(a.getParent(), b.getParent()); => && a.getParent().normalize().equals(b.getParent().normalize());
Arrays.asList("--baseline", "--record")) { => Arrays.asList("--baseline")) {
: Files.isSymbolicLink(path) ? "a link; => : false ? "a link;
Files.exists(path) && !Files.isRegularFile(path) => false
: sameFile(path, path(state.equals("-") ? "/dev/stdin" : state)) ? => : false ?
state.equals("-") ? "/dev/stdin" : state => state
: sameFile(path, path(call.one("--baseline", bundledBaseline()))) || => : false ||
return Files.isSameFile(one, other); => return Files.isSameFile(one, other) && one.equals(other);
source.getParent().equals(Path.of("").toAbsolutePath()) ? name => true ? name
name.startsWith("/dev/pts/") => name.startsWith("/")

# Options and help
} else if (has(option) && !form.endsWith("...")) { => } else if (false) {
if (value.isEmpty()) { => if (false) {
known.size() == 1 || known.contains(value) ? null => true ? null
value.indexOf('\ufffd') >= 0 => false
if (required > 0 && !has(word)) { => if (false) {
throw error("unexpected argument: {}", arg); => continue;
case "INSTANT": return instant(value) != null ? null => case "INSTANT": return true ? null
if (one(option, "").equals("-")) { => if (false) {
age != null && age.compareTo(Decision.MAX_AGE) <= 0 ? null => age != null ? null
has("KIND") && ofFeed != has("--feed") => has("KIND") && ofFeed && !has("--feed")
has("--age-seconds") && !one("KIND", null).equals("stale") => false
has("--output") || has("--now") || one("--state", "").equals("-") => has("--output") || has("--now")
(never == null || never.isEmpty()) => true
int least = word.length() / 3 + 2; => int least = word.length() / 3 + 9;
value.startsWith("--") ? " {}={}" : " {} {}" => " {} {}"
word.replace("'", "'\\''") => word
"-_./:=@%+,".indexOf(c) => "-_./:=@%+, ".indexOf(c)
return fill("$'\\x{}'" => return fill("'\\x{}'"
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
