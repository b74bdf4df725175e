//bin/: 2>&- || { me=$0; it=$(sed -n '/^launch() {$/,/^# \*\/$/{H;/^# \*\/$/{g;p;};}' <"$me"); [ -z "$it" ] || { eval "$it"; launch "$@"; }; echo "freshness: the program cannot be read, or is not whole" >&2; exit 3; } # see the end
//JAVA 17+
//DESCRIPTION A fail-closed freshness gate for market-data feeds.

/*
 * Freshness: a fail-closed freshness gate for market-data feeds.
 *
 * Reads a state (what a producer claims) and a baseline (what was agreed) and decides for each feed whether it is safe to
 * serve. Safe is what was proved; everything else is blocked. A fault in one feed makes that feed unknown; a fault that
 * belongs to no single feed makes the whole state invalid, and then nothing is safe.
 *
 * Exit codes: 0 proved safe, or the command did its work; 2 evaluated, and not safe; 3 could not be evaluated. 1 is never
 * used: a JVM that dies leaves it.
 *
 * The sections, in order:
 *   Limits and defaults
 *   Usage
 *   Start
 *   Domain
 *   Decision
 *   Commands
 *   Reports
 *   State
 *   Edits
 *   JSON
 *   Time
 *   Files
 *   Text
 *   Command line
 *   Launcher
 *
 * Start reading at Decision: decide is the table of the contract, and everything else brings it its figures or shows what it found.
 *
 * This file is compiled at every `java Freshness.java`, so every user pays for every line. Regular expressions, formatters,
 * streams, lambdas and string concatenation each cost tens of milliseconds at first use: none is on the way of a command.
 */

// Also java.lang is imported by name: else a Runtime.class in the working directory would take the place of the JDK's.
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.lang.AutoCloseable;
import java.lang.Boolean;
import java.lang.Character;
import java.lang.Comparable;
import java.lang.Double;
import java.lang.IllegalStateException;
import java.lang.Integer;
import java.lang.InterruptedException;
import java.lang.Long;
import java.lang.Math;
import java.lang.Object;
import java.lang.OutOfMemoryError;
import java.lang.Override;
import java.lang.Runtime;
import java.lang.RuntimeException;
import java.lang.String;
import java.lang.StringBuilder;
import java.lang.System;
import java.lang.Thread;
import java.lang.Throwable;
import java.lang.UnsupportedOperationException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

public final class Freshness {

    // ---- Limits and defaults ----

    static final int MAX_FILE_BYTES = 256 << 20;
    static final int MAX_NESTING = 64;
    static final int MAX_NAME_CHARS = 200;
    /** A longer number, or one with more decimals, is kept when a state is rewritten, but it is neither an age nor a limit. */
    static final int MAX_NUMBER_CHARS = 1000;
    /** About 31 years. A larger age is implausible: an epoch timestamp written as an age is larger. */
    static final long MAX_AGE_SECONDS = 1_000_000_000;
    static final int MAX_SKEW_SECONDS = 1;
    /** How often a file that something changes meanwhile is read before it is refused. */
    static final int MAX_TRIES = 3;
    /** The clock that dates files goes in steps: two changes within one step get the same time. */
    static final long CLOCK_STEP_NANOS = 10_000_000;
    /** The longest step of file systems that know whole seconds only. */
    static final long WHOLE_SECONDS_STEP_NANOS = 2_000_000_000;
    /** How long a file has to stay as it was read, and how often it is read again in that time. */
    static final long QUIET_NANOS = 1_000_000;
    static final int LOOKS = 5;
    /** A file is compared with what was read of it piece by piece: it is in memory only once. */
    static final int PIECE_BYTES = 1 << 16;
    /** How long a record that another process has locked is waited for, tried again and again. */
    static final int LOCK_SECONDS = 5;
    static final int LOCK_POLL_MILLIS = 50;
    /** The write permissions of a group and of others in the mode of a file. */
    static final int WRITABLE_BY_OTHERS = 022;
    static final int FROZEN_FOR_SECONDS = 3600;
    static final String STALE_AGE_SECONDS = "660";
    static final String SKEWED_AGE_SECONDS = "-30";
    static final String RECOVERED_AGE_SECONDS = "5";
    /** Stands in a suggested recovery for the age of a tick, which nobody but the operator can have seen. */
    static final String TICK_SEEN = "AGE";
    static final String BUNDLED_BASELINE = "data/healthy.json";
    static final String FIXTURE_SHA256 = "62881c02e5348e8f234e6e2ff02dee093269966a9e9130b62e39e0e188010719";
    static final String ABSENT = "absent";
    static final String NO_SOURCE = "this start does not say where Freshness.java is";
    /** How many feeds a headline names and a text report explains. The table always has a row for each. */
    static final int MAX_NAMED = 5;
    static final int MAX_EXPLAINED = 20;
    /** How far a misspelt word may be from the one that is suggested for it. */
    static final int MAX_EDITS = 3;
    /** The lines of a terminal that does not say how many it has. */
    static final int LINES = 24;
    static final int MIN_JAVA = 17;

    static final int SAFE = 0;
    static final int UNSAFE = 2;
    static final int UNEVALUATED = 3;

    // ---- Usage ----

    /** The commands. Brackets hold what is optional, "..." marks what may be repeated. Arguments are parsed by these lines. */
    private static final String[] USAGES = {
        "status [--state FILE] [--baseline FILE] [--format text|json|prometheus] [--output FILE] [--watch SECONDS]"
            + " [--color auto|always|never] [--now INSTANT]",
        "gate --feed NAME... --state FILE [--action ACTION...] [--baseline FILE] [--format text|json] [--watch SECONDS] [--quiet]"
            + " [--now INSTANT]",
        "scenario KIND --output FILE [--feed NAME] [--state FILE] [--age-seconds N] [--format text|json] [--now INSTANT]",
        "recover --feed NAME --state FILE --output FILE [--age-seconds N] [--record FILE] [--baseline FILE]"
            + " [--format text|json] [--now INSTANT]",
        "smoke [--format text|json]",
        "doctor [--baseline FILE] [--state FILE] [--format text|json]",
        "help [COMMAND]",
        "--version",
    };

    private static final String SUMMARIES = """
              status    shows each feed: alive, how old, safe to serve or not, and why
              gate      may this work go on? exit 0 only if every feed allows every action
              scenario  writes a failure that status then detects
              recover   restores one feed on the evidence of a fresh tick, or refuses and writes nothing
              smoke     runs the whole contract through real files
              doctor    checks the environment
              help      shows the commands, or the options of one
              --version shows the version of this program and of Java
            """;

    private static final String OPTIONS = """
              KIND            stale unknown down missing skewed loosened (of one --feed), frozen corrupt (of all)
              COMMAND         one of status gate scenario recover smoke doctor
              --feed          the feed
              --state         the state; - reads standard input; status and scenario start from data/healthy.json without it
              --action        the work; without it, the feed must be safe to serve
              --baseline      who must be there, and how old is too old; data/healthy.json by default
              --output        write it there, whole or not at all; - writes to standard output
              --age-seconds   the age of the tick: 660 by default in a scenario, 5 in a recovery
              --record        append the report there, as one JSON line
              --format        for people or for programs
              --watch         evaluate again and again: status until interrupted, gate until it closes
              --quiet         print only where the gate is blocked
              --color         auto colors on a terminal only
              --now           replaces the clock, like 2026-11-22T09:37:00Z
            """;

    /** The files that smoke and doctor write in their temporary directory. */
    private static final List<String> STAGED =
            Arrays.asList("state", "failed", "report", "recovered", "again");

    // ---- Start ----

    public static void main(String... args) {
        int exit = UNEVALUATED;
        try {
            OutputStream out = new FileOutputStream(FileDescriptor.out);
            String in = descriptor(0);
            String to = descriptor(1);
            // A closed standard output is none, or with a closed input, where the JVM has put a file of its own, it is /dev/null.
            if (!in.isEmpty() && (to.isEmpty() || to.equals("/dev/null") && in.endsWith("/lib/modules"))) {
                out = new OutputStream() {
                    @Override public void write(int b) throws IOException {
                        throw new IOException("standard input or output is closed; open both, the input for example with </dev/null");
                    }
                };
            }
            exit = run(args, System.in, out, new FileOutputStream(FileDescriptor.err));
        } finally {
            Runtime.getRuntime().halt(exit);
        }
    }

    /** Runs one command and returns its exit code. The only place that turns an error into a line and a code. */
    static int run(String[] args, InputStream in, OutputStream out, OutputStream err) {
        String problem;
        String help = "";
        try {
            Call call = new Call(args, in, out, err);
            return switch (call.help ? "help" : call.command) {
                case "status" -> status(call);
                case "gate" -> gate(call);
                case "scenario" -> scenario(call);
                case "recover" -> recover(call);
                case "smoke" -> smoke(call);
                case "doctor" -> doctor(call);
                case "--version" -> {
                    new Output(call.out).put("freshness 1.0, Java {}\n", Runtime.version()).flush();
                    yield SAFE;
                }
                default -> help(call);
            };
        } catch (UsageException e) {
            problem = e.getMessage();
            help = e.help;
        } catch (DataException e) {
            problem = e.getMessage();
        } catch (IOException e) {
            problem = fill("the output could not be delivered: {}", reason(e));
        } catch (OutOfMemoryError e) {
            problem = "out of memory; give the JVM more, for example with JDK_JAVA_OPTIONS=-Xmx4g";
        } catch (Throwable e) {
            problem = fill("internal error, please report it: {}", e);
        }
        try {
            new Output(err).put("freshness: {}{}\n", visible(problem), help).flush();
        } catch (IOException e) {
            // Nobody can be told, but the exit code still says it.
        }
        return UNEVALUATED;
    }

    /** What was asked for cannot be done. The message says what is wrong, where, and what was expected. */
    static class DataException extends RuntimeException {
        private static final long serialVersionUID = 1;

        DataException(String template, Object... values) {
            super(fill(template, values), null, false, false);
        }
    }

    /** A command line cannot be understood. */
    static final class UsageException extends DataException {
        private static final long serialVersionUID = 1;

        /** Which help to ask for: a command that can be pasted, so it is shown as it is, with nothing escaped. */
        final String help;

        /** @param command whose help it is; null for that of the program */
        UsageException(String command, String template, Object... values) {
            super(template, values);
            String help = fill("; see: {} help", program());
            this.help = command == null ? help : fill("{} {}", help, command);
        }
    }

    // ---- Domain ----

    // The constants of the enums are spelled as in the outputs.

    /** In the order in which they need more freshness. */
    static final List<String> ACTIONS = Arrays.asList("inspect_status", "read_last_price", "serve_cached_status",
            "price_order", "publish_signal", "rebalance_position");

    /** How fresh a feed is, and how many of the actions that allows. */
    enum Status {
        unknown(1), stale(3), fresh(6);

        final List<String> allowed;
        final List<String> blocked;

        Status(int actions) {
            allowed = ACTIONS.subList(0, actions);
            blocked = ACTIONS.subList(actions, ACTIONS.size());
        }
    }

    enum Alert { none, ticket, page }

    /** The failures that a scenario writes, and whether each is of one feed or of the whole state. */
    enum Kind {
        stale, unknown, down, missing, skewed, loosened, frozen, corrupt;

        static final List<String> NAMES = new ArrayList<>();

        static {
            for (Kind kind : values()) {
                NAMES.add(kind.name());
            }
        }

        boolean ofFeed() {
            return this != frozen && this != corrupt;
        }
    }

    /** Why a feed has its status, in the order of the decision. */
    enum Reason {
        state_invalid("the state cannot be evaluated: {}", "correct the state, or the producer that writes it"),
        feed_missing("the baseline lists this feed, the state does not", null),
        feed_unexpected("the state lists this feed, the baseline does not",
                "add this feed to the baseline after review, or stop the producer from writing it"),
        as_of_missing("the baseline requires as_of and the state has none", "make the producer write as_of, or last_tick_at for each feed"),
        as_of_invalid("as_of is {}, not an RFC 3339 instant", "make the producer write as_of like 2026-11-22T09:37:00Z"),
        clock_skew("as_of is {}s in the future", "compare the clock of this host with that of the host that wrote the state"),
        tick_skew("last_tick_at is {}s in the future", clock_skew.advice),
        alive_invalid("alive is {}, neither true nor false", "make the producer write alive as true or false"),
        feed_down("the feed consumer does not answer: alive is false", null),
        limit_invalid("max_age_seconds is {}, not a number above 0", "correct max_age_seconds in the state and in the baseline"),
        age_missing("the age of the newest tick is not known: last_tick_age_seconds is {}", null),
        age_invalid("{}, not a plausible time", "make the producer write last_tick_at as an instant, or last_tick_age_seconds as a number"),
        stale("last tick {}s old, limit {}s", null),
        fresh("last tick {}s old, limit {}s", null);

        /** One plain sentence, with places for the figures. */
        final String sentence;
        /** What to do next; null where the way is a recovery on a fresh tick. */
        final String advice;

        Reason(String sentence, String advice) {
            this.sentence = sentence;
            this.advice = advice;
        }
    }

    /**
     * Feed is one entry of a document, as claimed. Its times are nanoseconds; see Time for those that are absent or invalid.
     *
     * @param alive null where it is absent, or neither true nor false
     * @param tick  when the newest tick was made; null where that is absent
     * @param at    the entry's first byte
     */
    record Feed(String name, Boolean alive, long age, Instant tick, long limit, int at) { }

    /**
     * Verdict is what was decided about one feed. Its times are nanoseconds.
     *
     * @param alive null where it is not known
     * @param age   the age now
     * @param limit the limit that counted
     * @param found what was found instead of something valid, for the sentence of the reason; or why there is a ticket
     */
    record Verdict(String name, Boolean alive, long age, long limit, Reason reason, Alert alert, String found) {
        Status status() {
            return safe() ? Status.fresh : reason == Reason.stale ? Status.stale : Status.unknown;
        }

        boolean safe() {
            return reason == Reason.fresh;
        }

        /** One plain sentence with the figures. */
        String sentence() {
            return status() == Status.unknown ? fill(reason.sentence, found) : fill(reason.sentence, seconds(age), seconds(limit));
        }

        /** The verdict in a few words, for a line that names several feeds. */
        String brief() {
            return status() == Status.unknown ? fill("{} unknown ({})", name, reason)
                    : fill(safe() ? "{} fresh, {}s of {}s" : "{} stale, {}s > {}s", name, seconds(age), seconds(limit));
        }
    }

    // ---- Decision ----

    /**
     * Decision is the rule. A baseline, a state (or the error that kept one of them from being read) and an instant go in;
     * verdicts come out. It touches no clock, file, environment or output.
     */
    static final class Decision {
        private final State baseline;
        private final State state;
        private final String error;
        /** A fault of the snapshot: it makes every feed unknown. */
        private final Reason fault;
        /** The time since the snapshot was taken. Added to every age, so that a frozen snapshot turns stale. */
        private final long elapsed;
        private final Instant now;
        private final long unchanged;

        /** @param unchanged how long the state is known to have been as it is: nothing in it is younger, whatever the clock says now */
        Decision(State baseline, State state, String error, Instant now, long unchanged) {
            this.baseline = baseline;
            this.state = error == null ? state : State.NONE;
            this.error = error;
            this.now = now;
            this.unchanged = unchanged;
            long since = this.state.asOf == null ? 0 : nanosBetween(this.state.asOf, now);
            elapsed = since < -MAX_SKEW ? since : Math.max(since, unchanged);
            fault = this.state.asOfText == null ? baseline.requireAsOf ? Reason.as_of_missing : null
                    : this.state.asOf == null ? Reason.as_of_invalid
                    : elapsed < -MAX_SKEW ? Reason.clock_skew : null;
        }

        /** The verdict on one feed; null where neither the baseline nor the state has it. */
        Verdict of(String name) {
            Feed agreed = baseline.feed(name);
            Feed claim = state.feed(name);
            return agreed == null && claim == null ? null : decide(name, agreed, claim);
        }

        /** All verdicts: the baseline's feeds in its order, then the unexpected ones. */
        List<Verdict> all() {
            var verdicts = new ArrayList<Verdict>(baseline.size());
            for (Feed agreed : baseline) {
                verdicts.add(decide(agreed.name, agreed, state.feed(agreed.name)));
            }
            for (Feed claim : state == baseline ? State.NONE : state) {
                if (baseline.feed(claim.name) == null) {
                    verdicts.add(decide(claim.name, null, claim));
                }
            }
            return verdicts;
        }

        /** The table of the contract, row by row: the first that matches counts. */
        private Verdict decide(String name, Feed agreed, Feed claim) {
            long agreedLimit = agreed == null ? NO_LIMIT : baseline.limitOf(agreed, NO_LIMIT);
            long ownLimit = claim == null ? agreedLimit : state.limitOf(claim, agreedLimit);
            long limit = Math.min(ownLimit, agreedLimit); // a state can tighten its limit, never loosen it
            Boolean alive = claim == null ? null : claim.alive;
            Instant tick = claim == null ? null : claim.tick;
            long ahead = tick == null ? 0 : nanosBetween(now, tick);
            Reason undated = fault == Reason.as_of_missing && tick != null ? null : fault; // a feed that dates its tick needs no as_of
            long age = agreed == null || claim == null || undated != null || ahead > MAX_SKEW ? UNKNOWN_AGE : age(claim);

            Reason reason = error != null ? Reason.state_invalid
                    : claim == null ? Reason.feed_missing
                    : agreed == null ? Reason.feed_unexpected
                    : undated != null ? undated
                    : ahead > MAX_SKEW ? Reason.tick_skew
                    : alive == null ? Reason.alive_invalid
                    : !alive ? Reason.feed_down
                    : limit == NO_LIMIT ? Reason.limit_invalid
                    : age == UNKNOWN_AGE ? Reason.age_missing
                    : age == INVALID_AGE ? Reason.age_invalid
                    : age > limit ? Reason.stale
                    : Reason.fresh;

            boolean loose = ownLimit > agreedLimit;
            Alert alert = reason != Reason.fresh ? Alert.page : loose || age > limit - age ? Alert.ticket : Alert.none;
            String found = switch (reason) {
                case state_invalid -> error;
                case as_of_invalid -> state.asOfText;
                case clock_skew -> seconds(-elapsed);
                case tick_skew -> seconds(ahead);
                case alive_invalid -> state.text(claim, "alive");
                case limit_invalid -> agreedLimit == NO_LIMIT ? fill("{} in the baseline", baseline.limitText(agreed))
                        : fill("{} in the state", state.limitText(claim));
                case age_missing -> state.text(claim, "last_tick_age_seconds");
                case age_invalid -> claim.age == INVALID_AGE ? fill("last_tick_age_seconds is {}", state.text(claim, "last_tick_age_seconds"))
                        : fill("last_tick_at is {}", state.text(claim, "last_tick_at"));
                case fresh -> loose ? fill("the state's own limit, {}s, is looser", seconds(ownLimit)) : "past half its limit";
                default -> null;
            };
            return new Verdict(name, alive, age, limit, reason, alert, found);
        }

        /** The age now, by what the feed says of its newest tick. Where it says two things, the older one counts. */
        private long age(Feed claim) {
            long written = claim.age > FOREVER ? claim.age : Math.min(claim.age + Math.max(0, elapsed), FOREVER);
            if (claim.tick == null) {
                return written;
            }
            long ticked = nanosBetween(claim.tick, now);
            ticked = ticked > MAX_AGE_SECONDS * SECOND ? INVALID_AGE : Math.max(unchanged, ticked); // the time 0 is no tick, nor one that cannot be read
            return written == UNKNOWN_AGE ? ticked : Math.max(written, ticked);
        }

        /** The limit of the feeds that have none of their own. */
        long commonLimit() {
            return Math.min(baseline.limit, state.limit == COMMON_LIMIT ? baseline.limit : state.limit);
        }

        /** What to do next about an unsafe feed; null where a recovery on a fresh tick is the way. */
        String advice(Verdict verdict) {
            Reason reason = verdict.reason == Reason.feed_missing && fault != null ? fault : verdict.reason;
            return reason.advice != null ? reason.advice
                    : verdict.limit == NO_LIMIT ? Reason.limit_invalid.advice
                    : reason == Reason.age_missing && verdict.found.equals(ABSENT) ? Reason.age_invalid.advice
                    : elapsed > verdict.limit ? fill("restart the collector: the state is {}s old", seconds(elapsed)) : null;
        }
    }

    // ---- Commands ----

    /** Shows every feed. Exit 0 only if each one is proved safe. A watch has no end of its own, and so proves nothing. */
    private static int status(Call call) throws IOException {
        Path target = target("--output", call);
        String format = call.one("--format", "text");
        Report before = null;
        for (Report report;; before = report, call.pause()) {
            report = new Report(call, before);
            Output out = new Output(call.out);
            if (target != null) {
                try (Replacement file = new Replacement(target)) {
                    report.show(format, new Output(file.out));
                    file.commit(null);
                    file.settle();
                }
            }
            if (call.has("--watch")) {
                if (target == null && terminal()) {
                    report.redraw(out);
                } else {
                    report.transitions(before, out);
                }
                continue;
            } else if (target == null) {
                report.show(format, out);
            }
            if (call.has("--output") || report.error != null && !format.equals("text")) {
                new Output(target != null ? call.out : call.err).put("{}\n", report.headline()).flush();
            }
            return report.exit();
        }
    }

    /** May this work go on? Exit 0 only if every named feed allows every named action. A watch lasts as long as it may. */
    private static int gate(Call call) throws IOException {
        boolean quiet = call.has("--quiet");
        for (Gate gate = null;; call.pause()) {
            gate = new Gate(call, gate);
            if (!quiet || gate.exit() != SAFE) {
                gate.show();
            }
            if (gate.exit() != SAFE || !call.has("--watch")) {
                return gate.exit();
            }
            quiet = true; // it was said that the gate is open
        }
    }

    /** Writes a failure that status then detects. The same input and the same instant give the same bytes. */
    private static int scenario(Call call) throws IOException {
        Kind kind = Kind.valueOf(call.one("KIND", null));
        String feed = call.one("--feed", null);
        String output = call.one("--output", null);
        Path target = target("--output", call);
        String input = call.has("--state") ? call.one("--state", null) : fixture("name a state with --state");
        Document document = Document.read(input, call.in);
        State state = new State(document, Role.state);
        Instant now = call.now();
        Feed claim = feed == null ? null : state.feed(feed);
        if (feed != null && claim == null) {
            throw state.unknown(feed);
        }
        Edit edit = new Edit(document);
        switch (kind) {
            case stale -> edit.tick(claim, call.one("--age-seconds", STALE_AGE_SECONDS), now);
            case unknown -> edit.tick(claim, "null", now);
            case skewed -> edit.tick(claim, SKEWED_AGE_SECONDS, now);
            case loosened -> edit.loosen(state, claim, now);
            case down -> edit.set(claim, "alive", "false");
            case missing -> edit.remove(state, claim);
            case frozen -> edit.freeze(state, now);
            case corrupt -> edit.cut();
        }
        Document edited = edit.edited();
        if (kind != Kind.corrupt) {
            // Judged by the limits that the state came with: what they would let through is no failure.
            boolean fails = false;
            for (Verdict verdict : new Decision(state, new State(edited, Role.state), null, now, 0).all()) {
                fails |= !verdict.safe() && (feed == null || feed.equals(verdict.name));
            }
            if (!fails) {
                throw new DataException("nothing written: still fresh by the limits of {}{}", document.label,
                        kind == Kind.stale ? "; give a larger --age-seconds" : "");
            }
        }
        deliver(edited, target, call.out, null, null);
        Facts facts = new Facts()
                .add("scenario", kind)
                .add("feed", feed)
                .add("changed", edit.changes)
                .file("state", document.label, document)
                .file("output", output, edited)
                .command("show", commandLine("status", "--state", output, "--now", call.one("--now", null)));
        return report(fill(feed == null ? "SCENARIO WRITTEN: {}" : "SCENARIO WRITTEN: {} {}", kind, feed), facts, call, target, SAFE);
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
        Evaluation e = new Evaluation(call, null);
        if (e.error != null) {
            throw new DataException("{}", e.error);
        }
        Verdict was = e.decision.of(feed);
        if (was == null) {
            throw e.baseline.unknown(feed);
        }
        Edit edit = new Edit(e.state.document);
        Feed claim = e.state.feed(feed);
        if (claim == null) {
            edit.insert(e.state, e.baseline, e.baseline.feed(feed), age, e.now);
        } else if (!was.safe()) {
            edit.tick(claim, age, e.now);
        }
        Document edited = edit.edited();
        Decision next = new Decision(e.baseline, new State(edited, Role.state), null, e.now, 0);
        Verdict is = next.of(feed);
        String refusal = refusal(is, e.decision.all(), next.all());
        boolean refused = refusal != null;
        Facts facts = new Facts()
                .add("recovery", refused ? "refused" : was.safe() ? "unchanged" : "recovered")
                .add("time", e.now)
                .add("feed", feed)
                .add("refused_because", refusal)
                .add("before", was)
                .add("after", is)
                .add("changed", edit.changes)
                .add("baseline", e.baselineName)
                .file("state", e.stateName, e.state.document)
                .file("output", refused ? null : output, refused ? null : edited)
                .command("replay", commandLine("recover", "--feed", feed, "--state", e.stateName, "--output", output, "--age-seconds", age,
                        "--baseline", call.one("--baseline", null), "--now", e.now.toString()));
        if (refused) {
            return report(fill("RECOVERY REFUSED: {}: {}; nothing was written", feed, refusal), facts, call, target, UNSAFE);
        }
        // What cannot be recorded is not done, and what was not done is not recorded.
        String line = journal == null ? null : new Output(null).object(facts).put("\n").toString();
        deliver(edited, target, call.out, journal, line);
        return report(fill(was.safe() ? "NOTHING TO RECOVER: {}; the state was copied unchanged" : "RECOVERED: {}", is.brief()),
                facts, call, target, SAFE);
    }

    /** Why a feed is not recovered that would have that verdict, among those verdicts on all; null where it is. */
    private static String refusal(Verdict is, List<Verdict> before, List<Verdict> after) {
        if (!is.safe()) {
            return fill("it would still be {}: {}", is.status(), is.sentence());
        }
        for (int i = 0; i < before.size(); i++) {
            if (before.get(i).reason != after.get(i).reason && !before.get(i).name.equals(is.name)) {
                return fill("the verdict of another feed would change: {}", after.get(i).brief());
            }
        }
        return null;
    }

    /** Runs the whole contract through real files, with the same code as the commands. */
    private static int smoke(Call call) throws IOException {
        Checks checks = new Checks();
        Document fixture = Document.read(fixture("start it as java Freshness.java smoke"), null);
        checks.add("the bundled fixture is as it was shipped", fixture.sha256().equals(FIXTURE_SHA256) ? null
                : fill("{} was edited; keep a baseline of your own in another file, and name it with --baseline", fixture.label));
        stage(fixture, checks);
        return checks.report(call);
    }

    /** Writes that file "state" into a temporary directory, rehearses with it if there are checks for it, and deletes all of it. */
    private static void stage(Document state, Checks checks) {
        try {
            Path directory;
            synchronized (Ending.HOOK) {
                Ending.HOOK.hold();
                directory = Files.createTempDirectory("freshness-");
                // A signal leaves nothing behind: the JVM deletes these, the last one first.
                directory.toFile().deleteOnExit();
                for (String file : STAGED) {
                    directory.resolve(file).toFile().deleteOnExit();
                }
            }
            try {
                deliver(state, directory.resolve("state"), null, null, null);
                if (checks != null) {
                    new Rehearsal(directory, checks).all();
                }
            } finally {
                clear(directory);
            }
        } catch (IOException e) {
            throw new DataException("the temporary directory {} cannot be written: {}; name another with -Djava.io.tmpdir=DIR",
                    System.getProperty("java.io.tmpdir"), reason(e));
        }
    }

    private static void clear(Path directory) throws IOException {
        synchronized (Ending.HOOK) {
            Ending.HOOK.hold(); // what the JVM has deleted by now is no fault of a check
            for (String file : STAGED) {
                Files.deleteIfExists(directory.resolve(file));
            }
            Files.delete(directory);
        }
    }

    /** Rehearsal plays the contract through the files of a directory, with the same code as the commands. */
    static class Rehearsal {
        private final Checks checks;
        private final String state;
        private final String failed;
        private final String report;
        private final String recovered;
        private final String again;

        /** @param directory where "state" is a healthy state, and the other files are written */
        Rehearsal(Path directory, Checks checks) {
            this.checks = checks;
            state = directory.resolve("state").toString();
            failed = directory.resolve("failed").toString();
            report = directory.resolve("report").toString();
            recovered = directory.resolve("recovered").toString();
            again = directory.resolve("again").toString();
        }

        void all() throws IOException {
            begin("the healthy state is eligible");
            run(SAFE, "status", "--state", state);
            for (Kind kind : Kind.values()) {
                failure(kind);
            }
            recovery();
        }

        /** A failure is found in the feeds that have it, blocks the unsafe work on them, and blocks no other. */
        private void failure(Kind kind) throws IOException {
            int exit = kind == Kind.corrupt ? UNEVALUATED : UNSAFE;
            begin(fill("{} fails closed and names only its feeds", kind));
            if (kind.ofFeed()) {
                run(SAFE, "scenario", kind.name(), "--feed", "bravo", "--state", state, "--output", failed);
            } else {
                run(SAFE, "scenario", kind.name(), "--state", state, "--output", failed);
            }
            run(exit, "status", "--format", "json", "--state", failed, "--output", report);
            names(report, fill("\"unsafe_feeds\": [{}],", kind.ofFeed() ? "\"bravo\"" : "\"alpha\", \"bravo\", \"charlie\""));
            begin(fill("{} blocks unsafe work on its feeds, and on no other", kind));
            for (String action : Arrays.asList("price_order", "publish_signal", "rebalance_position")) {
                run(exit, "gate", "--feed", "bravo", "--action", action, "--state", failed);
            }
            run(kind.ofFeed() ? SAFE : exit, "gate", "--feed", "alpha", "--feed", "charlie", "--state", failed);
        }

        private void recovery() throws IOException {
            begin("a recovery that would not be safe is refused and writes nothing");
            run(SAFE, "scenario", "stale", "--feed", "bravo", "--state", state, "--output", failed);
            run(UNSAFE, "recover", "--feed", "bravo", "--state", failed, "--output", recovered, "--age-seconds", "91");
            absent(recovered);
            begin("a recovery on a fresh tick restores eligibility");
            run(SAFE, "recover", "--feed", "bravo", "--state", failed, "--output", recovered);
            run(SAFE, "status", "--state", recovered);
            begin("the same recovery gives the same bytes");
            run(SAFE, "recover", "--feed", "bravo", "--state", failed, "--output", again);
            same(recovered, again);
        }

        void begin(String check) {
            checks.add(check, null);
        }

        /** Runs a command, which has to end with that exit code. */
        void run(int exit, String... args) {
            checks.fault(fault(exit, args));
        }

        /** Returns how a command ended otherwise than with that exit code, or null if it did not. */
        static String fault(int exit, String... args) {
            ByteArrayOutputStream said = new ByteArrayOutputStream();
            int got = Freshness.run(args, InputStream.nullInputStream(), said, said);
            if (got == exit) {
                return null;
            }
            String first = said.toString(StandardCharsets.UTF_8).split("\n")[0];
            return fill("exit {} instead of {} of {}: {}", got, exit, String.join(" ", args), first);
        }

        void names(String file, String text) throws IOException {
            if (!Files.exists(path(file)) || !Files.readString(path(file)).contains(text)) {
                checks.fault("the report does not name its feeds, and only these");
            }
        }

        void absent(String file) {
            if (Files.exists(path(file))) {
                checks.fault("it wrote a file");
            }
        }

        void same(String one, String other) throws IOException {
            boolean there = Files.exists(path(one)) && Files.exists(path(other));
            if (!there || Files.mismatch(path(one), path(other)) >= 0) {
                checks.fault("they differ");
            }
        }
    }

    /** Checks the environment that the gate is to run in. */
    private static int doctor(Call call) throws IOException {
        Checks checks = new Checks();
        checks.add(fill("Java is {} or newer: {}", MIN_JAVA, Runtime.version()), null); // an older one starts nothing
        String fixture = bundledBaseline();
        if (fixture == null) {
            if (!call.has("--baseline")) {
                throw new DataException("{}; name a baseline with --baseline", NO_SOURCE);
            }
            checks.add("started from compiled classes", null);
        } else {
            checks.add(fill("started from {}", System.getProperty("freshness.start", "the source, by java itself")), null);
            checks.add(fill("the bundled fixture is found and eligible: {}", fixture), Rehearsal.fault(SAFE, "status"));
        }
        for (Role role : Role.values()) {
            String file = call.one("--".concat(role.name()), null);
            if (file != null) {
                checks.add(fill("the {} can be read and is valid: {}", role, file), null);
                try {
                    new State(Document.read(file, call.in), role);
                } catch (DataException e) {
                    checks.fault(e.getMessage());
                }
            }
        }
        checks.add(fill("a temporary file can be written, renamed and read back: {}", System.getProperty("java.io.tmpdir")), null);
        try {
            stage(Document.of("", "a line\n"), null); // it is read back when it is written
        } catch (DataException e) {
            checks.fault(e.getMessage());
        }
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        new Output(text).put("\u00e9 \u2260 \ud83d\ude00").flush();
        checks.add("output is UTF-8", HexFormat.of().formatHex(text.toByteArray()).equals("c3a920e289a020f09f9880") ? null : "it is not");
        String now = Instant.now().toString();
        checks.add("the clock is plausible: ".concat(now), plausible(now) ? null : "set the clock of this machine");
        return checks.report(call);
    }

    /** Whether an instant lies in the hundred years from 2026 on; as texts, instants of four digits of a year sort by time. */
    static boolean plausible(String now) {
        return now.compareTo("2026") >= 0 && now.compareTo("2126") < 0;
    }

    /** Shows all commands, or the usage and the options of one. */
    private static int help(Call call) throws IOException {
        String command = call.help ? call.command : call.one("COMMAND", null);
        Output out = new Output(call.out);
        if (command == null) {
            out.put("A fail-closed freshness gate: safe is what was proved, everything else is blocked.\n\n{}\n", SUMMARIES)
                .put("example: {} gate --feed alpha --state state.json && ./publish.sh\n", program())
                .put("exit codes: 0 proved safe, or done; 2 evaluated, and not safe; 3 could not be evaluated. Go on only on 0.\n")
                .put("For the options of a command: {} help COMMAND\n", program());
        } else {
            String usage = Call.usage(command);
            out.put("usage: {} {}\n\n", program(), usage);
            for (String line : OPTIONS.split("\n")) {
                if (usage.contains(line.substring(2, line.indexOf(' ', 2)))) {
                    out.put("{}\n", line);
                }
            }
        }
        out.flush();
        return SAFE;
    }

    // ---- Reports ----

    /** Output gathers text, and writes it as UTF-8. */
    static final class Output {
        private static final int PIECE_CHARS = 1 << 16;

        private final StringBuilder text = new StringBuilder();
        private final OutputStream out;

        Output(OutputStream out) {
            this.out = out;
        }

        /** Adds a template, with a value in the place of each {}. */
        Output put(String template, Object... values) {
            int from = 0;
            for (int i = 0, at; (at = template.indexOf("{}", from)) >= 0; i++) {
                text.append(template, from, at).append(values[i]);
                from = at + 2;
            }
            text.append(template, from, template.length());
            return this;
        }

        /** Adds a value as JSON. */
        Output json(Object value) throws IOException {
            if (value instanceof Verdict verdict) {
                return json(verdict);
            } else if (value instanceof Facts facts) {
                return object(facts);
            } else if (value instanceof List<?> list) {
                boolean lines = !list.isEmpty() && !(list.get(0) instanceof String);
                String separator = lines ? "[\n    " : "[";
                for (Object each : list) {
                    put(separator).json(each).spill();
                    separator = lines ? ",\n    " : ", ";
                }
                return put(list.isEmpty() ? "[]" : lines ? "\n  ]" : "]");
            }
            boolean bare = value == null || value instanceof Boolean || value instanceof Integer;
            return put("{}", bare ? value : value instanceof Long nanos ? seconds(nanos) : quoted(value.toString()));
        }

        private Output json(Verdict v) {
            return put("{\"name\": {}, \"alive\": {}, \"last_tick_age_seconds\": {}, \"max_age_seconds\": {}, ",
                        quoted(v.name), v.alive, seconds(v.age), seconds(v.limit))
                    .put("\"freshness_status\": \"{}\", \"safe_to_serve\": {}, \"allowed_actions\": {}, \"blocked_actions\": {}, ",
                        v.status(), v.safe(), words(v.status().allowed), words(v.status().blocked))
                    .put("\"blocked_reason\": {}, \"reason_code\": \"{}\", \"alert\": \"{}\"}",
                        v.safe() ? null : quoted(v.sentence()), v.reason, v.alert);
        }

        private static String words(List<String> words) {
            return words.isEmpty() ? "[]" : fill("[\"{}\"]", String.join("\", \"", words));
        }

        /** Adds facts as a JSON object on one line. */
        Output object(Facts facts) throws IOException {
            return members(facts, "{", ", ").put("}");
        }

        /** Adds facts as a JSON document, a line each. */
        Output document(Facts facts) throws IOException {
            return members(facts, "{\n  ", ",\n  ").put("\n}\n");
        }

        private Output members(Facts facts, String separator, String next) throws IOException {
            for (var fact : facts.values.entrySet()) {
                put("{}\"{}\": ", separator, fact.getKey()).json(fact.getValue());
                separator = next;
            }
            return this;
        }

        void spill() throws IOException {
            if (text.length() >= PIECE_CHARS && out != null) {
                flush();
            }
        }

        void flush() throws IOException {
            out.write(text.toString().getBytes(StandardCharsets.UTF_8));
            text.setLength(0);
        }

        @Override public String toString() {
            return text.toString();
        }
    }

    /** Facts are what a command reports of its work, in order: a Long is a time in nanoseconds. */
    static final class Facts {
        final Map<String, Object> values = new LinkedHashMap<>();
        /** The name of the fact that is a command: a text report shows it as it can be pasted, with nothing escaped again. */
        String command;

        Facts add(String name, Object value) {
            values.put(name, value);
            return this;
        }

        /** A file by its name and the digest of what it holds; null where there is none. */
        Facts file(String name, String label, Document document) {
            return add(name, label).add(name.concat("_sha256"), document == null ? null : document.sha256());
        }

        Facts command(String name, String line) {
            command = name;
            return add(name, line);
        }
    }

    /** Evaluation is what status, gate and recover read and decide, with what every report says of it; where that failed, error says why. */
    static class Evaluation {
        final Call call;
        final Instant now;
        /** As they were asked for; null if there is no default. */
        final String baselineName;
        final String stateName;
        Document baselineDocument;
        Document stateDocument;
        State baseline = State.NONE;
        State state = State.NONE;
        String error;
        final Decision decision;
        /** The last bytes that were a valid state, and when the watch first saw them: by two clocks, since one can be set and one can stop. */
        private final Document last;
        private final Instant seen;
        private final long seenNanos;
        /** What a report is about: the verdicts on the feeds that were asked for, and those of them that block. */
        final List<Verdict> all = new ArrayList<>();
        final List<Verdict> unsafe = new ArrayList<>();

        /** @param before what the same watch evaluated before; null where there is none */
        Evaluation(Call call, Evaluation before) {
            this.call = call;
            baselineName = call.one("--baseline", bundledBaseline());
            stateName = call.one("--state", baselineName);
            String reading = "baseline ";
            try {
                if (!call.has("--baseline") && (baselineName == null || !Files.exists(source()))) {
                    throw new DataException("not found: {}; name one with --baseline", NO_SOURCE);
                }
                baselineDocument = Document.read(baselineName, null);
                baseline = new State(baselineDocument, Role.baseline);
                reading = "";
                // One read of the same file serves for both: two could see two contents.
                boolean same = !stateName.equals("-") && sameFile(path(stateName), path(baselineName));
                stateDocument = same ? baselineDocument : Document.read(stateName, call.in);
                state = same ? baseline : new State(stateDocument, Role.state);
            } catch (DataException e) {
                error = reading.concat(e.getMessage());
            }
            now = call.now(); // after the last byte was read: reading may take long
            Document valid = state == State.NONE ? null : stateDocument;
            Document known = before == null ? null : before.last;
            // Only another valid state ends a sighting: what cannot be read meanwhile does not make the old bytes younger.
            boolean seenBefore = known != null && (valid == null || Arrays.equals(known.bytes, valid.bytes));
            last = seenBefore ? known : valid;
            seen = seenBefore ? before.seen : now;
            seenNanos = seenBefore ? before.seenNanos : System.nanoTime();
            long unchanged = seenBefore ? Math.max(nanosBetween(seen, now), System.nanoTime() - seenNanos) : 0;
            decision = new Decision(baseline, state, error, now, unchanged);
        }

        /** What a headline adds where both documents are sound and do not go together. */
        String mismatch() {
            boolean shared = error != null;
            for (int i = 0; i < state.size() && !shared; i++) {
                shared = baseline.feed(state.get(i).name) != null;
            }
            return !shared ? "; state and baseline share no feed: name the baseline of these feeds with --baseline"
                    : state != baseline && (state.requireAsOf || baseline.asOfText != null && state.asOfText == null)
                    ? "; are --state and --baseline swapped?" : "";
        }

        int exit() {
            return error != null ? UNEVALUATED : unsafe.isEmpty() ? SAFE : UNSAFE;
        }

        /** Verdicts in a few words each: the first, and how many more there are. */
        static String briefs(List<Verdict> verdicts) {
            var briefs = new ArrayList<String>();
            for (Verdict v : verdicts) {
                briefs.add(briefs.size() < MAX_NAMED ? visible(v.brief()) : "");
            }
            return named(briefs, "; ");
        }

        private static String named(List<String> words, String separator) {
            int more = words.size() - MAX_NAMED;
            return more <= 0 ? String.join(separator, words)
                    : fill("{}{}and {} more", String.join(separator, words.subList(0, MAX_NAMED)), separator, more);
        }

        /** What is blocked on unsafe feeds, why, and what to do next; once for all that have it in common. */
        void explain(String before, Output out) {
            var feeds = new LinkedHashMap<String, List<String>>();
            int explained = 0;
            for (Verdict v : unsafe) {
                String text = fill(": {}\n  why:  {}\n  next: {}\n", String.join(", ", v.status().blocked), visible(v.sentence()), next(v));
                if (feeds.size() == MAX_EXPLAINED && !feeds.containsKey(text)) {
                    break;
                }
                feeds.putIfAbsent(text, new ArrayList<>());
                feeds.get(text).add(visible(v.name));
                explained++;
            }
            for (var each : feeds.entrySet()) {
                out.put("{}blocked on {}{}", before, named(each.getValue(), ", "), each.getKey());
            }
            out.put(explained < unsafe.size() ? "\nand {} more, which --format json explains\n" : "", unsafe.size() - explained);
        }

        /** Completes facts by what an audit asks for: when, of what and by what it was judged, with which result. */
        Facts evidence(Facts facts) {
            facts.add("evaluated_at", now)
                    .add("as_of", state.asOf)
                    .file("state", stateName, stateDocument)
                    .file("baseline", baselineName, baselineDocument)
                    .add("exit", exit());
            if (error != null) {
                facts.add("error", error);
            }
            return facts.add("feeds", all.isEmpty() ? null : all);
        }

        /** The command that recovers the feed, or what to do where a recovery would be refused. */
        String next(Verdict verdict) {
            String advice = decision.advice(verdict);
            String stem = stateName.endsWith(".json") ? stateName.substring(0, stateName.length() - 5).concat("-") : "";
            return advice != null ? advice
                    : verdict.name.indexOf('\0') >= 0 ? "give this feed another name: no command line can carry this one"
                    : stateName.equals("-") ? "save the state to a file, and ask again for that file"
                    : commandLine("recover", "--feed", verdict.name, "--state", stateName, "--output", stem.concat("recovered.json"),
                            "--baseline", call.one("--baseline", null), "--now", call.one("--now", null), "--age-seconds", TICK_SEEN);
        }
    }

    /** Report shows the verdicts on all feeds: as text for people, as JSON and as Prometheus metrics for machines. */
    static final class Report extends Evaluation {
        private final boolean colors;
        private int alive;

        Report(Call call, Evaluation before) {
            super(call, before);
            colors = call.colors();
            for (Verdict v : decision.all()) {
                all.add(v);
                alive += v.alive == Boolean.TRUE ? 1 : 0;
                if (!v.safe()) {
                    unsafe.add(v);
                }
            }
        }

        /** The verdict on the whole in one line. */
        String headline() {
            int total = all.size();
            return error != null ? fill("FRESHNESS UNKNOWN: {}; nothing is safe to serve", visible(error))
                    : unsafe.isEmpty() ? fill("FRESHNESS OK: {} of {} feeds fresh and safe to serve", total, total)
                    : fill("FRESHNESS CRITICAL: {} of {} feeds unsafe: {}{}", unsafe.size(), total, briefs(unsafe), mismatch());
        }

        void show(String format, Output out) throws IOException {
            switch (format) {
                case "json" -> json(out);
                case "prometheus" -> prometheus(out);
                default -> text(all, out);
            }
            out.flush();
        }

        private void text(List<Verdict> rows, Output out) throws IOException {
            out.put("{}\n", painted(headline(), exit() == SAFE ? Status.fresh : Status.unknown));
            if (error != null) {
                return;
            }
            int widest = 0;
            for (Verdict v : all) {
                widest = Math.max(widest, width(visible(v.name)));
            }
            out.put("\n");
            for (Verdict v : rows) { // name, status, bar, age, limit; and an alert with its reason
                String name = visible(v.name);
                String status = v.status().name();
                String age = v.age > FOREVER ? "?" : fill("{}s", seconds(v.age));
                String limit = v.limit == NO_LIMIT ? "?" : fill("{}s", seconds(v.limit));
                out.put("  {}{}  {}{}  {} ", name, " ".repeat(widest - width(name)), painted(status, v.status()),
                        " ".repeat("unknown".length() - status.length()), bar(v));
                out.put("{}{} of {}", " ".repeat(Math.max(0, 6 - age.length())), age, limit);
                out.put(v.alert == Alert.none ? "\n" : v.reason == Reason.stale ? "  {}\n" : "  {}: {}\n", v.alert, v.safe() ? v.found : v.reason);
                out.spill();
            }
            explain("\n", out);
            out.put(call.has("--state") ? "\nstate: {}, judged by the baseline {}\n"
                    : "\nstate: {} (the baseline itself; --state FILE judges a state)\n", visible(stateName), visible(baselineName));
        }

        /** Draws the text over what stands on the terminal: unsafe feeds first, and no more lines than it has. */
        void redraw(Output out) throws IOException {
            var rows = new ArrayList<Verdict>(unsafe);
            for (Verdict v : all) {
                if (v.safe()) {
                    rows.add(v);
                }
            }
            Output whole = new Output(null);
            text(rows, whole);
            String[] lines = whole.toString().split("\n");
            String height = System.getenv("LINES");
            int most = Math.max(1, (height != null && height.matches("[0-9]{1,4}") ? Integer.parseInt(height) : LINES) - 2);
            out.put("\u001b[H\u001b[2J\u001b[3J\u001b[?7l"); // without wrapping: a long line must not push the first one away
            for (int i = 0; i < lines.length && i < most; i++) {
                out.put("{}\n", lines[i]);
            }
            out.put(lines.length > most ? "and {} lines more, which status shows without --watch\u001b[?7h\n" : "\u001b[?7h", lines.length - most).flush();
        }

        private String painted(String text, Status status) {
            return colors ? fill("\u001b[{}m{}\u001b[0m", status == Status.fresh ? 32 : status == Status.stale ? 33 : 31, text) : text;
        }

        /** Ten cells, all of them full where the age has reached the limit. */
        private static String bar(Verdict v) {
            if (v.age > FOREVER || v.limit == NO_LIMIT) {
                return "[??????????]";
            }
            int full = (int) Math.min(10, Math.ceil(10.0 * v.age / v.limit));
            return fill("[{}]", "##########..........".substring(10 - full, 20 - full));
        }

        /** Writes a line for each feed whose status is another than before; the first time, the verdict on the whole. */
        void transitions(Report before, Output out) throws IOException {
            Instant time = Instant.ofEpochSecond(now.getEpochSecond());
            // Without a baseline there are no feeds to name.
            out.put(before == null || all.isEmpty() && !before.all.isEmpty() ? "{} {}\n" : "", time, headline());
            for (Verdict v : all) {
                Verdict old = before == null ? v : before.decision.of(v.name);
                Status was = old == null ? Status.unknown : old.status();
                if (was != v.status()) {
                    out.put("{} {} {} -> {}: {}\n", time, visible(v.name), was, v.status(), visible(v.sentence())).spill();
                }
            }
            out.flush();
        }

        private void json(Output out) throws IOException {
            var names = new ArrayList<String>();
            for (Verdict v : unsafe) {
                names.add(v.name);
            }
            Facts facts = new Facts()
                    .add("overall_status", exit() == SAFE ? "eligible" : "restricted")
                    .add("unsafe_feeds", all.isEmpty() ? null : names)
                    .add("max_age_seconds", decision.commonLimit())
                    .add("fresh_feeds", all.size() - unsafe.size())
                    .add("alive_feeds", alive)
                    .add("total_feeds", all.size());
            out.document(evidence(facts));
        }

        private void prometheus(Output out) throws IOException {
            String[] families = {"alive Whether the feed consumer answers; 0 where that is not known.",
                "safe_to_serve Whether the feed is proved safe to serve.",
                "last_tick_age_seconds Age of the newest tick at the evaluation; absent where it is not known.",
                "max_age_seconds Limit that counted; absent where there is no valid one.",
                "last_tick_timestamp_seconds When the newest tick was made, in seconds since 1970; absent where it is not known.",
                "info Why: the status, the reason and the alert of the feed; always 1."};
            for (int i = 0; i < families.length; i++) {
                String name = family("freshness_feed_".concat(families[i]), out);
                for (Verdict v : all) {
                    Object value = switch (i) {
                        case 0 -> v.alive == Boolean.TRUE ? 1 : 0;
                        case 1 -> v.safe() ? 1 : 0;
                        case 2 -> seconds(v.age);
                        case 3 -> seconds(v.limit);
                        case 4 -> v.age >= FOREVER ? null : timestamp(now.minusNanos(v.age));
                        default -> 1;
                    };
                    if (value != null) {
                        String label = v.name.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
                        out.put("{}{feed=\"{}\"", name, label);
                        out.put(i == 5 ? ",freshness_status=\"{}\",reason_code=\"{}\",alert=\"{}\"" : "", v.status(), v.reason, v.alert);
                        out.put("} {}\n", value).spill();
                    }
                }
            }
            out.put("{} {}\n", family("freshness_state_valid Whether the state and the baseline could be evaluated.", out), error == null ? 1 : 0);
            out.put("{} {}\n", family("freshness_last_evaluation_timestamp_seconds When the state was evaluated, in seconds since 1970.", out),
                    now.getEpochSecond());
        }

        /** Begins a family of metrics and returns its name. */
        private static String family(String help, Output out) {
            String name = help.substring(0, help.indexOf(' '));
            out.put("# HELP {}\n# TYPE {} gauge\n", help, name);
            return name;
        }
    }

    /** Gate answers whether work may go on; where it may not, it says which of it, and why. */
    static final class Gate extends Evaluation {
        private final List<String> actions;
        private final List<String> refused;
        /** All that were asked for and not proved, also those that nobody knows. */
        private final List<String> blocked = new ArrayList<>();

        Gate(Call call, Evaluation before) {
            super(call, before);
            actions = call.all("--action");
            var denied = new ArrayList<String>();
            List<String> needed = actions.isEmpty() ? ACTIONS : actions; // without one, all of them: safe to serve
            boolean evaluated = error == null; // else nothing is proved, whatever a status allows
            for (String feed : call.all("--feed")) {
                Verdict verdict = decision.of(feed);
                if (verdict == null) {
                    error = error == null ? baseline.unknown(feed).getMessage() : error;
                    blocked.add(feed);
                    continue;
                }
                all.add(verdict);
                if (!evaluated || !verdict.status().allowed.containsAll(needed)) {
                    unsafe.add(verdict);
                    blocked.add(feed);
                    denied.addAll(verdict.status().blocked);
                }
            }
            refused = call.all("--action");
            refused.retainAll(denied);
        }

        void show() throws IOException {
            Output out = new Output(call.out);
            if (call.json()) {
                var next = new ArrayList<String>();
                for (Verdict v : unsafe) {
                    next.add(next(v));
                }
                out.document(evidence(new Facts().add("gate", exit() == SAFE ? "open" : "blocked").add("actions", actions)
                        .add("blocked_feeds", blocked).add("next", all.isEmpty() ? null : next)));
                if (error != null) {
                    new Output(call.err).put("freshness: {}\n", visible(error)).flush();
                }
            } else if (error != null) {
                out.put("GATE BLOCKED: {}\n", visible(error));
            } else if (unsafe.isEmpty()) {
                out.put("GATE OPEN: {}; {}\n", briefs(all), asked(actions));
            } else {
                out.put("GATE BLOCKED: {}; not {}{}\n", briefs(unsafe), asked(refused), mismatch());
                explain("", out);
            }
            out.flush();
        }

        private static String asked(List<String> actions) {
            return actions.isEmpty() ? "safe to serve" : fill("allowed: {}", String.join(", ", actions));
        }
    }

    /** Reports what a command did, on standard error where standard output took its document; returns its exit code. */
    private static int report(String headline, Facts facts, Call call, Path target, int exit) throws IOException {
        Output out = new Output(target == null ? call.err : call.out);
        if (call.json()) {
            out.document(facts);
        } else {
            out.put("{}\n", visible(headline));
            for (var fact : facts.values.entrySet()) {
                Object value = fact.getValue();
                if (value != null) {
                    String text = value instanceof Verdict verdict ? verdict.brief()
                            : value instanceof List<?> list ? list.isEmpty() ? "nothing" : list.toString().substring(1, list.toString().length() - 1)
                            : value.toString();
                    out.put("  {}: {}\n", fact.getKey(), fact.getKey().equals(facts.command) ? text : visible(text));
                }
            }
        }
        out.flush();
        return exit;
    }

    /** Checks are the lines of smoke and doctor. */
    static final class Checks {
        /** Why each check has failed; null where it has not. */
        private final Map<String, String> whys = new LinkedHashMap<>();
        private String last;

        /** Adds a check, and why it has failed. */
        void add(String name, String why) {
            last = name;
            whys.put(name, why);
        }

        /** Notes why the last check has failed: null is no fault, and only the first one counts. */
        void fault(String why) {
            whys.putIfAbsent(last, why);
        }

        int report(Call call) throws IOException {
            var list = new ArrayList<Facts>();
            Output lines = new Output(null);
            int failed = 0;
            for (var check : whys.entrySet()) {
                String name = check.getKey();
                String why = check.getValue();
                list.add(new Facts().add("name", name).add("ok", why == null).add("why", why));
                lines.put(why == null ? "ok - {}\n" : "not ok - {}\n  why: {}\n", visible(name), why == null ? null : visible(why));
                failed += why == null ? 0 : 1;
            }
            String result = failed == 0 ? "passed" : "failed";
            Output out = new Output(call.out);
            if (call.json()) {
                out.document(new Facts().add(call.command, result).add("checks", list));
            } else {
                String title = fill("{} {}", call.command, result).toUpperCase(Locale.ROOT);
                out.put("{}: {} of {} checks passed\n{}", title, list.size() - failed, list.size(), lines);
            }
            out.flush();
            return failed == 0 ? SAFE : UNSAFE;
        }
    }

    // ---- State ----

    /** What a document is read as: a baseline says what it means or is refused, a state may hold more. */
    enum Role { baseline, state }

    /** State is the list of feeds that a document claims: a producer's, or as a baseline the contract that was reviewed. */
    static final class State extends AbstractList<Feed> {
        static final State NONE = new State(Document.of("", "{}"));
        private static final List<String> MEMBERS = Arrays.asList("max_age_seconds", "as_of", "require_as_of", "feeds");
        private static final long HASH_PRIME = (1L << 61) - 1;
        private static final long HASH_POINT = System.nanoTime() * 0x9e3779b97f4a7c15L & HASH_PRIME >> 1;
        private static final List<String> FEED_MEMBERS = Arrays.asList("name", "alive", "last_tick_age_seconds", "last_tick_at", "max_age_seconds");

        final Document document;
        /** When it was written; null where as_of is absent or unreadable, and asOfText tells which. */
        Instant asOf;
        String asOfText;
        boolean requireAsOf;
        /** The limit of the feeds that have none of their own. */
        long limit = COMMON_LIMIT;
        private final Json reader;
        /** How many feeds there are, where each begins, and the hash of its name. */
        private int size;
        private int[] starts = new int[8];
        private int[] hashes = new int[8];
        /** Finds a feed by the hash of its name: open addressing, with the feed's number from 1, or 0 where a slot is free. */
        private int[] table = new int[16];

        private State(Document document) {
            this.document = document;
            reader = new Json(document, 0);
        }

        /** Reads a whole document. A fault that belongs to no single feed is a DataException. */
        State(Document document, Role role) {
            this(document);
            Json in = new Json(document, 0);
            int feedsAt = 0; // no member begins there
            in.enter('{', "an object with max_age_seconds and feeds");
            while (in.member()) {
                int at = in.at;
                switch (in.name) {
                    case "max_age_seconds" -> limit = limit(in.skipped());
                    case "as_of" -> {
                        String text = in.plain();
                        asOf = instant(text);
                        asOfText = Json.shortened(text);
                    }
                    case "require_as_of" -> {
                        Boolean required = in.bool();
                        if (role == Role.baseline && required == null) {
                            throw in.error(at, "expected true or false");
                        }
                        requireAsOf = required == Boolean.TRUE;
                    }
                    case "feeds" -> {
                        feedsAt = at;
                        in.enter('[', "an array of feeds");
                        while (in.element()) {
                            index(in, role);
                        }
                    }
                    default -> in.other(role, MEMBERS);
                }
            }
            in.end();
            if (size == 0) {
                throw in.error(feedsAt, feedsAt == 0 ? "expected a member feeds" : "expected at least one feed");
            }
        }

        /** Checks a feed and remembers where it is: as objects, a million of them would take twice the gate's time and memory. */
        private void index(Json in, Role role) {
            int at = in.at;
            String feed = null;
            in.enter('{', "a feed, an object with a name");
            while (in.member()) {
                if (in.name.equals("name")) {
                    feed = in.feedName();
                } else {
                    in.other(role, FEED_MEMBERS);
                }
            }
            if (feed == null) {
                throw in.error(at, "expected a feed with a name");
            } else if (size == starts.length) {
                starts = Arrays.copyOf(starts, 2 * size);
                hashes = Arrays.copyOf(hashes, 2 * size);
                table = new int[4 * size];
                for (int i = 0; i < size; i++) {
                    table[slot("", hashes[i])] = i + 1; // a name that no feed has: all of these differ
                }
            }
            int hash = hash(feed);
            int slot = slot(feed, hash);
            if (table[slot] != 0) {
                throw in.error(at, "expected each feed once, found a second {}", feed);
            }
            starts[size] = at;
            hashes[size] = hash;
            table[slot] = ++size;
        }

        /** The slot of the feed of that name, or the free one where it belongs. */
        private int slot(String name, int hash) {
            int slot = hash & table.length - 1;
            while (table[slot] != 0 && (hashes[table[slot] - 1] != hash || !get(table[slot] - 1).name.equals(name))) {
                slot = slot + 1 & table.length - 1;
            }
            return slot;
        }

        /**
         * A polynomial over the field of that prime, at a point that is another in each run: two names collide at no more
         * points than they have characters, so nobody can write names that do, and a table of them stays fast.
         */
        static int hash(String name) {
            long hash = 1;
            for (char c : name.toCharArray()) {
                long low = hash * HASH_POINT;
                hash = (low & HASH_PRIME) + (Math.multiplyHigh(hash, HASH_POINT) << 3 | low >>> 61) + c;
                hash = (hash & HASH_PRIME) + (hash >>> 61);
            }
            return (int) (hash ^ hash >>> 30);
        }

        /** The feed of that name; null where there is none. */
        Feed feed(String name) {
            int number = table[slot(name, hash(name))];
            return number == 0 ? null : get(number - 1);
        }

        @Override public int size() {
            return size;
        }

        @Override public Feed get(int i) {
            int at = starts[i];
            String feed = null;
            Boolean alive = null;
            long age = UNKNOWN_AGE;
            Instant tick = null;
            long limit = COMMON_LIMIT;
            reader.at = at;
            reader.enter('{', "");
            while (reader.member()) {
                switch (reader.name) {
                    case "name" -> feed = reader.string();
                    case "alive" -> alive = reader.bool();
                    case "last_tick_age_seconds" -> age = age(reader.skipped());
                    case "last_tick_at" -> tick = reader.instant();
                    case "max_age_seconds" -> limit = limit(reader.skipped());
                    default -> reader.skip();
                }
            }
            return new Feed(feed, alive, age, tick, limit, at);
        }

        /** The limit of a feed: its own, or the common one, or else the other one. */
        long limitOf(Feed feed, long otherwise) {
            return feed.limit != COMMON_LIMIT ? feed.limit : limit != COMMON_LIMIT ? limit : otherwise;
        }

        /** The JSON text of that member of a feed, or of the document where that is null. */
        String text(Feed feed, String member) {
            String text = document.member(feed, member);
            return text == null ? ABSENT : Json.shortened(text);
        }

        String limitText(Feed feed) {
            return text(feed.limit == COMMON_LIMIT ? null : feed, "max_age_seconds");
        }

        DataException unknown(String feed) {
            var names = new ArrayList<String>();
            for (Feed each : this) {
                names.add(each.name);
            }
            return new DataException("unknown feed: {}{}", feed, feed.indexOf(',') < 0 ? suggestion(feed, names)
                    : "; several feeds take a --feed each");
        }
    }

    // ---- Edits ----

    /** Splice puts those bytes in the place of what stands between two offsets. In order of the first of them. */
    private record Splice(int from, int to, byte[] with) implements Comparable<Splice> {
        @Override public int compareTo(Splice other) {
            return Integer.compare(from, other.from);
        }
    }

    /**
     * Edit changes single values in the bytes of a state: all else stays in place and digit for digit. The changes are
     * collected, each by its place in the original, and written once: one by one, each would move the rest of the file again.
     */
    static final class Edit {
        private final Document document;
        private final List<Splice> splices = new ArrayList<>();
        final List<String> changes = new ArrayList<>();

        Edit(Document document) {
            this.document = document;
        }

        /** The document with all changes in it; the very same one if there are none. */
        Document edited() {
            if (splices.isEmpty()) {
                return document;
            }
            splices.sort(null); // keeps the order of what is put in at one place
            byte[] old = document.bytes;
            long length = document.length();
            for (Splice splice : splices) {
                length += splice.with.length - (splice.to - splice.from);
            }
            ByteBuffer bytes = ByteBuffer.allocate(Document.checked(length, "the new state") + 1);
            int at = 0;
            for (Splice splice : splices) {
                bytes.put(old, at, splice.from - at).put(splice.with);
                at = splice.to;
            }
            bytes.put(old, at, old.length - at);
            return new Document(document.label, bytes.array());
        }

        /** A tick of that age was seen. A feed that dates its ticks gets the date, and the age only where it has one. */
        void tick(Feed feed, String age, Instant now) {
            set(feed, "alive", "true");
            boolean dated = document.member(feed, "last_tick_at") != null;
            if (!dated || document.member(feed, "last_tick_age_seconds") != null) {
                set(feed, "last_tick_age_seconds", age);
            }
            if (dated) {
                boolean future = age.startsWith("-");
                long nanos = Freshness.age(age.substring(future ? 1 : 0));
                set(feed, "last_tick_at", nanos > FOREVER ? "null" : fill("\"{}\"", now.minusNanos(future ? -nanos : nanos)));
            }
        }

        /** Dates the state and its ticks back by the time that it is to be frozen for. */
        void freeze(State state, Instant now) {
            for (Feed feed : state) {
                if (feed.tick != null && feed.tick != UNREADABLE) {
                    set(feed, "last_tick_at", fill("\"{}\"", feed.tick.minusSeconds(FROZEN_FOR_SECONDS)));
                }
            }
            set(null, "as_of", fill("\"{}\"", now.minusSeconds(FROZEN_FOR_SECONDS)));
        }

        /** Sets a member of a feed, or of the document where that is null; an absent one comes last, in the layout of the others. */
        void set(Feed feed, String member, String value) {
            String name = feed == null ? member : fill("{} {}", feed.name, member);
            Json in = new Json(document, feed == null ? 0 : feed.at);
            int open = in.at + 1;
            in.enter('{', "an object");
            int last = in.at;
            String gap = document.text(open, last);
            while (in.member()) {
                int at = in.at;
                boolean found = in.name.equals(member);
                String old = in.skipped();
                last = in.at;
                if (found) {
                    if (!old.equals(value)) {
                        splice(at, last, value);
                        changes.add(fill("{} {} -> {}", name, Json.shortened(old), value));
                    }
                    return;
                }
            }
            splice(last, last, fill(",{}\"{}\": {}", gap, member, value));
            changes.add(fill("{} added: {}", name, value));
        }

        /** Removes a feed with the comma and the white space between it and its neighbour. */
        void remove(State state, Feed feed) {
            int i = 0;
            while (state.get(i).at != feed.at) {
                i++;
            }
            if (state.size() == 1) {
                throw new DataException("nothing written: {} is the only feed, and a state must have one", feed.name);
            } else if (i == 0) {
                splice(feed.at, state.get(1).at, "");
            } else {
                splice(document.end(state.get(i - 1).at), document.end(feed.at), "");
            }
            changes.add(feed.name.concat(" removed"));
        }

        /** Puts a missing feed back: its baseline entry with a fresh tick, behind the feed that it follows there. */
        void insert(State state, State baseline, Feed feed, String age, Instant now) {
            Document contract = baseline.document;
            Edit entry = new Edit(Document.of(contract.label, contract.text(feed.at, contract.end(feed.at))));
            entry.tick(new Feed(feed.name, null, 0, null, 0, 0), age, now);
            Feed before = null;
            for (Feed each : baseline) {
                Feed present = state.feed(each.name);
                before = present == null || each.at > feed.at ? before : present;
            }
            int neighbour = before != null ? before.at : state.get(0).at;
            int gap = neighbour;
            while (document.bytes[gap - 1] <= ' ') {
                gap--;
            }
            String space = document.text(gap, neighbour);
            Document added = entry.edited();
            String text = added.text(0, added.length());
            int where = before != null ? document.end(neighbour) : neighbour;
            splice(where, where, before != null ? fill(",{}{}", space, text) : fill("{},{}", text, space));
            changes.add(feed.name.concat(" put back from the baseline"));
        }

        /** Raises tenfold the limit that counts for the feed. */
        void loosen(State state, Feed feed, Instant now) {
            long limit = state.limitOf(feed, NO_LIMIT);
            if (limit == NO_LIMIT) {
                throw new DataException("nothing written: {} has no limit to loosen", feed.name);
            }
            tick(feed, STALE_AGE_SECONDS, now);
            set(feed.limit != COMMON_LIMIT ? feed : null, "max_age_seconds", seconds(Math.min(limit, MAX_LIMIT / 10) * 10));
        }

        /** Cuts the document in the middle of its content, which leaves no valid JSON. */
        void cut() {
            int end = document.end(0);
            splice(end / 2, document.length(), "");
            changes.add(fill("cut after {} bytes", end / 2));
        }

        private void splice(int from, int to, String with) {
            splices.add(new Splice(from, to, with.getBytes(StandardCharsets.UTF_8)));
        }
    }

    // ---- JSON ----

    /**
     * Json reads RFC 8259 strictly, from bytes: a cursor that a caller leads through the values it knows and lets skip the
     * others, which are checked all the same. Each fault is a DataException with file:line:column and what was expected.
     */
    static final class Json {
        private static final int MAX_SHOWN = 40;
        /** How the usual mistakes begin, byte for byte, and what they are. */
        private static final String[] MISTAKES = {
            "\u00ef\u00bb\u00bf", "a byte-order mark; write UTF-8 without one",
            "\u00ff\u00fe", "UTF-16; write UTF-8", "\u00fe\u00ff", "UTF-16; write UTF-8", "\0", "UTF-16 or binary data; write UTF-8",
            "NaN", "NaN; an age that is not known is null", "Infinity", "Infinity; an age that is not known is null",
            "//", "a comment, which JSON does not have", "/*", "a comment, which JSON does not have",
            "#", "a comment, which JSON does not have", "'", "a single quote; JSON has double quotes",
        };

        private final String label;
        private final byte[] in;
        /** The next byte to read. */
        int at;
        /** The name of the last member, and where it began. */
        String name;
        private int nameAt;
        private boolean first;
        private boolean ascii = true;
        /** The member names so far of each object or array that is open; an array has none. */
        private final List<HashSet<String>> names = new ArrayList<>();

        /** Begins at the first value from that byte on. */
        Json(Document document, int from) {
            label = document.label;
            in = document.bytes;
            at = from;
            space();
        }

        // Section 2: white space and structure.

        private void space() {
            while (in[at] == ' ' || in[at] == '\n' || in[at] == '\r' || in[at] == '\t') {
                at++;
            }
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
            if (names.size() == MAX_NESTING) {
                throw error(at, "expected at most {} levels of nesting", MAX_NESTING);
            }
            take(open, expected);
            names.add(new HashSet<>());
            first = true;
        }

        /** Whether another member or element follows, with the cursor at it. */
        private boolean follows(char close, String expected) {
            space();
            if (in[at] == close) {
                at++;
                names.remove(names.size() - 1);
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
                case '{' -> {
                    enter('{', "");
                    while (member()) {
                        skip();
                    }
                }
                case '[' -> {
                    enter('[', "");
                    while (element()) {
                        skip();
                    }
                }
                case '"' -> scan();
                case 't' -> literal("true");
                case 'f' -> literal("false");
                case 'n' -> literal("null");
                default -> {
                    if (in[at] != '-' && !digit()) {
                        throw expected("a value");
                    }
                    number();
                }
            }
        }

        /** Passes over any value and returns its text, of one that is too long for a number the beginning. */
        String skipped() {
            int from = at;
            skip();
            return new String(in, from, Math.min(at - from, MAX_NUMBER_CHARS + 1), StandardCharsets.UTF_8);
        }

        /** A string without its quotes, any other value as it stands. */
        String plain() {
            return in[at] == '"' ? string() : skipped();
        }

        static String shortened(String text) {
            return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN).concat("...");
        }

        private void literal(String word) {
            for (char c : word.toCharArray()) {
                if (in[at] != c) {
                    throw expected(word);
                }
                at++;
            }
        }

        // Section 4: objects.

        /** Whether another member follows, with the cursor at its value. */
        boolean member() {
            if (!follows('}', "',' or '}'")) {
                return false;
            } else if (in[at] != '"') {
                throw expected("a member name in double quotes");
            }
            nameAt = at;
            name = string();
            if (!names.get(names.size() - 1).add(name)) {
                throw error(nameAt, "expected each member once, found a second {}", shortened(name));
            }
            space();
            take(':', "':'");
            return true;
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
            return isDigit((char) in[at]);
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
            String text = new String(in, from, at - 1 - from, StandardCharsets.UTF_8);
            if (!escapes) {
                return text;
            }
            StringBuilder b = new StringBuilder();
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c == '\\') {
                    c = "\"\\/\b\f\n\r\tu".charAt("\"\\/bfnrtu".indexOf(text.charAt(++i)));
                    if (c == 'u') {
                        c = (char) HexFormat.fromHexDigits(text, i + 1, i + 5);
                        i += 4;
                    }
                }
                b.append(c);
            }
            return b.toString();
        }

        /** The name of a feed: a string of some characters, but not too many. */
        String feedName() {
            int from = at;
            String feed = in[at] == '"' ? string() : "";
            if (feed.isEmpty() || feed.codePointCount(0, feed.length()) > MAX_NAME_CHARS) {
                throw error(from, "expected a name, a string of 1 to {} characters", MAX_NAME_CHARS);
            }
            return feed;
        }

        /** True or false; null for any other value. */
        Boolean bool() {
            String text = skipped();
            return text.equals("true") ? Boolean.TRUE : text.equals("false") ? Boolean.FALSE : null;
        }

        /** An instant; null where the value is null. */
        Instant instant() {
            boolean none = in[at] == 'n';
            Instant instant = Freshness.instant(plain());
            return none ? null : instant == null ? UNREADABLE : instant;
        }

        /** Passes over a member that decides nothing. In a baseline it has to be named as a note: it might be a misspelt rule. */
        void other(Role role, List<String> known) {
            if (role == Role.baseline && !known.contains(name) && !name.startsWith("x-") && !name.startsWith("$")) {
                throw error(nameAt, "unknown member of a baseline: {}{}; a note is named x-{}", shortened(name), suggestion(name, known), shortened(name));
            }
            skip();
        }

        /** Checks a string, passes over it, and says whether it has escapes. */
        private boolean scan() {
            boolean escapes = false;
            for (at++; in[at] != '"'; at++) {
                if (in[at] == '\\') {
                    escapes = true;
                    escape();
                } else if (in[at] < 0) {
                    ascii = false;
                } else if (in[at] < ' ') {
                    throw expected(at < in.length - 1 ? "control characters only escaped" : "'\"'");
                }
            }
            at++;
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
            char unit = hex();
            boolean paired = Character.isHighSurrogate(unit) && in[++at] == '\\' && in[++at] == 'u' && Character.isLowSurrogate(hex());
            if (Character.isSurrogate(unit) && !paired) {
                throw error(from, "expected a pair of surrogates, found one alone");
            }
        }

        /** Takes four hexadecimal digits, and leaves the cursor at the last. */
        private char hex() {
            int value = 0;
            for (int i = 0; i < 4; i++) {
                if (!HexFormat.isHexDigit(in[++at])) {
                    throw expected("four hexadecimal digits");
                }
                value = value << 4 | HexFormat.fromHexDigit(in[at]);
            }
            return (char) value;
        }

        /** Checks the encoding of the strings: all else is ASCII. */
        private void utf8() {
            var decoder = StandardCharsets.UTF_8.newDecoder();
            ByteBuffer bytes = ByteBuffer.wrap(in);
            CharBuffer chars = CharBuffer.allocate(1 << 13);
            while (decoder.decode(bytes, chars.clear(), true).isOverflow()) {
                continue; // nobody needs the characters
            }
            if (bytes.hasRemaining()) {
                at = bytes.position();
                throw expected("UTF-8");
            }
        }

        // Errors.

        private DataException expected(String what) {
            return error(at, "expected {}, found {}", what, found());
        }

        /** What stands at the cursor; the usual mistakes by their names. */
        private String found() {
            String rest = new String(in, at, Math.min(8, in.length - 1 - at), StandardCharsets.ISO_8859_1);
            for (int i = 0; i < MISTAKES.length; i += 2) {
                if (rest.startsWith(MISTAKES[i])) {
                    return MISTAKES[i + 1];
                }
            }
            int before = at;
            do {
                before--;
            } while (before > 0 && in[before] <= ' ');
            return rest.isEmpty() ? "the end"
                    : before > 0 && in[before] == ',' && "}]".indexOf(in[at]) >= 0 ? "a trailing comma"
                    : in[at] > ' ' && in[at] < 0x7f ? fill("'{}'", rest.charAt(0)) : fill("byte 0x{}", Integer.toHexString(in[at] & 0xff));
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

    // ---- Time ----

    // Times are nanoseconds. What is finer is rounded against the feed: an age up, a limit down.

    static final long SECOND = 1_000_000_000;
    static final long MAX_SKEW = MAX_SKEW_SECONDS * SECOND;
    /** About 126 years: a longer time is as good as this one, and two of them fit in a long. */
    static final long FOREVER = 4 * MAX_AGE_SECONDS * SECOND;
    /** A longer limit is cut, so that FOREVER is older than any. */
    static final long MAX_LIMIT = FOREVER - SECOND;
    // A missing age is older than any limit, and a missing limit is below any age: a check that is forgotten blocks.
    static final long UNKNOWN_AGE = FOREVER + 1;
    static final long INVALID_AGE = FOREVER + 2;
    static final long NO_LIMIT = -1;
    /** A feed without a limit of its own, for which the document's counts; a document without one. */
    static final long COMMON_LIMIT = -2;
    /** An instant that is there and cannot be read: it is older than any limit. */
    static final Instant UNREADABLE = Instant.MIN;

    /** The age in a JSON text. */
    static long age(String json) {
        long age = nanos(json, 1);
        return json.equals("null") ? UNKNOWN_AGE : age < 0 || age > MAX_AGE_SECONDS * SECOND ? INVALID_AGE : age;
    }

    /** The limit in a JSON text. */
    static long limit(String json) {
        long limit = nanos(json, 0);
        return limit > 0 ? Math.min(limit, MAX_LIMIT) : NO_LIMIT;
    }

    /** A JSON number of seconds; decimals past the ninth count as so many nanoseconds more. -1 where it is none, or negative. */
    private static long nanos(String json, int forMore) {
        boolean negative = json.startsWith("-");
        int e = Math.max(json.indexOf('e'), json.indexOf('E'));
        String number = json.substring(negative ? 1 : 0, e < 0 ? json.length() : e);
        if (!negative && !isDigit(json.charAt(0)) || json.length() > MAX_NUMBER_CHARS) {
            return -1;
        }
        int point = number.indexOf('.');
        String digits = number.replace(".", "").concat("00000000000000000000"); // so many make FOREVER of any number
        // The value is 0.DIGITS times ten to this power; a double, since no exponent is too large for one.
        double power = (point < 0 ? number.length() : point) + 9 + (e < 0 ? 0 : Double.parseDouble(json.substring(e + 1)));
        long nanos = 0;
        int last = 0;
        for (int i = 0; i < digits.length(); i++) {
            last = digits.charAt(i) == '0' ? last : i + 1;
            nanos = i >= power ? nanos : nanos < FOREVER / 10 ? 10 * nanos + digits.charAt(i) - '0' : FOREVER;
        }
        boolean tooFine = last > 0 && last - power > MAX_NUMBER_CHARS - 9;
        return tooFine || negative && last > 0 ? -1 : last > 0 && last > power ? nanos + forMore : nanos;
    }

    /** A time in seconds, with the decimals it needs; null where there is none. */
    static String seconds(long nanos) {
        if (nanos < 0 || nanos > FOREVER) {
            return null;
        }
        String digits = Long.toString(SECOND + nanos % SECOND).substring(1);
        String decimals = digits.replace('0', ' ').stripTrailing().replace(' ', '0'); // without the zeros at the end
        return fill(decimals.isEmpty() ? "{}" : "{}.{}", nanos / SECOND, decimals);
    }

    static long nanosBetween(Instant from, Instant to) {
        long bound = FOREVER / SECOND + 1; // one more, for the nanoseconds
        long seconds = Math.max(-bound, Math.min(to.getEpochSecond() - from.getEpochSecond(), bound));
        return Math.max(-FOREVER, Math.min(seconds * SECOND + to.getNano() - from.getNano(), FOREVER));
    }

    /** An instant in seconds since 1970; null before that. */
    static String timestamp(Instant instant) {
        return instant.isBefore(Instant.EPOCH) ? null : fill("{}{}", instant.getEpochSecond(), seconds(instant.getNano()).substring(1));
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** Reads a date-time as in RFC 3339, section 5.6, but for the leap second; null where it is none. */
    static Instant instant(String s) {
        StringBuilder form = new StringBuilder();
        for (char c : s.toCharArray()) {
            form.append(isDigit(c) ? '0' : c == 't' ? 'T' : c == 'z' ? 'Z' : c);
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

    // ---- Files ----

    /**
     * Document is a file's content, read whole.
     *
     * @param bytes the content and a zero byte behind it, so that a reader need not ask for the end at each byte
     */
    record Document(String label, byte[] bytes) {
        static Document of(String label, String text) {
            return new Document(label, text.concat("\0").getBytes(StandardCharsets.UTF_8));
        }

        /** Reads a regular file, or standard input where the name is "-". */
        static Document read(String name, InputStream standardInput) {
            try {
                if (name.equals("-")) {
                    byte[] bytes = standardInput.readNBytes(MAX_FILE_BYTES + 1);
                    return new Document("standard input", Arrays.copyOf(bytes, checked(bytes.length, "standard input") + 1));
                }
                Document document = readQuiet(path(name), name, QUIET_NANOS);
                for (int tries = 1; document == null && tries < MAX_TRIES; tries++) {
                    // Something does write to it: now it has to be quiet for longer.
                    document = readQuiet(path(name), name, CLOCK_STEP_NANOS);
                }
                if (document != null) {
                    return document;
                }
                throw changed(name);
            } catch (IOException e) {
                throw new DataException("{}: cannot be read: {}{}", name, reason(e),
                        name.indexOf("://") < 0 ? "" : "; an address is read by another program, and its output with --state -");
            }
        }

        /**
         * Reads a file, and then again from its start: a writer that rewrites it in place may be in
         * the middle. Returns null if that gives other bytes, or if it is written to meanwhile. To
         * rename a file over it does no harm: what was opened is whole.
         *
         * @param quietNanos how long it has to stay as it is; longer if it was written to just now
         */
        private static Document readQuiet(Path path, String name, long quietNanos)
                throws IOException {
            BasicFileAttributes before = Files.readAttributes(path, BasicFileAttributes.class);
            if (!before.isRegularFile()) {
                // A FIFO or a device could block for ever, or never end.
                throw new DataException(before.isDirectory() ? "{}: a directory; name a file in it"
                        : "{}: not a regular file; a pipe is read with --state -", name);
            }
            try (RandomAccessFile in = new RandomAccessFile(path.toFile(), "r")) {
                int size = checked(in.length(), name);
                byte[] bytes = new byte[size + 1];
                if (readInto(bytes, in) != size) {
                    throw changed(name);
                }
                long begun = System.nanoTime();
                long stepNanos = stepNanos(before.lastModifiedTime(), Instant.now());
                long nanos = Math.max(quietNanos, stepNanos);
                while (System.nanoTime() - begun < nanos) {
                    LockSupport.parkNanos(nanos / LOOKS);
                    if (!holds(in, bytes)) {
                        return null;
                    }
                }
                BasicFileAttributes after = Files.readAttributes(path, BasicFileAttributes.class);
                boolean replaced = !Objects.equals(before.fileKey(), after.fileKey());
                if (!replaced && !before.lastModifiedTime().equals(after.lastModifiedTime())) {
                    return null;
                }
                return new Document(name, bytes);
            }
        }

        /** How long from now on a change may leave a file that time: 0 if that time is past. */
        static long stepNanos(FileTime modified, Instant now) {
            Instant time = modified.toInstant();
            long stepNanos = time.getNano() == 0 ? WHOLE_SECONDS_STEP_NANOS : CLOCK_STEP_NANOS;
            long ageNanos = nanosBetween(time, now);
            if (ageNanos < 0) {
                return CLOCK_STEP_NANOS; // dated by another clock, or by hand
            }
            return Math.max(0, stepNanos - ageNanos + 1);
        }

        /** Reads until the array is full or the file ends, and returns how much that was. */
        private static int readInto(byte[] bytes, RandomAccessFile in) throws IOException {
            int at = 0;
            while (at < bytes.length) {
                int read = in.read(bytes, at, Math.min(bytes.length - at, PIECE_BYTES));
                if (read < 0) {
                    break;
                }
                at += read;
            }
            return at;
        }

        /** Whether the file holds these bytes, but for the zero behind them, and nothing more. */
        static boolean holds(RandomAccessFile in, byte[] bytes) throws IOException {
            byte[] piece = new byte[Math.min(bytes.length, PIECE_BYTES)];
            int size = bytes.length - 1;
            int at = 0;
            in.seek(0);
            while (true) {
                int read = in.read(piece, 0, piece.length);
                if (read < 0) {
                    return at == size;
                }
                if (read > size - at || !Arrays.equals(bytes, at, at + read, piece, 0, read)) {
                    return false;
                }
                at += read;
            }
        }

        private static DataException changed(String name) {
            return new DataException("{}: changed while it was read; "
                    + "write a new file and rename it over the old one", name);
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

        void writeTo(OutputStream out) throws IOException {
            out.write(bytes, 0, length());
        }

        String text(int from, int to) {
            return new String(bytes, from, to - from, StandardCharsets.UTF_8);
        }

        /** The byte behind the value that begins there. */
        int end(int valueAt) {
            Json in = new Json(this, valueAt);
            in.skip();
            return in.at;
        }

        /** The JSON text of that member of a feed, or of the document where that is null; null where it has none. */
        String member(Feed feed, String name) {
            Json in = new Json(this, feed == null ? 0 : feed.at);
            in.enter('{', "an object");
            while (in.member()) {
                if (in.name.equals(name)) {
                    return in.skipped();
                }
                in.skip();
            }
            return null;
        }

        String sha256() {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                digest.update(bytes, 0, length());
                return HexFormat.of().formatHex(digest.digest());
            } catch (NoSuchAlgorithmException e) {
                throw new DataException("this JDK has no SHA-256"); // each has to have it
            }
        }
    }

    /** Replacement is a new file beside its target, that takes the target's place whole or not at all, with its mode and owner. */
    static final class Replacement implements AutoCloseable {
        /** One for the process, whatever it writes: the JVM keeps each name that it is to delete. The nanosecond keeps processes apart. */
        private static final String NAME = fill(".freshness-{}.tmp", System.nanoTime());

        private final Path target;
        private final Path temporary;
        private final FileChannel directory;
        private final FileChannel channel;
        final OutputStream out;

        Replacement(Path target) throws IOException {
            this.target = target;
            temporary = target.resolveSibling(NAME);
            Map<String, Object> replaced = ownership(target);
            if (replaced != null) {
                refuseForeign(target, replaced);
            }
            directory = FileChannel.open(target.getParent()); // now: what fails later is too late
            synchronized (Ending.HOOK) {
                Ending.HOOK.hold();
                temporary.toFile().deleteOnExit(); // SIGTERM and SIGINT leave nothing behind
                channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            }
            out = Channels.newOutputStream(channel);
            if (replaced != null) {
                // Those that were checked: another file may have the name by now.
                for (String attribute : Arrays.asList("gid", "uid", "mode")) {
                    keep(attribute, replaced.get(attribute));
                }
            }
        }

        private void keep(String attribute, Object value) throws IOException {
            try {
                String name = "unix:".concat(attribute);
                Files.setAttribute(temporary, name, value, LinkOption.NOFOLLOW_LINKS);
            } catch (FileSystemException notAllowed) {
                // Only root may give a file away; the mode is that of a file of one's own.
            }
        }

        /** Reads the new file back, and puts it in place if it holds those bytes; null asks for no comparison. */
        void commit(Document wanted) throws IOException {
            synchronized (Ending.HOOK) {
                Ending.HOOK.hold(); // at the end the JVM deletes the file, and that is no fault of this work
                channel.force(true);
                channel.close();
                if (wanted != null && !holds(wanted)) {
                    throw new DataException("{}: what was read back is not what was written", target);
                }
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            }
        }

        private boolean holds(Document wanted) throws IOException {
            try (RandomAccessFile in = new RandomAccessFile(temporary.toFile(), "r")) {
                return Document.holds(in, wanted.bytes);
            }
        }

        /** The new name is on disk once its directory is. */
        void settle() throws IOException {
            directory.force(true);
        }

        @Override public void close() throws IOException {
            directory.close();
            channel.close();
            Files.deleteIfExists(temporary);
        }
    }

    /**
     * Journal appends a line to a file that others append to as well, under a lock, and takes it back where the work that it
     * records is not done.
     */
    static final class Journal implements AutoCloseable {
        private final Path path;
        private FileChannel channel;
        private Object key;
        /** The size without the line. */
        private long size;
        private boolean locked;
        /** Whether this process made the file. */
        private boolean made;
        private boolean done;

        Journal(Path path, String line) throws IOException {
            this.path = path;
            long begun = System.nanoTime();
            for (String obstacle = open(); obstacle != null; obstacle = open()) {
                if (System.nanoTime() - begun > LOCK_SECONDS * SECOND) {
                    throw new DataException("{}: {}; nothing was written", path, obstacle);
                }
                sleep(LOCK_POLL_MILLIS);
            }
            synchronized (Ending.HOOK) {
                try {
                    Ending.HOOK.hold();
                    append(line);
                } catch (IOException | DataException e) {
                    close();
                    throw e;
                }
            }
        }

        /** Opens and locks the record. Returns why to try that again, or null if it worked. */
        private String open() throws IOException {
            synchronized (Ending.HOOK) {
                Ending.HOOK.hold();
                Ending.HOOK.open = this;
                try {
                    made = false;
                    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                        Files.createFile(path);
                        made = true;
                    }
                    key = key(path);
                    channel = FileChannel.open(path, StandardOpenOption.READ,
                            StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                    locked = lock();
                    if (!locked) {
                        made = false; // it is another's now
                        channel.close();
                        return "another process has locked this record; fuser and lslocks show it";
                    }
                    if (!isInPlace()) {
                        // Renamed or removed before it was locked: a line in it might be lost.
                        channel.close();
                        return "this record is replaced again and again";
                    }
                    size = channel.size();
                    return null;
                } catch (FileAlreadyExistsException | NoSuchFileException replaced) {
                    return "this record is replaced again and again";
                } catch (IOException e) {
                    close();
                    throw e;
                }
            }
        }

        /** What tells the file of that name from any other. */
        private static Object key(Path path) throws IOException {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey();
        }

        private boolean isInPlace() throws IOException {
            try {
                return Objects.equals(key, key(path));
            } catch (NoSuchFileException removed) {
                return false;
            }
        }

        /** Takes the lock if it is free. To wait for it may last for ever: a reader can hold it. */
        private boolean lock() throws IOException {
            try {
                return channel.tryLock() != null;
            } catch (OverlappingFileLockException held) {
                return false; // by this process
            }
        }

        private void append(String line) throws IOException {
            Map<String, Object> owner = ownership(path);
            if (owner != null && !made) {
                refuseForeign(path, owner);
            }
            ByteBuffer last = ByteBuffer.allocate(1);
            boolean torn = size > 0 && channel.read(last, size - 1) == 1 && last.get(0) != '\n';
            byte[] bytes = (torn ? "\n".concat(line) : line).getBytes(StandardCharsets.UTF_8);
            channel.position(size);
            Channels.newOutputStream(channel).write(bytes);
            channel.force(true);
        }

        @Override public void close() throws IOException {
            synchronized (Ending.HOOK) {
                if (!done) {
                    takeBack();
                }
                if (channel != null) {
                    channel.close();
                }
            }
        }

        private void takeBack() throws IOException {
            if (locked && channel.isOpen()) {
                channel.truncate(size);
            }
            if (made && isInPlace() && Files.size(path) == 0) {
                Files.delete(path);
            }
            made = false;
        }
    }

    /**
     * Ending is the hook of this process: when a signal ends it, a record whose work is not done is taken back, and the
     * main thread, which runs on for a moment, begins nothing that would be left.
     */
    static final class Ending extends Thread {
        static final Ending HOOK = new Ending();

        private boolean begun;
        private Journal open;

        private Ending() {
            try {
                Runtime.getRuntime().addShutdownHook(this);
            } catch (IllegalStateException e) {
                begun = true; // before this hook was there
            }
        }

        @Override public synchronized void run() {
            begun = true;
            try {
                if (open != null) {
                    open.close();
                }
            } catch (IOException e) {
                // The record stays, and nobody can be told.
            }
        }

        /** Once the end has begun, waits for it: nobody would clean up what is begun now. */
        synchronized void hold() throws IOException {
            try {
                while (begun) {
                    wait();
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }

    /**
     * Writes a state, and appends that line to its record if there is one: both or neither. What
     * fails most easily comes first: the new file is complete before the record is touched.
     */
    static void deliver(Document document, Path target, OutputStream out, Path record, String line)
            throws IOException {
        try (Replacement file = target == null ? null : new Replacement(target)) {
            if (file != null) {
                document.writeTo(file.out);
            }
            try (Journal journal = record == null ? null : new Journal(record, line)) {
                if (file == null) {
                    document.writeTo(out);
                }
                synchronized (Ending.HOOK) {
                    if (file != null) {
                        file.commit(document);
                    }
                    if (journal != null) {
                        journal.done = true;
                    }
                }
            }
            if (file != null) {
                file.settle();
            }
        }
    }

    /** Owner, group and mode of a file; null if there is none, or no owners on its file system. */
    private static Map<String, Object> ownership(Path path) throws IOException {
        try {
            return Files.readAttributes(path, "unix:uid,gid,mode", LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException | UnsupportedOperationException none) {
            return null;
        }
    }

    /**
     * Refuses another user's file in a directory that others can write: it may have been put there
     * so that what is written becomes that user's.
     */
    private static void refuseForeign(Path file, Map<String, Object> found) throws IOException {
        Path directory = file.getParent();
        int mode = (Integer) Files.getAttribute(directory, "unix:mode");
        if ((mode & WRITABLE_BY_OTHERS) == 0) {
            return;
        }
        Object own;
        synchronized (Ending.HOOK) {
            Ending.HOOK.hold();
            // Java does not say which user runs it, but a new file is that user's.
            Path probe = Files.isWritable(directory)
                    ? Files.createTempFile(directory, ".freshness-", ".tmp")
                    : Files.createTempFile(".freshness-", ".tmp");
            try {
                own = Files.getAttribute(probe, "unix:uid");
            } finally {
                Files.delete(probe);
            }
        }
        if (!found.get("uid").equals(own)) {
            throw new DataException("{}: another user's file, in a directory that others can write;"
                    + " name another file", file);
        }
    }

    private static void sleep(long millis) throws IOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** The path of an output; null where none is given, or standard output. Never a link, an input, or what is no regular file. */
    private static Path target(String option, Call call) {
        String name = call.one(option, "-");
        if (name.equals("-")) {
            return null;
        }
        Path path = path(name).toAbsolutePath();
        String bundled = bundledBaseline();
        String state = call.one("--state", bundled);
        String baseline = call.one("--baseline", bundled);
        String refusal = path.getParent() != null && !Files.isDirectory(path.getParent()) ? fill("no such directory: {}", path.getParent())
                : Files.isSymbolicLink(path) ? "a link; name the file itself"
                : Files.exists(path) && !Files.isRegularFile(path) ? "not a regular file"
                : isFile(path, "-".equals(state) ? "/dev/stdin" : state) ? "the input, which is never written; name another file"
                : bundled != null && sameFile(path, source()) ? "the program itself; name another file"
                : isFile(path, baseline) || isFile(path, bundled) ? "the baseline, which is never written; name another file" : null;
        if (refusal != null) {
            throw new DataException("{} {}: {}", option, name, refusal);
        }
        return path;
    }

    /** Whether that is the file of that name; null names none. */
    private static boolean isFile(Path path, String name) {
        return name != null && sameFile(path, path(name));
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
            boolean root = a.getParent() == null || b.getParent() == null;
            return root ? a.equals(b) : a.getFileName().equals(b.getFileName()) && sameFile(a.getParent(), b.getParent());
        }
    }

    private static String reason(IOException e) {
        String reason = e instanceof FileSystemException failure ? failure.getReason() : e.getMessage();
        return e instanceof NoSuchFileException ? "no such file" : e instanceof AccessDeniedException ? "permission denied"
                : reason != null ? reason : e.getClass().getSimpleName();
    }

    /**
     * This source file: the source launcher of each JDK says where it is, and the cached start says it in the same way. Null if
     * nobody does, as with compiled classes: some Freshness.java of the working directory need not be the one that runs.
     */
    private static Path source() {
        String said = System.getProperty("jdk.launcher.sourcefile", "");
        if (said.isEmpty()) {
            return null;
        }
        Path source = path(said).toAbsolutePath();
        try {
            return source.toRealPath();
        } catch (IOException gone) {
            return source;
        }
    }

    /** A file beside the source file, named as short as the working directory allows; null if nobody says where that is. */
    private static String beside(String name) {
        Path source = source();
        if (source == null) {
            return null;
        }
        return source.getParent().equals(Path.of("").toAbsolutePath()) ? name : source.resolveSibling(name).toString();
    }

    private static String bundledBaseline() {
        return beside(BUNDLED_BASELINE);
    }

    /** The bundled fixture, for work that has nothing else to begin with. */
    private static String fixture(String otherwise) {
        String name = bundledBaseline();
        if (name == null) {
            throw new DataException("{}; {}", NO_SOURCE, otherwise);
        }
        return name;
    }

    /** What a file descriptor of this process is, by the name that Linux gives it; empty elsewhere. */
    private static String descriptor(int number) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd", Integer.toString(number))).toString();
        } catch (IOException notLinux) {
            return "";
        }
    }

    /** Whether standard output is a terminal; the Console, which also knows, takes long to load. */
    private static boolean terminal() {
        String name = descriptor(1);
        if (name.isEmpty()) {
            System.setProperty("jdk.console", "java.base"); // the other one would answer where there is no terminal
            return System.console() != null;
        }
        return name.startsWith("/dev/pts/") || name.startsWith("/dev/tty");
    }

    // ---- Text ----

    /** A template with a value in the place of each {}. */
    static String fill(String template, Object... values) {
        return new Output(null).put(template, values).toString();
    }

    /** A JSON string; what a terminal might act on is escaped too. */
    static String quoted(String s) {
        return fill("\"{}\"", escaped(s, '"'));
    }

    /** Text that stays on its line: nothing in it moves a cursor, ends the line or reads as a plugin's performance data. */
    static String visible(String s) {
        return escaped(s, '|');
    }

    /**
     * Escapes what a terminal does not draw, backslashes and that character: names that differ look different. A combining mark
     * stays only behind a letter or a digit, which carries it; elsewhere it would change what stands before the name.
     */
    private static String escaped(String s, char special) {
        StringBuilder b = new StringBuilder();
        int clean = 0;
        boolean carries = false;
        int next;
        for (int i = 0; i < s.length(); i = next) {
            int point = s.codePointAt(i);
            next = i + Character.charCount(point);
            boolean mark = isMark(point);
            boolean shown = isDrawn(point) && point != '\\' && point != special && (carries || !mark);
            carries = shown && (mark || Character.isLetterOrDigit(point));
            if (shown) {
                continue;
            }
            b.append(s, clean, i);
            if (point == '\\' || point == '"') {
                b.append('\\').append((char) point);
            } else {
                for (char unit : Character.toChars(point)) {
                    b.append("\\u").append(HexFormat.of().toHexDigits(unit));
                }
            }
            clean = next;
        }
        return clean == 0 ? s : b.append(s, clean, s.length()).toString();
    }

    /** Whether it is drawn onto the character before it. */
    private static boolean isMark(int point) {
        return switch (Character.getType(point)) {
            case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.COMBINING_SPACING_MARK -> true;
            default -> false;
        };
    }

    /** What is drawn as nothing though Unicode calls it a letter, a mark or a symbol: pairs of the first and the last of a range. */
    private static final int[] NOT_DRAWN = {
        // Default_Ignorable_Code_Point, without what is no character yet or for formatting only
        0x34f, 0x34f, // combining grapheme joiner
        0x115f, 0x1160, // Hangul fillers
        0x17b4, 0x17b5, // Khmer inherent vowels
        0x180b, 0x180f, // Mongolian variation selectors
        0x3164, 0x3164, // Hangul filler
        0xfe00, 0xfe0f, // variation selectors
        0xffa0, 0xffa0, // halfwidth Hangul filler
        0xe0100, 0xe01ef, // variation selectors
        // Blanks by their names
        0x2800, 0x2800, // braille pattern blank
        0x13441, 0x13442, // Egyptian hieroglyph blanks
        0x16fe4, 0x16fe4, // Khitan small script filler
        0x1d159, 0x1d159, // musical symbol null notehead
    };

    /** Whether a terminal draws something for that character, be it a plain space. */
    private static boolean isDrawn(int point) {
        if (point >= ' ' && point <= '~') {
            return true;
        }
        switch (Character.getType(point)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED,
                    Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> {
                return false;
            }
            default -> { } // a letter, a mark, a digit, punctuation or a symbol
        }
        for (int i = 0; i < NOT_DRAWN.length; i += 2) {
            if (point >= NOT_DRAWN[i] && point <= NOT_DRAWN[i + 1]) {
                return false;
            }
        }
        return true;
    }

    /** The columns of a terminal that text takes: East Asian wide characters and emoji take two, combining marks none. */
    private static int width(String s) {
        int width = 0;
        for (int i = 0; i < s.length(); i++) {
            int c = s.codePointAt(i);
            i += c > 0xffff ? 1 : 0;
            boolean wide = c >= 0x1100 && (c <= 0x115f || c >= 0x2e80 && c <= 0xa4cf || c >= 0xac00 && c <= 0xd7a3 || c >= 0xf900 && c <= 0xfaff
                    || c >= 0xfe30 && c <= 0xfe6f || c >= 0xff00 && c <= 0xff60 || c >= 0x1f300 && c <= 0x1faff || c >= 0x20000);
            int type = c >= 0x300 ? Character.getType(c) : Character.UNASSIGNED;
            boolean above = type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK;
            width += above ? 0 : wide ? 2 : 1;
        }
        return width;
    }

    /** The nearest of the known words as a question, or else the words. */
    static String suggestion(String word, List<String> known) {
        for (int edits = 1; edits <= Math.min(MAX_EDITS, word.length() / 3 + 1); edits++) {
            for (String candidate : known) {
                if (candidate.startsWith(word) || near(word, candidate, edits)) {
                    return fill("; did you mean {}?", candidate);
                }
            }
        }
        return !known.isEmpty() && known.size() <= 10 ? fill("; known are {}", String.join(", ", known)) : "";
    }

    /** Whether so many characters put in, taken out or replaced make one word of the other. */
    private static boolean near(String a, String b, int edits) {
        if (a.isEmpty() || b.isEmpty()) {
            return a.length() + b.length() <= edits;
        }
        String restA = a.substring(1);
        String restB = b.substring(1);
        return a.charAt(0) == b.charAt(0) ? near(restA, restB, edits)
                : edits > 0 && (near(restA, restB, edits - 1) || near(restA, b, edits - 1) || near(a, restB, edits - 1));
    }

    /** How this program was started, as the beginning of a command. */
    static String program() {
        Path source = source();
        if (source == null) {
            return fill("java -cp {} Freshness", shellWord(System.getProperty("java.class.path")));
        } else if (!source.toString().endsWith(".java")) {
            return shellWord(source.toString()); // a copy with another name is a program by itself, with #! in its first line
        }
        String file = beside(source.getFileName().toString());
        boolean option = file.startsWith("-") || file.startsWith("@"); // or so java would take it
        return "java ".concat(shellWord(option ? "./".concat(file) : file));
    }

    /** A command that can be pasted into a shell; options without a value are left out. */
    private static String commandLine(String command, String... options) {
        Output line = new Output(null).put("{} {}", program(), command);
        for (int i = 0; i < options.length; i += 2) {
            String value = options[i + 1];
            if (value != null) {
                line.put(value.startsWith("--") ? " {}={}" : " {} {}", options[i], shellWord(value));
            }
        }
        return line.toString();
    }

    private static String shellWord(String word) {
        boolean plain = !word.isEmpty();
        for (char c : word.toCharArray()) {
            plain &= c < 0x7f && (Character.isLetterOrDigit(c) || "-_./:=@%+,".indexOf(c) >= 0);
        }
        return plain ? word
                : visible(word).equals(word) ? fill("'{}'", word.replace("'", "'\\''"))
                : fill("$'\\x{}'", HexFormat.ofDelimiter("\\x").formatHex(word.getBytes(StandardCharsets.UTF_8)));
    }

    // ---- Command line ----

    /** Option is one word of a usage: an option and the form of its value, or an operand, whose form is its name. */
    record Option(String name, String form, boolean required, boolean repeated) { }

    /** Call is one command line, checked before anything is read or written. */
    static final class Call {
        final InputStream in;
        final OutputStream out;
        final OutputStream err;
        final String command;
        /** The name of what its usage takes besides options; null where there is nothing. */
        private final String operand;
        boolean help;
        private final Map<String, Option> options = new LinkedHashMap<>();
        private final Map<String, LinkedHashSet<String>> values = new LinkedHashMap<>();

        Call(String[] args, InputStream in, OutputStream out, OutputStream err) {
            this.in = in;
            this.out = out;
            this.err = err;
            if (args.length == 0) {
                throw new UsageException(null, "no command given");
            }
            command = asksForHelp(args[0]) ? "help" : args[0];
            operand = takes(usage(command).split(" "));
            help = args.length == 2 && asksForHelp(args[1]);
            for (int i = 1; i < args.length && !help; i++) {
                String arg = args[i];
                int equals = arg.indexOf('=');
                if (asksForHelp(arg)) {
                    throw error("{} counts only as the one argument behind a command", arg);
                } else if (!arg.startsWith("-")) {
                    if (operand == null || has(operand)) {
                        String meant = command.equals("gate") ? "--feed" : "--state";
                        throw error("unexpected argument: {}{}", arg, options.containsKey(meant) ? fill("; did you mean {} {}?", meant, arg) : "");
                    }
                    put(operand, arg);
                } else if (equals >= 0) {
                    put(arg.substring(0, equals), arg.substring(equals + 1));
                } else {
                    boolean valued = options.containsKey(arg) && !options.get(arg).form.isEmpty();
                    put(arg, valued && i + 1 < args.length && !args[i + 1].startsWith("--") ? args[++i] : "");
                }
            }
            if (!help) {
                check();
            }
        }

        /** Notes the options that a usage has, and returns its operand; null where it has none. */
        private String takes(String[] words) {
            String operand = null;
            for (int i = 1; i < words.length; i++) {
                String name = bare(words[i]);
                operand = name.startsWith("--") ? operand : name;
                String form = !name.startsWith("--") ? name : words[i].endsWith("]") ? "" : bare(words[++i]);
                options.put(name, new Option(name, form.replace("...", ""), !words[i].endsWith("]"), form.endsWith("...")));
            }
            return operand;
        }

        private static boolean asksForHelp(String arg) {
            return arg.equals("--help") || arg.equals("-h");
        }

        /** The usage of that command. */
        static String usage(String command) {
            var known = new ArrayList<String>();
            for (String usage : USAGES) {
                String name = usage.split(" ")[0];
                known.add(name);
                if (name.equals(command)) {
                    return usage;
                }
            }
            throw new UsageException(null, "unknown command: {}{}", command,
                    command.startsWith("-") ? "; the command comes first" : suggestion(command, known));
        }

        private static String bare(String word) {
            return word.replace("[", "").replace("]", "");
        }

        private void put(String name, String value) {
            Option option = options.get(name);
            if (option == null) {
                var known = new ArrayList<>(options.keySet());
                known.remove(operand);
                throw error("unknown option: {}{}", name, suggestion(name, known));
            } else if (value.isEmpty() != option.form.isEmpty()) {
                throw error(value.isEmpty() ? "no value given for {}, expected {}" : "{} takes no value", name, option.form.replace("|", " or "));
            } else if (value.indexOf('\ufffd') >= 0) {
                throw error("the value of {} is not text in this locale; set LC_ALL=C.UTF-8", name);
            } else if (has(name) && !option.repeated) {
                throw error("{} is given twice", name);
            }
            String expected = expected(option.form, value);
            if (expected != null) {
                throw error("invalid value given for {}: {}{}", name, value, expected);
            }
            values.putIfAbsent(name, new LinkedHashSet<>());
            values.get(name).add(value);
        }

        /** What is expected where a value of that form is not valid; null where it is. */
        private static String expected(String form, String value) {
            return switch (form) {
                case "INSTANT" -> instant(value) != null ? null : "; expected an RFC 3339 instant, like 2026-11-22T09:37:00Z";
                case "N" -> value.equals(TICK_SEEN) ? "; give the age of a tick that you have seen, in seconds"
                        : age(value) <= FOREVER ? null : fill("; expected a number from 0 to {}", MAX_AGE_SECONDS);
                case "SECONDS" -> watchMillis(value) > 0 ? null : "; expected a number of seconds from 0.1 to 86400";
                case "KIND" -> oneOf(Kind.NAMES, value);
                case "ACTION" -> oneOf(ACTIONS, value);
                default -> form.indexOf('|') < 0 ? null : oneOf(Arrays.asList(form.split("\\|")), value);
            };
        }

        private static String oneOf(List<String> known, String value) {
            return known.contains(value) ? null : suggestion(value, known);
        }

        /** The rules beyond the usage. */
        private void check() {
            for (Option option : options.values()) {
                if (option.required && !has(option.name)) {
                    throw error("{} is missing{}", option.name, option.form.equals("KIND") ? ": ".concat(String.join(" ", Kind.NAMES)) : "");
                }
            }
            for (String option : Arrays.asList("--baseline", "--record")) {
                if (one(option, "").equals("-")) {
                    throw error("invalid value given for {}: -; expected a file", option);
                }
            }
            boolean file = !one("--output", "-").equals("-");
            if (has("--watch") && (has("--now") || one("--state", "").equals("-"))) {
                throw error("--watch reads a file again and again, by the real clock; leave out --now and --state -");
            } else if (has("--watch") && command.equals("status") && !one("--format", "text").equals(file ? "prometheus" : "text")) {
                throw error("status --watch shows text, or writes a file with --format prometheus --output FILE");
            }
            if (has("KIND")) {
                Kind kind = Kind.valueOf(one("KIND", null));
                if (kind.ofFeed() != has("--feed")) {
                    throw error(kind.ofFeed() ? "--feed is missing" : "scenario {} is of the whole state; leave out --feed", kind);
                } else if (kind != Kind.stale && has("--age-seconds")) {
                    throw error("--age-seconds goes with scenario stale only");
                }
            }
        }

        UsageException error(String template, Object... arguments) {
            return new UsageException(command, template, arguments);
        }

        /** The age in an argument, which has to be a number by the rules of JSON, and nothing around it. */
        private static long age(String text) {
            try {
                return new Json(Document.of("", text), 0).skipped().equals(text) ? Freshness.age(text) : INVALID_AGE;
            } catch (DataException notJson) {
                return INVALID_AGE;
            }
        }

        boolean has(String option) {
            return values.containsKey(option);
        }

        /** The values that are given for an option, each once. */
        List<String> all(String option) {
            return new ArrayList<>(has(option) ? values.get(option) : Arrays.asList());
        }

        String one(String option, String otherwise) {
            return has(option) ? all(option).get(0) : otherwise;
        }

        boolean json() {
            return one("--format", "text").equals("json");
        }

        Instant now() {
            // The next millisecond: an age is never taken for younger than it is.
            return has("--now") ? instant(one("--now", null)) : Instant.ofEpochMilli(System.currentTimeMillis() + 1);
        }

        /** Waits for the next evaluation of a watch. */
        void pause() {
            try {
                Thread.sleep(watchMillis(one("--watch", null)));
            } catch (InterruptedException e) {
                throw new DataException("the watch was interrupted");
            }
        }

        /** The time between two evaluations; 0 where it is no valid one. */
        static long watchMillis(String value) {
            long millis = age(value) / 1_000_000;
            return millis < 100 || millis > 86_400_000 ? 0 : millis;
        }

        boolean colors() {
            String when = one("--color", "auto");
            String never = System.getenv("NO_COLOR");
            return when.equals("always") || when.equals("auto") && !has("--output") && (never == null || never.isEmpty()) && terminal();
        }
    }
}

/* ---- Launcher ----
# What a shell runs. Line 1 of the file is a comment for Java. A shell reads it as a command that
# takes what stands from "launch() {" to the last line, evaluates it and calls launch.
#
# It starts the program from classes that were compiled from this very source, if the cache has
# them, and from the source otherwise. It decides nothing about feeds: it hands over to Java with
# exec, or says in one line why it cannot, and ends with 3. It needs a POSIX sh: dash, bash, zsh,
# BusyBox, macOS. A start from the cache runs no programs but sed (in line 1), readlink (without
# JAVA_HOME), sha256sum, find and java.
#
# In the cache there are
#   DIGESTS          an entry: one line, with the name of a directory and the sizes of its two
#                    files. DIGESTS are those of the source and of what says which JDK it is, so
#                    that an edit or another JDK means another entry.
#   classes.XXXXXX/  program.jar, the compiled classes, and program.jsa, Java's image of them in
#                    memory.
#
# A directory is filled where it stays: Java takes an image only for a jar in the place where it
# was made. The entry comes last, when the files are on the disk. So a build that is cut short, by
# a signal or by a power cut, leaves no entry, and a file that is cut later has another size than
# its entry says: both are built again. A byte that changes within a file is not noticed: digests
# of both files would cost each start a tenth.
launch() {
  set +u # the shell that reads this may have been told that unset variables are errors
  [ -z "$ZSH_VERSION" ] || emulate sh
  IFS='
'
  why='' # it starts from the source, if it does
  case $me in
    -* | @*) me=./$me ;; # Java takes the one for an option, and the other for a file with arguments
  esac
  java=${JAVA_HOME:+$JAVA_HOME/bin/java}
  java=${java:-$(command -v java)}
  case $java in
    -*) java=./$java ;;
  esac
  if [ ! -f "$java" ] || [ ! -x "$java" ]; then
    stop "there is no ${java:-java on the PATH}"
  fi
  users_options=$JAVA_TOOL_OPTIONS$JDK_JAVA_OPTIONS$_JAVA_OPTIONS
  [ -z "$users_options" ] || check_options || exit 3

  find_entry
  if ! ready; then
    new_enough "$java" || stop "$java is $(asked_version "$java" | sed -n '/version "/{p;q;}')"
    [ -n "$why" ] || prepare
  fi
  start=start_classes
  [ -z "$why" ] || start=start_source
  [ -z "$users_options" ] || answers || fail "Java does not run the program with the options in\
 JAVA_TOOL_OPTIONS, JDK_JAVA_OPTIONS or _JAVA_OPTIONS; $(how_to_clear)"
  "$start" "$@"
}

# ---- Start ----

start_source() {
  # The quick compiler alone takes 0.7 to 0.8 of the time. A class path that does not exist keeps
  # out plugins for javac that lie in the working directory.
  exec "$java" -XX:TieredStopAtLevel=1 -cp /dev/null/none -Dfreshness.start="source, $why" \
    --source 17 "$me" "$@"
}

start_classes() {
  choose_compilers "$@"
  set -- -cp "$jar" -Dfreshness.start=cache -Djdk.launcher.sourcefile="$me" Freshness "$@"
  [ -z "$users_options" ] || exec "$java" "$@" # the options below might not go with the user's
  set -- -XX:TieredStopAtLevel="$compilers" -XX:+Use"$collector"GC "$@"
  # Each of these is worth its line. The figures are what a gate on three feeds takes more of
  # processor time without it, on 17, 21 and 25. What is set last comes first on the command line.
  set -- -XX:CompileThresholdScaling=3 "$@" # 8 %, 7 %, 8 %: most methods are called too seldom
  set -- -XX:ArchiveRelocationMode=0 "$@" # 13 %, 16 %, 17 %: the image stays at its own address
  set -- -XX:+UnlockDiagnosticVMOptions "$@" # 17 and 21 ask it for the one above
  set -- -XX:-UsePerfData "$@" # 3 %, 7 %, 2 %: no file for jps and jstat
  set -- -Xlog:disable "$@" # not for speed: warnings about the image would precede the verdict
  set -- -XX:SharedArchiveFile="$archive" "$@" # 27 %, 26 %, 37 %
  set -- -XX:+IgnoreUnrecognizedVMOptions "$@" # another maker's Java may not know them all
  exec "$java" "$@"
}

# choose_compilers ARGUMENT...: by the largest file among them. The optimizing compiler pays from
# some 20 MB on; before, it costs a tenth. Java 17 takes objects from its archive with G1 only;
# everywhere else the serial collector starts faster.
choose_compilers() {
  compilers=1
  for file; do
    file=${file#--*=}
    case $file in
      -*) continue ;;
    esac
    [ -f "$file" ] || continue
    [ -z "$(find -L "$file" -prune -size +40000 2>/dev/null)" ] || compilers=4
  done
  collector=Serial
  if [ $compilers = 1 ] && [ ! -x "$home/bin/jwebserver" ]; then # which came with 18
    collector=G1
  fi
}

# ---- The user's options for Java ----

# check_options: refuses every option that is not known to leave the verdict alone. With others Java
# lists its modules, prints its flags or runs other code, and ends with 0: whoever asked the gate
# would take it for open. Java splits the variables at white space, and knows quotes, backslashes
# and @files. None of these is let through.
check_options() (
  set -f
  blanks=$(printf ' \t\n\v\f\r.')
  for variable in JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS; do
    eval "value=\$$variable"
    IFS=${blanks%.}
    for word in $value; do
      [ -z "$word" ] || harmless "$word" || refuse "$variable" "$word"
    done
  done
)

harmless() { # WORD
  plain=abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._:=+-
  case $1 in
    *[!$plain]*) return 1 ;;
  esac
  case $1 in
    -Xms* | -Xmx* | -Xmn* | -Xss*) is_size "${1#-X??}" ;;
    -XX:MaxRAMPercentage=* | -XX:MinRAMPercentage=* | -XX:InitialRAMPercentage=*)
      is_decimal "${1#*=}"
      ;;
    -XX:ActiveProcessorCount=*) is_number "${1#*=}" ;;
    -XX:TieredStopAtLevel=[01234]) ;;
    -XX:+UseSerialGC | -XX:+UseParallelGC | -XX:+UseG1GC | -XX:+UseZGC | -XX:+UseShenandoahGC) ;;
    -XX:-UsePerfData | -XX:[+-]UseContainerSupport) ;;
    -Djava.io.tmpdir=?* | -Duser.timezone=?* | -Dfile.encoding=?*) ;;
    *) return 1 ;;
  esac
}

is_number() {
  case $1 in
    '' | *[!0123456789]*) return 1 ;;
  esac
}

is_decimal() {
  case $1 in
    *.*) is_number "${1%%.*}" && is_number "${1#*.}" ;;
    *) is_number "$1" ;;
  esac
}

is_size() {
  is_number "${1%[kKmMgGtT]}"
}

refuse() { # VARIABLE WORD
  fail "$1 holds an option that is not known to be harmless: $(printf %.200s "$2"); $(how_to_clear)"
}

# answers: whether Java, started with these options in the way that comes next, is this program.
# Options that do not go together, or a heap that is too small, let Java end with 1 before it
# begins.
answers() {
  answer=$("$start" --version </dev/null 2>/dev/null) || return
  case $answer in
    'freshness '[0-9]*', Java '[0-9]*) ;;
    *) return 1 ;;
  esac
}

how_to_clear() {
  printf %s 'clear it: env -u JAVA_TOOL_OPTIONS -u JDK_JAVA_OPTIONS -u _JAVA_OPTIONS'
  if program=$(quoted "$me"); then
    printf %s " sh $program ..."
  fi
}

# ---- The cache ----

# find_entry: sets cache and entry, or why there is none.
find_entry() {
  cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}/freshness
  case $cache in
    /freshness | [!/]*) why='FRESHNESS_CACHE=off, or neither XDG_CACHE_HOME nor HOME is set' ;;
    *:*) why='the path of the cache has a colon, which separates paths for Java' ;;
  esac
  case $FRESHNESS_CACHE in
    off*) why='FRESHNESS_CACHE=off, or neither XDG_CACHE_HOME nor HOME is set' ;;
  esac
  [ -n "$why" ] || name_entry "$me" || why='no sha256sum or shasum'
}

name_entry() { # SOURCE
  command -v sha256sum || sha256sum() { shasum -a 256 "$@"; } # macOS
  home=${JAVA_HOME:-$(readlink -f "$java")}
  home=${home%/bin/java}
  if [ -f "$home/release" ]; then
    digests=$(sha256sum "$1" "$home/release") || return
  else # a shim, behind which any JDK may stand
    digests=$(asked_version "$java" | sha256sum "$1" -) || return
  fi
  of_jdk=${digests##*"$IFS"}
  entry=${digests%% *}-${of_jdk%% *}
  [ ${#entry} = 129 ] || return
  entry=$cache/$entry
} >/dev/null 2>&1

# ready: whether the entry is whole and to be trusted. Sets jar and archive.
ready() {
  [ -z "$why" ] || return
  [ -f "$entry" ] || return # a pipe would never end
  IFS=' ' read -r directory jar_bytes archive_bytes <"$entry" || return
  case $directory in
    classes.*[/]*) return 1 ;;
    classes.*) ;;
    *) return 1 ;;
  esac
  is_number "$jar_bytes" || return
  is_number "$archive_bytes" || return
  jar=$cache/$directory/program.jar
  archive=$cache/$directory/program.jsa
  trusted "$cache" "$cache/.." "$entry" "$cache/$directory" "$jar" "$archive"
} 2>/dev/null

# trusted FILE...: whether each is the user's own or root's, and nobody else can write it; jar and
# archive also whether they have their sizes.
trusted() {
  for file; do
    [ -O "$file" ] || [ -n "$(find "$file" -prune -user 0)" ] || return
  done
  found=$(find "$@" -prune ! -perm -20 ! -perm -2 \
    \( ! -name program.jar -o -size "${jar_bytes:-0}"c \) \
    \( ! -name program.jsa -o -size "${archive_bytes:-0}"c \))
  [ "$found" = "$*" ]
} 2>/dev/null

# prepare: makes the entry, or says why there is none.
prepare() {
  (umask 077 && mkdir -p "$cache")
  unset jar_bytes archive_bytes # of a damaged entry
  if ! trusted "$cache" "$cache/.."; then
    why="cache directory is not trusted: $cache"
    return
  fi
  # A signal waits until the build, which gets it too, has cleared up: then this shell ends by it.
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 131' QUIT
  trap 'exit 143' TERM
  build
  trap - HUP INT QUIT TERM
  ready || why="nothing could be built in $cache"
} >/dev/null 2>&1 </dev/null

build() (
  unset CLASSPATH JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS JDK_JAVAC_OPTIONS
  umask 022
  made=''
  trap '[ -z "$made" ] || rm -rf "$made"' EXIT
  trap 'exit 1' HUP INT QUIT PIPE ALRM TERM USR1 USR2 # dash leaves EXIT out if a signal ends it
  made=$(mktemp -d "$cache/classes.XXXXXX") || exit
  chmod 755 "$made" || exit # what root builds may be for all
  work=$made/work
  mkdir "$work" || exit

  # What is compiled gives the entry its name, and not the source, which may be edited meanwhile.
  cp "$me" "$work/Freshness.java" || exit
  name_entry "$work/Freshness.java" || exit
  "$java" -XX:TieredStopAtLevel=1 -m jdk.compiler/com.sun.tools.javac.Main --release 17 -proc:none \
    -cp /dev/null/none -d "$work/classes" "$work/Freshness.java" || exit
  jar=$made/program.jar
  "$java" -m jdk.jartool/sun.tools.jar.Main -c -f "$jar" -0 -M -C "$work/classes" . || exit

  [ -s "$jar" ] || exit

  # Smoke calls nearly everything. Without an archive a start takes longer, and that is all. So one
  # of a Java that came to no orderly end is left out; smoke itself fails with 2 if the fixture was
  # changed.
  archive=$made/program.jsa
  "$java" -XX:ArchiveClassesAtExit="$archive" -Djava.io.tmpdir="$work" \
    -Djdk.launcher.sourcefile="$me" -cp "$jar" Freshness smoke
  case $? in
    0 | 2) ;;
    *) rm -f "$archive" ;;
  esac
  : >>"$archive" || exit

  sync "$jar" "$archive" || sync || exit # a sync that takes no files takes all there are
  sizes="$(($(wc -c <"$jar"))) $(($(wc -c <"$archive")))" || exit
  (echo "${made#"$cache/"} $sizes" >"$work/entry") || exit # a limit on sizes kills who writes

  trap '' HUP INT QUIT PIPE ALRM TERM USR1 USR2 # from here on another start may use it
  [ -f "$entry" ] || rm -rf "$entry" # into a directory ln would put it
  if ! ln "$work/entry" "$entry"; then
    ! ready || exit 0 # another build was first
    mv -f "$work/entry" "$entry" || exit # what is there is damaged
  fi
  trap - EXIT
  rm -rf "$work"
  clear_away
)

# clear_away: what lies longest in the cache, beyond a dozen entries, and what builds that were
# killed left there.
clear_away() {
  cd "$cache" || return
  # shellcheck disable=SC2012 # these names are the launcher's own
  ls -t | tail -n +25 | while read -r old; do
    rm -rf "./$old"
  done
  for old in classes.*; do
    [ -n "$(find "$old" -prune -type d -mtime +0)" ] || continue # no build takes a day
    grep -qs "^$old " ./*-* || rm -rf "$old"
  done
}

# ---- Which Java, and how it ends without ----

# asked_version JAVA: what it says of itself, without the user's options.
asked_version() (
  unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS
  "$1" -version 2>&1
)

new_enough() { # JAVA
  case $(asked_version "$1") in
    *'version "1'[789]* | *'version "'[23456789][0123456789]*) ;;
    *) return 1 ;;
  esac
}

# stop WHY: for want of a Java; names one that is on this machine.
stop() {
  for jdk in /usr/lib/jvm/* /opt/* /opt/homebrew/opt/* \
    /Library/Java/JavaVirtualMachines/*"/Contents/Home" ~/.sdkman/candidates/java/*; do
    new_enough "$jdk/bin/java" || continue
    quoted_jdk=$(quoted "$jdk") || continue
    program=$(quoted "$me") || continue
    fail "$1; try the newer JAVA_HOME=$quoted_jdk sh $program status"
  done
  fail "$1; install Java 17 or newer, or set JAVA_HOME to one"
}

# quoted TEXT: prints it as one word of a shell, to be pasted; fails if it has more than printable
# ASCII.
quoted() {
  others=$(printf %s "$1" | LC_ALL=C tr -d ' -~' && echo .)
  [ "$others" = . ] || return
  printf '%s\n' "$1" | sed "s/'/'\\\\''/g; s/^/'/; s/\$/'/"
}

# fail MESSAGE: in one line, without anything that a terminal would act on.
fail() {
  line=$(printf %s "$1" | LC_ALL=C tr -c ' -~' '?') || line='Java cannot be started'
  printf 'freshness: %s\n' "$line" >&2
  exit 3
}
# */
