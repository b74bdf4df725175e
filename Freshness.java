//bin/: 2>/dev/null <<'end' # Java reads a comment; a shell a command that is not there, fed with the next line.
/*
end
# ./Freshness.java: the kernel declines this file and the calling shell reads on here. It hands over to Java, with classes
# compiled earlier from this very source where the user's cache has them, and else with the source.
me=$0 nl='
'
stop() {
  echo "freshness: $1; install JDK 21 or newer, or set JAVA_HOME to one" >&2
  exit 3
}
java=${JAVA_HOME:+$JAVA_HOME/bin/java}
java=${java:-$(command -v java)} || stop 'no java on the PATH'
[ -x "$java" ] || stop "there is no $java"
command -v sha256sum >/dev/null || sha256sum() { shasum -a 256 "$@"; } # macOS
cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}/freshness
case ${FRESHNESS_CACHE:-on}$cache in off* | on/freshness | on[!/]*) cache='' ;; esac
baseline=${me%/*}/data/healthy.json state='' last=''
for arg in "$@"; do
  case $last,$arg in
    --state,* | *,--state=*) state=${arg#--state=} ;;
    --baseline,* | *,--baseline=*) baseline=${arg#--baseline=} ;;
  esac
  last=$arg
done
state=${state:-$baseline}
case $state,$baseline in -,* | *"$nl"*) state='' baseline='' ;; esac

# An entry is named by the SHA-256 of the source and by the java that made it. Its stamp tells inode, size and time of change
# of that java and of the files of the entry: none that was touched since counts. Nor does a directory that someone else
# owns, can write or could exchange.
find_entry() {
  trusted='' source='' id='' digits='' files=$nl stamp=$nl entry=''
  [ -n "$cache" ] && [ -O "$cache" ] && [ ! -h "$cache" ] || return 1
  while read -r inode mode links user group size rest; do # to single spaces: ls aligns its columns
    line="$inode $mode $links $user $group $size $rest"
    case $line in
      *\ d????-??-*[/]freshness | *\ d????-??-*[/].. | *\ d????????[tT]*[/]..) trusted=$trusted. ;;
      "$inode - "*) source=$inode ;;
      *" $state" | *" $baseline") digits=$digits${#size}, ;;
      *" $java") id=$inode files=$files$line$nl ;;
      *) files=$files$line$nl ;;
    esac
  done <<found
$({ sha256sum - <"$me" & list "$cache" "$cache/.." "$java" "$cache"/*"/freshness.j"* "$state" "$baseline"; wait; } 2>/dev/null)
found
  entry=$cache/$source-$id
  if [ "$trusted" = .. ] && [ -f "$entry/stamp" ]; then
    while read -r line; do
      case $files in *"$nl$line$nl"*) stamp=$stamp$line$nl ;; esac
    done <"$entry/stamp"
    case $stamp in *" $java$nl"*" $entry/freshness.jar$nl"*" $entry/freshness.jsa$nl") return ;; esac
  fi
  entry=''
  return 1
}

list() {
  LC_ALL=C TZ=UTC0 ls -ldcinL --full-time -- "$@" || LC_ALL=C TZ=UTC0 ls -ldcinLT -- "$@" # GNU, BSD
}

# One run builds, in a directory that is also the lock; the others start from the source meanwhile. The archive knows the
# path of its classes, so these go to their place first; without its stamp, which comes last, no entry counts.
build_entry() (
  unset JDK_JAVA_OPTIONS JAVA_TOOL_OPTIONS _JAVA_OPTIONS
  umask 077
  new=$cache/new
  mkdir "$new" || { find "$new" -prune -mmin +5 -exec rm -rf {} +; exit; }
  trap 'rm -rf "$new"' EXIT
  trap 'exit 1' HUP INT TERM
  find_entry && exit
  cp "$me" "$new/Freshness.java" &&
    "$java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -m jdk.compiler/com.sun.tools.javac.Main -proc:none -XDstringConcat=inline \
      -d "$new/classes" "$new/Freshness.java" &&
    "$java" -m jdk.jartool/sun.tools.jar.Main --create --file "$new/freshness.jar" --no-compress --no-manifest -C "$new/classes" . || exit
  sum=$(sha256sum - <"$new/Freshness.java")
  made=$cache/${sum%% *}-$id
  rm -rf "$made"
  mkdir "$made" && mv "$new/freshness.jar" "$made" || exit
  "$java" -XX:DumpLoadedClassList="$new/list" -Djdk.launcher.sourcefile="$me" -cp "$made/freshness.jar" Freshness smoke
  "$java" -Xshare:dump -XX:SharedClassListFile="$new/list" -XX:SharedArchiveFile="$made/freshness.jsa" -cp "$made/freshness.jar" &&
    { list "$java" && list "$made/freshness.jar" && list "$made/freshness.jsa"; } | tr -s ' ' >"$new/stamp" && mv "$new/stamp" "$made"
  ls -t "$cache" | tail -n +5 | while read -r old; do rm -rf "${cache:?}/$old"; done
)

if ! find_entry; then
  version=$("$java" -version 2>&1) version=${version#*version \"} version=${version%%\"*}
  case ${version%%.*} in [1-9] | 1[0-9] | 20) stop "$java is Java $version, too old" ;; esac
  [ -z "$cache" ] || [ -d "$cache" ] || (umask 077 && mkdir -p "$cache") 2>/dev/null
  find_entry || [ "$trusted" != .. ] || build_entry </dev/null >/dev/null 2>&1
  find_entry
fi
own=$JDK_JAVA_OPTIONS$JAVA_TOOL_OPTIONS$_JAVA_OPTIONS # the options below may not go with the user's own
[ -n "$entry$own" ] || exec "$java" -XX:TieredStopAtLevel=1 --source 21 "$me" "$@" # javac is done before the optimizing compiler pays
[ -n "$entry" ] || exec "$java" --source 21 "$me" "$@"
set -- -Djdk.launcher.sourcefile="$me" -cp "$entry/freshness.jar" Freshness "$@"
[ -z "$own" ] || exec "$java" "$@"
# Compilers take long to start: none is worth it below 10 kB of state and of baseline, and the optimizing one only from 10 MB on.
case $digits in
  [1-4],[1-4],) set -- -Xint -Xms4m "$@" ;;
  *[89],* | *1?,*) ;;
  *) set -- -XX:TieredStopAtLevel=1 -Xms16m "$@" ;;
esac
set -- -XX:SharedArchiveFile="$entry/freshness.jsa" -XX:+UseSerialGC -XX:-UsePerfData -Xlog:disable "$@"
# The archive is mapped where it was made for: to move it takes a tenth of the start.
exec "$java" -XX:+IgnoreUnrecognizedVMOptions -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0 "$@"
*/

/*
 * Freshness: a fail-closed freshness gate for market-data feeds.
 *
 * It reads a local JSON state and a baseline, and says for each feed whether it is alive and safe to serve.
 * Safe is what was proved; everything else is blocked. A fault of one feed makes that feed unknown; a fault that
 * cannot be pinned to a feed makes the whole state invalid, and then nothing is safe.
 *
 * Exit codes: 0 all that was asked about is proved safe, or the command did its work; 2 evaluated, and not safe;
 * 3 could not be evaluated. 1 is never used: a JVM that dies leaves it.
 *
 * The sections, in order:
 *   Limits and defaults
 *   Start and dispatch
 *   Domain
 *   Decision
 *   Commands
 *   Reports
 *   State and edits
 *   JSON
 *   Clock and files
 *   Options and help
 *
 * The whole file is compiled at every plain start, so each line costs every user: no regular expressions, formatters,
 * streams or lambdas; and text is put into templates, since a concatenation takes the compiler three times as long. It
 * compiles on Java 17 too, so that an old Java gets a clear line.
 */

import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

public final class Freshness {

    // ---- Limits and defaults ----

    static final int MAX_FILE_BYTES = 256 << 20;
    static final int MAX_NESTING = 64;
    static final int MAX_NAME_CHARS = 200;
    /** A longer number, or one with more decimals, is kept in a state, but is no age and no limit. */
    static final int MAX_NUMBER_CHARS = 1000;
    /** About 31 years. An age above it is no plausible time: an epoch timestamp written as an age lies above. */
    static final long MAX_AGE_SECONDS = 1_000_000_000;
    static final int MAX_SKEW_SECONDS = 1;
    /** How often a file is read anew that another has replaced meanwhile. */
    static final int MAX_TRIES = 100;
    static final int FROZEN_FOR_SECONDS = 3600;
    static final String STALE_AGE_SECONDS = "660";
    static final String SKEWED_AGE_SECONDS = "-30";
    static final String RECOVERED_AGE_SECONDS = "5";
    static final String BUNDLED_BASELINE = "data/healthy.json";
    /** How many feeds a headline names and a text explains. A table has a row for each all the same. */
    static final int MAX_NAMED = 5;
    static final int MAX_EXPLAINED = 20;
    static final int MIN_JAVA = 21;

    static final int SAFE = 0;
    static final int UNSAFE = 2;
    static final int UNEVALUATED = 3;

    // ---- Start and dispatch ----

    public static void main(String... args) {
        int exit = UNEVALUATED;
        try {
            exit = run(args, System.in, new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err));
        } finally {
            Runtime.getRuntime().halt(exit);
        }
    }

    /** Runs one command and returns its exit code; the one place where an error becomes a line and a code. */
    static int run(String[] args, InputStream in, OutputStream out, OutputStream err) {
        String problem;
        try {
            int java = Runtime.version().feature();
            if (java < MIN_JAVA) {
                throw new DataException("Java {} or newer is needed, and this is Java {}; set JAVA_HOME to a newer JDK, or put its java"
                        + " first on the PATH", MIN_JAVA, java);
            }
            return dispatch(new Call(args, in, out, err));
        } catch (DataException e) {
            problem = e.getMessage();
        } catch (IOException e) {
            problem = fill("the output could not be delivered: {}", reason(e));
        } catch (OutOfMemoryError e) {
            problem = "out of memory; give the JVM more, for example with JDK_JAVA_OPTIONS=-Xmx4g";
        } catch (RuntimeException | Error e) {
            problem = fill("internal error, please report it: {}", e);
        }
        try {
            new Sink(err).put("freshness: {}\n", visible(problem)).flush();
        } catch (IOException e) {
            return UNEVALUATED; // nobody can be told, but the exit code still says it
        }
        return UNEVALUATED;
    }

    private static int dispatch(Call call) throws IOException {
        switch (call.help ? "help" : call.command) {
            case "status": return call.has("--watch") ? watch(call) : status(call);
            case "gate": return gate(call);
            case "scenario": return scenario(call);
            case "recover": return recover(call);
            case "smoke": return smoke(call);
            case "doctor": return doctor(call);
            case "--version":
                new Sink(call.out).put("freshness 1.0, Java {}\n", Runtime.version()).flush();
                return SAFE;
            default: return help(call);
        }
    }

    /** What was asked for cannot be done; the message says what is wrong, where, and what was expected. */
    static final class DataException extends RuntimeException {
        private static final long serialVersionUID = 1;

        DataException(String template, Object... values) {
            super(fill(template, values), null, false, false);
        }
    }

    // ---- Domain ----

    /** In the order in which they need more freshness. */
    static final List<String> ACTIONS = Arrays.asList("inspect_status", "read_last_price", "serve_cached_status",
            "price_order", "publish_signal", "rebalance_position");
    /** The failures that scenario writes: all but the last two are of one feed. */
    static final List<String> KINDS = Arrays.asList("stale", "unknown", "down", "missing", "skewed", "loosened", "frozen", "corrupt");

    /** Whether a kind is of one feed, and not of the whole state. */
    static boolean ofFeed(String kind) {
        return KINDS.indexOf(kind) < KINDS.indexOf("frozen");
    }

    // The constants of the enums below are spelled as in the outputs.

    /** How fresh a feed is, and which of the actions that allows: those before that index. */
    enum Status {
        unknown(1), stale(3), fresh(6);

        final int allowed;
        final String blocked;
        /** What a JSON verdict says of this status. */
        final String json;

        Status(int allowed) {
            this.allowed = allowed;
            List<String> no = ACTIONS.subList(allowed, ACTIONS.size());
            blocked = String.join(", ", no);
            json = fill("\"freshness_status\": \"{}\", \"safe_to_serve\": {}, \"allowed_actions\": {}, \"blocked_actions\": {}",
                    this, no.isEmpty(), array(ACTIONS.subList(0, allowed)), array(no));
        }

        private static String array(List<String> words) {
            return words.isEmpty() ? "[]" : fill("[\"{}\"]", String.join("\", \"", words));
        }
    }

    enum Alert { none, ticket, page }

    /** Why a feed has its status, in the order of the decision: the first that matches counts. */
    enum Reason {
        state_invalid("the state cannot be evaluated: {}", "correct the state, or the producer that writes it"),
        feed_missing("the baseline lists this feed, the state does not", null),
        feed_unexpected("the state lists this feed, the baseline does not",
                "add this feed to the baseline after review, or stop the producer from writing it"),
        as_of_missing("the baseline requires as_of and the state has none", "make the producer write as_of: the baseline requires it"),
        as_of_invalid("as_of is {}, not an RFC 3339 instant", "make the producer write as_of like 2026-11-22T09:37:00Z"),
        clock_skew("as_of is {}s in the future", "compare the clock of this host with that of the host that wrote the state"),
        alive_invalid("alive is absent, or neither true nor false", null),
        feed_down("the feed consumer does not answer: alive is false", null),
        limit_invalid("max_age_seconds is {}, not a number above 0", "correct max_age_seconds in the state and in the baseline"),
        age_missing("the age of the newest tick is not known", null),
        age_invalid("last_tick_age_seconds is {}, not a plausible age", null),
        stale("last tick {}s old, limit {}s", null),
        fresh("last tick {}s old, limit {}s", null);

        /** One plain sentence, with places for the figures. */
        final String sentence;
        /** What to do next; null where a recovery on a fresh tick is the way. */
        final String advice;

        Reason(String sentence, String advice) {
            this.sentence = sentence;
            this.advice = advice;
        }

        Status status() {
            return this == fresh ? Status.fresh : this == stale ? Status.stale : Status.unknown;
        }
    }

    /**
     * Feed is one entry of a document, as claimed: the members are JSON texts, null where absent.
     *
     * @param age null where it is JSON's null, too
     * @param at  the byte at which the entry begins
     */
    record Feed(String name, String alive, String age, String limit, int at) { }

    /**
     * Verdict is what was decided about one feed.
     *
     * @param alive null where it is not known
     * @param age   the age now, in seconds; null where it is not known
     * @param limit the limit that counted, in seconds; null where there is none
     * @param found what was found instead of something valid, for the sentence of the reason
     */
    record Verdict(String name, Boolean alive, BigDecimal age, BigDecimal limit, Reason reason, Alert alert, String found) {
        boolean safe() {
            return reason == Reason.fresh;
        }

        /** One plain sentence with the figures. */
        String sentence() {
            return reason.status() == Status.unknown ? fill(reason.sentence, found) : fill(reason.sentence, age, limit);
        }

        /** The verdict in a few words, for a line that names several feeds. */
        String brief() {
            return reason == Reason.stale ? fill("{} stale, {}s > {}s", name, age, limit)
                    : safe() ? fill("{} fresh, {}s of {}s", name, age, limit) : fill("{} unknown ({})", name, reason);
        }
    }

    /** The number in a JSON text, where it is zero or more and no larger than can be of use; else null. */
    static BigDecimal seconds(String json) {
        try {
            int e = Math.max(json.indexOf('e'), json.indexOf('E'));
            BigDecimal digits = new BigDecimal(e < 0 ? json : json.substring(0, e));
            // Any larger power is as good as this one.
            BigDecimal most = BigDecimal.valueOf(10 * MAX_NUMBER_CHARS);
            int power = e < 0 ? 0 : new BigDecimal(json.substring(e + 1)).min(most).max(most.negate()).intValue();
            BigDecimal value = digits.scaleByPowerOfTen(power).stripTrailingZeros();
            boolean exact = json.length() <= MAX_NUMBER_CHARS && value.scale() <= MAX_NUMBER_CHARS;
            return exact && value.signum() >= 0 ? value.min(Decision.LARGEST) : null;
        } catch (NumberFormatException notOne) {
            return null;
        }
    }

    /** The exact time from one instant to a later one. */
    static BigDecimal secondsBetween(Instant from, Instant to) {
        Duration time = Duration.between(from, to);
        return BigDecimal.valueOf(time.getSeconds()).add(BigDecimal.valueOf(time.getNano(), 9));
    }

    // ---- Decision ----

    /**
     * Decision holds the rule. A baseline, a state or else the error that kept it from being read, and an instant go in;
     * verdicts come out. There is no clock, file, environment or output in it.
     */
    static final class Decision {
        static final BigDecimal MAX_AGE = BigDecimal.valueOf(MAX_AGE_SECONDS);
        /** A larger number is as good as this one, and this one can be printed. */
        static final BigDecimal LARGEST = MAX_AGE.multiply(MAX_AGE);

        private final State baseline;
        private final State state;
        private final String error;
        /** A fault of the snapshot makes each of its feeds unknown. */
        private Reason fault;
        private String faultFound;
        /** The time since the snapshot was taken, added to every age: a frozen snapshot turns stale. */
        private BigDecimal elapsed = BigDecimal.ZERO;

        Decision(State baseline, State state, String error, Instant now) {
            this.baseline = baseline;
            this.state = error == null ? state : State.NONE;
            this.error = error;
            Instant asOf = this.state.asOf;
            faultFound = this.state.asOfText;
            if (faultFound == null) {
                fault = baseline.requireAsOf ? Reason.as_of_missing : null;
            } else if (asOf == null) {
                fault = Reason.as_of_invalid;
            } else if (asOf.isAfter(now.plusSeconds(MAX_SKEW_SECONDS))) {
                fault = Reason.clock_skew;
                faultFound = plain(secondsBetween(now, asOf));
            } else if (asOf.isBefore(now)) {
                elapsed = secondsBetween(asOf, now);
            }
        }

        /** The verdict on one feed; null where neither the baseline nor the state has it. */
        Verdict of(String name) {
            Feed contract = baseline.feed(name, 0);
            Feed claim = state.feed(name, 0);
            return contract == null && claim == null ? null : decide(contract, claim);
        }

        /** All verdicts, each decided when it is asked for: the baseline's feeds in its order, then the unexpected ones. */
        List<Verdict> all() {
            List<Feed> unexpected = new ArrayList<Feed>();
            for (int i = 0; i < state.size() && state != baseline; i++) {
                Feed claim = state.get(i);
                if (baseline.feed(claim.name, i) == null) {
                    unexpected.add(claim);
                }
            }
            return new AbstractList<Verdict>() {
                @Override public Verdict get(int i) {
                    if (i >= baseline.size()) {
                        return decide(null, unexpected.get(i - baseline.size()));
                    }
                    Feed contract = baseline.get(i);
                    return decide(contract, state == baseline ? contract : state.feed(contract.name, i));
                }

                @Override public int size() {
                    return baseline.size() + unexpected.size();
                }
            };
        }

        private Verdict decide(Feed contract, Feed claim) {
            BigDecimal agreed = contract == null ? null : positive(baseline.limitOf(contract));
            BigDecimal own = claim == null ? agreed : positive(state.limitOf(claim));
            // The limit that counts: a state can tighten its own, never loosen it.
            BigDecimal limit = own == null || agreed == null ? null : own.min(agreed);
            BigDecimal age = contract == null || claim == null || claim.age == null || fault != null ? null : seconds(claim.age);
            age = age == null || age.compareTo(MAX_AGE) > 0 ? null : age.add(elapsed);
            Boolean alive = claim == null ? null : "true".equals(claim.alive) ? Boolean.TRUE : "false".equals(claim.alive) ? Boolean.FALSE : null;
            Reason reason = error != null ? Reason.state_invalid
                    : claim == null ? Reason.feed_missing
                    : contract == null ? Reason.feed_unexpected
                    : fault != null ? fault
                    : alive == null ? Reason.alive_invalid
                    : !alive ? Reason.feed_down
                    : limit == null ? Reason.limit_invalid
                    : claim.age == null ? Reason.age_missing
                    : age == null ? Reason.age_invalid
                    : age.compareTo(limit) > 0 ? Reason.stale
                    : Reason.fresh;
            boolean watched = reason == Reason.fresh && (own.compareTo(agreed) > 0 || age.add(age).compareTo(limit) > 0);
            Alert alert = reason != Reason.fresh ? Alert.page : watched ? Alert.ticket : Alert.none;
            String found = reason == Reason.state_invalid ? error
                    : reason == fault ? faultFound
                    : reason == Reason.limit_invalid ? own == null ? fill("{} in the state", found(state.limitOf(claim)))
                            : fill("{} in the baseline", found(baseline.limitOf(contract)))
                    : reason == Reason.age_invalid ? found(claim.age) : null;
            return new Verdict((claim == null ? contract : claim).name, alive, age, limit, reason, alert, found);
        }

        private static BigDecimal positive(String json) {
            BigDecimal limit = json == null ? null : seconds(json);
            return limit == null || limit.signum() == 0 ? null : limit;
        }

        private static String found(String json) {
            return json == null ? "absent" : Json.shortened(json);
        }

        /** The limit of the feeds that have none of their own; null where it is not valid. */
        BigDecimal commonLimit() {
            BigDecimal agreed = positive(baseline.limit);
            BigDecimal own = error != null ? agreed : positive(state.limit);
            return own == null || agreed == null ? null : own.min(agreed);
        }

        /** What to do next about an unsafe feed; null where a recovery on a fresh tick is the way. */
        String advice(Verdict verdict) {
            Reason reason = verdict.reason == Reason.feed_missing && fault != null ? fault : verdict.reason;
            if (reason.advice != null || verdict.limit == null) {
                return reason.advice != null ? reason.advice : Reason.limit_invalid.advice;
            }
            BigDecimal recovered = elapsed.add(new BigDecimal(RECOVERED_AGE_SECONDS));
            return elapsed.signum() > 0 && recovered.compareTo(verdict.limit) > 0
                    ? fill("restart the collector: the snapshot is {}s old", elapsed) : null;
        }
    }

    // ---- Commands ----

    /** Evaluation is what status, gate and recover read and decide; where that failed, error says why. */
    static final class Evaluation {
        final Call call;
        final Instant now;
        final String baselineName;
        final String stateName;
        Document baselineDocument;
        Document stateDocument;
        State baseline = State.NONE;
        State state = State.NONE;
        String error;
        final Decision decision;

        Evaluation(Call call) {
            this.call = call;
            now = call.now();
            baselineName = call.one("--baseline", bundledBaseline());
            stateName = call.one("--state", baselineName);
            String reading = "baseline ";
            try {
                baselineDocument = Document.read(baselineName, null);
                baseline = State.parse(baselineDocument, true);
                reading = "";
                // One read of the same file serves for both: two could see two contents.
                boolean same = !stateName.equals("-") && sameFile(path(stateName), path(baselineName));
                stateDocument = same ? baselineDocument : Document.read(stateName, call.in);
                state = same ? baseline : State.parse(stateDocument, false);
            } catch (DataException e) {
                error = reading.concat(e.getMessage());
            }
            decision = new Decision(baseline, state, error, now);
        }

        /** The verdict on a feed that has to be known. */
        Verdict verdict(String feed) {
            Verdict verdict = decision.of(feed);
            if (verdict == null) {
                throw baseline.unknown(feed);
            }
            return verdict;
        }

        /** The command that recovers the feed, or what to do where a recovery would be refused. */
        String next(Verdict verdict) {
            String advice = verdict.name.indexOf('\0') >= 0 ? "give this feed another name: no command line can carry this one"
                    : stateName.equals("-") ? "save the state to a file, and ask again for that file" : decision.advice(verdict);
            String stem = stateName.endsWith(".json") ? stateName.substring(0, stateName.length() - 5).concat("-") : "";
            String output = stem.concat("recovered.json");
            return advice != null ? advice : commandLine("recover", "--feed", verdict.name, "--state", stateName, "--output", output,
                    "--baseline", call.one("--baseline", null), "--now", call.one("--now", null)).toString();
        }
    }

    /** Shows every feed. Exit 0 only if each one is proved safe. */
    private static int status(Call call) throws IOException {
        String output = call.one("--output", null);
        String format = call.one("--format", "text");
        Path target = target("--output", call);
        Report report = new Report(new Evaluation(call), call.colors(output == null));
        if (target == null) {
            report.show(format, new Sink(call.out));
        } else {
            try (Replacement file = new Replacement(target)) {
                report.show(format, new Sink(file.out));
                file.commit();
            }
        }
        if (output != null || report.e.error != null && !format.equals("text")) {
            new Sink(target != null ? call.out : call.err).put("{}\n", report.headline()).flush();
        }
        return report.exit();
    }

    /** Evaluates for ever: on a terminal the report is redrawn, elsewhere each change is one line of a timeline. */
    private static int watch(Call call) throws IOException {
        long millis = Call.watchMillis(call.one("--watch", null));
        boolean redraw = terminal();
        int[] exit = {UNEVALUATED};
        Thread leave = new Thread() {
            @Override public void run() {
                Runtime.getRuntime().halt(exit[0]); // interrupted: the last verdict is the answer
            }
        };
        Runtime.getRuntime().addShutdownHook(leave);
        try {
            for (Map<String, Status> before = null;;) {
                Report report = new Report(new Evaluation(call), call.colors(true));
                Sink sink = new Sink(call.out);
                exit[0] = report.exit(); // before it is shown: no one may see one verdict and get the code of the last
                if (redraw) {
                    report.show("text", sink.put("\u001b[H\u001b[2J\u001b[3J"));
                } else {
                    before = report.transitions(before, sink);
                }
                Thread.sleep(millis);
            }
        } catch (InterruptedException e) {
            return UNEVALUATED;
        } finally {
            exit[0] = UNEVALUATED; // a fault of the loop is no verdict
        }
    }

    /** May this work go on? Exit 0 only if every named feed allows every named action. */
    private static int gate(Call call) throws IOException {
        List<String> actions = new ArrayList<String>(new LinkedHashSet<String>(call.all("--action")));
        int needed = actions.isEmpty() ? ACTIONS.size() - 1 : 0;
        for (String action : actions) {
            needed = Math.max(needed, ACTIONS.indexOf(action));
        }
        Evaluation e = new Evaluation(call);
        List<Verdict> verdicts = new ArrayList<Verdict>();
        List<Verdict> blocked = new ArrayList<Verdict>();
        for (String feed : new LinkedHashSet<String>(call.all("--feed"))) {
            try {
                verdicts.add(e.verdict(feed));
            } catch (DataException unknown) {
                e.error = e.error == null ? unknown.getMessage() : e.error;
            }
        }
        for (Verdict verdict : verdicts) {
            if (needed >= verdict.reason.status().allowed) {
                blocked.add(verdict);
            }
        }
        showGate(e, actions, verdicts, blocked);
        return e.error != null ? UNEVALUATED : blocked.isEmpty() ? SAFE : UNSAFE;
    }

    /** Writes a failure that status then detects. The same input and the same instant give the same bytes. */
    private static int scenario(Call call) throws IOException {
        String kind = call.one("KIND", null);
        String feed = call.one("--feed", null);
        String output = call.one("--output", null);
        Path target = target("--output", call);
        Document document = Document.read(call.one("--state", bundledBaseline()), call.in);
        State state = State.parse(document, false);
        Feed claim = feed == null ? null : state.feed(feed, 0);
        if (feed != null && claim == null) {
            throw state.unknown(feed);
        }
        Edit edit = new Edit(document);
        switch (kind) {
            case "missing": edit.removeFeed(state, claim); break;
            case "frozen": edit.set(0, "", "as_of", fill("\"{}\"", call.now().minusSeconds(FROZEN_FOR_SECONDS))); break;
            case "corrupt": edit.cut(); break;
            case "down": edit.set(claim, "alive", "false"); break;
            default:
                edit.set(claim, "alive", "true");
                edit.set(claim, "last_tick_age_seconds", kind.equals("unknown") ? "null" : kind.equals("skewed") ? SKEWED_AGE_SECONDS
                        : call.one("--age-seconds", STALE_AGE_SECONDS));
        }
        if (kind.equals("loosened")) {
            edit.loosen(state, claim);
        }
        if (!kind.equals("corrupt")) {
            // Judged by the limits that the state came with: what they would let through is no failure.
            boolean fails = false;
            for (Verdict verdict : new Decision(state, State.parse(edit.document, false), null, call.now()).all()) {
                fails |= !verdict.safe() && (feed == null || feed.equals(verdict.name));
            }
            if (!fails) {
                throw new DataException("nothing written: still fresh by the limits of {}{}", document.label,
                        kind.equals("stale") ? "; give a larger --age-seconds" : "");
            }
        }
        deliver(edit.document, target, call.out);
        Map<String, Object> facts = facts("scenario", kind, "feed", feed, "changed", edit.changes, "state", document.label,
                "state_sha256", document.sha256(), "output", output, "output_sha256", edit.document.sha256(),
                "show", commandLine("status", "--state", output, "--now", call.one("--now", null)));
        return report(feed == null ? fill("SCENARIO WRITTEN: {}", kind) : fill("SCENARIO WRITTEN: {} {}", kind, feed), facts, call,
                target == null, SAFE);
    }

    /** Restores one feed on the evidence of a fresh tick, or refuses with exit 2 and writes nothing. */
    private static int recover(Call call) throws IOException {
        String feed = call.one("--feed", null);
        String output = call.one("--output", null);
        String age = call.one("--age-seconds", RECOVERED_AGE_SECONDS);
        Path target = target("--output", call);
        Path journal = target("--record", call);
        if (target != null && journal != null && sameFile(target, journal)) {
            throw call.error("--record and --output are one file: {}", output);
        }
        Evaluation e = new Evaluation(call);
        if (e.error != null) {
            throw new DataException("{}", e.error);
        }
        Verdict was = e.verdict(feed);
        Edit edit = new Edit(e.stateDocument);
        Feed claim = e.state.feed(feed, 0);
        if (claim == null) {
            edit.insertFeed(e.state, e.baselineDocument, e.baseline, e.baseline.feed(feed, 0), age);
        } else if (!was.safe()) {
            edit.set(claim, "alive", "true");
            edit.set(claim, "last_tick_age_seconds", age);
        }
        Decision next = new Decision(e.baseline, State.parse(edit.document, false), null, e.now);
        Verdict is = next.of(feed);
        String refusal = is.safe() ? null : fill("it would still be {}: {}", is.reason.status(), is.sentence());
        List<Verdict> before = e.decision.all();
        List<Verdict> after = next.all();
        for (int i = 0; refusal == null && i < before.size(); i++) {
            if (before.get(i).reason != after.get(i).reason && !before.get(i).name.equals(feed)) {
                refusal = fill("the verdict of another feed would change: {}", after.get(i).brief());
            }
        }
        Map<String, Object> facts = facts("recovery", refusal != null ? "refused" : was.safe() ? "unchanged" : "recovered",
                "time", e.now, "feed", feed, "refused_because", refusal, "before", was, "after", is, "changed", edit.changes,
                "baseline", e.baselineName, "state", e.stateName, "state_sha256", e.stateDocument.sha256(),
                "output", refusal != null ? null : output, "output_sha256", refusal != null ? null : edit.document.sha256(),
                "replay", commandLine("recover", "--feed", feed, "--state", e.stateName, "--output", output, "--age-seconds", age,
                        "--baseline", call.one("--baseline", null), "--now", e.now.toString()));
        if (refusal != null) {
            return report(fill("RECOVERY REFUSED: {}: {}; nothing was written", feed, refusal), facts, call, target == null, UNSAFE);
        }
        // The record comes first: what cannot be recorded is not done, and what was not done is not recorded.
        try (Journal open = journal == null ? null : new Journal(journal, new Sink(null).members(facts, "{", ", ", "}\n").toString())) {
            deliver(edit.document, target, call.out);
            if (open != null) {
                open.done = true;
            }
        }
        return report(fill(was.safe() ? "NOTHING TO RECOVER: {}; the state was copied unchanged" : "RECOVERED: {}", is.brief()),
                facts, call, target == null, SAFE);
    }

    /** Runs the whole contract through real files, with the same code as the commands. */
    private static int smoke(Call call) throws IOException {
        Path directory = Files.createTempDirectory("freshness-smoke-");
        Map<String, Object> checks = new LinkedHashMap<String, Object>();
        try {
            Files.copy(path(bundledBaseline()), directory.resolve("state"));
            checks.put("the healthy state is eligible", ends(directory, SAFE, "status --state @state"));
            for (String kind : KINDS) {
                boolean whole = !ofFeed(kind);
                int exit = kind.equals("corrupt") ? UNEVALUATED : UNSAFE;
                String unsafe = whole ? "\"alpha\", \"bravo\", \"charlie\"" : "\"bravo\"";
                checks.put(fill("{} fails closed and names only its feeds", kind),
                        ends(directory, SAFE, fill("scenario {} --state @state --output @failed{}", kind, whole ? "" : " --feed bravo"))
                        && ends(directory, exit, "status --format json --state @failed --output @report")
                        && Files.readString(directory.resolve("report")).contains(fill("\"unsafe_feeds\": [{}]", unsafe)));
                boolean blocked = true;
                for (String action : ACTIONS.subList(Status.stale.allowed, ACTIONS.size())) {
                    blocked &= ends(directory, exit, fill("gate --feed bravo --action {} --state @failed", action))
                            && ends(directory, whole ? exit : SAFE, fill("gate --feed alpha --feed charlie --action {} --state @failed", action));
                }
                checks.put(fill(whole ? "{} blocks unsafe work on every feed" : "{} blocks unsafe work on bravo, not on alpha and charlie", kind),
                        blocked);
            }
            ends(directory, SAFE, "scenario stale --feed bravo --state @state --output @failed");
            String recover = "recover --feed bravo --state @failed --output ";
            checks.put("a recovery that would not be safe is refused and writes nothing",
                    ends(directory, UNSAFE, recover.concat("@recovered --age-seconds 91")) && !Files.exists(directory.resolve("recovered")));
            checks.put("a recovery on a fresh tick restores eligibility",
                    ends(directory, SAFE, recover.concat("@recovered")) && ends(directory, SAFE, "status --state @recovered"));
            checks.put("the same recovery gives the same bytes", ends(directory, SAFE, recover.concat("@again"))
                    && Files.mismatch(directory.resolve("recovered"), directory.resolve("again")) == -1);
        } finally {
            for (String file : Arrays.asList("state", "failed", "report", "recovered", "again", "")) {
                Files.deleteIfExists(directory.resolve(file));
            }
        }
        return checked(checks, call);
    }

    /** Whether a command line ends with that exit code; each @ in it stands for that directory. */
    private static boolean ends(Path directory, int exit, String commandLine) {
        String[] args = commandLine.split(" ");
        for (int i = 0; i < args.length; i++) {
            args[i] = args[i].startsWith("@") ? directory.resolve(args[i].substring(1)).toString() : args[i];
        }
        OutputStream nowhere = OutputStream.nullOutputStream();
        return run(args, InputStream.nullInputStream(), nowhere, nowhere) == exit;
    }

    /** Checks the environment that the gate is to run in. */
    private static int doctor(Call call) throws IOException {
        Map<String, Object> checks = new LinkedHashMap<String, Object>();
        checks.put(fill("Java is {} or newer: {}", MIN_JAVA, Runtime.version()), Runtime.version().feature() >= MIN_JAVA);
        checks.put(fill("the bundled fixture is found and eligible: {}", bundledBaseline()), ends(null, SAFE, "status"));
        String where = System.getProperty("java.io.tmpdir");
        byte[] back = {};
        try {
            Path directory = Files.createTempDirectory("freshness-doctor-");
            Path file = directory.resolve("written");
            try (Replacement replacement = new Replacement(file)) {
                new Sink(replacement.out).put("\u00e9 \u2260 \ud83d\ude00").flush();
                replacement.commit();
                back = Files.readAllBytes(file);
            } finally {
                Files.deleteIfExists(file);
                Files.delete(directory);
            }
        } catch (IOException e) {
            where = fill("{}: {}", where, reason(e));
        }
        checks.put(fill("a temporary file can be written, renamed and read back: {}", where), back.length > 0);
        checks.put("output is UTF-8", HexFormat.of().formatHex(back).equals("c3a920e289a020f09f9880"));
        Instant now = Instant.now();
        checks.put(fill("the clock is plausible: {}", now), now.isAfter(instant("2026-01-01T00:00:00Z"))
                && now.isBefore(instant("2126-01-01T00:00:00Z")));
        return checked(checks, call);
    }

    // ---- Reports ----

    /** Sink gathers text, and writes it as UTF-8. */
    static final class Sink {
        private static final int PIECE_CHARS = 1 << 16;

        private final StringBuilder b = new StringBuilder();
        private final OutputStream out;

        Sink(OutputStream out) {
            this.out = out;
        }

        /** Adds a template, with a value in the place of each {}. */
        Sink put(String template, Object... values) {
            int from = 0;
            for (int i = 0, at; (at = template.indexOf("{}", from)) >= 0; i++) {
                b.append(template, from, at).append(plain(values[i]));
                from = at + 2;
            }
            b.append(template, from, template.length());
            return this;
        }

        /** Adds a fact as JSON. */
        Sink json(Object fact) throws IOException {
            if (fact instanceof Verdict v) {
                return put("{\"name\": \"{}\", \"alive\": {}, \"last_tick_age_seconds\": {}, \"max_age_seconds\": {}, {}, "
                        + "\"blocked_reason\": {}, \"reason_code\": \"{}\", \"alert\": \"{}\"}", escaped(v.name, '"'), v.alive, v.age, v.limit,
                        v.reason.status().json, v.safe() ? null : quoted(v.sentence()), v.reason, v.alert);
            } else if (fact instanceof Map<?, ?> facts) {
                return members(facts, "{", ", ", "}");
            } else if (fact instanceof List<?> list) {
                boolean lines = !list.isEmpty() && !(list.get(0) instanceof String);
                String separator = lines ? "[\n    " : "[";
                for (Object each : list) {
                    put(separator).json(each).spill();
                    separator = lines ? ",\n    " : ", ";
                }
                return put(list.isEmpty() ? "[]" : lines ? "\n  ]" : "]");
            }
            return put("{}", fact == null || fact instanceof Boolean || fact instanceof Number ? fact : quoted(fact.toString()));
        }

        /** Adds facts as a JSON document, a line each. */
        Sink document(Map<?, ?> facts) throws IOException {
            return members(facts, "{\n  ", ",\n  ", "\n}\n");
        }

        /** Adds facts as the members of a JSON object. */
        Sink members(Map<?, ?> facts, String separator, String next, String end) throws IOException {
            for (Map.Entry<?, ?> fact : facts.entrySet()) {
                put("{}\"{}\": ", separator, fact.getKey()).json(fact.getValue());
                separator = next;
            }
            return put(end);
        }

        void spill() throws IOException {
            if (b.length() >= PIECE_CHARS && out != null) {
                flush();
            }
        }

        void flush() throws IOException {
            out.write(b.toString().getBytes(StandardCharsets.UTF_8));
            b.setLength(0);
        }

        @Override public String toString() {
            return b.toString();
        }
    }

    /** A template with a value in the place of each {}. */
    static String fill(String template, Object... values) {
        return new Sink(null).put(template, values).toString();
    }

    /** A value as it is written everywhere: no number has an exponent. */
    static String plain(Object value) {
        return value instanceof BigDecimal number ? number.stripTrailingZeros().toPlainString() : String.valueOf(value);
    }

    /** A JSON string; what a terminal might act on is escaped too. */
    static String quoted(String s) {
        return fill("\"{}\"", escaped(s, '"'));
    }

    /** Text that stays on its line: nothing in it moves a cursor, ends the line or reads as a plugin's performance data. */
    static String visible(String s) {
        return escaped(s, '|');
    }

    /** Escapes what does not print, backslashes and that character. The second half of a surrogate pair goes with the first. */
    private static String escaped(String s, char special) {
        StringBuilder b = null;
        int clean = 0;
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            int type = c >= ' ' && c < 0x7f ? Character.OTHER_LETTER : Character.getType(s.codePointAt(i));
            boolean quiet = type != Character.CONTROL && type != Character.FORMAT && type != Character.LINE_SEPARATOR
                    && type != Character.PARAGRAPH_SEPARATOR && type != Character.UNASSIGNED;
            if (Character.isLowSurrogate(c) ? clean < i : quiet && c != '\\' && c != special) {
                continue;
            }
            b = b == null ? new StringBuilder() : b;
            b.append(s, clean, i).append(c == '\\' || c == '"' ? fill("\\{}", c) : fill("\\u{}", HexFormat.of().toHexDigits(c)));
            clean = i + 1;
        }
        return b == null ? s : b.append(s, clean, s.length()).toString();
    }

    /** The columns of a terminal that text takes: East Asian wide characters and emoji take two, combining marks none. */
    private static int width(String s) {
        int width = 0;
        for (int i = 0; i < s.length(); i++) {
            int c = s.codePointAt(i);
            i += c > 0xffff ? 1 : 0;
            boolean wide = c >= 0x1100 && (c <= 0x115f || c >= 0x2e80 && c <= 0xa4cf || c >= 0xac00 && c <= 0xd7a3 || c >= 0xf900 && c <= 0xfaff
                    || c >= 0xfe30 && c <= 0xfe6f || c >= 0xff00 && c <= 0xff60 || c >= 0x1f300 && c <= 0x1faff || c >= 0x20000);
            width += c >= 0x300 && Character.getType(c) == Character.NON_SPACING_MARK ? 0 : wide ? 2 : 1;
        }
        return width;
    }

    /** Report shows the verdicts on all feeds: as text for people, as JSON and as Prometheus metrics for machines. */
    static final class Report {
        final Evaluation e;
        private final boolean colors;
        private final List<Verdict> verdicts;
        private final List<String> unsafe = new ArrayList<String>();
        /** The first of the unsafe. */
        private final List<Verdict> explained = new ArrayList<Verdict>();
        private int alive;

        Report(Evaluation e, boolean colors) {
            this.e = e;
            this.colors = colors;
            verdicts = e.decision.all();
            for (Verdict v : verdicts) {
                alive += v.alive == Boolean.TRUE ? 1 : 0;
                if (!v.safe()) {
                    unsafe.add(v.name);
                    if (unsafe.size() <= MAX_EXPLAINED) {
                        explained.add(v);
                    }
                }
            }
        }

        int exit() {
            return e.error != null ? UNEVALUATED : unsafe.isEmpty() ? SAFE : UNSAFE;
        }

        /** The verdict on the whole in one line. */
        String headline() {
            return e.error != null ? fill("FRESHNESS UNKNOWN: {}; nothing is safe to serve", visible(e.error))
                    : unsafe.isEmpty() ? fill("FRESHNESS OK: {} of {} feeds fresh and safe to serve", verdicts.size(), verdicts.size())
                    : fill("FRESHNESS CRITICAL: {} of {} feeds unsafe: {}", unsafe.size(), verdicts.size(), briefs(explained, unsafe.size()));
        }

        void show(String format, Sink sink) throws IOException {
            switch (format) {
                case "json": json(sink); break;
                case "prometheus": prometheus(sink); break;
                default: text(sink);
            }
            sink.flush();
        }

        private void text(Sink sink) throws IOException {
            sink.put("{}\n", painted(headline(), exit() == SAFE ? Status.fresh : Status.unknown));
            if (e.error != null) {
                return;
            }
            int widest = 0;
            for (Verdict v : verdicts) {
                widest = Math.max(widest, width(visible(v.name)));
            }
            sink.put("\n");
            for (Verdict v : verdicts) {
                String name = visible(v.name);
                String status = v.reason.status().name();
                String age = v.age == null ? "?" : plain(v.age);
                sink.put("  {}{}{}{}{}{}{}{} of {}", name, " ".repeat(widest - width(name) + 2), painted(status, v.reason.status()),
                        " ".repeat(9 - status.length()), bar(v), " ".repeat(Math.max(1, 6 - age.length())), age, v.age == null ? "" : "s",
                        v.limit == null ? "?" : fill("{}s", v.limit));
                sink.put(v.alert == Alert.none ? "\n" : v.reason.status() == Status.unknown ? "  {}: {}\n" : "  {}\n", v.alert, v.reason).spill();
            }
            for (Verdict v : explained) {
                explain(v, e, sink.put("\n"));
            }
            if (unsafe.size() > MAX_EXPLAINED) {
                sink.put("\nand {} more, which --format json explains\n", unsafe.size() - MAX_EXPLAINED);
            }
            sink.put(e.call.has("--state") ? "\nstate: {}, judged by the baseline {}\n"
                    : "\nstate: {} (the baseline itself; --state FILE judges a state)\n", visible(e.stateName), visible(e.baselineName));
        }

        private String painted(String text, Status status) {
            return colors ? fill("\u001b[{}m{}\u001b[0m", status == Status.fresh ? 32 : status == Status.stale ? 33 : 31, text) : text;
        }

        /** Ten cells, all of them full where the age has reached the limit. */
        private static String bar(Verdict v) {
            if (v.age == null || v.limit == null) {
                return "[??????????]";
            }
            int full = v.age.multiply(BigDecimal.TEN).divide(v.limit, 0, RoundingMode.CEILING).min(BigDecimal.TEN).intValue();
            return fill("[{}]", "##########..........".substring(10 - full, 20 - full));
        }

        /** Writes a line for each feed whose status is another than before; the first time, the verdict on the whole. */
        Map<String, Status> transitions(Map<String, Status> before, Sink sink) throws IOException {
            Map<String, Status> now = new HashMap<String, Status>();
            Instant time = Instant.ofEpochSecond(e.now.getEpochSecond());
            sink.put(before == null ? "{} {}\n" : "", time, headline());
            for (Verdict v : verdicts) {
                Status is = v.reason.status();
                Status was = before == null ? is : before.getOrDefault(v.name, Status.unknown);
                now.put(v.name, is);
                if (was != is) {
                    sink.put("{} {} {} -> {}: {}\n", time, visible(v.name), was, is, visible(v.sentence())).spill();
                }
            }
            sink.flush();
            return now;
        }

        private void json(Sink sink) throws IOException {
            Map<String, Object> facts = facts("overall_status", exit() == SAFE ? "eligible" : "restricted", "unsafe_feeds", unsafe,
                    "max_age_seconds", e.decision.commonLimit(), "fresh_feeds", verdicts.size() - unsafe.size(), "alive_feeds", alive,
                    "total_feeds", verdicts.size(), "state", e.stateName,
                    "state_sha256", e.stateDocument == null ? null : e.stateDocument.sha256());
            verdicts(facts, verdicts, e, sink);
        }

        private void prometheus(Sink sink) throws IOException {
            String[] families = {"alive Whether the feed consumer answers; 0 where that is not known.",
                "safe_to_serve Whether the feed is proved safe to serve.",
                "last_tick_age_seconds Age of the newest tick at the evaluation; absent where it is not known.",
                "max_age_seconds Limit that counted; absent where there is no valid one."};
            for (int i = 0; i < families.length; i++) {
                String name = family("freshness_feed_".concat(families[i]), sink);
                for (Verdict v : verdicts) {
                    Object value = i == 0 ? v.alive == Boolean.TRUE ? 1 : 0 : i == 1 ? v.safe() ? 1 : 0 : i == 2 ? v.age : v.limit;
                    if (value != null) {
                        String label = v.name.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
                        sink.put("{}{feed=\"{}\"} {}\n", name, label, value).spill();
                    }
                }
            }
            sink.put("{} {}\n", family("freshness_state_valid Whether the state and the baseline could be evaluated.", sink), e.error == null ? 1 : 0);
            sink.put("{} {}\n", family("freshness_last_evaluation_timestamp_seconds When the state was evaluated, in seconds since 1970.", sink),
                    e.now.getEpochSecond());
        }

        /** Begins a family of metrics and returns its name. */
        private static String family(String help, Sink sink) {
            String name = help.substring(0, help.indexOf(' '));
            sink.put("# HELP {}\n# TYPE {} gauge\n", help, name);
            return name;
        }
    }

    /** The first of that many verdicts in a few words each. */
    private static String briefs(List<Verdict> verdicts, int count) {
        Sink sink = new Sink(null);
        for (int i = 0; i < count && i < MAX_NAMED; i++) {
            sink.put(i == 0 ? "{}" : "; {}", visible(verdicts.get(i).brief()));
        }
        return sink.put(count > MAX_NAMED ? "; and {} more" : "", count - MAX_NAMED).toString();
    }

    /** Says whether the work may go on; where it may not, which of it, and why. */
    private static void showGate(Evaluation e, List<String> actions, List<Verdict> verdicts, List<Verdict> blocked) throws IOException {
        Sink sink = new Sink(e.call.out);
        boolean open = e.error == null && blocked.isEmpty();
        List<String> names = new ArrayList<String>();
        List<String> next = new ArrayList<String>();
        int allowed = open ? 0 : ACTIONS.size();
        for (Verdict v : blocked) {
            names.add(v.name);
            next.add(e.next(v));
            allowed = Math.min(allowed, v.reason.status().allowed);
        }
        if (e.call.json()) {
            Map<String, Object> facts = facts("gate", open ? "open" : "blocked", "actions", actions, "blocked_feeds", names,
                    "next", next, "state", e.stateName);
            verdicts(facts, verdicts, e, sink);
            if (e.error != null) {
                new Sink(e.call.err).put("freshness: {}\n", visible(e.error)).flush();
            }
        } else if (e.error != null) {
            sink.put("GATE BLOCKED: {}\n", visible(e.error)).flush();
        } else {
            List<String> asked = new ArrayList<String>(actions);
            asked.removeAll(ACTIONS.subList(0, allowed));
            List<Verdict> shown = open ? verdicts : blocked;
            sink.put(open ? "GATE OPEN: {}; {}\n" : "GATE BLOCKED: {}; not {}\n", briefs(shown, shown.size()),
                    actions.isEmpty() ? "safe to serve" : fill("allowed: {}", String.join(", ", asked)));
            for (Verdict v : blocked) {
                explain(v, e, sink);
            }
            sink.flush();
        }
    }

    /** What is blocked on an unsafe feed, why, and what to do next. */
    private static void explain(Verdict v, Evaluation e, Sink sink) {
        sink.put("blocked on {}: {}\n  why:  {}\n  next: {}\n", visible(v.name), v.reason.status().blocked, visible(v.sentence()), e.next(v));
    }

    /** Writes facts, the error where there is one, and verdicts, a line each. */
    private static void verdicts(Map<String, Object> facts, List<Verdict> verdicts, Evaluation e, Sink sink) throws IOException {
        if (e.error != null) {
            facts.put("error", e.error);
        }
        facts.put("feeds", verdicts);
        sink.document(facts).flush();
    }

    /** Facts are what a command reports of its work: names and values in turn. */
    private static Map<String, Object> facts(Object... pairs) {
        Map<String, Object> facts = new LinkedHashMap<String, Object>();
        for (int i = 0; i < pairs.length; i += 2) {
            facts.put(pairs[i].toString(), pairs[i + 1]);
        }
        return facts;
    }

    /** Reports what a command did, and returns its exit code. */
    private static int report(String headline, Map<String, Object> facts, Call call, boolean onError, int exit) throws IOException {
        Sink sink = new Sink(onError ? call.err : call.out);
        if (call.json()) {
            sink.document(facts);
        } else {
            sink.put("{}\n", visible(headline));
            for (Map.Entry<String, Object> fact : facts.entrySet()) {
                Object value = fact.getValue();
                if (value != null) {
                    String text = value instanceof Verdict verdict ? verdict.brief() : value.toString();
                    text = value instanceof List ? text.equals("[]") ? "nothing" : text.substring(1, text.length() - 1) : text;
                    sink.put("  {}: {}\n", fact.getKey(), value instanceof Sink ? text : visible(text)); // a command line is printable
                }
            }
        }
        sink.flush();
        return exit;
    }

    /** Reports checks, a line each. */
    private static int checked(Map<String, Object> checks, Call call) throws IOException {
        List<Object> list = new ArrayList<Object>();
        Sink lines = new Sink(null);
        int passed = 0;
        for (Map.Entry<String, Object> each : checks.entrySet()) {
            boolean ok = each.getValue() == Boolean.TRUE;
            passed += ok ? 1 : 0;
            lines.put("{} - {}\n", ok ? "ok" : "not ok", visible(each.getKey()));
            list.add(facts("name", each.getKey(), "ok", ok));
        }
        String result = passed == checks.size() ? "passed" : "failed";
        Sink sink = new Sink(call.out);
        if (call.json()) {
            sink.document(facts(call.command, result, "checks", list)).flush();
        } else {
            String title = fill("{} {}", call.command, result).toUpperCase(Locale.ROOT);
            sink.put("{}: {} of {} checks passed\n{}", title, passed, checks.size(), lines).flush();
        }
        return passed == checks.size() ? SAFE : UNSAFE;
    }

    // ---- State and edits ----

    /** State is what a document claims: a producer's, or as a baseline the contract that was reviewed. */
    static final class State {
        static final State NONE = new State(Document.of("", ""));

        /** When it was written; null where as_of is absent or unreadable, and asOfText tells which. */
        Instant asOf;
        String asOfText;
        boolean requireAsOf;
        /** The limit of the feeds that have none of their own, a JSON text; null where it is absent. */
        String limit;
        private final Json reader;
        /** Where each feed begins and the hash of its name; and an open-addressing table of the feeds by that hash, 0 where free. */
        private int[] starts = new int[8];
        private int[] hashes = new int[8];
        private int[] table = new int[16];
        private int count;

        private State(Document document) {
            reader = new Json(document, 0);
        }

        int size() {
            return count;
        }

        /** That feed, read from the document when it is asked for: a million of them take little memory. */
        Feed get(int i) {
            reader.at = starts[i];
            return read(reader);
        }

        /** Reads a document whole. Each fault that cannot be pinned to a feed is a DataException. */
        static State parse(Document document, boolean asBaseline) {
            State state = new State(document);
            Json in = new Json(document, 0);
            int feedsAt = -1;
            in.enter('{', "an object with max_age_seconds and feeds");
            for (String name = in.member(); name != null; name = in.member()) {
                int at = in.at;
                switch (name) {
                    case "max_age_seconds": state.limit = in.skipped(); break;
                    case "as_of":
                        String text = in.peek() == '"' ? in.string() : null;
                        state.asOf = text == null ? null : instant(text);
                        state.asOfText = Json.shortened(text == null ? in.skipped() : text);
                        break;
                    case "require_as_of":
                        String required = in.skipped();
                        if (asBaseline && !required.equals("true") && !required.equals("false")) {
                            throw in.error(at, "expected true or false");
                        }
                        state.requireAsOf = asBaseline && required.equals("true");
                        break;
                    case "feeds":
                        feedsAt = at;
                        in.enter('[', "an array of feeds");
                        while (in.element()) {
                            state.index(in);
                        }
                        break;
                    default: in.skip();
                }
            }
            in.end();
            if (state.size() == 0) {
                throw in.error(Math.max(0, feedsAt), feedsAt < 0 ? "expected a member feeds" : "expected at least one feed");
            }
            return state;
        }

        /** Checks a feed and remembers where it is. */
        private void index(Json in) {
            int at = in.at;
            int hash = 0;
            boolean named = false;
            in.enter('{', "a feed, an object with a name");
            for (String name = in.member(); name != null; name = in.member()) {
                if (name.equals("name")) {
                    hash = in.nameHash();
                    named = true;
                } else {
                    in.skip();
                }
            }
            if (!named) {
                throw in.error(at, "expected a feed with a name");
            } else if (count == starts.length) {
                starts = Arrays.copyOf(starts, 2 * count);
                hashes = Arrays.copyOf(hashes, 2 * count);
                table = new int[4 * count];
                for (int i = 0; i < count; i++) {
                    table[slot(hashes[i], "")] = i + 1; // all differ, and none is empty
                }
            }
            starts[count] = at;
            hashes[count] = hash;
            int slot = slot(hash, null);
            if (table[slot] != 0) {
                throw in.error(at, "expected each feed once, found a second {}", get(count).name);
            }
            table[slot] = ++count;
        }

        /** The slot of the feed of that name, without one that of the feed now indexed; or the free slot where it belongs. */
        private int slot(int hash, String name) {
            int slot = hash & table.length - 1;
            for (; table[slot] != 0; slot = slot + 1 & table.length - 1) {
                if (hashes[table[slot] - 1] == hash) {
                    name = name == null ? get(count).name : name;
                    if (get(table[slot] - 1).name.equals(name)) {
                        break;
                    }
                }
            }
            return slot;
        }

        private static Feed read(Json in) {
            int at = in.at;
            String feed = null;
            String alive = null;
            String age = null;
            String limit = null;
            in.enter('{', "");
            for (String name = in.member(); name != null; name = in.member()) {
                switch (name) {
                    case "name": feed = in.string(); break;
                    case "alive": alive = in.skipped(); break;
                    case "last_tick_age_seconds": age = in.skipped(); break;
                    case "max_age_seconds": limit = in.skipped(); break;
                    default: in.skip();
                }
            }
            return new Feed(feed, alive, "null".equals(age) ? null : age, limit, at);
        }

        /** The feed of that name, which is likely to be at that place; null where there is none. */
        Feed feed(String name, int likely) {
            Feed feed = likely < count ? get(likely) : null;
            if (feed == null || !feed.name.equals(name)) {
                byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
                int place = table[slot(Json.hash(bytes, 0, bytes.length), name)];
                feed = place == 0 ? null : get(place - 1);
            }
            return feed;
        }

        String limitOf(Feed feed) {
            return feed.limit != null ? feed.limit : limit;
        }

        DataException unknown(String feed) {
            List<String> names = new ArrayList<String>();
            for (int i = 0; i < count; i++) {
                names.add(get(i).name);
            }
            return new DataException("unknown feed: {}{}", feed, suggestion(feed, names));
        }
    }

    /** Edit changes single values in the bytes of a state: all else stays in place and digit for digit. */
    static final class Edit {
        Document document;
        final List<String> changes = new ArrayList<String>();

        Edit(Document document) {
            this.document = document;
        }

        void set(Feed feed, String member, String value) {
            set(feed.at, feed.name.concat(" "), member, value);
        }

        /** Sets a member of the object at that byte; one that is absent is put behind the last. */
        void set(int objectAt, String feed, String member, String value) {
            Json in = new Json(document, objectAt);
            int open = in.at + 1;
            int last = open;
            String gap = "";
            in.enter('{', "an object");
            for (String name = in.member(); name != null; name = in.member()) {
                gap = last == open ? text(open, in.nameAt) : gap;
                int at = in.at;
                String old = in.skipped();
                last = in.at;
                if (name.equals(member)) {
                    if (!old.equals(value)) {
                        splice(at, last, value);
                        changes.add(fill("{}{} {} -> {}", feed, member, Json.shortened(old), value));
                    }
                    return;
                }
            }
            splice(last, last, fill(",{}\"{}\": {}", gap, member, value));
            changes.add(fill("{}{} added: {}", feed, member, value));
        }

        void removeFeed(State state, Feed feed) {
            int i = 0;
            while (state.starts[i] != feed.at) {
                i++;
            }
            if (state.size() == 1) {
                throw new DataException("nothing written: {} is the only feed, and a state must have one", feed.name);
            } else if (i == 0) {
                splice(feed.at, state.starts[1], "");
            } else {
                splice(end(state.starts[i - 1]), end(feed.at), "");
            }
            changes.add(feed.name.concat(" removed"));
        }

        /** Puts a missing feed back: its baseline entry, behind the feed that it follows there. */
        void insertFeed(State state, Document contract, State baseline, Feed feed, String age) {
            Edit whole = new Edit(contract);
            Edit entry = new Edit(Document.of(contract.label, whole.text(feed.at, whole.end(feed.at))));
            entry.set(0, "", "alive", "true");
            entry.set(0, "", "last_tick_age_seconds", age);
            Feed before = null;
            for (int i = 0; baseline.starts[i] != feed.at; i++) {
                Feed present = state.feed(baseline.get(i).name, i);
                before = present != null ? present : before;
            }
            int neighbour = before != null ? before.at : state.starts[0];
            int from = neighbour;
            while (document.bytes[from - 1] != ',' && document.bytes[from - 1] != '[') {
                from--;
            }
            String gap = text(from, neighbour);
            String text = entry.text(0, entry.document.length());
            int where = before != null ? end(neighbour) : neighbour;
            splice(where, where, before != null ? fill(",{}{}", gap, text) : fill("{},{}", text, gap));
            changes.add(feed.name.concat(" put back from the baseline"));
        }

        /** Raises tenfold the limit that counts for the feed. */
        void loosen(State state, Feed feed) {
            BigDecimal limit = Decision.positive(state.limitOf(feed));
            if (limit == null) {
                throw new DataException("nothing written: {} has no limit to loosen", feed.name);
            }
            set(feed.limit != null ? feed.at : 0, feed.limit != null ? feed.name.concat(" ") : "", "max_age_seconds",
                    plain(limit.multiply(BigDecimal.TEN)));
        }

        /** Cuts the document in the middle of its content, which leaves no valid JSON. */
        void cut() {
            int end = document.length();
            while (end > 0 && document.bytes[end - 1] <= ' ') {
                end--;
            }
            splice(end / 2, document.length(), "");
            changes.add(fill("cut after {} bytes", end / 2));
        }

        private int end(int from) {
            Json in = new Json(document, from);
            in.skip();
            return in.at;
        }

        private String text(int from, int to) {
            return new String(document.bytes, from, to - from, StandardCharsets.UTF_8);
        }

        private void splice(int from, int to, String with) {
            byte[] insert = with.getBytes(StandardCharsets.UTF_8);
            byte[] old = document.bytes;
            byte[] bytes = Arrays.copyOf(old, old.length - (to - from) + insert.length);
            System.arraycopy(insert, 0, bytes, from, insert.length);
            System.arraycopy(old, to, bytes, from + insert.length, old.length - to);
            Document.checked(bytes.length - 1, "the new state");
            document = new Document(document.label, bytes);
        }
    }

    // ---- JSON ----

    /**
     * Json reads RFC 8259 strictly, from bytes: a cursor that a caller leads through the values it knows and lets skip the
     * others, which are checked all the same. Each fault is a DataException with file:line:column and what was expected.
     */
    static final class Json {
        private static final int MAX_SHOWN = 40;
        private static final int HASH_FACTOR = (int) System.nanoTime() * 8 + 5;
        /** An object with more members than this has a set of its own. */
        private static final int FEW = 16;

        private final String label;
        private final byte[] in;
        /** The next byte to read, and where the name of the last member began. */
        int at;
        int nameAt;
        private int depth;
        private boolean first;
        private boolean ascii = true;
        /** Member names seen before, and where: most objects have the names of the one before. */
        private final String[] known = new String[32];
        private final int[] knownAt = new int[32];
        /** The member names of the objects that are open, at their depth; there is none at depth 0. */
        private final List<HashSet<String>> names = new ArrayList<HashSet<String>>();

        /** Begins at the first value from that byte on. */
        Json(Document document, int from) {
            label = document.label;
            in = document.bytes;
            at = from;
            names.add(null);
            space();
        }

        // Section 2: white space and structure.

        int peek() {
            return in[at];
        }

        private void space() {
            int i = at;
            while (in[i] == ' ' || in[i] == '\n' || in[i] == '\r' || in[i] == '\t') {
                i++;
            }
            at = i;
        }

        /** Takes that character and the white space behind it. */
        private void take(char c, String expected) {
            if (in[at] != c) {
                throw expected(expected);
            }
            at++;
            space();
        }

        /** Enters an object or an array. */
        void enter(char open, String expected) {
            int from = at;
            take(open, expected);
            if (++depth > MAX_NESTING) {
                throw error(from, "expected at most {} levels of nesting", MAX_NESTING);
            }
            first = true;
            if (depth == names.size()) {
                names.add(new HashSet<String>());
            } else if (names.get(depth).size() > FEW) {
                names.set(depth, new HashSet<String>());
            } else {
                names.get(depth).clear();
            }
        }

        /** Whether another member or element follows, with the cursor at it. */
        private boolean follows(char close, String expected) {
            space();
            if (in[at] == close) {
                at++;
                depth--;
                first = false;
                return false;
            } else if (!first) {
                take(',', expected);
            }
            first = false;
            return true;
        }

        void end() {
            space();
            if (at < in.length - 1) {
                throw expected("the end of the file");
            } else if (!ascii) {
                utf8();
            }
        }

        // Section 3: values.

        /** Checks any value and passes over it. */
        void skip() {
            switch (in[at]) {
                case '{':
                    enter('{', "");
                    while (member() != null) {
                        skip();
                    }
                    break;
                case '[':
                    enter('[', "");
                    while (element()) {
                        skip();
                    }
                    break;
                case '"': scan(); break;
                case 't': literal("true"); break;
                case 'f': literal("false"); break;
                case 'n': literal("null"); break;
                default:
                    if (in[at] != '-' && !digit()) {
                        throw expected("a value");
                    }
                    number();
            }
        }

        /** Passes over any value and returns its text, of one that is too long for a number the beginning. */
        String skipped() {
            int from = at;
            skip();
            return new String(in, from, Math.min(at - from, MAX_NUMBER_CHARS + 1), StandardCharsets.UTF_8);
        }

        static String shortened(String text) {
            return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN).concat("...");
        }

        private void literal(String word) {
            for (int i = 0; i < word.length(); i++, at++) {
                if (in[at] != word.charAt(i)) {
                    throw expected(word);
                }
            }
        }

        // Section 4: objects.

        /** The name of the next member, with the cursor at its value; null at the end of the object. */
        String member() {
            if (!follows('}', "',' or '}'")) {
                return null;
            } else if (in[at] != '"') {
                throw expected("a member name in double quotes");
            }
            nameAt = at;
            String name = memberName();
            if (!names.get(depth).add(name)) {
                throw error(nameAt, "expected each member once, found a second {}", shortened(name));
            }
            space();
            take(':', "':'");
            return name;
        }

        private String memberName() {
            int from = at + 1;
            boolean escapes = scan();
            int length = at - 1 - from;
            int slot = (length + in[from]) & known.length - 1;
            int end = knownAt[slot] + length; // where the name there ends, too, if it is the same
            if (escapes || known[slot] == null || end >= in.length || in[end] != '"'
                    || !Arrays.equals(in, from, from + length, in, knownAt[slot], end)) {
                at = from - 1;
                known[slot] = string();
                knownAt[slot] = from;
            }
            return known[slot];
        }

        // Section 5: arrays.

        /** Whether an element follows, with the cursor at it. */
        boolean element() {
            return follows(']', "',' or ']'");
        }

        // Section 6: numbers.

        private void number() {
            at += in[at] == '-' ? 1 : 0;
            int whole = at;
            digits();
            if (in[whole] == '0' && at > whole + 1) {
                throw error(whole, "expected a number without leading zeros");
            }
            if (in[at] == '.') {
                at++;
                digits();
            }
            if (in[at] == 'e' || in[at] == 'E') {
                at += in[at + 1] == '+' || in[at + 1] == '-' ? 2 : 1;
                digits();
            }
        }

        private boolean digit() {
            return in[at] >= '0' && in[at] <= '9';
        }

        private void digits() {
            if (!digit()) {
                throw expected("a digit");
            }
            while (digit()) {
                at++;
            }
        }

        // Section 7: strings.

        String string() {
            int from = at + 1;
            boolean escapes = scan();
            int to = at - 1;
            if (!escapes) {
                return new String(in, from, to - from, StandardCharsets.UTF_8);
            }
            StringBuilder b = new StringBuilder();
            for (int i = from; i < to; i++) {
                int clean = i;
                while (in[i] != '\\' && i < to) {
                    i++;
                }
                b.append(new String(in, clean, i - clean, StandardCharsets.UTF_8));
                if (i < to) {
                    int escape = "bfnrtu".indexOf(in[++i]);
                    b.append(escape == 5 ? (char) hex(i + 1) : escape < 0 ? (char) in[i] : "\b\f\n\r\t".charAt(escape));
                    i += escape == 5 ? 4 : 0;
                }
            }
            return b.toString();
        }

        /** Checks a feed's name, a string that is not empty and not too long, and returns its hash. */
        int nameHash() {
            int from = at;
            if (in[at] == '"') {
                boolean escapes = scan();
                int bytes = at - from - 2;
                if (!escapes && bytes > 0 && bytes <= MAX_NAME_CHARS) {
                    return hash(in, from + 1, at - 1);
                }
                at = from;
                String name = string();
                if (!name.isEmpty() && name.codePointCount(0, name.length()) <= MAX_NAME_CHARS) {
                    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
                    return hash(utf8, 0, utf8.length);
                }
            }
            throw error(from, "expected a name, a string of 1 to {} characters", MAX_NAME_CHARS);
        }

        /** A hash that nobody can write colliding names for: its factor is another in each run. */
        static int hash(byte[] bytes, int from, int to) {
            int hash = 0;
            for (int i = from; i < to; i++) {
                hash = (hash + bytes[i]) * HASH_FACTOR;
            }
            return hash ^ hash >>> 15;
        }

        /** Checks a string, passes over it, and says whether it has escapes. */
        private boolean scan() {
            boolean escapes = false;
            int i = ++at;
            for (byte b = in[i]; b != '"'; b = in[++i]) {
                if (b == '\\') {
                    escapes = true;
                    at = i;
                    escape();
                    i = at;
                } else if (b < 0) {
                    ascii = false;
                } else if (b < ' ') {
                    at = i;
                    throw expected(i < in.length - 1 ? "control characters only escaped" : "'\"'");
                }
            }
            at = i + 1;
            return escapes;
        }

        /** Checks an escape, and that half a surrogate pair has the other half behind it. */
        private void escape() {
            int from = at++;
            if (in[at] != 'u') {
                if ("\"\\/bfnrt".indexOf(in[at]) < 0) {
                    throw expected("one of \" \\ / b f n r t u");
                }
                return;
            }
            char unit = (char) hex(at + 1);
            at += 4;
            if (Character.isHighSurrogate(unit) && in[at + 1] == '\\' && in[at + 2] == 'u' && Character.isLowSurrogate((char) hex(at + 3))) {
                at += 6;
            } else if (Character.isSurrogate(unit)) {
                throw error(from, "expected a pair of surrogates, found one alone");
            }
        }

        private int hex(int from) {
            int value = 0;
            for (int i = from; i < from + 4; i++) {
                if (in[i] < 0 || !HexFormat.isHexDigit(in[i])) {
                    at = i;
                    throw expected("four hexadecimal digits");
                }
                value = value << 4 | HexFormat.fromHexDigit(in[i]);
            }
            return value;
        }

        /** Checks the encoding of the strings: all else is ASCII. */
        private void utf8() {
            CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
            ByteBuffer bytes = ByteBuffer.wrap(in);
            CharBuffer chars = CharBuffer.allocate(1 << 13);
            CoderResult result = decoder.decode(bytes, chars, true);
            while (result.isOverflow()) {
                result = decoder.decode(bytes, chars.clear(), true);
            }
            if (result.isError()) {
                at = bytes.position();
                throw expected("UTF-8");
            }
        }

        // Errors.

        private DataException expected(String what) {
            int b = in[at] & 0xff;
            return error(at, "expected {}, found {}", what, at == in.length - 1 ? "the end" : b > ' ' && b < 0x7f ? fill("'{}'", (char) b)
                    : fill("byte 0x{}", Integer.toHexString(b)));
        }

        /** An error at that byte. Lines and columns count from 1, a column is a character. */
        DataException error(int where, String template, Object... values) {
            int line = 1;
            int column = 1;
            for (int i = 0; i < where; i++) {
                line += in[i] == '\n' ? 1 : 0;
                column = in[i] == '\n' ? 1 : (in[i] & 0xc0) == 0x80 ? column : column + 1;
            }
            return new DataException("{}:{}:{}: {}", label, line, column, fill(template, values));
        }
    }

    // ---- Clock and files ----

    /** Reads a date-time as in RFC 3339, section 5.6, but for the leap second; null where it is none. */
    static Instant instant(String s) {
        StringBuilder form = new StringBuilder();
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            form.append(c >= '0' && c <= '9' ? '0' : c == 't' ? 'T' : c == 'z' ? 'Z' : c);
        }
        boolean utc = form.indexOf("Z") == s.length() - 1;
        int zone = s.length() - (utc ? 1 : 6);
        if (zone < 0 || !form.toString().equals(fill("0000-00-00T00:00:00{}{}", zone > 20 ? ".".concat("0".repeat(zone - 20)) : "",
                utc ? "Z" : s.charAt(zone) == '-' ? "-00:00" : "+00:00"))) {
            return null;
        }
        String fraction = s.substring(Math.min(20, zone), zone).concat("000000000");
        try {
            LocalDateTime local = LocalDateTime.of(number(s, 0, 4), number(s, 5, 7), number(s, 8, 10), number(s, 11, 13), number(s, 14, 16),
                    number(s, 17, 19), number(fraction, 0, 9));
            int ahead = utc ? 0 : LocalTime.of(number(s, zone + 1, zone + 3), number(s, zone + 4, zone + 6)).toSecondOfDay();
            // A fraction that an Instant cannot hold is refused: cut off, it would make an age or a skew smaller.
            boolean exact = fraction.substring(9).replace("0", "").isEmpty();
            return exact ? local.toInstant(ZoneOffset.UTC).plusSeconds(s.charAt(zone) == '-' ? ahead : -ahead) : null;
        } catch (DateTimeException noSuchTime) {
            return null;
        }
    }

    private static int number(String digits, int from, int to) {
        return Integer.parseInt(digits, from, to, 10);
    }

    /**
     * Document is a file's content, read whole.
     *
     * @param bytes the content and a zero byte behind it, so that a reader need not ask for the end at each byte
     */
    record Document(String label, byte[] bytes) {
        static Document of(String label, String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            return new Document(label, Arrays.copyOf(bytes, bytes.length + 1));
        }

        /** Reads a regular file, or standard input where the name is "-". */
        static Document read(String name, InputStream standardInput) {
            try {
                if (name.equals("-")) {
                    byte[] bytes = standardInput.readNBytes(MAX_FILE_BYTES + 1);
                    return new Document("standard input", Arrays.copyOf(bytes, checked(bytes.length, "standard input") + 1));
                }
                for (int tries = 0;; tries++) {
                    Path path = path(name);
                    BasicFileAttributes before = Files.readAttributes(path, BasicFileAttributes.class);
                    if (!before.isRegularFile()) {
                        // A FIFO or a device could block for ever, or never end.
                        throw new DataException("{}: not a regular file; a pipe is read with --state -", name);
                    }
                    int size = checked(before.size(), name);
                    byte[] bytes = new byte[size + 1];
                    int read;
                    try (FileInputStream in = new FileInputStream(path.toFile())) {
                        read = in.readNBytes(bytes, 0, bytes.length);
                    }
                    BasicFileAttributes after = Files.readAttributes(path, BasicFileAttributes.class);
                    boolean replaced = !Objects.equals(before.fileKey(), after.fileKey());
                    if (read == size && (replaced || before.lastModifiedTime().equals(after.lastModifiedTime()))) {
                        return new Document(name, bytes);
                    } else if (!replaced || tries == MAX_TRIES) {
                        throw new DataException("{}: changed while it was read; write a new file and rename it over the old one", name);
                    }
                }
            } catch (IOException e) {
                throw new DataException("{}: cannot be read: {}", name, reason(e));
            }
        }

        private static int checked(long size, String name) {
            if (size > MAX_FILE_BYTES) {
                throw new DataException("{}: larger than {} MiB", name, MAX_FILE_BYTES >> 20);
            }
            return (int) size;
        }

        int length() {
            return bytes.length - 1;
        }

        String sha256() {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                digest.update(bytes, 0, length());
                return HexFormat.of().formatHex(digest.digest());
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e); // every JDK has it
            }
        }
    }

    /** Replacement is a new file beside its target, that takes the target's place whole or not at all. */
    static final class Replacement implements AutoCloseable {
        private final Path target;
        private final Path temporary;
        private final FileChannel channel;
        final OutputStream out;

        Replacement(Path target) throws IOException {
            this.target = target;
            temporary = target.resolveSibling(fill(".freshness-{}-{}.tmp", ProcessHandle.current().pid(), System.nanoTime()));
            temporary.toFile().deleteOnExit(); // SIGTERM and SIGINT leave nothing behind
            channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            out = Channels.newOutputStream(channel);
        }

        void commit() throws IOException {
            channel.force(true);
            channel.close();
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            try (FileChannel directory = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
                directory.force(true); // the new name is on disk once its directory is
            }
        }

        @Override public void close() throws IOException {
            channel.close();
            Files.deleteIfExists(temporary);
        }
    }

    /** Journal appends a line to a file that others append to as well: under a lock, and only if the work is done that it records. */
    static final class Journal implements AutoCloseable {
        private final FileChannel channel;
        private final long size;
        boolean done;

        Journal(Path path, String line) throws IOException {
            channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
            channel.lock();
            size = channel.size();
            ByteBuffer last = ByteBuffer.allocate(1);
            boolean torn = size > 0 && channel.read(last, size - 1) == 1 && last.get(0) != '\n';
            ByteBuffer bytes = ByteBuffer.wrap((torn ? "\n".concat(line) : line).getBytes(StandardCharsets.UTF_8));
            try {
                channel.position(size);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            } catch (IOException e) {
                close();
                throw e;
            }
        }

        @Override public void close() throws IOException {
            if (!done) {
                channel.truncate(size);
            }
            channel.close();
        }
    }

    /** Writes a state, and reads a file back: the same bytes have the verdicts that were decided before. */
    private static void deliver(Document document, Path target, OutputStream out) throws IOException {
        if (target == null) {
            out.write(document.bytes, 0, document.length());
            return;
        }
        try (Replacement file = new Replacement(target)) {
            file.out.write(document.bytes, 0, document.length());
            file.commit();
        }
        if (!Arrays.equals(Document.read(target.toString(), null).bytes, document.bytes)) {
            throw new DataException("{}: what was read back is not what was written", target);
        }
    }

    /** The path of an output; null where none is given, or standard output. Never a link, an input, or what is no regular file. */
    private static Path target(String option, Call call) {
        String name = call.one(option, "-");
        if (name.equals("-")) {
            return null;
        }
        Path path = path(name).toAbsolutePath();
        String state = call.one("--state", bundledBaseline());
        String refusal = path.getParent() != null && !Files.isDirectory(path.getParent()) ? fill("no such directory: {}", path.getParent())
                : Files.isSymbolicLink(path) ? "a link; name the file itself"
                : Files.exists(path) && !Files.isRegularFile(path) ? "not a regular file"
                : sameFile(path, path(state.equals("-") ? "/dev/stdin" : state)) ? "the input, which is never written; name another file"
                : sameFile(path, path(call.one("--baseline", bundledBaseline()))) || sameFile(path, path(bundledBaseline()))
                ? "the baseline, which is never written; name another file" : null;
        if (refusal != null) {
            throw new DataException("{} {}: {}", option, name, refusal);
        }
        return path;
    }

    static Path path(String name) {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new DataException("{}: no path: {}", name, e.getReason());
        }
    }

    /** Whether both are one file, also by another spelling or through a link. */
    private static boolean sameFile(Path one, Path other) {
        try {
            return Files.isSameFile(one, other);
        } catch (IOException absent) {
            Path a = one.toAbsolutePath();
            Path b = other.toAbsolutePath();
            return a.getFileName().equals(b.getFileName()) && sameFile(a.getParent(), b.getParent());
        }
    }

    private static String reason(IOException e) {
        String reason = e instanceof FileSystemException failure ? failure.getReason() : e.getMessage();
        return e instanceof NoSuchFileException ? "no such file" : e instanceof AccessDeniedException ? "permission denied"
                : reason != null ? reason : e.getClass().getSimpleName();
    }

    /** This source file: the source launcher says where it is, and the cached start says it in the same way. */
    private static Path source() {
        Path source = Path.of(System.getProperty("jdk.launcher.sourcefile", "Freshness.java")).toAbsolutePath();
        try {
            return source.toRealPath();
        } catch (IOException gone) {
            return source;
        }
    }

    /** A file beside the source file, named as short as the working directory allows. */
    private static String beside(String name) {
        Path source = source();
        return source.getParent().equals(Path.of("").toAbsolutePath()) ? name : source.resolveSibling(name).toString();
    }

    private static String bundledBaseline() {
        return beside(BUNDLED_BASELINE);
    }

    /** Whether standard output is a terminal; the Console, which also knows, takes long to load. */
    private static boolean terminal() {
        try {
            String name = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
            return name.startsWith("/dev/pts/") || name.startsWith("/dev/tty");
        } catch (IOException notLinux) {
            System.setProperty("jdk.console", "java.base"); // the other one would answer where there is no terminal
            return System.console() != null;
        }
    }

    // ---- Options and help ----

    /**
     * The commands. Each text is the help of one, and the table that its arguments are parsed by: a summary, an example, and
     * a line for each option with its value, "..." where it may be repeated and "required" where it must be there.
     */
    private static final String[] COMMANDS = {"""
            status    shows each feed: alive, how old, safe to serve or not, and why
            status --state state.json
            --state FILE              the state; - reads standard input; without it, the baseline is shown
            --baseline FILE           who must be there, and how old is too old; by default data/healthy.json
            --format text|json|prometheus
            --output FILE             write the report there, whole or not at all
            --watch SECONDS           evaluate again and again, until interrupted
            --color auto|always|never
            --now INSTANT             replaces the clock, like 2026-11-22T09:37:00Z
            """, """
            gate      may this work go on? exit 0 only if every feed allows every action
            gate --feed alpha --state state.json && ./publish.sh
            --feed NAME...            required: the feed that the work needs
            --state FILE              required: the state; - reads standard input
            --action ACTION...        the work; without it, the feed must be safe to serve
            --baseline FILE           who must be there, and how old is too old; by default data/healthy.json
            --format text|json
            --now INSTANT             replaces the clock, like 2026-11-22T09:37:00Z
            """, """
            scenario  writes a failure that status then detects
            scenario stale --feed bravo --output stale.json
            KIND                      required: stale unknown down missing skewed loosened; of all feeds: frozen corrupt
            --feed NAME               the feed that fails
            --output FILE             required: the state to write; - writes standard output
            --state FILE              the state to start from, by default data/healthy.json; - reads standard input
            --age-seconds N           the age of a stale feed, by default 660
            --format text|json
            --now INSTANT             replaces the clock, like 2026-11-22T09:37:00Z
            """, """
            recover   restores one feed on the evidence of a fresh tick, or refuses and writes nothing
            recover --feed bravo --state stale.json --output recovered.json
            --feed NAME               required: the feed to restore
            --state FILE              required: the state; - reads standard input
            --output FILE             required: the state to write; - writes standard output
            --age-seconds N           the age of the fresh tick, by default 5
            --record FILE             append the report there, as one JSON line
            --baseline FILE           who must be there, and how old is too old; by default data/healthy.json
            --format text|json
            --now INSTANT             replaces the clock, like 2026-11-22T09:37:00Z
            """, """
            smoke     runs the whole contract through real files
            smoke
            --format text|json
            """, """
            doctor    checks the environment
            doctor
            --format text|json
            """, """
            help      shows the commands, or the options of one
            help gate
            COMMAND                   one of status gate scenario recover smoke doctor
            """, """
            --version shows the version of this program and of Java
            --version
            """};

    /** Call is one command line, checked before anything is read or written. */
    static final class Call {
        final InputStream in;
        final OutputStream out;
        final OutputStream err;
        final String command;
        boolean help;
        private final String[] usage;
        private final Map<String, List<String>> values = new HashMap<String, List<String>>();

        Call(String[] args, InputStream in, OutputStream out, OutputStream err) {
            this.in = in;
            this.out = out;
            this.err = err;
            if (args.length == 0) {
                throw new DataException("no command given; see: {} help", program());
            }
            command = args[0].equals("--help") || args[0].equals("-h") ? "help" : args[0];
            usage = usage(command);
            for (int i = 1; i < args.length && !help; i++) {
                String arg = args[i];
                int equals = arg.indexOf('=');
                if (arg.equals("--help") || arg.equals("-h")) {
                    help = true;
                } else if (!arg.startsWith("-")) {
                    String operand = usage.length > 2 ? usage[2].substring(0, usage[2].indexOf(' ')) : "-";
                    if (operand.startsWith("-") || has(operand)) {
                        throw error("unexpected argument: {}", arg);
                    }
                    put(operand, arg);
                } else if (equals >= 0) {
                    put(arg.substring(0, equals), arg.substring(equals + 1));
                } else {
                    put(arg, i + 1 < args.length && !args[i + 1].startsWith("--") ? args[++i] : "");
                }
            }
            if (!help) {
                check();
            }
        }

        /** The text of that command, in lines. */
        static String[] usage(String name) {
            List<String> known = new ArrayList<String>();
            for (String text : COMMANDS) {
                String command = text.substring(0, text.indexOf(' '));
                known.add(command);
                if (command.equals(name)) {
                    return text.split("\n");
                }
            }
            throw new DataException("unknown command: {}{}; see: {} help", name, suggestion(name, known), program());
        }

        /** The line of that option or operand; null where the command has none. */
        private String line(String word) {
            for (String line : usage) {
                if (line.startsWith(word) && line.indexOf(' ') == word.length()) {
                    return line;
                }
            }
            return null;
        }

        private void put(String option, String value) {
            String line = line(option);
            if (line == null) {
                List<String> known = new ArrayList<String>();
                for (String each : usage) {
                    if (each.startsWith("--")) {
                        known.add(each.substring(0, each.indexOf(' ')));
                    }
                }
                throw error("unknown option: {}{}", option, suggestion(option, known));
            }
            String form = option.startsWith("-") ? line.substring(option.length() + 1).split(" ")[0] : option;
            if (value.isEmpty()) {
                throw error("no value given for {}, expected {}", option, form.replace("|", " or "));
            } else if (value.indexOf('\ufffd') >= 0) {
                throw error("the value of {} is not text in this locale; set LC_ALL=C.UTF-8", option);
            } else if (has(option) && !form.endsWith("...")) {
                throw error("{} is given twice", option);
            }
            String expected = expected(form, value);
            if (expected != null) {
                throw error("invalid value given for {}: {}{}", option, value, expected);
            }
            List<String> given = values.getOrDefault(option, new ArrayList<String>());
            given.add(value);
            values.put(option, given);
        }

        /** What is expected where a value of that form is not valid; null where it is. */
        private static String expected(String form, String value) {
            switch (form) {
                case "INSTANT": return instant(value) != null ? null : "; expected an RFC 3339 instant, like 2026-11-22T09:37:00Z";
                case "N":
                    BigDecimal age = number(value);
                    return age != null && age.compareTo(Decision.MAX_AGE) <= 0 ? null : fill("; expected a number from 0 to {}", MAX_AGE_SECONDS);
                case "SECONDS": return watchMillis(value) > 0 ? null : "; expected a number of seconds from 0.1 to 86400";
                default:
                    List<String> known = form.equals("KIND") ? KINDS : form.startsWith("ACTION") ? ACTIONS : Arrays.asList(form.split("\\|"));
                    return known.size() == 1 || known.contains(value) ? null : suggestion(value, known);
            }
        }

        /** The rules beyond the table. */
        private void check() {
            for (String line : usage) {
                String word = line.substring(0, Math.max(0, line.indexOf(' ')));
                int required = line.indexOf("required: ");
                if (required > 0 && !has(word)) {
                    throw error("{} is missing: {}", word, line.substring(required + 10));
                }
            }
            boolean ofFeed = ofFeed(one("KIND", "stale"));
            for (String option : Arrays.asList("--baseline", "--record")) {
                if (one(option, "").equals("-")) {
                    throw error("invalid value given for {}: -; expected a file", option);
                }
            }
            if (has("--watch") && (has("--output") || has("--now") || one("--state", "").equals("-")
                    || !one("--format", "text").equals("text"))) {
                throw error("--watch shows text, of a file, by the real clock; leave out --output, --now, --format and --state -");
            } else if (has("KIND") && ofFeed != has("--feed")) {
                throw error(ofFeed ? "--feed is missing" : "scenario {} is of the whole state; leave out --feed", one("KIND", null));
            } else if (has("KIND") && has("--age-seconds") && !one("KIND", null).equals("stale")) {
                throw error("--age-seconds goes with scenario stale only");
            }
        }

        DataException error(String template, Object... arguments) {
            return new DataException("{}; see: {} help {}", fill(template, arguments), program(), command);
        }

        /** A number by the rules of JSON; null where there is none. */
        private static BigDecimal number(String text) {
            try {
                Json in = new Json(Document.of("", text), 0);
                in.skip();
                in.end();
                return seconds(text);
            } catch (DataException notJson) {
                return null;
            }
        }

        boolean has(String option) {
            return values.containsKey(option);
        }

        List<String> all(String option) {
            return values.getOrDefault(option, new ArrayList<String>());
        }

        String one(String option, String otherwise) {
            return has(option) ? values.get(option).get(0) : otherwise;
        }

        boolean json() {
            return one("--format", "text").equals("json");
        }

        Instant now() {
            // The next millisecond: an age is never taken for younger than it is.
            return has("--now") ? instant(one("--now", null)) : Instant.ofEpochMilli(System.currentTimeMillis() + 1);
        }

        /** The time between two evaluations; 0 where it is no valid one. */
        static long watchMillis(String value) {
            BigDecimal seconds = number(value);
            double every = seconds == null ? 0 : seconds.doubleValue();
            return every < 0.1 || every > 86_400 ? 0 : (long) (every * 1000);
        }

        boolean colors(boolean toStandardOutput) {
            String when = one("--color", "auto");
            String never = System.getenv("NO_COLOR");
            return when.equals("always") || when.equals("auto") && toStandardOutput && (never == null || never.isEmpty()) && terminal();
        }
    }

    private static int help(Call call) throws IOException {
        Sink sink = new Sink(call.out);
        String command = call.help ? call.command : call.one("COMMAND", null);
        String[] usage = Call.usage(command == null ? "gate" : command);
        sink.put("example: {} {}\n\n", program(), usage[1]);
        if (command == null) {
            sink.put("A fail-closed freshness gate: safe is what was proved, everything else is blocked.\n\n");
            for (String text : COMMANDS) {
                sink.put("  {}\n", text.substring(0, text.indexOf('\n')));
            }
            sink.put("\nexit codes: 0 proved safe, or done; 2 evaluated, and not safe; 3 could not be evaluated.\n"
                    + "Go on only on 0. For the options of a command: {} help COMMAND\n", program());
        } else {
            sink.put("{}\n\n", usage[0]);
            for (int i = 2; i < usage.length; i++) {
                sink.put("  {}\n", usage[i]);
            }
        }
        sink.flush();
        return SAFE;
    }

    /** The nearest of the known words as a question, or else the words. */
    static String suggestion(String word, List<String> known) {
        String nearest = null;
        int least = word.length() / 3 + 2;
        for (String candidate : known) {
            int distance = candidate.startsWith(word) ? 1 : word.length() > MAX_NAME_CHARS ? least : distance(word, candidate);
            if (distance < least) {
                least = distance;
                nearest = candidate;
            }
        }
        return nearest != null ? fill("; did you mean {}?", nearest)
                : !known.isEmpty() && known.size() <= 10 ? fill("; known are {}", String.join(", ", known)) : "";
    }

    /** Levenshtein's distance: how many characters to put in, take out or replace. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            int diagonal = i;
            for (int j = 0; j <= b.length(); j++) {
                int above = row[j];
                row[j] = i == 0 ? j : j == 0 ? i : Math.min(Math.min(above, row[j - 1]) + 1, diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1));
                diagonal = above;
            }
        }
        return row[b.length()];
    }

    static String program() {
        // A copy with another name is a program by itself, with #! in its first line.
        String source = source().toString();
        return source.endsWith(".java") ? "java ".concat(shellWord(beside(source().getFileName().toString()))) : shellWord(source);
    }

    /** A command that can be pasted into a shell; options without a value are left out. */
    private static Sink commandLine(String command, String... options) {
        Sink sink = new Sink(null).put("{} {}", program(), command);
        for (int i = 0; i < options.length; i += 2) {
            String value = options[i + 1];
            if (value != null) {
                sink.put(value.startsWith("--") ? " {}={}" : " {} {}", options[i], shellWord(value));
            }
        }
        return sink;
    }

    private static String shellWord(String word) {
        boolean plain = true;
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            plain &= c < 0x7f && (Character.isLetterOrDigit(c) || "-_./:=@%+,".indexOf(c) >= 0);
        }
        if (plain || visible(word).equals(word)) {
            return plain ? word : fill("'{}'", word.replace("'", "'\\''"));
        }
        return fill("$'\\x{}'", HexFormat.ofDelimiter("\\x").formatHex(word.getBytes(StandardCharsets.UTF_8)));
    }
}
