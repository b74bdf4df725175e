import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** HelpTest: what help, --version and a call without arguments print. */
final class HelpTest extends Sandbox {
    @Harness.Test("help: of the program, whole")
    static void ofTheProgram() {
        for (String call : List.of("help", "--help", "-h")) {
            whole(call, 0, page("""
                Fail-closed freshness gate for market-data feeds: whatever is not proven fresh
                is blocked.

                Usage: PROGRAM COMMAND [OPTIONS]

                Your collector writes the state file: when each feed last ticked. The baseline
                file is the contract: which feeds must be there, and how old each may get.

                Examples:
                  Run a job only if its feed is fresh:
                    PROGRAM gate --feed alpha --state state.json \\
                      --baseline baseline.json && ./publish.sh
                  See every feed, and why one is blocked:
                    PROGRAM status --state state.json \\
                      --baseline baseline.json
                  Try it without files of your own:
                    PROGRAM smoke

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

                For a command's options, run: PROGRAM help COMMAND
                """));
        }
    }

    @Harness.Test("help: of status, whole")
    static void ofStatus() {
        helpOf("status", """
            Show every feed: its age, its limit, and why it is blocked.

            Usage: PROGRAM status [OPTIONS]

            Examples:
              PROGRAM status --state state.json --baseline baseline.json
              PROGRAM status --state state.json --baseline baseline.json \\
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
            """);
    }

    @Harness.Test("help: of gate, whole")
    static void ofGate() {
        helpOf("gate", """
            Exit 0 only if every named feed allows every named action. Run it right before
            the job; if it does not exit 0, the job must not run.

            Usage: PROGRAM gate --feed NAME... --state FILE [OPTIONS]

            Examples:
              Before a job:
                PROGRAM gate --feed alpha --state state.json \\
                  --baseline baseline.json && ./publish.sh
              For one kind of work, and at a tighter limit than agreed:
                PROGRAM gate --feed alpha --state state.json \\
                  --baseline baseline.json --action price_order --max-age-seconds 30
              Beside long-running work, which must stop when this exits:
                PROGRAM gate --feed alpha --state state.json \\
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
            """);
    }

    @Harness.Test("help: of scenario, whole")
    static void ofScenario() {
        helpOf("scenario", """
            Write a state with a simulated failure, for drills. It never changes the file it
            starts from.

            Usage: PROGRAM scenario KIND --output FILE [OPTIONS]

            Example:
              PROGRAM scenario stale --feed bravo --output stale.json
              PROGRAM status --state stale.json

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
            """);
    }

    @Harness.Test("help: of recover, whole")
    static void ofRecover() {
        helpOf("recover", """
            Mark one feed fresh again after a tick you have seen. It refuses, and writes
            nothing, if the feed would still be unsafe or if another feed's verdict would
            change. A feed whose collector writes fresh ticks needs no recovery.

            Usage: PROGRAM recover --feed NAME --state FILE --output FILE
                   [OPTIONS]

            Example:
              PROGRAM recover --feed bravo --state state.json \\
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
            """);
    }

    @Harness.Test("help: of smoke, doctor and help, whole")
    static void ofTheShortOnes() {
        helpOf("smoke", """
            Run the built-in self-test: every failure and every recovery, on real files in a
            temporary directory. It reads none of your files.

            Usage: PROGRAM smoke [--format text|json]

            Options:
              --format FORMAT       format of the report: text (default) or json

            Exit status: 0 every check passed, 2 a check failed, 3 could not run.
            """);
        helpOf("doctor", """
            Check Java, the clock and your files on this host, before you rely on the gate.

            Usage: PROGRAM doctor [OPTIONS]

            Example:
              PROGRAM doctor --baseline baseline.json --state state.json

            Options:
              --baseline FILE       agreed feeds and limits, to check as well
                                    (default: only the bundled fixture is checked)
              --state FILE          state file written by your collector, to check as well;
                                    - reads standard input (default: none)
              --format FORMAT       format of the report: text (default) or json

            Exit status: 0 every check passed, 2 a check failed, 3 could not run.
            """);
        helpOf("help", """
            Show the commands, or help for one command.

            Usage: PROGRAM help [COMMAND]

            Options:
              COMMAND               status, gate, scenario, recover, smoke or doctor
                                    (default: show all commands)
            """);
    }

    /** The help of a command is the same, however it is asked for. */
    private static void helpOf(String command, String text) {
        String help = page(text);
        whole(command + " --help", 0, help);
        whole(command + " -h", 0, help);
        whole("help " + command, 0, help);
        whole("--help " + command, 0, help);
        whole("-h " + command, 0, help);
    }

    /** Returns a page with the program as it is started here. */
    private static String page(String text) {
        return text.replace("PROGRAM", "java 'HOME/Freshness.java'");
    }

    @Harness.Test("help: of --version, which is no COMMAND; and the version")
    static void ofTheVersion() {
        String help = page("""
            Show the version of this program and of Java.

            Usage: PROGRAM --version
            """);
        whole("--version --help", 0, help);
        whole("--version -h", 0, help);
        whole("help --version", 3, """
            freshness: unknown option: --version. \
            For usage, run: java 'HOME/Freshness.java' help help
            """);
        whole("--version", 0, "freshness 1.0, Java " + Runtime.version() + "\n");
    }

    @Harness.Test("help: of a command names each of its options, and no other command's")
    static void namesEachOption() {
        for (String command : CALLS.keySet()) {
            String help = run("help " + command).exits(0).out();
            for (String option : VALUES.keySet()) {
                boolean isTaken = List.of(OPTIONS.get(command).split(" ")).contains(option);
                boolean isNamed = Pattern.compile(option + "\\b").matcher(help).find();
                equal(command + " help names " + option, isNamed, isTaken);
            }
            String all = run("help").out();
            equal("the program's help names " + command, all.contains(command), true);
        }
    }

    private static final Pattern HELP_LINE = Pattern.compile(
        "(?m)^  (--[a-z-]+|KIND|COMMAND)(?: ([A-Z]+))? {2,}(.*(?:\n {24}.*)*)");

    /** The parser has lines of its own, so a page could fall behind them. */
    @Harness.Test("help: a page has the parser's options, with their values and defaults")
    static void hasTheOptionsOfTheParser() {
        for (String command : List.of("status", "gate", "scenario", "recover", "smoke", "doctor",
                "help")) {
            String help = run("help " + command).exits(0).out();
            Map<String, Freshness.Option> options =
                new LinkedHashMap<>(Freshness.Usage.find(command).options());
            Matcher line = HELP_LINE.matcher(help);
            while (line.find()) {
                Freshness.Option option = options.remove(line.group(1));
                equal(command + ": an option of its own: " + line.group(), option != null, true);
                if (option != null) {
                    checkHelpLine(command, option, line.group(2), line.group(3), help);
                }
            }
            equal(command + ": options without help", options.keySet(), Set.of());
        }
    }

    private static void checkHelpLine(String command, Freshness.Option option, String form,
            String text, String page) {
        String input = command + " " + option.name();
        if (option.form().contains("|")) {
            equal(input, List.of("FORMAT", "WHEN").contains(form), true);
            List<String> words = List.of(text.split("[^a-z]+"));
            for (String value : option.form().split("\\|")) {
                equal(input + " names " + value, words.contains(value), true);
            }
        } else if (!option.isOperand()) {
            equal(input, form == null ? "" : form, option.form());
        }
        if (option.required()) {
            int required = page.indexOf("\nRequired:\n");
            int end = page.indexOf("\n\n", required);
            int at = page.indexOf("\n  " + option.name() + " ", required);
            equal(input + " is named as required", required > 0 && at > 0 && at < end, true);
        } else if (option.takesValue() && !text.contains("required for its kinds")) {
            boolean saysWithout = text.contains("default") || text.contains("instead of now");
            equal(input + " says what is without it", saysWithout, true);
        }
        boolean saysRepeat = text.contains("repeat it for");
        equal(input + " says whether it may be repeated", saysRepeat, option.repeated());
    }

    @Harness.Test("help: names the kinds, and the actions with what each needs")
    static void namesKindsAndActions() {
        String scenario = run("help scenario").out();
        for (Freshness.Kind kind : Freshness.Kind.values()) {
            equal(kind.name(), scenario.contains("\n  " + kind + "   "), true);
        }
        String gate = run("help gate").out();
        for (String action : ACTIONS) {
            String needs = "a feed that is fresh";
            if (allowed("unknown").contains(action)) {
                needs = "a state that can be evaluated";
            } else if (allowed("stale").contains(action)) {
                needs = "a feed that is fresh or stale";
            }
            String line = String.format("\n  %-20s  %s\n", action, needs);
            equal(action, gate.contains(line), true);
        }
    }

    @Harness.Test("help: fits 80 columns")
    static void fitsTheTerminal() throws Exception {
        EnvironmentTest.withSource("Freshness.java", () -> {
            for (String call : List.of("help", "--version --help", "help help", "help status",
                    "help gate", "help scenario", "help recover", "help smoke", "help doctor")) {
                String help = run(call).exits(0).out();
                equal(call, help.lines().filter(line -> line.length() > 80).toList(), List.of());
            }
        });
    }

    /** A script whose variable holds --help must not get exit 0. */
    @Harness.Test("help: is no help anywhere but as the one argument behind a command")
    static void isTheOneArgument() {
        for (String command : CALLS.keySet()) {
            String options = CALLS.get(command).substring(command.length());
            for (String help : List.of("--help", "-h")) {
                String problem = help + " cannot be combined with other arguments";
                refused(command + " --help " + help,
                    "--help cannot be combined with other arguments");
                refused(command + options + " --format json " + help, problem);
                refused(command + " " + help + " stray", problem);
            }
        }
    }

    @Harness.Test("help: a call without a command shows it, on standard error, and is no success")
    static void ofNothing() {
        Run help = run("help").exits(0);
        Run bare = run("").exits(3);
        equal("standard output", bare.out(), "");
        equal("standard error", bare.err(), "freshness: no command given\n\n" + help.out());
    }

    @Harness.Test("help: of what is no command")
    static void ofNoCommand() {
        refused("help nothing", "unknown command: nothing");
        refused("help statsu", "unknown command: statsu", "did you mean status?");
        refused("help gate gate", "unexpected argument: gate");
        refused("help --bogus", "unknown option: --bogus. For usage, run: ");
    }
}
