//bin/: 2>&- || { case $0 in sh|ash|bash|dash|ksh|mksh|zsh|busybox|-sh|-ash|-bash|-dash|-ksh|-zsh) echo 'freshness: run it as a file: a pipe cannot be read twice' >&2; exit 3 ;; esac; me=$0; it=$(sed -n '/^launch() {$/,/^# \*\/$/{H;/^# \*\/$/{g;p;};}' <"$me"); [ -z "$it" ] || { eval "$it"; launch "$@"; }; echo "freshness: the program cannot be read or is incomplete" >&2; exit 3; } # see the end
//JAVA 17+
//DESCRIPTION A fail-closed freshness gate for market-data feeds.

/*
 * Freshness decides whether market-data feeds are fresh enough to act on.
 *
 * It reads a state (what a producer claims) and a baseline (what was agreed) and returns a verdict
 * for each feed. A feed is safe only if that is proved; everything else is blocked. A fault of one
 * feed makes that feed unknown. A fault that belongs to no single feed, such as a missing bracket,
 * makes the whole state invalid, and then nothing is safe.
 *
 * Exit codes: 0 proved safe, or the command did its work; 2 evaluated, and not safe; 3 could not be
 * evaluated. 1 is never used, because a JVM that dies leaves it.
 *
 * Start with Decision: decide() is the contract's decision table. Everything else feeds it data or
 * presents its results.
 *
 * The sections, in order:
 *   Limits        how large, how long, how many; the exit codes
 *   Usage         the commands, one line each for the parser, and a page each for people
 *   Start         main and run, the standard streams, the two types of failure
 *   Domain        the words of the field: status, alert, kind, reason, feed, verdict
 *   Decision      baseline, state and instant in, verdicts out; no file, clock or output
 *   Evaluation    what was read and when, what a watch saw before, what follows from both
 *   Commands      a function or a type per command: read, decide, render, write
 *   Reports       one type per form: text, JSON, metrics, board, gate, work, checks
 *   State         what a document claims, and the index that finds a feed in it
 *   Edits         changes of single values; everything else stays byte for byte
 *   JSON          the grammar of RFC 8259, and nothing about feeds
 *   Time          seconds and instants, read and written
 *   Calendar      when a market is open, and how much of an age falls into that
 *   Files         documents read whole, files delivered whole, checks of targets, a workspace
 *   Environment   where the program is, how it was started, terminal, descriptors
 *   Text          templates and escaping, widths, suggestions
 *   Command line  options and calls; it parses, and does nothing else
 *   Launcher      what a shell runs to start Java
 *
 * Line 1 makes this file a program: to Java it is a comment, and to a shell it is a command that
 * fails at once. The shell then reads the launcher from the end of the file into a variable and
 * runs it. A file that was cut has no whole launcher, and exits with 3.
 *
 * Each `java Freshness.java` compiles this file, so whatever is here costs time at each start.
 * Regular expressions, formatters, streams, lambdas and string concatenation each cost tens of
 * milliseconds on first use, so no command's usual path has them. That is why texts are built with
 * Text.fill() and String.concat().
 */

// The classes of java.lang are imported by name, too: otherwise a Runtime.class in the working
// directory would shadow the JDK's.
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.lang.AutoCloseable;
import java.lang.Boolean;
import java.lang.Character;
import java.lang.Comparable;
import java.lang.Error;
import java.lang.IllegalArgumentException;
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
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
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
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.time.zone.ZoneRulesProvider;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

public final class Freshness {

    private Freshness() { }

    // ---- Limits ----

    static final int MAX_FILE_BYTES = 256 << 20;
    static final int MAX_NESTING = 64;
    static final int MAX_NAME_CHARS = 200;
    /**
     * A longer number, or one with more decimals, survives when a state is rewritten, but is never
     * read as an age or a limit.
     */
    static final int MAX_NUMBER_CHARS = 1_000;
    /** About 31 years. An epoch timestamp written as an age by mistake is larger. */
    static final long MAX_AGE_SECONDS = 1_000_000_000;
    static final int MAX_SKEW_SECONDS = 1;
    /** How many times to read a file that keeps changing before refusing it. */
    static final int MAX_READS = 3;
    /** File times are coarse: two changes within one step get the same one. */
    static final long FILE_TIME_STEP_NANOS = 10_000_000;
    /** The step on file systems that keep whole seconds only. */
    static final long WHOLE_SECONDS_STEP_NANOS = 2_000_000_000;
    /** How long a file must stay unchanged, and how many times that is checked. */
    static final long STABLE_NANOS = 500_000;
    static final int STABILITY_CHECKS = 4;
    /** A file is read and compared in pieces, so that it is in memory only once. */
    static final int CHUNK_BYTES = 1 << 16;
    static final int UTF8_CHUNK_CHARS = 1 << 13;
    /** How long to wait for a record that another process has locked, and how often to try. */
    static final int MAX_LOCK_SECONDS = 5;
    static final int LOCK_POLL_MILLIS = 50;
    /** How long a closing gate's watch waits for its record: the work must stop when it ends. */
    static final long MAX_LAST_LOCK_NANOS = 1_000_000_000;
    /** How long the last verdict of a gate's watch may take to be read. */
    static final int MAX_LAST_WORDS_MILLIS = 5_000;
    static final int FROZEN_FOR_SECONDS = 3_600;
    static final String STALE_AGE_SECONDS = "660";
    static final String SKEWED_AGE_SECONDS = "-30";
    static final String RECOVERED_AGE_SECONDS = "5";
    /** Placeholder for the tick's age in a suggested recovery: only the operator can know it. */
    static final String AGE_PLACEHOLDER = "AGE";
    /** Placeholder for the baseline, if the bundled one does not list the feeds of a state. */
    static final String BASELINE_PLACEHOLDER = "BASELINE";
    /** Placeholder for the feed in a suggested recovery that stands for several feeds. */
    static final String FEED_PLACEHOLDER = "FEED";
    static final int MIN_WATCH_MILLIS = 100;
    static final int MAX_WATCH_MILLIS = 86_400_000;
    /** How many feeds a headline names. A table always has a row for each. */
    static final int MAX_HEADLINE_FEEDS = 5;
    /** How many known words a message lists if none of them is close. */
    static final int MAX_LISTED_WORDS = 10;
    /**
     * How many feeds a board shows, each in a row; one row per kind gives the count of the rest.
     * No row begins after so many characters.
     */
    static final int MAX_BOARD_ROWS = 1_000;
    static final int MAX_BOARD_CHARS = 1 << 20;
    /** How many actions a board keeps current; beyond that it shows only a count. */
    static final int MAX_BOARD_ACTIONS = 50;
    /** Maximum edit distance for a spelling suggestion. */
    static final int MAX_EDITS = 3;
    /** Assumed height of a terminal that does not report one. */
    static final int TERMINAL_LINES = 24;
    static final int MIN_JAVA = 17;

    static final int SAFE = 0;
    static final int UNSAFE = 2;
    static final int UNEVALUATED = 3;

    // ---- Usage ----

    /**
     * The commands, as the parser takes their options from here. Brackets hold what is optional;
     * "..." follows what may be repeated.
     */
    private static final String[] USAGES = {
        "status [--state FILE] [--baseline FILE] [--format text|json|prometheus|html]"
            + " [--output FILE] [--watch SECONDS] [--color auto|always|never] [--now INSTANT]",
        "gate --feed NAME... --state FILE [--action ACTION...] [--baseline FILE]"
            + " [--max-age-seconds N] [--valid-for SECONDS] [--at-least N]"
            + " [--record FILE] [--format text|json] [--watch SECONDS] [--quiet] [--now INSTANT]",
        "scenario KIND --output FILE [--feed NAME] [--state FILE] [--age-seconds N]"
            + " [--format text|json] [--now INSTANT]",
        "recover --feed NAME --state FILE --output FILE [--age-seconds N] [--record FILE]"
            + " [--baseline FILE] [--format text|json] [--now INSTANT]",
        "smoke [--format text|json]",
        "doctor [--baseline FILE] [--state FILE] [--format text|json]",
        "help [COMMAND]",
        "--version",
    };

    // What help shows, for people. {} stands for the program, as it was started. A test checks
    // that each page names the options, values and defaults of its usage line, in at most 80
    // columns.

    private static final String GENERAL_HELP = """
            Fail-closed freshness gate for market-data feeds: whatever is not proven fresh
            is blocked.

            Usage: {} COMMAND [OPTIONS]

            Your collector writes the state file: when each feed last ticked. The baseline
            file is the contract: which feeds must be there, and how old each may get.

            Examples:
              Run a job only if its feed is fresh:
                {} gate --feed alpha --state state.json \\
                  --baseline baseline.json && ./publish.sh
              See every feed, and why one is blocked:
                {} status --state state.json \\
                  --baseline baseline.json
              Try it without files of your own:
                {} smoke

            Commands for every day:
              status     show every feed: its age, its limit, and why it is blocked
              gate       exit 0 only if every named feed allows every named action
              recover    mark one feed fresh again after a tick you have seen, or refuse

            Drills and checks:
              scenario   write a state with a simulated failure, for drills
              smoke      run the built-in self-test
              doctor     check Java, the clock and your files on this host

            About the program:
              help       show this help, or help for one command
              --version  show the version of this program and of Java

            Exit status: 0 safe or done, 2 not safe, 3 could not be evaluated.
            Proceed only on 0.

            For a command's options, run: {} help COMMAND
            """;

    private static final String STATUS_HELP = """
            Show every feed: its age, its limit, and why it is blocked.

            Usage: {} status [OPTIONS]

            Examples:
              {} status --state state.json --baseline baseline.json
              {} status --state state.json --baseline baseline.json \\
                --format prometheus --output freshness.prom

            Input:
              --state FILE          state file written by your collector; - reads standard
                                    input (default: data/healthy.json, a test fixture)
              --baseline FILE       agreed feeds and limits
                                    (default: data/healthy.json, a test fixture)

            Output:
              --format FORMAT       output format: text (default), json, prometheus or html
              --output FILE         write the result to FILE, atomically; - writes to
                                    standard output (default: -)
              --color WHEN          auto (default; color on a terminal only), always or
                                    never

            Time:
              --watch SECONDS       re-evaluate every SECONDS, 0.1 to 86400, until
                                    interrupted; text on standard output, or
                                    prometheus or html into a file (default:
                                    evaluate once)
              --now INSTANT         evaluate as of this time instead of now, e.g.
                                    2026-11-22T09:37:00Z

            Exit status: 0 every feed is safe, 2 one is not, 3 could not be evaluated.
            """;

    private static final String GATE_HELP = """
            Exit 0 only if every named feed allows every named action. Run it right before
            the job; if it does not exit 0, the job must not run.

            Usage: {} gate --feed NAME... --state FILE [OPTIONS]

            Examples:
              Before a job:
                {} gate --feed alpha --state state.json \\
                  --baseline baseline.json && ./publish.sh
              For one kind of work, and at a tighter limit than agreed:
                {} gate --feed alpha --state state.json \\
                  --baseline baseline.json --action price_order --max-age-seconds 30
              Beside long-running work, which must stop when this exits:
                {} gate --feed alpha --state state.json \\
                  --baseline baseline.json --watch 1

            Required:
              --feed NAME           a feed the job needs; repeat it for several
              --state FILE          state file written by your collector; - reads standard
                                    input

            What to check:
              --action ACTION       what the job does, from the list below; repeat it for
                                    several (default: the feed must be safe to serve)
              --baseline FILE       agreed feeds and limits
                                    (default: data/healthy.json, a test fixture)
              --max-age-seconds N   block if a tick is older than N seconds, whatever the
                                    action allows (default: the agreed limits alone)
              --valid-for SECONDS   block unless the gate stays open this long even if no
                                    tick arrives (default: open now is enough)
              --at-least N          open if N of the named feeds are; the job may use only
                                    those the verdict names (default: all of them)

            Output:
              --format FORMAT       output format: text (default) or json
              --quiet               print nothing while the gate is open
              --record FILE         append the verdict to FILE as one line of JSON; what
                                    cannot be recorded is blocked (default: no record)

            Time:
              --watch SECONDS       re-evaluate every SECONDS, 0.1 to 86400, until the gate
                                    closes (default: evaluate once)
              --now INSTANT         evaluate as of this time instead of now, e.g.
                                    2026-11-22T09:37:00Z; not with --watch, --quiet or
                                    --record

            Actions, and what each needs (a baseline can ask for more, or add others):
              inspect_status        a state that can be evaluated
              read_last_price       a feed that is fresh or stale
              serve_cached_status   a feed that is fresh or stale
              price_order           a feed that is fresh
              publish_signal        a feed that is fresh
              rebalance_position    a feed that is fresh

            Exit status: 0 open, 2 blocked, 3 could not be evaluated. Proceed only on 0.
            """;

    private static final String SCENARIO_HELP = """
            Write a state with a simulated failure, for drills. It never changes the file it
            starts from.

            Usage: {} scenario KIND --output FILE [OPTIONS]

            Example:
              {} scenario stale --feed bravo --output stale.json
              {} status --state stale.json

            Kinds of failure of one feed, with --feed:
              stale                 it is up, and its newest tick is 660 seconds old
              unknown               it is up, and the age of its newest tick is unknown
              down                  its consumer is down
              missing               its entry is missing
              skewed                its newest tick is 30 seconds in the future
              loosened              its newest tick is 660 seconds old, and the state
                                    claims a higher limit

            Kinds of failure of the whole state, without --feed:
              frozen                it was written an hour ago, and its ages look fresh
              corrupt               the file ends in the middle

            Required:
              KIND                  one of the kinds above
              --output FILE         write the state to FILE, atomically; - writes to
                                    standard output

            Options:
              --feed NAME           the feed that fails; required for its kinds
              --state FILE          state file to start from; - reads standard input
                                    (default: data/healthy.json, a test fixture)
              --age-seconds N       age of the tick in seconds, only for stale
                                    (default: 660)
              --format FORMAT       format of the report: text (default) or json
              --now INSTANT         write the state as of this time instead of now, e.g.
                                    2026-11-22T09:37:00Z

            Exit status: 0 written, 3 not written.
            """;

    private static final String RECOVER_HELP = """
            Mark one feed fresh again after a tick you have seen. It refuses, and writes
            nothing, if the feed would still be unsafe or if another feed's verdict would
            change. A feed whose collector writes fresh ticks needs no recovery.

            Usage: {} recover --feed NAME --state FILE --output FILE
                   [OPTIONS]

            Example:
              {} recover --feed bravo --state state.json \\
                --baseline baseline.json --age-seconds AGE --output recovered.json &&
                mv recovered.json state.json

            Required:
              --feed NAME           the feed to recover
              --state FILE          state file with the failure; - reads standard input
              --output FILE         write the new state to FILE, atomically; - writes to
                                    standard output

            Options:
              --age-seconds N       age in seconds of the tick you have seen (default: 5)
              --baseline FILE       agreed feeds and limits
                                    (default: data/healthy.json, a test fixture)
              --record FILE         append the report to FILE as one line of JSON; what
                                    cannot be recorded is not done (default: no record)
              --format FORMAT       format of the report: text (default) or json
              --now INSTANT         recover as of this time instead of now, e.g.
                                    2026-11-22T09:37:00Z

            Exit status: 0 recovered, or fresh already; 2 refused; 3 could not be evaluated.
            """;

    private static final String SMOKE_HELP = """
            Run the built-in self-test: every failure and every recovery, on real files in a
            temporary directory. It reads none of your files.

            Usage: {} smoke [--format text|json]

            Options:
              --format FORMAT       format of the report: text (default) or json

            Exit status: 0 every check passed, 2 a check failed, 3 could not run.
            """;

    private static final String DOCTOR_HELP = """
            Check Java, the clock and your files on this host, before you rely on the gate.

            Usage: {} doctor [OPTIONS]

            Example:
              {} doctor --baseline baseline.json --state state.json

            Options:
              --baseline FILE       agreed feeds and limits, to check as well
                                    (default: only the bundled fixture is checked)
              --state FILE          state file written by your collector, to check as well;
                                    - reads standard input (default: none)
              --format FORMAT       format of the report: text (default) or json

            Exit status: 0 every check passed, 2 a check failed, 3 could not run.
            """;

    private static final String HELP_HELP = """
            Show the commands, or help for one command.

            Usage: {} help [COMMAND]

            Options:
              COMMAND               status, gate, scenario, recover, smoke or doctor
                                    (default: show all commands)
            """;

    private static final String VERSION_HELP = """
            Show the version of this program and of Java.

            Usage: {} --version
            """;

    // ---- Start ----

    public static void main(String... args) {
        int exit = UNEVALUATED;
        try {
            OutputStream out = Environment.standardOutput();
            exit = run(args, System.in, out, new FileOutputStream(FileDescriptor.err));
        } finally {
            Runtime.getRuntime().halt(exit);
        }
    }

    /** Runs one command and returns its exit code. Only here does a failure become a line. */
    static int run(String[] args, InputStream in, OutputStream out, OutputStream err) {
        String problem;
        String help = "";
        try {
            if (args.length == 0) {
                return Help.showUnasked(err);
            }
            return Commands.run(Call.parse(args), new Streams(in, out, err));
        } catch (UsageException e) {
            problem = e.getMessage();
            // A question mark ends a sentence. The command comes last, so that it can be pasted.
            String end = problem.endsWith("?") ? "" : ".";
            help = Text.fill("{} For usage, run: {}", end, e.help());
        } catch (DataException e) {
            problem = e.getMessage();
        } catch (IOException e) {
            problem = Text.fill("cannot write the output: {}{}", Disk.reason(e), Disk.place(e));
        } catch (OutOfMemoryError e) {
            problem = "out of memory; give the JVM more, for example with JDK_JAVA_OPTIONS=-Xmx4g";
        } catch (Throwable e) {
            problem = Text.fill("internal error, please report it: {}", e);
        }
        try {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            new Output(line).text("freshness: {}{}\n", problem, Text.raw(help)).flush();
            LastWords.write(err, line.toByteArray());
        } catch (IOException e) {
            // There is nowhere left to report this, but the exit code still signals it.
        }
        return UNEVALUATED;
    }

    /** Streams are the standard streams of one run. */
    record Streams(InputStream in, OutputStream out, OutputStream err) { }

    /**
     * DataException reports data that cannot be read, used or written. Its message says where, and
     * what to do.
     */
    static final class DataException extends RuntimeException {
        private static final long serialVersionUID = 1;

        DataException(String template, Object... values) {
            super(Text.fill(template, values), null, false, false);
        }
    }

    /** UsageException says that a command line asks for something that no command does. */
    static final class UsageException extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final String help;

        /** The command is the one whose help to name; null names the general help. */
        UsageException(String command, String template, Object... values) {
            super(Text.fill(template, values), null, false, false);
            String words = command == null ? "help" : "help ".concat(command);
            help = Text.fill("{} {}", Environment.program(), words);
        }

        /** Returns the command that shows the help, as it can be pasted. */
        String help() {
            return help;
        }
    }

    // ---- Domain ----

    // The constants of the enums are spelled as in the reports.

    /** The actions, from the least to the most demanding. */
    static final List<String> ACTIONS = Arrays.asList("inspect_status", "read_last_price",
            "serve_cached_status", "price_order", "publish_signal", "rebalance_position");

    /** The freshness of a feed. It allows the first of the actions and blocks the rest. */
    enum Status {
        unknown(1), stale(3), fresh(6);

        final List<String> allowed;
        final List<String> blocked;

        Status(int actions) {
            allowed = ACTIONS.subList(0, actions);
            blocked = ACTIONS.subList(actions, ACTIONS.size());
        }
    }

    /**
     * Rule is what an action requires of a feed.
     *
     * @param least       the least status that allows it
     * @param maxAgeNanos the highest age that allows it, in addition; Time.NO_BOUND if any does
     *
     */
    record Rule(Status least, long maxAgeNanos) { }

    /**
     * Actions are the actions a baseline knows, each with its rule: the built-in ones in their
     * order, then its own. A baseline may tighten the rule of a built-in action, never loosen it.
     */
    static final class Actions {
        /** The actions of a baseline that defines none; verdicts then share the lists of Status. */
        static final Actions BUILT_IN = new Actions();
        private static final List<String> MEMBERS = Arrays.asList("min_status", "max_age_seconds");
        private static final List<String> LEAST = Arrays.asList("fresh", "stale");

        private final Map<String, Rule> rules = new LinkedHashMap<>();

        private Actions() {
            for (String name : ACTIONS) {
                rules.put(name, new Rule(builtInLeast(name), Time.NO_BOUND));
            }
        }

        private static Status builtInLeast(String name) {
            for (Status status : Status.values()) {
                if (status.allowed.contains(name)) {
                    return status;
                }
            }
            throw new IllegalArgumentException(name);
        }

        /** Reads the actions of a baseline. Throws DataException if one is not a valid rule. */
        static Actions read(Json in) {
            Actions actions = new Actions();
            in.enterObject("an object of actions, each with its name");
            while (in.member()) {
                String name = in.name();
                if (State.isNote(name)) {
                    in.skip();
                    continue;
                }
                if (!isName(name)) {
                    throw in.error(in.nameAt(), "expected the name of an action, 1 to {} letters,"
                            + " digits, _, -, . or :", MAX_NAME_CHARS);
                }
                if (!ACTIONS.contains(name)) {
                    checkOwnName(in, name);
                }
                Rule builtIn = BUILT_IN.rules.get(name);
                actions.rules.put(name, readRule(in, name, builtIn));
            }
            return actions;
        }

        /** Refuses the misspelt name of a built-in action, because it would have no effect. */
        private static void checkOwnName(Json in, String name) {
            for (String builtIn : ACTIONS) {
                boolean hasSuffix = name.startsWith(builtIn)
                        && !Character.isLetterOrDigit(name.charAt(builtIn.length()));
                boolean isMistake = !hasSuffix && Similarity.MISTAKE.holds(name, builtIn);
                if (isMistake || Similarity.SPELLING.holds(name, builtIn)) {
                    throw in.error(in.nameAt(), "{} is too close to {}, which is built in; did you"
                            + " mean {}? If not, give your action another name",
                            name, builtIn, builtIn);
                }
            }
        }

        /** Returns whether an action may have that name, which appears in commands and lists. */
        static boolean isName(String text) {
            for (char c : text.toCharArray()) {
                boolean isPlain = c < 0x7f
                        && (Character.isLetterOrDigit(c) || "_-.:".indexOf(c) >= 0);
                if (!isPlain) {
                    return false;
                }
            }
            return !text.isEmpty() && text.length() <= MAX_NAME_CHARS;
        }

        /** Reads a rule. builtIn is null if the baseline defines the action itself. */
        private static Rule readRule(Json in, String name, Rule builtIn) {
            Status least = builtIn == null ? Status.fresh : builtIn.least();
            long maxAgeNanos = Time.NO_BOUND;
            in.enterObject("an action, an object with min_status, max_age_seconds or neither");
            while (in.member()) {
                switch (in.name()) {
                    case "min_status" -> least = readLeast(in, name, builtIn);
                    case "max_age_seconds" -> maxAgeNanos = State.readLimit(in, Role.baseline);
                    default -> State.skipOther(in, Role.baseline, MEMBERS);
                }
            }
            return new Rule(least, maxAgeNanos);
        }

        private static Status readLeast(Json in, String name, Rule builtIn) {
            int at = in.at();
            String text = in.isString() ? in.string() : "";
            if (!LEAST.contains(text)) {
                throw in.error(at, "expected the least status, fresh or stale");
            }
            Status least = Status.valueOf(text);
            if (builtIn != null && least.compareTo(builtIn.least()) < 0) {
                throw in.error(at, "{} needs a feed that is {}: a baseline may tighten a built-in"
                        + " action, never loosen it; give your action a name of its own",
                        name, builtIn.least());
            }
            return least;
        }

        List<String> names() {
            return this == BUILT_IN ? ACTIONS : new ArrayList<>(rules.keySet());
        }

        /** Returns what an action needs, or null if there is no such action. */
        Rule rule(String action) {
            return rules.get(action);
        }

        /** Returns the actions that a verdict allows, or those that it blocks. */
        List<String> ofVerdict(Verdict verdict, boolean areAllowed) {
            if (this == BUILT_IN) {
                Status status = verdict.status();
                return areAllowed ? status.allowed : status.blocked;
            }
            List<String> names = new ArrayList<>();
            for (Map.Entry<String, Rule> entry : rules.entrySet()) {
                boolean isAllowed = verdict.leftNanos(entry.getValue()) >= 0;
                if (isAllowed == areAllowed) {
                    names.add(entry.getKey());
                }
            }
            return names;
        }

        /** Returns the message about a name that no action has. */
        String unknownAction(String action) {
            return Text.fill("unknown action: {}{}", action, Text.suggestion(action, names()));
        }
    }

    /**
     * Alert is who should hear about a verdict: nobody, somebody in working hours, or somebody now.
     */
    enum Alert { none, ticket, page }

    /** Scope is what a failure affects: one feed, or the whole state. */
    enum Scope { FEED, STATE }

    /** Kind is a failure that the command scenario writes. */
    enum Kind {
        stale(Scope.FEED), unknown(Scope.FEED), down(Scope.FEED), missing(Scope.FEED),
        skewed(Scope.FEED), loosened(Scope.FEED), frozen(Scope.STATE), corrupt(Scope.STATE);

        final Scope scope;

        Kind(Scope scope) {
            this.scope = scope;
        }

        static List<String> names() {
            List<String> names = new ArrayList<>();
            for (Kind kind : values()) {
                names.add(kind.name());
            }
            return names;
        }
    }

    /** The reason for a feed's status, in the order of the decision table. */
    enum Reason {
        state_invalid("the state cannot be evaluated: {}",
                "fix the state file or the producer that writes it"),
        feed_missing("listed in the baseline but missing from the state", null),
        feed_unexpected("present in the state but not listed in the baseline",
                "add this feed to the baseline after review, or stop the producer from writing it"),
        as_of_missing("{}",
                "make the producer write as_of, or last_tick_at for each feed"),
        as_of_invalid("{}",
                "make the producer write as_of like 2026-11-22T09:37:00Z"),
        clock_skew("as_of is {} in the future{}",
                "compare the clock of this host with that of the host that wrote the state"),
        tick_skew("last_tick_at is {} in the future{}", clock_skew.advice),
        alive_invalid("alive is {}; expected true or false",
                "make the producer write alive as true or false"),
        feed_down("the feed consumer is down (alive is false)", null),
        heartbeat_invalid("{}",
                "make the producer write last_heartbeat_at like 2026-11-22T09:37:00Z"),
        heartbeat_stale("last heartbeat {} old, limit {}", null),
        limit_invalid("max_age_seconds is {}; expected a number greater than 0 and at most "
                + MAX_AGE_SECONDS, null),
        age_missing("{}", null),
        age_invalid("{}", "make the producer write last_tick_at as an"
                + " instant, or last_tick_age_seconds as a number"),
        silence_expected("last tick {} old, limit {}{}; {}", "wait: the next tick opens the gate"),
        stale("last tick {} old, limit {}{}", null),
        fresh("last tick {} old, limit {}{}", null);

        /** One plain sentence, with holes that Verdict.sentence() fills. */
        final String sentence;
        /** What to do next; null if that depends on the feed, see Decision.advice(). */
        final String advice;

        Reason(String sentence, String advice) {
            this.sentence = sentence;
            this.advice = advice;
        }
    }

    /**
     * Feed is one entry of a document, as claimed. Time defines the values that stand for an absent
     * or invalid age, limit or tick.
     *
     * @param alive null if it is absent, or neither true nor false
     * @param tick  when the newest tick arrived; null if that is absent
     * @param at    the offset of the entry's first byte
     */
    record Feed(String name, Boolean alive, long ageNanos, Instant tick, long limitNanos,
            int at) { }

    /**
     * Heartbeat is how long ago a feed proved that it is connected, if the baseline asks for it.
     *
     * @param ageNanos the age at the evaluation; above Time.FOREVER if it is missing or not valid
     *
     */
    record Heartbeat(long ageNanos, long limitNanos) {
        boolean isValid() {
            return ageNanos <= Time.FOREVER;
        }

        boolean isStale() {
            return ageNanos > limitNanos;
        }
    }

    /**
     * Market is what the calendar of a feed says while the feed is not fresh.
     *
     * @param opensAt null while it is open
     * @param silence why nobody is paged, such as "market closed until Mon 09:30 America/New_York";
     *                null if somebody is
     */
    record Market(Instant opensAt, String silence) { }

    /** Context is what the verdicts of one decision share: its instant, and the actions. */
    record Context(Instant now, Actions actions) { }

    /**
     * Verdict is what was decided about one feed.
     *
     * @param alive       null if it is not known
     * @param ageNanos    the age at the evaluation
     * @param limitNanos  the limit that applied
     * @param isTightened whether that is the state's own, below the agreed one
     * @param aheadNanos  for a skew, how far the time lies in the future
     * @param detail      for an unknown feed, what was found instead of a valid value, or null if
     *                    nothing was; for a fresh feed, why there is a ticket, or null if there is
     *                    none
     * @param question    about a member that may be the missing one, misspelt; null if none is
     * @param obstacle    a second fault, which a recovery of the feed would not cure, so that it
     *                    has to be corrected first; null if there is none
     * @param isExcused   whether the feed is missing and its baseline has it as optional: nobody
     *                    is paged, the whole stays eligible, and nothing is allowed on the feed
     * @param heartbeat   null if the baseline requires none
     * @param market      null if the feed is fresh or has no calendar, or nobody asks for the alert
     * @param context     what it shares with the other verdicts of its decision
     *
     */
    record Verdict(String name, Boolean alive, long ageNanos, long limitNanos,
            boolean isTightened, long aheadNanos, Reason reason, Alert alert, String detail,
            String question, Verdict obstacle, boolean isExcused, Heartbeat heartbeat,
            Market market, Context context) {
        private static final Rule SAFE_TO_SERVE = new Rule(Status.fresh, Time.NO_BOUND);
        private static final String EXCUSE =
                "optional in the baseline, and missing from the state";

        /** Returns this verdict with a second fault. Only a skew uses how far it is ahead. */
        Verdict besides(Reason second, String found, long secondAheadNanos,
                String secondQuestion) {
            Verdict fault = new Verdict(name, alive, ageNanos, limitNanos, false,
                    secondAheadNanos, second, alert, found, secondQuestion, null, false, null,
                    null, context);
            return new Verdict(name, alive, ageNanos, limitNanos, isTightened, aheadNanos, reason,
                    alert, detail, question, fault, isExcused, heartbeat, market,
                    context);
        }

        boolean isSafe() {
            return reason == Reason.fresh;
        }

        /** Returns whether the feed consumer is known to answer. */
        boolean isAlive() {
            return alive == Boolean.TRUE;
        }

        Status status() {
            if (reason == Reason.fresh) {
                return Status.fresh;
            }
            if (reason == Reason.stale || reason == Reason.silence_expected) {
                return Status.stale;
            }
            return Status.unknown;
        }

        /** Returns why nobody is paged although the feed is not fresh; null if somebody is. */
        String silence() {
            return market == null ? null : market.silence();
        }

        /**
         * Returns how long the feed stays safe if no tick arrives; negative if it is not safe now.
         */
        long safeForNanos() {
            return leftNanos(SAFE_TO_SERVE);
        }

        /**
         * Returns the latest instant at which it is still safe if no tick arrives; null if it is
         * not safe.
         */
        Instant safeUntil() {
            return isSafe() ? context.now().plusNanos(safeForNanos()) : null;
        }

        /** Returns the actions that are allowed: none if nothing could be evaluated. */
        List<String> allowed() {
            if (allowsNothing()) {
                return Arrays.asList();
            }
            return context.actions().ofVerdict(this, true);
        }

        private boolean allowsNothing() {
            return reason == Reason.state_invalid || isExcused;
        }

        /** Returns the actions that are not allowed. */
        List<String> blocked() {
            if (allowsNothing()) {
                return context.actions().names();
            }
            return context.actions().ofVerdict(this, false);
        }

        /**
         * Returns how long the feed satisfies a rule if no tick arrives: the smallest of all
         * bounds. It is negative if the feed does not satisfy the rule now, and Time.NO_BOUND if
         * nothing ends it.
         */
        long leftNanos(Rule rule) {
            if (allowsNothing() || status().compareTo(rule.least()) < 0) {
                return -1;
            }
            long leftNanos = Time.NO_BOUND;
            if (rule.maxAgeNanos() != Time.NO_BOUND) {
                // An age that is missing or not valid lies above every bound.
                leftNanos = Math.min(leftNanos, rule.maxAgeNanos() - ageNanos);
            }
            if (rule.least() == Status.fresh) {
                leftNanos = Math.min(leftNanos, limitNanos - ageNanos);
            }
            if (heartbeat != null && rule.least() != Status.unknown) {
                leftNanos = Math.min(leftNanos, heartbeat.limitNanos() - heartbeat.ageNanos());
            }
            return leftNanos;
        }

        /** Returns one sentence with the figures, such as "last tick 660s old, limit 90s". */
        String sentence(Figures figures) {
            String sentence = switch (reason) {
                case feed_missing -> isExcused ? EXCUSE : reason.sentence;
                case feed_unexpected, feed_down -> reason.sentence;
                case clock_skew, tick_skew ->
                    Text.fill(reason.sentence, figures.roundedUp(aheadNanos),
                            Text.orNothing("", detail));
                case state_invalid, as_of_missing, as_of_invalid, alive_invalid,
                    heartbeat_invalid, limit_invalid, age_missing, age_invalid ->
                    Text.fill(reason.sentence, Text.orAbsent(detail));
                case heartbeat_stale ->
                    Text.fill(reason.sentence,
                            figures.age(heartbeat.ageNanos(), heartbeat.limitNanos()),
                            figures.limit(heartbeat.limitNanos()));
                case stale, fresh ->
                    Text.fill(reason.sentence, figures.age(ageNanos, limitNanos),
                            figures.limit(limitNanos), isTightened ? ", set by the state" : "");
                case silence_expected ->
                    Text.fill(reason.sentence, figures.age(ageNanos, limitNanos),
                            figures.limit(limitNanos), isTightened ? ", set by the state" : "",
                            silence());
            };
            if (question != null) {
                sentence = Text.fill("{}; {}", sentence, question);
            }
            if (obstacle != null) {
                sentence = Text.fill("{}; also, {}", sentence, obstacle.sentence(figures));
            }
            return sentence;
        }

        /** Returns a few words for a line that names several feeds: "bravo stale, 660s > 90s". */
        String brief() {
            String age = Figures.READABLE.age(ageNanos, limitNanos);
            String limit = Figures.READABLE.limit(limitNanos);
            return switch (status()) {
                case unknown -> Text.fill("{} unknown ({})", name, reason);
                case stale -> Text.fill("{} stale, {} > {}", name, age, limit);
                case fresh -> Text.fill("{} fresh, {} of {}", name, age, limit);
            };
        }
    }

    /**
     * Advice is what to do next. Feeds with the same template have the same advice, whatever the
     * values in it are.
     */
    record Advice(String template, String text) {
        static Advice of(String template, Object... values) {
            return new Advice(template, Text.fill(template, values));
        }
    }

    /**
     * Shortfall is what a feed lacks only for what is asked. Templates work like those of Advice.
     */
    record Shortfall(String template, String text) {
        static Shortfall of(String template, Object... values) {
            return new Shortfall(template, Text.fill(template, values));
        }
    }

    // ---- Decision ----

    /**
     * Decision is the rule: a baseline, a state and an instant go in, verdicts come out. It touches
     * no clock, file, environment or output.
     */
    static final class Decision {
        static final String NO_SHARED_FEED = "the state and the baseline have no feeds in common:"
                + " pass the right --baseline, or correct the feed names";
        /** With more unexpected feeds than this, no name is looked up among them. */
        private static final int MAX_RENAMED_FEEDS = 100;
        /** How many missing feeds to look up a similar name for: each lookup takes time. */
        private static final int MAX_RENAME_LOOKUPS = 1_000;

        private final State baseline;
        private final State state;
        /** Why nothing can be evaluated; null if both documents are valid. */
        private final String error;
        private final Instant now;
        /** How long a watch has seen these same bytes: nothing in them is younger than that. */
        private final long unchangedNanos;
        /**
         * The age of the snapshot. It is added to every age, so that a frozen snapshot goes stale.
         */
        private final long elapsedNanos;
        /** The fault that makes every feed of the snapshot unknown; null if there is none. */
        private final Reason snapshotFault;
        /** What is obviously wrong with as_of; null if nothing is. */
        private final Misspelling asOfMisspelling;
        /** A question about a member that may be as_of misspelt; null if there is none. */
        private final String snapshotQuestion;
        /** Whether anybody asks for the alerts; if not, no calendar is read. */
        private final boolean asksAlerts;
        private final Context context;
        // What only advice needs is looked up on demand; null until then.
        private Boolean sharesFeed;
        private List<String> unexpectedFeeds;
        private int renamesLeft = MAX_RENAME_LOOKUPS;

        Decision(State baseline, State state, String error, Instant now, long unchangedNanos) {
            this(baseline, state, error, now, unchangedNanos, true);
        }

        Decision(State baseline, State state, String error, Instant now, long unchangedNanos,
                boolean asksAlerts) {
            this.asksAlerts = asksAlerts;
            this.baseline = baseline;
            this.state = error == null ? state : State.NONE;
            this.error = error;
            this.now = now;
            this.unchangedNanos = unchangedNanos;
            elapsedNanos = elapsedNanos(this.state.asOf(), now, unchangedNanos);
            snapshotFault = snapshotFault(baseline, this.state, elapsedNanos);
            asOfMisspelling = asOfMisspelling(this.state, elapsedNanos);
            snapshotQuestion = snapshotFault == Reason.as_of_missing
                    ? this.state.nearMiss(null, "as_of") : null;
            context = new Context(now, baseline.actions());
        }

        private static long elapsedNanos(Instant asOf, Instant now, long unchangedNanos) {
            if (asOf == null) {
                return unchangedNanos;
            }
            long sinceNanos = Time.nanosBetween(asOf, now);
            if (sinceNanos < -Time.MAX_SKEW_NANOS) {
                return sinceNanos; // from the future: being unchanged must not hide that
            }
            return Math.max(sinceNanos, unchangedNanos);
        }

        private static Reason snapshotFault(State baseline, State state, long elapsedNanos) {
            if (state.asOfText() == null) {
                boolean isRequired = baseline.requiresAsOf() || state.hasNullAsOf();
                return isRequired ? Reason.as_of_missing : null;
            }
            if (state.asOf() == null) {
                return Reason.as_of_invalid;
            }
            return elapsedNanos < -Time.MAX_SKEW_NANOS ? Reason.clock_skew : null;
        }

        private static Misspelling asOfMisspelling(State state, long elapsedNanos) {
            boolean isInvalid = state.asOf() == null || elapsedNanos > Time.MAX_AGE_NANOS;
            if (state.asOfText() == null || !isInvalid) {
                return null;
            }
            return Misspelling.of(state.asOfText());
        }

        /** Returns the verdict on one feed, or null if neither document lists it. */
        Verdict of(String name) {
            Feed agreed = baseline.feed(name);
            Feed claim = state.feed(name);
            if (agreed == null && claim == null) {
                return null;
            }
            return decide(name, agreed, claim);
        }

        /** Returns all verdicts: the baseline's feeds in its order, then the unexpected ones. */
        List<Verdict> all() {
            List<Verdict> verdicts = new ArrayList<>(baseline.size());
            int expected = 0;
            for (int i = 0; i < baseline.size(); i++) {
                Feed agreed = baseline.get(i);
                Feed claim = state.feed(agreed.name());
                if (claim != null) {
                    expected++;
                }
                verdicts.add(decide(agreed.name(), agreed, claim));
            }
            if (expected == state.size()) {
                return verdicts; // names are unique, so none is left
            }
            for (int i = 0; i < state.size(); i++) {
                Feed claim = state.get(i);
                if (!baseline.lists(claim.name())) {
                    verdicts.add(decide(claim.name(), null, claim));
                }
            }
            return verdicts;
        }

        /** Decides one feed. Either agreed or claim is null if that document does not list it. */
        private Verdict decide(String name, Feed agreed, Feed claim) {
            // The figures.
            long agreedLimitNanos = limitNanos(baseline, agreed, Time.NO_LIMIT);
            long claimedLimitNanos = claimedLimitNanos(agreed, claim, agreedLimitNanos);
            // A state can tighten its limit, never loosen it.
            long limitNanos = Math.min(claimedLimitNanos, agreedLimitNanos);
            Boolean alive = claim == null ? null : claim.alive();
            Reason datingFault = datingFault(claim);
            long aheadNanos = aheadNanos(claim);
            long ageNanos = Time.UNKNOWN_AGE;
            if (agreed != null && claim != null && datingFault == null
                    && aheadNanos <= Time.MAX_SKEW_NANOS) {
                ageNanos = ageNanos(claim);
            }
            Heartbeat heartbeat = heartbeat(agreed, claim);

            // The table of the contract, row by row: the first that matches applies.
            Reason reason = error != null ? Reason.state_invalid
                    : claim == null ? Reason.feed_missing
                    : agreed == null ? Reason.feed_unexpected
                    : datingFault != null ? datingFault
                    : aheadNanos > Time.MAX_SKEW_NANOS ? Reason.tick_skew
                    : alive == null ? Reason.alive_invalid
                    : !alive ? Reason.feed_down
                    : heartbeat != null && !heartbeat.isValid() ? Reason.heartbeat_invalid
                    : heartbeat != null && heartbeat.isStale() ? Reason.heartbeat_stale
                    : limitNanos == Time.NO_LIMIT ? Reason.limit_invalid
                    : ageNanos == Time.UNKNOWN_AGE ? Reason.age_missing
                    : ageNanos == Time.INVALID_AGE ? Reason.age_invalid
                    : isSilenceExpected(agreed, ageNanos, limitNanos, heartbeat)
                        ? Reason.silence_expected
                    : ageNanos > limitNanos ? Reason.stale
                    : Reason.fresh;

            // The verdict.
            String detail = switch (reason) {
                case feed_missing, feed_unexpected, feed_down, heartbeat_stale, silence_expected,
                    stale -> null;
                case state_invalid -> error;
                case as_of_missing, as_of_invalid, clock_skew -> snapshotDetail(limitNanos);
                case tick_skew -> localTimeDoubt(tickText(claim), aheadNanos, limitNanos);
                case alive_invalid -> state.text(claim, "alive");
                case heartbeat_invalid -> invalidHeartbeat(claim, limitNanos);
                case limit_invalid -> invalidLimit(agreed, claim, agreedLimitNanos);
                case age_missing -> missingAge(claim);
                case age_invalid -> invalidAge(claim);
                case fresh -> ticketReason(agreed, ageNanos, limitNanos, claimedLimitNanos);
            };
            boolean isExcused = reason == Reason.feed_missing
                    && baseline.terms().isOptional(agreed);
            Alert alert = switch (reason) {
                case fresh -> detail == null ? Alert.none : Alert.ticket;
                case feed_missing -> isExcused ? Alert.none : Alert.page;
                case silence_expected -> Alert.none;
                case feed_down, age_missing ->
                    isOffHours(agreed, claim, ageNanos, limitNanos, heartbeat)
                        ? Alert.none : Alert.page;
                case heartbeat_stale ->
                    isHeartbeatSilent(agreed, claim, ageNanos, limitNanos, heartbeat)
                        ? Alert.none : Alert.page;
                case state_invalid, feed_unexpected, as_of_missing, as_of_invalid, clock_skew,
                    tick_skew, alive_invalid, heartbeat_invalid, limit_invalid, age_invalid,
                    stale ->
                    Alert.page;
            };
            long skewNanos = reason == Reason.clock_skew ? -elapsedNanos : aheadNanos;
            boolean isTightened = limitNanos < agreedLimitNanos;
            Market market = null;
            if (reason != Reason.fresh) {
                boolean isSilent = alert == Alert.none && !isExcused;
                market = market(agreed, isSilent, ageNanos, limitNanos, heartbeat);
            }
            Verdict verdict = new Verdict(name, alive, ageNanos, limitNanos, isTightened,
                    skewNanos, reason, alert, detail, question(reason, claim), null, isExcused,
                    heartbeat, market, context);
            Reason obstacle = obstacle(reason, agreed, limitNanos);
            if (obstacle == null) {
                return verdict;
            }
            String found = obstacle == Reason.limit_invalid
                    ? invalidLimit(agreed, claim, agreedLimitNanos)
                    : snapshotDetail(limitNanos);
            return verdict.besides(obstacle, found, -elapsedNanos, question(obstacle, null));
        }

        /** Returns the heartbeat of a feed, or null if the baseline requires none of it. */
        private Heartbeat heartbeat(Feed agreed, Feed claim) {
            if (agreed == null || !baseline.terms().requiresHeartbeats()) {
                return null;
            }
            long limitNanos = baseline.terms().heartbeatLimitNanos(agreed);
            if (limitNanos == Terms.NOT_REQUIRED) {
                return null;
            }
            return new Heartbeat(heartbeatAgeNanos(claim), limitNanos);
        }

        private long heartbeatAgeNanos(Feed claim) {
            Instant at = claim == null ? null : state.heartbeat(claim);
            if (at == null) {
                return Time.UNKNOWN_AGE;
            }
            long ageNanos = Time.nanosBetween(at, now);
            boolean isPlausible = ageNanos >= -Time.MAX_SKEW_NANOS
                    && ageNanos <= Time.MAX_AGE_NANOS;
            if (!isPlausible) {
                return Time.INVALID_AGE;
            }
            return Math.max(ageNanos, unchangedNanos);
        }

        /**
         * Returns whether no tick was due: since the last one, the market has been open for no
         * longer than the limit. The state has to prove that its writer is alive. A required
         * heartbeat does, because the age is only checked once the heartbeat is within its limit.
         */
        private boolean isSilenceExpected(Feed agreed, long ageNanos, long limitNanos,
                Heartbeat heartbeat) {
            boolean isWriterAlive = heartbeat != null || isDatedWithin(limitNanos);
            if (ageNanos <= limitNanos || !isWriterAlive) {
                return false;
            }
            Calendar calendar = calendar(agreed);
            return calendar != null && inSessionNanos(calendar, ageNanos) <= limitNanos;
        }

        private boolean isDatedWithin(long limitNanos) {
            return state.asOf() != null && elapsedNanos <= limitNanos;
        }

        /**
         * Returns whether nobody needs to be paged now about a feed that is down or has no tick
         * yet, because its market is closed. An overdue tick or heartbeat pages at any hour, and so
         * does a state that is itself too old.
         */
        private boolean isOffHours(Feed agreed, Feed claim, long ageNanos, long limitNanos,
                Heartbeat heartbeat) {
            if (elapsedNanos > limitNanos) {
                return false; // as of every state, if there is no limit
            }
            Calendar calendar = calendar(agreed);
            if (calendar == null || calendar.isOpen(now)) {
                return false;
            }
            return !wasTickDue(calendar, claim, ageNanos, limitNanos)
                    && !wasHeartbeatDue(calendar, heartbeat);
        }

        /**
         * Returns whether nobody needs to be paged now about a heartbeat that is too old: in
         * session neither it nor a tick was due. Without it, only as_of proves that the writer is
         * alive.
         */
        private boolean isHeartbeatSilent(Feed agreed, Feed claim, long ageNanos, long limitNanos,
                Heartbeat heartbeat) {
            if (!isDatedWithin(limitNanos)) {
                return false;
            }
            Calendar calendar = calendar(agreed);
            if (calendar == null || wasHeartbeatDue(calendar, heartbeat)) {
                return false;
            }
            if (ageNanos == Time.UNKNOWN_AGE && calendar.isOpen(now)) {
                return false; // a feed without a tick yet pages while the market is open
            }
            return !wasTickDue(calendar, claim, ageNanos, limitNanos);
        }

        private boolean wasTickDue(Calendar calendar, Feed claim, long ageNanos, long limitNanos) {
            if (ageNanos == Time.UNKNOWN_AGE) {
                return isUnmentioned(claim); // null means none yet; an absent one is a fault
            }
            return ageNanos > Time.FOREVER || inSessionNanos(calendar, ageNanos) > limitNanos;
        }

        private boolean wasHeartbeatDue(Calendar calendar, Heartbeat heartbeat) {
            if (heartbeat == null) {
                return false;
            }
            return !heartbeat.isValid()
                    || inSessionNanos(calendar, heartbeat.ageNanos()) > heartbeat.limitNanos();
        }

        /** Returns the calendar of a feed, or null if it has none or nobody asks for alerts. */
        private Calendar calendar(Feed agreed) {
            if (!asksAlerts || agreed == null || error != null) {
                return null;
            }
            return baseline.calendar(agreed);
        }

        private long inSessionNanos(Calendar calendar, long ageNanos) {
            return calendar.openNanosBetween(now.minusNanos(ageNanos), now);
        }

        private Market market(Feed agreed, boolean isSilent, long ageNanos, long limitNanos,
                Heartbeat heartbeat) {
            Calendar calendar = calendar(agreed);
            if (calendar == null) {
                return null;
            }
            String silence = null;
            boolean isHeartbeatDue = heartbeat != null && heartbeat.isStale();
            if (isSilent && isHeartbeatDue) {
                silence = calendar.silence("heartbeat", now.minusNanos(heartbeat.ageNanos()), now,
                        heartbeat.limitNanos());
            } else if (isSilent) {
                // A missing age does not matter here: then the market is closed.
                silence = calendar.silence("tick", now.minusNanos(ageNanos), now, limitNanos);
            }
            return new Market(calendar.opensAt(now), silence);
        }

        /**
         * Returns a fault that recovering a feed that is missing, down or without a fresh heartbeat
         * would not cure, or null if there is none.
         */
        private Reason obstacle(Reason reason, Feed agreed, long limitNanos) {
            boolean isRecovered = switch (reason) {
                case feed_missing, feed_down, heartbeat_invalid, heartbeat_stale -> true;
                default -> false;
            };
            if (!isRecovered) {
                return null;
            }
            boolean isDatedByRecovery = snapshotFault == Reason.as_of_missing;
            if (snapshotFault != null && !isDatedByRecovery && reason == Reason.feed_missing) {
                return snapshotFault;
            }
            // A missing feed returns with its baseline entry. If that has no limit, the state's
            // common limit applies.
            boolean isCommonInvalid = reason == Reason.feed_missing
                    && agreed.limitNanos() == Time.COMMON_LIMIT
                    && state.commonLimitNanos() == Time.NO_LIMIT;
            if (limitNanos == Time.NO_LIMIT || isCommonInvalid) {
                return Reason.limit_invalid;
            }
            return null;
        }

        /** Returns a question about a member with another name that may be the missing one. */
        private String question(Reason reason, Feed claim) {
            return switch (reason) {
                case as_of_missing -> {
                    if (snapshotQuestion != null || claim == null) {
                        yield snapshotQuestion;
                    }
                    yield state.nearMiss(claim, "last_tick_at");
                }
                case alive_invalid -> state.nearMiss(claim, "alive");
                case heartbeat_invalid -> state.nearMiss(claim, "last_heartbeat_at");
                case age_missing -> state.nearMiss(claim, "last_tick_at", "last_tick_age_seconds");
                default -> null;
            };
        }

        /**
         * Returns the limit that the state claims for a feed, or the agreed one if it claims none
         * to compare. A state's common limit is compared with the common one of the baseline: it
         * says nothing about a feed that has a limit of its own there.
         */
        private long claimedLimitNanos(Feed agreed, Feed claim, long agreedLimitNanos) {
            long claimedNanos = limitNanos(state, claim, agreedLimitNanos);
            boolean isOwnClaim = claim != null && claim.limitNanos() != Time.COMMON_LIMIT;
            boolean isOwnContract = agreed != null && agreed.limitNanos() != Time.COMMON_LIMIT;
            boolean isValid = claimedNanos != Time.NO_LIMIT;
            if (isValid && isOwnContract && !isOwnClaim) {
                return agreedLimitNanos;
            }
            return claimedNanos;
        }

        /** Returns the feed's own limit, else its document's common one, else the fallback. */
        private static long limitNanos(State document, Feed feed, long fallbackNanos) {
            if (feed == null) {
                return fallbackNanos;
            }
            return document.limitNanos(feed, fallbackNanos);
        }

        /** Returns the fault of the snapshot, unless the feed dates its tick and needs no as_of. */
        private Reason datingFault(Feed claim) {
            boolean dated = claim != null && claim.tick() != null;
            if (snapshotFault == Reason.as_of_missing && dated) {
                return null;
            }
            return snapshotFault;
        }

        /** Returns how far the tick lies in the future; negative if it is in the past. */
        private long aheadNanos(Feed claim) {
            if (claim == null || claim.tick() == null) {
                return 0;
            }
            return Time.nanosBetween(now, claim.tick());
        }

        /** Returns the age now. If the feed states an age and a tick, the older one applies. */
        private long ageNanos(Feed claim) {
            long writtenNanos = claim.ageNanos();
            if (writtenNanos <= Time.FOREVER) {
                writtenNanos += Math.max(0, elapsedNanos);
                writtenNanos = Math.min(writtenNanos, Time.FOREVER);
            }
            if (claim.tick() == null) {
                return writtenNanos;
            }
            long tickedNanos = Time.nanosBetween(claim.tick(), now);
            if (tickedNanos > Time.MAX_AGE_NANOS) {
                // Neither the epoch nor an unreadable time counts as a tick.
                tickedNanos = Time.INVALID_AGE;
            }
            tickedNanos = Math.max(tickedNanos, unchangedNanos);
            if (writtenNanos == Time.UNKNOWN_AGE) {
                return tickedNanos;
            }
            return Math.max(writtenNanos, tickedNanos);
        }

        /** Returns what is wrong with the date of the snapshot. */
        private String snapshotDetail(long limitNanos) {
            if (snapshotFault == Reason.as_of_missing) {
                return missingAsOf();
            }
            if (snapshotFault == Reason.as_of_invalid) {
                return invalidAsOf();
            }
            return localTimeDoubt(state.asOfText(), -elapsedNanos, limitNanos);
        }

        private String missingAsOf() {
            if (state.hasNullAsOf()) {
                return "as_of is null: the state's age is unknown";
            }
            return "the baseline requires as_of, but the state has none";
        }

        private String invalidAsOf() {
            if (asOfMisspelling != null) {
                return Text.fill("as_of {}", asOfMisspelling.fault());
            }
            String shown = Json.shortened(state.asOfText());
            return Text.fill("as_of is {}, which is not an RFC 3339 timestamp", shown);
        }

        /** Returns why a time may lie in the future, or null if the cause is not obvious. */
        private static String localTimeDoubt(String text, long aheadNanos, long limitNanos) {
            if (Misspelling.asLocalTime(text, aheadNanos, limitNanos) == null) {
                return null;
            }
            return ": local time written as UTC?";
        }

        private String tickText(Feed claim) {
            return state.plainText(claim, "last_tick_at");
        }

        private String invalidLimit(Feed agreed, Feed claim, long agreedLimitNanos) {
            if (agreedLimitNanos == Time.NO_LIMIT) {
                return Text.fill("{} in the baseline", limitText(baseline, agreed));
            }
            return Text.fill("{} in the state", limitText(state, claim));
        }

        /** Returns what a document says; the feed is null if it is not in there. */
        private static String limitText(State document, Feed feed) {
            boolean hasOwn = feed != null && feed.limitNanos() != Time.COMMON_LIMIT;
            return Text.orAbsent(document.text(hasOwn ? feed : null, "max_age_seconds"));
        }

        /** Returns why the age is unknown: there was no tick yet, or the state does not say. */
        private String missingAge(Feed claim) {
            if (tickText(claim) != null) {
                return "no tick yet: last_tick_at is null";
            }
            return Text.fill("the age of the newest tick is unknown: last_tick_age_seconds is {}",
                    Text.orAbsent(state.text(claim, "last_tick_age_seconds")));
        }

        private String invalidAge(Feed claim) {
            if (claim.ageNanos() == Time.INVALID_AGE) {
                String age = state.text(claim, "last_tick_age_seconds");
                if (age.startsWith("\"")) {
                    return Text.fill("last_tick_age_seconds is {}, which is a string; expected a"
                            + " number", age);
                }
                return Text.fill("last_tick_age_seconds is {}, which is not plausible", age);
            }
            return invalidInstant(claim, "last_tick_at", "tick", claim.tick());
        }

        /**
         * Returns what is wrong with an instant that is present but is not the time of that event.
         */
        private String invalidInstant(Feed claim, String member, String event, Instant instant) {
            Misspelling found = Misspelling.of(state.plainText(claim, member));
            if (found != null && found.isNoTick()) {
                return Text.fill("{} {}: no {} yet", member, found.fault(), event);
            }
            if (found != null) {
                return Text.fill("{} {}", member, found.fault());
            }
            String shown = state.text(claim, member);
            if (instant == Time.UNREADABLE) {
                return Text.fill("{} is {}, which is not an RFC 3339 timestamp", member, shown);
            }
            return Text.fill("{} is {}, which is not plausible", member, shown);
        }

        /** Returns why a required heartbeat proves nothing. */
        private String invalidHeartbeat(Feed claim, long limitNanos) {
            String text = state.plainText(claim, "last_heartbeat_at");
            if (text == null) {
                return "the baseline requires last_heartbeat_at, but the feed has none";
            }
            Instant instant = state.heartbeat(claim);
            if (instant == null) {
                return "no heartbeat yet: last_heartbeat_at is null";
            }
            long aheadNanos = Time.nanosBetween(now, instant);
            if (aheadNanos <= Time.MAX_SKEW_NANOS) {
                return invalidInstant(claim, "last_heartbeat_at", "heartbeat", instant);
            }
            return Text.fill("last_heartbeat_at is {} in the future{}",
                    Figures.READABLE.roundedUp(aheadNanos),
                    Text.orNothing("", localTimeDoubt(text, aheadNanos, limitNanos)));
        }

        /** Returns why a fresh feed needs a look in working hours, or null if it does not. */
        private String ticketReason(Feed agreed, long ageNanos, long limitNanos,
                long claimedLimitNanos) {
            if (claimedLimitNanos > limitNanos) {
                String limit = Figures.READABLE.roundedUp(claimedLimitNanos);
                return Text.fill("the state claims a looser limit ({})", limit);
            }
            long warnNanos = baseline.terms().warnNanos(agreed);
            boolean isHalf = warnNanos == Terms.HALF_THE_LIMIT;
            if (isHalf) {
                warnNanos = limitNanos / 2; // rounded down: no age lies between
            }
            if (ageNanos <= warnNanos) {
                return null;
            }
            Calendar calendar = calendar(agreed);
            if (calendar != null && inSessionNanos(calendar, ageNanos) <= warnNanos) {
                return null;
            }
            if (isHalf) {
                return "past half its limit";
            }
            return Text.fill("past its warn_age_seconds, {}", Figures.READABLE.limit(warnNanos));
        }

        /** Returns the limit of the feeds that have none of their own. */
        long commonLimitNanos() {
            long agreedNanos = baseline.commonLimitNanos();
            long claimedNanos = state.commonLimitNanos();
            if (claimedNanos == Time.COMMON_LIMIT) {
                return agreedNanos;
            }
            return Math.min(agreedNanos, claimedNanos);
        }

        /** Returns whether any feed is in both documents; true if nothing can be evaluated. */
        boolean sharesFeed() {
            if (sharesFeed == null) {
                sharesFeed = error != null || findsSharedFeed();
            }
            return sharesFeed;
        }

        private boolean findsSharedFeed() {
            for (int i = 0; i < state.size(); i++) {
                if (baseline.lists(state.get(i).name())) {
                    return true;
                }
            }
            return false;
        }

        /**
         * Returns what to clarify before a missing feed is recovered, or null if nothing speaks
         * against it. If the state has a feed that the baseline lacks, the missing one may have
         * been renamed, and after a recovery the gate would open for a feed that no producer
         * writes.
         */
        Advice renameDoubt(String missing) {
            List<String> unexpected = unexpectedFeeds();
            if (unexpected.isEmpty()) {
                return null;
            }
            String near = null;
            boolean isWord = missing.length() > 2; // a single letter is close to every other
            if (isWord && unexpected.size() <= MAX_RENAMED_FEEDS && renamesLeft > 0) {
                renamesLeft--;
                near = Text.nearest(missing, unexpected);
            }
            if (near != null) {
                return Advice.of("the state has {} instead; if the feed was renamed, review that"
                        + " and rename {} in the baseline, otherwise fix the producer",
                        near, missing);
            }
            return Advice.of("the state has {}, which the baseline lacks; if the feed was"
                    + " renamed, review that and rename it in the baseline, otherwise fix the"
                    + " producer", unexpected.get(0));
        }

        /** Returns the feeds that only the state has, or the first few of very many. */
        private List<String> unexpectedFeeds() {
            if (unexpectedFeeds == null) {
                unexpectedFeeds = findUnexpectedFeeds();
            }
            return unexpectedFeeds;
        }

        private List<String> findUnexpectedFeeds() {
            List<String> names = new ArrayList<>();
            for (int i = 0; i < state.size() && names.size() <= MAX_RENAMED_FEEDS; i++) {
                String name = state.get(i).name();
                if (!baseline.lists(name)) {
                    names.add(name);
                }
            }
            return names;
        }

        /** Returns what to do about an unsafe feed, or null if a recovery cures it. */
        Advice advice(Verdict verdict, Figures figures) {
            if (!sharesFeed()) {
                return Advice.of(NO_SHARED_FEED);
            }
            if (verdict.obstacle() != null) {
                return advice(verdict.obstacle(), figures);
            }
            Reason reason = verdict.reason();
            if (reason == Reason.limit_invalid) {
                return Advice.of(limitAdvice(verdict));
            }
            if (reason == Reason.feed_missing) {
                Advice doubt = renameDoubt(verdict.name());
                if (doubt != null) {
                    return doubt;
                }
            }
            if (verdict.isExcused()) {
                return Advice.of("wait until its producer writes it: this feed is optional");
            }
            Advice timeAdvice = timeAdvice(reason, verdict);
            if (timeAdvice != null) {
                return timeAdvice;
            }
            if (reason == Reason.as_of_missing && hasNoTickYet(state.feed(verdict.name()))) {
                return null; // the first tick will bring its own date
            }
            if (reason == Reason.heartbeat_invalid && hasNoHeartbeatYet(verdict.name())) {
                return null; // a recovery writes the first one
            }
            if (reason.advice != null) {
                return Advice.of(reason.advice);
            }
            if (reason == Reason.age_missing && isUnmentioned(state.feed(verdict.name()))) {
                return Advice.of(Reason.age_invalid.advice); // the producer left it out
            }
            if (elapsedNanos > verdict.limitNanos() && asOfMisspelling != null) {
                return Advice.of("make the producer set as_of: it {}", asOfMisspelling.fault());
            }
            if (elapsedNanos > verdict.limitNanos()) {
                return Advice.of("restart the collector: the state is {} old",
                        figures.roundedUp(elapsedNanos));
            }
            return null;
        }

        private boolean hasNoTickYet(Feed claim) {
            return claim != null && "null".equals(state.text(claim, "last_tick_at"));
        }

        private boolean hasNoHeartbeatYet(String name) {
            return "null".equals(state.text(state.feed(name), "last_heartbeat_at"));
        }

        /** Returns whether an entry says nothing about a tick, not even that there was none yet. */
        private boolean isUnmentioned(Feed claim) {
            return tickText(claim) == null && state.text(claim, "last_tick_age_seconds") == null;
        }

        /**
         * Returns how a time that is wrong in this way should be written; null if that is unclear.
         */
        private Advice timeAdvice(Reason reason, Verdict verdict) {
            if (reason == Reason.as_of_invalid && asOfMisspelling != null) {
                return rewritten("as_of", asOfMisspelling);
            }
            if (reason == Reason.clock_skew) {
                return ifLocalTime(state.asOfText(), -elapsedNanos, verdict.limitNanos());
            }
            if (reason == Reason.tick_skew) {
                Feed claim = state.feed(verdict.name());
                return ifLocalTime(tickText(claim), aheadNanos(claim), verdict.limitNanos());
            }
            if (reason == Reason.age_invalid) {
                return tickAdvice(state.feed(verdict.name()));
            }
            if (reason == Reason.heartbeat_invalid) {
                return heartbeatAdvice(state.feed(verdict.name()), verdict.limitNanos());
            }
            return null;
        }

        /** Returns what to do about an invalid heartbeat, or null if it is absent. */
        private Advice heartbeatAdvice(Feed claim, long limitNanos) {
            Instant instant = state.heartbeat(claim);
            if (instant == null) {
                return null;
            }
            long aheadNanos = Time.nanosBetween(now, instant);
            if (aheadNanos <= Time.MAX_SKEW_NANOS) {
                return instantAdvice(claim, "last_heartbeat_at", "heartbeat");
            }
            String text = state.plainText(claim, "last_heartbeat_at");
            Advice local = ifLocalTime(text, aheadNanos, limitNanos);
            return local == null ? Advice.of(Reason.clock_skew.advice) : local;
        }

        private static Advice rewritten(String member, Misspelling found) {
            if (found.suggestion() == null) {
                return null;
            }
            return Advice.of("make the producer write {} like {}", member, found.suggestion());
        }

        private static Advice ifLocalTime(String text, long aheadNanos, long limitNanos) {
            String local = Misspelling.asLocalTime(text, aheadNanos, limitNanos);
            if (local == null) {
                return null;
            }
            return Advice.of("if it is local time, make the producer write {}; otherwise,"
                    + " {}", local, Reason.clock_skew.advice);
        }

        /** Returns what to do about a last_tick_at that is not the time of a tick. */
        private Advice tickAdvice(Feed claim) {
            if (claim.ageNanos() == Time.INVALID_AGE) {
                return null;
            }
            return instantAdvice(claim, "last_tick_at", "tick");
        }

        /**
         * Returns how an instant that is present but is not the time of that event should be
         * written.
         */
        private Advice instantAdvice(Feed claim, String member, String event) {
            Misspelling found = Misspelling.of(state.plainText(claim, member));
            if (found != null && found.isNoTick()) {
                return Advice.of("make the producer write null for {} until the first {}",
                        member, event);
            }
            if (found != null && found.suggestion() != null) {
                return rewritten(member, found);
            }
            return Advice.of("make the producer write {} like 2026-11-22T09:37:00Z", member);
        }

        private String limitAdvice(Verdict verdict) {
            Feed agreed = baseline.feed(verdict.name());
            if (limitNanos(baseline, agreed, Time.NO_LIMIT) == Time.NO_LIMIT) {
                return "fix max_age_seconds in the baseline";
            }
            return "make the producer write max_age_seconds as a number greater than 0 and at most "
                    + MAX_AGE_SECONDS + ", or leave it out";
        }
    }

    // ---- Evaluation ----

    /** Role is what a document is read as: a baseline is strict, a state may contain more. */
    enum Role { baseline, state }

    /**
     * Source is one document as it was read.
     *
     * @param document null if it could not be read
     * @param claims   State.NONE if it could not be read or is not valid
     * @param error    why there are no claims; null if there are
     */
    record Source(String name, Document document, State claims, String error) {

        /** Reads a file, or standard input if the name is "-". */
        static Source read(String name, Role role, InputStream standardInput) {
            try {
                if (name.equals("-")) {
                    return parse(name, Document.read(standardInput), role);
                }
                return readFile(name, role);
            } catch (DataException e) {
                return unreadable(name, ofRole(role, e.getMessage()));
            } catch (IOException e) {
                return unreadable(name, Text.fill("cannot read {}: {}{}",
                        ofRole(role, name), Disk.reason(e), cure(e, name, role)));
            }
        }

        /** Marks a message about a baseline. One about a state needs no mark. */
        private static String ofRole(Role role, String text) {
            return role == Role.baseline ? "baseline ".concat(text) : text;
        }

        /** Returns what to do about a file that cannot be read, or "" if that is unclear. */
        private static String cure(IOException e, String name, Role role) {
            if (name.indexOf("://") >= 0) {
                return "; URLs are not supported: fetch it with another program and pipe it to"
                        + " --state -";
            }
            if (e instanceof AccessDeniedException) {
                return "; let this user read it";
            }
            if (!(e instanceof NoSuchFileException)) {
                return "";
            }
            if (name.equals(Environment.bundledBaseline())) {
                return "; restore this file, which comes with Freshness.java";
            }
            if (role == Role.baseline) {
                return "; check the path given with --baseline";
            }
            return "; check the path given with --state, and that your collector is running";
        }

        private static Source readFile(String name, Role role) throws IOException {
            long stableNanos = STABLE_NANOS;
            for (int tries = 0; tries < MAX_READS; tries++) {
                try (InputFile file = InputFile.open(name)) {
                    Document document = file.read();
                    if (document == null) {
                        continue;
                    }
                    // The two reads need some time between them, and parsing uses it.
                    Source source = parse(name, document, role);
                    if (file.stillHolds(document, stableNanos)) {
                        return source;
                    }
                    stableNanos = FILE_TIME_STEP_NANOS; // something is writing to it
                }
            }
            throw InputFile.changed(name);
        }

        private static Source parse(String name, Document document, Role role) {
            try {
                return new Source(name, document, State.of(document, role), null);
            } catch (DataException e) {
                return new Source(name, document, State.NONE, ofRole(role, e.getMessage()));
            }
        }

        static Source unreadable(String name, String error) {
            return new Source(name, null, State.NONE, error);
        }

        /** Returns this source if it is valid, or throws why it is not. */
        Source orThrow() {
            if (error != null) {
                throw new DataException("{}", error);
            }
            return this;
        }

        /** Returns the digest of what was read, or null if nothing was. */
        String sha256() {
            return document == null ? null : document.sha256();
        }
    }

    /** Inputs are what was read, and when. No other type reads a state, a baseline and a clock. */
    record Inputs(Source baseline, Source state, Instant now, boolean isReplay, long nanoTime) {

        static Inputs read(Call call, InputStream standardInput) {
            return read(call, null, standardInput);
        }

        /** Reads everything except a state that was read ahead; ahead is null if none was. */
        static Inputs read(Call call, Source ahead, InputStream standardInput) {
            Source baseline = readBaseline(call);
            Source state = readState(call, baseline, ahead, standardInput);
            // The clock is read after the last byte: reading may take a while.
            Instant now = clock(call);
            return new Inputs(baseline, state, now, call.has("--now"), System.nanoTime());
        }

        /**
         * Reads a state from standard input, or returns null if it is in a file. The writer of a
         * pipe may take a while, and nobody else should have to wait for it.
         */
        static Source readAhead(Call call, InputStream standardInput) {
            String name = call.one("--state", null);
            return name.equals("-") ? Source.read(name, Role.state, standardInput) : null;
        }

        private static Source readBaseline(Call call) {
            String name = call.one("--baseline", Environment.bundledBaseline());
            if (!call.has("--baseline") && !Environment.hasSource()) {
                return Source.unreadable(name, Text.fill("baseline not found: {}; pass --baseline",
                        Environment.NO_SOURCE));
            }
            return Source.read(name, Role.baseline, null);
        }

        private static Source readState(Call call, Source baseline, Source ahead,
                InputStream standardInput) {
            String name = call.one("--state", baseline.name());
            if (baseline.error() != null) {
                return Source.unreadable(name, "not read, because the baseline is not valid");
            }
            try {
                if (isSameFile(name, baseline.name())) {
                    return baselineAsState(call, name, baseline);
                }
            } catch (DataException e) {
                return Source.unreadable(name, e.getMessage()); // the name is not a valid path
            }
            Source state = ahead != null ? ahead : Source.read(name, Role.state, standardInput);
            boolean isNameless = name.equals("-") && Disk.standardInput() == null;
            if (isNameless && state.error() == null
                    && state.document().hasSameContent(baseline.document())) {
                return baselineAsState(call, name, baseline); // it may be the same file
            }
            return state;
        }

        private static boolean isSameFile(String state, String baseline) {
            String name = state.equals("-") ? Disk.standardInput() : state;
            return name != null && Disk.isSameFile(Disk.path(name), Disk.path(baseline));
        }

        /**
         * Refuses the baseline as the state: a contract proves nothing about a feed. Only status
         * without --baseline shows the bundled fixture on its own, as a first look. It is read
         * once, because two reads of one file could see different contents.
         */
        private static Source baselineAsState(Call call, String name, Source baseline) {
            boolean isShow = call.command().equals("status") && !call.has("--baseline");
            if (isShow && !name.equals("-")) {
                return new Source(name, baseline.document(), baseline.claims(), null);
            }
            String fixture = Environment.bundledBaseline();
            String copy = "";
            if (fixture != null) {
                copy = Text.fill(", or try it on a copy: cp {} {}",
                        Text.shellWord(fixture), freeName());
            }
            return Source.unreadable(name, Text.fill("{}: this is the baseline, and a contract"
                    + " proves nothing about a feed; pass your collector's state with --state{}",
                    name, copy));
        }

        /** Returns the name of a file that does not exist yet: a pasted cp must not replace one. */
        private static String freeName() {
            String name = "state.json";
            int number = 1;
            while (Files.exists(Path.of(name), LinkOption.NOFOLLOW_LINKS)) {
                number++;
                name = Text.fill("state-{}.json", number);
            }
            return name;
        }

        /** Reads the clock, or --now. Rounds up, so that an age is never understated. */
        static Instant clock(Call call) {
            if (call.has("--now")) {
                return Time.instantRoundedUp(call.one("--now", null));
            }
            return Instant.ofEpochMilli(System.currentTimeMillis() + 1);
        }

        /** Returns the prefix of each text verdict if the clock was replaced, otherwise "". */
        String replayMark() {
            return isReplay ? Text.fill("REPLAY {}: ", now) : "";
        }

        /** Returns why nothing can be evaluated, or null if both documents are valid. */
        String error() {
            if (baseline.error() != null) {
                return baseline.error();
            }
            return state.error();
        }

        /** Returns whether the baseline has what belongs in a state, or the other way round. */
        boolean looksSwapped() {
            if (error() != null) {
                return false;
            }
            State agreed = baseline.claims();
            State claims = state.claims();
            if (agreed == claims) {
                return false;
            }
            boolean onlyBaselineIsDated = agreed.hasAsOf() && !claims.hasAsOf();
            return claims.requiresAsOf() || onlyBaselineIsDated;
        }
    }

    /**
     * Watch is what repeated evaluations have seen: the last valid state, and since when it has
     * been the same. Two clocks measure that, because one can be set and the other can stop.
     */
    record Watch(Document last, Instant since, long sinceNanoTime) {
        /** What a watch has seen before its first evaluation, and all that a single run sees. */
        static final Watch NOTHING = new Watch(null, null, 0);

        /** Returns what has been seen after reading these inputs. */
        Watch after(Inputs inputs) {
            Source state = inputs.state();
            if (state.error() != null) {
                return this; // a state that is invalid for a moment does not get younger by that
            }
            if (state.document().hasSameContent(last)) {
                return this;
            }
            return new Watch(state.document(), inputs.now(), inputs.nanoTime());
        }

        /** Returns how long the state is known to have been as it is. */
        long unchangedNanos(Inputs inputs) {
            if (last == null) {
                return 0;
            }
            long byClockNanos = Time.nanosBetween(since, inputs.now());
            return Math.max(byClockNanos, inputs.nanoTime() - sinceNanoTime);
        }
    }

    /**
     * Demand is what a caller asks for. It can tighten what the baseline says, never loosen it.
     *
     * @param isSafe        whether each feed has to be safe to serve
     * @param actions       what each feed has to allow
     * @param maxAgeNanos   how old its tick may be, whatever else is asked, or Time.NO_BOUND
     * @param validForNanos how long it has to stay so if no tick arrives
     * @param atLeast       how many of the feeds are enough; 0 asks for all of them
     *
     */
    record Demand(boolean isSafe, List<String> actions, long maxAgeNanos, long validForNanos,
            int atLeast) {
        /** What status asks for. */
        static final Demand SAFE = new Demand(true, Arrays.asList(), Time.NO_BOUND, 0, 0);

        /** Asks as gate does: without actions, for what is safe and for every built-in action. */
        static Demand of(List<String> actions) {
            if (actions.isEmpty()) {
                return new Demand(true, ACTIONS, Time.NO_BOUND, 0, 0);
            }
            return new Demand(false, actions, Time.NO_BOUND, 0, 0);
        }

        static Demand of(Call call) {
            Demand plain = of(call.all("--action"));
            long maxAgeNanos = Time.NO_BOUND;
            if (call.has("--max-age-seconds")) {
                maxAgeNanos = Time.limitNanos(call.one("--max-age-seconds", null));
            }
            long validForNanos = Time.ageNanos(call.one("--valid-for", "0"));
            int atLeast = Integer.parseInt(call.one("--at-least", "0"));
            return new Demand(plain.isSafe, plain.actions, maxAgeNanos, validForNanos, atLeast);
        }

        /** Returns whether the caller asks for more than an action needs. */
        boolean isTightened() {
            return maxAgeNanos != Time.NO_BOUND || validForNanos > 0;
        }
    }

    /**
     * Evaluation is the answer to one question: do these feeds allow these actions? It is complete
     * once constructed, and safe only if everything was evaluated and every part proves it.
     */
    static final class Evaluation {
        private final Inputs inputs;
        /** What the next evaluation of the same watch starts from. */
        private final Watch watch;
        private final Decision decision;
        private final Demand demand;
        /** The verdicts on the feeds that were asked for, as far as they are known. */
        private final List<Verdict> verdicts;
        /** Those of the verdicts that do not allow what is needed. */
        private final List<Verdict> unsafe = new ArrayList<>();
        /**
         * If all feeds were asked for, how many optional ones are missing; nothing vouches for
         * those.
         */
        private int excused;
        /** Why there is no answer; null if there is one. */
        private final String error;

        private Evaluation(Inputs inputs, Watch watch, Decision decision, Demand demand,
                List<Verdict> verdicts, boolean excusesMissing, String error) {
            if (!demand.isSafe() && demand.actions().isEmpty()) {
                throw new IllegalArgumentException("no action: every feed would allow that");
            }
            this.inputs = inputs;
            this.watch = watch;
            this.decision = decision;
            this.demand = demand;
            this.verdicts = verdicts;
            this.error = error;
            for (Verdict verdict : verdicts) {
                if (excusesMissing && verdict.isExcused()) {
                    excused++;
                } else if (!allows(verdict)) {
                    unsafe.add(verdict);
                }
            }
        }

        /** Asks, as status does, whether every feed is safe to serve. */
        static Evaluation ofAll(Inputs inputs, Watch before) {
            Watch watch = before.after(inputs);
            Decision decision = decision(inputs, watch, true);
            return new Evaluation(inputs, watch, decision, Demand.SAFE, decision.all(), true,
                    inputs.error());
        }

        /**
         * Asks, as gate does, for some feeds; without actions, they must be safe to serve.
         *
         * @param asksAlerts whether the alerts are shown
         */
        static Evaluation ofFeeds(Inputs inputs, Watch before, List<String> feeds,
                List<String> actions, boolean asksAlerts) {
            return ofFeeds(inputs, before, feeds, Demand.of(actions), asksAlerts);
        }

        static Evaluation ofFeeds(Inputs inputs, Watch before, List<String> feeds, Demand demand,
                boolean asksAlerts) {
            Watch watch = before.after(inputs);
            Decision decision = decision(inputs, watch, asksAlerts);
            List<Verdict> verdicts = new ArrayList<>();
            String error = inputs.error();
            Actions known = inputs.baseline().claims().actions();
            for (String action : demand.actions()) {
                if (error == null && known.rule(action) == null) {
                    error = known.unknownAction(action);
                }
            }
            for (String feed : feeds) {
                Verdict verdict = decision.of(feed);
                if (verdict != null) {
                    verdicts.add(verdict);
                } else if (error == null) {
                    error = inputs.baseline().claims().unknownFeed(feed);
                }
            }
            return new Evaluation(inputs, watch, decision, demand, verdicts, false, error);
        }

        private static Decision decision(Inputs inputs, Watch watch, boolean asksAlerts) {
            return new Decision(inputs.baseline().claims(), inputs.state().claims(),
                    inputs.error(), inputs.now(), watch.unchangedNanos(inputs), asksAlerts);
        }

        /** Returns whether a verdict allows what is needed. If nothing was evaluated, none does. */
        boolean allows(Verdict verdict) {
            return leftNanos(verdict) >= demand.validForNanos();
        }

        /**
         * Returns how long a feed allows what is needed if no tick arrives. It is negative if the
         * feed does not allow it now, and Time.NO_BOUND if nothing ends it.
         */
        private long leftNanos(Verdict verdict) {
            if (inputs.error() != null) {
                return -1;
            }
            long leftNanos = Time.NO_BOUND;
            if (demand.isSafe()) {
                leftNanos = verdict.safeForNanos();
            }
            if (demand.maxAgeNanos() != Time.NO_BOUND) {
                // An age that is missing or not valid lies above every bound.
                leftNanos = Math.min(leftNanos, demand.maxAgeNanos() - verdict.ageNanos());
            }
            for (String action : demand.actions()) {
                leftNanos = Math.min(leftNanos, leftNanos(verdict, action));
            }
            return leftNanos;
        }

        private long leftNanos(Verdict verdict, String action) {
            Rule rule = verdict.context().actions().rule(action);
            return rule == null ? -1 : verdict.leftNanos(rule);
        }

        /** Returns which of these actions a feed does not allow on the caller's terms. */
        List<String> refused(Verdict verdict, List<String> actions) {
            boolean isTooOld = verdict.ageNanos() > demand.maxAgeNanos();
            List<String> refused = new ArrayList<>();
            for (String action : actions) {
                if (isTooOld || leftNanos(verdict, action) < demand.validForNanos()) {
                    refused.add(action);
                }
            }
            return refused;
        }

        /** Returns what is blocked on a feed, by its verdict or only by what the caller asks. */
        List<String> blocked(Verdict verdict) {
            List<String> blocked = verdict.blocked();
            if (shortfall(verdict, Figures.READABLE) == null) {
                return blocked;
            }
            List<String> all = new ArrayList<>(blocked);
            for (String action : refused(verdict, demand.actions())) {
                if (!all.contains(action)) {
                    all.add(action);
                }
            }
            return all;
        }

        /**
         * Returns the latest instant at which the gate is still open if no tick arrives: the
         * earliest of its feeds, or the N-th latest if N of them are enough. It is null if the gate
         * is blocked, or if nothing ends it.
         */
        Instant openUntil() {
            if (!isSafe()) {
                return null;
            }
            long[] leftNanos = openNanos();
            int last = demand.atLeast() == 0 ? 0 : leftNanos.length - demand.atLeast();
            if (leftNanos[last] == Time.NO_BOUND) {
                return null;
            }
            return inputs.now().plusNanos(leftNanos[last]);
        }

        /**
         * Returns when the next feed stops being open if no tick arrives, or Time.NO_BOUND if none
         * does.
         */
        long nextChangeNanos() {
            long[] leftNanos = openNanos();
            if (leftNanos.length == 0 || leftNanos[0] == Time.NO_BOUND) {
                return Time.NO_BOUND;
            }
            return leftNanos[0] - demand.validForNanos();
        }

        /** Returns how long each open feed stays open, the shortest time first. */
        private long[] openNanos() {
            long[] leftNanos = new long[verdicts.size() - unsafe.size()];
            int open = 0;
            for (Verdict verdict : verdicts) {
                if (allows(verdict)) {
                    leftNanos[open] = leftNanos(verdict);
                    open++;
                }
            }
            Arrays.sort(leftNanos);
            return leftNanos;
        }

        /** Returns the verdicts that allow what is needed. */
        List<Verdict> open() {
            List<Verdict> open = new ArrayList<>();
            for (Verdict verdict : verdicts) {
                if (allows(verdict)) {
                    open.add(verdict);
                }
            }
            return open;
        }

        /**
         * Returns what keeps a feed from being open although its status would do, such as "quote_mm
         * allows at most 2s"; null if nothing does.
         */
        Shortfall shortfall(Verdict verdict, Figures figures) {
            if (inputs.error() != null || verdict.isExcused()
                    || (demand.isSafe() && !verdict.isSafe())) {
                return null;
            }
            Shortfall tooOld = null;
            for (String action : demand.actions()) {
                Rule rule = verdict.context().actions().rule(action);
                if (rule == null || verdict.status().compareTo(rule.least()) < 0) {
                    return null;
                }
                if (tooOld == null && verdict.ageNanos() > rule.maxAgeNanos()) {
                    tooOld = Shortfall.of("{} allows at most {}", action,
                            figures.limit(rule.maxAgeNanos()));
                }
            }
            return tooOld != null ? tooOld : callersShortfall(verdict, figures);
        }

        private Shortfall callersShortfall(Verdict verdict, Figures figures) {
            if (verdict.ageNanos() > demand.maxAgeNanos()) {
                return Shortfall.of("--max-age-seconds is {}",
                        Time.seconds(demand.maxAgeNanos()));
            }
            if (allows(verdict)) {
                return null;
            }
            if (isEndedByHeartbeat(verdict)) {
                Heartbeat heartbeat = verdict.heartbeat();
                return Shortfall.of("in {} s its heartbeat would be {} > {}",
                        Time.seconds(demand.validForNanos()),
                        figures.roundedUp(heartbeat.ageNanos() + demand.validForNanos()),
                        figures.limit(heartbeat.limitNanos()));
            }
            return Shortfall.of("in {} s it would be {} > {}",
                    Time.seconds(demand.validForNanos()),
                    figures.roundedUp(verdict.ageNanos() + demand.validForNanos()),
                    figures.limit(verdict.ageNanos() + leftNanos(verdict)));
        }

        /** Returns whether the heartbeat of a feed is what keeps it from being open any longer. */
        boolean isEndedByHeartbeat(Verdict verdict) {
            Heartbeat heartbeat = verdict.heartbeat();
            return heartbeat != null
                    && leftNanos(verdict) == heartbeat.limitNanos() - heartbeat.ageNanos();
        }

        /** Returns whether no tick or heartbeat, however new, would stay valid that long. */
        boolean asksTooLong(Verdict verdict) {
            if (leftNanos(verdict) < 0) {
                return false;
            }
            long longestNanos = demand.maxAgeNanos();
            boolean needsHeartbeat = demand.isSafe();
            if (demand.isSafe()) {
                longestNanos = Math.min(longestNanos, verdict.limitNanos());
            }
            for (String action : demand.actions()) {
                Rule rule = verdict.context().actions().rule(action);
                longestNanos = Math.min(longestNanos, rule.maxAgeNanos());
                if (rule.least() == Status.fresh) {
                    longestNanos = Math.min(longestNanos, verdict.limitNanos());
                }
                needsHeartbeat = needsHeartbeat || rule.least() != Status.unknown;
            }
            if (needsHeartbeat && verdict.heartbeat() != null) {
                longestNanos = Math.min(longestNanos, verdict.heartbeat().limitNanos());
            }
            return longestNanos < demand.validForNanos();
        }

        int exit() {
            if (error != null || verdicts.isEmpty()) {
                return UNEVALUATED;
            }
            int needed = demand.atLeast() == 0 ? verdicts.size() : demand.atLeast();
            return verdicts.size() - unsafe.size() >= needed ? SAFE : UNSAFE;
        }

        boolean isSafe() {
            return exit() == SAFE;
        }

        Inputs inputs() {
            return inputs;
        }

        Watch watch() {
            return watch;
        }

        Decision decision() {
            return decision;
        }

        Demand demand() {
            return demand;
        }

        List<Verdict> verdicts() {
            return verdicts;
        }

        List<Verdict> unsafe() {
            return unsafe;
        }

        int excused() {
            return excused;
        }

        String error() {
            return error;
        }
    }

    // ---- Commands ----

    /** Commands do the work, a function each. Each returns the exit code. */
    static final class Commands {
        private Commands() { }

        static int run(Call call, Streams streams) throws IOException {
            if (call.asksForHelp()) {
                return Help.show(call.command(), streams);
            }
            return switch (call.command()) {
                case "status" -> status(call, streams);
                case "gate" -> gate(call, streams);
                case "scenario" -> scenario(call, streams);
                case "recover" -> recover(call, streams);
                case "smoke" -> Smoke.run(call, streams);
                case "doctor" -> Doctor.run(call, streams);
                case "help" -> Help.show(call.one("COMMAND", null), streams);
                case "--version" -> version(streams);
                default -> throw new IllegalStateException(call.command());
            };
        }

        private static int version(Streams streams) throws IOException {
            new Output(streams.out()).raw("freshness 1.0, Java {}\n", Runtime.version()).flush();
            return SAFE;
        }

        private static int status(Call call, Streams streams) throws IOException {
            return call.has("--watch") ? watchStatus(call, streams) : statusOnce(call, streams);
        }

        /** Shows every feed once. Exit 0 only if each one is proven safe. */
        private static int statusOnce(Call call, Streams streams) throws IOException {
            Path target = Targets.of("--output", call);
            Inputs inputs = Inputs.read(call, streams.in());
            Evaluation evaluation = Evaluation.ofAll(inputs, Watch.NOTHING);
            String format = call.one("--format", "text");
            if (target == null) {
                render(call, evaluation, new Output(streams.out()));
            } else {
                deliverStatus(call, evaluation, target);
            }
            // If the document goes to a file or a program, people get the headline.
            boolean errorInDocument = evaluation.error() != null && !format.equals("text");
            if (call.has("--output") || errorInDocument) {
                OutputStream people = target == null ? streams.err() : streams.out();
                new Output(people).raw("{}\n", StatusText.headline(evaluation)).flush();
            }
            return evaluation.exit();
        }

        /** Shows every feed repeatedly until interrupted, so it never exits with 0. */
        private static int watchStatus(Call call, Streams streams) throws IOException {
            Path target = Targets.of("--output", call);
            boolean draws = target == null && Environment.isTerminal();
            Evaluation before = null;
            while (true) {
                Watch seen = before == null ? Watch.NOTHING : before.watch();
                Evaluation evaluation = Evaluation.ofAll(Inputs.read(call, streams.in()), seen);
                if (target != null) {
                    deliverStatus(call, evaluation, target);
                }
                Output out = new Output(streams.out());
                StatusText text = statusText(call, evaluation);
                if (draws) {
                    text.redraw(out);
                } else {
                    text.transitions(before, out);
                }
                before = evaluation;
                pause(call, Time.NO_BOUND);
            }
        }

        private static void deliverStatus(Call call, Evaluation evaluation, Path target)
                throws IOException {
            try (Delivery delivery = new Delivery()) {
                render(call, evaluation, new Output(delivery.create(target)));
                delivery.commit();
            }
        }

        private static void render(Call call, Evaluation evaluation, Output out)
                throws IOException {
            switch (call.one("--format", "text")) {
                case "json" -> StatusJson.show(evaluation, out);
                case "prometheus" -> new StatusMetrics(evaluation, out).show();
                case "html" -> new StatusBoard(call, evaluation, out).show();
                default -> statusText(call, evaluation).show(out);
            }
            out.flush();
        }

        private static StatusText statusText(Call call, Evaluation evaluation) {
            return new StatusText(call, evaluation, Environment.wantsColors(call));
        }

        /** Waits for the next evaluation of a watch, but no longer than that time. */
        private static void pause(Call call, long atMostNanos) {
            // One millisecond more: at the very end it is still open.
            long atMostMillis = atMostNanos / 1_000_000 + 1;
            try {
                Thread.sleep(Math.min(Time.millis(call.one("--watch", null)), atMostMillis));
            } catch (InterruptedException e) {
                throw new DataException("the watch was interrupted");
            }
        }

        /**
         * May this work go on? Exit 0 only if every named feed allows every named action. With
         * --watch, it runs until the gate closes.
         */
        private static int gate(Call call, Streams streams) throws IOException {
            Path record = Targets.of("--record", call);
            Evaluation first = firstLook(call, streams, record);
            if (call.has("--watch")) {
                return watchGate(call, streams, record, first);
            }
            if (!call.has("--quiet") || !first.isSafe()) {
                new GateReport(call, first).show(streams);
            }
            return first.exit();
        }

        /**
         * Evaluates for the first time. A record is locked before the state is read, until the
         * verdict is on disk, so that no verdict ages while it waits for the lock.
         */
        private static Evaluation firstLook(Call call, Streams streams, Path record)
                throws IOException {
            if (record == null) {
                return look(call, Inputs.read(call, streams.in()), Watch.NOTHING);
            }
            Source ahead = Inputs.readAhead(call, streams.in());
            try (Delivery delivery = new Delivery()) {
                delivery.openRecord(record, MAX_LOCK_SECONDS * Time.SECOND);
                Inputs inputs = Inputs.read(call, ahead, streams.in());
                Evaluation evaluation = look(call, inputs, Watch.NOTHING);
                delivery.append(new GateReport(call, evaluation).recordLine());
                delivery.commit();
                return evaluation;
            }
        }

        private static Evaluation look(Call call, Inputs inputs, Watch seen) {
            boolean asksAlerts = call.isJson() || call.has("--record");
            return Evaluation.ofFeeds(inputs, seen, call.all("--feed"), Demand.of(call),
                    asksAlerts);
        }

        /** Evaluates repeatedly until the gate is closed. */
        private static int watchGate(Call call, Streams streams, Path record, Evaluation first)
                throws IOException {
            Evaluation evaluation = first;
            List<String> shown = null;
            while (evaluation.isSafe()) {
                GateReport report = new GateReport(call, evaluation);
                // Once is enough, unless the work must learn that it may now use other feeds.
                boolean isNews = !report.openFeeds().equals(shown);
                if (isNews && record != null && evaluation != first) {
                    appendToRecord(record, report);
                }
                if (isNews && !call.has("--quiet") && !isDelivered(report, streams)) {
                    return UNEVALUATED;
                }
                shown = report.openFeeds();
                pause(call, evaluation.nextChangeNanos());
                evaluation = look(call, Inputs.read(call, streams.in()), evaluation.watch());
            }
            GateReport report = new GateReport(call, evaluation);
            boolean isDelivered = isDelivered(report, streams);
            if (record != null && evaluation != first) {
                // The work waits for this process to end, so that comes before a record that others
                // use.
                appendToRecord(record, report);
            }
            return isDelivered ? evaluation.exit() : UNEVALUATED;
        }

        /** Appends a later verdict of a watch, which must not wait long for others. */
        private static void appendToRecord(Path record, GateReport report) throws IOException {
            try (Delivery delivery = new Delivery()) {
                delivery.openRecord(record, MAX_LAST_LOCK_NANOS);
                delivery.append(report.recordLine());
                delivery.commit();
            }
        }

        /** Shows the verdict of a watch, and returns whether somebody has read it. */
        private static boolean isDelivered(GateReport report, Streams streams) throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            report.show(new Streams(streams.in(), out, err));
            return LastWords.write(streams.out(), out.toByteArray())
                    && LastWords.write(streams.err(), err.toByteArray());
        }

        /**
         * Writes a failure that status then detects. The same input and the same instant give the
         * same bytes.
         */
        private static int scenario(Call call, Streams streams) throws IOException {
            Kind kind = Kind.valueOf(call.one("KIND", null));
            String feed = call.one("--feed", null);
            String output = call.one("--output", null);
            Path target = Targets.of("--output", call);
            String input = call.one("--state", null);
            if (input == null) {
                input = Environment.fixture("pass --state");
            }
            Source source = Source.read(input, Role.state, streams.in()).orThrow();
            Document document = source.document();
            State state = source.claims();
            Instant now = Inputs.clock(call);
            if (feed != null && !state.lists(feed)) {
                String hint = call.has("--state") ? "" : "; pass your own state with --state";
                throw new DataException("{}{}", state.unknownFeed(feed), hint);
            }

            Edit edit = new Edit(document);
            Document failed = fail(kind, state, feed, call, now, edit);
            if (kind != Kind.corrupt && !isNoticed(state, failed, feed, now)) {
                String hint = kind == Kind.stale ? "; pass a larger --age-seconds" : "";
                throw new DataException("nothing written: the feed would still be fresh under the"
                        + " limits in {}{}", document.label(), hint);
            }
            try (Delivery delivery = new Delivery()) {
                if (target == null) {
                    failed.writeTo(streams.out());
                } else {
                    delivery.create(target, failed);
                }
                delivery.commit();
            }

            Facts facts = new Facts()
                    .add("scenario", kind)
                    .add("feed", feed)
                    .add("changed", edit.changes())
                    .addFile("state", document.label(), document.sha256())
                    .addFile("output", output, failed.sha256())
                    .add("show", Environment.commandLine("status", "--state", output,
                            "--baseline", baselineToName(state, now),
                            "--now", call.one("--now", null)));
            String headline = "SCENARIO WRITTEN: ".concat(kind.name());
            if (feed != null) {
                headline = Text.fill("{} {}", headline, feed);
            }
            new WorkReport(headline, facts, "show").show(call, target, streams);
            return SAFE;
        }

        /** Returns a placeholder if the bundled baseline does not list these feeds, or null. */
        private static String baselineToName(State state, Instant now) {
            String bundled = Environment.bundledBaseline();
            if (bundled == null) {
                return BASELINE_PLACEHOLDER;
            }
            Source baseline = Source.read(bundled, Role.baseline, null);
            Decision decision = new Decision(baseline.claims(), state, baseline.error(), now, 0);
            return decision.sharesFeed() ? null : BASELINE_PLACEHOLDER;
        }

        /** Returns the state after a failure of that kind. The feed is null for the whole state. */
        private static Document fail(Kind kind, State state, String feed, Call call, Instant now,
                Edit edit) {
            Feed claim = feed == null ? null : state.feed(feed);
            switch (kind) {
                case stale -> {
                    String ageSeconds = call.one("--age-seconds", STALE_AGE_SECONDS);
                    edit.tick(claim, ageSeconds, now);
                }
                case unknown -> edit.tick(claim, "null", now);
                case skewed -> edit.tick(claim, SKEWED_AGE_SECONDS, now);
                case loosened -> edit.loosen(state, claim, now);
                case down -> edit.set(claim, "alive", "false");
                case missing -> edit.remove(state, claim);
                case frozen -> edit.freeze(state, now);
                case corrupt -> edit.cut();
            }
            return edit.apply();
        }

        /**
         * Judges by the state's original limits: if they still pass it, it is not a failure. The
         * feed is null if the whole state has to fail; then a feed that was safe must become
         * unsafe.
         */
        private static boolean isNoticed(State before, Document failed, String feed, Instant now) {
            State after = State.of(failed, Role.state);
            Decision decisionBefore = new Decision(before, before, null, now, 0);
            boolean wasAnySafe = false;
            for (Verdict verdict : new Decision(before, after, null, now, 0).all()) {
                Verdict was = decisionBefore.of(verdict.name());
                wasAnySafe = wasAnySafe || was.isSafe();
                boolean isAffected = feed == null ? was.isSafe() : feed.equals(verdict.name());
                if (isAffected && !verdict.isSafe()) {
                    return true;
                }
            }
            return feed == null && !wasAnySafe;
        }

        /** Restores one feed on the evidence of a fresh tick, or refuses with exit 2. */
        private static int recover(Call call, Streams streams) throws IOException {
            Path target = Targets.of("--output", call);
            Path record = Targets.of("--record", call);
            if (target != null && record != null && Disk.isSameFile(target, record)) {
                throw call.error("--record and --output are the same file: {}",
                        call.one("--output", null));
            }
            Inputs inputs = Inputs.read(call, streams.in());
            if (inputs.error() != null) {
                throw new DataException("{}", inputs.error());
            }
            Recovery recovery = Recovery.of(inputs, call);
            WorkReport report = recovery.report();
            if (recovery.isRefused()) {
                report.show(call, target, streams);
                return UNSAFE;
            }
            try (Delivery delivery = new Delivery()) {
                // What cannot be recorded is not done, and what was not done is not recorded.
                if (target != null) {
                    delivery.create(target, recovery.document());
                }
                if (record != null) {
                    delivery.append(record, recovery.recordLine());
                }
                if (target == null) {
                    recovery.document().writeTo(streams.out());
                }
                delivery.commit();
            }
            report.show(call, target, streams);
            return SAFE;
        }
    }

    /** Recovery is the next state of one feed, and whether it may take the place of the old one. */
    static final class Recovery {
        private final Call call;
        private final Inputs inputs;
        private final Verdict before;
        private final Verdict after;
        private final Edit edit;
        private final Document document;
        private final Decision decisionAfter;
        /** What to clarify first about a missing feed; null if there is nothing. */
        private final Advice doubt;
        /** Another feed whose verdict would change; null if there is none. */
        private final Verdict otherChange;

        private Recovery(Call call, Inputs inputs, Edit edit, Document document, String feed) {
            this.call = call;
            this.inputs = inputs;
            this.edit = edit;
            this.document = document;
            Decision decisionBefore = decision(inputs, inputs.state().claims());
            decisionAfter = decision(inputs, State.of(document, Role.state));
            before = decisionBefore.of(feed);
            after = decisionAfter.of(feed);
            boolean wasMissing = before.reason() == Reason.feed_missing;
            doubt = wasMissing ? decisionBefore.renameDoubt(feed) : null;
            otherChange = otherChange(feed, decisionBefore.all(), decisionAfter.all());
        }

        /** Builds the next state. An unknown feed is a DataException. */
        static Recovery of(Inputs inputs, Call call) {
            String feed = call.one("--feed", null);
            State state = inputs.state().claims();
            State baseline = inputs.baseline().claims();
            Decision decision = decision(inputs, state);
            Verdict verdict = decision.of(feed);
            if (verdict == null) {
                throw new DataException("{}", baseline.unknownFeed(feed));
            }
            if (!decision.sharesFeed()) {
                throw new DataException("nothing written: {}", Decision.NO_SHARED_FEED);
            }
            Edit edit = new Edit(inputs.state().document());
            Feed claim = state.feed(feed);
            if (claim == null) {
                edit.insert(state, baseline, baseline.feed(feed), ageSeconds(call), inputs.now());
            } else if (!verdict.isSafe()) {
                edit.tick(claim, ageSeconds(call), inputs.now());
                Heartbeat heartbeat = verdict.heartbeat();
                boolean isOlder = heartbeat != null
                        && heartbeat.ageNanos() > Time.ageNanos(ageSeconds(call));
                if (isOlder) { // a missing or invalid one is older than every tick
                    edit.heartbeat(claim, ageSeconds(call), inputs.now());
                }
            }
            return new Recovery(call, inputs, edit, edit.apply(), feed);
        }

        private static Decision decision(Inputs inputs, State state) {
            return new Decision(inputs.baseline().claims(), state, null, inputs.now(), 0);
        }

        private static String ageSeconds(Call call) {
            return call.one("--age-seconds", RECOVERED_AGE_SECONDS);
        }

        private static Verdict otherChange(String feed, List<Verdict> before,
                List<Verdict> after) {
            for (int i = 0; i < before.size(); i++) {
                Verdict was = before.get(i);
                Verdict is = after.get(i);
                boolean isOther = !is.name().equals(feed);
                if (isOther && was.reason() != is.reason()) {
                    return is;
                }
            }
            return null;
        }

        /** Returns whether this recovery must be refused: then nothing may be written. */
        boolean isRefused() {
            return doubt != null || !after.isSafe() || otherChange != null;
        }

        /** Returns why this recovery must be refused, or null if it may proceed. */
        private String refusal(Figures figures) {
            if (doubt != null) {
                return doubt.text();
            }
            if (!after.isSafe()) {
                return Text.fill("it would still be {} ({})", after.status(),
                        after.sentence(figures));
            }
            if (otherChange != null) {
                return Text.fill("another feed's verdict would change: {}",
                        otherChange.brief());
            }
            return null;
        }

        /** Returns what to do instead of a refused recovery; null if that is unknown. */
        private String next(Figures figures) {
            if (doubt != null || after.isSafe()) {
                return null; // the doubt already says it
            }
            Advice advice = decisionAfter.advice(after, figures);
            return advice == null ? null : advice.text();
        }

        /** Returns the next state. */
        Document document() {
            return document;
        }

        /** Returns the line for the record: what the report says, as JSON on one line. */
        String recordLine() throws IOException {
            return JsonWriter.recordLine(facts(Figures.EXACT));
        }

        WorkReport report() {
            Figures figures = call.isJson() ? Figures.EXACT : Figures.READABLE;
            return new WorkReport(headline(), facts(figures), "replay");
        }

        private String headline() {
            if (isRefused()) {
                return Text.fill("RECOVERY REFUSED: {}: {}; nothing was written",
                        after.name(), refusal(Figures.READABLE));
            }
            if (before.isSafe()) {
                return Text.fill("NOTHING TO RECOVER: {}; the state was copied unchanged",
                        after.brief());
            }
            return Text.fill("RECOVERED: {}", after.brief());
        }

        private Facts facts(Figures figures) {
            String output = call.one("--output", null);
            boolean isWritten = !isRefused();
            String result = "refused";
            if (isWritten) {
                result = before.isSafe() ? "unchanged" : "recovered";
            }
            Source state = inputs.state();
            String newSha256 = isWritten ? document.sha256() : null;
            Facts facts = new Facts()
                    .add("recovery", result)
                    .add("time", inputs.now())
                    .add("feed", after.name())
                    .add("refused_because", refusal(figures));
            String next = next(figures);
            if (next != null) {
                facts.add("next", next);
            }
            return facts.add("before", before)
                    .add("after", after)
                    .add("changed", edit.changes())
                    .add("baseline", inputs.baseline().name())
                    .addFile("state", state.name(), state.sha256())
                    .addFile("output", isWritten ? output : null, newSha256)
                    .add("replay", Environment.commandLine("recover", "--feed", after.name(),
                            "--state", state.name(), "--output", output,
                            "--age-seconds", ageSeconds(call),
                            "--baseline", call.one("--baseline", null),
                            "--now", inputs.now().toString()));
        }
    }

    /**
     * Smoke runs the whole contract on files in a directory, as a user would. It is not final, so
     * that a test can override its steps and see them.
     */
    static class Smoke {
        private static final String FIXTURE_SHA256 =
                "62881c02e5348e8f234e6e2ff02dee093269966a9e9130b62e39e0e188010719";
        private static final String FEED = "bravo";
        private static final String BASELINE_WITH_HOURS = "{ \"max_age_seconds\": 90,"
                + " \"feeds\": [{ \"name\": \"bravo\" }], \"calendar\": \"nyse\","
                + " \"calendars\": { \"nyse\": { \"zone\": \"America/New_York\","
                + " \"open\": [\"Mon-Fri 09:30-16:00\"] } } }\n";
        private static final String BASELINE_WITH_TERMS = "{ \"max_age_seconds\": 90,"
                + " \"feeds\": [{ \"name\": \"bravo\", \"max_heartbeat_age_seconds\": 5 },"
                + " { \"name\": \"planned\", \"optional\": true }] }\n";
        /** An instant at which the market is closed: noon on a Saturday in London. */
        private static final String WEEKEND = "2025-11-29T12:00:00Z";
        private static final String LAST_TICK_BEFORE_CLOSE = "2025-11-28T20:59:55Z";
        private static final String LAST_TICK_OF_DEAD_FEED = "2025-11-28T20:50:00Z";
        private static final String SIX_SECONDS_BEFORE = "2025-11-29T11:59:54Z";

        private final Checks checks;
        /** The healthy state. The other files are written here. */
        private final String state;
        private final String baseline;
        private final String failed;
        private final String report;
        private final String recovered;
        private final String again;

        /** The directory has a healthy state in its file "state". */
        Smoke(Path directory, Checks checks) {
            this.checks = checks;
            state = directory.resolve("state").toString();
            baseline = directory.resolve("baseline").toString();
            failed = directory.resolve("failed").toString();
            report = directory.resolve("report").toString();
            recovered = directory.resolve("recovered").toString();
            again = directory.resolve("again").toString();
        }

        static int run(Call call, Streams streams) throws IOException {
            String name = Environment.fixture("start it as java Freshness.java smoke");
            Source source = Source.read(name, Role.baseline, null);
            Document fixture = source.document();
            if (fixture == null) {
                throw new DataException("{}", source.error());
            }
            Checks checks = new Checks();
            checks.add("the bundled fixture is unmodified", fixtureFault(fixture));
            try (Workspace workspace = Workspace.with(fixture)) {
                new Smoke(workspace.directory(), checks).checkAll();
            }
            return checks.report(call, streams);
        }

        private static String fixtureFault(Document fixture) {
            if (fixture.sha256().equals(FIXTURE_SHA256)) {
                return null;
            }
            return Text.fill("{} was edited; restore it, and keep your own baseline in another"
                    + " file, passed with --baseline", fixture.label());
        }

        void checkAll() throws IOException {
            begin("the healthy state is safe to serve");
            run(SAFE, "status", "--state", state);
            for (Kind kind : Kind.values()) {
                checkFailure(kind);
            }
            checkSilence();
            checkHeartbeats();
            checkOptionalFeed();
            checkRecovery();
        }

        /** Checks that status names exactly the failed feeds, and that gate blocks only those. */
        private void checkFailure(Kind kind) throws IOException {
            int exit = kind == Kind.corrupt ? UNEVALUATED : UNSAFE;
            String unsafe = "\"alpha\", \"bravo\", \"charlie\"";
            if (kind.scope == Scope.FEED) {
                unsafe = "\"bravo\"";
            }

            begin(kind.name().concat(": status fails closed and lists only the affected feeds"));
            if (kind.scope == Scope.FEED) {
                run(SAFE, "scenario", kind.name(), "--feed", FEED,
                        "--state", state, "--output", failed);
            } else {
                run(SAFE, "scenario", kind.name(), "--state", state, "--output", failed);
            }
            run(exit, "status", "--format", "json", "--state", failed, "--output", report);
            names(report, Text.fill("\"unsafe_feeds\": [{}],", unsafe));

            begin(kind.name().concat(": unsafe work is blocked on the affected feeds only"));
            for (String action : Status.stale.blocked) {
                run(exit, "gate", "--feed", FEED, "--action", action, "--state", failed);
            }
            int exitOfOthers = kind.scope == Scope.FEED ? SAFE : exit;
            run(exitOfOthers, "gate", "--feed", "alpha", "--feed", "charlie", "--state", failed);
        }

        /** Checks that trading hours decide who is paged, and never what is open. */
        private void checkSilence() throws IOException {
            write(baseline, BASELINE_WITH_HOURS);

            begin("silence_expected: nobody is paged, and unsafe work is blocked");
            checkWeekend(LAST_TICK_BEFORE_CLOSE, Reason.silence_expected, Alert.none);

            begin("a feed that died before its market closed keeps paging");
            checkWeekend(LAST_TICK_OF_DEAD_FEED, Reason.stale, Alert.page);
        }

        private void checkWeekend(String tick, Reason reason, Alert alert) throws IOException {
            write(failed, Text.fill("{ \"as_of\": \"{}\", \"feeds\": [{ \"name\": \"{}\","
                    + " \"alive\": true, \"last_tick_at\": \"{}\" }] }\n", WEEKEND, FEED, tick));
            checkBlocked(reason, alert);
        }

        private void checkBlocked(Reason reason, Alert alert) throws IOException {
            run(UNSAFE, "status", "--format", "json", "--state", failed, "--baseline", baseline,
                    "--now", WEEKEND, "--output", report);
            says(report, Text.fill("\"reason_code\": \"{}\"", reason));
            says(report, Text.fill("\"alert\": \"{}\"", alert));
            for (String action : Status.stale.blocked) {
                run(UNSAFE, "gate", "--feed", FEED, "--action", action, "--state", failed,
                        "--baseline", baseline, "--now", WEEKEND);
            }
        }

        /** Checks that not even a tick from this second replaces a heartbeat. */
        private void checkHeartbeats() throws IOException {
            write(baseline, BASELINE_WITH_TERMS);

            begin("heartbeat_invalid: unsafe work is blocked, however fresh the tick");
            writeHeartbeat("null");
            checkBlocked(Reason.heartbeat_invalid, Alert.page);

            begin("heartbeat_stale: unsafe work is blocked, however fresh the tick");
            writeHeartbeat(Text.fill("\"{}\"", SIX_SECONDS_BEFORE));
            checkBlocked(Reason.heartbeat_stale, Alert.page);
        }

        /** Checks that an optional feed may be missing, and that nothing is allowed on it then. */
        private void checkOptionalFeed() throws IOException {
            begin("an optional feed may be missing, but no action is allowed on it");
            writeHeartbeat(Text.fill("\"{}\"", WEEKEND));
            run(SAFE, "status", "--format", "json", "--state", failed, "--baseline", baseline,
                    "--now", WEEKEND, "--output", report);
            says(report, Text.fill("\"reason_code\": \"{}\", \"alert\": \"{}\"",
                    Reason.feed_missing, Alert.none));
            for (String action : ACTIONS) {
                run(UNSAFE, "gate", "--feed", "planned", "--action", action, "--state", failed,
                        "--baseline", baseline, "--now", WEEKEND);
            }
        }

        private void writeHeartbeat(String value) throws IOException {
            write(failed, Text.fill("{ \"feeds\": [{ \"name\": \"{}\", \"alive\": true,"
                    + " \"last_tick_at\": \"{}\", \"last_heartbeat_at\": {} }] }\n",
                    FEED, WEEKEND, value));
        }

        private void checkRecovery() throws IOException {
            begin("a recovery that would not be safe is refused and writes nothing");
            run(SAFE, "scenario", "stale", "--feed", FEED, "--state", state, "--output", failed);
            run(UNSAFE, "recover", "--feed", FEED, "--state", failed, "--output", recovered,
                    "--age-seconds", "91");
            absent(recovered);

            begin("recovering with a fresh tick makes the feed safe again");
            run(SAFE, "recover", "--feed", FEED, "--state", failed, "--output", recovered);
            run(SAFE, "status", "--state", recovered);

            begin("repeating a recovery produces identical bytes");
            run(SAFE, "recover", "--feed", FEED, "--state", failed, "--output", again);
            same(recovered, again);
        }

        // The steps. Between two calls of begin(), only the first failure is kept.

        void begin(String check) {
            checks.add(check, null);
        }

        /** Runs a command and expects that exit code. */
        void run(int exit, String... args) {
            checks.fault(exitFault(exit, args));
        }

        void names(String file, String text) throws IOException {
            if (!contentOf(file).contains(text)) {
                checks.fault("the report should list exactly the affected feeds");
            }
        }

        void says(String file, String text) throws IOException {
            if (!contentOf(file).contains(text)) {
                checks.fault(Text.fill("the report should say {}", text));
            }
        }

        void write(String file, String text) throws IOException {
            try (Delivery delivery = new Delivery()) {
                delivery.create(Disk.path(file), Document.of(file, text));
                delivery.commit();
            }
        }

        void absent(String file) {
            if (Files.exists(Disk.path(file))) {
                checks.fault("it wrote a file");
            }
        }

        void same(String one, String other) throws IOException {
            String content = contentOf(one);
            if (content.isEmpty() || !content.equals(contentOf(other))) {
                checks.fault("they differ");
            }
        }

        /** Returns what a file holds, or "" if there is none. */
        private static String contentOf(String file) throws IOException {
            Path path = Disk.path(file);
            return Files.exists(path) ? Files.readString(path) : "";
        }

        /** Runs a command and returns how its exit differs from that code, or null if not. */
        static String exitFault(int wanted, String... args) {
            ByteArrayOutputStream said = new ByteArrayOutputStream();
            int exit = Freshness.run(args, InputStream.nullInputStream(), said, said);
            if (exit == wanted) {
                return null;
            }
            String firstLine = said.toString(StandardCharsets.UTF_8).split("\n")[0];
            return Text.fill("exit {} instead of {} from {}: {}",
                    exit, wanted, String.join(" ", args), firstLine);
        }
    }

    /** Doctor checks the environment the gate will run in. */
    static final class Doctor {
        private final Checks checks = new Checks();

        static int run(Call call, Streams streams) throws IOException {
            Doctor doctor = new Doctor();
            doctor.checkStart(call);
            for (Role role : Role.values()) {
                String file = call.one("--".concat(role.name()), null);
                if (file != null) {
                    doctor.checkDocument(role, file, streams);
                }
            }
            doctor.checkTwoFiles(call);
            doctor.checkTemporaryFiles();
            doctor.checkEncoding();
            doctor.checkClock();
            return doctor.checks.report(call, streams);
        }

        private void checkStart(Call call) {
            // An older Java would not get this far.
            checks.add(Text.fill("Java is {} or newer: {}", MIN_JAVA, Runtime.version()), null);
            String fixture = Environment.bundledBaseline();
            if (fixture == null) {
                if (!call.has("--baseline")) {
                    throw new DataException("{}; pass --baseline",
                            Environment.NO_SOURCE);
                }
                checks.add("started from compiled classes", null);
                return;
            }
            checks.add(Text.fill("started from {}", Environment.start()), null);
            checks.add(Text.fill("the bundled fixture was found and is safe to serve: {}", fixture),
                    Smoke.exitFault(SAFE, "status"));
        }

        private void checkDocument(Role role, String file, Streams streams) {
            Source source = Source.read(file, role, streams.in());
            String fault = source.error();
            if (fault == null && role == Role.baseline) {
                fault = missingLimit(source.claims());
            }
            checks.add(Text.fill("the {} can be read and is valid: {}", role, file), fault);
        }

        private void checkTwoFiles(Call call) {
            String state = call.one("--state", "-");
            String baseline = call.one("--baseline", null);
            if (state.equals("-") || baseline == null) {
                return;
            }
            if (Disk.isSameFile(Disk.path(state), Disk.path(baseline))) {
                checks.add("the state and the baseline are different files",
                        "they are the same file, and a contract proves nothing about a feed");
            }
        }

        /** Returns which feed of a baseline would be blocked because it has no limit, or null. */
        private static String missingLimit(State baseline) {
            for (int i = 0; i < baseline.size(); i++) {
                Feed feed = baseline.get(i);
                if (baseline.limitNanos(feed, Time.NO_LIMIT) == Time.NO_LIMIT) {
                    return Text.fill("{} has no limit: give it a max_age_seconds, or give the"
                            + " baseline one for all feeds", feed.name());
                }
            }
            return null;
        }

        private void checkTemporaryFiles() throws IOException {
            String why = null;
            try {
                Workspace.with(Document.of("", "a line\n")).close(); // which also reads it back
            } catch (DataException e) {
                why = e.getMessage();
            }
            checks.add(Text.fill("a temporary file can be written, renamed and read back: {}",
                    System.getProperty("java.io.tmpdir")), why);
        }

        private void checkEncoding() throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            new Output(bytes).raw("\u00e9 \u2260 \ud83d\ude00").flush();
            String hex = HexFormat.of().formatHex(bytes.toByteArray());
            boolean isUtf8 = hex.equals("c3a920e289a020f09f9880");
            checks.add("output is UTF-8", isUtf8 ? null : "it is not");
        }

        private void checkClock() {
            String now = Instant.now().toString();
            checks.add("the clock is plausible: ".concat(now),
                    isPlausible(now) ? null : "set this machine's clock");
        }

        /**
         * Returns whether an instant lies in the hundred years from 2026 on. As texts, instants
         * with four digits for the year sort by time.
         */
        static boolean isPlausible(String now) {
            return now.compareTo("2026") >= 0 && now.compareTo("2126") < 0;
        }
    }

    /**
     * LastWords writes the last output of a process that others are bound to, within a time limit:
     * a reader that has stopped reading must not keep it alive.
     */
    private static final class LastWords extends Thread {
        private final OutputStream out;
        private final byte[] bytes;
        private IOException failure;

        private LastWords(OutputStream out, byte[] bytes) {
            this.out = out;
            this.bytes = bytes;
            setDaemon(true);
        }

        /** Returns whether everything was written in time. */
        static boolean write(OutputStream out, byte[] bytes) throws IOException {
            LastWords thread = new LastWords(out, bytes);
            thread.start();
            thread.joinDespiteInterrupt();
            if (thread.isAlive()) {
                return false;
            }
            if (thread.failure != null) {
                throw thread.failure;
            }
            return true;
        }

        /**
         * Waits until everything is written. An interrupt is kept, for the next pause to notice.
         */
        private void joinDespiteInterrupt() {
            boolean isInterrupted = false;
            long deadlineNanos = System.nanoTime() + MAX_LAST_WORDS_MILLIS * 1_000_000L;
            while (isAlive()) {
                long millisLeft = (deadlineNanos - System.nanoTime()) / 1_000_000;
                if (millisLeft <= 0) {
                    break;
                }
                try {
                    join(millisLeft);
                } catch (InterruptedException e) {
                    isInterrupted = true;
                }
            }
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }

        @Override public void run() {
            try {
                out.write(bytes);
            } catch (IOException e) {
                failure = e; // reported by the thread that waits
            }
        }
    }

    /** Help shows what the program is for and its commands, or the page of one command. */
    static final class Help {
        private Help() { }

        static int show(String command, Streams streams) throws IOException {
            Output out = new Output(streams.out());
            page(command == null ? GENERAL_HELP : textOf(command), out);
            out.flush();
            return SAFE;
        }

        /** Shows the general help because no command was given. Nothing was evaluated. */
        static int showUnasked(OutputStream err) throws IOException {
            Output out = new Output(err);
            out.raw("freshness: no command given\n\n");
            page(GENERAL_HELP, out);
            out.flush();
            return UNEVALUATED;
        }

        private static void page(String text, Output out) {
            out.raw("{}", text.replace("{}", Environment.program()));
        }

        private static String textOf(String command) {
            return switch (command) {
                case "status" -> STATUS_HELP;
                case "gate" -> GATE_HELP;
                case "scenario" -> SCENARIO_HELP;
                case "recover" -> RECOVER_HELP;
                case "smoke" -> SMOKE_HELP;
                case "doctor" -> DOCTOR_HELP;
                case "help" -> HELP_HELP;
                case "--version" -> VERSION_HELP;
                default -> throw Call.unknownCommand(command);
            };
        }
    }

    // ---- Reports ----

    /** Output gathers text and writes it as UTF-8. */
    static final class Output {
        private static final int CHUNK_CHARS = 1 << 16;

        private final StringBuilder text = new StringBuilder();
        private final OutputStream out;

        Output(OutputStream out) {
            this.out = out;
        }

        /** Adds text for people. Values are escaped unless they are raw. */
        Output text(String template, Object... values) {
            Text.append(text, template, Text.shown(values));
            return this;
        }

        /** Adds text for a machine. Values are already escaped by the rules of its format. */
        Output raw(String template, Object... values) {
            Text.append(text, template, values);
            return this;
        }

        /** Writes what has been gathered if it is large. */
        void flushIfLarge() throws IOException {
            if (text.length() >= CHUNK_CHARS) {
                flush();
            }
        }

        void flush() throws IOException {
            out.write(text.toString().getBytes(StandardCharsets.UTF_8));
            text.setLength(0);
        }
    }

    /**
     * Seconds is a time that a report gives in seconds, written as null if it is missing or
     * invalid.
     */
    record Seconds(long nanos) { }

    /** Facts are what a report says, in order: the members of a JSON object. */
    static final class Facts {
        private final Map<String, Object> values = new LinkedHashMap<>();

        Facts add(String name, Object value) {
            values.put(name, value);
            return this;
        }

        /** Adds a file: its name, and the digest of its content or null if there is none. */
        Facts addFile(String name, String label, String sha256) {
            return add(name, label).add(name.concat("_sha256"), sha256);
        }

        Map<String, Object> values() {
            return values;
        }
    }

    /** JsonWriter writes values as JSON. */
    static final class JsonWriter {
        private final Output out;
        private final boolean isOneLine;

        JsonWriter(Output out) {
            this(out, false);
        }

        private JsonWriter(Output out, boolean isOneLine) {
            this.out = out;
            this.isOneLine = isOneLine;
        }

        /** Returns facts as a line for a record: an object and a newline. */
        static String recordLine(Facts facts) throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            Output out = new Output(line);
            new JsonWriter(out, true).line(facts);
            out.raw("\n");
            out.flush();
            return line.toString(StandardCharsets.UTF_8);
        }

        /** Writes facts as a document, one member per line. */
        void document(Facts facts) throws IOException {
            members(facts, "{\n  ", ",\n  ");
            out.raw("\n}\n");
        }

        /** Writes facts as an object on one line. */
        void line(Facts facts) throws IOException {
            members(facts, "{", ", ");
            out.raw("}");
        }

        private void members(Facts facts, String begin, String separator) throws IOException {
            String before = begin;
            for (Map.Entry<String, Object> fact : facts.values().entrySet()) {
                out.raw("{}\"{}\": ", before, fact.getKey());
                value(fact.getValue());
                before = separator;
            }
        }

        private void value(Object value) throws IOException {
            if (value instanceof Verdict verdict) {
                verdict(verdict);
            } else if (value instanceof Facts facts) {
                line(facts);
            } else if (value instanceof List<?> list) {
                list(list);
            } else if (value instanceof Seconds seconds) {
                out.raw("{}", Time.seconds(seconds.nanos()));
            } else if (value == null || value instanceof Boolean || value instanceof Integer) {
                out.raw("{}", value);
            } else {
                out.raw("{}", Text.quoted(value.toString()));
            }
        }

        private void list(List<?> list) throws IOException {
            if (list.isEmpty()) {
                out.raw("[]");
            } else if (isOneLine || list.get(0) instanceof String) {
                elements(list, "[", ", ", "]");
            } else {
                elements(list, "[\n    ", ",\n    ", "\n  ]");
            }
        }

        private void elements(List<?> list, String begin, String separator, String end)
                throws IOException {
            String before = begin;
            for (Object element : list) {
                out.raw(before);
                value(element);
                out.flushIfLarge();
                before = separator;
            }
            out.raw(end);
        }

        /** Writes a verdict from a template, because there may be a million of them. */
        private void verdict(Verdict v) throws IOException {
            String reason = v.isSafe() ? null : Text.quoted(v.sentence(Figures.EXACT));
            out.raw("{\"name\": {}, \"alive\": {}, \"last_tick_age_seconds\": {}, "
                        + "\"max_age_seconds\": {}, ",
                    Text.quoted(v.name()), v.alive(), Time.seconds(v.ageNanos()),
                    Time.seconds(v.limitNanos()));
            out.raw("\"freshness_status\": \"{}\", \"safe_to_serve\": {}, \"safe_until\": ",
                    v.status(), v.isSafe());
            value(v.safeUntil());
            out.raw(", \"allowed_actions\": {}, \"blocked_actions\": {}, ",
                    words(v.allowed()), words(v.blocked()));
            out.raw("\"blocked_reason\": {}, \"reason_code\": \"{}\", \"alert\": \"{}\"",
                    reason, v.reason(), v.alert());
            if (v.heartbeat() != null) {
                out.raw(", \"last_heartbeat_age_seconds\": {}",
                        Time.seconds(v.heartbeat().ageNanos()));
            }
            if (v.market() != null) {
                out.raw(", \"opens_at\": ");
                value(v.market().opensAt());
            }
            out.raw("}");
        }

        /** Writes words that need no escapes. */
        private static String words(List<String> words) {
            if (words.isEmpty()) {
                return "[]";
            }
            return Text.fill("[\"{}\"]", String.join("\", \"", words));
        }
    }

    /** Evidence is what an auditor needs: the time, the files with digests, and the result. */
    static final class Evidence {
        private Evidence() { }

        static Facts addTo(Facts facts, Evaluation evaluation) {
            Inputs inputs = evaluation.inputs();
            Source state = inputs.state();
            Source baseline = inputs.baseline();
            facts.add("evaluated_at", inputs.now());
            if (inputs.isReplay()) {
                facts.add("replay", true);
            }
            facts.add("as_of", state.claims().asOf())
                    .addFile("state", state.name(), state.sha256())
                    .addFile("baseline", baseline.name(), baseline.sha256())
                    .add("exit", evaluation.exit());
            if (evaluation.error() != null) {
                facts.add("error", evaluation.error());
            }
            List<Verdict> verdicts = evaluation.verdicts();
            return facts.add("feeds", verdicts.isEmpty() ? null : verdicts);
        }
    }

    /** Explanations say what is blocked, why, and what to do next. */
    static final class Explanations {
        private final Call call;
        private final Evaluation evaluation;

        Explanations(Call call, Evaluation evaluation) {
            this.call = call;
            this.evaluation = evaluation;
        }

        /** Returns the start of a headline if state and baseline share no feed, otherwise "". */
        static String strangers(Evaluation evaluation) {
            if (evaluation.decision().sharesFeed()) {
                return "";
            }
            return Decision.NO_SHARED_FEED.concat("; ");
        }

        /** Returns the end of a headline if the documents seem to be swapped, otherwise "". */
        static String swapHint(Evaluation evaluation) {
            if (!evaluation.decision().sharesFeed() || !evaluation.inputs().looksSwapped()) {
                return "";
            }
            return "; are --state and --baseline swapped?";
        }

        /** Returns the first few verdicts in a few words each, and how many more there are. */
        static String briefs(List<Verdict> verdicts) {
            List<String> briefs = new ArrayList<>();
            for (Verdict verdict : verdicts) {
                boolean isNamed = briefs.size() < MAX_HEADLINE_FEEDS;
                briefs.add(isNamed ? Text.visible(verdict.brief()) : "");
            }
            return Text.named(briefs, "; ");
        }

        /** Returns the same for feeds that are not open, with what keeps them from being open. */
        static String unsafeBriefs(Evaluation evaluation) {
            List<String> briefs = new ArrayList<>();
            for (Verdict verdict : evaluation.unsafe()) {
                boolean isNamed = briefs.size() < MAX_HEADLINE_FEEDS;
                Shortfall shortfall = null;
                if (isNamed) {
                    shortfall = evaluation.shortfall(verdict, Figures.READABLE);
                }
                if (shortfall != null) {
                    String brief = Text.fill("{}, {}", verdict.brief(), shortfall.text());
                    briefs.add(Text.visible(brief));
                } else {
                    briefs.add(isNamed ? Text.visible(verdict.brief()) : "");
                }
            }
            return Text.named(briefs, "; ");
        }

        /** Writes each cause once, with the feeds that share it. */
        void show(String before, Output out) {
            Map<String, List<Verdict>> causes = new LinkedHashMap<>();
            for (Verdict verdict : evaluation.unsafe()) {
                Advice cure = cure(verdict, Figures.READABLE);
                Shortfall shortfall = evaluation.shortfall(verdict, Figures.READABLE);
                String cause = Text.fill("{}, {}, {}, {}, {}", verdict.reason(),
                        cure == null ? "recover" : cure.template(),
                        Text.orNothing("", verdict.question()),
                        shortfall == null ? "" : shortfall.template(),
                        String.join(", ", evaluation.blocked(verdict)));
                if (!causes.containsKey(cause)) {
                    causes.put(cause, new ArrayList<>());
                }
                causes.get(cause).add(verdict);
            }
            for (List<Verdict> verdicts : causes.values()) {
                String blocked = String.join(", ", evaluation.blocked(verdicts.get(0)));
                out.raw("{}blocked on {}: {}\n", before, names(verdicts), blocked);
                out.raw("  why:  {}\n  next: {}\n", why(verdicts), next(verdicts));
            }
        }

        private static String names(List<Verdict> verdicts) {
            List<String> names = new ArrayList<>();
            for (Verdict verdict : verdicts) {
                boolean isNamed = names.size() < MAX_HEADLINE_FEEDS;
                names.add(isNamed ? Text.visible(verdict.name()) : "");
            }
            return Text.named(names, ", ");
        }

        /** Returns what was found about feeds with the same cause, escaped. */
        private String why(List<Verdict> verdicts) {
            Verdict first = verdicts.get(0);
            String sentence = why(evaluation, first, Figures.READABLE);
            boolean isSame = true;
            for (Verdict verdict : verdicts) {
                isSame = isSame && why(evaluation, verdict, Figures.READABLE).equals(sentence);
            }
            return isSame ? Text.visible(sentence) : example(first, sentence);
        }

        /**
         * Returns why a feed is not open, including what only this caller or this action asks for.
         */
        static String why(Evaluation evaluation, Verdict verdict, Figures figures) {
            Shortfall shortfall = evaluation.shortfall(verdict, figures);
            if (shortfall == null) {
                return verdict.sentence(figures);
            }
            return Text.fill("{}, {}", verdict.sentence(figures), shortfall.text());
        }

        /** Returns what to do next about feeds with the same cause, escaped. */
        private String next(List<Verdict> verdicts) {
            Verdict first = verdicts.get(0);
            Advice advice = cure(first, Figures.READABLE);
            if (advice == null) {
                return recoveryOfAll(verdicts);
            }
            boolean isSame = true;
            for (Verdict verdict : verdicts) {
                isSame = isSame && cure(verdict, Figures.READABLE).equals(advice);
            }
            return isSame ? Text.visible(advice.text()) : example(first, advice.text());
        }

        /** Returns a message about one of several feeds, as an example. */
        private static String example(Verdict verdict, String said) {
            return Text.text("for example {}: {}", verdict.name(), said);
        }

        private String recoveryOfAll(List<Verdict> verdicts) {
            if (verdicts.size() == 1) {
                return recovery(verdicts.get(0).name());
            }
            // No feed is named here: the tick that was seen may belong to another feed.
            return Text.fill("run this once per feed, and mv each output over the state before you"
                    + " do the next feed:\n        {}", recovery(placeholder()));
        }

        /** Returns a placeholder that is not the name of any feed. */
        private String placeholder() {
            String word = FEED_PLACEHOLDER;
            while (evaluation.decision().of(word) != null) {
                word = word.concat("_");
            }
            return word;
        }

        /** Returns the one thing to do next, for a program. */
        String next(Verdict verdict) {
            Advice cure = cure(verdict, Figures.EXACT);
            return cure == null ? recovery(verdict.name()) : cure.text();
        }

        /** Returns what to do next about a feed, or null if the answer is to recover it. */
        private Advice cure(Verdict verdict, Figures figures) {
            if (evaluation.asksTooLong(verdict)) {
                return Advice.of("pass a shorter --valid-for: not even new data stays valid that"
                        + " long; run longer work beside gate --watch");
            }
            if (evaluation.error() != null && verdict.isSafe()) {
                return Advice.of("fix the problem named in the error, then run the command"
                        + " again");
            }
            if (verdict.isSafe() && evaluation.isEndedByHeartbeat(verdict)) {
                return Advice.of("wait: the next heartbeat opens the gate");
            }
            if (verdict.isSafe()) {
                return Advice.of(Reason.silence_expected.advice); // only too old for what is asked
            }
            Advice advice = evaluation.decision().advice(verdict, figures);
            if (advice != null) {
                return advice;
            }
            if (verdict.silence() != null) {
                return Advice.of("nothing to do while the market is closed; you will be paged if"
                        + " the feed is still unsafe after it opens");
            }
            if (verdict.name().indexOf('\0') >= 0) {
                return Advice.of(
                        "rename this feed: its name contains a NUL character and cannot be passed"
                                + " on a command line");
            }
            if (evaluation.inputs().state().name().equals("-")) {
                return Advice.of("save the state to a file and run this again with --state FILE");
            }
            return null;
        }

        /** Returns the command that recovers a feed, as it can be pasted. */
        private String recovery(String feed) {
            String state = evaluation.inputs().state().name();
            String stem = "";
            if (state.endsWith(".json")) {
                stem = state.substring(0, state.length() - ".json".length()).concat("-");
            }
            return Environment.commandLine("recover", "--feed", feed, "--state", state,
                    "--output", stem.concat("recovered.json"),
                    "--baseline", call.one("--baseline", null),
                    "--now", call.one("--now", null), "--age-seconds", AGE_PLACEHOLDER);
        }
    }

    /** StatusText shows all feeds to people. */
    static final class StatusText {
        private static final int STATUS_COLUMNS = "unknown".length();
        private static final int AGE_COLUMNS = 6;
        private static final int BAR_CELLS = 10;
        private static final String GREEN = "32";
        private static final String YELLOW = "33";
        private static final String RED = "31";
        private static final String PLAIN = "0";

        private final Call call;
        private final Evaluation evaluation;
        private final boolean colors;

        StatusText(Call call, Evaluation evaluation, boolean colors) {
            this.call = call;
            this.evaluation = evaluation;
            this.colors = colors;
        }

        /** Returns the verdict on the whole in one line, escaped. */
        static String headline(Evaluation evaluation) {
            return evaluation.inputs().replayMark().concat(verdict(evaluation));
        }

        private static String verdict(Evaluation evaluation) {
            if (evaluation.error() != null) {
                return Text.text("FRESHNESS UNKNOWN: {}; nothing is safe to serve",
                        evaluation.error());
            }
            int total = evaluation.verdicts().size();
            int unsafe = evaluation.unsafe().size();
            int excused = evaluation.excused();
            String missing = "";
            if (excused > 0) {
                missing = Text.fill(", {} optional missing", excused);
            }
            if (unsafe == 0) {
                return Text.fill("FRESHNESS OK: {} of {} feeds fresh and safe to serve{}",
                        total - excused, total, missing);
            }
            return Text.fill("FRESHNESS CRITICAL: {}{} of {} feeds unsafe{}: {}{}",
                    Explanations.strangers(evaluation), unsafe, total, missing,
                    Explanations.briefs(evaluation.unsafe()), Explanations.swapHint(evaluation));
        }

        void show(Output out) throws IOException {
            show(evaluation.verdicts(), out);
        }

        private void show(List<Verdict> rows, Output out) throws IOException {
            String headlineColor = evaluation.isSafe() ? GREEN : RED;
            out.raw("{}\n", painted(headline(evaluation), headlineColor));
            if (evaluation.error() != null) {
                return;
            }
            int nameColumns = 0;
            for (Verdict verdict : rows) {
                nameColumns = Math.max(nameColumns, Text.width(Text.visible(verdict.name())));
            }
            out.raw("\n");
            for (Verdict verdict : rows) {
                row(verdict, nameColumns, out);
                out.flushIfLarge();
            }
            new Explanations(call, evaluation).show("\n", out);
            Inputs inputs = evaluation.inputs();
            if (call.has("--state")) {
                out.text("\nstate: {} (checked against baseline {})\n",
                        inputs.state().name(), inputs.baseline().name());
            } else {
                out.text("\nstate: {} (this is the baseline itself; use --state FILE to check a"
                        + " state)\n",
                        inputs.state().name());
            }
        }

        /** Writes name, status, bar, age and limit, and an alert with its reason. */
        private void row(Verdict verdict, int nameColumns, Output out) {
            String name = Text.visible(verdict.name());
            String status = verdict.status().name();
            String age = Figures.READABLE.age(verdict.ageNanos(), verdict.limitNanos());
            String limit = Figures.READABLE.limit(verdict.limitNanos());
            out.raw("  {}{}", name, spaces(nameColumns - Text.width(name)));
            String color = verdict.isExcused() ? PLAIN : colorOf(verdict.status());
            out.raw("  {}{}", painted(status, color), spaces(STATUS_COLUMNS - status.length()));
            out.raw("  {} {}{} of {}",
                    bar(verdict), spaces(AGE_COLUMNS - age.length()), age, limit);
            if (verdict.alert() != Alert.none) {
                out.raw("  {}", verdict.alert());
            }
            if (verdict.isExcused()) {
                out.raw("  optional, missing");
            } else if (verdict.alert() == Alert.ticket) {
                out.text(": {}", verdict.detail());
            } else if (verdict.reason() == Reason.silence_expected) {
                out.text("  {}", verdict.silence());
            } else if (verdict.silence() != null) {
                out.text("  {}, {}", verdict.reason(), verdict.silence());
            } else if (verdict.status() == Status.unknown) {
                out.raw(": {}", verdict.reason());
            }
            out.raw("\n");
        }

        private static String spaces(int count) {
            return " ".repeat(Math.max(0, count));
        }

        private static String colorOf(Status status) {
            return switch (status) {
                case unknown -> RED;
                case stale -> YELLOW;
                case fresh -> GREEN;
            };
        }

        private String painted(String text, String color) {
            return colors ? Text.fill("\u001b[{}m{}\u001b[0m", color, text) : text;
        }

        /** Returns a bar that is full once the age has reached the limit. */
        private static String bar(Verdict verdict) {
            if (verdict.ageNanos() > Time.FOREVER || verdict.limitNanos() == Time.NO_LIMIT) {
                return "[??????????]";
            }
            double cells = (double) BAR_CELLS * verdict.ageNanos() / verdict.limitNanos();
            int full = (int) Math.min(BAR_CELLS, Math.ceil(cells));
            return Text.fill("[{}{}]", "#".repeat(full), ".".repeat(BAR_CELLS - full));
        }

        /** Redraws the terminal: unsafe feeds first, and no more lines than it has. */
        void redraw(Output out) throws IOException {
            List<Verdict> rows = new ArrayList<>(evaluation.unsafe());
            for (Verdict verdict : evaluation.verdicts()) {
                if (verdict.isSafe() || verdict.isExcused()) {
                    rows.add(verdict);
                }
            }
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            Output text = new Output(whole);
            show(rows, text);
            text.flush();
            String[] lines = whole.toString(StandardCharsets.UTF_8).split("\n");
            // One line for what is left out, and one for the cursor.
            int shown = Math.max(1, Environment.terminalLines() - 2);

            // Without wrapping: a long line must not push the first one off the screen.
            out.raw("\u001b[H\u001b[2J\u001b[3J\u001b[?7l");
            for (int i = 0; i < lines.length && i < shown; i++) {
                out.raw("{}\n", lines[i]);
            }
            String wrap = "\u001b[?7h";
            if (lines.length > shown) {
                out.raw("... {} more lines (run status without --watch to see them all){}\n",
                        lines.length - shown, wrap);
            } else {
                out.raw(wrap);
            }
            out.flush();
        }

        /**
         * Writes a line for each feed whose status has changed, and the headline the first time.
         *
         * @param before the evaluation before this one, or null
         */
        void transitions(Evaluation before, Output out) throws IOException {
            Instant second = Instant.ofEpochSecond(evaluation.inputs().now().getEpochSecond());
            if (before == null || hasLostAllFeeds(before)) {
                out.raw("{} {}\n", second, headline(evaluation));
            }
            for (Verdict verdict : evaluation.verdicts()) {
                Status was = before == null ? verdict.status() : statusIn(before, verdict.name());
                if (was != verdict.status()) {
                    out.text("{} {} {} -> {}: {}\n", second, verdict.name(), was, verdict.status(),
                            verdict.sentence(Figures.READABLE));
                    out.flushIfLarge();
                }
            }
            out.flush();
        }

        /** Returns whether the baseline became unreadable, so that no feed can be named. */
        private boolean hasLostAllFeeds(Evaluation before) {
            return evaluation.verdicts().isEmpty() && !before.verdicts().isEmpty();
        }

        private static Status statusIn(Evaluation before, String feed) {
            Verdict verdict = before.decision().of(feed);
            return verdict == null ? Status.unknown : verdict.status();
        }
    }

    /** StatusJson shows all feeds to programs. */
    static final class StatusJson {
        private StatusJson() { }

        static void show(Evaluation evaluation, Output out) throws IOException {
            List<Verdict> verdicts = evaluation.verdicts();
            List<String> unsafeFeeds = new ArrayList<>();
            for (Verdict verdict : evaluation.unsafe()) {
                unsafeFeeds.add(verdict.name());
            }
            int alive = 0;
            for (Verdict verdict : verdicts) {
                if (verdict.isAlive()) {
                    alive++;
                }
            }
            Facts facts = new Facts()
                    .add("overall_status", evaluation.isSafe() ? "eligible" : "restricted")
                    .add("unsafe_feeds", verdicts.isEmpty() ? null : unsafeFeeds)
                    .add("max_age_seconds", new Seconds(evaluation.decision().commonLimitNanos()))
                    .add("fresh_feeds",
                            verdicts.size() - unsafeFeeds.size() - evaluation.excused())
                    .add("alive_feeds", alive)
                    .add("total_feeds", verdicts.size());
            new JsonWriter(out).document(Evidence.addTo(facts, evaluation));
        }
    }

    /** StatusMetrics reports all feeds to Prometheus, in its text format. */
    static final class StatusMetrics {
        /** Gauge is a metric that each feed has. Its name is part of the metric's name. */
        private enum Gauge {
            alive("Whether the feed consumer is up; 0 if unknown."),
            safe_to_serve("Whether the feed is proven safe to serve."),
            page("Whether to page someone about the feed; an unsafe feed need not page."),
            last_tick_age_seconds(
                    "Age of the newest tick at evaluation time; absent if unknown."),
            max_age_seconds("Limit that applied; absent if there is no valid one."),
            last_tick_timestamp_seconds("Unix time of the newest tick; absent if unknown."),
            heartbeat_age_seconds("Age of the newest heartbeat at evaluation time, if the"
                    + " baseline requires one; absent if unknown."),
            safe_until_timestamp_seconds("Unix time until which the feed is safe if no tick"
                    + " arrives; absent if it is not safe."),
            info("Status, reason and alert of the feed, as labels; always 1.");

            private final String help;

            Gauge(String help) {
                this.help = help;
            }
        }

        private final Evaluation evaluation;
        private final Output out;

        StatusMetrics(Evaluation evaluation, Output out) {
            this.evaluation = evaluation;
            this.out = out;
        }

        void show() throws IOException {
            for (Gauge gauge : Gauge.values()) {
                if (gauge == Gauge.heartbeat_age_seconds && !hasHeartbeats()) {
                    continue;
                }
                String name = "freshness_feed_".concat(gauge.name());
                head(name, gauge.help);
                for (Verdict verdict : evaluation.verdicts()) {
                    sample(name, gauge, verdict);
                    out.flushIfLarge();
                }
            }
            head("freshness_state_valid",
                    "Whether the state and the baseline could be evaluated.");
            out.raw("freshness_state_valid {}\n", flag(evaluation.error() == null));
            head("freshness_last_evaluation_timestamp_seconds",
                    "Unix time of the last evaluation.");
            out.raw("freshness_last_evaluation_timestamp_seconds {}\n",
                    evaluation.inputs().now().getEpochSecond());
        }

        private boolean hasHeartbeats() {
            return evaluation.inputs().baseline().claims().terms().requiresHeartbeats();
        }

        private void head(String name, String help) {
            out.raw("# HELP {} {}\n# TYPE {} gauge\n", name, help, name);
        }

        /** Writes a sample, or nothing if the value is unknown. */
        private void sample(String name, Gauge gauge, Verdict verdict) {
            String value = value(gauge, verdict);
            if (value == null) {
                return;
            }
            out.raw("{}{feed=\"{}\"", name, label(verdict.name()));
            if (gauge == Gauge.info) {
                out.raw(",freshness_status=\"{}\",reason_code=\"{}\",alert=\"{}\"",
                        verdict.status(), verdict.reason(), verdict.alert());
            }
            out.raw("} {}\n", value);
        }

        private String value(Gauge gauge, Verdict verdict) {
            return switch (gauge) {
                case alive -> flag(verdict.isAlive());
                case safe_to_serve -> flag(verdict.isSafe());
                case page -> flag(verdict.alert() == Alert.page);
                case last_tick_age_seconds -> Time.seconds(verdict.ageNanos());
                case max_age_seconds -> Time.seconds(verdict.limitNanos());
                case last_tick_timestamp_seconds -> tickTimestamp(verdict);
                case heartbeat_age_seconds -> heartbeatAge(verdict);
                case safe_until_timestamp_seconds -> safeUntilTimestamp(verdict);
                case info -> "1";
            };
        }

        private static String safeUntilTimestamp(Verdict verdict) {
            return verdict.isSafe() ? Time.timestamp(verdict.safeUntil()) : null;
        }

        private String tickTimestamp(Verdict verdict) {
            if (verdict.ageNanos() >= Time.FOREVER) {
                return null;
            }
            return Time.timestamp(evaluation.inputs().now().minusNanos(verdict.ageNanos()));
        }

        private static String heartbeatAge(Verdict verdict) {
            Heartbeat heartbeat = verdict.heartbeat();
            return heartbeat == null ? null : Time.seconds(heartbeat.ageNanos());
        }

        private static String flag(boolean value) {
            return value ? "1" : "0";
        }

        private static String label(String name) {
            return name.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        }
    }

    /**
     * StatusBoard shows all feeds on a page for people. The page proves nothing by itself: it says
     * "not proved" until its script has compared the evaluation with the reader's clock, and the
     * script lets every age go on counting. So a page whose writer has died does not stay green.
     *
     * What the script needs is in data attributes, in whole milliseconds, rounded against safety:
     *   table  evaluated  when the state was evaluated, since 1970
     *          every      the interval of a watch; 0 if there is none
     *          total      how many feeds there are, with those that have no row
     *          excused    how many of them are optional and missing
     *          rules      "name status age" of each action: the least status, the highest age or -
     *          unruled    how many actions are not among the rules
     *          replay     there if --now has replaced the clock
     *          error      there if nothing could be evaluated
     *   tr     status, alert     as in the other reports
     *          age, limit        of the newest tick; age is left out if it is not known
     *          left              for how long a fresh feed stays safe if no tick comes
     *          beat, beat-limit  the same as age and limit, of a heartbeat that is required
     *          opens             when the market opens, since 1970
     *          said              the age as the sentence has it, to be counted on
     *          why               the sentence of a feed that is fresh, for when it no longer is
     *          nothing           there if not even inspect_status is allowed
     *          optional          there if the feed may be missing, and is
     *          count             for how many feeds the row stands, if it is not a feed
     */
    static final class StatusBoard {
        /** Group is what the rows are ordered by. */
        private enum Group {
            PAGED("unsafe"), UNPAGED("unsafe, no page needed"), OPTIONAL("optional, missing"),
            TICKET("safe when evaluated, with a ticket"), FRESH("safe when evaluated");

            final String words;

            Group(String words) {
                this.words = words;
            }

            static Group of(Verdict verdict) {
                if (verdict.isExcused()) {
                    return OPTIONAL;
                }
                if (verdict.isSafe()) {
                    return verdict.alert() == Alert.ticket ? TICKET : FRESH;
                }
                return verdict.alert() == Alert.none ? UNPAGED : PAGED;
            }
        }

        private static final long MILLISECOND = Time.SECOND / 1_000;
        private static final int MIN_INTERVAL_MILLIS = 1_000;

        private static final String HEAD = """
                <!doctype html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
                img-src data:; style-src '{}'; script-src '{}'; base-uri 'none'; \
                form-action 'none'">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="color-scheme" content="light dark">
                {}<title>Freshness: not proved</title>
                <link rel="icon" href="data:image/svg+xml,%3Csvg \
                xmlns='http://www.w3.org/2000/svg' \
                viewBox='0 0 16 16'%3E%3Cpath fill='%23d5333e' d='M8 0 16 15H0z'/%3E%3C/svg%3E">
                <style>{}</style>
                </head>
                <body>
                <header data-tone="page">
                <h1>Not proved</h1>
                <p>This page proves nothing by itself: its script compares it with your clock, \
                and the script has not run here.</p>
                {}</header>
                <p id="said" class="unseen" role="status"></p>
                """;

        private static final String REFRESH = """
                <noscript><meta http-equiv="refresh" content="{}"></noscript>
                """;

        private static final String TABLE = """
                ><caption class="unseen">The feeds, unsafe ones first</caption>
                <thead><tr><th scope="col">feed</th><th scope="col">status</th>\
                <th scope="col">newest tick, limit</th>\
                <th scope="col">what is blocked, why, what next</th></tr></thead>
                <tbody>
                """;

        private static final String FOOT = """
                </tbody>
                <tbody id="fold" hidden><tr><td colspan="4"><button type="button"></button></td>\
                </tr></tbody>
                <tbody id="calm"></tbody>
                </table>
                <footer>
                <p>evaluated <time>{}</time>, shown <time id="shown">not proved when</time> \
                by your clock</p>
                <p>state {}{}{}; baseline {}{}</p>
                <p>made with <code>{}</code></p>
                </footer>
                <script>{}</script>
                </body>
                </html>
                """;

        private static final String STYLE = """
                :root {
                  color-scheme: light dark;
                  --ink: #171b20; --dim: #56606b; --paper: #f5f6f8; --card: #fff; --line: #d8dde3;
                  --fresh: #17703f; --ticket: #8a5a00; --page: #b3202a; --quiet: #5b6470;
                }
                @media screen and (prefers-color-scheme: dark) {
                  :root {
                    --ink: #e9ecf0; --dim: #a2acb8; --paper: #101317; --card: #181c22;
                    --line: #2d353f;
                    --fresh: #46c283; --ticket: #e0b045; --page: #ff7a7a; --quiet: #99a3af;
                  }
                }
                * { box-sizing: border-box; }
                html { font: clamp(16px, .6vw + 11px, 32px)/1.4 system-ui, sans-serif; }
                body {
                  margin: 0 auto; max-width: 110rem; padding: 1.2rem clamp(.8rem, 3vw, 4rem);
                  color: var(--ink); background: var(--paper); font-variant-numeric: tabular-nums;
                }
                [data-tone=fresh] { --tone: var(--fresh); }
                [data-tone=ticket] { --tone: var(--ticket); }
                [data-tone=page] { --tone: var(--page); }
                [data-tone=quiet] { --tone: var(--quiet); }
                header {
                  padding: .8rem 1.2rem; margin-bottom: 1.2rem;
                  border-left: .6rem solid var(--tone); border-radius: .3rem;
                  background: color-mix(in srgb, var(--tone) 12%, var(--card));
                }
                h1 {
                  margin: 0; font-size: clamp(1.7rem, 4vw, 4.5rem); line-height: 1.1;
                  color: var(--tone); overflow-wrap: anywhere;
                }
                header p { margin: .4rem 0 0; color: var(--dim); }
                header .note { color: var(--ink); font-weight: 600; overflow-wrap: anywhere; }
                table {
                  width: 100%; table-layout: fixed; border-collapse: collapse;
                  background: var(--card); border: 1px solid var(--line);
                }
                th, td { text-align: left; padding: .55rem .8rem; vertical-align: top; }
                tr { border-top: 1px solid var(--line); }
                thead th { font-size: .8rem; font-weight: 600; color: var(--dim); }
                th:nth-child(1) { width: 21%; }
                th:nth-child(2) { width: 9.5rem; }
                th:nth-child(3) { width: 20%; }
                tbody th { font-size: 1.1rem; border-left: .3rem solid var(--tone, var(--page)); }
                tbody th, td { overflow-wrap: anywhere; }
                .pill { display: block; color: var(--tone); font-weight: 700; }
                .pill, .age { font-size: 1.1rem; }
                small { display: block; color: var(--dim); font-size: .8rem; }
                .bar {
                  display: block; height: .5rem; margin-top: .4rem; overflow: hidden;
                  border-radius: .25rem; background: var(--line);
                }
                .bar i {
                  display: block; height: 100%; background: var(--tone); transform-origin: left;
                }
                .bar, .bar i { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
                .bar[hidden] { display: none; }
                @media (prefers-reduced-motion: no-preference) {
                  .bar i { transition: transform .4s linear; }
                }
                td p { margin: 0; color: var(--dim); font-size: .9rem; }
                td p:first-child { color: var(--ink); font-weight: 600; }
                td p:empty { display: none; }
                button {
                  font: inherit; color: inherit; background: none; border: 1px solid var(--line);
                  border-radius: .3rem; padding: .3rem .8rem; cursor: pointer;
                }
                footer {
                  margin-top: 1rem; color: var(--dim); font-size: .85rem; overflow-wrap: anywhere;
                }
                footer p { margin: .1rem 0; }
                .unseen {
                  position: absolute; width: 1px; height: 1px; overflow: hidden;
                  clip-path: inset(50%);
                }
                @media (max-width: 44rem) {
                  thead {
                    position: absolute; width: 1px; height: 1px; overflow: hidden;
                    clip-path: inset(50%);
                  }
                  tbody tr {
                    display: grid; grid-template-columns: 1fr auto; padding: .3rem 0;
                    border-left: .3rem solid var(--tone, var(--page));
                  }
                  tbody th, td, th:nth-child(n) { width: auto; padding: .3rem .7rem; border: 0; }
                  td:nth-child(2) { text-align: right; }
                  td:nth-child(n+3), #fold td { grid-column: 1 / -1; }
                }
                @media print {
                  @page { margin: 12mm; }
                  html { font-size: 10pt; }
                  body { padding: 0; background: none; }
                  tr { break-inside: avoid; }
                  button { border: 0; padding: 0; }
                }
                """;

        private static final String SCRIPT = """
                "use strict";
                (() => {
                  const one = (selector) => document.querySelector(selector);
                  const board = one("table"), facts = board.dataset, header = one("header");
                  const headline = one("h1"), about = one("header p"), said = one("#said");
                  const urgent = board.tBodies[0], fold = one("#fold"), calm = one("#calm");
                  const button = one("button"), shown = one("#shown"), icon = one("link");
                  const rows = Array.from(board.querySelectorAll("tr[data-status]"));
                  const evaluated = Number(facts.evaluated), every = Number(facts.every);
                  const patience = every > 0 ? 3 * every : 60000, foldedFrom = 20, named = 10;
                  const levels = ["unknown", "stale", "fresh"];
                  const tones = {
                    page: { mark: "\u25b2", alert: "page", color: "#d5333e",
                      shape: "M8 0 16 15H0z" },
                    quiet: { mark: "\u25cb", alert: "no page needed", color: "#7a8490",
                      shape: "M0 6h16v4H0z" },
                    ticket: { mark: "\u25d0", alert: "ticket", color: "#c98a10",
                      shape: "M8 0 16 8 8 16 0 8z" },
                    fresh: { mark: "\u25cf", alert: "", color: "#1f9355",
                      shape: "M0 8a8 8 0 0 1 16 0 8 8 0 0 1-16 0z" },
                  };
                  const ranks = Object.keys(tones);
                  const rules = [];
                  const words = facts.rules.split(" ");
                  for (let i = 0; i + 2 < words.length; i += 3) {
                    rules.push({ name: words[i], least: levels.indexOf(words[i + 1]),
                      maxAge: words[i + 2] === "-" ? Infinity : Number(words[i + 2]) });
                  }

                  // A page that was saved while it was shown has the rows as they were then.
                  if ("ran" in facts) {
                    refuse("It was saved while it was shown. Open the file as it was written.");
                    return;
                  }
                  facts.ran = "";

                  // What is remembered across reloads. Without a place for it, nothing is.
                  const key = "freshness " + location.pathname + " ";
                  function recall(area, name) {
                    try { return window[area].getItem(key + name) || ""; } catch (e) { return ""; }
                  }
                  function remember(area, name, text) {
                    try { window[area].setItem(key + name, text); } catch (e) { /* forgotten */ }
                  }

                  // The time since the evaluation is the longest that any clock tells: this one
                  // may be slow, be set back, or stop.
                  const began = performance.now();
                  const past = recall("localStorage", "seen").split(" ");
                  const isSame = past[0] === facts.evaluated;
                  const firstSeen = (isSame && Number(past[1])) || Date.now();
                  const known = (isSame && Number(past[2])) || 0;
                  function sinceEvaluation() {
                    const now = Date.now();
                    const ms = Math.max(0, now - evaluated, now - firstSeen,
                      known + performance.now() - began);
                    remember("localStorage", "seen",
                      [facts.evaluated, firstSeen, Math.round(ms)].join(" "));
                    return ms;
                  }

                  // A time for people. A limit is rounded down, and so is an age, unless that would
                  // hide that it is past its limit.
                  function rounded(ms, limit, round) {
                    let step = 1000;
                    if (limit < 1000) {
                      step = 1;
                    } else if (limit < 10000 && ms < 10000) {
                      step = 100;
                    } else if (ms >= 172800000) {
                      step = 3600000;
                    } else if (ms >= 600000) {
                      step = 60000;
                    }
                    return round(ms / step) * step;
                  }
                  function pair(ms, big, bigName, small, smallName) {
                    const rest = Math.floor(ms % big / small);
                    const count = Math.floor(ms / big);
                    return count + bigName + (rest > 0 ? " " + rest + smallName : "");
                  }
                  function spoken(ms, limit) {
                    if (limit < 1000 && ms < 1000) { return ms + " ms"; }
                    if (ms < 120000) { return ms / 1000 + " s"; }
                    if (ms < 7200000) { return pair(ms, 60000, " min", 1000, " s"); }
                    if (ms < 172800000) { return pair(ms, 3600000, " h", 60000, " min"); }
                    return pair(ms, 86400000, " d", 3600000, " h");
                  }
                  const spokenSeconds = (ms) => spoken(Math.floor(ms / 1000) * 1000, 1000);
                  const spokenLimit = (limit) => spoken(rounded(limit, limit, Math.floor), limit);
                  function spokenAge(age, limit) {
                    const down = rounded(age, limit, Math.floor);
                    const isHidden = age > limit && down <= limit;
                    return spoken(isHidden ? rounded(age, limit, Math.ceil) : down, limit);
                  }
                  // As the program writes an age in a sentence.
                  function figure(age, limit) {
                    return (limit < 10000 ? Math.ceil(age) / 1000 : Math.ceil(age / 1000)) + "s";
                  }

                  function set(element, text) {
                    if (element.textContent !== text) { element.textContent = text; }
                  }
                  function add(parent, name, className) {
                    const element = parent.appendChild(document.createElement(name));
                    if (className !== "") { element.className = className; }
                    return element;
                  }
                  const parts = rows.map((row) => {
                    const cells = row.cells, text = cells[3].children;
                    const pill = add(cells[1], "span", "pill"), alert = add(cells[1], "small", "");
                    pill.append(cells[1].firstChild);
                    const age = add(cells[2], "span", "age"), bar = add(cells[2], "span", "bar");
                    bar.hidden = true;
                    return { pill, alert, age, bar, fill: add(bar, "i", ""), blocked: text[0],
                      why: text[1], saidWhy: text[1].textContent,
                      next: text[2], saidNext: text[2].textContent };
                  });

                  function judge(row, since, isProved, isOld) {
                    const d = row.dataset, age = Number(d.age) + since, limit = Number(d.limit);
                    const beat = Number(d.beat) + since, beatLimit = Number(d.beatLimit);
                    const isMany = "count" in d, isOptional = "optional" in d;
                    const v = { status: d.status, isTurned: false, age, limit, isOptional,
                      count: isMany ? Number(d.count) : 1 };
                    if (!isProved) {
                      v.status = "not proved";
                    } else if (d.status === "fresh" && !(since <= Number(d.left))) {
                      v.isTurned = true;
                      v.status = beat > beatLimit ? "unknown" : "stale";
                    }
                    v.isSafe = v.status === "fresh";
                    if (v.isSafe) {
                      v.tone = d.alert === "ticket" ? "ticket" : "fresh";
                    } else if (isOptional && isProved) {
                      v.tone = "quiet";
                    } else {
                      // That nobody is paged is known until the market opens, and no longer than
                      // the evaluation counts.
                      const isKnown = isProved && !isOld && !v.isTurned;
                      const hasOpened = evaluated + since > Number(d.opens);
                      v.tone = isKnown && d.alert === "none" && !hasOpened ? "quiet" : "page";
                    }
                    const said = d.said === undefined ? "" : "last tick " + d.said + " old";
                    const now = "last tick " + figure(age, limit) + " old";
                    if (!isProved) {
                      v.why = "your clock does not prove it";
                      v.next = "";
                    } else if (v.isTurned) {
                      v.why = said === "" ? d.why : d.why.replace(said, () => now);
                      if (beat > beatLimit) {
                        v.why = "last heartbeat " + figure(beat, beatLimit) + " old, limit "
                          + beatLimit / 1000 + "s";
                      }
                      v.next = "next: evaluate the state again; this page has no newer tick";
                    } else if (d.status === "stale") {
                      v.counted = [said, now];
                    }
                    return v;
                  }

                  function blocked(row, v) {
                    const level = levels.indexOf(v.status), names = [];
                    for (const rule of rules) {
                      const isInAge = rule.maxAge === Infinity || v.age <= rule.maxAge;
                      if ("nothing" in row.dataset || level < rule.least || !isInAge) {
                        names.push(rule.name);
                      }
                    }
                    const more = names.length - named, unruled = Number(facts.unruled), texts = [];
                    if (names.length > 0) {
                      texts.push("blocked: " + names.slice(0, named).join(", ")
                        + (more > 0 ? " and " + more + " more" : ""));
                    }
                    if (unruled > 0) { texts.push("not known of " + unruled + " actions more"); }
                    return texts.join("; ");
                  }

                  function show(row, part, v) {
                    row.dataset.tone = v.tone;
                    const isUnproved = v.tone === "page" && v.status !== "stale";
                    set(part.pill, (isUnproved ? "?" : tones[v.tone].mark) + " " + v.status);
                    set(part.alert, v.isOptional ? "optional, missing" : tones[v.tone].alert);
                    if (v.count === 1 && v.limit > 0) {
                      const isKnown = v.age >= 0;
                      const full = isKnown ? Math.min(1, v.age / v.limit) : 1;
                      set(part.age, (isKnown ? spokenAge(v.age, v.limit) + " of "
                        : "not known, limit ") + spokenLimit(v.limit));
                      part.bar.hidden = false;
                      part.fill.style.transform = "scaleX(" + full + ")";
                    } else if (v.age >= 0) {
                      set(part.age, spokenSeconds(v.age) + ", no valid limit");
                    }
                    set(part.blocked, "count" in row.dataset ? "" : blocked(row, v));
                    if (v.counted) {
                      set(part.why, part.saidWhy.replace(v.counted[0], () => v.counted[1]));
                    } else {
                      set(part.why, v.why === undefined ? part.saidWhy : v.why);
                    }
                    set(part.next, v.next === undefined ? part.saidNext : v.next);
                  }

                  let order = "", isOpen = recall("sessionStorage", "open") === "yes";
                  function arrange(verdicts) {
                    let safe = 0;
                    for (const v of verdicts) { safe += v.isSafe ? v.count : 0; }
                    const ranked = verdicts.map((v) => ranks.indexOf(v.tone));
                    if (order !== ranked.join("")) {
                      order = ranked.join("");
                      for (let rank = 0; rank < ranks.length; rank++) {
                        rows.forEach((row, i) => {
                          if (ranked[i] === rank) {
                            (verdicts[i].isSafe ? calm : urgent).append(row);
                          }
                        });
                      }
                    }
                    const isLong = calm.rows.length > foldedFrom;
                    fold.hidden = !isLong;
                    calm.hidden = isLong && !isOpen;
                    button.setAttribute("aria-expanded", String(!calm.hidden));
                    set(button, (calm.hidden ? "show " : "hide ") + safe + " feeds safe to serve");
                  }
                  button.addEventListener("click", () => {
                    isOpen = !isOpen;
                    remember("sessionStorage", "open", isOpen ? "yes" : "no");
                    if (!hasFailed) { draw(); }
                  });

                  const feeds = (count) => count + (count === 1 ? " feed" : " feeds");
                  function sum(verdicts) {
                    let unsafe = 0, prefix = "", tickets = 0, pages = 0;
                    for (const v of verdicts) {
                      if (!v.isSafe && !v.isOptional) {
                        unsafe += v.isTurned ? 1 : v.count;
                        prefix = v.isTurned && v.count > 1 ? "at least " : prefix;
                        pages += v.tone === "page" ? 1 : 0;
                      }
                      tickets += v.tone === "ticket" ? v.count : 0;
                    }
                    const total = Number(facts.total), excused = Number(facts.excused);
                    const fresh = total - excused;
                    const missing = excused > 0 ? ", " + excused + " optional missing" : "";
                    if ("error" in facts || !(total > 0)) {
                      return { tone: "page", line: "Unknown: nothing is safe to serve" };
                    }
                    if (unsafe > 0) {
                      const noPage = pages > 0 ? "" : ", no page needed";
                      return { tone: pages > 0 ? "page" : "quiet",
                        line: prefix + unsafe + " of " + feeds(total) + " unsafe" + missing
                          + noPage };
                    }
                    if (fresh === 0) {
                      return { tone: "quiet", line: "Nothing to serve" + missing };
                    }
                    const all = excused > 0 ? fresh + " of " + feeds(total) : "All " + feeds(total);
                    const line = (total === 1 ? "The one feed is" : all) + " safe to serve"
                      + missing;
                    if (tickets > 0) {
                      return { tone: "ticket", line: line + ", " + tickets + " with a ticket" };
                    }
                    return { tone: "fresh", line };
                  }

                  function whole(verdicts, since, isBehind, isOld) {
                    const ago = spokenSeconds(since), found = sum(verdicts);
                    if ("replay" in facts) {
                      const line = "Not proved: a replay";
                      return { tone: "page", kind: line, line,
                        about: "--now has replaced the clock of this evaluation." };
                    }
                    if (isBehind) {
                      const line = "Not proved: your clock is behind the evaluation's";
                      return { tone: "page", kind: line, line, about: "It is "
                        + spokenSeconds(evaluated - Date.now()) + " behind, so no age is known." };
                    }
                    if (isOld) {
                      return { tone: "page", kind: "Not proved: no evaluation",
                        line: "Not proved: no evaluation for " + ago,
                        about: "By the last one, and what is counted since: " + found.line + "." };
                    }
                    return { tone: found.tone, kind: found.line, line: found.line,
                      about: "Evaluated " + ago + " ago. Ages go on counting: each feed turns"
                        + " unsafe at its limit, even if nobody updates this page." };
                  }

                  function paint(tone) {
                    const image = "data:image/svg+xml," + encodeURIComponent(
                      "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><path fill='"
                      + tone.color + "' d='" + tone.shape + "'/></svg>");
                    if (icon.getAttribute("href") !== image) { icon.href = image; }
                  }

                  function announce(result) {
                    header.dataset.tone = result.tone;
                    set(headline, result.line);
                    set(about, result.about);
                    const tone = tones[result.tone], title = tone.mark + " " + result.line;
                    if (document.title !== title) { document.title = title; }
                    paint(tone);
                    // Said aloud when it changes, not at each second and not at each reload.
                    if (recall("sessionStorage", "said") !== result.kind) {
                      remember("sessionStorage", "said", result.kind);
                      set(said, result.kind);
                    }
                  }

                  function draw() {
                    const since = sinceEvaluation(), isOld = !(since <= patience);
                    const isBehind = !(Date.now() - evaluated >= -2000);
                    const verdicts = rows.map((row) => judge(row, since, !isBehind, isOld));
                    arrange(verdicts);
                    rows.forEach((row, i) => {
                      if (!(calm.hidden && verdicts[i].isSafe)) {
                        show(row, parts[i], verdicts[i]);
                      }
                    });
                    announce(whole(verdicts, since, isBehind, isOld));
                    set(shown, new Date().toISOString());
                    return since;
                  }

                  function refuse(why) {
                    paint(tones.page);
                    header.dataset.tone = "page";
                    headline.textContent = "Not proved: this page failed";
                    document.title = tones.page.mark + " " + headline.textContent;
                    about.textContent = why;
                    for (const row of rows) {
                      row.dataset.tone = "page";
                      row.cells[1].textContent = "not proved";
                    }
                  }

                  // After a failure, nothing may draw over what it says.
                  let hasFailed = false;
                  function fail(error) {
                    hasFailed = true;
                    refuse(String(error));
                    if (every > 0) { setInterval(() => location.reload(), patience); }
                  }

                  let reloadAt = began + every;
                  function tick() {
                    if (hasFailed) { return; }
                    try {
                      const since = draw();
                      const isDue = every > 0 && performance.now() >= reloadAt;
                      // Whoever selects text to copy it keeps it for a while.
                      const isFree = !(since <= patience) || String(getSelection()) === "";
                      if (isDue && isFree) {
                        // Keep counting: the server may never answer. Do not ask again at once,
                        // since that would cancel a slow answer.
                        reloadAt = performance.now() + Math.max(patience, 30000);
                        location.reload();
                      }
                      const left = rows.map((row) => Number(row.dataset.left) - since);
                      const next = Math.min(500, ...left.filter((ms) => ms >= 0));
                      setTimeout(tick, Math.floor(next) + 1);
                    } catch (error) {
                      fail(error);
                    }
                  }
                  for (const event of ["beforeprint", "pageshow", "visibilitychange"]) {
                    window.addEventListener(event, () => {
                      try {
                        if (!hasFailed) { draw(); }
                      } catch (error) {
                        fail(error);
                      }
                    });
                  }
                  tick();
                })();
                """;

        private final Call call;
        private final Evaluation evaluation;
        private final Explanations explanations;
        private final Output out;
        /** How many rows and characters the feeds have taken so far. */
        private int rows;
        private int chars;

        StatusBoard(Call call, Evaluation evaluation, Output out) {
            this.call = call;
            this.evaluation = evaluation;
            this.out = out;
            explanations = new Explanations(call, evaluation);
        }

        void show() throws IOException {
            head();
            for (Group group : Group.values()) {
                rows(group);
            }
            Inputs inputs = evaluation.inputs();
            Source state = inputs.state();
            Source baseline = inputs.baseline();
            out.raw(FOOT, inputs.now(), visible(state.name()), digest(state), asOf(state),
                    visible(baseline.name()), digest(baseline), html(commandLine()), SCRIPT);
        }

        private void head() {
            long intervalMillis = intervalMillis();
            String refresh = "";
            if (intervalMillis > 0) {
                refresh = Text.fill(REFRESH, (intervalMillis + 999) / 1_000);
            }
            String note = note();
            if (!note.isEmpty()) {
                note = Text.fill("<p class=\"note\">{}</p>\n", visible(note));
            }
            out.raw(HEAD, hash(STYLE), hash(SCRIPT), refresh, STYLE, note);
            out.raw("<table data-evaluated=\"{}\" data-every=\"{}\" data-total=\"{}\""
                            + " data-excused=\"{}\" data-rules=\"{}\" data-unruled=\"{}\"{}{}",
                    evaluation.inputs().now().toEpochMilli(), intervalMillis,
                    evaluation.verdicts().size(), evaluation.excused(), rules(), unruled(),
                    evaluation.inputs().isReplay() ? " data-replay" : "",
                    evaluation.error() != null ? " data-error" : "");
            out.raw(TABLE);
        }

        /** Returns what is to be said about the whole, or "". */
        private String note() {
            String note = "";
            if (evaluation.error() != null) {
                note = evaluation.error();
            } else if (!evaluation.decision().sharesFeed()) {
                note = Decision.NO_SHARED_FEED;
            } else if (evaluation.inputs().looksSwapped()) {
                note = "are --state and --baseline swapped?";
            }
            if (!evaluation.inputs().isReplay()) {
                return note;
            }
            String separator = note.isEmpty() ? "" : ": ";
            return Text.fill("REPLAY {}{}{}", evaluation.inputs().now(), separator, note);
        }

        /** Returns how often the page is written: at most once in a second is it loaded again. */
        private long intervalMillis() {
            if (!call.has("--watch")) {
                return 0;
            }
            return Math.max(MIN_INTERVAL_MILLIS, Time.millis(call.one("--watch", null)));
        }

        /** Returns the rules of the actions: their names need no escapes. */
        private String rules() {
            StringBuilder rules = new StringBuilder();
            Actions actions = evaluation.inputs().baseline().claims().actions();
            List<String> names = actions.names();
            for (String name : names.subList(0, names.size() - unruled())) {
                Rule rule = actions.rule(name);
                String age = "-";
                if (rule.maxAgeNanos() != Time.NO_BOUND) {
                    age = Long.toString(rule.maxAgeNanos() / MILLISECOND);
                }
                rules.append(rules.length() == 0 ? "" : " ").append(name).append(' ')
                        .append(rule.least()).append(' ').append(age);
            }
            return rules.toString();
        }

        /** Returns how many actions are too many. */
        private int unruled() {
            int actions = evaluation.inputs().baseline().claims().actions().names().size();
            return Math.max(0, actions - MAX_BOARD_ACTIONS);
        }

        /** Writes the feeds of a group, and one row for all that are too many. */
        private void rows(Group group) throws IOException {
            int count = 0;
            long leftNanos = Time.NO_BOUND;
            long opensMillis = Long.MAX_VALUE;
            for (Verdict verdict : evaluation.verdicts()) {
                if (Group.of(verdict) != group) {
                    continue;
                }
                if (rows < MAX_BOARD_ROWS && chars < MAX_BOARD_CHARS) {
                    String row = row(verdict, group);
                    rows++;
                    chars += row.length();
                    out.raw("{}", row);
                    out.flushIfLarge();
                } else {
                    count++;
                    leftNanos = Math.min(leftNanos, verdict.safeForNanos());
                    opensMillis = Math.min(opensMillis, opensMillis(verdict));
                }
            }
            if (count > 0) {
                rest(group, count, leftNanos, opensMillis);
            }
        }

        private static long opensMillis(Verdict verdict) {
            boolean isKnown = verdict.market() != null && verdict.market().opensAt() != null;
            return isKnown ? verdict.market().opensAt().toEpochMilli() : Long.MAX_VALUE;
        }

        /** Writes a row for several feeds, as safe as the least of them. */
        private void rest(Group group, int count, long leftNanos, long opensMillis) {
            boolean isSafe = group == Group.TICKET || group == Group.FRESH;
            Alert alert = switch (group) {
                case PAGED -> Alert.page;
                case TICKET -> Alert.ticket;
                case UNPAGED, OPTIONAL, FRESH -> Alert.none;
            };
            out.raw("<tr data-status=\"{}\" data-alert=\"{}\" data-count=\"{}\"{}",
                    isSafe ? Status.fresh : Status.unknown, alert, count,
                    group == Group.OPTIONAL ? " data-optional" : "");
            if (group == Group.UNPAGED && opensMillis != Long.MAX_VALUE) {
                out.raw(" data-opens=\"{}\"", opensMillis);
            }
            if (isSafe) {
                out.raw(" data-left=\"{}\" data-why=\"one of them may be past its limit\"",
                        leftNanos / MILLISECOND);
            }
            out.raw("><th scope=\"row\">{} more: {}</th><td>not proved</td><td></td><td>"
                            + "<p></p><p>{}</p><p></p></td></tr>\n", count, group.words,
                    isSafe ? "" : "too many for a page; status --format json has each");
        }

        private String row(Verdict v, Group group) {
            StringBuilder row = new StringBuilder();
            Text.append(row, "<tr data-status=\"{}\" data-alert=\"{}\"", v.status(), v.alert());
            if (v.ageNanos() < Time.FOREVER) {
                Text.append(row, " data-age=\"{}\"", up(v.ageNanos()));
            }
            if (v.limitNanos() > 0) {
                Text.append(row, " data-limit=\"{}\"", v.limitNanos() / MILLISECOND);
            }
            if (v.heartbeat() != null && v.heartbeat().isValid()) {
                Text.append(row, " data-beat=\"{}\" data-beat-limit=\"{}\"",
                        up(v.heartbeat().ageNanos()), v.heartbeat().limitNanos() / MILLISECOND);
            }
            if (v.market() != null && v.market().opensAt() != null) {
                Text.append(row, " data-opens=\"{}\"", v.market().opensAt().toEpochMilli());
            }
            if (v.reason() == Reason.state_invalid || group == Group.OPTIONAL) {
                row.append(" data-nothing");
            }
            if (group == Group.OPTIONAL) {
                row.append(" data-optional");
            }
            if (v.status() != Status.unknown) {
                Text.append(row, " data-said=\"{}\"",
                        Figures.READABLE.age(v.ageNanos(), v.limitNanos()));
            }
            String sentence = visible(why(v));
            if (v.isSafe()) {
                Text.append(row, " data-left=\"{}\" data-why=\"{}\"",
                        v.safeForNanos() / MILLISECOND, sentence);
            }
            Text.append(row, "><th scope=\"row\"><bdi>{}</bdi></th><td>not proved</td><td></td>"
                    + "<td>", breakable(visible(v.name())));
            if (v.isSafe()) {
                String ticket = group == Group.TICKET ? v.detail() : "";
                Text.append(row, "<p></p><p>{}</p><p></p>", visible(ticket));
            } else {
                Text.append(row, "<p>blocked: {}</p><p>{}</p><p>next: {}</p>",
                        Text.named(v.blocked(), ", "), sentence, html(next(v)));
            }
            return row.append("</td></tr>\n").toString();
        }

        private static String why(Verdict verdict) {
            String sentence = verdict.sentence(Figures.READABLE);
            boolean isSaid = verdict.reason() == Reason.silence_expected;
            if (isSaid || verdict.silence() == null) {
                return sentence;
            }
            return Text.fill("{}; {}", sentence, verdict.silence());
        }

        private String next(Verdict verdict) {
            return explanations.next(Arrays.asList(verdict));
        }

        private String commandLine() {
            return Environment.commandLine("status", "--state", call.one("--state", null),
                    "--baseline", call.one("--baseline", null), "--format", "html",
                    "--output", call.one("--output", null), "--watch", call.one("--watch", null),
                    "--now", call.one("--now", null));
        }

        private static String asOf(Source state) {
            Instant asOf = state.claims().asOf();
            return asOf == null ? "" : Text.fill(", written {}", asOf);
        }

        private static String digest(Source source) {
            String sha256 = source.sha256();
            return sha256 == null ? "" : Text.fill(", sha256 {}", sha256.substring(0, 8));
        }

        private static long up(long nanos) {
            return (nanos + MILLISECOND - 1) / MILLISECOND;
        }

        /** Returns data as a text of the page, where it moves no cursor and is no markup. */
        private static String visible(String value) {
            return html(Text.visible(value));
        }

        private static String html(String text) {
            return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
                    .replace("\"", "&quot;").replace("'", "&#39;");
        }

        /** Lets a long name break after signs that join words; elsewhere only if it must. */
        private static String breakable(String html) {
            return html.replace("_", "_<wbr>").replace(".", ".<wbr>").replace(":", ":<wbr>")
                    .replace("/", "/<wbr>");
        }

        /** Returns what a content security policy calls a text of this page. */
        private static String hash(String text) {
            try {
                MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
                byte[] digest = sha256.digest(text.getBytes(StandardCharsets.UTF_8));
                return "sha256-".concat(Base64.getEncoder().encodeToString(digest));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e); // each JDK has it
            }
        }
    }

    /** GateReport says whether the job may run, and if not, what is blocked and why. */
    static final class GateReport {
        private final Call call;
        private final Evaluation evaluation;

        GateReport(Call call, Evaluation evaluation) {
            this.call = call;
            this.evaluation = evaluation;
        }

        void show(Streams streams) throws IOException {
            Output out = new Output(streams.out());
            if (call.isJson()) {
                new JsonWriter(out).document(facts());
                if (evaluation.error() != null) {
                    new Output(streams.err()).text("freshness: {}\n", evaluation.error()).flush();
                }
            } else {
                text(out);
            }
            out.flush();
        }

        private void text(Output out) {
            List<Verdict> unsafe = evaluation.unsafe();
            out.raw(evaluation.inputs().replayMark());
            if (evaluation.error() != null) {
                out.text("GATE BLOCKED: {}\n", evaluation.error());
            } else if (evaluation.isSafe()) {
                out.raw("GATE OPEN: {}{}; {}{}\n", enough(), openBriefs(),
                        asked(call.all("--action")), openUntil());
            } else {
                out.raw("GATE BLOCKED: {}{}{}; not {}{}\n", Explanations.strangers(evaluation),
                        enough(), Explanations.unsafeBriefs(evaluation), asked(refusedActions()),
                        Explanations.swapHint(evaluation));
                new Explanations(call, evaluation).show("", out);
            }
        }

        /** Returns how many feeds are open, and which if too few are, or "" if all have to be. */
        private String enough() {
            if (!call.has("--at-least")) {
                return "";
            }
            int open = openFeeds().size();
            int all = evaluation.verdicts().size();
            if (evaluation.isSafe()) {
                return Text.fill("{} of {} are enough, and {} open: ", call.one("--at-least", null),
                        all, open == 1 ? "1 is" : Text.fill("{} are", open));
            }
            String which = open == 0 ? "none" : Text.visible(String.join(", ", openFeeds()));
            return Text.fill("{} of {} needed, open: {}; ", call.one("--at-least", null), all,
                    which);
        }

        /** Returns the open feeds in a few words each: all of them if the job has to choose. */
        private String openBriefs() {
            if (!call.has("--at-least")) {
                return Explanations.briefs(evaluation.verdicts());
            }
            List<String> briefs = new ArrayList<>();
            for (Verdict verdict : evaluation.open()) {
                briefs.add(Text.visible(verdict.brief()));
            }
            return String.join("; ", briefs);
        }

        private String openUntil() {
            Instant until = evaluation.openUntil();
            if (until == null || !call.has("--valid-for")) {
                return "";
            }
            return Text.fill("; open until {}", until);
        }

        /** Returns the names of the feeds the job may use. */
        List<String> openFeeds() {
            List<String> names = new ArrayList<>();
            for (Verdict verdict : evaluation.open()) {
                names.add(verdict.name());
            }
            return names;
        }

        private static String asked(List<String> actions) {
            if (actions.isEmpty()) {
                return "safe to serve";
            }
            return Text.fill("allowed: {}", String.join(", ", actions));
        }

        /** Returns the requested actions that a feed blocks. */
        private List<String> refusedActions() {
            List<String> asked = call.all("--action");
            Set<String> refused = new HashSet<>();
            for (Verdict verdict : evaluation.unsafe()) {
                refused.addAll(evaluation.refused(verdict, asked));
            }
            List<String> inOrder = new ArrayList<>(asked);
            inOrder.retainAll(refused);
            return inOrder;
        }

        /** Returns the line for the record: all that JSON reports, on one line. */
        String recordLine() throws IOException {
            return JsonWriter.recordLine(facts());
        }

        private Facts facts() {
            Explanations explanations = new Explanations(call, evaluation);
            List<String> next = new ArrayList<>();
            for (Verdict verdict : evaluation.unsafe()) {
                next.add(explanations.next(verdict));
            }
            Facts facts = new Facts()
                    .add("gate", evaluation.isSafe() ? "open" : "blocked")
                    .add("open_until", evaluation.openUntil())
                    .add("actions", call.all("--action"));
            addDemand(facts);
            facts.add("blocked_feeds", blockedFeeds())
                    .add("next", evaluation.verdicts().isEmpty() ? null : next);
            return Evidence.addTo(facts, evaluation);
        }

        /** Adds what this caller asks for beyond the actions, and the outcome. */
        private void addDemand(Facts facts) {
            Demand demand = evaluation.demand();
            if (call.has("--max-age-seconds")) {
                facts.add("max_age_seconds", new Seconds(demand.maxAgeNanos()));
            }
            if (call.has("--valid-for")) {
                facts.add("valid_for_seconds", new Seconds(demand.validForNanos()));
            }
            if (call.has("--at-least")) {
                facts.add("at_least", demand.atLeast()).add("open_feeds", openFeeds());
            }
            Actions actions = evaluation.inputs().baseline().claims().actions();
            if (!demand.isTightened() && actions == Actions.BUILT_IN) {
                return;
            }
            List<String> why = new ArrayList<>();
            for (Verdict verdict : evaluation.unsafe()) {
                why.add(Explanations.why(evaluation, verdict, Figures.EXACT));
            }
            facts.add("why", why);
        }

        /** Returns all requested feeds that are not proven fresh, even unknown ones. */
        private List<String> blockedFeeds() {
            List<String> blocked = new ArrayList<>(call.all("--feed"));
            for (Verdict verdict : evaluation.verdicts()) {
                if (evaluation.allows(verdict)) {
                    blocked.remove(verdict.name());
                }
            }
            return blocked;
        }
    }

    /** WorkReport says what scenario or recover did. */
    static final class WorkReport {
        private final String headline;
        private final Facts facts;
        /** The name of the fact that is a command, or null. It is shown ready to paste. */
        private final String commandFact;

        WorkReport(String headline, Facts facts, String commandFact) {
            this.headline = headline;
            this.facts = facts;
            this.commandFact = commandFact;
        }

        /** Writes to standard output, or to standard error if the document went to the former. */
        void show(Call call, Path target, Streams streams) throws IOException {
            Output out = new Output(target == null ? streams.err() : streams.out());
            if (call.isJson()) {
                new JsonWriter(out).document(facts);
            } else {
                out.text("{}\n", headline);
                for (Map.Entry<String, Object> fact : facts.values().entrySet()) {
                    if (fact.getValue() != null) {
                        line(fact.getKey(), fact.getValue(), out);
                    }
                }
            }
            out.flush();
        }

        private void line(String name, Object value, Output out) {
            if (name.equals(commandFact)) {
                out.text("  {}: {}\n", name, Text.raw(value.toString()));
            } else if (value instanceof Verdict verdict) {
                out.text("  {}: {}\n", name, verdict.brief());
            } else if (value instanceof List<?> list) {
                out.text("  {}: {}\n", name, listed(list));
            } else {
                out.text("  {}: {}\n", name, value);
            }
        }

        private static String listed(List<?> list) {
            if (list.isEmpty()) {
                return "nothing";
            }
            String inBrackets = list.toString();
            return inBrackets.substring(1, inBrackets.length() - 1);
        }
    }

    /** Checks are the lines of smoke and doctor. */
    static final class Checks {
        /** Check is one line of the report, with why it failed; null if it passed. */
        private record Check(String name, String why) { }

        private final List<Check> checks = new ArrayList<>();

        /** Adds a check, with why it failed, or null if it passed. */
        void add(String name, String why) {
            checks.add(new Check(name, why));
        }

        /** Notes why the last check failed, unless that is null or already known. */
        void fault(String why) {
            int last = checks.size() - 1;
            Check check = checks.get(last);
            if (check.why() == null) {
                checks.set(last, new Check(check.name(), why));
            }
        }

        private int failed() {
            int failed = 0;
            for (Check check : checks) {
                if (check.why() != null) {
                    failed++;
                }
            }
            return failed;
        }

        /** Writes the report and returns the exit code. */
        int report(Call call, Streams streams) throws IOException {
            int failed = failed();
            boolean hasPassed = failed == 0 && !checks.isEmpty();
            String result = hasPassed ? "passed" : "failed";
            Output out = new Output(streams.out());
            if (call.isJson()) {
                json(call.command(), result, out);
            } else {
                String title = Text.fill("{} {}", call.command(), result);
                out.raw("{}: {} of {} checks passed\n", title.toUpperCase(Locale.ROOT),
                        checks.size() - failed, checks.size());
                text(out);
            }
            out.flush();
            return hasPassed ? SAFE : UNSAFE;
        }

        private void text(Output out) {
            for (Check check : checks) {
                if (check.why() == null) {
                    out.text("ok - {}\n", check.name());
                } else {
                    out.text("not ok - {}\n  why: {}\n", check.name(), check.why());
                }
            }
        }

        private void json(String command, String result, Output out) throws IOException {
            List<Facts> lines = new ArrayList<>();
            for (Check check : checks) {
                lines.add(new Facts().add("name", check.name()).add("ok", check.why() == null)
                        .add("why", check.why()));
            }
            new JsonWriter(out).document(new Facts().add(command, result).add("checks", lines));
        }
    }

    // ---- State ----

    /**
     * State is what a document claims: a producer's state or, as a baseline, the reviewed contract.
     * Entries are read on demand: as objects, a million feeds would take twice the gate's time and
     * memory.
     */
    static final class State {
        static final State NONE = new State(Document.of("", "{}"));
        private static final List<String> MEMBERS = Arrays.asList(
                "max_age_seconds", "warn_age_seconds", "max_heartbeat_age_seconds", "as_of",
                "require_as_of", "calendars", "calendar", "actions", "feeds");
        private static final List<String> FEED_MEMBERS = Arrays.asList("name", "alive",
                "last_tick_age_seconds", "last_tick_at", "last_heartbeat_at", "max_age_seconds",
                "warn_age_seconds", "max_heartbeat_age_seconds", "optional", "calendar");
        /** No member begins at the first byte of a document. */
        private static final int NOWHERE = 0;

        private final Document document;
        private final Index index;
        private final Terms terms;
        private Instant asOf;
        private String asOfText;
        private boolean hasNullAsOf;
        private boolean requiresAsOf;
        private long commonLimitNanos = Time.COMMON_LIMIT;
        private Map<String, Calendar> calendars = Collections.emptyMap();
        /** The calendar of feeds that do not name one; null if there is none. */
        private String commonCalendar;
        private Actions actions = Actions.BUILT_IN;
        /** Each calendar that is named, and where it is first named; null until one is. */
        private Map<String, Integer> namedCalendars;

        private State(Document document) {
            this.document = document;
            index = new Index(document);
            terms = new Terms(document);
        }

        /** Reads a whole document. A fault that belongs to no single feed is a DataException. */
        static State of(Document document, Role role) {
            State state = new State(document);
            state.readDocument(role);
            return state;
        }

        private void readDocument(Role role) {
            Json in = new Json(document, 0);
            int feedsAt = NOWHERE;
            if (in.isArray()) {
                throw in.error(in.at(), "expected an object with max_age_seconds and feeds, found"
                        + " an array; put it into an object, as its member \"feeds\"");
            }
            in.enterObject("an object with max_age_seconds and feeds");
            while (in.member()) {
                switch (in.name()) {
                    case "max_age_seconds" -> commonLimitNanos = readLimit(in, role);
                    case "as_of" -> readAsOf(in);
                    case "require_as_of" -> requiresAsOf = readBoolean(in, role);
                    case "warn_age_seconds", "max_heartbeat_age_seconds" -> readTerm(in, role);
                    case "calendars" -> readCalendars(in, role);
                    case "calendar" -> commonCalendar = readCalendarName(in, role);
                    case "actions" -> readActions(in, role);
                    case "feeds" -> {
                        feedsAt = in.at();
                        readFeeds(in, role);
                    }
                    default -> skipOther(in, role, MEMBERS);
                }
            }
            if (in.isBeforeObject()) {
                throw in.error(in.at(), "expected the end of the file, found a second object, as"
                        + " in NDJSON; write one object, with all feeds in its member \"feeds\"");
            }
            in.expectEnd();
            checkNamedCalendars(in);
            terms.checkCommonWarnAges(in, commonLimitNanos);
            if (feedsAt == NOWHERE) {
                throw in.error(0, "expected a member named \"feeds\"{}", Text.orNothing("; ",
                        nearMiss(null, "feeds")));
            }
            if (index.size() == 0) {
                throw in.error(feedsAt, "expected at least one feed");
            }
        }

        /** Reads a limit. One that is not valid is an error in a baseline: it is the contract. */
        static long readLimit(Json in, Role role) {
            int at = in.at();
            String text = in.valueText();
            long limitNanos = Time.limitNanos(text);
            if (role == Role.baseline && limitNanos == Time.NO_LIMIT) {
                throw in.error(at, "expected a limit, a number greater than 0 and at most {},"
                        + " found {}", MAX_AGE_SECONDS, Json.shortened(text));
            }
            return limitNanos;
        }

        private void readAsOf(Json in) {
            if (in.isNull()) {
                in.skip();
                hasNullAsOf = true;
                return;
            }
            asOfText = in.plainText();
            asOf = Time.instant(asOfText);
        }

        /** Reads what only a baseline can ask for. In a state it is like any other member. */
        private void readTerm(Json in, Role role) {
            if (role == Role.baseline) {
                terms.readCommon(in);
            } else {
                in.skip();
            }
        }

        static boolean readBoolean(Json in, Role role) {
            int at = in.at();
            Boolean value = in.booleanOrNull();
            if (role == Role.baseline && value == null) {
                throw in.error(at, "expected true or false");
            }
            return value == Boolean.TRUE;
        }

        private void readCalendars(Json in, Role role) {
            if (role == Role.baseline) {
                calendars = Calendar.readAll(in);
            } else {
                in.skip();
            }
        }

        private void readActions(Json in, Role role) {
            if (role == Role.baseline) {
                actions = Actions.read(in);
            } else {
                in.skip();
            }
        }

        /** Returns the name of a calendar, or null in a state: its calendars decide nothing. */
        private String readCalendarName(Json in, Role role) {
            if (role == Role.state) {
                in.skip();
                return null;
            }
            int at = in.at();
            if (!in.isString()) {
                throw in.error(at, "expected the name of a calendar");
            }
            String name = in.string();
            if (namedCalendars == null) {
                namedCalendars = new LinkedHashMap<>();
            }
            namedCalendars.putIfAbsent(name, at);
            return name;
        }

        /** Checks that each named calendar is defined. The definition may come after the name. */
        private void checkNamedCalendars(Json in) {
            if (namedCalendars == null) {
                return;
            }
            for (Map.Entry<String, Integer> named : namedCalendars.entrySet()) {
                String name = named.getKey();
                if (!calendars.containsKey(name)) {
                    throw in.error(named.getValue(), "unknown calendar: {}{}",
                            Json.shortened(name),
                            Text.suggestion(name, new ArrayList<>(calendars.keySet())));
                }
            }
        }

        private void readFeeds(Json in, Role role) {
            in.enterArray("an array of feeds");
            while (in.element()) {
                int at = in.at();
                String name = readFeedName(in, role);
                boolean isNew = index.add(name, at);
                if (!isNew) {
                    throw in.error(at, "duplicate feed: {}", name);
                }
            }
        }

        /** Checks an entry, moves past it, and returns the name of its feed. */
        private String readFeedName(Json in, Role role) {
            int at = in.at();
            String feed = null;
            terms.beginEntry();
            in.enterObject("a feed, an object with a name");
            while (in.member()) {
                if (in.name().equals("name")) {
                    feed = readName(in);
                } else if (role == Role.baseline) {
                    readTermOfFeed(in);
                } else {
                    in.skip();
                }
            }
            if (feed == null) {
                throw in.error(at, "expected a feed with a name{}", Text.orNothing("; ",
                        nearMiss(in.document, at, "name")));
            }
            terms.endEntry(in);
            return feed;
        }

        /** Checks a member of an entry of a baseline. */
        private void readTermOfFeed(Json in) {
            switch (in.name()) {
                case "max_age_seconds" -> terms.readOwnLimit(in);
                case "warn_age_seconds" -> terms.readOwnWarnAge(in);
                case "max_heartbeat_age_seconds" -> terms.readOwnHeartbeatLimit(in);
                case "optional" -> terms.readOptional(in);
                case "calendar" -> readCalendarName(in, Role.baseline);
                default -> skipOther(in, Role.baseline, FEED_MEMBERS);
            }
        }

        private static String readName(Json in) {
            int at = in.at();
            String name = in.isString() ? in.string() : "";
            if (!isName(name)) {
                throw in.error(at, "expected a name, a string of 1 to {} characters",
                        MAX_NAME_CHARS);
            }
            return name;
        }

        static boolean isName(String text) {
            return !text.isEmpty() && text.codePointCount(0, text.length()) <= MAX_NAME_CHARS;
        }

        /** Returns whether a member of that name is a note, which even a baseline may have. */
        static boolean isNote(String name) {
            return name.startsWith("x-") || name.startsWith("$");
        }

        /**
         * Skips a member that the decision does not use. In a baseline, one that is neither known
         * nor a note is an error: it could be a misspelt rule.
         */
        static void skipOther(Json in, Role role, List<String> known) {
            String name = in.name();
            if (role == Role.baseline && !known.contains(name) && !isNote(name)) {
                String shown = Json.shortened(name);
                String hint = Text.suggestion(name, known);
                String end = hint.endsWith("?") ? "" : ".";
                throw in.error(in.nameAt(), "unknown member: {}{}{} If it is a note, name it x-{}",
                        shown, hint, end, shown);
            }
            in.skip();
        }

        int size() {
            return index.size();
        }

        /** Returns a feed by its position in the document, from 0. */
        Feed get(int i) {
            return readFeed(index.offset(i));
        }

        /** Returns the feed of that name, or null if there is none. */
        Feed feed(String name) {
            int i = index.find(name);
            return i == Index.NOT_FOUND ? null : get(i);
        }

        boolean lists(String name) {
            return index.find(name) != Index.NOT_FOUND;
        }

        /** Returns the place of a feed in the document, from 0. */
        int placeOf(Feed feed) {
            return index.find(feed.name());
        }

        private Feed readFeed(int at) {
            String name = null;
            Boolean alive = null;
            long ageNanos = Time.UNKNOWN_AGE;
            Instant tick = null;
            long limitNanos = Time.COMMON_LIMIT;
            Json in = new Json(document, at);
            in.enterObject("a feed");
            while (in.member()) {
                switch (in.name()) {
                    case "name" -> name = in.string();
                    case "alive" -> alive = in.booleanOrNull();
                    case "last_tick_age_seconds" ->
                        ageNanos = Time.claimedAgeNanos(in.valueText());
                    case "last_tick_at" -> tick = readInstant(in);
                    case "max_age_seconds" -> limitNanos = Time.limitNanos(in.valueText());
                    default -> in.skip();
                }
            }
            return new Feed(name, alive, ageNanos, tick, limitNanos, at);
        }

        /** Returns an instant, null if the value is null, or Time.UNREADABLE if it is neither. */
        private static Instant readInstant(Json in) {
            if (in.isNull()) {
                in.skip();
                return null;
            }
            Instant instant = Time.instant(in.plainText());
            return instant == null ? Time.UNREADABLE : instant;
        }

        Document document() {
            return document;
        }

        /** Returns when the snapshot was taken; null if as_of is absent or not an instant. */
        Instant asOf() {
            return asOf;
        }

        /** Returns what as_of says; null if it is absent or null. */
        String asOfText() {
            return asOfText;
        }

        /** Returns whether there is an as_of at all, even if it is null. */
        boolean hasAsOf() {
            return asOfText != null || hasNullAsOf;
        }

        /**
         * Returns whether as_of is null: the producer dates its states, but not this one. So what
         * has no date of its own proves nothing, even if the baseline requires none.
         */
        boolean hasNullAsOf() {
            return hasNullAsOf;
        }

        boolean requiresAsOf() {
            return requiresAsOf;
        }

        /** Returns what this document asks for as a baseline; nothing if it is a state. */
        Terms terms() {
            return terms;
        }

        /**
         * Returns when a feed last proved that it is connected; null if the state does not say, and
         * Time.UNREADABLE if the value is not an instant.
         */
        Instant heartbeat(Feed feed) {
            Json in = new Json(document, feed.at());
            in.enterObject("a feed");
            while (in.member()) {
                if (in.name().equals("last_heartbeat_at")) {
                    return readInstant(in);
                }
                in.skip();
            }
            return null;
        }

        /** Returns the actions a baseline knows. Those in a state are ignored. */
        Actions actions() {
            return actions;
        }

        /** Returns the calendar of a feed, its own or the common one; null if it has none. */
        Calendar calendar(Feed feed) {
            if (calendars.isEmpty()) {
                return null;
            }
            Json in = new Json(document, feed.at());
            in.enterObject("a feed");
            while (in.member()) {
                if (in.name().equals("calendar")) {
                    return calendars.get(in.string());
                }
                in.skip();
            }
            return commonCalendar == null ? null : calendars.get(commonCalendar);
        }

        /** Returns the limit of the feeds that have none of their own, or Time.COMMON_LIMIT. */
        long commonLimitNanos() {
            return commonLimitNanos;
        }

        /** Returns the limit of a feed: its own, else the common one, else the given one. */
        long limitNanos(Feed feed, long fallbackNanos) {
            if (feed.limitNanos() != Time.COMMON_LIMIT) {
                return feed.limitNanos();
            }
            if (commonLimitNanos != Time.COMMON_LIMIT) {
                return commonLimitNanos;
            }
            return fallbackNanos;
        }

        /** Returns a member's JSON text, of the document if feed is null; null if it is absent. */
        String text(Feed feed, String member) {
            String text = document.member(feed, member);
            return text == null ? null : Json.shortened(text);
        }

        /** Returns what a member says, strings without quotes; null if it is absent. */
        String plainText(Feed feed, String member) {
            Json in = document.objectOf(feed);
            in.enterObject("an object");
            while (in.member()) {
                if (in.name().equals(member)) {
                    return in.plainText();
                }
                in.skip();
            }
            return null;
        }

        /**
         * Returns a question about a member of a feed, or of the document if that is null, which
         * may be a missing one under another name: "found lastTickAt: did you mean last_tick_at?".
         * Returns null if there is none.
         */
        String nearMiss(Feed feed, String... wanted) {
            return nearMiss(document, feed == null ? 0 : feed.at(), wanted);
        }

        private static String nearMiss(Document document, int at, String... wanted) {
            List<String> found = new ArrayList<>();
            Json in = new Json(document, at);
            in.enterObject("an object");
            while (in.member()) {
                found.add(in.name());
                in.skip();
            }
            for (Similarity similarity : Similarity.values()) {
                for (String name : wanted) {
                    String near = similarity.first(found, name);
                    if (near != null && !found.contains(name)) {
                        return Text.fill("found {}: did you mean {}?", Json.shortened(near), name);
                    }
                }
            }
            return null;
        }

        /** Returns the message about a name that is not a feed's. */
        String unknownFeed(String feed) {
            if (feed.indexOf(',') >= 0) {
                return Text.fill("unknown feed: {}; to name several feeds, repeat --feed", feed);
            }
            List<String> names = new ArrayList<>();
            for (int i = 0; i < size(); i++) {
                names.add(get(i).name());
            }
            return Text.fill("unknown feed: {}{}", feed, Text.suggestion(feed, names));
        }
    }

    /**
     * Terms are what a baseline can ask for besides limits and calendars. What a feed sets for
     * itself is read on demand, and only if some feed sets any: most baselines do not.
     */
    static final class Terms {
        /** The limit of a heartbeat that is not required. */
        static final long NOT_REQUIRED = Time.COMMON_LIMIT;
        /** The warn age of a feed that has none: half the limit that applies. */
        static final long HALF_THE_LIMIT = Time.COMMON_LIMIT;
        private static final String HEARTBEAT = "max_heartbeat_age_seconds";
        private static final String WARN = "warn_age_seconds";

        private final Document document;
        private long commonHeartbeatNanos = NOT_REQUIRED;
        private boolean hasOwnHeartbeats;
        private long commonWarnNanos = HALF_THE_LIMIT;
        private boolean hasOwnWarnAges;
        private boolean hasOptionalFeeds;
        // While entries are read: what this one has, and the highest warn age of those that have no
        // limit of their own. The common limit may come after it.
        private long entryLimitNanos;
        private long entryWarnNanos;
        private int entryWarnAt;
        private long highestWarnNanos = HALF_THE_LIMIT;
        private int highestWarnAt;

        Terms(Document document) {
            this.document = document;
        }

        /** Reads a term for all feeds that do not set it themselves. */
        void readCommon(Json in) {
            int at = in.at();
            boolean isWarnAge = in.name().equals(WARN);
            long nanos = State.readLimit(in, Role.baseline);
            if (isWarnAge) {
                commonWarnNanos = nanos;
                noteWarnAge(nanos, at);
            } else {
                commonHeartbeatNanos = nanos;
            }
        }

        void beginEntry() {
            entryLimitNanos = Time.COMMON_LIMIT;
            entryWarnNanos = HALF_THE_LIMIT;
        }

        void readOwnLimit(Json in) {
            entryLimitNanos = State.readLimit(in, Role.baseline);
        }

        void readOwnWarnAge(Json in) {
            entryWarnAt = in.at();
            entryWarnNanos = State.readLimit(in, Role.baseline);
            hasOwnWarnAges = true;
        }

        void readOwnHeartbeatLimit(Json in) {
            State.readLimit(in, Role.baseline);
            hasOwnHeartbeats = true;
        }

        void readOptional(Json in) {
            if (State.readBoolean(in, Role.baseline)) {
                hasOptionalFeeds = true;
            }
        }

        /** Returns whether a feed may be missing. */
        boolean isOptional(Feed agreed) {
            return hasOptionalFeeds && "true".equals(document.member(agreed, "optional"));
        }

        /** Checks the warn age of the entry that was read, if it has one. */
        void endEntry(Json in) {
            if (entryWarnNanos == HALF_THE_LIMIT) {
                return;
            }
            if (entryLimitNanos == Time.COMMON_LIMIT) {
                noteWarnAge(entryWarnNanos, entryWarnAt);
            } else {
                checkWarnAge(in, entryWarnAt, entryWarnNanos, entryLimitNanos);
            }
        }

        private void noteWarnAge(long warnNanos, int at) {
            if (warnNanos > highestWarnNanos) {
                highestWarnNanos = warnNanos;
                highestWarnAt = at;
            }
        }

        /** Checks the warn ages of the feeds to which the common limit applies. */
        void checkCommonWarnAges(Json in, long limitNanos) {
            boolean isNone = highestWarnNanos == HALF_THE_LIMIT
                    || limitNanos == Time.COMMON_LIMIT; // no limit at all: blocked anyway
            if (!isNone) {
                checkWarnAge(in, highestWarnAt, highestWarnNanos, limitNanos);
            }
        }

        private static void checkWarnAge(Json in, int at, long warnNanos, long limitNanos) {
            if (warnNanos >= limitNanos) {
                throw in.error(at, "expected a warn_age_seconds below the limit, {}, found {}",
                        Time.seconds(limitNanos), Time.seconds(warnNanos));
            }
        }

        /** Returns the age past which a fresh feed needs a look, or HALF_THE_LIMIT. */
        long warnNanos(Feed agreed) {
            if (hasOwnWarnAges) {
                String own = document.member(agreed, WARN);
                if (own != null) {
                    return Time.limitNanos(own);
                }
            }
            boolean hasOwnLimit = agreed.limitNanos() != Time.COMMON_LIMIT;
            return hasOwnLimit ? HALF_THE_LIMIT : commonWarnNanos;
        }

        /** Returns whether there may be a feed that needs a heartbeat. */
        boolean requiresHeartbeats() {
            return hasOwnHeartbeats || commonHeartbeatNanos != NOT_REQUIRED;
        }

        /** Returns how old the heartbeat of a feed may be, or NOT_REQUIRED. */
        long heartbeatLimitNanos(Feed agreed) {
            if (hasOwnHeartbeats) {
                String own = document.member(agreed, HEARTBEAT);
                if (own != null) {
                    return Time.limitNanos(own);
                }
            }
            return commonHeartbeatNanos;
        }
    }

    /**
     * Index finds a feed's position in its document by name. It keeps offsets and hashes instead of
     * names.
     */
    static final class Index {
        static final int NOT_FOUND = -1;
        private static final int FIRST_CAPACITY = 8;
        private static final long HASH_PRIME = (1L << 61) - 1;
        private static final long HASH_POINT =
                (System.nanoTime() * 0x9e3779b97f4a7c15L) & (HASH_PRIME >> 1);

        private final Document document;
        private int size;
        /** Where each entry begins, and the hash of its name. */
        private int[] offsets = new int[FIRST_CAPACITY];
        private int[] hashes = new int[FIRST_CAPACITY];
        /** A hash table with open addressing: the place of an entry plus 1, or 0 if it is free. */
        private int[] slots = new int[2 * FIRST_CAPACITY];

        Index(Document document) {
            this.document = document;
        }

        int size() {
            return size;
        }

        int offset(int place) {
            return offsets[place];
        }

        /** Returns the place of the entry of that name, or NOT_FOUND. */
        int find(String name) {
            return slots[slot(name, hash(name))] - 1;
        }

        /** Adds an entry that begins at that offset. Returns false if its name is already there. */
        boolean add(String name, int offset) {
            if (size == offsets.length) {
                grow();
            }
            int hash = hash(name);
            int slot = slot(name, hash);
            if (slots[slot] != 0) {
                return false;
            }
            offsets[size] = offset;
            hashes[size] = hash;
            size++;
            slots[slot] = size;
            return true;
        }

        private void grow() {
            offsets = Arrays.copyOf(offsets, 2 * size);
            hashes = Arrays.copyOf(hashes, 2 * size);
            slots = new int[4 * size];
            for (int place = 0; place < size; place++) {
                int slot = firstSlot(hashes[place]);
                while (slots[slot] != 0) {
                    slot = nextSlot(slot);
                }
                slots[slot] = place + 1;
            }
        }

        /** Returns the slot of the entry of that name, or the free one where it would go. */
        private int slot(String name, int hash) {
            int slot = firstSlot(hash);
            while (slots[slot] != 0 && !isNamed(slots[slot] - 1, name, hash)) {
                slot = nextSlot(slot);
            }
            return slot;
        }

        private int firstSlot(int hash) {
            return hash & (slots.length - 1);
        }

        private int nextSlot(int slot) {
            return (slot + 1) & (slots.length - 1);
        }

        private boolean isNamed(int place, String name, int hash) {
            if (hashes[place] != hash) {
                return false;
            }
            Json in = new Json(document, offsets[place]);
            in.enterObject("a feed");
            while (in.member()) {
                if (in.name().equals("name")) {
                    return in.string().equals(name);
                }
                in.skip();
            }
            return false;
        }

        /**
         * Hashes a name with a polynomial over the field of HASH_PRIME, at a point that differs in
         * each run. Two names collide at no more points than they have characters, so nobody can
         * write a state whose names collide, and the table stays fast.
         */
        static int hash(String name) {
            long hash = 1;
            for (char c : name.toCharArray()) {
                long low = hash * HASH_POINT;
                long high = Math.multiplyHigh(hash, HASH_POINT);
                // In this field 2 to the power of 61 is 1, so the upper bits move to the lower end.
                hash = (low & HASH_PRIME) + ((high << 3) | (low >>> 61)) + c;
                hash = (hash & HASH_PRIME) + (hash >>> 61);
            }
            return (int) (hash ^ (hash >>> 30));
        }
    }

    // ---- Edits ----

    /**
     * Edit changes single values of a state. Everything else stays in place, byte for byte. It
     * collects the changes, at their offsets in the old document, and applies them all at once.
     */
    static final class Edit {
        private final Document document;
        private final List<Splice> splices = new ArrayList<>();
        private final List<String> changes = new ArrayList<>();

        Edit(Document document) {
            this.document = document;
        }

        /** Returns what was changed, in words. */
        List<String> changes() {
            return changes;
        }

        /** Returns the new document, or the old one if nothing was changed. */
        Document apply() {
            if (splices.isEmpty()) {
                return document;
            }
            Collections.sort(splices); // stable: additions at one offset stay in order
            return document.with(splices);
        }

        /**
         * Notes that a tick of that age was seen. A feed that dates its ticks gets the date, and
         * the age only if it already states one.
         *
         * @param ageSeconds JSON text; negative for a tick from the future
         *
         */
        void tick(Feed feed, String ageSeconds, Instant now) {
            boolean isDated = document.member(feed, "last_tick_at") != null;
            tick(feed, ageSeconds, now, isDated);
        }

        private void tick(Feed feed, String ageSeconds, Instant now, boolean isDated) {
            set(feed, "alive", "true");
            if (!isDated || document.member(feed, "last_tick_age_seconds") != null) {
                set(feed, "last_tick_age_seconds", ageSeconds);
            }
            if (isDated) {
                set(feed, "last_tick_at", tickText(ageSeconds, now));
            }
        }

        /** Notes that a feed was seen to be connected, by a tick of that age. */
        void heartbeat(Feed feed, String ageSeconds, Instant now) {
            set(feed, "last_heartbeat_at", tickText(ageSeconds, now));
        }

        private static String tickText(String ageSeconds, Instant now) {
            boolean isAhead = ageSeconds.startsWith("-");
            long nanos = Time.ageNanos(isAhead ? ageSeconds.substring(1) : ageSeconds);
            if (nanos > Time.FOREVER) {
                return "null";
            }
            Instant tick = isAhead ? now.plusNanos(nanos) : now.minusNanos(nanos);
            return quoted(tick);
        }

        private static String quoted(Instant instant) {
            return Text.fill("\"{}\"", instant);
        }

        /** Backdates a state, its ticks and its heartbeats by how long it is to be frozen. */
        void freeze(State state, Instant now) {
            for (int i = 0; i < state.size(); i++) {
                Feed feed = state.get(i);
                freeze(feed, "last_tick_at", feed.tick());
                freeze(feed, "last_heartbeat_at", state.heartbeat(feed));
            }
            set(null, "as_of", quoted(now.minusSeconds(FROZEN_FOR_SECONDS)));
        }

        private void freeze(Feed feed, String member, Instant instant) {
            if (instant != null && instant != Time.UNREADABLE) {
                set(feed, member, quoted(instant.minusSeconds(FROZEN_FOR_SECONDS)));
            }
        }

        /** Sets a member of a feed, or of the document if that is null; a new one comes last. */
        void set(Feed feed, String member, String value) {
            String name = feed == null ? member : Text.fill("{} {}", feed.name(), member);
            Json in = document.objectOf(feed);
            int begin = in.at();
            in.enterObject("an object");
            int end = in.at();
            String layout = document.text(begin + 1, end); // as before the first member
            while (in.member()) {
                int at = in.at();
                boolean isMember = in.name().equals(member);
                String old = in.valueText();
                end = in.at();
                if (isMember) {
                    replace(at, end, name, old, value);
                    return;
                }
            }
            splice(end, end, Text.fill(",{}\"{}\": {}", layout, member, value));
            changes.add(Text.fill("{} added: {}", name, value));
        }

        private void replace(int from, int to, String name, String old, String value) {
            if (old.equals(value)) {
                return;
            }
            splice(from, to, value);
            changes.add(Text.fill("{} {} -> {}", name, Json.shortened(old), value));
        }

        /** Removes a feed with the comma and the white space between it and its neighbour. */
        void remove(State state, Feed feed) {
            if (state.size() == 1) {
                throw new DataException("nothing written: {} is the only feed, and a state needs"
                        + " at least one", feed.name());
            }
            int place = state.placeOf(feed);
            if (place == 0) {
                splice(feed.at(), state.get(1).at(), "");
            } else {
                int endBefore = document.end(state.get(place - 1).at());
                splice(endBefore, document.end(feed.at()), "");
            }
            changes.add(feed.name().concat(" removed"));
        }

        /** Restores a missing feed: its baseline entry with a fresh tick, in its old place. */
        void insert(State state, State baseline, Feed agreed, String ageSeconds, Instant now) {
            boolean needsDate = state.hasNullAsOf()
                    || (state.asOfText() == null && baseline.requiresAsOf());
            String entry = freshEntry(baseline, agreed, ageSeconds, now, needsDate);
            Feed before = feedBefore(state, baseline, agreed);
            Feed neighbour = before == null ? state.get(0) : before;
            String space = spaceBefore(neighbour.at());
            if (before == null) {
                splice(neighbour.at(), neighbour.at(), Text.fill("{},{}", entry, space));
            } else {
                int end = document.end(before.at());
                splice(end, end, Text.fill(",{}{}", space, entry));
            }
            changes.add(agreed.name().concat(" put back from the baseline"));
        }

        private static String freshEntry(State baseline, Feed agreed, String ageSeconds,
                Instant now, boolean needsDate) {
            Document contract = baseline.document();
            String text = contract.text(agreed.at(), contract.end(agreed.at()));
            Document entry = Document.of(contract.label(), text);
            Edit edit = new Edit(entry);
            Feed alone = new Feed(agreed.name(), null, Time.UNKNOWN_AGE, null,
                    Time.COMMON_LIMIT, 0);
            boolean isDated = needsDate || entry.member(alone, "last_tick_at") != null;
            edit.tick(alone, ageSeconds, now, isDated);
            if (baseline.terms().heartbeatLimitNanos(agreed) != Terms.NOT_REQUIRED) {
                edit.heartbeat(alone, ageSeconds, now);
            }
            return edit.apply().text();
        }

        /** Returns the last feed that precedes that one in the baseline and is not missing. */
        private static Feed feedBefore(State state, State baseline, Feed agreed) {
            for (int i = baseline.placeOf(agreed) - 1; i >= 0; i--) {
                Feed present = state.feed(baseline.get(i).name());
                if (present != null) {
                    return present;
                }
            }
            return null;
        }

        private String spaceBefore(int at) {
            int from = at;
            while (Json.isSpace(document.byteAt(from - 1))) {
                from--;
            }
            return document.text(from, at);
        }

        /** Raises tenfold the limit that applies to the feed. */
        void loosen(State state, Feed feed, Instant now) {
            long limitNanos = state.limitNanos(feed, Time.NO_LIMIT);
            if (limitNanos == Time.NO_LIMIT) {
                throw new DataException("nothing written: {} has no limit to loosen", feed.name());
            }
            tick(feed, STALE_AGE_SECONDS, now);
            boolean hasOwn = feed.limitNanos() != Time.COMMON_LIMIT;
            long tenfoldNanos = Math.min(limitNanos, Time.MAX_LIMIT_NANOS / 10) * 10;
            set(hasOwn ? feed : null, "max_age_seconds", Time.seconds(tenfoldNanos));
        }

        /** Cuts the document in the middle of its content, which leaves no valid JSON. */
        void cut() {
            int middle = document.end(0) / 2;
            splice(middle, document.length(), "");
            changes.add(Text.fill("cut after {} bytes", middle));
        }

        private void splice(int from, int to, String text) {
            splices.add(new Splice(from, to, text.getBytes(StandardCharsets.UTF_8)));
        }
    }

    // ---- JSON ----

    /**
     * Json is a strict pull parser for RFC 8259: callers read the members they know and skip the
     * rest, which is checked all the same. Each fault is a DataException with file:line:column and
     * what was expected.
     */
    static final class Json {
        private static final int MAX_SHOWN_CHARS = 40;
        /** How much of the text an error looks at: the longest common mistake. */
        private static final int FOUND_BYTES = 8;

        private final Document document;
        /** The offset of the next byte. */
        private int at;
        /** The name of the last member, and where it begins. */
        private String name;
        private int nameAt;
        /** Whether the next member or element is the first of its object or array. */
        private boolean first;
        private boolean isAscii = true;
        /** The member names so far of each open object or array; an array has none. */
        private final List<Set<String>> names = new ArrayList<>();

        /** Begins at the first value at or after that offset. */
        Json(Document document, int from) {
            this.document = document;
            at = from;
            skipSpace();
        }

        int at() {
            return at;
        }

        String name() {
            return name;
        }

        int nameAt() {
            return nameAt;
        }

        /** Returns the next byte, or 0 at the end. */
        private byte peek() {
            return document.byteAt(at);
        }

        // Section 2: white space and structure.

        private void skipSpace() {
            while (isSpace(peek())) {
                at++;
            }
        }

        static boolean isSpace(byte b) {
            return b == ' ' || b == '\n' || b == '\r' || b == '\t';
        }

        /** Takes that character and the white space after it. */
        private void take(char c, String expected) {
            if (peek() != c) {
                throw expected(expected);
            }
            at++;
            skipSpace();
        }

        /** Enters an object, so that member() finds its first one. */
        void enterObject(String expected) {
            enter('{', expected);
        }

        /** Enters an array, so that element() finds its first one. */
        void enterArray(String expected) {
            enter('[', expected);
        }

        private void enter(char open, String expected) {
            if (names.size() == MAX_NESTING) {
                throw error(at, "expected at most {} levels of nesting", MAX_NESTING);
            }
            take(open, expected);
            names.add(new HashSet<>());
            first = true;
        }

        /** Moves to the next member or element, or leaves and returns false if there is none. */
        private boolean advance(char close, String expected) {
            skipSpace();
            if (peek() == close) {
                at++;
                names.remove(names.size() - 1);
                first = false;
                return false;
            }
            if (!first) {
                take(',', expected);
            }
            first = false;
            return true;
        }

        /** Checks that nothing follows, and that all of the document is UTF-8. */
        void expectEnd() {
            skipSpace();
            if (at < document.length()) {
                throw expected("the end of the file");
            }
            if (!isAscii) {
                checkUtf8();
            }
        }

        // Section 3: values.

        boolean isString() {
            return peek() == '"';
        }

        boolean isNull() {
            return peek() == 'n';
        }

        boolean isArray() {
            return peek() == '[';
        }

        /** Returns whether an object is what comes next, after white space. */
        boolean isBeforeObject() {
            skipSpace();
            return peek() == '{';
        }

        /** Checks any value and moves past it. */
        void skip() {
            switch (peek()) {
                case '{' -> {
                    enter('{', "an object");
                    while (member()) {
                        skip();
                    }
                }
                case '[' -> {
                    enter('[', "an array");
                    while (element()) {
                        skip();
                    }
                }
                case '"' -> checkString();
                case 't' -> takeLiteral("true");
                case 'f' -> takeLiteral("false");
                case 'n' -> takeLiteral("null");
                case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> checkNumber();
                default -> throw expected("a value");
            }
        }

        /** Skips any value and returns its text, cut at the length of the longest number. */
        String valueText() {
            int from = at;
            skip();
            return document.text(from, Math.min(at, from + MAX_NUMBER_CHARS + 1));
        }

        /** Takes any value, and returns a string as string() does, or the text of another value. */
        String plainText() {
            return isString() ? string() : valueText();
        }

        /** Takes any value, and returns null if it is neither true nor false. */
        Boolean booleanOrNull() {
            return switch (valueText()) {
                case "true" -> Boolean.TRUE;
                case "false" -> Boolean.FALSE;
                default -> null;
            };
        }

        private void takeLiteral(String word) {
            for (int i = 0; i < word.length(); i++) {
                if (peek() != word.charAt(i)) {
                    throw expected(word);
                }
                at++;
            }
        }

        // Section 4: objects.

        /** Moves to the value of the next member, and returns whether there is one. */
        boolean member() {
            if (!advance('}', "',' or '}'")) {
                return false;
            }
            if (!isString()) {
                throw expected("a member name in double quotes");
            }
            nameAt = at;
            name = string();
            boolean isNew = names.get(names.size() - 1).add(name);
            if (!isNew) {
                throw error(nameAt, "duplicate member: {}",
                        shortened(name));
            }
            skipSpace();
            take(':', "':'");
            return true;
        }

        // Section 5: arrays.

        /** Moves to the next element, and returns whether there is one. */
        boolean element() {
            return advance(']', "',' or ']'");
        }

        // Section 6: numbers.

        private void checkNumber() {
            if (peek() == '-') {
                at++;
            }
            int wholeAt = at;
            takeDigits();
            boolean hasLeadingZero = document.byteAt(wholeAt) == '0' && at > wholeAt + 1;
            if (hasLeadingZero) {
                throw error(wholeAt, "expected a number without leading zeros");
            }
            if (peek() == '.') {
                at++;
                takeDigits();
            }
            if (peek() == 'e' || peek() == 'E') {
                at++;
                if (peek() == '+' || peek() == '-') {
                    at++;
                }
                takeDigits();
            }
        }

        private void takeDigits() {
            if (!isDigit(peek())) {
                throw expected("a digit");
            }
            while (isDigit(peek())) {
                at++;
            }
        }

        private static boolean isDigit(byte b) {
            return b >= '0' && b <= '9';
        }

        // Section 7: strings.

        /** Takes a string, and returns it without quotes and escapes. */
        String string() {
            int from = at + 1;
            boolean hasEscapes = checkString();
            String text = document.text(from, at - 1);
            return hasEscapes ? unescaped(text) : text;
        }

        private static String unescaped(String text) {
            StringBuilder plain = new StringBuilder(text.length());
            int i = 0;
            while (i < text.length()) {
                char c = text.charAt(i);
                i++;
                if (c != '\\') {
                    plain.append(c);
                    continue;
                }
                char escape = text.charAt(i);
                i++;
                switch (escape) {
                    case '"', '\\', '/' -> plain.append(escape);
                    case 'b' -> plain.append('\b');
                    case 'f' -> plain.append('\f');
                    case 'n' -> plain.append('\n');
                    case 'r' -> plain.append('\r');
                    case 't' -> plain.append('\t');
                    case 'u' -> {
                        plain.append((char) HexFormat.fromHexDigits(text, i, i + 4));
                        i += 4;
                    }
                    default -> throw new IllegalStateException("checkString() let it through");
                }
            }
            return plain.toString();
        }

        /** Checks a string, moves past it, and returns whether it has escapes. */
        private boolean checkString() {
            boolean hasEscapes = false;
            at++;
            while (true) {
                byte b = peek();
                if (b == '"') {
                    at++;
                    return hasEscapes;
                }
                if (b == '\\') {
                    hasEscapes = true;
                    checkEscape();
                } else if (b >= 0 && b < ' ') {
                    boolean isOpen = at == document.length();
                    throw expected(isOpen ? "'\"'" : "an escaped control character");
                } else {
                    if (b < 0) {
                        isAscii = false;
                    }
                    at++;
                }
            }
        }

        /** Checks an escape, and that surrogates come in pairs. */
        private void checkEscape() {
            int from = at;
            at++;
            if (peek() != 'u') {
                checkShortEscape();
                return;
            }
            at++;
            char unit = hexDigits();
            if (!Character.isSurrogate(unit)) {
                return;
            }
            if (Character.isHighSurrogate(unit) && peek() == '\\'
                    && document.byteAt(at + 1) == 'u') {
                at += 2;
                char next = hexDigits();
                if (Character.isLowSurrogate(next)) {
                    return;
                }
            }
            throw error(from, "unpaired surrogate in an escape");
        }

        private void checkShortEscape() {
            switch (peek()) {
                case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> at++;
                default -> throw expected("one of \" \\ / b f n r t u");
            }
        }

        /** Takes four hexadecimal digits: 00e9 is the letter e with an acute accent. */
        private char hexDigits() {
            int value = 0;
            for (int i = 0; i < 4; i++) {
                if (!HexFormat.isHexDigit(peek())) {
                    throw expected("four hexadecimal digits");
                }
                value = 16 * value + HexFormat.fromHexDigit(peek());
                at++;
            }
            return (char) value;
        }

        /**
         * Checks the encoding. Only strings can hold non-ASCII bytes, and all strings were read.
         */
        private void checkUtf8() {
            int invalidAt = document.invalidUtf8At();
            if (invalidAt >= 0) {
                at = invalidAt;
                throw expected("UTF-8");
            }
        }

        // Errors.

        static String shortened(String text) {
            if (text.length() <= MAX_SHOWN_CHARS) {
                return text;
            }
            boolean cutsPair = Character.isHighSurrogate(text.charAt(MAX_SHOWN_CHARS - 1));
            int end = cutsPair ? MAX_SHOWN_CHARS - 1 : MAX_SHOWN_CHARS;
            return text.substring(0, end).concat("...");
        }

        private DataException expected(String what) {
            return error(at, "expected {}, found {}", what, found());
        }

        /** Returns what is at the cursor, naming a common mistake. */
        private String found() {
            if (at >= document.length()) {
                return "the end of the input";
            }
            String mistake = commonMistake();
            if (mistake != null) {
                return mistake;
            }
            byte b = peek();
            if ((b == '}' || b == ']') && isAfterComma()) {
                return "a trailing comma";
            }
            if (b > ' ' && b < 0x7f) {
                return Text.fill("'{}'", (char) b);
            }
            return Text.fill("byte 0x{}", Integer.toHexString(b & 0xff));
        }

        /** Returns the name of the common mistake that begins at the cursor, or null. */
        private String commonMistake() {
            int to = Math.min(at + FOUND_BYTES, document.length());
            String next = document.latin1(at, to);
            if (next.startsWith("\u00ef\u00bb\u00bf")) {
                return "a byte-order mark; write UTF-8 without one";
            }
            if (next.startsWith("\u00ff\u00fe") || next.startsWith("\u00fe\u00ff")) {
                return "UTF-16; write UTF-8";
            }
            if (next.startsWith("\0")) {
                return "UTF-16 or binary data; write UTF-8";
            }
            if (next.startsWith("NaN")) {
                return "NaN (not in JSON; write null for an unknown value)";
            }
            if (next.startsWith("Infinity")) {
                return "Infinity (not in JSON; write null for an unknown value)";
            }
            if (next.startsWith("//") || next.startsWith("/*") || next.startsWith("#")) {
                return "a comment (JSON has no comments)";
            }
            if (next.startsWith("'")) {
                return "a single quote (JSON uses double quotes)";
            }
            return null;
        }

        private boolean isAfterComma() {
            int before = at - 1;
            while (before > 0 && isSpace(document.byteAt(before))) {
                before--;
            }
            return before > 0 && document.byteAt(before) == ',';
        }

        /** Returns an error at that offset. Lines and columns count from 1, in characters. */
        DataException error(int where, String template, Object... values) {
            int line = 1;
            int column = 1;
            for (int i = 0; i < where; i++) {
                byte b = document.byteAt(i);
                boolean continuesCharacter = (b & 0xc0) == 0x80;
                if (b == '\n') {
                    line++;
                    column = 1;
                } else if (!continuesCharacter) {
                    column++;
                }
            }
            String message = Text.fill(template, values);
            return new DataException("{}:{}:{}: {}", document.label(), line, column, message);
        }
    }

    // ---- Time ----

    /** Time reads and writes times. A time is a whole number of nanoseconds, in a long. */
    static final class Time {
        static final long SECOND = 1_000_000_000;
        static final long MAX_SKEW_NANOS = MAX_SKEW_SECONDS * SECOND;
        static final long MAX_AGE_NANOS = MAX_AGE_SECONDS * SECOND;
        /** A limit above the highest age that can be stated blocks no stated age. */
        static final long MAX_LIMIT_NANOS = MAX_AGE_NANOS;
        /** About 126 years. Longer times are cut to it, and two of them fit in a long. */
        static final long FOREVER = 4 * MAX_AGE_NANOS;
        // A missing age lies above every limit, and a missing limit below every age, so a
        // forgotten check fails closed.
        static final long UNKNOWN_AGE = FOREVER + 1;
        static final long INVALID_AGE = FOREVER + 2;
        static final long NO_LIMIT = -1;
        /** The limit of a feed or document that does not state one. */
        static final long COMMON_LIMIT = -2;
        /** Stands for no bound: no age reaches it, and no time ends it. */
        static final long NO_BOUND = Long.MAX_VALUE;
        /** An instant that is present but cannot be read. It is older than every limit. */
        static final Instant UNREADABLE = Instant.MIN;

        private static final int NANO_DIGITS = 9;
        private static final long NOT_A_TIME = -1;

        /** Rounding is the direction in which a time between two nanoseconds is rounded. */
        enum Rounding {
            /** For an age: an age of 90.0000000001 s is above a limit of 90 s. */
            UP,
            /** For a limit: an age of 90 s is above a limit of 89.9999999999 s. */
            DOWN
        }

        /** Reads an age from the text of a JSON value, such as 8, 0.25 or null. */
        static long ageNanos(String json) {
            if (json.equals("null")) {
                return UNKNOWN_AGE;
            }
            long nanos = nanos(json, Rounding.UP);
            if (nanos == NOT_A_TIME || nanos > MAX_AGE_NANOS) {
                return INVALID_AGE;
            }
            return nanos;
        }

        /**
         * Reads an age that a state claims. One from -1 up to 0 counts as 0: clocks differ a
         * little, so a tick may be up to a second ahead.
         */
        static long claimedAgeNanos(String json) {
            if (!json.startsWith("-")) {
                return ageNanos(json);
            }
            long aheadNanos = nanos(json.substring(1), Rounding.UP);
            if (aheadNanos == NOT_A_TIME || aheadNanos > MAX_SKEW_NANOS) {
                return INVALID_AGE;
            }
            return 0;
        }

        /** Reads a limit from the text of a JSON value, such as 90 or 1.5e3. */
        static long limitNanos(String json) {
            long nanos = nanos(json, Rounding.DOWN);
            if (nanos == NOT_A_TIME || nanos == 0) {
                return NO_LIMIT;
            }
            // Rounded up, so that not even a fraction of a nanosecond above the maximum is
            // accepted.
            return nanos(json, Rounding.UP) > MAX_LIMIT_NANOS ? NO_LIMIT : nanos;
        }

        /**
         * Reads a JSON number of seconds. A time above FOREVER is cut to it. Returns NOT_A_TIME if
         * the text is not a number, or one that is negative or has too many digits.
         */
        private static long nanos(String json, Rounding rounding) {
            Decimal number = Decimal.parse(json);
            return number == null ? NOT_A_TIME : nanos(number, rounding);
        }

        private static long nanos(Decimal number, Rounding rounding) {
            int used = number.usedDigits();
            if (used == 0) {
                return 0; // whatever its sign and exponent
            }
            int wholeDigits = number.pointAt + NANO_DIGITS; // these make whole nanoseconds
            int decimals = used - number.pointAt;
            if (number.negative || decimals > MAX_NUMBER_CHARS) {
                return NOT_A_TIME;
            }
            long nanos = 0;
            for (int i = 0; i < wholeDigits; i++) {
                if (nanos >= FOREVER / 10) {
                    return FOREVER;
                }
                nanos = 10 * nanos + number.digit(i);
            }
            boolean isExact = used <= wholeDigits;
            if (!isExact && rounding == Rounding.UP) {
                nanos++;
            }
            return nanos;
        }

        /**
         * Decimal is a number taken apart. For example, -12.5e3 is negative, has the digits 125,
         * and its point is after 5 of them (the last two are implied zeros).
         */
        private record Decimal(boolean negative, String digits, int pointAt) {
            /** A larger exponent makes no difference, given how many digits a number may have. */
            private static final int MAX_EXPONENT = 1_000_000;

            /** Reads a number as in RFC 8259, section 6, or returns null if the text is not one. */
            static Decimal parse(String text) {
                if (text.length() > MAX_NUMBER_CHARS) {
                    return null;
                }
                boolean negative = text.startsWith("-");
                int at = negative ? 1 : 0;
                String whole = digitsAt(text, at);
                boolean leadingZero = whole.length() > 1 && whole.startsWith("0");
                if (whole.isEmpty() || leadingZero) {
                    return null;
                }
                at += whole.length();

                String fraction = "";
                if (text.startsWith(".", at)) {
                    fraction = digitsAt(text, at + 1);
                    if (fraction.isEmpty()) {
                        return null;
                    }
                    at += 1 + fraction.length();
                }

                int exponent = 0;
                if (text.startsWith("e", at) || text.startsWith("E", at)) {
                    at++;
                    boolean down = text.startsWith("-", at);
                    if (down || text.startsWith("+", at)) {
                        at++;
                    }
                    String power = digitsAt(text, at);
                    if (power.isEmpty()) {
                        return null;
                    }
                    exponent = down ? -exponent(power) : exponent(power);
                    at += power.length();
                }

                if (at < text.length()) {
                    return null;
                }
                return new Decimal(negative, whole.concat(fraction), whole.length() + exponent);
            }

            private static int exponent(String digits) {
                int exponent = 0;
                for (int i = 0; i < digits.length(); i++) {
                    exponent = 10 * exponent + (digits.charAt(i) - '0');
                    exponent = Math.min(exponent, MAX_EXPONENT);
                }
                return exponent;
            }

            /** Returns how many digits there are up to the last one that is not 0. */
            int usedDigits() {
                int used = digits.length();
                while (used > 0 && digits.charAt(used - 1) == '0') {
                    used--;
                }
                return used;
            }

            /** Returns the number with its point moved to the left: 1234 without 3 is 1.234. */
            Decimal withoutDigits(int count) {
                return new Decimal(negative, digits, pointAt - count);
            }

            /** Returns the value of a digit; 0 past the last one. */
            int digit(int i) {
                return i < digits.length() ? digits.charAt(i) - '0' : 0;
            }
        }

        /** Returns the digits that begin there: of "12.5" at 0, these are "12". */
        private static String digitsAt(String text, int from) {
            int to = from;
            while (to < text.length() && isDigit(text.charAt(to))) {
                to++;
            }
            return text.substring(from, to);
        }

        private static boolean isDigit(char c) {
            return c >= '0' && c <= '9';
        }

        /** Writes a time in seconds, such as 660 or 0.25; null if it is missing or invalid. */
        static String seconds(long nanos) {
            if (nanos < 0 || nanos > FOREVER) {
                return null;
            }
            StringBuilder text = new StringBuilder();
            text.append(nanos / SECOND);
            long rest = nanos % SECOND;
            if (rest > 0) {
                text.append('.');
            }
            long place = SECOND / 10;
            while (rest > 0) {
                text.append(rest / place);
                rest %= place;
                place /= 10;
            }
            return text.toString();
        }

        /**
         * Reads a number of seconds as milliseconds; anything else becomes longer than any watch.
         */
        static long millis(String seconds) {
            return ageNanos(seconds) / 1_000_000;
        }

        /** Writes an instant in seconds since 1970, such as 1795340220.25; null before that. */
        static String timestamp(Instant instant) {
            if (instant.isBefore(Instant.EPOCH)) {
                return null;
            }
            String fraction = seconds(instant.getNano()).substring(1); // without its 0
            return Long.toString(instant.getEpochSecond()).concat(fraction);
        }

        /** Returns the time from one instant to the other, between -FOREVER and FOREVER. */
        static long nanosBetween(Instant from, Instant to) {
            long maxSeconds = FOREVER / SECOND + 1; // one more, for the part of a second
            long seconds = to.getEpochSecond() - from.getEpochSecond();
            seconds = Math.max(-maxSeconds, Math.min(seconds, maxSeconds));
            long nanos = seconds * SECOND + to.getNano() - from.getNano();
            return Math.max(-FOREVER, Math.min(nanos, FOREVER));
        }

        /**
         * Reads a date-time of RFC 3339, section 5.6, such as 2026-11-22T09:37:00.25+01:00, or
         * returns null if it is not one. A leap second is not one. Anything finer than a nanosecond
         * is cut off, which moves a tick or a date into the past and makes an age larger.
         */
        static Instant instant(String text) {
            if (!hasForm(text, 0, "0000-00-00T00:00:00")) {
                return null;
            }
            int offsetAt = offsetAt(text);
            String offset = text.substring(offsetAt);
            if (!isForm(offset, "Z") && !isForm(offset, "+00:00")) {
                return null;
            }
            if (!exists(text, offsetAt)) {
                return null;
            }
            LocalDateTime local = LocalDateTime.of(
                    number(text, 0, 4), number(text, 5, 7), number(text, 8, 10),
                    number(text, 11, 13), number(text, 14, 16), number(text, 17, 19),
                    fractionNanos(text, offsetAt));
            long offsetSeconds = offsetSeconds(text, offsetAt);
            return local.toInstant(ZoneOffset.UTC).minusSeconds(offsetSeconds);
        }

        /** Reads the instant that replaces now, rounded up, so that no age gets smaller. */
        static Instant instantRoundedUp(String text) {
            Instant instant = instant(text);
            if (instant == null || isWholeNanos(text)) {
                return instant;
            }
            return instant.plusNanos(1);
        }

        private static boolean isForm(String text, String form) {
            return text.length() == form.length() && hasForm(text, 0, form);
        }

        /** Returns whether that form begins there: 0 is any digit, + any sign, T and Z any case. */
        private static boolean hasForm(String text, int at, String form) {
            if (text.length() < at + form.length()) {
                return false;
            }
            for (int i = 0; i < form.length(); i++) {
                char c = text.charAt(at + i);
                boolean matches = switch (form.charAt(i)) {
                    case '0' -> isDigit(c);
                    case '+' -> c == '+' || c == '-';
                    case 'T' -> c == 'T' || c == 't';
                    case 'Z' -> c == 'Z' || c == 'z';
                    default -> c == form.charAt(i);
                };
                if (!matches) {
                    return false;
                }
            }
            return true;
        }

        /** Returns where the offset begins: after the seconds, or after their decimals. */
        private static int offsetAt(String text) {
            if (!hasForm(text, 19, ".0")) {
                return 19;
            }
            return 20 + digitsAt(text, 20).length();
        }

        private static boolean exists(String text, int offsetAt) {
            int month = number(text, 5, 7);
            if (month < 1 || month > 12) {
                return false;
            }
            int day = number(text, 8, 10);
            if (day < 1 || day > LocalDate.of(number(text, 0, 4), month, 1).lengthOfMonth()) {
                return false;
            }
            return isTimeOfDay(text, 11) && number(text, 17, 19) < 60
                    && (isUtc(text, offsetAt) || isTimeOfDay(text, offsetAt + 1));
        }

        /** Returns whether the 00:00 that begins there is a time from 00:00 to 23:59. */
        private static boolean isTimeOfDay(String text, int at) {
            return number(text, at, at + 2) < 24 && number(text, at + 3, at + 5) < 60;
        }

        private static boolean isUtc(String text, int offsetAt) {
            return hasForm(text, offsetAt, "Z");
        }

        /** Returns the nine decimals after the point at 19, or zeros for those that are missing. */
        private static int fractionNanos(String text, int offsetAt) {
            int nanos = 0;
            for (int i = 20; i < 20 + NANO_DIGITS; i++) {
                int digit = i < offsetAt ? text.charAt(i) - '0' : 0;
                nanos = 10 * nanos + digit;
            }
            return nanos;
        }

        /** Returns whether nothing of that instant is cut off. */
        private static boolean isWholeNanos(String text) {
            int offsetAt = offsetAt(text);
            for (int i = 20 + NANO_DIGITS; i < offsetAt; i++) {
                if (text.charAt(i) != '0') {
                    return false;
                }
            }
            return true;
        }

        private static long offsetSeconds(String text, int offsetAt) {
            if (isUtc(text, offsetAt)) {
                return 0;
            }
            long hours = number(text, offsetAt + 1, offsetAt + 3);
            long minutes = number(text, offsetAt + 4, offsetAt + 6);
            long seconds = 3600 * hours + 60 * minutes;
            return text.charAt(offsetAt) == '-' ? -seconds : seconds;
        }

        private static int number(String text, int from, int to) {
            return Integer.parseInt(text, from, to, 10);
        }
    }

    /**
     * Misspelling says what is wrong with a refused time, and how to write it. It is for people and
     * decides nothing: the time stays refused.
     *
     * @param fault   what to say about the member, such as "has a space instead of T"
     * @param instant the same moment as Time.instant() reads it; null if the text does not tell
     *
     */
    record Misspelling(String fault, String instant, Meaning meaning) {
        /** Meaning is what a text stands for, as far as one can tell. */
        enum Meaning { INSTANT, INSTANT_IF_UTC, NO_TICK, UNKNOWN }

        /** The earliest number taken for an epoch time: a smaller one may be anything. */
        private static final long YEAR_2000_NANOS = 946_684_800 * Time.SECOND;
        private static final long HALF_HOUR_NANOS = 1800 * Time.SECOND;
        /** A tick older than this may not be a fresh one by a local clock. */
        private static final long MAX_LOCAL_AGE_NANOS = 300 * Time.SECOND;
        /** The time zone that is furthest ahead of UTC is 14 hours ahead. */
        private static final int MAX_HALF_HOURS = 28;

        /** Returns what is wrong with a text, or null if it is not obvious. */
        static Misspelling of(String text) {
            String stripped = text.strip();
            String noTick = noTick(stripped);
            if (stripped.isEmpty()) {
                return new Misspelling("is empty", null, Meaning.UNKNOWN);
            }
            if (noTick != null) {
                return new Misspelling(noTick, null, Meaning.NO_TICK);
            }
            Misspelling epoch = epochTime(stripped);
            if (epoch != null) {
                return epoch;
            }
            Misspelling fix = fixTimestamp(stripped);
            if (fix != null) {
                return fix;
            }
            return new Parts(text).misspelling();
        }

        /** Returns whether a program wrote this because there was no tick yet. */
        boolean isNoTick() {
            return meaning == Meaning.NO_TICK;
        }

        /** Returns the time as it should be written, or null if the text is ambiguous. */
        String suggestion() {
            // Not a switch: every command would load one per enum.
            if (meaning == Meaning.INSTANT_IF_UTC) {
                return instant.concat(" if it is UTC, otherwise with its offset");
            }
            return instant;
        }

        /** Returns what to say about a time that programs write before any tick, or null. */
        private static String noTick(String text) {
            if (text.startsWith("0001-01-01")) {
                return "is the zero time of Go and .NET";
            }
            if (text.startsWith("0000-00-00")) {
                return "is the zero date of MySQL";
            }
            if (isBeginningOfEpoch(text)) {
                return "is the beginning of the Unix epoch";
            }
            return switch (text) {
                case "null" -> "is null as a text";
                case "NaT", "NaN", "None", "nil" -> "is ".concat(text);
                case "-62135596800", "-62135596800000", "-6795364578871345152" ->
                    "is the zero time of Go and .NET";
                default -> null;
            };
        }

        private static boolean isBeginningOfEpoch(String text) {
            Time.Decimal number = Time.Decimal.parse(text);
            if (number != null) {
                return number.usedDigits() == 0;
            }
            Misspelling found = new Parts(text).misspelling();
            String instant = found == null ? text : found.instant;
            return instant != null && Instant.EPOCH.equals(Time.instant(instant));
        }

        /**
         * Returns what a number of seconds, or fractions of a second, since 1970 means, or null.
         */
        private static Misspelling epochTime(String text) {
            Time.Decimal number = Time.Decimal.parse(text);
            if (number == null) {
                return null;
            }
            List<String> units = Arrays.asList("seconds", "milliseconds", "microseconds",
                    "nanoseconds");
            for (int i = 0; i < units.size(); i++) {
                long nanos = Time.nanos(number.withoutDigits(3 * i), Time.Rounding.DOWN);
                if (nanos >= YEAR_2000_NANOS && nanos < Time.FOREVER) {
                    String instant = Instant.EPOCH.plusNanos(nanos).toString();
                    return new Misspelling("is in epoch ".concat(units.get(i)), instant,
                            Meaning.INSTANT);
                }
            }
            return null;
        }

        /** Reads a UTC timestamp of FIX, such as 20261122-09:36:30.123. It is always UTC. */
        private static Misspelling fixTimestamp(String text) {
            if (!Time.hasForm(text, 0, "00000000-00:00:00")) {
                return null;
            }
            String instant = Text.fill("{}-{}-{}T{}Z", text.substring(0, 4), text.substring(4, 6),
                    text.substring(6, 8), text.substring(9));
            if (Time.instant(instant) == null) {
                return null;
            }
            return new Misspelling("is a FIX timestamp", instant, Meaning.INSTANT);
        }

        /**
         * Returns a time that is ahead with the offset that explains it, if local time may have
         * been written as UTC; otherwise null. That offset is the multiple of half an hour that
         * makes the time fresh.
         */
        static String asLocalTime(String text, long aheadNanos, long limitNanos) {
            long halfHours = (aheadNanos + HALF_HOUR_NANOS / 2) / HALF_HOUR_NANOS;
            long ageNanos = halfHours * HALF_HOUR_NANOS - aheadNanos;
            long mostNanos = Math.min(limitNanos, MAX_LOCAL_AGE_NANOS);
            boolean isFresh = ageNanos >= -Time.MAX_SKEW_NANOS && ageNanos <= mostNanos;
            if (halfHours < 1 || halfHours > MAX_HALF_HOURS || !isFresh) {
                return null;
            }
            int offsetAt = Time.offsetAt(text);
            boolean isUtc = Time.isUtc(text, offsetAt) || text.endsWith("00:00");
            if (!isUtc) {
                return null;
            }
            String hours = Long.toString(100 + halfHours / 2).substring(1); // two digits
            String minutes = halfHours % 2 == 0 ? "00" : "30";
            return Text.fill("{}+{}:{}", text.substring(0, offsetAt), hours, minutes);
        }

        /** Parts reads a date and time part by part, and notes which are written differently. */
        private static final class Parts {
            private final String text;
            private final List<String> faults = new ArrayList<>();
            /** The instant as it should be written, as far as it has been read. */
            private final StringBuilder instant = new StringBuilder();
            private Meaning meaning = Meaning.INSTANT;
            /** The offset of the next character. */
            private int at;

            Parts(String text) {
                this.text = text.strip();
                if (this.text.length() < text.length()) {
                    faults.add("white space around it");
                }
            }

            /** Returns what is wrong; null if nothing is, or if the text is not a date and time. */
            Misspelling misspelling() {
                if (!readDate() || !readTime() || !readOffset() || faults.isEmpty()) {
                    return null;
                }
                if (Time.instant(instant.toString()) == null) {
                    return null; // such as the 31st of November
                }
                String known = meaning == Meaning.UNKNOWN ? null : instant.toString();
                return new Misspelling("has ".concat(listed(faults)), known, meaning);
            }

            private boolean readDate() {
                return take("0000-00-00");
            }

            private boolean readTime() {
                if (skip(" ")) {
                    faults.add("a space instead of T");
                    instant.append('T');
                } else if (!take("T")) {
                    return false;
                }
                if (!take("00:00")) {
                    return false;
                }
                if (!take(":00")) {
                    faults.add("no seconds");
                    instant.append(":00");
                    return true;
                }
                if (Time.hasForm(text, at, ",0")) {
                    faults.add("a comma instead of a point");
                } else if (!Time.hasForm(text, at, ".0")) {
                    return true;
                }
                at++;
                String decimals = Time.digitsAt(text, at);
                instant.append('.').append(decimals);
                at += decimals.length();
                return true;
            }

            /** Reads everything after the time. */
            private boolean readOffset() {
                int bracketAt = text.indexOf('[', at);
                if (bracketAt < 0) {
                    return readOffset(text.substring(at));
                }
                String zone = text.substring(bracketAt + 1);
                if (!zone.endsWith("]") || !isZone(zone.substring(0, zone.length() - 1))) {
                    return false;
                }
                if (bracketAt > at) {
                    boolean isRead = readOffset(text.substring(at, bracketAt));
                    faults.add("a zone in brackets");
                    return isRead;
                }
                if (zone.equals("UTC]") || zone.equals("Z]")) {
                    faults.add("a zone in brackets");
                    instant.append('Z');
                    return true;
                }
                return readZone(zone.substring(0, zone.length() - 1));
            }

            private boolean readOffset(String rest) {
                String offset = rest.strip();
                if (offset.isEmpty()) {
                    faults.add("no offset");
                    instant.append('Z');
                    meaning = Meaning.INSTANT_IF_UTC;
                    return true;
                }
                if (isZone(offset) && offset.length() > 2) {
                    return readZone(offset);
                }
                if (rest.startsWith(" ")) {
                    faults.add("a space before its offset");
                }
                if (Time.isForm(offset, "Z")) {
                    instant.append('Z');
                    return true;
                }
                int spaceAt = offset.indexOf(' ');
                if (spaceAt < 0) {
                    return readNumericOffset(offset);
                }
                return readNumericOffset(offset.substring(0, spaceAt))
                        && readZoneBehindOffset(offset.substring(spaceAt + 1));
            }

            private boolean readNumericOffset(String offset) {
                if (Time.isForm(offset, "+00:00")) {
                    instant.append(offset);
                    return true;
                }
                if (Time.isForm(offset, "+0000")) {
                    faults.add("an offset without a colon");
                    instant.append(offset, 0, 3).append(':').append(offset, 3, 5);
                    return true;
                }
                if (Time.isForm(offset, "+00")) {
                    faults.add("an offset without minutes");
                    instant.append(offset).append(":00");
                    return true;
                }
                return false;
            }

            /** Reads the zone as Go writes it, which may precede a monotonic clock reading. */
            private boolean readZoneBehindOffset(String rest) {
                int clockAt = rest.indexOf(" m=");
                String zone = clockAt < 0 ? rest : rest.substring(0, clockAt);
                faults.add("a zone name after its offset");
                return isZone(zone);
            }

            /** Reads a zone in place of an offset. Only UTC's is known. */
            private boolean readZone(String zone) {
                String upper = zone.toUpperCase(Locale.ROOT);
                instant.append('Z');
                if (upper.equals("UTC") || upper.equals("GMT")) {
                    faults.add(upper.concat(" instead of Z"));
                    return true;
                }
                faults.add("a zone name instead of an offset");
                meaning = Meaning.UNKNOWN;
                return true;
            }

            /** Returns whether a text looks like UTC, CET, Europe/Berlin or Etc/GMT-1. */
            private static boolean isZone(String text) {
                for (int i = 0; i < text.length(); i++) {
                    char c = text.charAt(i);
                    boolean isLetter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
                    boolean isOther = i > 0 && "/_+-0123456789".indexOf(c) >= 0;
                    if (!isLetter && !isOther) {
                        return false;
                    }
                }
                return !text.isEmpty();
            }

            /** Takes what has that form, see Time.hasForm(), or returns false. */
            private boolean take(String form) {
                if (!Time.hasForm(text, at, form)) {
                    return false;
                }
                instant.append(text, at, at + form.length());
                at += form.length();
                return true;
            }

            private boolean skip(String word) {
                if (!text.startsWith(word, at)) {
                    return false;
                }
                at += word.length();
                return true;
            }

            /** Returns "a", "a and b" or "a, b and c". */
            private static String listed(List<String> words) {
                int last = words.size() - 1;
                if (last == 0) {
                    return words.get(0);
                }
                String others = String.join(", ", words.subList(0, last));
                return Text.fill("{} and {}", others, words.get(last));
            }
        }
    }

    /** Figures is how a report writes times. */
    enum Figures {
        /** For programs: every digit. */
        EXACT,
        /**
         * For people: at most three decimals, and a long time in days, hours and minutes, too. An
         * age is rounded up and a limit down, so that an age above its limit looks that way.
         */
        READABLE;

        private static final long MILLISECOND = Time.SECOND / 1_000;
        private static final long MINUTE = 60 * Time.SECOND;
        private static final long HOUR = 60 * MINUTE;
        private static final long DAY = 24 * HOUR;
        /** From here on, a bare number of seconds tells people little. */
        private static final long LONG_TIME = 10_000 * Time.SECOND;

        /** Writes an age that is shown beside its limit; "?" if it is missing or invalid. */
        String age(long ageNanos, long limitNanos) {
            if (this == EXACT || ageNanos > limitNanos) {
                return roundedUp(ageNanos);
            }
            // Rounded separately, an age within its limit could look older than the limit.
            long roundedNanos = Math.min(up(ageNanos), down(limitNanos));
            return written(roundedNanos);
        }

        /** Writes a limit, such as "90s"; "?" if there is none. */
        String limit(long limitNanos) {
            return written(this == EXACT ? limitNanos : down(limitNanos));
        }

        /** Writes a time that may look longer than it is, but never shorter. */
        String roundedUp(long nanos) {
            return written(this == EXACT ? nanos : up(nanos));
        }

        private static long up(long nanos) {
            long rest = nanos % MILLISECOND;
            if (rest <= 0 || nanos > Time.FOREVER) {
                return nanos;
            }
            return nanos - rest + MILLISECOND;
        }

        /** Rounds down, but never to zero: 0 is not a limit. */
        private static long down(long nanos) {
            if (nanos < MILLISECOND) {
                return nanos;
            }
            return nanos - nanos % MILLISECOND;
        }

        private String written(long nanos) {
            String seconds = Time.seconds(nanos);
            if (seconds == null) {
                return "?";
            }
            if (this == EXACT || nanos < LONG_TIME) {
                return seconds.concat("s");
            }
            StringBuilder units = new StringBuilder();
            append(units, nanos / DAY, 'd');
            append(units, nanos % DAY / HOUR, 'h');
            append(units, nanos % HOUR / MINUTE, 'm');
            return Text.fill("{}s ({})", seconds, units);
        }

        private static void append(StringBuilder units, long count, char unit) {
            if (count == 0) {
                return;
            }
            if (units.length() > 0) {
                units.append(' ');
            }
            units.append(count).append(unit);
        }
    }

    // ---- Calendar ----

    /**
     * Session is a time of day in which a market is open, in minutes after midnight. The end is not
     * part of it.
     */
    record Session(int startMinute, int endMinute) {
        private static final String FORM = "00:00-00:00";
        private static final int DAY_MINUTES = 24 * 60;
        private static final long MINUTE_NANOS = 60 * Time.SECOND;

        /** Reads a session such as 09:30-16:00 that stands in a string at that offset. */
        static Session parse(String text, Json in, int at) {
            if (!Time.isForm(text, FORM)) {
                throw in.error(at, "expected a session like 09:30-16:00, found {}",
                        Json.shortened(text));
            }
            Session session = new Session(minute(text, 0, in, at), minute(text, 6, in, at));
            if (session.endMinute <= session.startMinute) {
                throw in.error(at, "expected a session that ends after it begins, found {}; split"
                        + " one that crosses midnight in two, up to 24:00 and from 00:00", text);
            }
            return session;
        }

        private static int minute(String text, int from, Json in, int at) {
            int hours = Time.number(text, from, from + 2);
            int minutes = Time.number(text, from + 3, from + 5);
            int minute = 60 * hours + minutes;
            if (minutes > 59 || minute > DAY_MINUTES) {
                throw in.error(at, "expected a time from 00:00 to 24:00, found {}",
                        text.substring(from, from + 5));
            }
            return minute;
        }

        boolean overlaps(Session other) {
            return startMinute < other.endMinute && other.startMinute < endMinute;
        }

        long startNanos() {
            return startMinute * MINUTE_NANOS;
        }

        long endNanos() {
            return endMinute * MINUTE_NANOS;
        }

        @Override public String toString() {
            return Text.fill("{}-{}", clockTime(startMinute), clockTime(endMinute));
        }

        private static String clockTime(int minute) {
            return Text.fill("{}:{}", Calendar.twoDigits(minute / 60),
                    Calendar.twoDigits(minute % 60));
        }
    }

    /** Hours are the sessions of one day, in their order. Times of day are nanoseconds. */
    static final class Hours {
        static final long NONE = -1;

        private final List<Session> sessions = new ArrayList<>();
        private long openNanos;

        /** Adds a session. Returns null, or the session that overlaps it. */
        Session add(Session session) {
            int place = 0;
            for (Session other : sessions) {
                if (other.overlaps(session)) {
                    return other;
                }
                if (other.startMinute() < session.startMinute()) {
                    place++;
                }
            }
            sessions.add(place, session);
            openNanos += session.endNanos() - session.startNanos();
            return null;
        }

        /** Returns how long the market is open on such a day. */
        long openNanos() {
            return openNanos;
        }

        /** Returns how long it has been open on this day until that time. */
        long openNanosBefore(long timeNanos) {
            long beforeNanos = 0;
            for (Session session : sessions) {
                long endNanos = Math.min(session.endNanos(), timeNanos);
                beforeNanos += Math.max(0, endNanos - session.startNanos());
            }
            return beforeNanos;
        }

        /** Returns the first open time at or after that one, or NONE. */
        long openFrom(long timeNanos) {
            for (Session session : sessions) {
                if (timeNanos < session.endNanos()) {
                    return Math.max(timeNanos, session.startNanos());
                }
            }
            return NONE;
        }

        /**
         * Returns the first time by which it has been open that long: more than 0, at most the
         * whole day.
         */
        long whenOpenFor(long nanos) {
            long restNanos = nanos;
            for (Session session : sessions) {
                long lengthNanos = session.endNanos() - session.startNanos();
                if (restNanos <= lengthNanos) {
                    return session.startNanos() + restNanos;
                }
                restNanos -= lengthNanos;
            }
            throw new IllegalStateException("not open for so long on this day");
        }
    }

    /**
     * Calendar is when a market is open. It decides who is paged, never what may run.
     *
     * <p>An instant is in session if its date and time in the calendar's zone lie in a session. So
     * an hour that the zone skips has no time, and one that it repeats counts twice. Between two
     * changes of the zone's offset, local time runs as evenly as the clock: such a stretch is
     * measured in local days and whole weeks. So thirty years take some sixty steps.
     *
     * <p>The rules of a zone are loaded when the first of these questions is asked: that takes half
     * as long as a start. A gate in text asks none of them.
     *
     */
    static final class Calendar {
        private static final List<String> MEMBERS = Arrays.asList("zone", "open", "dates");
        private static final List<String> WEEKDAYS = Arrays.asList(
                "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");
        private static final int WEEK = 7;
        /** The weekday of local day 0, which is 1970-01-01. */
        private static final int THURSDAY = 3;
        private static final long DAY_SECONDS = 86_400;

        private String zone;
        /** The rules of the zone; null until they are needed. */
        private ZoneRules rules;
        private final Hours[] week = new Hours[WEEK];
        private long weekNanos;
        /** Dates with their own hours, by local day. */
        private final TreeMap<Long, Hours> dates = new TreeMap<>();

        private Calendar() {
            for (int i = 0; i < WEEK; i++) {
                week[i] = new Hours();
            }
        }

        // Reading.

        /** Reads the calendars of a baseline, by their names. */
        static Map<String, Calendar> readAll(Json in) {
            Map<String, Calendar> calendars = new LinkedHashMap<>();
            in.enterObject("an object of calendars, each with its name");
            while (in.member()) {
                String name = in.name();
                if (State.isNote(name)) {
                    in.skip();
                    continue;
                }
                if (!State.isName(name)) {
                    throw in.error(in.nameAt(), "expected a name, a string of 1 to {} characters",
                            MAX_NAME_CHARS);
                }
                Calendar calendar = new Calendar();
                calendar.read(in);
                calendars.put(name, calendar);
            }
            return calendars;
        }

        private void read(Json in) {
            int at = in.at();
            in.enterObject("a calendar, an object with zone and open");
            while (in.member()) {
                switch (in.name()) {
                    case "zone" -> zone = readZone(in);
                    case "open" -> readWeek(in);
                    case "dates" -> readDates(in);
                    default -> State.skipOther(in, Role.baseline, MEMBERS);
                }
            }
            if (zone == null) {
                throw in.error(at, "expected a member named \"zone\"");
            }
            if (weekNanos == 0) {
                throw in.error(at, "expected a member named \"open\"");
            }
        }

        private static String readZone(Json in) {
            int at = in.at();
            String zone = readText(in, "a zone like America/New_York, or UTC");
            if (!Zones.exists(zone)) {
                throw in.error(at, "unknown zone: {}{}", Json.shortened(zone),
                        Zones.suggestion(zone));
            }
            return zone;
        }

        private static String readText(Json in, String expected) {
            if (!in.isString()) {
                throw in.error(in.at(), "expected {}", expected);
            }
            return in.string();
        }

        private void readWeek(Json in) {
            int at = in.at();
            in.enterArray("an array of sessions like \"Mon-Fri 09:30-16:00\"");
            while (in.element()) {
                readWeekSession(in);
            }
            for (Hours hours : week) {
                weekNanos += hours.openNanos();
            }
            if (weekNanos == 0) {
                throw in.error(at, "expected at least one session, like Mon-Fri 09:30-16:00");
            }
        }

        /** Reads a session of one or more weekdays, such as "Mon-Fri 09:30-16:00". */
        private void readWeekSession(Json in) {
            int at = in.at();
            String text = readText(in, "a session like Mon-Fri 09:30-16:00");
            int space = text.indexOf(' ');
            if (space < 0) {
                throw in.error(at, "expected weekdays and times like Mon-Fri 09:30-16:00,"
                        + " found {}", Json.shortened(text));
            }
            String range = text.substring(0, space);
            int hyphen = range.indexOf('-');
            int first = weekday(hyphen < 0 ? range : range.substring(0, hyphen), in, at);
            int last = hyphen < 0 ? first : weekday(range.substring(hyphen + 1), in, at);
            if (hyphen >= 0 && first == last) {
                throw in.error(at, "expected two different weekdays, found {}", range);
            }
            Session session = Session.parse(text.substring(space + 1), in, at);
            int days = Math.floorMod(last - first, WEEK); // a range may wrap, as Sun-Thu does
            for (int i = 0; i <= days; i++) {
                int day = (first + i) % WEEK;
                addTo(week[day], session, WEEKDAYS.get(day), in, at);
            }
        }

        private static int weekday(String name, Json in, int at) {
            int weekday = WEEKDAYS.indexOf(name);
            if (weekday < 0) {
                throw in.error(at, "unknown weekday: {}{}", Json.shortened(name),
                        Text.suggestion(name, WEEKDAYS));
            }
            return weekday;
        }

        private static void addTo(Hours hours, Session session, String day, Json in, int at) {
            Session other = hours.add(session);
            if (other != null) {
                throw in.error(at, "two sessions on {} overlap: {} and {}", day, other, session);
            }
        }

        private void readDates(Json in) {
            in.enterObject("an object of dates, each with an array of sessions");
            while (in.member()) {
                String date = in.name();
                if (State.isNote(date)) {
                    in.skip();
                    continue;
                }
                long day = day(date, in);
                Hours hours = new Hours();
                in.enterArray("an array of sessions like \"09:30-13:00\", empty for a holiday");
                while (in.element()) {
                    int at = in.at();
                    String text = readText(in, "a session like 09:30-13:00");
                    addTo(hours, Session.parse(text, in, at), date, in, at);
                }
                dates.put(day, hours);
            }
        }

        /** Returns the local day of a date such as 2026-11-26. */
        private static long day(String date, Json in) {
            if (!Time.isForm(date, "0000-00-00")) {
                throw in.error(in.nameAt(), "expected a date like 2026-11-26, found {}",
                        Json.shortened(date));
            }
            int year = Time.number(date, 0, 4);
            int month = Time.number(date, 5, 7);
            int day = Time.number(date, 8, 10);
            boolean exists = month >= 1 && month <= 12 && day >= 1
                    && day <= LocalDate.of(year, month, 1).lengthOfMonth();
            if (!exists) {
                throw in.error(in.nameAt(), "there is no date {}", date);
            }
            return LocalDate.of(year, month, day).toEpochDay();
        }

        // What a calendar answers.

        /** Returns whether the market is open at that instant. */
        boolean isOpen(Instant now) {
            Local local = Local.of(now, rules().getOffset(now));
            return hours(local.day()).openFrom(local.timeNanos()) == local.timeNanos();
        }

        /**
         * Returns how much of the time from one instant to the other falls into sessions. Of a time
         * above Time.FOREVER, only its end counts.
         */
        long openNanosBetween(Instant from, Instant to) {
            long openNanos = 0;
            Instant at = to.minusNanos(Time.FOREVER);
            if (at.isBefore(from)) {
                at = from;
            }
            while (at.isBefore(to)) {
                Stretch stretch = stretch(at, to);
                openNanos += openNanos(stretch);
                at = stretch.to();
            }
            return openNanos;
        }

        /**
         * Returns when the market opens, or null while it is open. Each day closed by a date takes
         * one step, so this terminates; an opening further away than Time.FOREVER is cut to it.
         */
        Instant opensAt(Instant now) {
            if (isOpen(now)) {
                return null;
            }
            Instant end = now.plusNanos(Time.FOREVER);
            Instant at = now;
            while (at.isBefore(end)) {
                Stretch stretch = stretch(at, end);
                Local opening = opening(stretch);
                if (opening != null) {
                    return opening.toInstant(stretch.offset());
                }
                at = stretch.to();
            }
            return end;
        }

        /**
         * Returns the first instant by which the market has been open that long since the given
         * one, or null if that takes more than Time.FOREVER.
         */
        Instant whenInSession(Instant from, long openNanos) {
            if (openNanos <= 0) {
                return from;
            }
            Instant end = from.plusNanos(Time.FOREVER);
            long restNanos = openNanos;
            Instant at = from;
            while (at.isBefore(end)) {
                Stretch stretch = stretch(at, end);
                long stretchNanos = openNanos(stretch);
                if (stretchNanos >= restNanos) {
                    return whenOpenFor(stretch.localFrom(), restNanos).toInstant(stretch.offset());
                }
                restNanos -= stretchNanos;
                at = stretch.to();
            }
            return null;
        }

        /**
         * Returns until when the absence of ticks is expected: "market closed until Mon 09:30
         * America/New_York" or, while it is open, "first tick due by 09:31:25".
         *
         * @param event      what is to come: a tick or a heartbeat
         * @param last       when the newest one came
         * @param limitNanos how old it may get in session
         *
         */
        String silence(String event, Instant last, Instant now, long limitNanos) {
            Instant opening = opensAt(now);
            if (opening != null) {
                return Text.fill("market closed until {}{} {}", weekday(opening, now),
                        clockTime(opening, false), zone);
            }
            Instant due = whenInSession(now, limitNanos - openNanosBetween(last, now));
            if (due == null) {
                return "market open";
            }
            boolean isToday = local(due).day() == local(now).day();
            String weekday = isToday ? "" : weekday(due, now);
            return Text.fill("first {} due by {}{}", event, weekday, clockTime(due, true));
        }

        /** Returns a weekday, such as "Mon ", with the date if the same weekday comes sooner. */
        private String weekday(Instant instant, Instant now) {
            long day = local(instant).day();
            String weekday = WEEKDAYS.get(weekday(day));
            if (day - local(now).day() < WEEK) {
                return weekday.concat(" ");
            }
            return Text.fill("{} {} ", weekday, LocalDate.ofEpochDay(day));
        }

        /** Returns a local time such as 09:30 or 09:31:25, without fractions of a second. */
        private String clockTime(Instant instant, boolean withSeconds) {
            int seconds = (int) (local(instant).timeNanos() / Time.SECOND);
            String minutes = Text.fill("{}:{}", twoDigits(seconds / 3600),
                    twoDigits(seconds / 60 % 60));
            if (!withSeconds && seconds % 60 == 0) {
                return minutes;
            }
            return Text.fill("{}:{}", minutes, twoDigits(seconds % 60));
        }

        static String twoDigits(int number) {
            String digits = Integer.toString(number);
            return number < 10 ? "0".concat(digits) : digits;
        }

        // Local time.

        /** Local is a date and a time without a zone: the days since 1970-01-01, and the rest. */
        private record Local(long day, long timeNanos) {
            static Local of(Instant instant, ZoneOffset offset) {
                long seconds = instant.getEpochSecond() + offset.getTotalSeconds();
                long rest = Math.floorMod(seconds, DAY_SECONDS);
                long nanos = rest * Time.SECOND + instant.getNano();
                return new Local(Math.floorDiv(seconds, DAY_SECONDS), nanos);
            }

            Instant toInstant(ZoneOffset offset) {
                long seconds = day * DAY_SECONDS - offset.getTotalSeconds();
                return Instant.ofEpochSecond(seconds, timeNanos);
            }

            boolean isBefore(Local other) {
                if (day != other.day) {
                    return day < other.day;
                }
                return timeNanos < other.timeNanos;
            }
        }

        /** Stretch is a time in which the zone keeps one offset. */
        private record Stretch(Instant from, Instant to, ZoneOffset offset) {
            Local localFrom() {
                return Local.of(from, offset);
            }

            /** Returns the local time of the end as it is before the offset changes there. */
            Local localTo() {
                return Local.of(to, offset);
            }
        }

        private ZoneRules rules() {
            if (rules == null) {
                rules = ZoneId.of(zone).getRules();
            }
            return rules;
        }

        private Local local(Instant instant) {
            return Local.of(instant, rules().getOffset(instant));
        }

        /** Returns the stretch that begins there, cut at that end. */
        private Stretch stretch(Instant from, Instant end) {
            ZoneOffset offset = rules().getOffset(from);
            ZoneOffsetTransition change = rules().nextTransition(from);
            if (change == null || end.isBefore(change.getInstant())) {
                return new Stretch(from, end, offset);
            }
            return new Stretch(from, change.getInstant(), offset);
        }

        private static int weekday(long day) {
            return (int) Math.floorMod(day + THURSDAY, (long) WEEK);
        }

        private Hours hours(long day) {
            Hours ofDate = dates.get(day);
            return ofDate == null ? week[weekday(day)] : ofDate;
        }

        private long openNanos(Stretch stretch) {
            Local from = stretch.localFrom();
            Local to = stretch.localTo();
            return openNanosOfDays(from.day(), to.day())
                    - hours(from.day()).openNanosBefore(from.timeNanos())
                    + hours(to.day()).openNanosBefore(to.timeNanos());
        }

        /** Returns how long the market is open on these whole days; the last one is left out. */
        private long openNanosOfDays(long from, long to) {
            long weeks = (to - from) / WEEK;
            long openNanos = weeks * weekNanos;
            for (long day = from + weeks * WEEK; day < to; day++) {
                openNanos += week[weekday(day)].openNanos();
            }
            for (Map.Entry<Long, Hours> date : dates.subMap(from, to).entrySet()) {
                openNanos -= week[weekday(date.getKey())].openNanos();
                openNanos += date.getValue().openNanos();
            }
            return openNanos;
        }

        /** Returns the first open time of a stretch, or null if it has none. */
        private Local opening(Stretch stretch) {
            Local to = stretch.localTo();
            Local at = stretch.localFrom();
            while (at.isBefore(to)) {
                long openNanos = hours(at.day()).openFrom(at.timeNanos());
                if (openNanos != Hours.NONE) {
                    Local opening = new Local(at.day(), openNanos);
                    return opening.isBefore(to) ? opening : null;
                }
                at = new Local(at.day() + 1, 0);
            }
            return null;
        }

        /** Returns when the market has been open that long (more than 0), by local time alone. */
        private Local whenOpenFor(Local from, long openNanos) {
            long day = from.day();
            long restNanos = openNanos + hours(day).openNanosBefore(from.timeNanos());
            while (restNanos > hours(day).openNanos()) {
                restNanos -= hours(day).openNanos();
                day++;
            }
            return new Local(day, hours(day).whenOpenFor(restNanos));
        }
    }

    /** Zones knows which time zones exist, without loading one. */
    static final class Zones {
        private static final String UTC = "UTC";

        private Zones() { }

        /**
         * Returns whether this is a zone such as America/New_York, or UTC. Asking Java takes a
         * third as long as a start, so its file of zones is searched first, and Java is asked only
         * about what is not found there.
         */
        static boolean exists(String zone) {
            if (zone.equals(UTC)) {
                return true;
            }
            if (zone.indexOf('/') < 0) {
                return false;
            }
            return isInFile(zone) || ZoneRulesProvider.getAvailableZoneIds().contains(zone);
        }

        /** The file begins with its form, its name, its versions, and the names of its zones. */
        static boolean isInFile(String zone) {
            Path file = Path.of(System.getProperty("java.home"), "lib", "tzdb.dat");
            try (DataInputStream in = new DataInputStream(new BufferedInputStream(
                    new FileInputStream(file.toFile()), CHUNK_BYTES))) {
                if (in.readByte() != 1 || !in.readUTF().equals("TZDB")) {
                    return false;
                }
                for (int versions = in.readUnsignedShort(); versions > 0; versions--) {
                    in.readUTF();
                }
                for (int zones = in.readUnsignedShort(); zones > 0; zones--) {
                    if (in.readUTF().equals(zone)) {
                        return true;
                    }
                }
                return false;
            } catch (IOException e) {
                return false; // Java is asked instead
            }
        }

        /** Returns which zone an unknown name may mean. */
        static String suggestion(String zone) {
            List<String> known = new ArrayList<>();
            for (String name : ZoneRulesProvider.getAvailableZoneIds()) {
                if (name.indexOf('/') >= 0) {
                    known.add(name);
                }
            }
            Collections.sort(known);
            String city = "/".concat(zone);
            for (String name : known) {
                if (name.endsWith(city)) {
                    return Text.fill("; did you mean {}?", name);
                }
            }
            String nearest = Text.suggestion(zone, known);
            if (zone.isEmpty() || nearest.isEmpty()) {
                return "; expected a zone like America/New_York, or UTC";
            }
            return nearest;
        }
    }

    // ---- Files ----

    /** Splice replaces the bytes of a document between two offsets with a text. */
    record Splice(int from, int to, byte[] text) implements Comparable<Splice> {
        @Override public int compareTo(Splice other) {
            return Integer.compare(from, other.from);
        }
    }

    /** Document is a file's content, read whole. */
    static final class Document {
        private final String label;
        /** The content with a zero byte after it, so that a reader need not check for the end. */
        private final byte[] bytes;

        private Document(String label, byte[] bytes) {
            this.label = label;
            this.bytes = bytes;
        }

        static Document of(String label, String text) {
            return of(label, text.getBytes(StandardCharsets.UTF_8));
        }

        static Document of(String label, byte[] content) {
            checkSize(content.length, label);
            return new Document(label, Arrays.copyOf(content, content.length + 1));
        }

        /** Reads standard input to its end. */
        static Document read(InputStream standardInput) throws IOException {
            return of("standard input", standardInput.readNBytes(MAX_FILE_BYTES + 1));
        }

        private static int checkSize(long size, String name) {
            if (size > MAX_FILE_BYTES) {
                throw new DataException("{} is larger than {} MiB", name, MAX_FILE_BYTES >> 20);
            }
            return (int) size;
        }

        /** Returns whether a file holds exactly this document. */
        boolean isIn(RandomAccessFile file) throws IOException {
            byte[] piece = new byte[Math.min(bytes.length, CHUNK_BYTES)];
            int at = 0;
            file.seek(0);
            while (true) {
                int read = file.read(piece, 0, piece.length);
                if (read < 0) {
                    return at == length();
                }
                if (read > length() - at
                        || !Arrays.equals(bytes, at, at + read, piece, 0, read)) {
                    return false;
                }
                at += read;
            }
        }

        /** Returns a copy with these splices, which are sorted and do not overlap. */
        Document with(List<Splice> splices) {
            long length = length();
            for (Splice splice : splices) {
                length += splice.text().length - (splice.to() - splice.from());
            }
            int checkedLength = checkSize(length, "the new state");
            ByteBuffer copy = ByteBuffer.allocate(checkedLength + 1);
            int from = 0;
            for (Splice splice : splices) {
                copy.put(bytes, from, splice.from() - from).put(splice.text());
                from = splice.to();
            }
            copy.put(bytes, from, bytes.length - from); // with the zero byte
            return new Document(label, copy.array());
        }

        boolean hasSameContent(Document other) {
            return other != null && Arrays.equals(bytes, other.bytes);
        }

        String label() {
            return label;
        }

        int length() {
            return bytes.length - 1;
        }

        /** Returns a byte, or 0 at the end. */
        byte byteAt(int at) {
            return bytes[at];
        }

        String text() {
            return text(0, length());
        }

        String text(int from, int to) {
            return new String(bytes, from, to - from, StandardCharsets.UTF_8);
        }

        /** Returns a text with one character for each byte. */
        String latin1(int from, int to) {
            return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
        }

        void writeTo(OutputStream out) throws IOException {
            out.write(bytes, 0, length());
        }

        /** Returns the offset after the value that begins there. */
        int end(int valueAt) {
            Json in = new Json(this, valueAt);
            in.skip();
            return in.at();
        }

        /** Returns a cursor at the entry of a feed, or at the top if that is null. */
        Json objectOf(Feed feed) {
            return new Json(this, feed == null ? 0 : feed.at());
        }

        /** Returns a member's JSON text, of the top if feed is null; null if it is absent. */
        String member(Feed feed, String name) {
            Json in = objectOf(feed);
            in.enterObject("an object");
            while (in.member()) {
                if (in.name().equals(name)) {
                    return in.valueText();
                }
                in.skip();
            }
            return null;
        }

        /** Returns the offset of the first byte that is not UTF-8, or -1 if all are. */
        int invalidUtf8At() {
            CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
            ByteBuffer in = ByteBuffer.wrap(bytes);
            CharBuffer ignored = CharBuffer.allocate(UTF8_CHUNK_CHARS);
            CoderResult result = decoder.decode(in, ignored, true);
            while (result.isOverflow()) {
                ignored.clear(); // only decoding errors matter here
                result = decoder.decode(in, ignored, true);
            }
            return in.hasRemaining() ? in.position() : -1;
        }

        String sha256() {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                digest.update(bytes, 0, length());
                return HexFormat.of().formatHex(digest.digest());
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e); // every JDK must have it
            }
        }
    }

    /**
     * InputFile is a regular file that is read twice through one descriptor, because a writer that
     * rewrites it in place may have been halfway through during the first read. If another file is
     * renamed over it in the meantime, that does no harm: the opened one is whole.
     */
    static final class InputFile implements AutoCloseable {
        private final String name;
        private final Path path;
        private final BasicFileAttributes attributes;
        private final RandomAccessFile file;

        private InputFile(String name, Path path, BasicFileAttributes attributes,
                RandomAccessFile file) {
            this.name = name;
            this.path = path;
            this.attributes = attributes;
            this.file = file;
        }

        static InputFile open(String name) throws IOException {
            Path path = Disk.path(name);
            BasicFileAttributes attributes =
                    Files.readAttributes(path, BasicFileAttributes.class);
            if (attributes.isDirectory()) {
                throw new DataException("{} is a directory; expected a file", name);
            }
            if (!attributes.isRegularFile()) {
                // A FIFO or a device could block forever, or never end.
                throw new DataException("{} is not a regular file; to read from a pipe use"
                        + " --state -",
                        name);
            }
            if (!Files.isReadable(path)) {
                throw new AccessDeniedException(name); // else the message would have the name twice
            }
            return new InputFile(name, path, attributes,
                    new RandomAccessFile(path.toFile(), "r"));
        }

        /** Returns the content, or null if its length changes in the meantime. */
        Document read() throws IOException {
            int length = Document.checkSize(file.length(), name);
            byte[] bytes = new byte[length + 1]; // with room for one extra byte
            int at = 0;
            while (at < bytes.length) {
                int read = file.read(bytes, at, Math.min(bytes.length - at, CHUNK_BYTES));
                if (read < 0) {
                    break;
                }
                at += read;
            }
            return at == length ? new Document(name, bytes) : null;
        }

        static DataException changed(String name) {
            return new DataException("{} changed while it was read; make the producer write"
                    + " a new file and rename it over the old one", name);
        }

        /**
         * Returns whether the file stays as it was read for that long, or for longer if it was just
         * written. Each check follows a pause, which gives a writer its turn: without one, both
         * reads could see the same moment.
         */
        boolean stillHolds(Document document, long stableNanos) throws IOException {
            FileTime modified = attributes.lastModifiedTime();
            long neededNanos = Math.max(stableNanos, unclearNanos(modified, Instant.now()));
            if (!staysFor(document, neededNanos)) {
                return false;
            }
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            boolean isReplaced = !Objects.equals(attributes.fileKey(), now.fileKey());
            if (isReplaced) {
                // The time of the opened file is unknown now, so it must stay unchanged for longer.
                return staysFor(document, FILE_TIME_STEP_NANOS);
            }
            return modified.equals(now.lastModifiedTime());
        }

        /**
         * Checks several times: a single check may be torn like the read, and see the same bytes.
         */
        private boolean staysFor(Document document, long nanos) throws IOException {
            for (int i = 0; i < STABILITY_CHECKS; i++) {
                LockSupport.parkNanos(nanos / STABILITY_CHECKS);
                if (!document.isIn(file)) {
                    return false;
                }
            }
            return true;
        }

        /**
         * Returns how long a change may still leave the file's time as it is, because the clock
         * that dates files moves in steps: 0 unless the file was just written.
         */
        static long unclearNanos(FileTime modified, Instant now) {
            Instant time = modified.toInstant();
            boolean hasWholeSeconds = time.getNano() == 0;
            long stepNanos = hasWholeSeconds ? WHOLE_SECONDS_STEP_NANOS : FILE_TIME_STEP_NANOS;
            long ageNanos = Time.nanosBetween(time, now);
            if (ageNanos < 0) {
                return FILE_TIME_STEP_NANOS; // dated by another clock, or by hand
            }
            return Math.max(0, stepNanos - ageNanos + 1);
        }

        @Override public void close() throws IOException {
            file.close();
        }
    }

    /**
     * Guarded is work that must leave nothing behind if a signal ends the process. Two threads meet
     * here: the one that does the work, and the one that the JVM starts when it ends. Each step
     * that would leave something behind holds the monitor, so the JVM's thread runs before or after
     * it. If it runs before, the step never begins.
     */
    abstract static class Guarded implements AutoCloseable {
        private final Thread shutdownHook = new ShutdownHook();
        private boolean processEnds;

        Guarded() {
            try {
                Runtime.getRuntime().addShutdownHook(shutdownHook);
            } catch (IllegalStateException e) {
                processEnds = true; // the JVM takes no more hooks once it ends
            }
        }

        /** Undoes unfinished work. It is called with the monitor held, possibly twice. */
        abstract void undo() throws IOException;

        /** If the process is ending, waits for that: nobody would clean up what is begun now. */
        final synchronized void waitIfProcessEnds() throws IOException {
            try {
                while (processEnds) {
                    wait();
                }
            } catch (InterruptedException e) {
                throw new InterruptedIOException();
            }
        }

        /** Runs in the shutdown hook. No step begins after it. */
        final synchronized void endOfProcess() {
            processEnds = true;
            try {
                undo();
            } catch (IOException e) {
                // What is there stays, and there is nowhere left to report this.
            }
        }

        @Override public void close() throws IOException {
            try {
                Runtime.getRuntime().removeShutdownHook(shutdownHook);
            } catch (IllegalStateException e) {
                // The process ends, and the hook runs or has run.
            }
        }

        private final class ShutdownHook extends Thread {
            @Override public void run() {
                endOfProcess();
            }
        }
    }

    /**
     * Delivery puts a new file in its target's place, and appends the line that records the work:
     * whole or not at all, and both or neither. Only SIGKILL or a power cut can come between the
     * two. If the document goes to standard output, a signal after it still takes the line back.
     *
     * <pre>
     * try (Delivery delivery = new Delivery()) {
     *     delivery.create(target, document);
     *     delivery.append(record, line);
     *     delivery.commit();
     * }
     * </pre>
     *
     * It is PENDING until commit() has renamed the new file, and DONE from then on. If it is closed
     * earlier, or the process ends earlier, it is UNDONE: the new file is deleted, and the line is
     * cut off again.
     */
    static final class Delivery extends Guarded {
        private enum Stage { PENDING, DONE, UNDONE }

        private Stage stage = Stage.PENDING;
        private NewFile newFile;
        private RecordFile record;

        /** Creates the new file beside its target, ready to be written. */
        synchronized OutputStream create(Path target) throws IOException {
            waitIfProcessEnds();
            newFile = new NewFile(target);
            return newFile.create();
        }

        /** Creates the new file with that content. It is read back before it is renamed. */
        void create(Path target, Document document) throws IOException {
            document.writeTo(create(target));
            newFile.expect(document);
        }

        /** Appends a line to a file that others also append to. */
        void append(Path path, String line) throws IOException {
            openRecord(path, MAX_LOCK_SECONDS * Time.SECOND);
            append(line);
        }

        /** Opens a file that others also append to. From now on it is locked. */
        void openRecord(Path path, long maxWaitNanos) throws IOException {
            long begunNanoTime = System.nanoTime();
            String obstacle = lock(path);
            while (obstacle != null) {
                if (System.nanoTime() - begunNanoTime > maxWaitNanos) {
                    throw new DataException("{}: {}; nothing was written", path, obstacle);
                }
                // Outside of the monitor: while this waits for others, a signal can end it.
                Disk.sleep(LOCK_POLL_MILLIS);
                obstacle = lock(path);
            }
        }

        /** Appends a line to the record that is open. It is on disk when this returns. */
        synchronized void append(String line) throws IOException {
            waitIfProcessEnds();
            record.append(line);
        }

        private synchronized String lock(Path path) throws IOException {
            waitIfProcessEnds();
            record = new RecordFile(path);
            return record.lock();
        }

        /** Renames the new file, if there is one, and keeps the record, if there is one. */
        void commit() throws IOException {
            long begunNanoTime = System.nanoTime();
            FileSystemException obstacle = tryCommit();
            while (obstacle != null) {
                if (System.nanoTime() - begunNanoTime > MAX_LOCK_SECONDS * Time.SECOND) {
                    throw obstacle;
                }
                // Outside of the monitor: while this waits for others, a signal can end it.
                Disk.sleep(LOCK_POLL_MILLIS);
                obstacle = tryCommit();
            }
        }

        /** Returns why this must be tried again, or null if it is done. */
        private synchronized FileSystemException tryCommit() throws IOException {
            // If a signal's thread has deleted the new file, this work is not at fault.
            waitIfProcessEnds();
            if (newFile == null) {
                stage = Stage.DONE; // the document went to standard output
                return null;
            }
            try {
                newFile.moveIntoPlace();
                stage = Stage.DONE;
            } catch (FileSystemException e) {
                if (Disk.hasUnixAttributes()) {
                    throw e;
                }
                return e; // Windows does not replace a file that is open elsewhere
            }
            // The new name is on disk once its directory is. If that fails, nothing is undone.
            newFile.flushDirectory();
            return null;
        }

        @Override void undo() throws IOException {
            if (stage != Stage.PENDING) {
                return;
            }
            stage = Stage.UNDONE;
            try {
                if (record != null) {
                    record.takeBack();
                }
            } finally {
                if (newFile != null) {
                    newFile.delete();
                }
            }
        }

        @Override public void close() throws IOException {
            try {
                undoAndClose();
            } finally {
                super.close();
            }
        }

        private synchronized void undoAndClose() throws IOException {
            try {
                if (newFile != null) {
                    newFile.close(); // first, because Windows does not delete open files
                }
            } finally {
                undoAndCloseRecord();
            }
        }

        private void undoAndCloseRecord() throws IOException {
            try {
                undo();
            } finally {
                if (record != null) {
                    record.close();
                }
            }
        }

        /** NewFile is the file that waits beside its target to take the target's place. */
        private static final class NewFile {
            private final Path target;
            private final Path path;
            /** The directory, to be flushed; null if the system cannot open directories. */
            private FileChannel directory;
            private FileChannel channel;
            /** The owner, the group and the mode of the target; null if it has none of these. */
            private Map<String, Object> attributes;
            private boolean isCreated;
            /** What the file has to hold before it is renamed; null if that is not known. */
            private Document expected;

            NewFile(Path target) {
                this.target = target;
                String name = Text.fill(".freshness-{}.tmp", System.nanoTime());
                path = target.resolveSibling(name);
            }

            OutputStream create() throws IOException {
                attributes = Owners.attributes(target);
                // It was checked before, but a watch writes it repeatedly.
                if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)
                        && !Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)) {
                    throw new DataException("{}: no longer a regular file", target);
                }
                if (attributes != null) {
                    Owners.refuseForeign(target, attributes);
                }
                // Opened now, because after the rename it would be too late to fail.
                directory = openDirectory(target.getParent());
                channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE);
                isCreated = true;
                if (attributes != null) {
                    // The group first: once the file belongs to somebody else, it can no longer be
                    // changed.
                    takeOver("gid");
                    takeOver("uid");
                    takeOver("mode");
                }
                return Channels.newOutputStream(channel);
            }

            private static FileChannel openDirectory(Path directory) throws IOException {
                try {
                    return FileChannel.open(directory);
                } catch (FileSystemException e) {
                    if (Disk.hasUnixAttributes()) {
                        throw e;
                    }
                    return null; // Windows cannot open one
                }
            }

            private void takeOver(String attribute) throws IOException {
                try {
                    Files.setAttribute(path, "unix:".concat(attribute), attributes.get(attribute),
                            LinkOption.NOFOLLOW_LINKS);
                } catch (FileSystemException e) {
                    // Only root may give a file away. Anyone else gets a file of their own.
                }
            }

            void expect(Document document) {
                expected = document;
            }

            void moveIntoPlace() throws IOException {
                if (channel.isOpen()) {
                    channel.force(true);
                    channel.close();
                    if (expected != null) {
                        verify();
                    }
                }
                Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
            }

            private void verify() throws IOException {
                try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
                    if (!expected.isIn(file)) {
                        throw new DataException("{}: read-back check failed: the file does not"
                                + " hold what was written",
                                target);
                    }
                }
            }

            void flushDirectory() throws IOException {
                if (directory != null) {
                    directory.force(true);
                }
            }

            void delete() throws IOException {
                if (isCreated) {
                    Files.deleteIfExists(path);
                }
            }

            void close() throws IOException {
                if (channel != null) {
                    channel.close();
                }
                if (directory != null) {
                    directory.close();
                }
            }
        }

        /** RecordFile is a file that others also append lines to, each under its lock. */
        private static final class RecordFile {
            private static final String LOCKED =
                    "another process has locked this record; fuser or lslocks shows which";
            private static final String REPLACED = "this record keeps being replaced";

            private final Path path;
            private FileChannel channel;
            /** What distinguishes this file from another one of the same name. */
            private Object fileKey;
            /** Whether this work created the file. */
            private boolean isNew;
            private boolean isLocked;
            /** How long the file was before the line was appended. */
            private long length;

            RecordFile(Path path) {
                this.path = path;
            }

            /**
             * Opens and locks the file. Returns why this must be tried again, or null if it is
             * locked. The system is not asked to wait, because a reader may hold a lock forever.
             */
            String lock() throws IOException {
                try {
                    createIfAbsent();
                    fileKey = currentFileKey();
                    channel = FileChannel.open(path, StandardOpenOption.READ,
                            StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                } catch (FileAlreadyExistsException | NoSuchFileException e) {
                    return REPLACED;
                }
                if (!tryLock()) {
                    isNew = false; // another process uses it now
                    channel.close();
                    return LOCKED;
                }
                if (!hasItsName()) {
                    // It was renamed or removed before it was locked. A line in it might be lost.
                    isNew = false;
                    channel.close();
                    return REPLACED;
                }
                isLocked = true;
                length = channel.size();
                return null;
            }

            private void createIfAbsent() throws IOException {
                if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                    Files.createFile(path);
                    isNew = true;
                }
            }

            private boolean tryLock() throws IOException {
                try {
                    return channel.tryLock() != null;
                } catch (OverlappingFileLockException e) {
                    return false; // by this process
                }
            }

            private boolean hasItsName() throws IOException {
                try {
                    return Objects.equals(fileKey, currentFileKey());
                } catch (NoSuchFileException e) {
                    return false;
                }
            }

            private Object currentFileKey() throws IOException {
                BasicFileAttributes attributes = Files.readAttributes(path,
                        BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                Object key = attributes.fileKey();
                if (key != null) {
                    return key;
                }
                // Windows has no such key. A file that was only written to counts as another one,
                // too, and is opened again.
                return Arrays.asList(attributes.creationTime(), attributes.lastModifiedTime(),
                        attributes.size());
            }

            void append(String line) throws IOException {
                Map<String, Object> attributes = Owners.attributes(path);
                if (attributes != null && !isNew) {
                    Owners.refuseForeign(path, attributes);
                }
                String separator = endsInsideLine() ? "\n" : "";
                channel.position(length);
                byte[] bytes = separator.concat(line).getBytes(StandardCharsets.UTF_8);
                Channels.newOutputStream(channel).write(bytes);
                channel.force(true);
            }

            /**
             * Returns whether a process died while appending, which leaves a last line without an
             * end.
             */
            private boolean endsInsideLine() throws IOException {
                if (length == 0) {
                    return false;
                }
                ByteBuffer last = ByteBuffer.allocate(1);
                channel.read(last, length - 1);
                return last.get(0) != '\n';
            }

            /** Cuts the line off again, and removes the file if it was created for it. */
            void takeBack() throws IOException {
                if (isLocked) {
                    channel.truncate(length);
                }
                if (isNew && hasItsName() && Files.size(path) == 0) {
                    Files.delete(path);
                }
            }

            void close() throws IOException {
                if (channel != null) {
                    channel.close();
                }
            }
        }
    }

    /**
     * Owners reads and compares the owners of files. On a file system without Unix attributes there
     * are none, and nothing is refused.
     */
    static final class Owners {
        private static final int WRITABLE_BY_OTHERS = 022;

        private Owners() { }

        /** Returns uid, gid and mode of a file; null if there is none, or none of these. */
        static Map<String, Object> attributes(Path file) throws IOException {
            if (!Disk.hasUnixAttributes()) {
                return null;
            }
            try {
                return Files.readAttributes(file, "unix:uid,gid,mode", LinkOption.NOFOLLOW_LINKS);
            } catch (NoSuchFileException e) {
                return null;
            }
        }

        /**
         * Refuses another user's file in a directory that others can write: it may have been put
         * there so that what is written becomes that user's.
         */
        static void refuseForeign(Path file, Map<String, Object> attributes) throws IOException {
            Path directory = file.getParent();
            int mode = (Integer) Files.getAttribute(directory, "unix:mode");
            if ((mode & WRITABLE_BY_OTHERS) == 0) {
                return;
            }
            if (!attributes.get("uid").equals(ownUid(directory))) {
                throw new DataException("{} belongs to another user, in a directory that others"
                        + " can write to; choose another file", file);
            }
        }

        /** Returns who runs this process. Java does not say, but the owner of a new file does. */
        private static Object ownUid(Path directory) throws IOException {
            Path probe = Files.isWritable(directory)
                    ? Files.createTempFile(directory, ".freshness-", ".tmp")
                    : Files.createTempFile(".freshness-", ".tmp");
            try {
                return Files.getAttribute(probe, "unix:uid");
            } finally {
                Files.delete(probe);
            }
        }
    }

    /** Workspace is a temporary directory, deleted when it is closed or the process ends. */
    static final class Workspace extends Guarded {
        /** Everything smoke and doctor write there. */
        private static final List<String> FILES =
                Arrays.asList("state", "baseline", "failed", "report", "recovered", "again");

        private Path directory;

        /** Creates a directory with that document as its file "state". */
        static Workspace with(Document state) {
            try {
                Workspace workspace = new Workspace();
                workspace.create();
                try {
                    workspace.write(state);
                    return workspace;
                } catch (IOException | DataException e) {
                    workspace.close();
                    throw e;
                }
            } catch (IOException e) {
                throw unusable(e);
            }
        }

        private static DataException unusable(IOException e) {
            return new DataException("cannot write to the temporary directory {}: {}; choose"
                    + " another with -Djava.io.tmpdir=DIR",
                    System.getProperty("java.io.tmpdir"), Disk.reason(e));
        }

        private void write(Document state) throws IOException {
            try (Delivery delivery = new Delivery()) {
                delivery.create(directory.resolve("state"), state);
                delivery.commit();
            }
        }

        private synchronized void create() throws IOException {
            waitIfProcessEnds();
            directory = Files.createTempDirectory("freshness-");
            // If a signal ends the process, the JVM deletes these, the last one first.
            directory.toFile().deleteOnExit();
            for (String file : FILES) {
                directory.resolve(file).toFile().deleteOnExit();
            }
        }

        Path directory() {
            return directory;
        }

        @Override void undo() {
            // The JVM deletes the files after this, when no delivery writes any more.
        }

        @Override public void close() throws IOException {
            try {
                delete();
            } catch (IOException e) {
                throw unusable(e);
            } finally {
                super.close();
            }
        }

        private synchronized void delete() throws IOException {
            waitIfProcessEnds(); // otherwise files the JVM has deleted would fail this check
            for (String file : FILES) {
                Files.deleteIfExists(directory.resolve(file));
            }
            Files.delete(directory);
        }
    }

    /** Targets checks the files that a command is to write. */
    static final class Targets {
        private Targets() { }

        /**
         * Returns the path that an option names, or null for none and for standard output. Throws
         * if it is a link, an input, the program, or anything but a regular file.
         */
        static Path of(String option, Call call) {
            String name = call.one(option, "-");
            if (name.equals("-")) {
                if (call.has(option)) {
                    refuseInputAsOutput(call);
                }
                return null;
            }
            Path path = Disk.path(name).toAbsolutePath();
            String refusal = refusal(path, call);
            if (refusal != null) {
                throw new DataException("{} {}: {}", option, name, refusal);
            }
            return path;
        }

        /** Refuses a standard output that was opened onto the input without truncating it. */
        private static void refuseInputAsOutput(Call call) {
            String state = call.one("--state", Environment.bundledBaseline());
            if (!"-".equals(state) && isNamed(Path.of("/dev/stdout"), state)) {
                throw new DataException("standard output is the input file, which is never"
                        + " overwritten; choose another");
            }
        }

        private static String refusal(Path path, Call call) {
            Path directory = path.getParent();
            if (directory != null && !Files.isDirectory(directory)) {
                return Text.fill("no such directory: {}; create it first", directory);
            }
            if (Files.isSymbolicLink(path)) {
                return "this is a symbolic link; name its target instead";
            }
            if (Files.exists(path) && !Files.isRegularFile(path)) {
                return "not a regular file; choose another";
            }
            String bundled = Environment.bundledBaseline();
            String state = call.one("--state", bundled);
            if ("-".equals(state)) {
                state = Disk.standardInput(); // if that is a file, it is the input
            }
            if (isNamed(path, state)) {
                return "this is the input file, which is never overwritten; choose another";
            }
            if (isProgram(path)) {
                return "this is the program itself; choose another file";
            }
            String baseline = call.one("--baseline", bundled);
            if (isNamed(path, baseline) || isNamed(path, bundled)) {
                return "this is the baseline, which is never overwritten; choose another file";
            }
            return null;
        }

        private static boolean isProgram(Path path) {
            if (path.toString().endsWith(".class")) {
                return true; // this program's or another's: no state has such a name
            }
            for (String entry : Environment.classPath()) {
                if (isNamed(path, entry)) {
                    return true;
                }
            }
            Path source = Environment.source();
            return source != null && Disk.isSameFile(path, source);
        }

        private static boolean isNamed(Path path, String name) {
            return name != null && Disk.isSameFile(path, Disk.path(name));
        }
    }

    /** Disk holds helpers that the file types share. */
    static final class Disk {
        private Disk() { }

        /** Returns a path of what --state - reads, or null if the system has none. */
        static String standardInput() {
            for (String name : Arrays.asList("/dev/stdin", "/proc/self/fd/0", "/dev/fd/0")) {
                if (Files.exists(Path.of(name))) {
                    return name;
                }
            }
            return null;
        }

        static Path path(String name) {
            try {
                return Path.of(name);
            } catch (InvalidPathException e) {
                throw new DataException("{} is not a valid path: {}", name, e.getReason());
            }
        }

        /** Returns whether files have Unix attributes. On Windows they have none. */
        static boolean hasUnixAttributes() {
            return FileSystems.getDefault().supportedFileAttributeViews().contains("unix");
        }

        /**
         * Returns whether both are the same file, even if spelled differently or through a link.
         */
        static boolean isSameFile(Path one, Path other) {
            try {
                return Files.isSameFile(one, other);
            } catch (IOException e) {
                // One of them does not exist yet, so their names and directories decide.
                Path a = one.toAbsolutePath();
                Path b = other.toAbsolutePath();
                if (a.getParent() == null || b.getParent() == null) {
                    return a.equals(b);
                }
                return a.getFileName().equals(b.getFileName())
                        && isSameFile(a.getParent(), b.getParent());
            }
        }

        /** Returns why a file could not be used, in a few words. */
        static String reason(IOException e) {
            if (e instanceof NoSuchFileException) {
                return "no such file";
            }
            if (e instanceof AccessDeniedException) {
                return "permission denied";
            }
            String reason = e.getMessage();
            if (e instanceof FileSystemException failure) {
                reason = failure.getReason(); // without the path, which the message names
            }
            return reason == null ? e.getClass().getSimpleName() : reason;
        }

        /** Returns the end of a message: where a file could not be used, or "" if unknown. */
        static String place(IOException e) {
            String name = e instanceof FileSystemException failure ? failure.getFile() : null;
            if (name == null) {
                return "";
            }
            Path place = path(name);
            if (name.endsWith(".tmp")) {
                place = place.getParent(); // nobody knows the name of the new file
            }
            String cure = e instanceof AccessDeniedException ? "; let this user write there" : "";
            return Text.fill(" at {}{}", place, cure);
        }

        static void sleep(long millis) throws IOException {
            try {
                Thread.sleep(millis);
            } catch (InterruptedException e) {
                throw new InterruptedIOException();
            }
        }
    }

    // ---- Environment ----

    /** Environment is where this program is, how it was started, and what it prints to. */
    static final class Environment {
        static final String NO_SOURCE = "started this way, the program does not know where"
                + " Freshness.java is";
        private static final String BUNDLED_BASELINE = "data/healthy.json";

        private Environment() { }

        /**
         * Returns this source file, or null if it is unknown where that is. Java's source launcher
         * says so, and so does a start from the cache. Compiled classes do not: a Freshness.java in
         * the working directory need not be the one that runs.
         */
        static Path source() {
            String said = System.getProperty("jdk.launcher.sourcefile", "");
            if (said.isEmpty()) {
                return null;
            }
            Path source = Disk.path(said).toAbsolutePath();
            try {
                return source.toRealPath();
            } catch (IOException e) {
                return source; // it is gone by now
            }
        }

        /** Returns the jars and directories that the classes may come from. */
        static String[] classPath() {
            return System.getProperty("java.class.path").split(File.pathSeparator);
        }

        /** Returns whether it is known where the source is, and it is still there. */
        static boolean hasSource() {
            Path source = source();
            return source != null && Files.exists(source);
        }

        /** Returns the path of a file beside the source, as short as possible, or null. */
        private static String beside(String name) {
            Path source = source();
            if (source == null) {
                return null;
            }
            boolean isHere = source.getParent().equals(Path.of("").toAbsolutePath());
            return isHere ? name : source.resolveSibling(name).toString();
        }

        /** Returns the fixture, which is also the default baseline; null if there is no source. */
        static String bundledBaseline() {
            return beside(BUNDLED_BASELINE);
        }

        /** Returns the bundled fixture, or throws with what to do instead. */
        static String fixture(String advice) {
            String name = bundledBaseline();
            if (name == null) {
                throw new DataException("{}; {}", NO_SOURCE, advice);
            }
            return name;
        }

        /** Returns where the classes come from, as reported by the launcher if it started Java. */
        static String start() {
            String said = System.getProperty("freshness.start", "source, compiled by java");
            return said.equals("cache") ? "the cache" : said;
        }

        /**
         * Returns whether the launcher started Java, so that printed commands begin with the file.
         */
        private static boolean isStartedByFile() {
            return System.getProperty("freshness.start") != null;
        }

        /** Returns how this program was started, as the first words of a command. */
        static String program() {
            Path source = source();
            if (source == null) {
                String classes = System.getProperty("java.class.path");
                return Text.fill("java -cp {} Freshness", Text.shellWord(classes));
            }
            if (!source.toString().endsWith(".java")) {
                // A copy with another name is a program of its own, with #! in its first line.
                return asCommand(source, source.toString());
            }
            String file = beside(source.getFileName().toString());
            boolean isHere = !file.startsWith("/");
            if (isStartedByFile()) {
                return asCommand(source, isHere ? "./".concat(file) : file);
            }
            boolean looksLikeOption = file.startsWith("-") || file.startsWith("@");
            return "java ".concat(Text.shellWord(looksLikeOption ? "./".concat(file) : file));
        }

        private static String asCommand(Path source, String name) {
            String word = Text.shellWord(name);
            return Files.isExecutable(source) ? word : "sh ".concat(word);
        }

        /**
         * Returns a command that can be pasted into a shell.
         *
         * @param options names and values in turn; one whose value is null is left out
         */
        static String commandLine(String command, String... options) {
            StringBuilder line = new StringBuilder();
            line.append(program()).append(' ').append(command);
            for (int i = 0; i < options.length; i += 2) {
                String value = options[i + 1];
                if (value != null) {
                    char separator = value.startsWith("--") ? '=' : ' ';
                    line.append(' ').append(options[i]).append(separator);
                    line.append(Text.shellWord(value));
                }
            }
            return line.toString();
        }

        /** Returns standard output, or one that always fails if it is closed. */
        static OutputStream standardOutput() {
            String in = descriptor(0);
            String out = descriptor(1);
            // If input is closed, the JVM has put a file of its own there, and /dev/null at 1.
            boolean bothClosed = out.equals("/dev/null") && in.endsWith("/lib/modules");
            if (!in.isEmpty() && (out.isEmpty() || bothClosed)) {
                return new ClosedOutput();
            }
            return new FileOutputStream(FileDescriptor.out);
        }

        /** A standard output that nobody opened. */
        private static final class ClosedOutput extends OutputStream {
            @Override public void write(int b) throws IOException {
                throw new IOException("standard input or output is closed; redirect it instead,"
                        + " for example with </dev/null");
            }
        }

        /** Returns what a file descriptor of this process is, as Linux names it; "" elsewhere. */
        private static String descriptor(int number) {
            Path link = Path.of("/proc/self/fd", Integer.toString(number));
            try {
                return Files.readSymbolicLink(link).toString();
            } catch (IOException e) {
                return "";
            }
        }

        /** Returns whether standard output is a terminal. */
        static boolean isTerminal() {
            String name = descriptor(1);
            if (name.isEmpty()) {
                // System.console() would also know on Linux, but is slow to load. From JDK 22 on,
                // only the one of java.base is null if there is no terminal.
                System.setProperty("jdk.console", "java.base");
                return System.console() != null;
            }
            return name.startsWith("/dev/pts/") || name.startsWith("/dev/tty");
        }

        /** Returns the height of the terminal, by the variable LINES. */
        static int terminalLines() {
            String lines = System.getenv("LINES");
            if (lines == null || lines.isEmpty() || lines.length() > 4) {
                return TERMINAL_LINES;
            }
            for (char c : lines.toCharArray()) {
                if (c < '0' || c > '9') {
                    return TERMINAL_LINES;
                }
            }
            return Integer.parseInt(lines);
        }

        /** Returns whether a report for people has colors, by --color and NO_COLOR. */
        static boolean wantsColors(Call call) {
            String when = call.one("--color", "auto");
            if (!when.equals("auto")) {
                return when.equals("always");
            }
            String noColor = System.getenv("NO_COLOR");
            boolean isForbidden = noColor != null && !noColor.isEmpty();
            return !isForbidden && !call.has("--output") && isTerminal();
        }
    }

    // ---- Text ----

    /**
     * Text fills templates. A template has a hole, {}, for each value. If their numbers differ,
     * the program has a bug, and that throws.
     */
    static final class Text {
        private static final HexFormat HEX = HexFormat.of();

        private Text() { }

        /** Raw marks a value that is shown as it is. */
        record Raw(String value) { }

        /**
         * Vouches for a value: a command line to paste, a color, or text that is already escaped.
         */
        static Raw raw(String value) {
            return new Raw(value);
        }

        /**
         * Returns a message as data, with nothing escaped: each report escapes by its own rules.
         */
        static String fill(String template, Object... values) {
            StringBuilder text = new StringBuilder();
            append(text, template, values);
            return text.toString();
        }

        /**
         * Returns text for people. Values are escaped unless they are raw: a feed's name must not
         * clear the terminal, and one with a newline must not fake a line.
         */
        static String text(String template, Object... values) {
            StringBuilder text = new StringBuilder();
            append(text, template, shown(values));
            return text.toString();
        }

        /** Appends a template with a value in each hole. */
        static void append(StringBuilder text, String template, Object... values) {
            int from = 0;
            for (Object value : values) {
                int hole = template.indexOf("{}", from);
                if (hole < 0) {
                    throw new IllegalArgumentException("too many values: ".concat(template));
                }
                text.append(template, from, hole).append(value);
                from = hole + 2;
            }
            if (template.indexOf("{}", from) >= 0) {
                throw new IllegalArgumentException("too few values: ".concat(template));
            }
            text.append(template, from, template.length());
        }

        /** Returns the values as people may safely see them. */
        static Object[] shown(Object... values) {
            Object[] shown = new Object[values.length];
            for (int i = 0; i < values.length; i++) {
                if (values[i] instanceof Raw raw) {
                    shown[i] = raw.value();
                } else {
                    shown[i] = visible(String.valueOf(values[i]));
                }
            }
            return shown;
        }

        /** Returns a JSON string. Anything a terminal might act on is escaped too. */
        static String quoted(String value) {
            return fill("\"{}\"", escaped(value, '"'));
        }

        /**
         * Escapes a text for people. Nothing in the result moves a cursor, ends the line, or reads
         * as the performance data of a monitoring plugin, which begins with a bar.
         */
        static String visible(String value) {
            return escaped(value, '|');
        }

        static String orAbsent(String value) {
            return value == null ? "absent" : value;
        }

        /** Returns a value after what separates it from the text before, or "" if it is null. */
        static String orNothing(String separator, String value) {
            return value == null ? "" : separator.concat(value);
        }

        /**
         * Escapes backslashes, the character that is special there, and whatever a terminal does
         * not draw, so that names that differ look different: at the beginning and the end even a
         * space is escaped. A combining mark stays only after a letter or a digit: anywhere else it
         * would change the text before the name.
         */
        private static String escaped(String value, char special) {
            StringBuilder text = null; // until something has to be escaped, which is rare
            int done = 0;
            boolean carriesMark = false;
            int at = 0;
            while (at < value.length()) {
                int point = value.codePointAt(at);
                int next = at + Character.charCount(point);
                boolean isMark = isMark(point);
                boolean isAtEdge = at == 0 || next == value.length();
                boolean isPlain = point != '\\' && point != special && isDrawn(point)
                        && (carriesMark || !isMark) && !(isAtEdge && point == ' ');
                carriesMark = isPlain && (isMark || Character.isLetterOrDigit(point));
                if (!isPlain) {
                    if (text == null) {
                        text = new StringBuilder();
                    }
                    text.append(value, done, at);
                    appendEscape(text, point);
                    done = next;
                }
                at = next;
            }
            return text == null ? value : text.append(value, done, value.length()).toString();
        }

        private static void appendEscape(StringBuilder text, int point) {
            if (point == '\\' || point == '"') {
                text.append('\\').append((char) point);
                return;
            }
            for (char unit : Character.toChars(point)) {
                text.append("\\u").append(HEX.toHexDigits(unit));
            }
        }

        /** Returns whether a character is drawn onto the one before it. */
        private static boolean isMark(int point) {
            return switch (Character.getType(point)) {
                case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK,
                    Character.COMBINING_SPACING_MARK -> true;
                default -> false;
            };
        }

        /** Returns whether a terminal draws something for a character, or it is a plain space. */
        private static boolean isDrawn(int point) {
            if (point >= ' ' && point <= '~') {
                return true;
            }
            return switch (Character.getType(point)) {
                case Character.CONTROL, Character.FORMAT, Character.SURROGATE,
                    Character.PRIVATE_USE, Character.UNASSIGNED, Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
                default -> !isBlank(point);
            };
        }

        /**
         * Returns whether a terminal draws nothing for what Unicode calls a letter, mark or symbol.
         */
        private static boolean isBlank(int point) {
            return point == 0x34f // combining grapheme joiner
                    || isBetween(point, 0x115f, 0x1160) // Hangul fillers
                    || isBetween(point, 0x17b4, 0x17b5) // Khmer inherent vowels
                    || isBetween(point, 0x180b, 0x180f) // Mongolian variation selectors
                    || point == 0x2800 // braille pattern blank
                    || point == 0x3164 // Hangul filler
                    || isBetween(point, 0xfe00, 0xfe0f) // variation selectors
                    || point == 0xffa0 // half-width Hangul filler
                    || isBetween(point, 0x13441, 0x13442) // Egyptian hieroglyph blanks
                    || point == 0x16fe4 // Khitan small script filler
                    || point == 0x1d159 // musical symbol null notehead
                    || isBetween(point, 0xe0100, 0xe01ef); // variation selectors
        }

        /** Returns the columns that a text takes on a terminal. */
        static int width(String text) {
            int width = 0;
            int at = 0;
            while (at < text.length()) {
                int point = text.codePointAt(at);
                width += columns(point);
                at += Character.charCount(point);
            }
            return width;
        }

        /** East Asian wide characters and emoji take two columns, combining marks none. */
        private static int columns(int point) {
            if (point < 0x300) {
                return 1;
            }
            return switch (Character.getType(point)) {
                case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK -> 0;
                default -> isWide(point) ? 2 : 1;
            };
        }

        private static boolean isWide(int point) {
            return isBetween(point, 0x1100, 0x115f) // Hangul consonants
                    || isBetween(point, 0x2e80, 0xa4cf) // from CJK radicals to Yi
                    || isBetween(point, 0xac00, 0xd7a3) // Hangul syllables
                    || isBetween(point, 0xf900, 0xfaff) // CJK compatibility ideographs
                    || isBetween(point, 0xfe30, 0xfe6f) // CJK punctuation
                    || isBetween(point, 0xff00, 0xff60) // full-width forms
                    || isBetween(point, 0x1f300, 0x1faff) // emoji
                    || point >= 0x20000; // more CJK ideographs
        }

        private static boolean isBetween(int point, int first, int last) {
            return point >= first && point <= last;
        }

        /** Returns "a, b and 3 more" for a long list, with the given separator. */
        static String named(List<String> words, String separator) {
            int more = words.size() - MAX_HEADLINE_FEEDS;
            if (more <= 0) {
                return String.join(separator, words);
            }
            String first = String.join(separator, words.subList(0, MAX_HEADLINE_FEEDS));
            return fill("{}{}and {} more", first, separator, more);
        }

        /** Returns the closest known word, or null if none is close. */
        static String nearest(String word, List<String> known) {
            for (String candidate : known) {
                if (Similarity.SPELLING.holds(word, candidate)) {
                    return candidate;
                }
            }
            int maxEdits = Math.min(MAX_EDITS, word.length() / 3 + 1);
            for (int edits = 1; edits <= maxEdits; edits++) {
                for (String candidate : known) {
                    if (candidate.startsWith(word) || isNear(word, candidate, edits)) {
                        return candidate;
                    }
                }
            }
            return null;
        }

        /** Returns the closest known word as a question, or all known words, or "". */
        static String suggestion(String word, List<String> known) {
            String near = nearest(word, known);
            if (near != null) {
                return fill("; did you mean {}?", near);
            }
            if (known.isEmpty() || known.size() > MAX_LISTED_WORDS) {
                return "";
            }
            return fill("; expected one of {}", String.join(", ", known));
        }

        /** Returns whether that many insertions, deletions and replacements turn a into b. */
        static boolean isNear(String a, String b, int edits) {
            return isNear(a, 0, b, 0, edits);
        }

        private static boolean isNear(String a, int atA, String b, int atB, int edits) {
            int i = atA;
            int j = atB;
            while (i < a.length() && j < b.length() && a.charAt(i) == b.charAt(j)) {
                i++;
                j++;
            }
            int restOfA = a.length() - i;
            int restOfB = b.length() - j;
            if (restOfA == 0 || restOfB == 0) {
                return restOfA + restOfB <= edits;
            }
            if (edits == 0) {
                return false;
            }
            return isNear(a, i + 1, b, j + 1, edits - 1)
                    || isNear(a, i + 1, b, j, edits - 1)
                    || isNear(a, i, b, j + 1, edits - 1);
        }

        /** Returns a shell word that stands for this text, whatever it contains. */
        static String shellWord(String word) {
            if (isPlainShellWord(word)) {
                return word;
            }
            String inQuotes = fill("'{}'", word);
            if (visible(inQuotes).equals(inQuotes)) {
                return fill("'{}'", word.replace("'", "'\\''"));
            }
            byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
            return fill("$'\\x{}'", HexFormat.ofDelimiter("\\x").formatHex(bytes));
        }

        private static boolean isPlainShellWord(String word) {
            if (word.isEmpty() || word.startsWith("=")) {
                return false; // unquoted, no word at all, or in zsh the path of a command
            }
            for (char c : word.toCharArray()) {
                boolean isPlain = c < 0x7f
                        && (Character.isLetterOrDigit(c) || "-_./:=@%+,".indexOf(c) >= 0);
                if (!isPlain) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Similarity is how a member can resemble the intended one, the closest first. */
    enum Similarity {
        /** Only case and punctuation differ, as in lastTickAt or "alive?". */
        SPELLING,
        /** It is misspelt, as in last_tik_at. */
        MISTAKE,
        /** It is another common name for the same thing, such as timestamp. */
        SYNONYM;

        private static final List<String> TICK_TIMES = Arrays.asList("lasttick", "lastticktime",
                "lastticktimestamp", "tickat", "ticktime", "tick", "timestamp", "ts", "time",
                "lastupdate", "lastupdatedat", "lastupdated", "updatedat", "lastseen");
        private static final List<String> TICK_AGES = Arrays.asList("age", "ageseconds",
                "tickage", "tickageseconds", "lasttickage");
        private static final List<String> WRITE_TIMES = Arrays.asList("timestamp", "ts", "time",
                "writtenat", "generatedat", "updatedat");
        private static final List<String> HEARTBEATS = Arrays.asList("heartbeat", "heartbeatat",
                "heartbeattime", "lastheartbeat", "lastheartbeattime", "lastheartbeattimestamp");
        private static final List<String> LIVENESS = Arrays.asList("isalive", "up", "isup");
        /** One letter in this many may be wrong. */
        private static final int LETTERS_PER_EDIT = 5;

        /** Returns the first name that resembles the intended one, or null if none does. */
        String first(List<String> found, String meant) {
            for (String name : found) {
                if (holds(name, meant)) {
                    return name;
                }
            }
            return null;
        }

        /** Returns whether a name resembles the intended one in this way. */
        boolean holds(String found, String meant) {
            String letters = letters(found);
            return switch (this) {
                case SPELLING -> letters.equals(letters(meant));
                case MISTAKE -> {
                    String meantLetters = letters(meant);
                    yield Text.isNear(letters, meantLetters,
                            meantLetters.length() / LETTERS_PER_EDIT);
                }
                case SYNONYM -> synonyms(meant).contains(letters);
            };
        }

        /** Returns the letters and digits of a name, in lower case. */
        private static String letters(String name) {
            StringBuilder letters = new StringBuilder();
            for (char c : name.toCharArray()) {
                if (Character.isLetterOrDigit(c)) {
                    letters.append(Character.toLowerCase(c));
                }
            }
            return letters.toString();
        }

        private static List<String> synonyms(String meant) {
            return switch (meant) {
                case "last_tick_at" -> TICK_TIMES;
                case "last_tick_age_seconds" -> TICK_AGES;
                case "as_of" -> WRITE_TIMES;
                case "alive" -> LIVENESS;
                case "last_heartbeat_at" -> HEARTBEATS;
                default -> Collections.emptyList();
            };
        }
    }

    // ---- Command line ----

    /**
     * Option is one word of a usage line: an option, or an operand such as COMMAND.
     *
     * @param form what its value looks like, such as FILE or text|json; empty if it takes none
     */
    record Option(String name, String form, boolean required, boolean repeated) {
        /** A number with this many digits fits in an int. */
        private static final int MAX_COUNT_DIGITS = 9;

        boolean isOperand() {
            return !name.startsWith("--");
        }

        boolean takesValue() {
            return !form.isEmpty();
        }

        /** Returns why a value is not valid, such as "; expected a file"; null if it is. */
        String fault(String value) {
            return switch (name) {
                case "--max-age-seconds" -> limitFault(value);
                case "--valid-for" -> durationFault(value);
                case "--at-least" -> countFault(value);
                default -> formFault(value);
            };
        }

        private String formFault(String value) {
            return switch (form) {
                case "INSTANT" -> instantFault(value);
                case "N" -> ageFault(value);
                case "SECONDS" -> watchFault(value);
                case "KIND" -> wordFault(Kind.names(), value);
                case "ACTION" -> actionFault(value);
                default -> {
                    boolean isChoice = form.indexOf('|') >= 0;
                    yield isChoice ? wordFault(Arrays.asList(form.split("\\|")), value) : null;
                }
            };
        }

        private static String instantFault(String value) {
            if (Time.instant(value) != null) {
                return null;
            }
            Misspelling found = Misspelling.of(value);
            String expected = "expected an RFC 3339 timestamp, like 2026-11-22T09:37:00Z";
            if (found == null) {
                return "; ".concat(expected);
            }
            if (found.suggestion() != null) {
                expected = "write ".concat(found.suggestion());
            }
            return Text.fill("; it {}; {}", found.fault(), expected);
        }

        private static String ageFault(String value) {
            if (value.equals(AGE_PLACEHOLDER)) {
                return "; replace it with the age, in seconds, of a tick you have seen";
            }
            if (Time.ageNanos(value) <= Time.FOREVER) {
                return null;
            }
            return Text.fill("; expected a number from 0 to {}", MAX_AGE_SECONDS);
        }

        private static String limitFault(String value) {
            if (Time.limitNanos(value) != Time.NO_LIMIT) {
                return null;
            }
            return Text.fill("; expected a number greater than 0 and at most {}", MAX_AGE_SECONDS);
        }

        private static String durationFault(String value) {
            if (Time.ageNanos(value) <= Time.FOREVER) {
                return null;
            }
            return Text.fill("; expected a number of seconds from 0 to {}", MAX_AGE_SECONDS);
        }

        private static String countFault(String value) {
            boolean isCount = !value.startsWith("0") && value.length() <= MAX_COUNT_DIGITS;
            for (char c : value.toCharArray()) {
                isCount = isCount && c >= '0' && c <= '9';
            }
            return isCount ? null : "; expected the number of feeds that must be open, from 1";
        }

        private static String watchFault(String value) {
            long millis = Time.millis(value);
            if (millis >= MIN_WATCH_MILLIS && millis <= MAX_WATCH_MILLIS) {
                return null;
            }
            return "; expected a number of seconds from 0.1 to 86400";
        }

        /** Only a baseline says which actions there are, so only the form can be checked yet. */
        private static String actionFault(String value) {
            if (Actions.isName(value)) {
                return null;
            }
            String hint = value.indexOf(',') < 0 ? "" : "; to name several actions, repeat"
                    + " --action";
            return "; expected the name of an action".concat(hint);
        }

        private static String wordFault(List<String> known, String value) {
            return known.contains(value) ? null : Text.suggestion(value, known);
        }
    }

    /** Usage is one usage line, taken apart: the command, and its options by their names. */
    record Usage(String command, Map<String, Option> options) {

        /** Reads a usage line, such as "gate --feed NAME... [--format text|json] [--quiet]". */
        static Usage of(String line) {
            String[] words = line.split(" ");
            Map<String, Option> options = new LinkedHashMap<>();
            int i = 1;
            while (i < words.length) {
                String word = words[i];
                i++;
                String name = withoutMarks(word);
                boolean required = !word.startsWith("[");
                String value = "";
                if (!name.startsWith("--")) {
                    value = word; // the form of an operand is its name
                } else if (!word.endsWith("]")) {
                    value = words[i];
                    i++;
                }
                boolean repeated = value.contains("...");
                options.put(name, new Option(name, withoutMarks(value), required, repeated));
            }
            return new Usage(words[0], options);
        }

        private static String withoutMarks(String word) {
            return word.replace("[", "").replace("]", "").replace("...", "");
        }

        /** Returns the usage of a command, or null if there is no such command. */
        static Usage find(String command) {
            for (String line : USAGES) {
                if (commandOf(line).equals(command)) {
                    return of(line);
                }
            }
            return null;
        }

        private static String commandOf(String line) {
            int end = line.indexOf(' ');
            return end < 0 ? line : line.substring(0, end);
        }

        static List<String> commands() {
            List<String> commands = new ArrayList<>();
            for (String line : USAGES) {
                commands.add(commandOf(line));
            }
            return commands;
        }

        /** Returns whether any command has that option. */
        static boolean isKnown(String option) {
            for (String line : USAGES) {
                if (of(line).options.containsKey(option)) {
                    return true;
                }
            }
            return false;
        }

        /** Returns the operand, such as KIND; null if this command has none. */
        Option operand() {
            for (Option option : options.values()) {
                if (option.isOperand()) {
                    return option;
                }
            }
            return null;
        }

        /** Returns the names of the options, without the operand. */
        List<String> optionNames() {
            List<String> names = new ArrayList<>();
            for (Option option : options.values()) {
                if (!option.isOperand()) {
                    names.add(option.name());
                }
            }
            return names;
        }
    }

    /** Call is one command line. It only parses: it reads no file, clock or terminal. */
    static final class Call {
        private final Usage usage;
        /** Whether this asks for the help of the command, as in "gate --help". */
        private final boolean asksForHelp;
        private final Map<String, List<String>> values = new LinkedHashMap<>();
        /** Values that are given more than once for an option. */
        private final List<String> repeatedValues = new ArrayList<>();

        private Call(Usage usage, boolean asksForHelp) {
            this.usage = usage;
            this.asksForHelp = asksForHelp;
        }

        /** Parses the arguments, or throws a UsageException that names the first mistake. */
        static Call parse(String... args) {
            String command = isHelp(args[0]) ? "help" : args[0];
            Usage usage = Usage.find(command);
            if (usage == null) {
                throw unknownCommand(command);
            }
            if (args.length == 2 && isHelp(args[1])) {
                return new Call(usage, true);
            }
            Call call = new Call(usage, false);
            call.read(args);
            call.checkRequired();
            call.checkRules();
            return call;
        }

        private static boolean isHelp(String arg) {
            return arg.equals("--help") || arg.equals("-h");
        }

        static UsageException unknownCommand(String command) {
            String hint = "; the command comes first";
            if (!command.startsWith("-")) {
                hint = Text.suggestion(command, Usage.commands());
            }
            return new UsageException(null, "unknown command: {}{}", command, hint);
        }

        private void read(String... args) {
            int i = 1;
            while (i < args.length) {
                String arg = args[i];
                i++;
                int equals = arg.indexOf('=');
                if (isHelp(arg)) {
                    throw error("{} cannot be combined with other arguments", arg);
                }
                if (!arg.startsWith("-")) {
                    putOperand(arg);
                } else if (equals >= 0) {
                    put(arg.substring(0, equals), arg.substring(equals + 1));
                } else if (takesValue(arg) && i < args.length && !args[i].startsWith("--")) {
                    put(arg, args[i]);
                    i++;
                } else {
                    put(arg, "");
                }
            }
        }

        private boolean takesValue(String name) {
            Option option = usage.options().get(name);
            return option != null && option.takesValue();
        }

        private void putOperand(String value) {
            Option operand = usage.operand();
            if (operand != null && !has(operand.name())) {
                put(operand.name(), value);
                return;
            }
            String meant = command().equals("gate") ? "--feed" : "--state";
            String hint = "";
            if (usage.options().containsKey(meant)) {
                hint = Text.fill("; did you mean {} {}?", meant, value);
            }
            throw error("unexpected argument: {}{}", value, hint);
        }

        /** Stores a value; an empty one counts as not given. */
        private void put(String name, String value) {
            Option option = usage.options().get(name);
            if (option == null) {
                String hint = Text.suggestion(name, usage.optionNames());
                throw error("unknown option: {}{}", name, hint);
            }
            if (option.takesValue() && value.isEmpty()) {
                String expected = option.form().replace("|", ", ");
                throw error("{} needs a value ({})", name, expected);
            }
            if (!option.takesValue() && !value.isEmpty()) {
                throw error("{} takes no value", name);
            }
            if (value.indexOf('\ufffd') >= 0) {
                throw error("the value of {} cannot be decoded in this locale; set"
                        + " LC_ALL=C.UTF-8", name);
            }
            if (has(name) && !option.repeated()) {
                throw error("{} was given more than once", name);
            }
            String fault = option.fault(value);
            if (fault != null) {
                throw error("invalid value for {}: {}{}", name, value, fault);
            }
            values.putIfAbsent(name, new ArrayList<>());
            if (values.get(name).contains(value)) {
                repeatedValues.add(value);
            } else {
                values.get(name).add(value);
            }
        }

        private void checkRequired() {
            for (Option option : usage.options().values()) {
                if (option.required() && !has(option.name())) {
                    String known = "";
                    if (option.form().equals("KIND")) {
                        known = "; expected one of ".concat(String.join(", ", Kind.names()));
                    }
                    throw error("{} is required{}", option.name(), known);
                }
            }
        }

        /** Checks the rules that a usage line cannot express. */
        private void checkRules() {
            for (String option : Arrays.asList("--baseline", "--record")) {
                if (one(option, "").equals("-")) {
                    throw error("invalid value for {}: -; expected a file", option);
                }
            }
            if (has("--now") && has("--quiet")) {
                throw error("--quiet would hide that --now replaces the clock; omit one of them");
            }
            if (has("--now") && has("--record") && command().equals("gate")) {
                throw error("--record is only for verdicts by the real clock and cannot be"
                        + " combined with --now");
            }
            if (has("--watch")) {
                checkWatch();
            }
            if (has("--at-least")) {
                checkCount();
            }
            if (has("KIND")) {
                checkKind(Kind.valueOf(one("KIND", null)));
            }
        }

        private void checkWatch() {
            if (has("--now") || one("--state", "").equals("-")) {
                throw error("--watch re-reads a file by the real clock and cannot be combined"
                        + " with --now or --state -");
            }
            if (!command().equals("status")) {
                return;
            }
            boolean writesFile = !one("--output", "-").equals("-");
            List<String> watchable = Arrays.asList("text");
            if (writesFile) {
                watchable = Arrays.asList("prometheus", "html");
            }
            if (!watchable.contains(one("--format", "text"))) {
                throw error("status --watch supports text on standard output, or --format"
                        + " prometheus or html with --output FILE");
            }
        }

        /** Checks that enough different feeds are named. */
        private void checkCount() {
            for (String feed : all("--feed")) {
                if (repeatedValues.contains(feed)) {
                    throw error("--feed {} was given more than once, and --at-least counts"
                            + " different feeds", feed);
                }
            }
            int named = all("--feed").size();
            if (Integer.parseInt(one("--at-least", null)) > named) {
                throw error("--at-least {} exceeds the number of feeds named, {}",
                        one("--at-least", null), named);
            }
        }

        private void checkKind(Kind kind) {
            if (kind.scope == Scope.FEED && !has("--feed")) {
                throw error("--feed is required for scenario {}", kind);
            }
            if (kind.scope == Scope.STATE && has("--feed")) {
                throw error("scenario {} affects the whole state; omit --feed", kind);
            }
            if (kind != Kind.stale && has("--age-seconds")) {
                throw error("--age-seconds works only with scenario stale");
            }
        }

        UsageException error(String template, Object... values) {
            return new UsageException(command(), template, values);
        }

        String command() {
            return usage.command();
        }

        boolean asksForHelp() {
            return asksForHelp;
        }

        /**
         * Returns whether an option is given. Throws if no command has it, which is a typo in this
         * file.
         */
        boolean has(String option) {
            return !all(option).isEmpty();
        }

        /** Returns the value of an option, or another one if it is not given. */
        String one(String option, String fallback) {
            List<String> given = all(option);
            return given.isEmpty() ? fallback : given.get(0);
        }

        /** Returns the values given for an option, each once; none if it is not given. */
        List<String> all(String option) {
            boolean isOwn = usage.options().containsKey(option);
            if (!isOwn && !Usage.isKnown(option)) {
                throw new IllegalArgumentException("no usage line has ".concat(option));
            }
            return values.getOrDefault(option, Arrays.asList());
        }

        boolean isJson() {
            return one("--format", "text").equals("json");
        }
    }
}

/* ---- Launcher ----
# What a shell runs. Line 1 of the file is a comment to Java; to a shell it is a command that reads
# everything from "launch() {" to the last line, evaluates it and calls launch.
#
# It starts the program from classes compiled from exactly this source if the cache has them, and
# from the source otherwise. It decides nothing about feeds: it hands over to Java with exec, or
# says in one line why it cannot and exits with 3. It needs a POSIX sh: dash, bash, zsh, BusyBox,
# macOS. A start from the cache runs only sed (in line 1), readlink (without JAVA_HOME), sha256sum,
# find and java.
#
# The cache contains
#   DIGESTS          an entry: one line, with the name of a directory and the sizes of its two
#                    files. DIGESTS are those of the source and of what identifies the JDK, so
#                    that an edit or another JDK gets another entry.
#   classes.XXXXXX/  program.jar, the compiled classes, and program.jsa, Java's memory image of
#                    them.
#
# A directory is filled where it will stay: Java accepts an image only for a jar that is where it
# was when the image was made. The entry comes last, once the files are on disk. So a build that is
# cut short by a signal or a power cut leaves no entry, and a file that is truncated later differs
# from the size in its entry: both are built again. A byte that changes within a file goes
# unnoticed: digests of both files would make each start a tenth slower.
launch() {
  set +u # the shell that reads this may have been told that unset variables are errors
  [ -z "$ZSH_VERSION" ] || emulate sh
  IFS='
'
  why='' # why it starts from the source, if it does
  no_log=''
  unset _JAVA_LAUNCHER_DEBUG # with it, Java prints more than the verdict
  [ -f "$me" ] || fail 'run it as a file: a pipe cannot be read twice'
  case $me in
    -* | @*) me=./$me ;; # to Java, one is an option and the other a file of arguments
  esac
  java=${JAVA_HOME:+$JAVA_HOME/bin/java}
  java=${java:-$(command -v java)}
  case $java in
    -*) java=./$java ;;
  esac
  if [ ! -f "$java" ] || [ ! -x "$java" ]; then
    stop "${java:-java} was not found"
  fi
  check_directory
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
  # The quick compiler alone needs 0.7 to 0.8 of the time. A class path that does not exist keeps
  # javac plugins in the working directory out.
  exec "$java" ${no_log:+"$no_log"} -XX:TieredStopAtLevel=1 -cp /dev/null/none \
    -Dfreshness.start="source, $why" --source 17 "$me" "$@"
}

start_classes() {
  choose_compilers "$@"
  set -- -cp "$jar" -Dfreshness.start=cache -Djdk.launcher.sourcefile="$me" Freshness "$@"
  if [ -n "$users_options" ]; then
    exec "$java" ${no_log:+"$no_log"} "$@" # the options below might not go with the user's
  fi
  set -- -XX:TieredStopAtLevel="$compilers" -XX:+Use"$collector"GC "$@"
  # Each of these earns its line. The figures say how much more CPU time a gate on three feeds needs
  # without it, on 17, 21 and 25. What is set last comes first on the command line.
  set -- -XX:CompileThresholdScaling=3 "$@" # 8 %, 7 %, 8 %: most methods are called too rarely
  set -- -XX:ArchiveRelocationMode=0 "$@" # 13 %, 16 %, 17 %: the image stays at its own address
  set -- -XX:+UnlockDiagnosticVMOptions "$@" # 17 and 21 require it for the one above
  set -- -XX:-UsePerfData "$@" # 1 %, 3 %, 1 %, and no file for jps and jstat
  set -- -Xlog:disable "$@" # not for speed: warnings about the image would precede the verdict
  set -- -XX:SharedArchiveFile="$archive" "$@" # 27 %, 26 %, 37 %
  set -- -XX:+IgnoreUnrecognizedVMOptions "$@" # another vendor's Java may not know them all
  exec "$java" "$@"
}

# choose_compilers ARGUMENT...: by the largest file among them. The optimizing compiler pays off
# from about 20 MB; below that, it costs a tenth. Java 17 loads objects from its archive only with
# G1; everywhere else the serial collector starts faster.
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

# check_directory: in a working directory that was deleted, or whose path is too long for it, Java
# exits with 1 and a stack trace.
check_directory() {
  case $PWD in
    /*)
      # shellcheck disable=SC3013 # dash, bash, zsh and BusyBox have -ef
      if [ . -ef "$PWD" ]; then
        return # nearly always, without starting a process
      fi
      ;;
  esac
  here=$(pwd -P 2>/dev/null)
  case $here in
    /*) ;;
    *) fail 'the working directory is gone; cd to another one' ;;
  esac
  if [ "$(printf %s "$here" | wc -c)" -ge 4096 ]; then
    fail 'the path of the working directory is too long for Java; cd to another one'
  fi
}

# ---- The user's options for Java ----

# check_options: refuses every option that is not known to leave the verdict alone. With others Java
# lists its modules, prints its flags or runs other code, and exits with 0: the caller
# would take the gate for open. Java splits the variables at white space, and understands quotes,
# backslashes and @files; none of these is let through.
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
    -XX:ActiveProcessorCount=?????*) return 1 ;; # Java allocates memory for each of them
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

# answers: whether Java, started with these options in the way that comes next, runs this program.
# Incompatible options, or a heap that is too small, make Java exit with 1 before it begins. A heap
# that cannot be allocated also makes it write a log, which must not end up here.
answers() {
  no_log=-XX:ErrorFile=/dev/null
  answer=$("$start" --version </dev/null 2>/dev/null) || return
  no_log=''
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

# find_entry: sets cache and entry, or sets why if there is none.
find_entry() {
  cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}/freshness
  case $cache in
    /freshness | [!/]*) why='FRESHNESS_CACHE=off, or neither XDG_CACHE_HOME nor HOME is set' ;;
    *:*) why='the path of the cache has a colon, which separates paths for Java' ;;
  esac
  case $FRESHNESS_CACHE in
    off*) why='FRESHNESS_CACHE=off, or neither XDG_CACHE_HOME nor HOME is set' ;;
  esac
  # In another user's home, its owner could swap what was checked, so nothing is put there.
  base=${XDG_CACHE_HOME:-$HOME}
  if [ -z "$why" ] && [ -d "$base" ] && ! owned "$base"; then
    why="cache directory is not trusted: $cache"
  elif [ -z "$why$XDG_CACHE_HOME" ] && [ ! -d "$base" ]; then
    why="there is no directory $base"
  fi
  [ -n "$why" ] || name_entry "$me" || why='no sha256sum or shasum'
}

name_entry() { # SOURCE
  command -v sha256sum || sha256sum() { shasum -a 256 "$@"; } # macOS
  home=${JAVA_HOME:-$(readlink -f "$java")}
  home=${home%/bin/java}
  if [ -f "$home/release" ]; then
    digests=$(sha256sum "$1" "$home/release") || return
  else # a shim, which may stand for any JDK
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
  trusted "$cache/../.." "$cache/.." "$cache" "$entry" "$cache/$directory" "$jar" "$archive"
} 2>/dev/null

# trusted FILE...: whether each is the user's own or root's, and nobody else can write it; jar and
# archive also whether they have the right sizes. The first is the directory in which the cache's
# parent could be swapped; it may be like /tmp, where nobody can move what is not theirs.
trusted() {
  for file; do
    owned "$file" || return
  done
  found=$(find "$@" -prune \( ! -perm -20 ! -perm -2 -o -path '*[/]..[/]..' -perm -1000 \) \
    \( ! -name program.jar -o -size "${jar_bytes:-0}"c \) \
    \( ! -name program.jsa -o -size "${archive_bytes:-0}"c \))
  [ "$found" = "$*" ]
} 2>/dev/null

owned() { # FILE
  [ -O "$1" ] || [ -n "$(find "$1" -prune -user 0 2>/dev/null)" ]
}

# prepare: makes the entry, or sets why if it cannot.
prepare() {
  (umask 077 && mkdir -p "$cache")
  unset jar_bytes archive_bytes # left from a damaged entry
  if ! trusted "$cache/../.." "$cache/.." "$cache"; then
    why="cache directory is not trusted: $cache"
    return
  fi
  # A signal waits until the build, which also gets it, has cleaned up; then this shell exits.
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 131' QUIT
  trap 'exit 143' TERM
  build
  trap - HUP INT QUIT TERM
  ready || why="could not build the cache in $cache"
} >/dev/null 2>&1 </dev/null

build() (
  unset CLASSPATH JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS JDK_JAVAC_OPTIONS
  umask 022
  made=''
  trap '[ -z "$made" ] || rm -rf "$made"' EXIT
  trap 'exit 1' HUP INT QUIT PIPE ALRM TERM USR1 USR2 # dash skips EXIT if a signal ends it
  made=$(mktemp -d "$cache/classes.XXXXXX") || exit
  chmod 755 "$made" || exit # what root builds may be used by all
  work=$made/work
  mkdir "$work" || exit

  # The entry is named after what is compiled, not after the source, which may be edited meanwhile.
  cp "$me" "$work/Freshness.java" || exit
  name_entry "$work/Freshness.java" || exit
  "$java" -XX:TieredStopAtLevel=1 -m jdk.compiler/com.sun.tools.javac.Main --release 17 -proc:none \
    -cp /dev/null/none -d "$work/classes" "$work/Freshness.java" || exit
  jar=$made/program.jar
  "$java" -m jdk.jartool/sun.tools.jar.Main -c -f "$jar" -0 -M -C "$work/classes" . || exit
  [ -s "$jar" ] || exit

  # Smoke calls nearly everything. Without an archive a start takes longer, and that is all. So one
  # of a Java that crashed is left out; smoke itself exits with 2 if the fixture was
  # changed.
  archive=$made/program.jsa
  "$java" -XX:ArchiveClassesAtExit="$archive" -Djava.io.tmpdir="$work" \
    -Djdk.launcher.sourcefile="$me" -cp "$jar" Freshness smoke
  case $? in
    0 | 2) ;;
    *) rm -f "$archive" ;;
  esac
  [ -f "$archive" ] || : >"$archive" || exit

  sync "$jar" "$archive" || sync || exit # a sync that takes no file names flushes everything
  sizes="$(($(wc -c <"$jar"))) $(($(wc -c <"$archive")))" || exit
  (echo "${made#"$cache/"} $sizes" >"$work/entry") || exit # a file size limit kills the writer

  trap '' HUP INT QUIT PIPE ALRM TERM USR1 USR2 # from here on, another start may use it
  [ -f "$entry" ] || rm -rf "$entry" # ln would put it into a directory
  if ! ln "$work/entry" "$entry"; then
    ! ready || exit 0 # another build was first
    mv -f "$work/entry" "$entry" || exit # what is there is damaged, so replace it
  fi
  trap - EXIT
  rm -rf "$work"
  clear_away
)

built_here() { # DIRECTORY
  [ -e "$1/program.jar" ] || [ -d "$1/work" ]
}

# clear_away: removes the oldest entries of the cache beyond a dozen, and what killed builds left.
clear_away() {
  cd "$cache" || return
  # shellcheck disable=SC2010 # only the launcher's own names get through
  ls -t | grep -E '^(classes[.][A-Za-z0-9]{6}|[0-9a-f]{64}-[0-9a-f]{64})$' | tail -n +25 |
    while read -r old; do
      case $old in
        classes.*) built_here "$old" || continue ;;
      esac
      rm -rf "./$old"
    done
  for old in classes.??????; do
    built_here "$old" || continue
    [ -n "$(find "$old" -prune -type d -mtime +0)" ] || continue # no build takes a day
    grep -qs "^$old " ./*-* || rm -rf "$old"
  done
}

# ---- Finding a Java, and failing without one ----

# asked_version JAVA: what it says about itself, without the user's options.
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

# stop WHY: there is no usable Java; suggests one that is on this machine.
stop() {
  for jdk in /usr/lib/jvm/* /opt/* /opt/homebrew/opt/* \
    /Library/Java/JavaVirtualMachines/*"/Contents/Home" ~/.sdkman/candidates/java/*; do
    new_enough "$jdk/bin/java" || continue
    quoted_jdk=$(quoted "$jdk") || continue
    program=$(quoted "$me") || continue
    fail "$1; try JAVA_HOME=$quoted_jdk sh $program status"
  done
  fail "$1; install Java 17 or newer, or set JAVA_HOME to one"
}

# quoted TEXT: prints it as one shell word to paste; fails if it has more than printable ASCII.
quoted() {
  others=$(printf %s "$1" | LC_ALL=C tr -d ' -~' && echo .)
  [ "$others" = . ] || return
  printf '%s\n' "$1" | sed "s/'/'\\\\''/g; s/^/'/; s/\$/'/"
}

# fail MESSAGE: prints it on one line, without anything a terminal would act on.
fail() {
  line=$(printf %s "$1" | LC_ALL=C tr -c ' -~' '?') || line='Java cannot be started'
  printf 'freshness: %s\n' "$line" >&2
  exit 3
}
# */
