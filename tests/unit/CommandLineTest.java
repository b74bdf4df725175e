import java.io.ByteArrayOutputStream;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;

/** CommandLineTest: which calls are refused, and with which message. */
final class CommandLineTest extends Sandbox {
    /** A replacement character stands for bytes that could not be decoded. */
    private static final String NO_TEXT = "\ufffd";

    // ---- Commands ----

    @Harness.Test("command line: a command that does not exist, with the nearest that does")
    static void unknownCommands() {
        for (Row row : Row.table("""
                stauts => status
                stat => status
                Status => status
                gat => gate
                gates => gate
                scenaro => scenario
                recvoer => recover
                smok => smoke
                docter => doctor
                hepl => help""")) {
            refused(row.cell(0) + " --state @healthy.json",
                "unknown command: " + row.cell(0) + "; did you mean " + row.cell(1) + "?");
        }
        refused("%", "unknown command", "");
        refused("frobnicate", "unknown command: frobnicate");
        refused("--state @healthy.json status", "unknown command: --state");
    }

    @Harness.Test("command line: an internal error is one line and exit 3")
    static void internalError() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        String[] call = {"status", null};
        equal("a null argument", Freshness.run(call, UNREAD, new Full(0), err), 3);
        String line = err.toString(UTF_8);
        equal("a null argument", line.matches("freshness: internal error[^\n]*\n"), true);
    }

    // ---- Options ----

    @Harness.Test("command line: each command takes the options of the contract and no others")
    static void optionsOfEachCommand() {
        for (String command : CALLS.keySet()) {
            List<String> options = List.of(OPTIONS.get(command).split(" "));
            for (String option : VALUES.keySet()) {
                if (options.contains(option)) {
                    refused(command + " " + option, option + " needs a value (");
                } else {
                    refused(command + " " + option, "unknown option: " + option);
                }
            }
            for (String option : options) {
                if (!option.equals("--watch")) {
                    taken(command, option, " ");
                    taken(command, option, "=");
                }
            }
        }
    }

    /** The call works, whether or not what it asks about is safe. */
    private static void taken(String command, String option, String gap) {
        String call = callWithout(command, option) + " " + option + gap + VALUES.get(option);
        if (option.equals("--baseline")) { // which no state is: another of the same bytes
            call = call.replace("--state @healthy.json", "--state @=healthy.json");
        }
        boolean needsState = command.equals("status") && option.equals("--baseline");
        Run run = run(needsState ? call + " --state @=healthy.json" : call);
        equal(run.call(), run.exit() != 3 && run.err().isEmpty(), true);
    }

    private static String callWithout(String command, String option) {
        return CALLS.get(command).replaceAll(" " + option + " \\S+", "");
    }

    @Harness.Test("command line: a replay is not quiet, and no watch")
    static void replayIsSeen() {
        refused("gate --feed alpha --state @healthy.json --quiet --now " + NOW,
            "--quiet would hide that --now replaces the clock; omit one of them");
        for (String call : List.of("gate --feed alpha --state @healthy.json",
                "status --state @healthy.json")) {
            refused(call + " --watch 1 --now " + NOW, "cannot be combined with --now");
        }
    }

    @Harness.Test("command line: an argument that no command takes")
    static void strayArguments() {
        for (String call : CALLS.values()) {
            refused(call + " --bogus", "unknown option: --bogus");
            refused(call + " --bogus=1", "unknown option: --bogus");
            refused(call + " -x", "unknown option: -x");
            refused(call + " --", "unknown option: --");
            refused(call + " stray", "unexpected argument: stray");
            refused(call + " %", "unexpected argument", "");
        }
    }

    @Harness.Test("command line: an option that is misspelt, with the one that is meant")
    static void misspeltOptions() {
        for (String command : CALLS.keySet()) {
            String call = CALLS.get(command);
            for (String option : OPTIONS.get(command).split(" ")) {
                String value = " " + VALUES.get(option);
                String meant = "; did you mean " + option + "?";
                String shorter = option.substring(0, option.length() - 1);
                refused(call + " " + shorter + value, "unknown option: " + shorter + meant);
                String longer = option.substring(0, 3) + option.substring(2);
                refused(call + " " + longer + value, "unknown option: " + longer + meant);
                refused(call + " " + option.toUpperCase() + value, "unknown option");
                // An argument that contains a line of the help is not an option either.
                refused(call + " %" + value, "unknown option", option + " FILE");
                refused(call + " %" + value, "unknown option", option + value);
            }
        }
    }

    @Harness.Test("command line: an option given twice; only actions, and a gate's feeds, may be")
    static void repeatedOptions() {
        for (String command : CALLS.keySet()) {
            for (String option : OPTIONS.get(command).split(" ")) {
                boolean isFeedOfGate = command.equals("gate") && option.equals("--feed");
                if (!option.equals("--action") && !isFeedOfGate) {
                    String given = " " + option + " " + VALUES.get(option);
                    refused(CALLS.get(command) + given + given, option + " was given more than"
                        + " once");
                }
            }
        }
    }

    @Harness.Test("command line: an option without a value")
    static void missingValues() {
        for (String command : CALLS.keySet()) {
            for (String option : OPTIONS.get(command).split(" ")) {
                String call = callWithout(command, option) + " " + option;
                String problem = option + " needs a value (";
                refused(call, problem);
                refused(call + "=", problem);
                refused(call + " %", problem, "");
                refused(call + " --format=json", problem);
            }
        }
        refused("gate --feed alpha --state", "--state needs a value (FILE)");
    }

    @Harness.Test("command line: what is required")
    static void requiredOptions() {
        for (Row row : Row.table("""
                gate => is required
                gate --feed alpha => --state is required
                gate --state @healthy.json => --feed is required
                gate --action price_order --state @healthy.json => --feed is required
                scenario => is required
                scenario stale --feed bravo => --output is required
                scenario --feed bravo --output @out.json => KIND is required; expected one of \
                stale, unknown, down
                recover => is required
                recover --state @stale.json --output @out.json => --feed is required
                recover --feed bravo --output @out.json => --state is required
                recover --feed bravo --state @stale.json => --output is required""")) {
            refused(row.cell(0), row.cell(1));
        }
    }

    // ---- Values ----

    @Harness.Test("command line: words that an option does not take")
    static void invalidWords() {
        for (Row row : Row.table("""
                status --format => xml JSON js text|json j|p json,text
                gate --format => prometheus html xml
                scenario --format => prometheus
                recover --format => prometheus xml
                smoke --format => prometheus xml
                doctor --format => yaml
                status --color => purple on ALWAYS
                status --baseline => -
                gate --baseline => -
                recover --baseline => -
                recover --record => -""")) {
            invalid(row.cell(0), row.cell(1));
        }
    }

    @Harness.Test("command line: seconds between two looks that are none, or too few or too many")
    static void invalidWatches() {
        invalid("status --watch", "0 0.05 0.0999 -1 86400.1 86401 1e9 abc 1s 01 +1 null true"
            + " NaN 0x1 1e999999999");
        for (String command : List.of("status", "gate --feed alpha")) {
            for (String value : List.of("0", "0.09", "86401", "-1", "x", "1e9")) {
                refused(command + " --state @healthy.json --watch " + value,
                    "invalid value for --watch: " + value,
                    "expected a number of seconds from 0.1 to 86400");
            }
        }
    }

    @Harness.Test("command line: ages that are none, negative, or more than a thousand million")
    static void invalidAges() {
        String values = "-1 -30 -0.5 -0.0001 -1e-999 1000000000.1 1000000001 1e400 1e999999999 abc"
            + " 5s 05 +5 .5 5. null true NaN Infinity 0x5 5,0 [5] {}";
        invalid("scenario --age-seconds", values);
        invalid("recover --age-seconds", values);
    }

    @Harness.Test("command line: instants that are none")
    static void invalidInstants() {
        String values = "now yesterday 2026-11-22 2026-11-22T09:37:00 2026-02-30T00:00:00Z"
            + " 1795340220 2026-11-22T24:00:00Z null";
        for (String command : List.of("status", "gate", "scenario", "recover")) {
            invalid(command + " --now", values);
        }
    }

    /** Each of the values is refused; it is named, with a bar as it is escaped in a text. */
    private static void invalid(String commandAndOption, String values) {
        String command = commandAndOption.split(" ")[0];
        String option = commandAndOption.split(" ")[1];
        for (String value : values.split(" ")) {
            refused(CALLS.get(command) + " " + option + "=" + value,
                "invalid value for " + option + ": " + value.replace("|", "\\u007c"));
        }
    }

    @Harness.Test("command line: white space around a number is no number")
    static void spacesAroundNumbers() {
        for (String space : List.of("\r", "\n", " ", "\t")) {
            for (String number : List.of("90.1" + space, space + "5", "9.1e1" + space)) {
                run("recover --feed bravo --state @stale.json --output @out.json --age-seconds %",
                    number).exits(3);
                run("gate --feed alpha --state @healthy.json --watch %", number).exits(3);
            }
        }
    }

    @Harness.Test("command line: a value may look like an option or like something of the shell's")
    static void valuesLikeOptions() throws Exception {
        for (String name : List.of("--state", "-x", "-30", "-", "--", "a=b", "=", " ", "*", "$HOME",
                "'", "\\\"", "a  b", "%s")) {
            write("n.json", document("limit 90", feed(name, "alive true, age 8")));
            String value = name.replace("\\", "");
            String files = " --state @n.json --baseline @=n.json";
            run("gate" + files + " --feed=%", value).exits(0).says("GATE OPEN");
            if (!name.startsWith("--")) {
                run("gate --feed %" + files, value).exits(0).says("GATE OPEN");
            }
        }
    }

    @Harness.Test("command line: a value that is not text in this locale")
    static void valuesThatAreNoText() {
        refused("gate --feed % --state @healthy.json", "cannot be decoded", NO_TEXT);
        whole("scenario stale --feed bravo --output %", 3, """
            freshness: the value of --output cannot be decoded in this locale; set LC_ALL=C.UTF-8. \
            For usage, run: java 'HOME/Freshness.java' help scenario
            """, dir + "/" + NO_TEXT);
        whole("gate --feed % --state @stale.json", 3, """
            freshness: the value of --feed cannot be decoded in this locale; set LC_ALL=C.UTF-8. \
            For usage, run: java 'HOME/Freshness.java' help gate
            """, NO_TEXT);
    }

    // ---- Rules ----

    @Harness.Test("command line: what a watch goes with")
    static void rulesOfWatches() {
        String clock = "--watch re-reads a file by the real clock and cannot be combined with"
            + " --now or --state -";
        for (String command : List.of("status", "gate --feed alpha")) {
            refused(command + " --state - --watch 1", clock);
            refused(command + " --state @healthy.json --watch 1 --now " + NOW, clock);
        }
        refused("status --watch 1 --now " + NOW, clock);
        refused("status --watch 1 --state -", clock);
        String format = "status --watch supports text on standard output, or --format prometheus"
            + " or html with --output FILE";
        for (String options : List.of("--format json", "--format prometheus", "--format html",
                "--format html --output -", "--output @out", "--output @out.json",
                "--format json --output @out", "--format prometheus --output -")) {
            refused("status --watch 1 " + options, format);
        }
    }

    @Harness.Test("command line: what a kind of scenario goes with")
    static void rulesOfKinds() {
        for (String kind : KINDS) {
            String call = "scenario " + kind;
            boolean isOfAll = List.of("frozen", "corrupt").contains(kind);
            String wrongFeed = isOfAll ? " --feed bravo" : "";
            String rightFeed = isOfAll ? "" : " --feed bravo";
            refused(call + wrongFeed + " --output @out.json", "--feed");
            if (!kind.equals("stale")) {
                refused(call + rightFeed + " --age-seconds 700 --output @out.json",
                    "--age-seconds");
            }
        }
        refused("scenario stal --feed bravo --output @out.json",
            "invalid value for KIND: stal; did you mean stale?");
        refused("scenario rotten --feed bravo --output @out.json",
            "invalid value for KIND: rotten");
        refused("scenario stale down --feed bravo --output @out.json", "unexpected argument: down");
    }

    @Harness.Test("command line: a record is a file of its own, and an action is a known one")
    static void rulesOfRecordsAndActions() {
        refused("recover --feed bravo --state @stale.json --output @out.json --record @out.json",
            "the same file");
        String call = "gate --feed alpha --state @healthy.json --action ";
        run(call + "price_ordr").exits(3)
            .says("GATE BLOCKED: unknown action: price_ordr; did you mean price_order?\n");
        run(call + "sell").exits(3).says("GATE BLOCKED: unknown action: sell; expected one of ");
    }

    // ---- Whole messages: the call; the message; the command whose help it points to ----

    @Harness.Test("command line: what is said of a command that there is not, whole")
    static void messagesOnCommands() {
        messages("""
            stauts => unknown command: stauts; did you mean status? =>
            s => unknown command: s; did you mean status? =>
            frobnicate => unknown command: frobnicate; expected one of status, gate, scenario, \
            recover, smoke, doctor, help, --version =>
            --state @stale.json status => unknown command: --state; the command comes first =>
            --format=json status => unknown command: --format=json; the command comes first =>
            -v => unknown command: -v; the command comes first =>
            help nothing => unknown command: nothing; expected one of status, gate, scenario, \
            recover, smoke, doctor, help, --version =>""");
        whole("%", 3, """
            freshness: unknown command: ; did you mean status? For usage, run: \
            java 'HOME/Freshness.java' help
            """, "");
    }

    @Harness.Test("command line: what is said of an option that there is not, whole")
    static void messagesOnOptions() {
        messages("""
            status --bogus => unknown option: --bogus; expected one of --state, --baseline, \
            --format, --output, --watch, --color, --now => status
            status --stat @stale.json => unknown option: --stat; did you mean --state? => status
            gate --fed alpha => unknown option: --fed; did you mean --feed? => gate
            smoke --state x => unknown option: --state; expected one of --format => smoke
            doctor --record x => unknown option: --record; expected one of --baseline, --state, \
            --format => doctor
            help --state => unknown option: --state => help
            --version --state => unknown option: --state => --version
            status - => unknown option: -; did you mean --state? => status
            gate -help => unknown option: -help => gate""");
    }

    @Harness.Test("command line: what is said of a stray word, whole")
    static void messagesOnStrayWords() {
        messages("""
            gate help => unexpected argument: help; did you mean --feed help? => gate
            gate alpha => unexpected argument: alpha; did you mean --feed alpha? => gate
            recover bravo => unexpected argument: bravo; did you mean --state bravo? => recover
            status @stale.json => unexpected argument: DIR/stale.json; \
            did you mean --state DIR/stale.json? => status
            doctor @stale.json => unexpected argument: DIR/stale.json; \
            did you mean --state DIR/stale.json? => doctor
            scenario stale down => unexpected argument: down; did you mean --state down? => scenario
            smoke now => unexpected argument: now => smoke
            help gate status => unexpected argument: status => help
            --help gate status => unexpected argument: status => help
            --version now => unexpected argument: now => --version""");
    }

    @Harness.Test("command line: what is said of a help among other arguments, whole")
    static void messagesOnHelp() {
        messages("""
            gate --state @stale.json --feed bravo -h => \
            -h cannot be combined with other arguments => gate
            gate --state @stale.json --feed bravo --help => \
            --help cannot be combined with other arguments => gate
            gate --help --feed bravo --state @stale.json => \
            --help cannot be combined with other arguments => gate
            --version --help status => \
            --help cannot be combined with other arguments => --version
            help gate -h => -h cannot be combined with other arguments => help""");
    }

    @Harness.Test("command line: what is said of an option without a value or given twice, whole")
    static void messagesOnMissingValues() {
        messages("""
            status --state => --state needs a value (FILE) => status
            status --state= => --state needs a value (FILE) => status
            status --format => \
            --format needs a value (text, json, prometheus, html) => status
            status --now --state @stale.json => \
            --now needs a value (INSTANT) => status
            status --watch => --watch needs a value (SECONDS) => status
            gate --feed => --feed needs a value (NAME) => gate
            gate --action => --action needs a value (ACTION) => gate
            recover --age-seconds => --age-seconds needs a value (N) => recover
            gate --quiet=yes => --quiet takes no value => gate
            gate --quiet --quiet => --quiet was given more than once => gate
            gate --state a --state b => --state was given more than once => gate
            status --format json --format xml => --format was given more than once => status""");
    }

    @Harness.Test("command line: what is said of a number or an instant, whole")
    static void messagesOnNumbers() {
        messages("""
            status --now now => invalid value for --now: now; \
            expected an RFC 3339 timestamp, like 2026-11-22T09:37:00Z => status
            gate --now 2026-11-22T09:37:00+0000 => invalid value for --now: \
            2026-11-22T09:37:00+0000; it has an offset without a colon; \
            write 2026-11-22T09:37:00+00:00 => gate
            status --now 2026-11-22T09:37:00 => invalid value for --now: \
            2026-11-22T09:37:00; it has no offset; \
            write 2026-11-22T09:37:00Z if it is UTC, otherwise with its offset => status
            recover --now 1795340220000 => invalid value for --now: 1795340220000; \
            it is in epoch milliseconds; write 2026-11-22T09:37:00Z => recover
            scenario stale --now NaT => invalid value for --now: NaT; it is NaT; \
            expected an RFC 3339 timestamp, like 2026-11-22T09:37:00Z => scenario
            recover --age-seconds age => invalid value for --age-seconds: age; \
            expected a number from 0 to 1000000000 => recover
            recover --age-seconds -1 => invalid value for --age-seconds: -1; \
            expected a number from 0 to 1000000000 => recover
            recover --age-seconds AGE => invalid value for --age-seconds: AGE; replace it with \
            the age, in seconds, of a tick you have seen => recover
            scenario stale --age-seconds AGE => invalid value for --age-seconds: AGE; replace it \
            with the age, in seconds, of a tick you have seen => scenario
            status --watch 0.099 => invalid value for --watch: 0.099; \
            expected a number of seconds from 0.1 to 86400 => status
            gate --watch 86400.001 => invalid value for --watch: 86400.001; \
            expected a number of seconds from 0.1 to 86400 => gate""");
    }

    @Harness.Test("command line: an instant with a space, or more of them")
    static void instantsWithSpaces() {
        whole("status --now %", 3, """
            freshness: invalid value for --now: 2026-11-22 09:37:00 UTC; it has a space \
            instead of T and UTC instead of Z; write 2026-11-22T09:37:00Z. \
            For usage, run: java 'HOME/Freshness.java' help status
            """, "2026-11-22 09:37:00 UTC");
    }

    @Harness.Test("command line: what is said of a word that an option does not take, whole")
    static void messagesOnWords() {
        messages("""
            status --format JSON => \
            invalid value for --format: JSON; did you mean json? => status
            status --format csv => \
            invalid value for --format: csv; expected one of text, json, prometheus, html => status
            status --format jso => \
            invalid value for --format: jso; did you mean json? => status
            gate --format prometheus => \
            invalid value for --format: prometheus; expected one of text, json => gate
            status --color on => \
            invalid value for --color: on; expected one of auto, always, never => status
            gate --action a,b => invalid value for --action: a,b; \
            expected the name of an action; to name several actions, repeat --action => gate
            gate --action a/b => invalid value for --action: a/b; \
            expected the name of an action => gate
            scenario stal => invalid value for KIND: stal; did you mean stale? => scenario
            scenario explode => invalid value for KIND: explode; expected one of stale, unknown, \
            down, missing, skewed, loosened, frozen, corrupt => scenario
            status --baseline - => invalid value for --baseline: -; expected a file => status
            doctor --baseline - => invalid value for --baseline: -; expected a file => doctor
            recover --feed x --state y --output z --record - => \
            invalid value for --record: -; expected a file => recover""");
    }

    @Harness.Test("command line: what is said of an option that is missing, whole")
    static void messagesOnMissingOptions() {
        messages("""
            gate => --feed is required => gate
            gate --feed x => --state is required => gate
            scenario --output x => KIND is required; \
            expected one of stale, unknown, down, missing, skewed, loosened, frozen, corrupt => \
            scenario
            scenario stale => --output is required => scenario
            scenario stale --output x => --feed is required for scenario stale => scenario
            scenario down --age-seconds 5 --output x => --feed is required for scenario down => \
            scenario
            recover --state y --output z => --feed is required => recover
            recover --feed x --output z => --state is required => recover
            recover --feed x --state y => --output is required => recover""");
    }

    @Harness.Test("command line: what is said of options that do not go together, whole")
    static void messagesOnRules() {
        messages("""
            scenario frozen --feed bravo --output x => \
            scenario frozen affects the whole state; omit --feed => scenario
            scenario down --feed bravo --age-seconds 1 --output x => \
            --age-seconds works only with scenario stale => scenario
            recover --feed bravo --state @stale.json --output @o --record @o => \
            --record and --output are the same file: DIR/o => recover
            recover --feed bravo --state @stale.json --output @o --record @./o => \
            --record and --output are the same file: DIR/o => recover
            status --watch 1 --now 2026-11-22T09:37:00Z => --watch re-reads a file by the real \
            clock and cannot be combined with --now or --state - => status
            gate --watch 1 --feed x --state - => --watch re-reads a file by the real clock and \
            cannot be combined with --now or --state - => gate
            status --watch 1 --format json => status --watch supports text on standard output, or \
            --format prometheus or html with --output FILE => status
            status --watch 1 --output @o => status --watch supports text on standard output, or \
            --format prometheus or html with --output FILE => status""");
    }

    private static void messages(String table) {
        for (Row row : Row.table(table)) {
            String help = ("help " + row.cell(2)).strip();
            String end = row.cell(1).endsWith("?") ? "" : ".";
            whole(row.cell(0), 3, "freshness: " + row.cell(1) + end
                + " For usage, run: java 'HOME/Freshness.java' " + help + "\n");
        }
    }

    @Harness.Test("command line: a value is not echoed as it is")
    static void echoedValues() {
        for (String value : NamesTest.NAMES) {
            for (String call : List.of("%", "status %", "status --% 1",
                    "status --state @healthy.json --format=%",
                    "gate --feed alpha --state @healthy.json --action=/%",
                    "scenario x% --output @out.json", "help %", "status --now=%",
                    "recover --feed x --state y --output z --age-seconds=%")) {
                refused(call, "", value);
            }
        }
    }

    // ---- Reading a call ----

    @Harness.Test("command line: a name that no usage line has throws, whatever asks for it")
    static void unknownNames() {
        Freshness.Call call = Freshness.Call.parse("gate", "--feed", "a", "--state", "s");
        equal("an option of another command", call.has("--record"), false);
        equal("an option that is not given", call.one("--baseline", "none"), "none");
        for (String name : List.of("--sate", "feed", "")) {
            String thrown = "nothing";
            try {
                call.has(name);
            } catch (IllegalArgumentException e) {
                thrown = e.getMessage();
            }
            equal(name, thrown, "no usage line has " + name);
        }
    }

    @Harness.Test("command line: values are read once each, in their order")
    static void valuesInOrder() {
        Freshness.Call call = Freshness.Call.parse("gate", "--feed", "b", "--state=s=1",
            "--feed", "a", "--feed=b", "--quiet");
        equal("--feed", call.all("--feed"), List.of("b", "a"));
        equal("--state", call.one("--state", null), "s=1");
        equal("--quiet", call.has("--quiet"), true);
        equal("--watch", call.has("--watch"), false);
    }
}
