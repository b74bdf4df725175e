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
import java.nio.file.DirectoryStream;
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
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
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
    /** About 31 years. An age above it is no plausible time: an epoch timestamp written as an age lies above. */
    static final long MAX_AGE_SECONDS = 1_000_000_000L;
    /** A longer number is kept in a state, but is no age and no limit: exact arithmetic on it would be slow. */
    static final int MAX_NUMBER_CHARS = 1000;
    static final int MAX_SKEW_SECONDS = 1;

    static final String BUNDLED_BASELINE = "data/healthy.json";
    static final String STALE_AGE_SECONDS = "660";
    static final String SKEWED_AGE_SECONDS = "-30";
    static final long RECOVERED_AGE_SECONDS = 5;
    static final int FROZEN_FOR_SECONDS = 3600;
    /** How many unsafe feeds the text report explains; a table has a row for each all the same. */
    static final int MAX_EXPLAINED = 20;
    static final int MAX_NAMED_IN_LINE = 5;
    static final int MIN_JAVA = 21;
    /** A clock outside 2026 to 2125 is wrong; in seconds since 1970. */
    static final long MIN_CLOCK = 1_767_225_600L;
    static final long MAX_CLOCK = 4_922_899_200L;

    static final int SAFE = 0;
    static final int UNSAFE = 2;
    static final int UNEVALUATED = 3;

    // ---- Start and dispatch ----

    public static void main(String... args) {
        int exit = UNEVALUATED;
        try {
            exit = run(args, System.in, new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err));
        } finally {
            System.exit(exit);
        }
    }

    /** Runs one command and returns its exit code; the one place where errors become a line and a code. */
    static int run(String[] args, InputStream in, OutputStream out, OutputStream err) {
        String problem;
        try {
            int java = Runtime.version().feature();
            if (java < MIN_JAVA) {
                throw new DataException("Java " + MIN_JAVA + " or newer is needed, and this is Java " + java
                        + "; set JAVA_HOME to a newer JDK, or put its java first on the PATH");
            }
            return dispatch(args, in, out, err);
        } catch (UsageException | DataException e) {
            problem = e.getMessage();
        } catch (IOException e) {
            problem = "the output could not be delivered: " + reason(e);
        } catch (OutOfMemoryError e) {
            problem = "out of memory: give the JVM a larger heap, for example JDK_JAVA_OPTIONS=-Xmx4g";
        } catch (RuntimeException | Error e) {
            problem = "internal error, please report it: " + e;
        }
        try {
            err.write(("freshness: " + visible(problem) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            return UNEVALUATED; // nobody can be told; the exit code still says it
        }
        return UNEVALUATED;
    }

    private static int dispatch(String[] args, InputStream in, OutputStream out, OutputStream err) throws IOException {
        Call call = Call.parse(args);
        if (call.help) {
            return help(call.command, new Sink(out));
        }
        switch (call.command) {
            case STATUS: return call.has(Option.WATCH) ? watch(call, in, out) : status(call, in, out, err);
            case GATE: return gate(call, in, out, err);
            case SCENARIO: return scenario(call, in, out, err);
            case RECOVER: return recover(call, in, out, err);
            case SMOKE: return smoke(call, out);
            case DOCTOR: return doctor(call, out);
            case HELP: return help(call.operand == null ? null : Command.named(call.operand), new Sink(out));
            case VERSION:
                new Sink(out).add("freshness 1.0, Java ").add(Runtime.version().toString()).add("\n").flush();
                return SAFE;
        }
        throw new IllegalStateException(call.command.wire);
    }

    /** The caller asked for something that the program does not offer. */
    static final class UsageException extends RuntimeException {
        private static final long serialVersionUID = 1;

        UsageException(String message, Command command) {
            super(message + "; see: " + program() + " help" + (command == null ? "" : " " + command.wire));
        }
    }

    /** A file could not be read, understood or written; the message says which, where and what was expected. */
    static final class DataException extends RuntimeException {
        private static final long serialVersionUID = 1;

        DataException(String message) {
            super(message);
        }
    }

    // ---- Domain ----

    enum Action {
        INSPECT_STATUS, READ_LAST_PRICE, SERVE_CACHED_STATUS, PRICE_ORDER, PUBLISH_SIGNAL, REBALANCE_POSITION;

        final String wire = name().toLowerCase(Locale.ROOT);
        private static final Action[] ALL = values();

        static Action named(String wire) {
            for (Action action : ALL) {
                if (action.wire.equals(wire)) {
                    return action;
                }
            }
            return null;
        }
    }

    /** How fresh a feed is, and how many of the actions, in their order, that allows. */
    enum Status {
        UNKNOWN(1), STALE(3), FRESH(6);

        final String wire = name().toLowerCase(Locale.ROOT);
        private final int allowed;
        final String allowedJson;
        final String blockedJson;

        Status(int allowed) {
            this.allowed = allowed;
            allowedJson = actions(true, "\"");
            blockedJson = actions(false, "\"");
        }

        boolean allows(Action action) {
            return action.ordinal() < allowed;
        }

        /** The names of the actions that are allowed, or else of those that are blocked. */
        String actions(boolean wanted, String quote) {
            StringBuilder b = new StringBuilder();
            for (Action action : Action.ALL) {
                if (allows(action) == wanted) {
                    b.append(b.length() == 0 ? "" : ", ").append(quote).append(action.wire).append(quote);
                }
            }
            return b.toString();
        }
    }

    /** Why a feed got its status, in the order of the decision; the first that matches counts. */
    enum Reason {
        STATE_INVALID(Status.UNKNOWN, "correct the state or its producer, then ask again"),
        FEED_MISSING(Status.UNKNOWN, null),
        FEED_UNEXPECTED(Status.UNKNOWN, "review this feed and add it to the baseline, or stop the producer from writing it"),
        AS_OF_MISSING(Status.UNKNOWN, "make the producer write as_of; the baseline requires it"),
        AS_OF_INVALID(Status.UNKNOWN, "make the producer write as_of as an RFC 3339 instant, like 2026-11-22T09:37:00Z"),
        CLOCK_SKEW(Status.UNKNOWN, "compare the clocks of this host and of the one that wrote the state"),
        ALIVE_INVALID(Status.UNKNOWN, null),
        FEED_DOWN(Status.UNKNOWN, null),
        LIMIT_INVALID(Status.UNKNOWN, "correct max_age_seconds in the state and in the baseline"),
        AGE_MISSING(Status.UNKNOWN, null),
        AGE_INVALID(Status.UNKNOWN, null),
        STALE(Status.STALE, null),
        FRESH(Status.FRESH, null);

        final String wire = name().toLowerCase(Locale.ROOT);
        final Status status;
        /** What to do next where a recovery would be refused; null where it is the way. */
        final String advice;

        Reason(Status status, String advice) {
            this.status = status;
            this.advice = advice;
        }
    }

    enum Alert {
        NONE, TICKET, PAGE;

        final String wire = name().toLowerCase(Locale.ROOT);
    }

    /**
     * Seconds is what stands where a state has a number of seconds: an exact number, or something else.
     * The usual number is whole nanoseconds; one that does not fit is kept as a BigDecimal; a fault is the text found instead.
     */
    static final class Seconds {
        static final Seconds ZERO = new Seconds(0, null, null);
        static final long NANOS = 1_000_000_000;
        private static final int SENSELESS_POWER = 9_999;
        private static final int MAX_PLAIN_DIGITS = 50;

        private final long nanos;
        private final BigDecimal exact;
        final String fault;

        private Seconds(long nanos, BigDecimal exact, String fault) {
            this.nanos = nanos;
            this.exact = exact;
            this.fault = fault;
        }

        static Seconds ofNanos(long nanos) {
            return new Seconds(nanos, null, null);
        }

        static Seconds fault(String found) {
            return new Seconds(0, null, found);
        }

        /** Takes a number as RFC 8259 writes it. An exponent beyond all sense becomes a smaller one, as senseless. */
        static Seconds of(byte[] in, int from, int to) {
            if (to - from > MAX_NUMBER_CHARS) {
                return fault("a number of " + (to - from) + " characters");
            }
            String number = new String(in, from, to - from, StandardCharsets.ISO_8859_1);
            int e = Math.max(number.indexOf('e'), number.indexOf('E'));
            if (e < 0) {
                return new Seconds(0, new BigDecimal(number), null);
            }
            int power = 0;
            for (int i = e + 1; i < number.length(); i++) {
                power = Math.min(SENSELESS_POWER, power * 10 + Math.max(0, number.charAt(i) - '0'));
            }
            BigDecimal digits = new BigDecimal(number.substring(0, e));
            return digits.signum() == 0 ? ZERO
                    : new Seconds(0, digits.scaleByPowerOfTen(number.charAt(e + 1) == '-' ? -power : power), null);
        }

        static Seconds between(Instant from, Instant to) {
            Duration d = Duration.between(from, to);
            return d.getSeconds() < MAX_AGE_SECONDS ? ofNanos(d.toNanos())
                    : new Seconds(0, BigDecimal.valueOf(d.getSeconds()).add(BigDecimal.valueOf(d.getNano(), 9)), null);
        }

        private BigDecimal decimal() {
            return exact != null ? exact : BigDecimal.valueOf(nanos, 9);
        }

        Seconds plus(Seconds other) {
            return exact == null && other.exact == null ? ofNanos(nanos + other.nanos)
                    : new Seconds(0, decimal().add(other.decimal()), null);
        }

        int compareTo(Seconds other) {
            return exact == null && other.exact == null ? Long.compare(nanos, other.nanos)
                    : decimal().compareTo(other.decimal());
        }

        boolean isAbove(Seconds limit) {
            return compareTo(limit) > 0;
        }

        int sign() {
            return exact == null ? Long.signum(nanos) : exact.signum();
        }

        Seconds tenfold() {
            return new Seconds(0, decimal().scaleByPowerOfTen(1), null);
        }

        double approximate() {
            return exact == null ? (double) nanos / NANOS : exact.doubleValue();
        }

        @Override public String toString() {
            StringBuilder b = new StringBuilder();
            append(b);
            return b.toString();
        }

        void append(StringBuilder b) {
            if (exact != null) {
                BigDecimal shortest = exact.stripTrailingZeros();
                b.append(Math.abs(shortest.scale()) > MAX_PLAIN_DIGITS ? shortest.toString() : shortest.toPlainString());
                return;
            }
            long fraction = Math.abs(nanos % NANOS);
            b.append(nanos < 0 && nanos > -NANOS ? "-" : "").append(nanos / NANOS);
            if (fraction != 0) {
                b.append('.');
                for (long unit = NANOS / 10; fraction != 0; fraction %= unit, unit /= 10) {
                    b.append((char) ('0' + fraction / unit));
                    if (unit == 1) {
                        break;
                    }
                }
            }
        }
    }

    /**
     * Feed is one entry of a state or a baseline, as claimed.
     *
     * @param alive null where it is absent or not a boolean
     * @param age   null where it is absent or null
     * @param limit null where the document's own limit counts
     * @param at    where the entry begins, in bytes
     */
    record Feed(String name, Boolean alive, Seconds age, Seconds limit, int at) { }

    /**
     * Verdict is what was decided for one feed.
     *
     * @param age    the age now; null where it is unknown
     * @param limit  the limit that counted; null where there is none
     * @param detail one sentence that says why; null where the figures say it
     */
    record Verdict(String name, Boolean alive, Seconds age, Seconds limit, Reason reason, Alert alert, String detail) {
        boolean safe() {
            return reason == Reason.FRESH;
        }

        String blockedReason() {
            return safe() ? null : detail != null ? detail : "last tick " + age + "s old, limit " + limit + "s";
        }

        /** The verdict in a few words, for a line that names several feeds. */
        String brief() {
            return name + " " + reason.status.wire
                    + (reason == Reason.STALE ? ", " + age + "s > " + limit + "s" : " (" + reason.wire + ")");
        }
    }

    // ---- Decision ----

    /**
     * Decision holds the rule: a baseline, a state or else the error that kept it from being read, and an instant go in,
     * verdicts come out. No clock, file, environment or output in here.
     */
    static final class Decision {
        private final State baseline;
        private final State state;
        private final String error;
        /** A fault of the snapshot as a whole makes each of its feeds unknown. */
        private final Reason snapshotFault;
        private final String snapshotDetail;
        /** How long ago the snapshot was taken: added to every age, so that a frozen snapshot turns stale. */
        private final Seconds elapsed;

        Decision(State baseline, State state, String error, Instant now) {
            this.baseline = baseline;
            this.state = error == null ? state : null;
            this.error = error;
            Reason fault = null;
            String detail = null;
            Seconds sinceAsOf = Seconds.ZERO;
            if (error == null && state.asOfText == null) {
                if (baseline.requireAsOf) {
                    fault = Reason.AS_OF_MISSING;
                    detail = "the baseline requires as_of and the state has none";
                }
            } else if (error == null && state.asOf == null) {
                fault = Reason.AS_OF_INVALID;
                detail = "as_of is " + state.asOfText + ", not an RFC 3339 instant";
            } else if (error == null && state.asOf.isAfter(now.plusSeconds(MAX_SKEW_SECONDS))) {
                fault = Reason.CLOCK_SKEW;
                detail = "as_of is " + Seconds.between(now, state.asOf) + "s in the future";
            } else if (error == null && state.asOf.isBefore(now)) {
                sinceAsOf = Seconds.between(state.asOf, now);
            }
            snapshotFault = fault;
            snapshotDetail = detail;
            elapsed = sinceAsOf;
        }

        /** The verdict on the feed of that name; null where neither the baseline nor the state has it. */
        Verdict of(String name) {
            Feed contract = baseline.feed(name);
            Feed claim = state == null ? null : state.feed(name);
            return contract == null && claim == null ? null : decide(contract, claim);
        }

        /** All verdicts: the baseline's feeds in its order, then the unexpected ones in the state's. */
        List<Verdict> all() {
            List<Verdict> verdicts = new ArrayList<>(baseline.feeds.size());
            for (Feed contract : baseline.feeds) {
                verdicts.add(decide(contract, state == null ? null : state == baseline ? contract : state.feed(contract.name)));
            }
            if (state != null && state != baseline) {
                for (Feed claim : state.feeds) {
                    if (baseline.feed(claim.name) == null) {
                        verdicts.add(decide(null, claim));
                    }
                }
            }
            return verdicts;
        }

        private Verdict decide(Feed contract, Feed claim) {
            Seconds agreed = contract == null ? null : baseline.limitOf(contract);
            if (error != null) {
                return unsafe(contract, null, agreed, Reason.STATE_INVALID, "the state cannot be evaluated: " + error);
            }
            if (claim == null) {
                return unsafe(contract, null, agreed, Reason.FEED_MISSING, "the baseline lists this feed and the state does not");
            }
            if (contract == null) {
                return unsafe(claim, null, null, Reason.FEED_UNEXPECTED, "the state lists this feed and the baseline does not");
            }
            Seconds own = state.limitOf(claim);
            Seconds limit = smaller(own, agreed);
            if (snapshotFault != null) {
                return unsafe(claim, null, limit, snapshotFault, snapshotDetail);
            }
            boolean plausible = claim.age != null && claim.age.fault == null && claim.age.sign() >= 0
                    && !claim.age.isAbove(MAX_AGE);
            Seconds age = plausible ? claim.age.plus(elapsed) : null;
            if (claim.alive == null) {
                return unsafe(claim, age, limit, Reason.ALIVE_INVALID, "alive is absent, or neither true nor false");
            }
            if (!claim.alive) {
                return unsafe(claim, age, limit, Reason.FEED_DOWN, "the feed consumer does not answer: alive is false");
            }
            if (limit == null) {
                return unsafe(claim, age, null, Reason.LIMIT_INVALID, "max_age_seconds is " + found(valid(agreed) ? own : agreed)
                        + " in the " + (valid(agreed) ? "state" : "baseline") + ", not a number above 0");
            }
            if (claim.age == null) {
                return unsafe(claim, null, limit, Reason.AGE_MISSING, "the age of the newest tick is not known");
            }
            if (!plausible) {
                return unsafe(claim, null, limit, Reason.AGE_INVALID,
                        "last_tick_age_seconds is " + found(claim.age) + ", not a plausible age");
            }
            if (age.isAbove(limit)) {
                return unsafe(claim, age, limit, Reason.STALE, null);
            }
            Alert alert = own.isAbove(agreed) || age.plus(age).isAbove(limit) ? Alert.TICKET : Alert.NONE;
            return new Verdict(claim.name, true, age, limit, Reason.FRESH, alert, null);
        }

        private static final Seconds MAX_AGE = Seconds.ofNanos(MAX_AGE_SECONDS * Seconds.NANOS);

        private static Verdict unsafe(Feed feed, Seconds age, Seconds limit, Reason reason, String detail) {
            Boolean alive = reason == Reason.STATE_INVALID || reason == Reason.FEED_MISSING ? null : feed.alive;
            return new Verdict(feed.name, alive, age, valid(limit) ? limit : null, reason, Alert.PAGE, detail);
        }

        /** The limit of the feeds that have none of their own; null where it is not valid. */
        Seconds commonLimit() {
            return smaller(state == null ? baseline.limit : state.limit, baseline.limit);
        }

        private static Seconds smaller(Seconds own, Seconds agreed) {
            return !valid(own) || !valid(agreed) ? null : own.isAbove(agreed) ? agreed : own;
        }

        private static boolean valid(Seconds limit) {
            return limit != null && limit.fault == null && limit.sign() > 0;
        }

        private static String found(Seconds seconds) {
            return seconds == null ? "absent" : seconds.fault != null ? seconds.fault : seconds.toString();
        }

        /** What the operator does next about an unsafe feed; null where a recovery on a fresh tick can work. */
        String advice(Verdict v) {
            if (v.reason == Reason.STALE && elapsed.plus(Seconds.ofNanos(RECOVERED_AGE_SECONDS * Seconds.NANOS)).isAbove(v.limit)) {
                return "the snapshot is " + elapsed + "s old: restart the collector that writes it";
            }
            return v.reason.advice;
        }
    }

    // ---- Commands ----

    /** Evaluation is what status, gate and recover read before they decide; where that failed, error says why. */
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

        /** Reads both. Their bytes are dropped as soon as they are parsed, unless the caller wants to edit them. */
        Evaluation(Call call, InputStream in, boolean keepBytes, boolean hash) {
            now = call.now();
            baselineName = call.one(Option.BASELINE, bundledBaseline());
            stateName = call.one(Option.STATE, baselineName);
            String reading = "baseline ";
            try {
                baselineDocument = Document.read(baselineName, null);
                baseline = State.parse(baselineDocument, true);
                reading = "";
                // The same file is read once: two reads could also see two contents.
                boolean same = !stateName.equals("-") && sameFile(path(stateName), path(baselineName));
                stateDocument = same ? baselineDocument : null;
                if (!keepBytes) {
                    baselineDocument = null;
                }
                if (!same) {
                    stateDocument = Document.read(stateName, in);
                }
                stateSha256 = hash ? stateDocument.sha256() : null;
                state = same ? baseline : State.parse(stateDocument, false);
            } catch (DataException e) {
                error = reading + e.getMessage();
            }
            if (!keepBytes) {
                stateDocument = null;
            }
            decision = new Decision(baseline, state, error, now);
        }

        /** The feed's verdict, or an error that names the nearest feed there is. */
        Verdict verdict(String feed) {
            Verdict verdict = decision.of(feed);
            if (verdict == null) {
                throw new DataException("unknown feed: " + feed + suggestion(feed, baseline.names()));
            }
            return verdict;
        }

        /** The command that recovers the feed, or what to do where a recovery would be refused. */
        String next(Verdict v, Call call) {
            String advice = decision.advice(v);
            if (advice != null) {
                return advice;
            }
            String stem = stateName.endsWith(".json") ? stateName.substring(0, stateName.length() - 5) : stateName;
            return commandLine("recover", Option.FEED, v.name, Option.STATE, stateName,
                    Option.OUTPUT, stateName.equals("-") ? "recovered.json" : stem + "-recovered.json",
                    Option.BASELINE, call.one(Option.BASELINE, null), Option.NOW, call.one(Option.NOW, null));
        }
    }

    /** Shows every feed. Exit 0 only if each one is proved safe. */
    private static int status(Call call, InputStream in, OutputStream out, OutputStream err) throws IOException {
        String output = call.one(Option.OUTPUT, null);
        String format = call.format();
        Path target = output == null || output.equals("-") ? null : target(Option.OUTPUT, output, call.inputs());
        Evaluation e = new Evaluation(call, in, false, format.equals("json"));
        Report report = new Report(call, e, e.decision.all(), call.color(output == null));
        if (target != null) {
            try (Replacement file = new Replacement(target)) {
                report.status(format, new Sink(file.out));
                file.commit();
            }
            new Sink(out).add(report.headline()).add("\n").flush();
        } else {
            report.status(format, new Sink(out));
            if (output != null || e.error != null && !format.equals("text")) {
                new Sink(err).add(report.headline()).add("\n").flush();
            }
        }
        return report.exit();
    }

    /** Re-evaluates for ever: on a terminal the report is redrawn, elsewhere each change is one line of a timeline. */
    private static int watch(Call call, InputStream in, OutputStream out) throws IOException {
        long millis = call.watchMillis();
        boolean redraw = terminal();
        Map<String, Status> before = null;
        int[] last = {UNEVALUATED};
        Thread leave = new Thread() {
            @Override public void run() {
                Runtime.getRuntime().halt(last[0]);
            }
        };
        Runtime.getRuntime().addShutdownHook(leave);
        try {
            while (true) {
                Evaluation e = new Evaluation(call, in, false, false);
                Report report = new Report(call, e, e.decision.all(), call.color(true));
                Sink sink = new Sink(out);
                last[0] = report.exit();
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
            Runtime.getRuntime().removeShutdownHook(leave); // a fault of the loop ends with its own exit code
        }
    }

    /** May this work go on? Exit 0 only if every named feed allows every named action. */
    private static int gate(Call call, InputStream in, OutputStream out, OutputStream err) throws IOException {
        List<Action> actions = new ArrayList<>();
        for (String name : call.all(Option.ACTION)) {
            Action action = Action.named(name);
            if (action == null) {
                List<String> known = new ArrayList<>();
                for (Action each : Action.ALL) {
                    known.add(each.wire);
                }
                throw new UsageException("unknown action: " + name + suggestion(name, known), call.command);
            }
            actions.add(action);
        }
        Evaluation e = new Evaluation(call, in, false, false);
        List<Verdict> verdicts = new ArrayList<>();
        List<Verdict> blocked = new ArrayList<>();
        try {
            for (String feed : new LinkedHashSet<>(call.all(Option.FEED))) {
                Verdict verdict = e.verdict(feed);
                boolean allowed = !actions.isEmpty() || verdict.safe();
                for (Action action : actions) {
                    allowed &= verdict.reason.status.allows(action);
                }
                verdicts.add(verdict);
                if (!allowed) {
                    blocked.add(verdict);
                }
            }
        } catch (DataException unknownFeed) {
            e.error = e.error == null ? unknownFeed.getMessage() : e.error;
        }
        Report report = new Report(call, e, verdicts, false);
        if (call.format().equals("json")) {
            report.gateJson(blocked, actions, new Sink(out));
            report.errorTo(err);
        } else {
            report.gateText(blocked, actions, new Sink(out));
        }
        return e.error != null ? UNEVALUATED : blocked.isEmpty() ? SAFE : UNSAFE;
    }

    /** The failures that scenario writes; frozen and corrupt are of the whole state, the others of one feed. */
    enum Kind {
        STALE, UNKNOWN, DOWN, MISSING, SKEWED, LOOSENED, FROZEN, CORRUPT;

        final String wire = name().toLowerCase(Locale.ROOT);

        boolean ofOneFeed() {
            return this != FROZEN && this != CORRUPT;
        }
    }

    /** Writes a failure that status then detects. The same input and the same instant give the same bytes. */
    private static int scenario(Call call, InputStream in, OutputStream out, OutputStream err) throws IOException {
        Kind kind = call.kind();
        String feed = call.one(Option.FEED, null);
        String output = call.one(Option.OUTPUT, null);
        Path target = output.equals("-") ? null : target(Option.OUTPUT, output, call.inputs());
        Document document = Document.read(call.one(Option.STATE, bundledBaseline()), in);
        State state = State.parse(document, false);
        Edit edit = new Edit(document);
        if (kind.ofOneFeed()) {
            Feed claim = state.feed(feed);
            if (claim == null) {
                throw new DataException("unknown feed: " + feed + suggestion(feed, state.names()));
            }
            if (kind == Kind.MISSING) {
                edit.removeFeed(state, claim);
            } else {
                String age = kind == Kind.UNKNOWN ? "null" : kind == Kind.SKEWED ? SKEWED_AGE_SECONDS
                        : call.one(Option.AGE_SECONDS, STALE_AGE_SECONDS);
                edit.set(claim.at, feed + ": ", "alive", kind == Kind.DOWN ? "false" : "true");
                if (kind != Kind.DOWN) {
                    edit.set(claim.at, feed + ": ", "last_tick_age_seconds", age);
                }
            }
            if (kind == Kind.LOOSENED) {
                edit.loosen(state, claim);
            }
        } else if (kind == Kind.FROZEN) {
            edit.set(0, "", "as_of", '"' + call.now().minusSeconds(FROZEN_FOR_SECONDS).toString() + '"');
        } else {
            edit.cut();
        }
        if (kind != Kind.CORRUPT) {
            // Judged by the limits the state came with: what they would let through is no failure.
            Decision decision = new Decision(state, State.parse(edit.document, false), null, call.now());
            boolean detected = kind != Kind.FROZEN ? !decision.of(feed).safe() : false;
            for (Verdict verdict : kind == Kind.FROZEN ? decision.all() : new ArrayList<Verdict>()) {
                detected |= !verdict.safe();
            }
            if (!detected) {
                throw new DataException("nothing written: the feed would still be fresh by the limits of "
                        + document.label + (kind == Kind.STALE ? "; give a larger --age-seconds" : ""));
            }
        }
        deliver(edit.document, target, out);
        String show = commandLine("status", Option.STATE, output, Option.NOW, call.one(Option.NOW, null));
        Sink sink = new Sink(target == null ? err : out);
        if (call.format().equals("json")) {
            sink.add("{\n").member("scenario", kind.wire).member("feed", feed).member("state", document.label)
                    .member("state_sha256", document.sha256()).member("output", output)
                    .member("output_sha256", edit.document.sha256()).member("changed", edit.changes.toString())
                    .member("show", show).add("\n}\n");
        } else {
            sink.add("SCENARIO ").add(kind.wire).add(": ").add(visible(String.join("; ", edit.changes))).add("\n  written: ")
                    .add(visible(output)).add(", from ").add(visible(document.label)).add("\n  shown by: ").add(show).add("\n");
        }
        sink.flush();
        return SAFE;
    }

    /** Restores one feed on the evidence of a fresh tick, or refuses with exit 2 and writes nothing. */
    private static int recover(Call call, InputStream in, OutputStream out, OutputStream err) throws IOException {
        String feed = call.one(Option.FEED, null);
        String output = call.one(Option.OUTPUT, null);
        String age = call.one(Option.AGE_SECONDS, Long.toString(RECOVERED_AGE_SECONDS));
        Path target = output.equals("-") ? null : target(Option.OUTPUT, output, call.inputs());
        String record = call.one(Option.RECORD, null);
        Path recordTarget = record == null ? null : target(Option.RECORD, record, call.inputs());
        if (target != null && recordTarget != null && sameFile(target, recordTarget)) {
            throw new DataException("--record " + record + " is the --output too; name another file");
        }
        Evaluation e = new Evaluation(call, in, true, true);
        if (e.error != null) {
            throw new DataException(e.error);
        }
        List<Verdict> before = e.decision.all();
        Verdict was = e.verdict(feed);
        Edit edit = new Edit(e.stateDocument);
        Feed claim = e.state.feed(feed);
        if (!was.safe()) {
            if (claim == null) {
                edit.insertFeed(e.state, e.baselineDocument, e.baseline, e.baseline.feed(feed), age);
            } else {
                edit.set(claim.at, feed + ": ", "alive", "true");
                edit.set(claim.at, feed + ": ", "last_tick_age_seconds", age);
            }
        }
        Decision next = new Decision(e.baseline, State.parse(edit.document, false), null, e.now);
        Verdict is = next.of(feed);
        String refusal = is.safe() ? null : "it would still be " + is.brief() + ": " + is.blockedReason();
        List<Verdict> after = next.all();
        for (int i = 0; i < before.size() && refusal == null; i++) {
            if (!before.get(i).name.equals(feed) && before.get(i).reason != after.get(i).reason) {
                refusal = "the verdict of another feed would change: " + after.get(i).brief();
            }
        }
        Recovery recovery = new Recovery(call, e, was, is, refusal, edit);
        if (refusal == null) {
            try (Journal journal = recordTarget == null ? null : new Journal(recordTarget)) {
                deliver(edit.document, target, out);
                if (journal != null) {
                    journal.append(recovery.json(false));
                }
            }
        }
        Sink sink = new Sink(target == null && refusal == null ? err : out);
        sink.add(call.format().equals("json") ? recovery.json(true) : recovery.text()).flush();
        return refusal == null ? SAFE : UNSAFE;
    }

    /** Runs the whole contract through real files, with the same code as the commands. */
    private static int smoke(Call call, OutputStream out) throws IOException {
        Path directory = Files.createTempDirectory("freshness-smoke-");
        Checks checks = new Checks();
        try {
            String state = directory.resolve("state.json").toString();
            String failed = directory.resolve("failed.json").toString();
            String recovered = directory.resolve("recovered.json").toString();
            String again = directory.resolve("again.json").toString();
            Files.copy(path(bundledBaseline()), path(state));
            checks.add("the healthy state is eligible", invoke("status", "--state", state) == SAFE);
            for (Kind kind : Kind.values()) {
                boolean whole = !kind.ofOneFeed();
                String[] make = {"scenario", kind.wire, "--state", state, "--output", failed, "--feed", "bravo"};
                boolean made = invoke(whole ? Arrays.copyOf(make, 6) : make) == SAFE;
                ByteArrayOutputStream report = new ByteArrayOutputStream();
                int exit = run(new String[] {"status", "--state", failed, "--format", "json"}, InputStream.nullInputStream(),
                        report, OutputStream.nullOutputStream());
                String unsafe = whole ? "[\"alpha\", \"bravo\", \"charlie\"]" : "[\"bravo\"]";
                checks.add(kind.wire + " fails closed and names only its feeds", made
                        && exit == (kind == Kind.CORRUPT ? UNEVALUATED : UNSAFE)
                        && report.toString(StandardCharsets.UTF_8).contains("\"unsafe_feeds\": " + unsafe));
                if (!whole) {
                    boolean blocked = true;
                    for (Action action : Action.ALL) {
                        blocked &= Status.STALE.allows(action)
                                || invoke("gate", "--feed", "bravo", "--action", action.wire, "--state", failed) == UNSAFE;
                    }
                    checks.add(kind.wire + " blocks unsafe work on bravo", blocked);
                    checks.add(kind.wire + " leaves alpha and charlie allowed", invoke("gate", "--feed", "alpha", "--feed",
                            "charlie", "--action", Action.PRICE_ORDER.wire, "--state", failed) == SAFE);
                }
            }
            invoke("scenario", "stale", "--feed", "bravo", "--state", state, "--output", failed);
            checks.add("a recovery on a tick that is too old is refused and writes nothing", invoke("recover", "--feed", "bravo",
                    "--state", failed, "--output", recovered, "--age-seconds", "91") == UNSAFE && !Files.exists(path(recovered)));
            checks.add("a recovery on a fresh tick restores eligibility",
                    invoke("recover", "--feed", "bravo", "--state", failed, "--output", recovered) == SAFE
                    && invoke("status", "--state", recovered) == SAFE);
            checks.add("the same recovery gives the same bytes",
                    invoke("recover", "--feed", "bravo", "--state", failed, "--output", again) == SAFE
                    && Files.mismatch(path(recovered), path(again)) == -1);
        } finally {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
                for (Path file : files) {
                    Files.delete(file);
                }
            }
            Files.delete(directory);
        }
        return checks.report("smoke", call, out);
    }

    private static int invoke(String... args) {
        return run(args, InputStream.nullInputStream(), OutputStream.nullOutputStream(), OutputStream.nullOutputStream());
    }

    /** Checks the environment that the gate is about to run in. */
    private static int doctor(Call call, OutputStream out) throws IOException {
        Checks checks = new Checks();
        checks.add("Java is " + MIN_JAVA + " or newer: " + Runtime.version(), Runtime.version().feature() >= MIN_JAVA);
        checks.add("the bundled fixture is found and eligible: " + bundledBaseline(), invoke("status") == SAFE);
        String sample = "\u00e9 \u2260 \u6771 \ud83d\ude00";
        boolean written = false;
        String where = System.getProperty("java.io.tmpdir");
        try {
            Path directory = Files.createTempDirectory("freshness-doctor-");
            where = directory.toString();
            Path file = directory.resolve("written");
            try (Replacement replacement = new Replacement(file)) {
                new Sink(replacement.out).add(sample).flush();
                replacement.commit();
            }
            byte[] utf8 = Files.readAllBytes(file);
            Files.delete(file);
            Files.delete(directory);
            written = true;
            checks.add("output is UTF-8", HexFormat.of().formatHex(utf8).equals("c3a920e289a020e69db120f09f9880"));
        } catch (IOException e) {
            where += ": " + reason(e);
        }
        checks.add("a temporary file is written, renamed and read back: " + where, written);
        Instant now = Instant.now();
        checks.add("the clock is plausible: " + now, now.isAfter(Instant.ofEpochSecond(MIN_CLOCK)) && now.isBefore(Instant.ofEpochSecond(MAX_CLOCK)));
        return checks.report("doctor", call, out);
    }

    // ---- Reports ----

    /** Sink gathers text and writes it as UTF-8, large pieces at a time. */
    static final class Sink {
        private static final int PIECE = 1 << 16;
        final StringBuilder b = new StringBuilder();
        private final OutputStream out;

        Sink(OutputStream out) {
            this.out = out;
        }

        Sink add(String text) {
            b.append(text);
            return this;
        }

        /** Appends a member of a JSON object, its value a string or null. */
        Sink member(String name, String value) {
            key(name);
            if (value == null) {
                b.append("null");
            } else {
                quote(b, value);
            }
            return this;
        }

        Sink key(String name) {
            b.append(b.charAt(b.length() - 1) == '{' ? "\n  \"" : ",\n  \"").append(name).append("\": ");
            return this;
        }

        Sink names(List<Verdict> verdicts, boolean onlyUnsafe) throws IOException {
            String separator = "[";
            for (Verdict verdict : verdicts) {
                if (!onlyUnsafe || !verdict.safe()) {
                    b.append(separator);
                    quote(b, verdict.name);
                    separator = ", ";
                    spill();
                }
            }
            return add(separator.equals("[") ? "[]" : "]");
        }

        void spill() throws IOException {
            if (b.length() >= PIECE) {
                flush();
            }
        }

        void flush() throws IOException {
            out.write(b.toString().getBytes(StandardCharsets.UTF_8));
            b.setLength(0);
        }
    }

    /** Report shows verdicts: as text for people, as JSON and as Prometheus metrics for machines. */
    static final class Report {
        private static final String RESET = "\u001b[0m";
        private final Call call;
        private final Evaluation e;
        private final List<Verdict> verdicts;
        private final boolean color;
        private int fresh;
        private int alive;

        Report(Call call, Evaluation e, List<Verdict> verdicts, boolean color) {
            this.call = call;
            this.e = e;
            this.verdicts = verdicts;
            this.color = color;
            for (Verdict verdict : verdicts) {
                fresh += verdict.safe() ? 1 : 0;
                alive += verdict.alive == Boolean.TRUE ? 1 : 0;
            }
        }

        private int unsafe() {
            return verdicts.size() - fresh;
        }

        int exit() {
            return e.error != null ? UNEVALUATED : unsafe() > 0 ? UNSAFE : SAFE;
        }

        /** The verdict on the whole, in one line that monitoring shows. */
        String headline() {
            if (e.error != null) {
                return "FRESHNESS UNKNOWN: " + visible(e.error) + "; nothing is safe to serve";
            }
            if (unsafe() == 0) {
                return "FRESHNESS OK: " + fresh + " of " + fresh + " feeds fresh and safe to serve";
            }
            return "FRESHNESS CRITICAL: " + unsafe() + " of " + verdicts.size() + " feeds unsafe: " + visible(briefs(verdicts, unsafe()));
        }

        private static String briefs(List<Verdict> verdicts, int count) {
            StringBuilder b = new StringBuilder();
            int named = 0;
            for (Verdict verdict : verdicts) {
                if (!verdict.safe() && named < MAX_NAMED_IN_LINE) {
                    b.append(named++ == 0 ? "" : "; ").append(verdict.brief());
                }
            }
            return b.append(count > named ? "; and " + (count - named) + " more" : "").toString();
        }

        void status(String format, Sink sink) throws IOException {
            if (format.equals("json")) {
                json(sink);
            } else if (format.equals("prometheus")) {
                prometheus(sink);
            } else {
                text(sink);
            }
            sink.flush();
        }

        private void text(Sink sink) throws IOException {
            StringBuilder b = sink.b;
            b.append(paint(exit() == SAFE ? Status.FRESH : Status.UNKNOWN, headline())).append('\n');
            if (e.error != null) {
                return;
            }
            int width = 0;
            int ageWidth = 0;
            int limitWidth = 0;
            for (Verdict v : verdicts) {
                width = Math.max(width, width(visible(v.name)));
                ageWidth = Math.max(ageWidth, v.age == null ? 1 : v.age.toString().length() + 1);
                limitWidth = Math.max(limitWidth, v.limit == null ? 1 : v.limit.toString().length() + 1);
            }
            b.append('\n');
            for (Verdict v : verdicts) {
                String name = visible(v.name);
                String age = v.age == null ? "?" : v.age + "s";
                String limit = v.limit == null ? "?" : v.limit + "s";
                b.append("  ").append(name).append(" ".repeat(width - width(name) + 2));
                b.append(paint(v.reason.status, v.reason.status.wire)).append(" ".repeat(9 - v.reason.status.wire.length()));
                bar(b, v);
                b.append(" ".repeat(ageWidth - age.length() + 2)).append(age).append(" of ")
                        .append(" ".repeat(limitWidth - limit.length())).append(limit);
                b.append(v.alert == Alert.NONE ? "" : "  " + v.alert.wire).append(v.detail == null ? "" : ": " + v.reason.wire).append('\n');
                sink.spill();
            }
            int explained = 0;
            for (Verdict v : verdicts) {
                if (!v.safe() && explained++ < MAX_EXPLAINED) {
                    b.append("\nblocked on ").append(visible(v.name)).append(": ");
                    b.append(v.reason.status.actions(false, "")).append("\n  why:  ").append(visible(v.blockedReason())).append("\n  next: ").append(e.next(v, call)).append('\n');
                }
            }
            b.append(explained > MAX_EXPLAINED ? "\nand " + (explained - MAX_EXPLAINED) + " more unsafe feeds: see --format json\n" : "");
            b.append("\nstate: ").append(visible(e.stateName));
            b.append(call.has(Option.STATE) ? ", judged by the baseline " + visible(e.baselineName)
                    : " (the baseline itself; --state FILE judges a state)").append('\n');
        }

        private String paint(Status status, String text) {
            return !color ? text : (status == Status.FRESH ? "\u001b[32m" : status == Status.STALE ? "\u001b[33m" : "\u001b[31m") + text + RESET;
        }

        /** Ten cells, full where the age has reached the limit. */
        private static void bar(StringBuilder b, Verdict v) {
            boolean known = v.age != null && v.limit != null;
            int full = !known ? 0 : (int) Math.min(10, Math.ceil(10 * v.age.approximate() / v.limit.approximate()));
            b.append('[').append((known ? "#" : "?").repeat(known ? full : 10)).append(".".repeat(known ? 10 - full : 0)).append(']');
        }

        /** Appends a line for each feed whose status is another than before; the first time, the verdict on the whole. */
        Map<String, Status> transitions(Map<String, Status> before, Sink sink) throws IOException {
            Map<String, Status> now = new HashMap<>();
            String time = Instant.ofEpochSecond(e.now.getEpochSecond()).toString();
            if (before == null) {
                sink.add(time).add(" ").add(headline()).add("\n");
            }
            for (Verdict v : verdicts) {
                now.put(v.name, v.reason.status);
                Status was = before == null ? v.reason.status : before.getOrDefault(v.name, Status.UNKNOWN);
                if (was != v.reason.status) {
                    String why = v.safe() ? "last tick " + v.age + "s old, limit " + v.limit + "s" : v.blockedReason();
                    sink.add(time).add(" ").add(visible(v.name)).add(" ").add(was.wire).add(" -> ").add(v.reason.status.wire)
                            .add(": ").add(visible(why)).add("\n").spill();
                }
            }
            sink.flush();
            return now;
        }

        private void json(Sink sink) throws IOException {
            sink.add("{").member("overall_status", exit() == SAFE ? "eligible" : "restricted");
            sink.key("unsafe_feeds").names(verdicts, true);
            Seconds limit = e.decision.commonLimit();
            sink.key("max_age_seconds").add(limit == null ? "null" : limit.toString());
            sink.key("fresh_feeds").b.append(fresh);
            sink.key("alive_feeds").b.append(alive);
            sink.key("total_feeds").b.append(verdicts.size());
            sink.member("state", e.stateName).member("state_sha256", e.stateSha256);
            feeds(sink);
        }

        private void feeds(Sink sink) throws IOException {
            if (e.error != null) {
                sink.member("error", e.error);
            }
            sink.key("feeds").add("[");
            String separator = "\n    ";
            for (Verdict verdict : verdicts) {
                sink.add(separator);
                json(sink.b, verdict);
                separator = ",\n    ";
                sink.spill();
            }
            sink.add(verdicts.isEmpty() ? "]\n}\n" : "\n  ]\n}\n").flush();
        }

        static void json(StringBuilder b, Verdict v) {
            Status status = v.reason.status;
            b.append("{\"name\": ");
            quote(b, v.name);
            b.append(", \"alive\": ").append(v.alive).append(", \"last_tick_age_seconds\": ");
            append(b, v.age);
            b.append(", \"max_age_seconds\": ");
            append(b, v.limit);
            b.append(", \"freshness_status\": \"").append(status.wire).append("\", \"safe_to_serve\": ").append(v.safe());
            b.append(", \"allowed_actions\": [").append(status.allowedJson).append("], \"blocked_actions\": [").append(status.blockedJson);
            b.append("], \"blocked_reason\": ");
            if (v.safe()) {
                b.append("null");
            } else {
                quote(b, v.blockedReason());
            }
            b.append(", \"reason_code\": \"").append(v.reason.wire).append("\", \"alert\": \"").append(v.alert.wire).append("\"}");
        }

        private static void append(StringBuilder b, Seconds seconds) {
            if (seconds == null) {
                b.append("null");
            } else {
                seconds.append(b);
            }
        }

        void gateText(List<Verdict> blocked, List<Action> actions, Sink sink) throws IOException {
            StringBuilder b = sink.b;
            if (e.error != null) {
                sink.add("GATE BLOCKED: ").add(visible(e.error)).add("\n").flush();
                return;
            }
            StringBuilder asked = new StringBuilder();
            for (Action action : actions) {
                asked.append(asked.length() == 0 ? "" : ", ").append(action.wire);
            }
            String what = actions.isEmpty() ? "safe to serve" : "allowed: " + asked;
            if (blocked.isEmpty()) {
                b.append("GATE OPEN: ");
                for (Verdict v : verdicts) {
                    b.append(v == verdicts.get(0) ? "" : ", ").append(visible(v.name));
                }
                b.append(' ').append(what).append('\n');
            } else {
                b.append("GATE BLOCKED: ").append(visible(briefs(blocked, blocked.size()))).append("; not ").append(what).append('\n');
            }
            for (Verdict v : blocked) {
                b.append("  ").append(visible(v.name)).append(": ").append(visible(v.blockedReason())).append("\n    allowed: ");
                b.append(v.reason.status.actions(true, "")).append("\n    next: ").append(e.next(v, call)).append('\n');
            }
            sink.flush();
        }

        void gateJson(List<Verdict> blocked, List<Action> actions, Sink sink) throws IOException {
            sink.add("{").member("gate", e.error == null && blocked.isEmpty() ? "open" : "blocked");
            String separator = "[";
            sink.key("actions");
            for (Action action : actions) {
                sink.add(separator).add("\"").add(action.wire).add("\"");
                separator = ", ";
            }
            sink.add(actions.isEmpty() ? "[]" : "]").key("blocked_feeds").names(blocked, false).key("next").add("[");
            separator = "";
            for (Verdict v : blocked) {
                quote(sink.add(separator).b, e.next(v, call));
                separator = ", ";
            }
            feeds(sink.add("]").member("state", e.stateName));
        }

        /** A machine format on standard output says what went wrong; a person who reads the other stream is told as well. */
        void errorTo(OutputStream err) throws IOException {
            if (e.error != null) {
                new Sink(err).add("freshness: ").add(visible(e.error)).add("\n").flush();
            }
        }

        private void prometheus(Sink sink) throws IOException {
            family(sink, "freshness_feed_alive", "Whether the feed consumer answers; 0 where that is not known.");
            for (Verdict v : verdicts) {
                sample(sink, "freshness_feed_alive", v.name).add(v.alive == Boolean.TRUE ? "1\n" : "0\n");
            }
            family(sink, "freshness_feed_safe_to_serve", "Whether the feed is proved safe to serve.");
            for (Verdict v : verdicts) {
                sample(sink, "freshness_feed_safe_to_serve", v.name).add(v.safe() ? "1\n" : "0\n");
            }
            family(sink, "freshness_feed_last_tick_age_seconds", "Age of the newest tick at the evaluation; absent where unknown.");
            for (Verdict v : verdicts) {
                if (v.age != null) {
                    sample(sink, "freshness_feed_last_tick_age_seconds", v.name).add(v.age.toString()).add("\n");
                }
            }
            family(sink, "freshness_feed_max_age_seconds", "The limit that counted; absent where there is no valid one.");
            for (Verdict v : verdicts) {
                if (v.limit != null) {
                    sample(sink, "freshness_feed_max_age_seconds", v.name).add(v.limit.toString()).add("\n");
                }
            }
            family(sink, "freshness_state_valid", "Whether the state and the baseline could be evaluated.");
            sink.add("freshness_state_valid ").add(e.error == null ? "1\n" : "0\n");
            family(sink, "freshness_last_evaluation_timestamp_seconds", "When the state was evaluated, in seconds since 1970.");
            sink.add("freshness_last_evaluation_timestamp_seconds ").b.append(e.now.getEpochSecond()).append('\n');
        }

        private static void family(Sink sink, String name, String help) {
            sink.add("# HELP ").add(name).add(" ").add(help).add("\n# TYPE ").add(name).add(" gauge\n");
        }

        private static Sink sample(Sink sink, String name, String feed) throws IOException {
            sink.spill();
            sink.add(name).add("{feed=\"");
            for (int i = 0; i < feed.length(); i++) {
                char c = feed.charAt(i);
                sink.b.append(c == '\\' || c == '"' ? "\\" : "").append(c == '\n' ? "\\n" : c);
            }
            return sink.add("\"} ");
        }
    }

    /** Recovery reports what recover did or refused to do; the report is the record, with the command that replays it. */
    record Recovery(Call call, Evaluation e, Verdict was, Verdict is, String refusal, Edit edit) {
        private String result() {
            return refusal != null ? "refused" : was.safe() ? "unchanged" : "recovered";
        }

        private String replay() {
            return commandLine("recover", Option.FEED, is.name, Option.STATE, e.stateName, Option.OUTPUT, call.one(Option.OUTPUT, null),
                    Option.AGE_SECONDS, call.one(Option.AGE_SECONDS, Long.toString(RECOVERED_AGE_SECONDS)),
                    Option.BASELINE, call.one(Option.BASELINE, null), Option.NOW, e.now.toString());
        }

        String outputSha256() {
            return refusal != null ? null : edit.document.sha256();
        }

        String text() {
            Sink sink = new Sink(null);
            String name = visible(is.name);
            sink.add(refusal != null ? "RECOVERY REFUSED: " + name + ": " + visible(refusal) + "\n  nothing was written\n"
                    : was.safe() ? "RECOVERY NOT NEEDED: " + name + " is fresh; the state was copied unchanged\n"
                    : "RECOVERED: " + visible(is.brief()) + "\n");
            sink.add("  before: ").add(visible(was.brief())).add("\n  after:  ").add(visible(is.brief()));
            sink.add("\n  input:  ").add(visible(e.stateName)).add(" sha256 ").add(e.stateSha256);
            if (refusal == null) {
                sink.add("\n  output: ").add(visible(call.one(Option.OUTPUT, null))).add(" sha256 ").add(outputSha256());
            }
            return sink.add("\n  replay: ").add(replay()).add("\n").b.toString();
        }

        String json(boolean lines) {
            Sink sink = new Sink(null);
            sink.add("{").member("recovery", result()).member("time", e.now.toString()).member("feed", is.name);
            sink.member("reason", refusal).key("before");
            Report.json(sink.b, was);
            Report.json(sink.key("after").b, is);
            sink.member("state", e.stateName).member("state_sha256", e.stateSha256)
                    .member("output", refusal == null ? call.one(Option.OUTPUT, null) : null).member("output_sha256", outputSha256())
                    .member("baseline", e.baselineName).member("replay", replay()).add("\n}\n");
            String json = sink.b.toString();
            // No raw line break stands inside a JSON string, so that joining the lines keeps the meaning.
            return lines ? json : json.replace("\n  ", " ").replace("\n}", " }");
        }
    }

    /** Checks counts what smoke and doctor found, a line each. */
    static final class Checks {
        private final StringBuilder text = new StringBuilder();
        private final StringBuilder json = new StringBuilder();
        private int failed;
        private int all;

        void add(String name, boolean ok) {
            failed += ok ? 0 : 1;
            all++;
            text.append(ok ? "ok - " : "not ok - ").append(visible(name)).append('\n');
            json.append(json.length() == 0 ? "\n    {\"name\": " : ",\n    {\"name\": ");
            quote(json, name);
            json.append(", \"ok\": ").append(ok).append('}');
        }

        int report(String command, Call call, OutputStream out) throws IOException {
            String verdict = failed == 0 ? "passed" : "failed";
            Sink sink = new Sink(out);
            if (call.format().equals("json")) {
                sink.add("{").member(command, verdict).key("checks").add("[").add(json.toString()).add("\n  ]\n}\n");
            } else {
                sink.add(command.toUpperCase(Locale.ROOT)).add(failed == 0 ? " OK" : " FAILED").b.append(": ").append(all - failed)
                        .append(" of ").append(all).append(" checks passed\n").append(text);
            }
            sink.flush();
            return failed == 0 ? SAFE : UNSAFE;
        }
    }

    /** Quotes a JSON string; what a terminal might act on is escaped too. */
    static void quote(StringBuilder b, String s) {
        b.append('"');
        escape(b, s, "\"");
        b.append('"');
    }

    /** Shows text on a line of its own: nothing in it moves a cursor, ends the line or looks like performance data. */
    static String visible(String s) {
        StringBuilder b = new StringBuilder();
        escape(b, s, "|");
        return b.toString();
    }

    private static void escape(StringBuilder b, String s, String special) {
        int clean = 0;
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c >= ' ' && c < 0x7f && c != '\\' && c != special.charAt(0)) {
                continue;
            }
            int cp = s.codePointAt(i);
            int last = i + Character.charCount(cp) - 1;
            if (printable(cp) && c != '\\' && c != special.charAt(0)) {
                i = last;
                continue;
            }
            b.append(s, clean, i);
            clean = last + 1;
            for (; i <= last; i++) {
                c = s.charAt(i);
                if (c == '\\' || c == '"') {
                    b.append('\\').append(c);
                } else {
                    b.append("\\u").append(HexFormat.of().toHexDigits(c));
                }
            }
            i = last;
        }
        b.append(s, clean, s.length());
    }

    private static boolean printable(int cp) {
        switch (Character.getType(cp)) {
            case Character.CONTROL: case Character.FORMAT: case Character.LINE_SEPARATOR: case Character.PARAGRAPH_SEPARATOR:
            case Character.SURROGATE: case Character.UNASSIGNED:
                return false;
            default:
                return true;
        }
    }

    /** The columns that text takes on a terminal: East Asian wide characters and emoji take two, combining marks none. */
    static int width(String s) {
        int width = 0;
        for (int i = 0; i < s.length(); i += Character.charCount(s.codePointAt(i))) {
            int cp = s.codePointAt(i);
            int type = cp < 0x300 ? 0 : Character.getType(cp);
            boolean wide = cp >= 0x1100 && (cp <= 0x115f || cp >= 0x2e80 && cp <= 0xa4cf || cp >= 0xac00 && cp <= 0xd7a3
                    || cp >= 0xf900 && cp <= 0xfaff || cp >= 0xfe30 && cp <= 0xfe6f || cp >= 0xff00 && cp <= 0xff60
                    || cp >= 0xffe0 && cp <= 0xffe6 || cp >= 0x1f300 && cp <= 0x1faff || cp >= 0x20000 && cp <= 0x3fffd);
            width += type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK ? 0 : wide ? 2 : 1;
        }
        return width;
    }

    // ---- State and edits ----

    /** State is what a document claims: of a producer, or as a baseline of the contract that was reviewed. */
    static final class State {
        static final State NONE = new State();

        /** When the state was written; null where as_of is absent or unreadable, and then asOfText tells which. */
        Instant asOf;
        String asOfText;
        boolean requireAsOf;
        /** The limit of every feed that has none of its own; null where absent. */
        Seconds limit;
        final List<Feed> feeds = new ArrayList<>();
        private final Map<String, Feed> byName = new HashMap<>();

        private State() { }

        /** Reads a document whole. Throws a DataException for each fault that cannot be pinned to a feed. */
        static State parse(Document document, boolean asBaseline) {
            State state = new State();
            Json in = new Json(document);
            in.space();
            if (in.peek() != '{') {
                throw in.expected("an object with max_age_seconds and feeds");
            }
            Json.Members members = in.object();
            int feedsAt = -1;
            for (String name = in.member(members); name != null; name = in.member(members)) {
                int at = in.at;
                switch (name) {
                    case "max_age_seconds":
                        state.limit = in.seconds();
                        break;
                    case "as_of":
                        state.asOfText = in.peek() == '"' ? in.string() : in.skipped();
                        state.asOf = in.byteAt(at) == '"' ? instant(state.asOfText) : null;
                        break;
                    case "require_as_of":
                        Boolean required = in.bool();
                        if (required == null && asBaseline) {
                            throw in.error(at, "expected true or false as require_as_of");
                        }
                        state.requireAsOf = asBaseline && required;
                        break;
                    case "feeds":
                        feedsAt = at;
                        if (in.peek() != '[') {
                            throw in.expected("an array of feeds");
                        }
                        in.array();
                        for (boolean more = in.element(true); more; more = in.element(false)) {
                            state.add(in);
                        }
                        break;
                    default:
                        in.skip();
                }
            }
            in.end();
            if (state.feeds.isEmpty()) {
                throw in.error(Math.max(feedsAt, 0), feedsAt < 0 ? "expected a member feeds, an array of feeds" : "expected at least one feed");
            }
            return state;
        }

        private void add(Json in) {
            int at = in.at;
            if (in.peek() != '{') {
                throw in.expected("a feed, an object with a name");
            }
            String feed = null;
            Boolean alive = null;
            Seconds age = null;
            Seconds ownLimit = null;
            Json.Members members = in.object();
            for (String name = in.member(members); name != null; name = in.member(members)) {
                switch (name) {
                    case "name":
                        feed = in.peek() == '"' ? in.name() : null;
                        if (feed == null) {
                            throw in.expected("a name of 1 to " + MAX_NAME_CHARS + " characters");
                        }
                        break;
                    case "alive":
                        alive = in.bool();
                        break;
                    case "last_tick_age_seconds":
                        age = in.peek() == 'n' ? in.nothing() : in.seconds();
                        break;
                    case "max_age_seconds":
                        ownLimit = in.seconds();
                        break;
                    default:
                        in.skip();
                }
            }
            if (feed == null) {
                throw in.error(at, "expected a feed with a name");
            }
            Feed entry = new Feed(feed, alive, age, ownLimit, at);
            if (byName.put(feed, entry) != null) {
                throw in.error(at, "expected each feed once, found a second " + feed);
            }
            feeds.add(entry);
        }

        Feed feed(String name) {
            return byName.get(name);
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

    /** Edit changes single values in the bytes of a state, so that all else stays in place and digit for digit. */
    static final class Edit {
        Document document;
        final List<String> changes = new ArrayList<>();

        Edit(Document document) {
            this.document = document;
        }

        /** Sets a member of the object that begins at that byte; one that is absent is put after the last. */
        void set(int objectAt, String of, String name, String value) {
            Json in = new Json(document);
            in.at = objectAt;
            in.space();
            int open = in.at;
            Json.Members members = in.object();
            int first = -1;
            int last = -1;
            for (String each = in.member(members); each != null; each = in.member(members)) {
                first = first < 0 ? members.firstAt : first;
                int at = in.at;
                String old = in.skipped();
                last = in.at;
                if (each.equals(name)) {
                    if (!old.equals(value)) {
                        splice(at, last, value);
                        changes.add(of + name + " " + old + " -> " + value);
                    }
                    return;
                }
            }
            splice(last, last, "," + text(open + 1, first) + '"' + name + "\": " + value);
            changes.add(of + name + " added: " + value);
        }

        void removeFeed(State state, Feed feed) {
            int i = 0;
            while (state.feeds.get(i) != feed) {
                i++;
            }
            if (state.feeds.size() == 1) {
                throw new DataException("nothing written: " + feed.name + " is the only feed of " + document.label
                        + ", and a state without feeds is not a state");
            } else if (i + 1 < state.feeds.size()) {
                splice(feed.at, state.feeds.get(i + 1).at, "");
            } else {
                splice(end(state.feeds.get(i - 1)), end(feed), "");
            }
            changes.add(feed.name + ": entry removed");
        }

        /** Puts back a missing feed: its baseline entry, behind the feed that it follows in the baseline. */
        void insertFeed(State state, Document contract, State baseline, Feed feed, String age) {
            Edit whole = new Edit(contract);
            Edit entry = new Edit(Document.of(contract.label, whole.text(feed.at, whole.end(feed))));
            entry.set(0, "", "alive", "true");
            entry.set(0, "", "last_tick_age_seconds", age);
            Feed before = null;
            for (int i = 0; baseline.feeds.get(i) != feed; i++) {
                Feed present = state.feed(baseline.feeds.get(i).name);
                before = present != null ? present : before;
            }
            String text = entry.text(0, entry.document.length());
            if (before != null) {
                splice(end(before), end(before), "," + gap(before) + text);
            } else {
                Feed after = state.feeds.get(0);
                splice(after.at, after.at, text + "," + gap(after));
            }
            changes.add(feed.name + ": entry of the baseline put back, last_tick_age_seconds " + age);
        }

        /** Raises tenfold the limit that counts for the feed. */
        void loosen(State state, Feed feed) {
            Seconds limit = state.limitOf(feed);
            if (limit == null || limit.fault != null) {
                throw new DataException("nothing written: " + feed.name + " has no limit in " + document.label + " to loosen");
            }
            set(feed.limit != null ? feed.at : 0, feed.limit != null ? feed.name + ": " : "", "max_age_seconds", limit.tenfold().toString());
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

        /** The white space that stands before a feed. */
        private String gap(Feed feed) {
            int from = feed.at;
            while (document.bytes[from - 1] <= ' ' && document.bytes[from - 1] >= 0) {
                from--;
            }
            return text(from, feed.at);
        }

        private int end(Feed feed) {
            Json in = new Json(document);
            in.at = feed.at;
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
     * Json reads RFC 8259, strictly, from bytes: a cursor that a caller leads through the values it knows and lets skip the
     * others, which are checked all the same. Each fault is a DataException with file:line:column and what was expected.
     */
    static final class Json {
        private static final long[] TENTHS = {1_000_000_000, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1};
        private static final int SNIPPET_CHARS = 40;

        private final String label;
        private final byte[] in;
        private final int end;
        /** The next byte to read. */
        int at;
        private int depth;
        private final Members[] levels = new Members[MAX_NESTING + 1];
        /** What string scanning found between its quotes. */
        private boolean escaped;
        private boolean ascii;

        Json(Document document) {
            label = document.label;
            in = document.bytes;
            end = document.length();
        }

        /** Members remembers the names that an object has had so far. */
        static final class Members {
            private static final int FEW = 8;
            private final String[] few = new String[FEW];
            private HashSet<String> many;
            private int count;
            int firstAt;

            private boolean add(String name) {
                if (count < FEW) {
                    for (int i = 0; i < count; i++) {
                        if (few[i].equals(name)) {
                            return false;
                        }
                    }
                    few[count++] = name;
                    return true;
                }
                if (many == null) {
                    many = new HashSet<>(Arrays.asList(few));
                }
                return many.add(name);
            }
        }

        // Section 2: tokens and white space.

        int peek() {
            return in[at];
        }

        int byteAt(int where) {
            return in[where];
        }

        void space() {
            while (in[at] == ' ' || in[at] == '\n' || in[at] == '\r' || in[at] == '\t') {
                at++;
            }
        }

        void end() {
            space();
            if (at < end) {
                throw expected("the end of the file");
            }
        }

        // Section 3: values.

        /** Checks any value and passes over it. */
        void skip() {
            switch (in[at]) {
                case '{':
                    Members members = object();
                    while (member(members) != null) {
                        skip();
                    }
                    break;
                case '[':
                    array();
                    for (boolean more = element(true); more; more = element(false)) {
                        skip();
                    }
                    break;
                case '"': scan(); break;
                case 't': literal("true"); break;
                case 'f': literal("false"); break;
                case 'n': literal("null"); break;
                case '-': case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
                    seconds();
                    break;
                default: throw expected("a value");
            }
        }

        /** Passes over any value and returns the beginning of its text. */
        String skipped() {
            int from = at;
            skip();
            String text = new String(in, from, Math.min(at - from, 4 * SNIPPET_CHARS), StandardCharsets.UTF_8);
            return text.length() <= SNIPPET_CHARS ? text : text.substring(0, SNIPPET_CHARS) + "...";
        }

        private void literal(String word) {
            for (int i = 0; i < word.length(); i++) {
                if (in[at + i] != word.charAt(i)) {
                    throw expected(word);
                }
            }
            at += word.length();
        }

        /** True or false, or null for any other value. */
        Boolean bool() {
            int first = in[at];
            skip();
            return first == 't' ? Boolean.TRUE : first == 'f' ? Boolean.FALSE : null;
        }

        Seconds nothing() {
            literal("null");
            return null;
        }

        // Section 4: objects.

        /** Enters an object. The caller asks for each member until there is none. */
        Members object() {
            enter();
            Members members = levels[depth];
            if (members == null) {
                levels[depth] = members = new Members();
            }
            members.count = 0;
            members.many = null;
            return members;
        }

        private void enter() {
            if (depth == MAX_NESTING) {
                throw error(at, "expected at most " + MAX_NESTING + " levels of nesting");
            }
            depth++;
            at++;
        }

        /** The name of the next member, with the cursor at its value; null at the end of the object. */
        String member(Members members) {
            space();
            if (in[at] == '}') {
                at++;
                depth--;
                return null;
            }
            if (members.count > 0) {
                if (in[at] != ',') {
                    throw expected("',' or '}'");
                }
                at++;
                space();
            } else {
                members.firstAt = at;
            }
            if (in[at] != '"') {
                throw expected(members.count > 0 ? "a member name" : "a member name or '}'");
            }
            int from = at;
            String name = string();
            if (!members.add(name)) {
                throw error(from, "expected each member once, found a second " + name);
            }
            space();
            if (in[at] != ':') {
                throw expected("':'");
            }
            at++;
            space();
            return name;
        }

        // Section 5: arrays.

        void array() {
            enter();
        }

        /** Whether another element follows, with the cursor at it; the array is left where none does. */
        boolean element(boolean first) {
            space();
            if (in[at] == ']') {
                at++;
                depth--;
                return false;
            }
            if (!first) {
                if (in[at] != ',') {
                    throw expected("',' or ']'");
                }
                at++;
                space();
                if (in[at] == ']') {
                    throw expected("a value");
                }
            }
            return true;
        }

        // Section 6: numbers.

        /** Reads a number as seconds; any other value is passed over and becomes a fault. */
        Seconds seconds() {
            int from = at;
            boolean negative = in[at] == '-';
            if (!negative && !digit(in[at])) {
                return Seconds.fault(skipped());
            }
            at += negative ? 1 : 0;
            if (!digit(in[at])) {
                throw expected("a digit");
            }
            long value = in[at] - '0';
            int whole = ++at;
            if (value != 0) {
                for (; digit(in[at]); at++) {
                    value = value * 10 + in[at] - '0';
                }
            } else if (digit(in[at])) {
                throw expected("a number without leading zeros");
            }
            boolean fits = at - whole < 9;
            int point = at;
            if (in[at] == '.') {
                for (at++; digit(in[at]); at++) {
                    value = value * 10 + in[at] - '0';
                }
                if (at - point == 1) {
                    throw expected("a digit");
                }
                fits &= at - point <= 10;
                point++;
            }
            int fraction = at - point;
            if (in[at] == 'e' || in[at] == 'E') {
                fits = false;
                at += in[at + 1] == '+' || in[at + 1] == '-' ? 2 : 1;
                if (!digit(in[at])) {
                    throw expected("a digit");
                }
                while (digit(in[at])) {
                    at++;
                }
            }
            return fits ? Seconds.ofNanos((negative ? -value : value) * TENTHS[fraction])
                    : Seconds.of(in, from, at);
        }

        private static boolean digit(int b) {
            return b >= '0' && b <= '9';
        }

        // Section 7: strings; section 8: their characters.

        String string() {
            int from = at + 1;
            scan();
            int to = at - 1;
            if (!escaped) {
                return new String(in, from, to - from, ascii ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
            }
            StringBuilder b = new StringBuilder(to - from);
            for (int i = from; i < to; i++) {
                int clean = i;
                while (i < to && in[i] != '\\') {
                    i++;
                }
                b.append(new String(in, clean, i - clean, StandardCharsets.UTF_8));
                if (i == to) {
                    break;
                }
                int escape = "bfnrtu".indexOf(in[++i]);
                if (escape == 5) {
                    b.append((char) hex(i + 1));
                    i += 4;
                } else {
                    b.append(escape < 0 ? (char) in[i] : "\b\f\n\r\t".charAt(escape));
                }
            }
            return b.toString();
        }

        /** A feed's name; null where it is empty or too long, however it is spelled. */
        String name() {
            int from = at;
            scan();
            // No character takes more than the twelve bytes of an escaped pair.
            if (at - from - 2 > 12 * MAX_NAME_CHARS) {
                at = from;
                return null;
            }
            at = from;
            String name = string();
            if (name.isEmpty() || name.codePointCount(0, name.length()) > MAX_NAME_CHARS) {
                at = from;
                return null;
            }
            return name;
        }

        /** Checks a string and passes over it. */
        private void scan() {
            escaped = false;
            ascii = true;
            int from = ++at;
            for (; in[at] != '"'; at++) {
                if (in[at] == '\\') {
                    escaped = true;
                    escape();
                } else if (in[at] < 0) {
                    ascii = false;
                } else if (in[at] < ' ') {
                    throw at >= end ? expected("'\"' at the end of the string") : expected("control characters escaped");
                }
            }
            if (!ascii) {
                utf8(from, at);
            }
            at++;
        }

        /** Checks an escape and leaves the cursor at its last byte. A surrogate is nothing without its other half. */
        private void escape() {
            at++;
            if (in[at] != 'u') {
                if (at >= end || "\"\\/bfnrt".indexOf(in[at]) < 0) {
                    throw expected("one of \"\\/bfnrtu after a backslash");
                }
                return;
            }
            int unit = hex(at + 1);
            int start = at - 1;
            at += 4;
            if (Character.isHighSurrogate((char) unit) && in[at + 1] == '\\' && in[at + 2] == 'u'
                    && Character.isLowSurrogate((char) hex(at + 3))) {
                at += 6;
            } else if (Character.isSurrogate((char) unit)) {
                throw error(start, "expected a pair of surrogates, found one alone");
            }
        }

        private int hex(int from) {
            int unit = 0;
            for (int i = from; i < from + 4; i++) {
                int value = in[i] < 0 ? -1 : Character.digit(in[i], 16);
                if (value < 0) {
                    at = i;
                    throw expected("four hexadecimal digits");
                }
                unit = unit << 4 | value;
            }
            return unit;
        }

        private void utf8(int from, int to) {
            CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
            ByteBuffer bytes = ByteBuffer.wrap(in, from, to - from);
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

        DataException expected(String what) {
            int b = in[at] & 0xff;
            String found = at >= end ? "the end of the file" : b > ' ' && b < 0x7f ? "'" + (char) b + "'"
                    : "byte 0x" + HexFormat.of().toHexDigits((byte) b);
            return error(at, "expected " + what + ", found " + found);
        }

        /** An error at that byte. A column is a character, counted from 1. */
        DataException error(int where, String message) {
            int line = 1;
            int column = 1;
            for (int i = 0; i < where; i++) {
                if (in[i] == '\n') {
                    line++;
                    column = 1;
                } else if ((in[i] & 0xc0) != 0x80) {
                    column++;
                }
            }
            return new DataException(label + ":" + line + ":" + column + ": " + message);
        }
    }

    // ---- Clock and files ----

    /** Reads an RFC 3339 date-time (section 5.6), the second 60 excepted; null where it is none. */
    static Instant instant(String s) {
        int zone = s.length() > 0 && (s.charAt(s.length() - 1) | ' ') == 'z' ? s.length() - 1 : s.length() - 6;
        if (zone < 19 || s.charAt(4) != '-' || s.charAt(7) != '-' || (s.charAt(10) | ' ') != 't' || s.charAt(13) != ':' || s.charAt(16) != ':') {
            return null;
        }
        int hour = digits(s, 11, 13);
        int minute = digits(s, 14, 16);
        int second = digits(s, 17, 19);
        int offset = 0;
        if (zone == s.length() - 6) {
            int hours = digits(s, zone + 1, zone + 3);
            int minutes = digits(s, zone + 4, zone + 6);
            int sign = s.charAt(zone) == '+' ? 1 : s.charAt(zone) == '-' ? -1 : 0;
            if (sign == 0 || hours < 0 || hours > 23 || s.charAt(zone + 3) != ':' || minutes < 0 || minutes > 59) {
                return null;
            }
            offset = sign * (hours * 3600 + minutes * 60);
        }
        int nanos = 0;
        if (zone > 19) {
            if (s.charAt(19) != '.' || zone == 20) {
                return null;
            }
            for (int i = 20; i < zone; i++) {
                if (digits(s, i, i + 1) < 0) {
                    return null;
                }
            }
            nanos = digits((s.substring(20, zone) + "00000000"), 0, 9);
        }
        if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
            return null;
        }
        try {
            long day = LocalDate.of(digits(s, 0, 4), digits(s, 5, 7), digits(s, 8, 10)).toEpochDay();
            return Instant.ofEpochSecond(day * 86_400 + hour * 3600 + minute * 60 + second - offset, nanos);
        } catch (DateTimeException noSuchDay) {
            return null;
        }
    }

    /** The number that those characters write, or -1 where one is no digit. */
    private static int digits(String s, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            if (s.charAt(i) < '0' || s.charAt(i) > '9') {
                return -1;
            }
            value = value * 10 + s.charAt(i) - '0';
        }
        return value;
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
                    if (bytes.length > MAX_FILE_BYTES) {
                        throw tooLarge("standard input");
                    }
                    return new Document("standard input", Arrays.copyOf(bytes, bytes.length + 1));
                }
                return readFile(name);
            } catch (NoSuchFileException e) {
                throw new DataException(name + ": no such file");
            } catch (IOException e) {
                throw new DataException(name + ": cannot be read: " + reason(e));
            }
        }

        private static Document readFile(String name) throws IOException {
            Path path = path(name);
            BasicFileAttributes before = Files.readAttributes(path, BasicFileAttributes.class);
            if (!before.isRegularFile()) {
                // A FIFO or a device could block for ever or never end.
                throw new DataException(name + ": " + (before.isDirectory() ? "is a directory" : "is not a regular file")
                        + "; a pipe is read with --state -");
            }
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                long size = channel.size();
                if (size > MAX_FILE_BYTES) {
                    throw tooLarge(name);
                }
                ByteBuffer buffer = ByteBuffer.wrap(new byte[(int) size + 1]);
                while (buffer.hasRemaining() && channel.read(buffer) >= 0) { }
                BasicFileAttributes after = Files.readAttributes(path, BasicFileAttributes.class);
                boolean replaced = !Objects.equals(before.fileKey(), after.fileKey());
                if (buffer.position() != size || channel.size() != size
                        || !replaced && !before.lastModifiedTime().equals(after.lastModifiedTime())) {
                    throw new DataException(name + ": changed while it was read; write a new file and rename it over the old");
                }
                return new Document(name, buffer.array());
            }
        }

        private static DataException tooLarge(String name) {
            return new DataException(name + ": is larger than " + (MAX_FILE_BYTES >> 20) + " MiB");
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

    /** Replacement is a new file beside its target, which takes the target's place whole or not at all. */
    static final class Replacement implements AutoCloseable {
        private final Path target;
        private final Path temporary;
        private final FileChannel channel;
        final OutputStream out;

        Replacement(Path target) throws IOException {
            this.target = target;
            temporary = target.resolveSibling(".freshness-" + ProcessHandle.current().pid() + "-" + System.nanoTime() + ".tmp");
            temporary.toFile().deleteOnExit(); // also on SIGTERM and SIGINT
            channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            out = Channels.newOutputStream(channel);
        }

        void commit() throws IOException {
            channel.force(true);
            channel.close();
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            try (FileChannel directory = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
                directory.force(true); // the new name is not on disk before its directory is
            }
        }

        @Override public void close() throws IOException {
            channel.close();
            Files.deleteIfExists(temporary);
        }
    }

    /** Journal appends one line to a file that others may append to as well: under a lock, whole or not at all. */
    static final class Journal implements AutoCloseable {
        private final FileChannel channel;

        /** Opens the file before the work that it is to record, so that work that cannot be recorded is not done. */
        Journal(Path path) throws IOException {
            channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE,
                    LinkOption.NOFOLLOW_LINKS);
            channel.lock();
        }

        void append(String line) throws IOException {
            long size = channel.size();
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
                channel.truncate(size);
                throw e;
            }
        }

        @Override public void close() throws IOException {
            channel.close();
        }
    }

    /** Writes a state where it was asked for, and reads a file back: the same bytes have the verdicts decided before. */
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

    /** The path of an output, after every refusal: never a link, never what is no regular file, never an input. */
    private static Path target(Option option, String name, String[] inputs) {
        Path path = path(name).toAbsolutePath();
        String where = option.wire + " " + name + ": ";
        Path parent = path.getParent();
        try {
            if (parent == null || !Files.isDirectory(parent)) {
                throw new DataException(where + (parent == null ? "is a directory" : "no such directory: " + parent));
            }
            BasicFileAttributes existing;
            try {
                existing = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            } catch (NoSuchFileException free) {
                return path;
            }
            if (!existing.isRegularFile()) {
                throw new DataException(where + (existing.isSymbolicLink() ? "is a link; name the file itself"
                        : existing.isDirectory() ? "is a directory" : "is not a regular file"));
            }
            for (int i = 0; i < inputs.length; i += 2) {
                if (sameFile(path, path(inputs[i + 1]))) {
                    throw new DataException(where + "is the " + inputs[i] + ", which is never written; name another file");
                }
            }
            return path;
        } catch (IOException e) {
            throw new DataException(where + "cannot be written: " + reason(e));
        }
    }

    static Path path(String name) {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new DataException(name + ": is no usable path: " + e.getReason());
        }
    }

    /** Whether both name one file, also by another spelling or through a link. */
    private static boolean sameFile(Path one, Path other) {
        try {
            return Files.isSameFile(one, other);
        } catch (IOException absent) {
            return one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
        }
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        String reason = e instanceof FileSystemException ? ((FileSystemException) e).getReason() : e.getMessage();
        return reason != null ? reason : e.getClass().getSimpleName();
    }

    /** This source file. The source launcher tells where it is, and the cached start tells it in the same way. */
    private static Path source() {
        Path source = Path.of(System.getProperty("jdk.launcher.sourcefile", "Freshness.java"));
        try {
            return source.toRealPath();
        } catch (IOException gone) {
            return source.toAbsolutePath();
        }
    }

    /** A file beside this source file, named as short as the working directory allows. */
    private static String beside(Path source, String name) {
        return source.getParent().equals(Path.of("").toAbsolutePath()) ? name : source.resolveSibling(name).toString();
    }

    private static String bundledBaseline() {
        return beside(source(), BUNDLED_BASELINE);
    }

    static String program() {
        Path source = source();
        return "java " + shellWord(beside(source, source.getFileName().toString()));
    }

    private static boolean terminal() {
        System.setProperty("jdk.console", "java.base"); // 22 to 24 would answer for a console of their own
        return System.console() != null;
    }

    // ---- Options and help ----

    enum Option {
        FEED("--feed", "NAME", "the feed that is asked about"),
        STATE("--state", "FILE", "the state to read; - reads standard input"),
        ACTION("--action", "ACTION", "work that must be allowed; without it, safe_to_serve must hold"),
        AGE_SECONDS("--age-seconds", "N", "the age of the newest tick that is written"),
        OUTPUT("--output", "FILE", "the file to write, whole or not at all; - writes standard output"),
        RECORD("--record", "FILE", "append the report to this file, as one JSON line"),
        BASELINE("--baseline", "FILE", "who must be there, and how old is too old; by default " + BUNDLED_BASELINE),
        FORMAT("--format", "FORMAT", "text, which is the default, or json; for status also prometheus"),
        WATCH("--watch", "SECONDS", "evaluate again and again, until interrupted"),
        COLOR("--color", "WHEN", "auto, always or never"),
        NOW("--now", "INSTANT", "replaces the clock, for example 2026-11-22T09:37:00Z");

        final String wire;
        private final String value;
        private final String help;

        Option(String wire, String value, String help) {
            this.wire = wire;
            this.value = value;
            this.help = help;
        }
    }

    /** A command, with all that parsing, help and suggestions need to know of it. */
    enum Command {
        STATUS("shows each feed: alive, how old, safe to serve or not, and why", "status --state state.json", null,
                new Option[0], Option.STATE, Option.BASELINE, Option.FORMAT, Option.OUTPUT, Option.WATCH, Option.COLOR, Option.NOW),
        GATE("may this work go on? exit 0 only if every feed allows it", "gate --feed alpha --state state.json && ./publish.sh", null,
                new Option[] {Option.FEED, Option.STATE}, Option.ACTION, Option.BASELINE, Option.FORMAT, Option.NOW),
        SCENARIO("writes a failure that status then detects", "scenario stale --feed bravo --output stale.json", "KIND",
                new Option[] {Option.OUTPUT}, Option.FEED, Option.STATE, Option.AGE_SECONDS, Option.FORMAT, Option.NOW),
        RECOVER("restores one feed on the evidence of a fresh tick", "recover --feed bravo --state stale.json --output recovered.json", null,
                new Option[] {Option.FEED, Option.STATE, Option.OUTPUT}, Option.AGE_SECONDS, Option.RECORD, Option.BASELINE, Option.FORMAT, Option.NOW),
        SMOKE("runs the whole contract through real files", "smoke", null, new Option[0], Option.FORMAT),
        DOCTOR("checks the environment", "doctor", null, new Option[0], Option.FORMAT),
        HELP("shows this, or the help of a command", "help gate", "[COMMAND]", new Option[0]),
        VERSION("shows the version", "--version", null, new Option[0]);

        final String wire = name().equals("VERSION") ? "--version" : name().toLowerCase(Locale.ROOT);
        private final String summary;
        private final String example;
        private final String operand;
        private final Option[] required;
        private final Option[] optional;

        Command(String summary, String example, String operand, Option[] required, Option... optional) {
            this.summary = summary;
            this.example = example;
            this.operand = operand;
            this.required = required;
            this.optional = optional;
        }

        static Command named(String name) {
            List<String> known = new ArrayList<>();
            for (Command command : values()) {
                if (command.wire.equals(name)) {
                    return command;
                }
                known.add(command.wire);
            }
            throw new UsageException("unknown command: " + name + suggestion(name, known), null);
        }

        private boolean repeats(Option option) {
            return this == GATE && (option == Option.FEED || option == Option.ACTION);
        }

        private Option option(String wire) {
            List<String> known = new ArrayList<>(List.of("--help"));
            for (Option[] options : new Option[][] {required, optional}) {
                for (Option option : options) {
                    if (option.wire.equals(wire)) {
                        return option;
                    }
                    known.add(option.wire);
                }
            }
            throw new UsageException("unknown option: " + wire + suggestion(wire, known), this);
        }
    }

    /** Call is what the arguments ask for, checked before anything is read or written. */
    static final class Call {
        Command command;
        String operand;
        boolean help;
        private final Map<Option, List<String>> values = new EnumMap<>(Option.class);
        private Instant now;

        static Call parse(String[] args) {
            Call call = new Call();
            if (args.length == 0) {
                throw new UsageException("no command given", null);
            }
            if (args[0].equals("--help") || args[0].equals("-h")) {
                call.help = true;
                return call;
            }
            call.command = Command.named(args[0]);
            for (int i = 1; i < args.length; i++) {
                String arg = args[i];
                if (arg.equals("--help") || arg.equals("-h")) {
                    call.help = true;
                    return call;
                }
                if (arg.startsWith("-")) {
                    int equals = arg.indexOf('=');
                    Option option = call.command.option(equals < 0 ? arg : arg.substring(0, equals));
                    String value = equals >= 0 ? arg.substring(equals + 1) : i + 1 < args.length && !args[i + 1].startsWith("--") ? args[++i] : "";
                    call.put(option, value);
                } else if (call.command.operand != null && call.operand == null) {
                    call.operand = arg;
                } else {
                    throw new UsageException("unexpected argument: " + arg, call.command);
                }
            }
            call.check();
            return call;
        }

        private void put(Option option, String value) {
            if (value.isEmpty()) {
                throw new UsageException("no value given for " + option.wire + " " + option.value, command);
            }
            if (value.indexOf('\ufffd') >= 0) {
                throw new UsageException("the value of " + option.wire + " is not text in this locale; set LC_ALL=C.UTF-8", command);
            }
            List<String> given = values.get(option);
            if (given == null) {
                values.put(option, given = new ArrayList<>());
            } else if (!command.repeats(option)) {
                throw new UsageException(option.wire + " is given twice", command);
            }
            given.add(value);
        }

        private void check() {
            for (Option option : command.required) {
                if (!has(option)) {
                    throw new UsageException(option.wire + " " + option.value + " is missing", command);
                }
            }
            String format = format();
            if (!format.equals("text") && !format.equals("json") && !(format.equals("prometheus") && command == Command.STATUS)) {
                throw invalid(Option.FORMAT, command == Command.STATUS ? "text, json or prometheus" : "text or json");
            }
            now = has(Option.NOW) ? instant(one(Option.NOW, null)) : null;
            if (has(Option.NOW) && now == null) {
                throw invalid(Option.NOW, "an RFC 3339 instant, like 2026-11-22T09:37:00Z");
            }
            if (one(Option.BASELINE, "").equals("-")) {
                throw invalid(Option.BASELINE, "a file");
            }
            if (has(Option.AGE_SECONDS)) {
                Seconds age = number(Option.AGE_SECONDS);
                if (age == null || age.fault != null || age.sign() < 0 || age.isAbove(Decision.MAX_AGE)) {
                    throw invalid(Option.AGE_SECONDS, "a number of seconds from 0 to " + MAX_AGE_SECONDS);
                }
            }
            String color = one(Option.COLOR, "auto");
            if (!color.equals("auto") && !color.equals("always") && !color.equals("never")) {
                throw invalid(Option.COLOR, "auto, always or never");
            }
            if (has(Option.WATCH)) {
                watchMillis();
                if (has(Option.OUTPUT) || has(Option.NOW) || !format.equals("text") || one(Option.STATE, "").equals("-")) {
                    throw new UsageException("--watch goes with text, a state in a file, standard output and the real clock only", command);
                }
            }
            if (command == Command.SCENARIO) {
                checkScenario();
            }
        }

        private void checkScenario() {
            Kind kind = kind();
            if (kind.ofOneFeed() != has(Option.FEED)) {
                throw new UsageException("scenario " + kind.wire + (kind.ofOneFeed() ? " needs a --feed NAME" : " takes no --feed: it is of the whole state"), command);
            }
            if (has(Option.AGE_SECONDS) && kind != Kind.STALE) {
                throw new UsageException("--age-seconds goes with scenario stale only", command);
            }
        }

        Kind kind() {
            List<String> known = new ArrayList<>();
            for (Kind kind : Kind.values()) {
                if (kind.wire.equals(operand)) {
                    return kind;
                }
                known.add(kind.wire);
            }
            throw new UsageException(operand == null ? "no KIND given: one of " + String.join(", ", known)
                    : "unknown kind: " + operand + suggestion(operand, known), command);
        }

        private UsageException invalid(Option option, String expected) {
            return new UsageException("invalid value given for " + option.wire + ": " + one(option, "") + "; expected " + expected, command);
        }

        /** An option's number, by the rules of JSON; null where it is none. */
        private Seconds number(Option option) {
            try {
                Json in = new Json(Document.of(option.wire, one(option, "")));
                Seconds seconds = in.seconds();
                in.end();
                return seconds;
            } catch (DataException notJson) {
                return null;
            }
        }

        boolean has(Option option) {
            return values.containsKey(option);
        }

        List<String> all(Option option) {
            return values.getOrDefault(option, List.of());
        }

        String one(Option option, String otherwise) {
            return has(option) ? values.get(option).get(0) : otherwise;
        }

        String format() {
            return one(Option.FORMAT, "text");
        }

        Instant now() {
            return now != null ? now : Instant.now();
        }

        long watchMillis() {
            Seconds seconds = number(Option.WATCH);
            double every = seconds == null || seconds.fault != null ? 0 : seconds.approximate();
            if (every < 0.1 || every > 86_400) {
                throw invalid(Option.WATCH, "a number of seconds from 0.1 to 86400");
            }
            return (long) (every * 1000);
        }

        /** Whether to colour a report; auto does on a terminal, unless NO_COLOR is set. */
        boolean color(boolean toStandardOutput) {
            String when = one(Option.COLOR, "auto");
            String noColor = System.getenv("NO_COLOR");
            return when.equals("always") || when.equals("auto") && toStandardOutput && format().equals("text")
                    && (noColor == null || noColor.isEmpty()) && terminal();
        }

        /** Every file that is read, after the word for it: none of them may be written. */
        String[] inputs() {
            String state = one(Option.STATE, bundledBaseline());
            return new String[] {"input", state.equals("-") ? bundledBaseline() : state, "baseline", one(Option.BASELINE, bundledBaseline()),
                "bundled baseline", bundledBaseline()};
        }
    }

    private static int help(Command command, Sink sink) throws IOException {
        if (command == null) {
            sink.add("example: ").add(program()).add(" ").add(Command.GATE.example).add("\n\n")
                    .add("A fail-closed freshness gate: safe is what was proved, everything else is blocked.\n\n");
            for (Command each : Command.values()) {
                String usage = each.operand == null ? each.wire : each.wire + " " + each.operand;
                sink.add("  ").add(usage).add(" ".repeat(16 - usage.length())).add(each.summary).add("\n");
            }
            sink.add("\nexit codes: 0 proved safe, or done; 2 evaluated and not safe; 3 could not be evaluated\n")
                    .add("Go on only on 0. ").add(program()).add(" COMMAND --help shows the options of a command.\n");
        } else {
            sink.add("example: ").add(program()).add(" ").add(command.example).add("\n\n").add(command.wire).add(": ").add(command.summary).add("\n\n");
            if (command == Command.SCENARIO) {
                sink.add("  KIND                   one of");
                for (Kind kind : Kind.values()) {
                    sink.add(" ").add(kind.wire);
                }
                sink.add("\n");
            }
            for (Option[] options : new Option[][] {command.required, command.optional}) {
                for (Option option : options) {
                    String usage = option.wire + " " + option.value + (command.repeats(option) ? "..." : "");
                    sink.add("  ").add(usage).add(" ".repeat(23 - usage.length())).add(option.help)
                            .add(options == command.required ? " (required)\n" : "\n");
                }
            }
        }
        sink.flush();
        return SAFE;
    }

    /** The nearest of the known words as a question, or else the words themselves. */
    static String suggestion(String word, List<String> known) {
        String nearest = null;
        int least = Math.max(1, word.length() / 3) + 1;
        for (String candidate : known) {
            int distance = candidate.startsWith(word) ? 1 : distance(word, candidate);
            if (distance < least) {
                least = distance;
                nearest = candidate;
            }
        }
        return nearest != null ? "; did you mean " + nearest + "?"
                : known.size() <= 2 * MAX_NAMED_IN_LINE ? "; known are " + String.join(", ", known) : "";
    }

    /** Levenshtein's: how many characters to put in, take out or replace. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            int diagonal = i;
            for (int j = 0; j <= b.length(); j++) {
                int above = row[j];
                row[j] = i == 0 ? j : j == 0 ? i : Math.min(Math.min(above, row[j - 1]) + 1,
                        diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1));
                diagonal = above;
            }
        }
        return row[b.length()];
    }

    /** A command that can be pasted into a shell; options without a value are left out. */
    private static String commandLine(String command, Object... options) {
        StringBuilder b = new StringBuilder(program()).append(' ').append(command);
        for (int i = 0; i < options.length; i += 2) {
            if (options[i + 1] != null) {
                String value = (String) options[i + 1];
                b.append(' ').append(((Option) options[i]).wire).append(value.startsWith("--") ? '=' : ' ').append(shellWord(value));
            }
        }
        return b.toString();
    }

    private static String shellWord(String word) {
        boolean plain = true;
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            plain &= c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "-_./:=@%+,".indexOf(c) >= 0;
        }
        if (plain) {
            return word;
        }
        String shown = visible(word);
        if (shown.equals(word)) {
            return "'" + word.replace("'", "'\\''") + "'";
        }
        StringBuilder b = new StringBuilder("$'");
        for (byte octet : word.getBytes(StandardCharsets.UTF_8)) {
            b.append("\\x").append(HexFormat.of().toHexDigits(octet));
        }
        return b.append('\'').toString();
    }
}
