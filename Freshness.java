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
state='' last='' large=''
for arg in "$@"; do
  case $last,$arg in --state,* | --baseline,*) state=$arg ;; *,--state=* | *,--baseline=*) state=${arg#*=} ;; esac
  last=$arg
done
case $state in *"$nl"*) state='' ;; esac

# An entry is named by the SHA-256 of the source and by the java that made it. Its stamp tells inode, size and time of change
# of that java and of the files of the entry: none that was touched since counts. Nor does a directory that someone else
# owns, can write or could exchange.
find_entry() {
  trusted='' source='' id='' files=$nl stamp=$nl entry=''
  [ -n "$cache" ] && [ -O "$cache" ] && [ ! -h "$cache" ] || return 1
  while read -r inode mode links user group size rest; do # to single spaces: ls aligns its columns
    line="$inode $mode $links $user $group $size $rest"
    case $line in
      *\ d????-??-*[/]freshness | *\ d????-??-*[/].. | *\ d????????[tT]*[/]..) trusted=$trusted. ;;
      "$inode - "*) source=$inode ;;
      *" $state") [ ${#size} -lt 8 ] || large=yes ;;
      *" $java") id=$inode files=$files$line$nl ;;
      *) files=$files$line$nl ;;
    esac
  done <<found
$({ sha256sum - <"$me" & list "$cache" "$cache/.." "$java" "$cache"/*"/freshness.j"* ${state:+"$state"}; wait; } 2>/dev/null)
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
    "$java" -m jdk.compiler/com.sun.tools.javac.Main -proc:none -XDstringConcat=inline -d "$new/classes" "$new/Freshness.java" &&
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
[ -n "$entry" ] || exec "$java" --source 21 "$me" "$@"
set -- -Djdk.launcher.sourcefile="$me" -cp "$entry/freshness.jar" Freshness "$@"
# The user's own options may not go with these; and a large state is worth the optimizing compiler, which takes long to start.
[ -z "$JDK_JAVA_OPTIONS$JAVA_TOOL_OPTIONS$_JAVA_OPTIONS" ] || exec "$java" "$@"
[ -n "$large" ] || set -- -XX:TieredStopAtLevel=1 -Xms16m "$@"
exec "$java" -XX:SharedArchiveFile="$entry/freshness.jsa" -XX:+UseSerialGC -XX:-UsePerfData -Xlog:disable "$@"
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
 * streams or lambdas on the way to a verdict. It compiles on Java 17 too, so that an old Java gets a clear line.
 */

import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
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
    /** A longer number, or one with a smaller power of ten, is kept in a state, but is no age and no limit. */
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
                throw new DataException("Java " + MIN_JAVA + " or newer is needed, and this is Java " + java
                        + "; set JAVA_HOME to a newer JDK, or put its java first on the PATH");
            }
            return dispatch(Call.parse(args), in, out, err);
        } catch (DataException e) {
            problem = e.getMessage();
        } catch (IOException e) {
            problem = "the output could not be delivered: " + reason(e);
        } catch (OutOfMemoryError e) {
            problem = "out of memory; give the JVM more, for example with JDK_JAVA_OPTIONS=-Xmx4g";
        } catch (RuntimeException | Error e) {
            problem = "internal error, please report it: " + e;
        }
        try {
            new Sink(err).add("freshness: ").add(visible(problem)).add("\n").flush();
        } catch (IOException e) {
            return UNEVALUATED; // nobody can be told, but the exit code still says it
        }
        return UNEVALUATED;
    }

    private static int dispatch(Call call, InputStream in, OutputStream out, OutputStream err) throws IOException {
        if (call.help) {
            return help(call.command, new Sink(out));
        }
        switch (call.command) {
            case status: return call.has("--watch") ? watch(call, out) : status(call, in, out, err);
            case gate: return gate(call, in, out, err);
            case scenario: return scenario(call, in, out, err);
            case recover: return recover(call, in, out, err);
            case smoke: return smoke(call, out);
            case doctor: return doctor(call, out);
            case version:
                new Sink(out).add("freshness 1.0, Java ").add(Runtime.version().toString()).add("\n").flush();
                return SAFE;
            case help: return help(call.operand == null ? null : Command.named(call.operand), new Sink(out));
        }
        throw new IllegalStateException();
    }

    /** What was asked for cannot be done; the message says what is wrong, where, and what was expected. */
    static final class DataException extends RuntimeException {
        private static final long serialVersionUID = 1;

        DataException(String message) {
            super(message, null, false, false);
        }
    }

    // ---- Domain ----

    /** In the order in which they need more freshness. */
    static final List<String> ACTIONS = Arrays.asList("inspect_status", "read_last_price", "serve_cached_status",
            "price_order", "publish_signal", "rebalance_position");

    // The constants of the enums below are spelled as in the outputs.

    /** How fresh a feed is, and how many of the actions that allows. */
    enum Status {
        unknown(1), stale(3), fresh(6);

        final int allowed;
        final String blocked;
        /** All that a JSON verdict says of this status. */
        final String json;

        Status(int allowed) {
            this.allowed = allowed;
            List<String> no = ACTIONS.subList(allowed, ACTIONS.size());
            blocked = String.join(", ", no);
            json = "\"freshness_status\": \"" + this + "\", \"safe_to_serve\": " + no.isEmpty() + ", \"allowed_actions\": "
                    + array(ACTIONS.subList(0, allowed)) + ", \"blocked_actions\": " + array(no) + ", \"blocked_reason\": ";
        }
    }

    enum Alert { none, ticket, page }

    /** Why a feed has its status, in the order of the decision: the first that matches counts. */
    enum Reason {
        state_invalid(Status.unknown, "correct the state, or the producer that writes it"),
        feed_missing(Status.unknown, null),
        feed_unexpected(Status.unknown, "add this feed to the baseline after review, or stop the producer from writing it"),
        as_of_missing(Status.unknown, "make the producer write as_of: the baseline requires it"),
        as_of_invalid(Status.unknown, "make the producer write as_of like 2026-11-22T09:37:00Z"),
        clock_skew(Status.unknown, "compare the clock of this host with that of the host that wrote the state"),
        alive_invalid(Status.unknown, null),
        feed_down(Status.unknown, null),
        limit_invalid(Status.unknown, "correct max_age_seconds in the state and in the baseline"),
        age_missing(Status.unknown, null),
        age_invalid(Status.unknown, null),
        stale(Status.stale, null),
        fresh(Status.fresh, null);

        final Status status;
        /** What to do next; null where a recovery on a fresh tick is the way. */
        final String advice;

        Reason(Status status, String advice) {
            this.status = status;
            this.advice = advice;
        }
    }

    /**
     * Seconds is an exact time of zero or more.
     *
     * @param fraction the decimal digits behind the point, without trailing zeros
     * @param fault    the text found where no such number stands; null where one does
     */
    record Seconds(long whole, String fraction, String fault) {
        private static final int MAX_DIGITS = 17;
        private static final long LARGEST = 100_000_000_000_000_000L;

        static Seconds of(long whole) {
            return new Seconds(whole, "", null);
        }

        static Seconds fault(String found) {
            return new Seconds(0, "", found);
        }

        static Seconds between(Instant from, Instant to) {
            Duration time = Duration.between(from, to);
            return new Seconds(time.getSeconds(), unpadded(Integer.toString(1_000_000_000 + time.getNano()).substring(1)), null);
        }

        /** Takes a number as RFC 8259 writes it, its exponent from that index on. */
        static Seconds of(String number, int e) {
            if (e == number.length() && number.charAt(0) != '-') {
                return plain(number);
            }
            int power = 0;
            for (int i = e + 1; i < number.length() && power < MAX_NUMBER_CHARS; i++) {
                power = power * 10 + Math.max(0, number.charAt(i) - '0');
            }
            boolean small = e < number.length() && number.charAt(e + 1) == '-';
            BigDecimal digits = new BigDecimal(number.substring(0, e));
            if (digits.signum() == 0) {
                return of(0);
            }
            return digits.signum() < 0 || small && power >= MAX_NUMBER_CHARS ? fault(number)
                    : plain(digits.scaleByPowerOfTen(small ? -power : Math.min(power, MAX_NUMBER_CHARS)).toPlainString());
        }

        /** Takes plain digits. Where more stand before the point than fit, the number is as good as the largest. */
        private static Seconds plain(String digits) {
            int point = digits.indexOf('.');
            int end = point < 0 ? digits.length() : point;
            return end > MAX_DIGITS ? of(LARGEST)
                    : new Seconds(Long.parseLong(digits.substring(0, end)), point < 0 ? "" : unpadded(digits.substring(point + 1)), null);
        }

        private static String unpadded(String digits) {
            int end = digits.length();
            while (end > 0 && digits.charAt(end - 1) == '0') {
                end--;
            }
            return digits.substring(0, end);
        }

        private BigDecimal decimal() {
            return new BigDecimal(toString());
        }

        Seconds plus(Seconds other) {
            return fraction.isEmpty() || other.fraction.isEmpty() ? new Seconds(whole + other.whole, fraction + other.fraction, null)
                    : plain(decimal().add(other.decimal()).toPlainString());
        }

        Seconds times(int factor) {
            return fraction.isEmpty() ? of(whole * factor) : plain(decimal().multiply(BigDecimal.valueOf(factor)).toPlainString());
        }

        /** Digits without trailing zeros compare as text does. */
        boolean isAbove(Seconds limit) {
            return whole != limit.whole ? whole > limit.whole : fraction.compareTo(limit.fraction) > 0;
        }

        boolean isLimit() {
            return fault == null && (whole > 0 || !fraction.isEmpty());
        }

        double approximate() {
            return whole + (fraction.isEmpty() ? 0 : Double.parseDouble("0." + fraction));
        }

        @Override public String toString() {
            return fraction.isEmpty() ? Long.toString(whole) : whole + "." + fraction;
        }
    }

    /**
     * Feed is one entry of a document, as claimed.
     *
     * @param alive null where it is absent or not a boolean
     * @param age   null where it is absent or null
     * @param limit null where the document's own counts
     * @param at    the byte at which the entry begins
     */
    record Feed(String name, Boolean alive, Seconds age, Seconds limit, int at) { }

    /**
     * Verdict is what was decided about one feed.
     *
     * @param age    the age now; null where it is not known
     * @param limit  the limit that counted; null where there is none
     * @param detail one sentence that says why; null where the figures say it
     */
    record Verdict(String name, Boolean alive, Seconds age, Seconds limit, Reason reason, Alert alert, String detail) {
        boolean safe() {
            return reason == Reason.fresh;
        }

        /** One plain sentence with the figures. */
        String sentence() {
            return detail != null ? detail : "last tick " + age + "s old, limit " + limit + "s";
        }

        /** The verdict in a few words, for a line that names several feeds. */
        String brief() {
            return name + " " + reason.status + (reason == Reason.stale ? ", " + age + "s > " + limit + "s"
                    : safe() ? ", " + age + "s of " + limit + "s" : " (" + reason + ")");
        }
    }

    // ---- Decision ----

    /**
     * Decision holds the rule. A baseline, a state or else the error that kept it from being read, and an instant go in;
     * verdicts come out. There is no clock, file, environment or output in it.
     */
    static final class Decision {
        private static final Seconds MAX_AGE = Seconds.of(MAX_AGE_SECONDS);

        private final State baseline;
        private final State state;
        private final String error;
        /** A fault of the snapshot makes each of its feeds unknown. */
        private Reason fault;
        private String faultDetail;
        /** The time since the snapshot was taken, added to every age: a frozen snapshot turns stale. */
        private Seconds elapsed = Seconds.of(0);

        Decision(State baseline, State state, String error, Instant now) {
            this.baseline = baseline;
            this.state = error == null ? state : null;
            this.error = error;
            if (error == null && state.asOfText == null && baseline.requireAsOf) {
                fault = Reason.as_of_missing;
                faultDetail = "the baseline requires as_of and the state has none";
            } else if (error == null && state.asOfText != null && state.asOf == null) {
                fault = Reason.as_of_invalid;
                faultDetail = "as_of is " + state.asOfText + ", not an RFC 3339 instant";
            } else if (error == null && state.asOf != null && state.asOf.isAfter(now.plusSeconds(MAX_SKEW_SECONDS))) {
                fault = Reason.clock_skew;
                faultDetail = "as_of is " + Seconds.between(now, state.asOf) + "s in the future";
            } else if (error == null && state.asOf != null && state.asOf.isBefore(now)) {
                elapsed = Seconds.between(state.asOf, now);
            }
        }

        /** The verdict on one feed; null where neither the baseline nor the state has it. */
        Verdict of(String name) {
            Feed contract = baseline.feed(name, 0);
            Feed claim = state == null ? null : state.feed(name, 0);
            return contract == null && claim == null ? null : decide(contract, claim);
        }

        /** All verdicts, each decided when it is asked for: the baseline's feeds in its order, then the unexpected ones. */
        List<Verdict> all() {
            List<Feed> unexpected = new ArrayList<Feed>();
            for (int i = 0; state != null && state != baseline && i < state.feeds.size(); i++) {
                Feed claim = state.feeds.get(i);
                if (baseline.feed(claim.name, i) == null) {
                    unexpected.add(claim);
                }
            }
            return new AbstractList<Verdict>() {
                @Override public Verdict get(int i) {
                    if (i >= baseline.feeds.size()) {
                        return decide(null, unexpected.get(i - baseline.feeds.size()));
                    }
                    Feed contract = baseline.feeds.get(i);
                    return decide(contract, state == null || state == baseline ? contract : state.feed(contract.name, i));
                }

                @Override public int size() {
                    return baseline.feeds.size() + unexpected.size();
                }
            };
        }

        private Verdict decide(Feed contract, Feed claim) {
            Seconds agreed = contract == null ? null : baseline.limitOf(contract);
            if (error != null) {
                return unknown(contract.name, null, null, smaller(agreed, agreed), Reason.state_invalid, "the state cannot be evaluated: " + error);
            }
            if (claim == null) {
                return unknown(contract.name, null, null, smaller(agreed, agreed), Reason.feed_missing, "the baseline lists this feed, the state does not");
            }
            String name = claim.name;
            Boolean alive = claim.alive;
            if (contract == null) {
                return unknown(name, alive, null, null, Reason.feed_unexpected, "the state lists this feed, the baseline does not");
            }
            Seconds own = state.limitOf(claim);
            Seconds limit = smaller(own, agreed);
            if (fault != null) {
                return unknown(name, alive, null, limit, fault, faultDetail);
            }
            boolean plausible = claim.age != null && claim.age.fault == null && !claim.age.isAbove(MAX_AGE);
            Seconds age = plausible ? claim.age.plus(elapsed) : null;
            if (alive == null) {
                return unknown(name, null, age, limit, Reason.alive_invalid, "alive is absent, or neither true nor false");
            }
            if (!alive) {
                return unknown(name, false, age, limit, Reason.feed_down, "the feed consumer does not answer: alive is false");
            }
            if (limit == null) {
                boolean stateIsWrong = own == null || !own.isLimit();
                return unknown(name, true, age, null, Reason.limit_invalid, "max_age_seconds is " + found(stateIsWrong ? own : agreed)
                        + " in the " + (stateIsWrong ? "state" : "baseline") + ", not a number above 0");
            }
            if (claim.age == null) {
                return unknown(name, true, null, limit, Reason.age_missing, "the age of the newest tick is not known");
            }
            if (!plausible) {
                return unknown(name, true, null, limit, Reason.age_invalid,
                        "last_tick_age_seconds is " + found(claim.age) + ", not a plausible age");
            }
            if (age.isAbove(limit)) {
                return new Verdict(name, true, age, limit, Reason.stale, Alert.page, null);
            }
            boolean pastHalf = age.times(2).isAbove(limit);
            return new Verdict(name, true, age, limit, Reason.fresh, pastHalf || own.isAbove(agreed) ? Alert.ticket : Alert.none, null);
        }

        private static Verdict unknown(String name, Boolean alive, Seconds age, Seconds limit, Reason reason, String detail) {
            return new Verdict(name, alive, age, limit, reason, Alert.page, detail);
        }

        /** The limit that counts: a state can tighten its own, never loosen it. Null where one of the two is not valid. */
        private static Seconds smaller(Seconds own, Seconds agreed) {
            if (own == null || agreed == null || !own.isLimit() || !agreed.isLimit()) {
                return null;
            }
            return own.isAbove(agreed) ? agreed : own;
        }

        /** The limit of the feeds that have none of their own; null where it is not valid. */
        Seconds commonLimit() {
            return smaller(state == null ? baseline.limit : state.limit, baseline.limit);
        }

        private static String found(Seconds seconds) {
            return seconds == null ? "absent" : seconds.fault != null ? seconds.fault : seconds.toString();
        }

        /** What to do next about an unsafe feed; null where a recovery on a fresh tick is the way. */
        String advice(Verdict verdict) {
            if (verdict.reason == Reason.feed_missing && fault != null) {
                return fault.advice;
            }
            return verdict.reason == Reason.stale && elapsed.isAbove(verdict.limit)
                    ? "restart the collector: the snapshot is " + elapsed + "s old" : verdict.reason.advice;
        }
    }

    // ---- Commands ----

    /** Evaluation is what status, gate and recover read and decide; where that failed, error says why. */
    static final class Evaluation {
        final Instant now;
        final String baselineName;
        final String stateName;
        Document baselineDocument;
        Document stateDocument;
        State baseline = State.NONE;
        State state;
        String stateSha256;
        String error;
        final Decision decision;

        Evaluation(Call call, InputStream in, boolean hash) {
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
                stateDocument = same ? baselineDocument : Document.read(stateName, in);
                stateSha256 = hash ? stateDocument.sha256() : null;
                state = same ? baseline : State.parse(stateDocument, false);
            } catch (DataException e) {
                error = reading + e.getMessage();
            }
            decision = new Decision(baseline, state, error, now);
        }

        /** The command that recovers the feed, or what to do where a recovery would be refused. */
        String next(Verdict verdict, Call call) {
            String advice = verdict.name.indexOf('\0') >= 0 ? "give this feed another name: no command line can carry this one"
                    : stateName.equals("-") ? "save the state to a file, and ask again for that file" : decision.advice(verdict);
            String stem = stateName.endsWith(".json") ? stateName.substring(0, stateName.length() - 5) + "-" : "";
            return advice != null ? advice : commandLine("recover", "--feed", verdict.name, "--state", stateName,
                    "--output", stem + "recovered.json", "--baseline", call.one("--baseline", null), "--now", call.one("--now", null));
        }
    }

    /** Shows every feed. Exit 0 only if each one is proved safe. */
    private static int status(Call call, InputStream in, OutputStream out, OutputStream err) throws IOException {
        String output = call.one("--output", null);
        String format = call.one("--format", "text");
        Path target = output == null ? null : target("--output", output, call);
        Evaluation e = new Evaluation(call, in, format.equals("json"));
        Report report = new Report(call, e, e.decision.all(), call.colors(output == null));
        if (target == null) {
            report.status(format, new Sink(out));
        } else {
            try (Replacement file = new Replacement(target)) {
                report.status(format, new Sink(file.out));
                file.commit();
            }
        }
        if (target != null || output != null || e.error != null && !format.equals("text")) {
            new Sink(target != null ? out : err).add(report.headline()).add("\n").flush();
        }
        return report.exit();
    }

    /** Evaluates for ever: on a terminal the report is redrawn, elsewhere each change is one line of a timeline. */
    private static int watch(Call call, OutputStream out) throws IOException {
        long millis = call.watchMillis();
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
                Evaluation e = new Evaluation(call, null, false);
                Report report = new Report(call, e, e.decision.all(), call.colors(true));
                Sink sink = new Sink(out);
                exit[0] = report.exit(); // before it is shown: no one may see one verdict and get the code of the last
                if (redraw) {
                    report.status("text", sink.add("\u001b[H\u001b[2J\u001b[3J"));
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
    private static int gate(Call call, InputStream in, OutputStream out, OutputStream err) throws IOException {
        int needed = -1;
        for (String action : call.all("--action")) {
            if (!ACTIONS.contains(action)) {
                throw call.error("unknown action: " + action + suggestion(action, ACTIONS));
            }
            needed = Math.max(needed, ACTIONS.indexOf(action));
        }
        Evaluation e = new Evaluation(call, in, false);
        List<Verdict> verdicts = new ArrayList<>();
        List<Verdict> blocked = new ArrayList<>();
        for (String feed : new LinkedHashSet<>(call.all("--feed"))) {
            Verdict verdict = e.decision.of(feed);
            if (verdict == null) {
                e.error = e.error == null ? "unknown feed: " + feed + suggestion(feed, e.baseline.names()) : e.error;
                continue;
            }
            verdicts.add(verdict);
            if (needed < 0 ? !verdict.safe() : needed >= verdict.reason.status.allowed) {
                blocked.add(verdict);
            }
        }
        Report report = new Report(call, e, verdicts, false);
        boolean json = call.one("--format", "text").equals("json");
        report.gate(blocked, json, new Sink(out));
        if (json && e.error != null) {
            new Sink(err).add("freshness: ").add(visible(e.error)).add("\n").flush();
        }
        return e.error != null ? UNEVALUATED : blocked.isEmpty() ? SAFE : UNSAFE;
    }

    /** The failures that scenario writes: the first six of one feed, the others of the whole state. */
    enum Kind { stale, unknown, down, missing, skewed, loosened, frozen, corrupt }

    /** Writes a failure that status then detects. The same input and the same instant give the same bytes. */
    private static int scenario(Call call, InputStream in, OutputStream out, OutputStream err) throws IOException {
        Kind kind = call.kind();
        String feed = call.one("--feed", null);
        String output = call.one("--output", null);
        Path target = target("--output", output, call);
        Document document = Document.read(call.one("--state", bundledBaseline()), in);
        State state = State.parse(document, false);
        Feed claim = feed == null ? null : state.feed(feed, 0);
        if (feed != null && claim == null) {
            throw new DataException("unknown feed: " + feed + suggestion(feed, state.names()));
        }
        Edit edit = new Edit(document);
        switch (kind) {
            case missing: edit.removeFeed(state, claim); break;
            case frozen: edit.set(0, "", "as_of", "\"" + call.now().minusSeconds(FROZEN_FOR_SECONDS) + "\""); break;
            case corrupt: edit.cut(); break;
            case down: edit.set(claim.at, feed + " ", "alive", "false"); break;
            default:
                edit.set(claim.at, feed + " ", "alive", "true");
                edit.set(claim.at, feed + " ", "last_tick_age_seconds", kind == Kind.unknown ? "null" : kind == Kind.skewed ? SKEWED_AGE_SECONDS
                        : call.one("--age-seconds", STALE_AGE_SECONDS));
        }
        if (kind == Kind.loosened) {
            edit.loosen(state, claim);
        }
        // Judged by the limits that the state came with: what they would let through is no failure.
        Decision decision = kind == Kind.corrupt ? null : new Decision(state, State.parse(edit.document, false), null, call.now());
        if (decision != null && (feed != null ? decision.of(feed).safe() : new Report(call, null, decision.all(), false).unsafe.isEmpty())) {
            throw new DataException("nothing written: still fresh by the limits of " + document.label
                    + (kind == Kind.stale ? "; give a larger --age-seconds" : ""));
        }
        deliver(edit.document, target, out);
        Facts facts = new Facts().add("scenario", kind.name()).add("feed", feed).add("changed", visible(edit.text()), array(edit.changes));
        facts.add("state", document.label).add("state_sha256", document.sha256());
        facts.add("output", output).add("output_sha256", edit.document.sha256());
        String show = commandLine("status", "--state", output, "--now", call.one("--now", null));
        facts.add("show", show, quoted(show));
        facts.report("SCENARIO WRITTEN: " + kind + (feed == null ? "" : " " + feed), call, new Sink(target == null ? err : out));
        return SAFE;
    }

    /** Restores one feed on the evidence of a fresh tick, or refuses with exit 2 and writes nothing. */
    private static int recover(Call call, InputStream in, OutputStream out, OutputStream err) throws IOException {
        String feed = call.one("--feed", null);
        String output = call.one("--output", null);
        String age = call.one("--age-seconds", RECOVERED_AGE_SECONDS);
        String record = call.one("--record", null);
        Path target = target("--output", output, call);
        Path journal = record == null ? null : target("--record", record, call);
        if (target != null && journal != null && sameFile(target, journal)) {
            throw call.error("--record and --output are one file: " + record);
        }
        Evaluation e = new Evaluation(call, in, true);
        if (e.error != null) {
            throw new DataException(e.error);
        }
        Verdict was = e.decision.of(feed);
        if (was == null) {
            throw new DataException("unknown feed: " + feed + suggestion(feed, e.baseline.names()));
        }
        Edit edit = new Edit(e.stateDocument);
        Feed claim = e.state.feed(feed, 0);
        if (claim == null) {
            edit.insertFeed(e.state, e.baselineDocument, e.baseline, e.baseline.feed(feed, 0), age);
        } else if (!was.safe()) {
            edit.set(claim.at, feed + " ", "alive", "true");
            edit.set(claim.at, feed + " ", "last_tick_age_seconds", age);
        }
        Decision next = new Decision(e.baseline, State.parse(edit.document, false), null, e.now);
        Verdict is = next.of(feed);
        String refusal = is.safe() ? changed(e.decision.all(), next.all(), feed) : "it would still be " + is.reason.status + ": " + is.sentence();
        Facts facts = new Facts().add("recovery", refusal != null ? "refused" : was.safe() ? "unchanged" : "recovered");
        facts.add("time", e.now.toString()).add("feed", feed).add("refused_because", refusal);
        facts.add("before", visible(was.brief()), object(new Sink(null), was).b.toString());
        facts.add("after", visible(is.brief()), object(new Sink(null), is).b.toString()).add("changed", visible(edit.text()), array(edit.changes));
        facts.add("baseline", e.baselineName).add("state", e.stateName).add("state_sha256", e.stateSha256);
        facts.add("output", refusal != null ? null : output).add("output_sha256", refusal != null ? null : edit.document.sha256());
        String replay = commandLine("recover", "--feed", feed, "--state", e.stateName, "--output", output, "--age-seconds", age,
                "--baseline", call.one("--baseline", null), "--now", e.now.toString());
        facts.add("replay", replay, quoted(replay));
        if (refusal != null) {
            facts.report("RECOVERY REFUSED: " + feed + ": " + refusal + "; nothing was written", call, new Sink(target == null ? err : out));
            return UNSAFE;
        }
        // The record comes first: what cannot be recorded is not done, and what was not done is not recorded.
        try (Journal open = journal == null ? null : new Journal(journal, facts.json(" ") + "\n")) {
            deliver(edit.document, target, out);
            if (open != null) {
                open.done = true;
            }
        }
        facts.report(was.safe() ? "NOTHING TO RECOVER: " + is.brief() + "; the state was copied unchanged"
                : "RECOVERED: " + is.brief(), call, new Sink(target == null ? err : out));
        return SAFE;
    }

    /** Says which other feed's verdict changed; null where none did. */
    private static String changed(List<Verdict> before, List<Verdict> after, String feed) {
        for (int i = 0; i < before.size(); i++) {
            if (!before.get(i).name.equals(feed) && before.get(i).reason != after.get(i).reason) {
                return "the verdict of another feed would change: " + after.get(i).brief();
            }
        }
        return null;
    }

    /** Runs the whole contract through real files, with the same code as the commands. */
    private static int smoke(Call call, OutputStream out) throws IOException {
        Path directory = Files.createTempDirectory("freshness-smoke-");
        String state = directory.resolve("state.json").toString();
        String failed = directory.resolve("failed.json").toString();
        String recovered = directory.resolve("recovered.json").toString();
        String again = directory.resolve("again.json").toString();
        Checks checks = new Checks();
        try {
            Files.copy(path(bundledBaseline()), path(state));
            checks.add("the healthy state is eligible", run(null, "status", "--state", state) == SAFE);
            for (Kind kind : Kind.values()) {
                boolean whole = kind.compareTo(Kind.frozen) >= 0;
                boolean written = (whole ? run(null, "scenario", kind.name(), "--state", state, "--output", failed)
                        : run(null, "scenario", kind.name(), "--feed", "bravo", "--state", state, "--output", failed)) == SAFE;
                ByteArrayOutputStream report = new ByteArrayOutputStream();
                int exit = run(report, "status", "--state", failed, "--format", "json");
                checks.add(kind + " fails closed and names only its feeds", written && exit == (kind == Kind.corrupt ? UNEVALUATED : UNSAFE)
                        && report.toString(StandardCharsets.UTF_8).contains("\"unsafe_feeds\": ["
                                + (whole ? "\"alpha\", \"bravo\", \"charlie\"]" : "\"bravo\"]")));
                boolean blocked = true;
                for (String action : ACTIONS.subList(Status.stale.allowed, ACTIONS.size())) {
                    blocked &= run(null, "gate", "--feed", "bravo", "--action", action, "--state", failed) == exit;
                    blocked &= run(null, "gate", "--feed", "alpha", "--feed", "charlie", "--action", action, "--state", failed) == (whole ? exit : SAFE);
                }
                checks.add(kind + (whole ? " blocks unsafe work on every feed" : " blocks unsafe work on bravo, not on alpha and charlie"), blocked);
            }
            run(null, "scenario", "stale", "--feed", "bravo", "--state", state, "--output", failed);
            checks.add("a recovery that would not be safe is refused and writes nothing", run(null, "recover", "--feed", "bravo",
                    "--state", failed, "--output", recovered, "--age-seconds", "91") == UNSAFE && !Files.exists(path(recovered)));
            checks.add("a recovery on a fresh tick restores eligibility",
                    run(null, "recover", "--feed", "bravo", "--state", failed, "--output", recovered) == SAFE
                    && run(null, "status", "--state", recovered) == SAFE);
            checks.add("the same recovery gives the same bytes", run(null, "recover", "--feed", "bravo", "--state", failed, "--output", again) == SAFE
                    && Files.mismatch(path(recovered), path(again)) == -1);
        } finally {
            for (String file : List.of(state, failed, recovered, again)) {
                Files.deleteIfExists(path(file));
            }
            Files.delete(directory);
        }
        return checks.report(call, out);
    }

    private static int run(OutputStream out, String... args) {
        OutputStream nowhere = OutputStream.nullOutputStream();
        return run(args, InputStream.nullInputStream(), out == null ? nowhere : out, nowhere);
    }

    /** Checks the environment that the gate is to run in. */
    private static int doctor(Call call, OutputStream out) throws IOException {
        Checks checks = new Checks();
        checks.add("Java is " + MIN_JAVA + " or newer: " + Runtime.version(), Runtime.version().feature() >= MIN_JAVA);
        checks.add("the bundled fixture is found and eligible: " + bundledBaseline(), run(null, "status") == SAFE);
        String sample = "\u00e9 \u2260 \ud83d\ude00";
        String where = System.getProperty("java.io.tmpdir");
        byte[] back = {};
        try {
            Path directory = Files.createTempDirectory("freshness-doctor-");
            Path file = directory.resolve("written");
            try (Replacement replacement = new Replacement(file)) {
                new Sink(replacement.out).add(sample).flush();
                replacement.commit();
                back = Files.readAllBytes(file);
            } finally {
                Files.deleteIfExists(file);
                Files.delete(directory);
            }
        } catch (IOException e) {
            where += ": " + reason(e);
        }
        checks.add("a temporary file can be written, renamed and read back: " + where, back.length > 0);
        checks.add("output is UTF-8", HexFormat.of().formatHex(back).equals("c3a920e289a020f09f9880"));
        Instant now = Instant.now();
        checks.add("the clock is plausible: " + now, now.isAfter(instant("2026-01-01T00:00:00Z")) && now.isBefore(instant("2126-01-01T00:00:00Z")));
        return checks.report(call, out);
    }

    // ---- Reports ----

    /** Sink gathers text and writes it as UTF-8, in large pieces. */
    static final class Sink {
        final StringBuilder b = new StringBuilder();
        private final OutputStream out;

        Sink(OutputStream out) {
            this.out = out;
        }

        Sink add(String text) {
            b.append(text);
            return this;
        }

        void spill() throws IOException {
            if (b.length() >= 1 << 16) {
                flush();
            }
        }

        void flush() throws IOException {
            out.write(b.toString().getBytes(StandardCharsets.UTF_8));
            b.setLength(0);
        }
    }

    /** Facts are what a command reports of its work: lines of text, or the members of a JSON object. */
    static final class Facts {
        private final List<String> names = new ArrayList<>();
        private final List<String> texts = new ArrayList<>();
        private final List<String> values = new ArrayList<>();

        Facts add(String name, String text) {
            return text == null ? add(name, null, "null") : add(name, visible(text), quoted(text));
        }

        /** Adds a fact whose text is printable and has another form in JSON; one without text is for JSON only. */
        Facts add(String name, String text, String json) {
            names.add(name);
            texts.add(text);
            values.add(json);
            return this;
        }

        String json(String gap) {
            Sink sink = new Sink(null).add("{");
            for (int i = 0; i < names.size(); i++) {
                sink.add(i == 0 ? "" : ",").add(gap).add("\"").add(names.get(i)).add("\": ").add(values.get(i));
            }
            return sink.b.toString() + (gap.equals(" ") ? " }" : "\n}");
        }

        void report(String headline, Call call, Sink sink) throws IOException {
            if (call.one("--format", "text").equals("json")) {
                sink.add(json("\n  ")).add("\n");
            } else {
                sink.add(visible(headline)).add("\n");
                for (int i = 0; i < names.size(); i++) {
                    if (texts.get(i) != null) {
                        sink.add("  ").add(names.get(i)).add(": ").add(texts.get(i)).add("\n");
                    }
                }
            }
            sink.flush();
        }
    }

    /** Report shows verdicts: as text for people, as JSON and as Prometheus metrics for machines. */
    static final class Report {
        private final Call call;
        private final Evaluation e;
        private final List<Verdict> verdicts;
        private final boolean colors;
        private final int fresh;
        private int alive;
        private final List<String> unsafe = new ArrayList<String>();

        Report(Call call, Evaluation e, List<Verdict> verdicts, boolean colors) {
            this.call = call;
            this.e = e;
            this.verdicts = verdicts;
            this.colors = colors;
            for (Verdict v : verdicts) {
                alive += v.alive == Boolean.TRUE ? 1 : 0;
                if (!v.safe()) {
                    unsafe.add(v.name);
                }
            }
            fresh = verdicts.size() - unsafe.size();
        }

        int exit() {
            return e.error != null ? UNEVALUATED : fresh < verdicts.size() ? UNSAFE : SAFE;
        }

        /** The verdict on the whole in one line. */
        String headline() {
            int all = verdicts.size();
            Sink sink = new Sink(null);
            if (e.error != null) {
                sink.add("FRESHNESS UNKNOWN: ").add(visible(e.error)).add("; nothing is safe to serve");
            } else {
                sink.add(fresh == all ? "FRESHNESS OK: " : "FRESHNESS CRITICAL: ").add(Integer.toString(fresh == all ? fresh : all - fresh));
                sink.add(" of ").add(Integer.toString(all)).add(fresh == all ? " feeds fresh and safe to serve" : " feeds unsafe: ");
                sink.add(briefs(verdicts, all - fresh));
            }
            return sink.b.toString();
        }

        private static String briefs(List<Verdict> verdicts, int count) {
            Sink sink = new Sink(null);
            int named = 0;
            for (int i = 0; i < verdicts.size() && named < Math.min(count, MAX_NAMED); i++) {
                if (count == verdicts.size() || !verdicts.get(i).safe()) {
                    sink.add(named++ == 0 ? "" : "; ").add(visible(verdicts.get(i).brief()));
                }
            }
            return sink.add(count > named ? "; and " + (count - named) + " more" : "").b.toString();
        }

        void status(String format, Sink sink) throws IOException {
            switch (format) {
                case "json": json(sink); break;
                case "prometheus": prometheus(sink); break;
                default: text(sink);
            }
            sink.flush();
        }

        private void text(Sink sink) throws IOException {
            paint(sink, exit() == SAFE ? Status.fresh : Status.unknown, headline()).add("\n");
            if (e.error != null) {
                return;
            }
            int widest = 0;
            for (Verdict v : verdicts) {
                widest = Math.max(widest, width(visible(v.name)));
            }
            sink.add("\n");
            for (Verdict v : verdicts) {
                String name = visible(v.name);
                String status = v.reason.status.name();
                String age = v.age == null ? "?" : v.age + "s";
                String limit = v.limit == null ? "?" : v.limit + "s";
                sink.add("  ").add(name).add(" ".repeat(widest - width(name) + 2));
                paint(sink, v.reason.status, status).add(" ".repeat(9 - status.length())).add(bar(v)).add(" ".repeat(Math.max(1, 7 - age.length())));
                sink.add(age).add(" of ").add(limit).add(v.alert == Alert.none ? "" : "  ");
                sink.add(v.alert == Alert.none ? "" : v.alert.name()).add(v.detail == null ? "" : ": ").add(v.detail == null ? "" : v.reason.name()).add("\n");
                sink.spill();
            }
            int explained = 0;
            for (Verdict v : verdicts) {
                if (!v.safe() && explained++ < MAX_EXPLAINED) {
                    explain(sink.add("\n"), v);
                }
            }
            sink.add(explained > MAX_EXPLAINED ? "\nand " + (explained - MAX_EXPLAINED) + " more, which --format json explains\n" : "");
            sink.add("\nstate: ").add(visible(e.stateName)).add(call.has("--state") ? ", judged by the baseline " : "");
            sink.add(call.has("--state") ? visible(e.baselineName) : " (the baseline itself; --state FILE judges a state)").add("\n");
        }

        /** What is blocked on an unsafe feed, why, and what to do next. */
        private void explain(Sink sink, Verdict v) {
            sink.add("blocked on ").add(visible(v.name)).add(": ").add(v.reason.status.blocked);
            sink.add("\n  why:  ").add(visible(v.sentence())).add("\n  next: ").add(e.next(v, call)).add("\n");
        }

        private Sink paint(Sink sink, Status status, String text) {
            String color = status == Status.fresh ? "\u001b[32m" : status == Status.stale ? "\u001b[33m" : "\u001b[31m";
            return colors ? sink.add(color).add(text).add("\u001b[0m") : sink.add(text);
        }

        /** Ten cells, all of them full where the age has reached the limit. */
        private static String bar(Verdict v) {
            if (v.age == null || v.limit == null) {
                return "[??????????]";
            }
            int full = (int) Math.min(10, Math.ceil(10 * v.age.approximate() / v.limit.approximate()));
            return "[" + "##########..........".substring(10 - full, 20 - full) + "]";
        }

        /** Writes a line for each feed whose status is another than before; the first time, the verdict on the whole. */
        Map<String, Status> transitions(Map<String, Status> before, Sink sink) throws IOException {
            Map<String, Status> now = new HashMap<>();
            String time = Instant.ofEpochSecond(e.now.getEpochSecond()).toString();
            sink.add(before == null ? time + " " + headline() + "\n" : "");
            for (Verdict v : verdicts) {
                Status is = v.reason.status;
                now.put(v.name, is);
                Status was = before == null ? is : before.getOrDefault(v.name, Status.unknown);
                if (was != is) {
                    sink.add(time + " " + visible(v.name + " " + was + " -> " + is + ": " + v.sentence()) + "\n").spill();
                }
            }
            sink.flush();
            return now;
        }

        private void json(Sink sink) throws IOException {
            Facts facts = new Facts().add("overall_status", exit() == SAFE ? "eligible" : "restricted").add("unsafe_feeds", null, array(unsafe));
            facts.add("max_age_seconds", null, String.valueOf(e.decision.commonLimit())).add("fresh_feeds", null, Integer.toString(fresh));
            facts.add("alive_feeds", null, Integer.toString(alive)).add("total_feeds", null, Integer.toString(verdicts.size()));
            feeds(facts.add("state", e.stateName).add("state_sha256", e.stateSha256), sink);
        }

        /** Writes the facts, the error where there is one, and all verdicts, a line each. */
        private void feeds(Facts facts, Sink sink) throws IOException {
            if (e.error != null) {
                facts.add("error", e.error);
            }
            String members = facts.json("\n  ");
            sink.add(members.substring(0, members.length() - 2)).add(",\n  \"feeds\": [");
            String separator = "\n    ";
            for (Verdict verdict : verdicts) {
                object(sink.add(separator), verdict).spill();
                separator = ",\n    ";
            }
            sink.add("\n  ]\n}\n").flush();
        }

        void gate(List<Verdict> blocked, boolean json, Sink sink) throws IOException {
            List<String> actions = call.all("--action");
            int allowed = ACTIONS.size();
            for (Verdict v : blocked) {
                allowed = Math.min(allowed, v.reason.status.allowed);
            }
            List<String> named = new ArrayList<>();
            for (String action : actions) {
                if (blocked.isEmpty() || ACTIONS.indexOf(action) >= allowed) {
                    named.add(action);
                }
            }
            String what = actions.isEmpty() ? "safe to serve" : "allowed: " + String.join(", ", named);
            List<String> names = new ArrayList<>();
            List<String> next = new ArrayList<>();
            for (Verdict v : blocked) {
                names.add(v.name);
                next.add(e.next(v, call));
            }
            if (json) {
                feeds(new Facts().add("gate", e.error == null && blocked.isEmpty() ? "open" : "blocked")
                        .add("actions", null, array(actions)).add("blocked_feeds", null, array(names))
                        .add("next", null, array(next)).add("state", e.stateName), sink);
            } else if (e.error != null) {
                sink.add("GATE BLOCKED: ").add(visible(e.error)).add("\n").flush();
            } else {
                sink.add(blocked.isEmpty() ? "GATE OPEN: " : "GATE BLOCKED: ").add(briefs(blocked.isEmpty() ? verdicts : blocked, (blocked.isEmpty() ? verdicts : blocked).size()));
                sink.add(blocked.isEmpty() ? "; " : "; not ").add(what).add("\n");
                for (Verdict v : blocked) {
                    explain(sink, v);
                }
                sink.flush();
            }
        }

        private void prometheus(Sink sink) throws IOException {
            String[] help = {"alive Whether the feed consumer answers; 0 where that is not known.",
                "safe_to_serve Whether the feed is proved safe to serve.",
                "last_tick_age_seconds Age of the newest tick at the evaluation; absent where it is not known.",
                "max_age_seconds Limit that counted; absent where there is no valid one."};
            for (int i = 0; i < help.length; i++) {
                String name = "freshness_feed_" + help[i].substring(0, help[i].indexOf(' '));
                family(sink, "freshness_feed_" + help[i]);
                for (Verdict v : verdicts) {
                    Object value = i == 0 ? v.alive == Boolean.TRUE ? "1" : "0" : i == 1 ? v.safe() ? "1" : "0" : i == 2 ? v.age : v.limit;
                    if (value != null) {
                        String label = v.name.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
                        sink.add(name).add("{feed=\"").add(label).add("\"} ").add(value.toString()).add("\n").spill();
                    }
                }
            }
            family(sink, "freshness_state_valid Whether the state and the baseline could be evaluated.");
            sink.add("freshness_state_valid ").add(e.error == null ? "1\n" : "0\n");
            family(sink, "freshness_last_evaluation_timestamp_seconds When the state was evaluated, in seconds since 1970.");
            sink.add("freshness_last_evaluation_timestamp_seconds ").add(Long.toString(e.now.getEpochSecond())).add("\n");
        }

        private static void family(Sink sink, String help) {
            sink.add("# HELP ").add(help).add("\n# TYPE ").add(help.substring(0, help.indexOf(' '))).add(" gauge\n");
        }
    }

    /** Appends a verdict as a JSON object. */
    private static Sink object(Sink sink, Verdict v) {
        sink.add("{\"name\": ").add(quoted(v.name)).add(", \"alive\": ").add(String.valueOf(v.alive));
        sink.add(", \"last_tick_age_seconds\": ").add(String.valueOf(v.age)).add(", \"max_age_seconds\": ").add(String.valueOf(v.limit));
        sink.add(", ").add(v.reason.status.json).add(v.safe() ? "null" : quoted(v.sentence())).add(", \"reason_code\": \"").add(v.reason.name());
        return sink.add("\", \"alert\": \"").add(v.alert.name()).add("\"}");
    }

    /** Checks are what smoke and doctor found, a line each. */
    static final class Checks {
        private final List<String> lines = new ArrayList<>();
        private final List<String> values = new ArrayList<>();
        private int passed;

        void add(String name, boolean ok) {
            passed += ok ? 1 : 0;
            lines.add((ok ? "ok - " : "not ok - ") + name);
            values.add("\n    {\"name\": " + quoted(name) + ", \"ok\": " + ok + "}");
        }

        int report(Call call, OutputStream out) throws IOException {
            boolean all = passed == lines.size();
            Sink sink = new Sink(out);
            if (call.one("--format", "text").equals("json")) {
                sink.add(new Facts().add(call.command.name(), all ? "passed" : "failed")
                        .add("checks", null, "[" + String.join(",", values) + "\n  ]").json("\n  ")).add("\n");
            } else {
                sink.add(call.command.name().toUpperCase(Locale.ROOT) + (all ? " PASSED: " : " FAILED: ") + passed + " of " + lines.size()
                        + " checks passed\n" + visible(String.join("\0", lines)).replace("\\u0000", "\n") + "\n");
            }
            sink.flush();
            return all ? SAFE : UNSAFE;
        }
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

    static String array(List<String> strings) {
        Sink sink = new Sink(null);
        for (String string : strings) {
            sink.add(sink.b.length() == 0 ? "[" : ", ").add(quoted(string));
        }
        return strings.isEmpty() ? "[]" : sink.add("]").b.toString();
    }

    /** A JSON string; what a terminal might act on is escaped too. */
    static String quoted(String s) {
        return "\"" + escaped(s, '"') + "\"";
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
            b.append(s, clean, i).append(c == '\\' || c == '"' ? "\\" + c : "\\u" + HexFormat.of().toHexDigits(c));
            clean = i + 1;
        }
        return b == null ? s : b.append(s, clean, s.length()).toString();
    }

    // ---- State and edits ----

    /** State is what a document claims: a producer's, or as a baseline the contract that was reviewed. */
    static final class State {
        static final State NONE = new State(Document.of("", ""));

        /** When it was written; null where as_of is absent or unreadable, and asOfText tells which. */
        Instant asOf;
        String asOfText;
        boolean requireAsOf;
        /** The limit of the feeds that have none of their own; null where it is absent. */
        Seconds limit;
        private final Json reader;
        /** Where each feed begins and the hash of its name; and an open-addressing table of the feeds by that hash, 0 where free. */
        private int[] starts = new int[8];
        private int[] hashes = new int[8];
        private int[] table = new int[16];
        private int count;
        /** The feeds, each read from the document when it is asked for: a million of them take little memory. */
        final List<Feed> feeds = new AbstractList<Feed>() {
            @Override public Feed get(int i) {
                reader.at = starts[i];
                return read(reader);
            }

            @Override public int size() {
                return count;
            }
        };

        private State(Document document) {
            reader = new Json(document, 0);
        }

        /** Reads a document whole. Each fault that cannot be pinned to a feed is a DataException. */
        static State parse(Document document, boolean asBaseline) {
            State state = new State(document);
            Json in = new Json(document, 0);
            int feedsAt = -1;
            Json.Members members = in.object("an object with max_age_seconds and feeds");
            for (String name = in.member(members); name != null; name = in.member(members)) {
                int at = in.at;
                switch (name) {
                    case "max_age_seconds": state.limit = in.seconds(); break;
                    case "as_of":
                        boolean isText = in.peek() == '"';
                        String text = isText ? in.string() : in.skipped();
                        state.asOf = isText ? instant(text) : null;
                        state.asOfText = Json.shortened(text);
                        break;
                    case "require_as_of":
                        Boolean required = in.bool();
                        if (required == null && asBaseline) {
                            throw in.error(at, "expected true or false");
                        }
                        state.requireAsOf = asBaseline && required;
                        break;
                    case "feeds":
                        feedsAt = at;
                        in.array("an array of feeds");
                        for (boolean more = in.element(true); more; more = in.element(false)) {
                            state.index(in);
                        }
                        break;
                    default: in.skip();
                }
            }
            in.end();
            if (state.feeds.isEmpty()) {
                throw in.error(Math.max(0, feedsAt), feedsAt < 0 ? "expected a member feeds" : "expected at least one feed");
            }
            return state;
        }

        /** Checks a feed and remembers where it is. */
        private void index(Json in) {
            int at = in.at;
            int hash = 0;
            boolean named = false;
            Json.Members members = in.object("a feed, an object with a name");
            for (String name = in.member(members); name != null; name = in.member(members)) {
                if (name.equals("name")) {
                    hash = in.nameHash();
                    named = true;
                } else {
                    in.skip();
                }
            }
            if (!named) {
                throw in.error(at, "expected a feed with a name");
            }
            if (count == starts.length) {
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
                throw in.error(at, "expected each feed once, found a second " + feeds.get(count).name);
            }
            table[slot] = ++count;
        }

        /** The slot of the feed of that name, without one that of the feed now indexed; or the free slot where it belongs. */
        private int slot(int hash, String name) {
            int slot = hash & table.length - 1;
            for (; table[slot] != 0; slot = slot + 1 & table.length - 1) {
                if (hashes[table[slot] - 1] == hash) {
                    name = name == null ? feeds.get(count).name : name;
                    if (feeds.get(table[slot] - 1).name.equals(name)) {
                        break;
                    }
                }
            }
            return slot;
        }

        private Feed read(Json in) {
            int at = in.at;
            String feed = null;
            Boolean alive = null;
            Seconds age = null;
            Seconds ownLimit = null;
            Json.Members members = in.object("");
            for (String name = in.member(members); name != null; name = in.member(members)) {
                switch (name) {
                    case "name": feed = in.string(); break;
                    case "alive": alive = in.bool(); break;
                    case "last_tick_age_seconds": age = in.seconds(); break;
                    case "max_age_seconds": ownLimit = in.seconds(); break;
                    default: in.skip();
                }
            }
            return new Feed(feed, alive, age == null || "null".equals(age.fault) ? null : age, ownLimit, at);
        }

        /** The feed of that name, which is likely to be at that place; null where there is none. */
        Feed feed(String name, int likely) {
            if (likely < count) {
                Feed feed = feeds.get(likely);
                if (feed.name.equals(name)) {
                    return feed;
                }
            }
            byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
            int slot = table[slot(Json.hash(bytes, 0, bytes.length), name)];
            return slot == 0 ? null : feeds.get(slot - 1);
        }

        Seconds limitOf(Feed feed) {
            return feed.limit != null ? feed.limit : limit;
        }

        List<String> names() {
            List<String> names = new ArrayList<>();
            for (Feed feed : feeds) {
                names.add(feed.name);
            }
            return names;
        }
    }

    /** Edit changes single values in the bytes of a state: all else stays in place and digit for digit. */
    static final class Edit {
        Document document;
        final List<String> changes = new ArrayList<>();

        Edit(Document document) {
            this.document = document;
        }

        /** Sets a member of the object at that byte; one that is absent is put behind the last. */
        void set(int objectAt, String feed, String name, String value) {
            Json in = new Json(document, objectAt);
            int open = in.at + 1;
            Json.Members members = in.object("an object");
            int last = open;
            String gap = "";
            for (String each = in.member(members); each != null; each = in.member(members)) {
                gap = last == open ? text(open, members.at) : gap;
                int at = in.at;
                String old = in.skipped();
                last = in.at;
                if (each.equals(name)) {
                    if (!old.equals(value)) {
                        splice(at, last, value);
                        changes.add(feed + name + " " + old + " -> " + value);
                    }
                    return;
                }
            }
            splice(last, last, "," + gap + '"' + name + "\": " + value);
            changes.add(feed + name + " added: " + value);
        }

        void removeFeed(State state, Feed feed) {
            int i = 0;
            while (state.starts[i] != feed.at) {
                i++;
            }
            if (state.feeds.size() == 1) {
                throw new DataException("nothing written: " + feed.name + " is the only feed, and a state must have one");
            } else if (i == 0) {
                splice(feed.at, state.feeds.get(1).at, "");
            } else {
                splice(end(state.feeds.get(i - 1)), end(feed), "");
            }
            changes.add(feed.name + " removed");
        }

        /** Puts a missing feed back: its baseline entry, behind the feed that it follows there. */
        void insertFeed(State state, Document contract, State baseline, Feed feed, String age) {
            Edit whole = new Edit(contract);
            Edit entry = new Edit(Document.of(contract.label, whole.text(feed.at, whole.end(feed))));
            entry.set(0, feed.name, "alive", "true");
            entry.set(0, feed.name, "last_tick_age_seconds", age);
            Feed before = null;
            for (int i = 0; baseline.starts[i] != feed.at; i++) {
                Feed present = state.feed(baseline.feeds.get(i).name, i);
                before = present != null ? present : before;
            }
            Feed neighbour = before != null ? before : state.feeds.get(0);
            int from = neighbour.at;
            while (document.bytes[from - 1] != ',' && document.bytes[from - 1] != '[') {
                from--;
            }
            String gap = text(from, neighbour.at);
            String text = entry.text(0, entry.document.length());
            int where = before != null ? end(before) : neighbour.at;
            splice(where, where, before != null ? "," + gap + text : text + "," + gap);
            changes.add(feed.name + " put back from the baseline");
        }

        /** Raises tenfold the limit that counts for the feed. */
        void loosen(State state, Feed feed) {
            Seconds limit = state.limitOf(feed);
            if (limit == null || !limit.isLimit()) {
                throw new DataException("nothing written: " + feed.name + " has no limit to loosen");
            }
            set(feed.limit != null ? feed.at : 0, feed.limit != null ? feed.name + " " : "", "max_age_seconds", limit.times(10).toString());
        }

        /** Cuts the document in the middle of its content, which leaves no valid JSON. */
        void cut() {
            int end = document.length();
            while (end > 0 && document.bytes[end - 1] <= ' ') {
                end--;
            }
            splice(end / 2, document.length(), "");
            changes.add("cut after " + end / 2 + " bytes");
        }

        String text() {
            return changes.isEmpty() ? "nothing" : String.join(", ", changes);
        }

        private int end(Feed feed) {
            Json in = new Json(document, feed.at);
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

        private final String label;
        private final byte[] in;
        /** The next byte to read. */
        int at;
        private int depth;
        private final Members[] levels = new Members[MAX_NESTING + 1];
        /** Member names seen before, and where: most objects have the names of the one before. */
        private final String[] known = new String[32];
        private final int[] knownAt = new int[32];
        /** What the last string had between its quotes. */
        private boolean escapes;
        private boolean ascii;

        /** Begins at the first value from that byte on. */
        Json(Document document, int from) {
            label = document.label;
            in = document.bytes;
            at = from;
            space();
        }

        /** Members remembers the names that an object has had, and where the last one begins. */
        static final class Members {
            private final String[] few = new String[8];
            private HashSet<String> many;
            private int count;
            int at;

            private boolean add(String name) {
                for (int i = 0; i < count; i++) {
                    if (few[i].equals(name)) {
                        return false;
                    }
                }
                if (count < few.length) {
                    few[count++] = name;
                    return true;
                }
                many = many == null ? new HashSet<>() : many;
                return many.add(name);
            }
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

        private void enter(char open, String expected) {
            take(open, expected);
            if (++depth > MAX_NESTING) {
                throw error(at - 1, "expected at most " + MAX_NESTING + " levels of nesting");
            }
        }

        private boolean leave(char close) {
            if (in[at] != close) {
                return false;
            }
            at++;
            depth--;
            return true;
        }

        void end() {
            space();
            if (at < in.length - 1) {
                throw expected("the end of the file");
            }
        }

        // Section 3: values.

        /** Checks any value and passes over it. */
        void skip() {
            switch (in[at]) {
                case '{':
                    Members members = object("");
                    while (member(members) != null) {
                        skip();
                    }
                    break;
                case '[':
                    array("");
                    for (boolean more = element(true); more; more = element(false)) {
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

        /** Passes over any value and returns the beginning of its text. */
        String skipped() {
            int from = at;
            skip();
            return shortened(new String(in, from, Math.min(at - from, 4 * MAX_SHOWN + 4), StandardCharsets.UTF_8));
        }

        private static String shortened(String text) {
            return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
        }

        private void literal(String word) {
            for (int i = 0; i < word.length(); i++, at++) {
                if (in[at] != word.charAt(i)) {
                    throw expected(word);
                }
            }
        }

        /** True or false; null for any other value. */
        Boolean bool() {
            int first = in[at];
            skip();
            return first == 't' ? Boolean.TRUE : first == 'f' ? Boolean.FALSE : null;
        }

        // Section 4: objects.

        Members object(String expected) {
            enter('{', expected);
            levels[depth] = levels[depth] == null ? new Members() : levels[depth];
            levels[depth].count = 0;
            levels[depth].many = null;
            return levels[depth];
        }

        /** The name of the next member, with the cursor at its value; null at the end of the object. */
        String member(Members members) {
            space();
            if (leave('}')) {
                return null;
            }
            if (members.count > 0) {
                take(',', "',' or '}'");
            }
            if (in[at] != '"') {
                throw expected("a member name in double quotes");
            }
            members.at = at;
            String name = memberName();
            if (!members.add(name)) {
                throw error(members.at, "expected each member once, found a second " + shortened(name));
            }
            space();
            take(':', "':'");
            return name;
        }

        private String memberName() {
            int from = at + 1;
            scan();
            int length = at - 1 - from;
            int slot = (length + in[from]) & known.length - 1;
            int end = knownAt[slot] + length; // where the name there ends, too, if it is the same
            if (escapes || known[slot] == null || end >= in.length || in[end] != '"' || !Arrays.equals(in, from, from + length, in, knownAt[slot], end)) {
                at = from - 1;
                known[slot] = string();
                knownAt[slot] = from;
            }
            return known[slot];
        }

        // Section 5: arrays.

        void array(String expected) {
            enter('[', expected);
        }

        /** Whether an element follows, with the cursor at it. */
        boolean element(boolean first) {
            space();
            if (leave(']')) {
                return false;
            }
            if (!first) {
                take(',', "',' or ']'");
            }
            return true;
        }

        // Section 6: numbers.

        /** Passes over a number and returns where its exponent begins, or else its end. */
        private int number() {
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
            int exponent = at;
            if (in[at] == 'e' || in[at] == 'E') {
                at += in[at + 1] == '+' || in[at + 1] == '-' ? 2 : 1;
                digits();
            }
            return exponent;
        }

        /** Reads a number of seconds; any other value is passed over and becomes a fault. */
        Seconds seconds() {
            int from = at;
            if (in[at] != '-' && !digit()) {
                return Seconds.fault(skipped());
            }
            int exponent = number() - from;
            return at - from > MAX_NUMBER_CHARS ? Seconds.fault("a number of " + (at - from) + " characters")
                    : Seconds.of(new String(in, from, at - from, StandardCharsets.ISO_8859_1), exponent);
        }

        private boolean digit() {
            return in[at] >= '0' && in[at] <= '9';
        }

        private void digits() {
            if (!digit()) {
                throw expected("a digit");
            }
            int i = at;
            while (in[i] >= '0' && in[i] <= '9') {
                i++;
            }
            at = i;
        }

        // Section 7: strings.

        String string() {
            int from = at + 1;
            scan();
            int to = at - 1;
            if (!escapes) {
                return new String(in, from, to - from, ascii ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
            }
            StringBuilder b = new StringBuilder();
            for (int i = from; i < to; i++) {
                if (in[i] == '\\') {
                    int escape = "bfnrtu".indexOf(in[++i]);
                    b.append(escape == 5 ? (char) hex(i + 1) : escape < 0 ? (char) in[i] : "\b\f\n\r\t".charAt(escape));
                    i += escape == 5 ? 4 : 0;
                } else {
                    int clean = i;
                    while (in[i + 1] != '\\' && i + 1 < to) {
                        i++;
                    }
                    b.append(new String(in, clean, i + 1 - clean, StandardCharsets.UTF_8));
                }
            }
            return b.toString();
        }

        /** Checks a feed's name, a string that is not empty and not too long, and returns its hash. */
        int nameHash() {
            int from = at;
            if (in[at] == '"') {
                scan();
                int bytes = at - from - 2;
                if (!escapes && bytes > 0 && bytes <= MAX_NAME_CHARS) {
                    return hash(in, from + 1, at - 1);
                }
                // No character takes more than the twelve bytes of an escaped pair.
                at = from;
                String name = bytes > 12 * MAX_NAME_CHARS ? "" : string();
                if (!name.isEmpty() && name.codePointCount(0, name.length()) <= MAX_NAME_CHARS) {
                    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
                    return hash(utf8, 0, utf8.length);
                }
            }
            throw error(from, "expected a name, a string of 1 to " + MAX_NAME_CHARS + " characters");
        }

        /** A hash that nobody can write colliding names for: its factor is another in each run. */
        static int hash(byte[] bytes, int from, int to) {
            int hash = 0;
            for (int i = from; i < to; i++) {
                hash = (hash + bytes[i]) * HASH_FACTOR;
            }
            return hash ^ hash >>> 15;
        }

        /** Checks a string and passes over it. */
        private void scan() {
            escapes = false;
            ascii = true;
            int from = ++at;
            int i = from;
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
            at = i;
            if (!ascii) {
                utf8(from);
            }
            at++;
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

        /** Checks the bytes from there to the cursor. */
        private void utf8(int from) {
            CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
            ByteBuffer bytes = ByteBuffer.wrap(in, from, at - from);
            CharBuffer chars = CharBuffer.allocate(1 << 10);
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
            return error(at, "expected " + what + ", found " + (at == in.length - 1 ? "the end" : b > ' ' && b < 0x7f ? "'" + (char) b + "'"
                    : "byte 0x" + Integer.toHexString(b)));
        }

        /** An error at that byte. Lines and columns count from 1, a column is a character. */
        DataException error(int where, String message) {
            int line = 1;
            int column = 1;
            for (int i = 0; i < where; i++) {
                line += in[i] == '\n' ? 1 : 0;
                column = in[i] == '\n' ? 1 : (in[i] & 0xc0) == 0x80 ? column : column + 1;
            }
            return new DataException(label + ":" + line + ":" + column + ": " + message);
        }
    }

    // ---- Clock and files ----

    /** Reads a date-time as in RFC 3339, section 5.6, but for the leap second; null where it is none. */
    static Instant instant(String s) {
        String form = "0000-00-00T00:00:00";
        boolean utc = s.endsWith("Z") || s.endsWith("z");
        int zone = s.length() - (utc ? 1 : 6);
        if (zone < form.length() || zone == form.length() + 1) {
            return null;
        }
        String time = s.substring(0, zone) + (utc ? "+00:00" : s.substring(zone));
        form += (zone > form.length() ? "." + "0".repeat(zone - form.length() - 1) : "") + (time.charAt(zone) == '-' ? "-" : "+") + "00:00";
        for (int i = 0; i < form.length(); i++) {
            char c = time.charAt(i);
            if (form.charAt(i) == '0' ? c < '0' || c > '9' : form.charAt(i) != (c == 't' ? 'T' : c)) {
                return null;
            }
        }
        int hours = number(time, zone + 1, zone + 3);
        int minutes = number(time, zone + 4, zone + 6);
        try {
            LocalDateTime local = LocalDateTime.of(number(time, 0, 4), number(time, 5, 7), number(time, 8, 10), number(time, 11, 13),
                    number(time, 14, 16), number(time, 17, 19), number((time.substring(0, zone) + "0000000000").replace('.', '0'), 19, 29));
            int offset = LocalTime.of(hours, minutes).toSecondOfDay();
            return Instant.ofEpochSecond(local.toEpochSecond(ZoneOffset.UTC) - (time.charAt(zone) == '-' ? -offset : offset), local.getNano());
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
                        throw new DataException(name + ": not a regular file; a pipe is read with --state -");
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
                        throw new DataException(name + ": changed while it was read; write a new file and rename it over the old one");
                    }
                }
            } catch (IOException e) {
                throw new DataException(name + ": cannot be read: " + reason(e));
            }
        }

        private static int checked(long size, String name) {
            if (size > MAX_FILE_BYTES) {
                throw new DataException(name + ": larger than " + (MAX_FILE_BYTES >> 20) + " MiB");
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
            temporary = target.resolveSibling(".freshness-" + ProcessHandle.current().pid() + "-" + System.nanoTime() + ".tmp");
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
            ByteBuffer bytes = ByteBuffer.wrap((torn ? "\n" + line : line).getBytes(StandardCharsets.UTF_8));
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
            throw new DataException(target + ": what was read back is not what was written");
        }
    }

    /** The path of an output, null for standard output: never a link, nor what is no regular file, nor an input. */
    private static Path target(String option, String name, Call call) {
        if (name.equals("-") && option.equals("--output")) {
            return null;
        }
        Path path = path(name).toAbsolutePath();
        String refused = option + " " + name + ": ";
        if (path.getParent() != null && !Files.isDirectory(path.getParent())) {
            throw new DataException(refused + "no such directory: " + path.getParent());
        } else if (Files.isSymbolicLink(path)) {
            throw new DataException(refused + "a link; name the file itself");
        } else if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new DataException(refused + "not a regular file");
        }
        String[] inputs = {"input", call.one("--state", bundledBaseline()), "baseline", call.one("--baseline", bundledBaseline()),
            "baseline", bundledBaseline()};
        for (int i = 0; i < inputs.length; i += 2) {
            if (sameFile(path, path(inputs[i + 1]))) {
                throw new DataException(refused + "the " + inputs[i] + ", which is never written; name another file");
            }
        }
        return path;
    }

    static Path path(String name) {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new DataException(name + ": no path: " + e.getReason());
        }
    }

    /** Whether both are one file, also by another spelling or through a link. */
    private static boolean sameFile(Path one, Path other) {
        try {
            return Files.isSameFile(one, other);
        } catch (IOException absent) {
            return one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
        }
    }

    private static String reason(IOException e) {
        String reason = e instanceof FileSystemException ? ((FileSystemException) e).getReason() : e.getMessage();
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
     * The commands. The text of each is its help, and the table that its arguments are parsed by: an example, a summary,
     * and a line for each option with its value, "..." where it may be repeated and "required" where it must be there.
     */
    enum Command {
        status("""
            status --state state.json
            shows each feed: alive, how old, safe to serve or not, and why
            --state FILE              the state; - reads standard input; without it, the baseline is shown
            --baseline FILE           who must be there, and how old is too old; by default data/healthy.json
            --format text|json|prometheus
            --output FILE             write the report there, whole or not at all
            --watch SECONDS           evaluate again and again, until interrupted
            --color auto|always|never
            --now INSTANT             replaces the clock, like 2026-11-22T09:37:00Z
            """),
        gate("""
            gate --feed alpha --state state.json && ./publish.sh
            may this work go on? exit 0 only if every feed allows every action
            --feed NAME...            required: the feed that the work needs
            --state FILE              required: the state; - reads standard input
            --action ACTION...        the work; without it, the feed must be safe to serve
            --baseline FILE           who must be there, and how old is too old; by default data/healthy.json
            --format text|json
            --now INSTANT             replaces the clock, like 2026-11-22T09:37:00Z
            """),
        scenario("""
            scenario stale --feed bravo --output stale.json
            writes a failure: stale unknown down missing skewed loosened of one feed, frozen corrupt of all
            KIND                      required: one of these
            --feed NAME               the feed that fails
            --output FILE             required: the state to write; - writes standard output
            --state FILE              the state to start from, by default data/healthy.json; - reads standard input
            --age-seconds N           the age of a stale feed, by default 660
            --format text|json
            --now INSTANT             replaces the clock, like 2026-11-22T09:37:00Z
            """),
        recover("""
            recover --feed bravo --state stale.json --output recovered.json
            restores one feed on the evidence of a fresh tick, or refuses and writes nothing
            --feed NAME               required: the feed to restore
            --state FILE              required: the state; - reads standard input
            --output FILE             required: the state to write; - writes standard output
            --age-seconds N           the age of the fresh tick, by default 5
            --record FILE             append the report there, as one JSON line
            --baseline FILE           who must be there, and how old is too old; by default data/healthy.json
            --format text|json
            --now INSTANT             replaces the clock, like 2026-11-22T09:37:00Z
            """),
        smoke("""
            smoke
            runs the whole contract through real files
            --format text|json
            """),
        doctor("""
            doctor
            checks the environment
            --format text|json
            """),
        version("""
            --version
            shows the version of this program and of Java
            """),
        help("""
            help gate
            shows the commands, or the options of one
            [COMMAND]                 one of status gate scenario recover smoke doctor
            """);

        final String[] lines;

        Command(String text) {
            lines = text.split("\n");
        }

        static Command named(String name) {
            List<String> known = new ArrayList<>();
            for (Command command : values()) {
                known.add(command.name());
                if (command.name().equals(name)) {
                    return command;
                }
            }
            if (name.equals("--version")) {
                return version;
            }
            throw new DataException("unknown command: " + name + suggestion(name, known) + "; see: " + program() + " help");
        }

        /** The line of that option or operand; null where the command has none. */
        String line(String word) {
            for (String line : lines) {
                if (line.startsWith(word + " ") && word.indexOf(' ') < 0) {
                    return line;
                }
            }
            return null;
        }
    }

    /** Call is what the arguments ask for, checked before anything is read or written. */
    static final class Call {
        Command command;
        String operand;
        boolean help;
        private final Map<String, List<String>> values = new HashMap<>();

        static Call parse(String[] args) {
            Call call = new Call();
            if (args.length == 0) {
                throw new DataException("no command given; see: " + program() + " help");
            }
            call.help = args[0].equals("--help") || args[0].equals("-h");
            if (!call.help) {
                call.command = Command.named(args[0]);
                call.help = call.read(args);
            }
            if (!call.help) {
                call.check();
            }
            return call;
        }

        /** Whether help is asked for. */
        private boolean read(String[] args) {
            for (int i = 1; i < args.length; i++) {
                String arg = args[i];
                if (arg.equals("--help") || arg.equals("-h")) {
                    return true;
                } else if (arg.startsWith("-")) {
                    int equals = arg.indexOf('=');
                    boolean next = equals < 0 && i + 1 < args.length && !args[i + 1].startsWith("--");
                    put(equals < 0 ? arg : arg.substring(0, equals), equals >= 0 ? arg.substring(equals + 1) : next ? args[++i] : "");
                } else if (operand == null && (command == Command.scenario || command == Command.help)) {
                    operand = arg;
                } else {
                    throw error("unexpected argument: " + arg);
                }
            }
            return false;
        }

        private void put(String option, String value) {
            String line = command.line(option);
            if (line == null) {
                List<String> known = new ArrayList<>();
                for (String each : command.lines) {
                    if (each.startsWith("--")) {
                        known.add(each.substring(0, each.indexOf(' ')));
                    }
                }
                throw error("unknown option: " + option + suggestion(option, known));
            }
            String usage = line.substring(option.length() + 1);
            String expected = usage.replace("|", " or ");
            if (value.isEmpty()) {
                throw error("no value given for " + option + ", expected " + expected);
            } else if (value.indexOf('\ufffd') >= 0) {
                throw error("the value of " + option + " is not text in this locale; set LC_ALL=C.UTF-8");
            } else if (usage.indexOf('|') >= 0 && !Arrays.asList(usage.split("\\|")).contains(value)) {
                throw invalid(option, value, expected);
            } else if (has(option) && !usage.contains("... ")) {
                throw error(option + " is given twice");
            }
            List<String> given = values.getOrDefault(option, new ArrayList<>());
            given.add(value);
            values.put(option, given);
        }

        /** The rules beyond the table. */
        private void check() {
            for (String line : command.lines) {
                String word = line.substring(0, Math.max(0, line.indexOf(' ')));
                if (line.contains(" required: ") && word.startsWith("--") && !has(word)) {
                    throw error(word + " is missing");
                }
            }
            if (has("--now") && instant(one("--now", "")) == null) {
                throw invalid("--now", one("--now", ""), "an RFC 3339 instant, like 2026-11-22T09:37:00Z");
            } else if (one("--baseline", "").equals("-")) {
                throw invalid("--baseline", "-", "a file");
            } else if (has("--age-seconds") && (number("--age-seconds") == null || number("--age-seconds").isAbove(Decision.MAX_AGE))) {
                throw invalid("--age-seconds", one("--age-seconds", ""), "a number from 0 to " + MAX_AGE_SECONDS);
            } else if (has("--watch") && (has("--output") || has("--now") || one("--state", "").equals("-") || !one("--format", "text").equals("text"))) {
                throw error("--watch shows text, of a file, by the real clock; leave out --output, --now, --format and --state -");
            } else if (has("--watch")) {
                watchMillis();
            } else if (command == Command.scenario && kind().compareTo(Kind.frozen) >= 0 == has("--feed")) {
                throw error(has("--feed") ? "scenario " + kind() + " is of the whole state; leave out --feed" : "--feed is missing");
            } else if (command == Command.scenario && has("--age-seconds") && kind() != Kind.stale) {
                throw error("--age-seconds goes with scenario stale only");
            }
        }

        Kind kind() {
            List<String> known = new ArrayList<>();
            for (Kind kind : Kind.values()) {
                known.add(kind.name());
                if (kind.name().equals(operand)) {
                    return kind;
                }
            }
            throw error(operand == null ? "KIND is missing; known are " + String.join(", ", known) : "unknown kind: " + operand + suggestion(operand, known));
        }

        DataException error(String message) {
            return new DataException(message + "; see: " + program() + " help " + command);
        }

        private DataException invalid(String option, String value, String expected) {
            return error("invalid value given for " + option + ": " + value + "; expected " + expected);
        }

        /** An option's number by the rules of JSON; null where it is none. */
        private Seconds number(String option) {
            try {
                Json in = new Json(Document.of(option, one(option, "")), 0);
                Seconds seconds = in.seconds();
                in.end();
                return seconds.fault == null ? seconds : null;
            } catch (DataException notJson) {
                return null;
            }
        }

        boolean has(String option) {
            return values.containsKey(option);
        }

        List<String> all(String option) {
            return values.getOrDefault(option, List.of());
        }

        String one(String option, String otherwise) {
            return has(option) ? values.get(option).get(0) : otherwise;
        }

        Instant now() {
            // The next millisecond: an age is never taken for younger than it is.
            return has("--now") ? instant(one("--now", null)) : Instant.ofEpochMilli(System.currentTimeMillis() + 1);
        }

        long watchMillis() {
            Seconds every = number("--watch");
            double seconds = every == null ? 0 : every.approximate();
            if (seconds < 0.1 || seconds > 86_400) {
                throw invalid("--watch", one("--watch", ""), "a number of seconds from 0.1 to 86400");
            }
            return (long) (seconds * 1000);
        }

        boolean colors(boolean toStandardOutput) {
            String when = one("--color", "auto");
            String never = System.getenv("NO_COLOR");
            return when.equals("always") || when.equals("auto") && toStandardOutput && (never == null || never.isEmpty()) && terminal();
        }
    }

    private static int help(Command command, Sink sink) throws IOException {
        sink.add("example: ").add(program()).add(" ").add((command == null ? Command.gate : command).lines[0]).add("\n\n");
        if (command == null) {
            sink.add("A fail-closed freshness gate: safe is what was proved, everything else is blocked.\n\n");
            for (Command each : Command.values()) {
                sink.add("  ").add(each.name()).add(" ".repeat(10 - each.name().length())).add(each.lines[1]).add("\n");
            }
            sink.add("\nexit codes: 0 proved safe, or done; 2 evaluated, and not safe; 3 could not be evaluated.\n");
            sink.add("Go on only on 0. For the options of a command: ").add(program()).add(" help COMMAND\n").flush();
            return SAFE;
        }
        sink.add(command.name()).add(": ").add(command.lines[1]).add("\n\n");
        for (int i = 2; i < command.lines.length; i++) {
            sink.add("  ").add(command.lines[i]).add("\n");
        }
        sink.flush();
        return SAFE;
    }

    /** The nearest of the known words as a question, or else the words. */
    static String suggestion(String word, List<String> known) {
        String nearest = null;
        int least = word.length() / 3 + 2;
        for (String candidate : known) {
            int distance = candidate.startsWith(word) ? 1 : distance(word, candidate);
            if (distance < least) {
                least = distance;
                nearest = candidate;
            }
        }
        return nearest != null ? "; did you mean " + nearest + "?"
                : known.size() <= 10 ? "; known are " + String.join(", ", known) : "";
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
        return source.endsWith(".java") ? "java " + shellWord(beside(source().getFileName().toString())) : shellWord(source);
    }

    /** A command that can be pasted into a shell; options without a value are left out. */
    private static String commandLine(String command, String... options) {
        Sink sink = new Sink(null).add(program()).add(" ").add(command);
        for (int i = 0; i < options.length; i += 2) {
            String value = options[i + 1];
            sink.add(value == null ? "" : " " + options[i] + (value.startsWith("--") ? "=" : " ") + shellWord(value));
        }
        return sink.b.toString();
    }

    private static String shellWord(String word) {
        boolean plain = true;
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            plain &= c < 0x7f && (Character.isLetterOrDigit(c) || "-_./:=@%+,".indexOf(c) >= 0);
        }
        if (plain || visible(word).equals(word)) {
            return plain ? word : "'" + word.replace("'", "'\\''") + "'";
        }
        return "$'\\x" + HexFormat.ofDelimiter("\\x").formatHex(word.getBytes(StandardCharsets.UTF_8)) + "'";
    }
}
