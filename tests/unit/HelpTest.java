import java.util.List;
import java.util.regex.Pattern;

/** HelpTest: what help, --version and a bare call print. */
final class HelpTest extends Sandbox {
    @Harness.Test("help: of the program, whole")
    static void ofTheProgram() {
        for (String call : List.of("help", "--help", "-h")) {
            whole(call, 0, """
                A fail-closed freshness gate: safe is what was proved, everything else is blocked.

                  status    shows each feed: alive, how old, safe to serve or not, and why
                  gate      may this work go on? exit 0 only if every feed allows every action
                  scenario  writes a failure that status then detects
                  recover   restores one feed on the evidence of a fresh tick, \
                or refuses and writes nothing
                  smoke     runs the whole contract through real files
                  doctor    checks the environment
                  help      shows the commands, or the options of one
                  --version shows the version of this program and of Java

                example: java 'HOME/Freshness.java' gate --feed alpha --state state.json\
                 && ./publish.sh
                exit codes: 0 proved safe, or done; 2 evaluated, and not safe; \
                3 could not be evaluated. Go on only on 0.
                For the options of a command: java 'HOME/Freshness.java' help COMMAND
                """);
        }
    }

    @Harness.Test("help: of status, whole")
    static void ofStatus() {
        helpOf("status", """
            status [--state FILE] [--baseline FILE] [--format text|json|prometheus]\
             [--output FILE] [--watch SECONDS] [--color auto|always|never] [--now INSTANT]

              --state         the state; - reads standard input; \
            status and scenario start from data/healthy.json without it
              --baseline      who must be there, and how old is too old; \
            data/healthy.json by default
              --output        write it there, whole or not at all; - writes to standard output
              --format        for people or for programs
              --watch         evaluate again and again: \
            status until interrupted, gate until it closes
              --color         auto colors on a terminal only
              --now           replaces the clock, like 2026-11-22T09:37:00Z
            """);
    }

    @Harness.Test("help: of gate, whole")
    static void ofGate() {
        helpOf("gate", """
            gate --feed NAME... --state FILE [--action ACTION...] [--baseline FILE]\
             [--max-age-seconds N] [--valid-for SECONDS] [--at-least N] [--record FILE]\
             [--format text|json] [--watch SECONDS] [--quiet] [--now INSTANT]

              --feed          the feed
              --state         the state; - reads standard input; \
            status and scenario start from data/healthy.json without it
              --action        the work; without it, the feed must be safe to serve
              --baseline      who must be there, and how old is too old; \
            data/healthy.json by default
              --max-age-seconds  the newest tick may be no older, whatever the action needs
              --valid-for     the gate must stay open for so long even if no tick comes
              --at-least      so many of the feeds are enough; the work may use those named open
              --record        append the report there, as one JSON line: what cannot be \
            recorded is not done
              --format        for people or for programs
              --watch         evaluate again and again: \
            status until interrupted, gate until it closes
              --quiet         print only where the gate is blocked
              --now           replaces the clock, like 2026-11-22T09:37:00Z

            what an action needs, if the baseline does not ask for more or name others:
              inspect_status                                    a state that can be evaluated
              read_last_price, serve_cached_status              a feed that is fresh or stale
              price_order, publish_signal, rebalance_position   a feed that is fresh
            """);
    }

    @Harness.Test("help: of scenario, whole")
    static void ofScenario() {
        helpOf("scenario", """
            scenario KIND --output FILE [--feed NAME] [--state FILE] [--age-seconds N]\
             [--format text|json] [--now INSTANT]

              KIND            stale unknown down missing skewed loosened (of one --feed),\
             frozen corrupt (of all)
              --feed          the feed
              --state         the state; - reads standard input; \
            status and scenario start from data/healthy.json without it
              --output        write it there, whole or not at all; - writes to standard output
              --age-seconds   the age of the tick: 660 by default in a scenario, 5 in a recovery
              --format        for people or for programs
              --now           replaces the clock, like 2026-11-22T09:37:00Z
            """);
    }

    @Harness.Test("help: of recover, whole")
    static void ofRecover() {
        helpOf("recover", """
            recover --feed NAME --state FILE --output FILE [--age-seconds N] [--record FILE]\
             [--baseline FILE] [--format text|json] [--now INSTANT]

              --feed          the feed
              --state         the state; - reads standard input; \
            status and scenario start from data/healthy.json without it
              --baseline      who must be there, and how old is too old; \
            data/healthy.json by default
              --output        write it there, whole or not at all; - writes to standard output
              --age-seconds   the age of the tick: 660 by default in a scenario, 5 in a recovery
              --record        append the report there, as one JSON line: what cannot be \
            recorded is not done
              --format        for people or for programs
              --now           replaces the clock, like 2026-11-22T09:37:00Z
            """);
    }

    @Harness.Test("help: of smoke, doctor and help, whole")
    static void ofTheShortOnes() {
        helpOf("smoke", """
            smoke [--format text|json]

              --format        for people or for programs
            """);
        helpOf("doctor", """
            doctor [--baseline FILE] [--state FILE] [--format text|json]

              --state         the state; - reads standard input; \
            status and scenario start from data/healthy.json without it
              --baseline      who must be there, and how old is too old; \
            data/healthy.json by default
              --format        for people or for programs
            """);
        helpOf("help", """
            help [COMMAND]

              COMMAND         one of status gate scenario recover smoke doctor
            """);
    }

    /** The help of a command is the same, however it is asked for. */
    private static void helpOf(String command, String usage) {
        String help = "usage: java 'HOME/Freshness.java' " + usage;
        whole(command + " --help", 0, help);
        whole(command + " -h", 0, help);
        whole("help " + command, 0, help);
        whole("--help " + command, 0, help);
        whole("-h " + command, 0, help);
    }

    @Harness.Test("help: of --version, which is no COMMAND; and the version")
    static void ofTheVersion() {
        String help = "usage: java 'HOME/Freshness.java' --version\n\n";
        whole("--version --help", 0, help);
        whole("--version -h", 0, help);
        whole("help --version", 3, """
            freshness: unknown option: --version; \
            see: java 'HOME/Freshness.java' help help
            """);
        whole("--version", 0, "freshness 1.0, Java " + Runtime.version() + "\n");
    }

    @Harness.Test("help: of a command names each of its options, and no other command's")
    static void namesEachOption() {
        for (String command : CALLS.keySet()) {
            String help = run("help " + command).exits(0).says("usage: ", command).out();
            for (String option : VALUES.keySet()) {
                boolean isTaken = List.of(OPTIONS.get(command).split(" ")).contains(option);
                boolean isNamed = Pattern.compile(option + "\\b").matcher(help).find();
                equal(command + " help names " + option, isNamed, isTaken);
            }
            String all = run("help").out();
            equal("the program's help names " + command, all.contains(command), true);
        }
    }

    /** A script whose variable holds --help must not get exit 0. */
    @Harness.Test("help: is no help anywhere but as the one argument behind a command")
    static void isTheOneArgument() {
        for (String command : CALLS.keySet()) {
            String options = CALLS.get(command).substring(command.length());
            for (String help : List.of("--help", "-h")) {
                String problem = help + " counts only as the one argument behind a command";
                refused(command + " --help " + help,
                    "--help counts only as the one argument behind a command");
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
        refused("help --bogus", "unknown option: --bogus; see: ");
    }
}
