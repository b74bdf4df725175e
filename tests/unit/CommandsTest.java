import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

import static java.nio.charset.StandardCharsets.UTF_8;

/** CommandsTest: the command line, gate, watches, smoke and doctor. */
final class CommandsTest extends Sandbox {
    // ---- Usage ----

    static void usage() {
        test("usage: each command takes the options of the contract and no others, and its help names them", () -> {
            for (String command : CALLS.keySet()) {
                Run help = run("help " + command).exits(0).says("", command);
                for (String same : List.of("--help", "-h")) {
                    equal(command + " " + same, run(command + " " + same).exits(0).out(), help.out());
                    // Anywhere else it is no help: a script whose variable holds it must not get exit 0.
                    for (String call : List.of("--help " + same, CALLS.get(command).substring(command.length()) + " --format json " + same, same + " stray")) {
                        refused((command + " " + call).replace("  ", " "), " counts only as the one argument behind a command");
                    }
                }
                for (String option : VALUES.keySet()) {
                    boolean taken = List.of(OPTIONS.get(command).split(" ")).contains(option);
                    refused(command + " " + option, taken ? "no value given for " + option : "unknown option: " + option);
                    equal(command + " help names " + option, Pattern.compile(option + "\\b").matcher(help.out()).find(), taken);
                    if (taken && !option.equals("--watch")) {
                        String call = CALLS.get(command).replaceAll(" " + option + " \\S+", "");
                        for (String gap : List.of(" ", "=")) {
                            Run run = run(call + " " + option + gap + VALUES.get(option));
                            equal(run.call(), run.exit() != 3 && run.err().isEmpty(), true);
                        }
                    }
                }
            }
        });

        test("usage: help for the program", () -> {
            String help = run("help").exits(0).out();
            for (String same : List.of("--help", "-h")) {
                equal(same, run(same).exits(0).out(), help);
                equal(same, run(same + " status").exits(0).out(), run("help status").out());
            }
            for (String command : CALLS.keySet()) {
                equal(command, help.contains(command), true);
            }
            run("help help").exits(0);
            run("--version").exits(0).says("", Runtime.version().toString());
            refused("help nothing", "unknown command: nothing");
            refused("help statsu", "unknown command: statsu", "did you mean status?");
            refused("help gate gate", "unexpected argument: gate");
            refused("help --bogus", "unknown option: --bogus; see: ");
        });

        test("usage: commands", () -> {
            refused("", "no command given");
            refused("%", "unknown command", "");
            for (String row : List.of("stauts status", "stat status", "Status status", "gat gate", "gates gate", "scenaro scenario",
                    "recvoer recover", "smok smoke", "docter doctor", "hepl help")) {
                String[] words = row.split(" ");
                refused(words[0] + " --state @healthy.json", "unknown command: " + words[0] + "; did you mean " + words[1] + "?");
            }
            refused("frobnicate", "unknown command: frobnicate");
            refused("--state @healthy.json status", "unknown command: --state");
        });

        test("usage: an option misspelt, repeated or without a value, and a stray word", () -> {
            for (String command : CALLS.keySet()) {
                String call = CALLS.get(command);
                refused(call + " --bogus", "unknown option: --bogus");
                refused(call + " --bogus=1", "unknown option: --bogus");
                refused(call + " -x", "unknown option: -x");
                refused(call + " --", "unknown option: --");
                refused(call + " stray", "unexpected argument: stray");
                refused(call + " %", "unexpected argument", "");
                for (String option : OPTIONS.get(command).split(" ")) {
                    String value = " " + VALUES.get(option);
                    String shorter = option.substring(0, option.length() - 1);
                    refused(call + " " + shorter + value, "unknown option: " + shorter + "; did you mean " + option + "?");
                    String longer = option.substring(0, 3) + option.substring(2);
                    refused(call + " " + longer + value, "unknown option: " + longer + "; did you mean " + option + "?");
                    refused(call + " " + option.toUpperCase() + value, "unknown option");
                    // An argument that holds a line of the help is no option either.
                    refused(call + " %" + value, "unknown option", option + " FILE");
                    refused(call + " %" + value, "unknown option", option + value);
                    if (!option.equals("--action") && !(command + option).equals("gate--feed")) {
                        refused(call + " " + option + value + " " + option + value, option, "twice");
                    }
                    for (String none : List.of(option, option + "=", option + " %", option + " --format=json")) {
                        refused(call.replaceAll(" " + option + " \\S+", "") + " " + none, "no value given for " + option, "");
                    }
                }
            }
            refused("gate --feed alpha --state", "no value given for --state");
        });

        test("usage: an internal error is one line and exit 3", () -> {
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            equal("a null argument", Freshness.run(new String[] {"status", null}, UNREAD, new Full(0), err), 3);
            equal("a null argument", err.toString(UTF_8).matches("freshness: internal error[^\n]*\n"), true);
        });

        test("usage: what is required", () -> {
            refused("gate", "is missing");
            refused("gate --feed alpha", "--state is missing");
            refused("gate --state @healthy.json", "--feed is missing");
            refused("gate --action price_order --state @healthy.json", "--feed is missing");
            refused("scenario", "is missing");
            refused("scenario stale --feed bravo", "--output is missing");
            refused("scenario --feed bravo --output @out.json", "KIND is missing: stale unknown down");
            refused("recover", "is missing");
            refused("recover --state @stale.json --output @out.json", "--feed is missing");
            refused("recover --feed bravo --output @out.json", "--state is missing");
            refused("recover --feed bravo --state @stale.json", "--output is missing");
        });

        test("usage: values that are not valid", () -> {
            String watch = " is 0 0.05 0.0999 -1 86400.1 86401 1e9 abc 1s 01 +1 null true NaN 0x1 1e999999999";
            String age = " is -1 -30 -0.0001 1000000000.1 1000000001 1e400 1e999999999 abc 5s 05 +5 .5 5. null true NaN Infinity 0x5 5,0 [5] {}";
            String now = " is now yesterday 2026-11-22 2026-11-22T09:37:00 2026-02-30T00:00:00Z 1795340220 2026-11-22T24:00:00Z null";
            for (String row : List.of("status --format is xml JSON js text|json j|p json,text", "gate --format is prometheus xml",
                    "scenario --format is prometheus", "recover --format is prometheus xml", "smoke --format is prometheus xml",
                    "doctor --format is yaml", "status --color is purple on ALWAYS", "status --watch" + watch, "scenario --age-seconds" + age,
                    "recover --age-seconds" + age, "status --now" + now, "gate --now" + now, "scenario --now" + now, "recover --now" + now,
                    "status --baseline is -", "gate --baseline is -", "recover --baseline is -", "recover --record is -")) {
                String[] words = row.split(" is | ");
                for (String value : Arrays.asList(words).subList(2, words.length)) {
                    refused(CALLS.get(words[0]) + " " + words[1] + "=" + value, 
                            "invalid value given for " + words[1] + ": " + value.replace("|", "\\u007c"));
                }
            }
            refused("gate --feed % --state @healthy.json", "not text", "\ufffd");
        });

        test("usage: rules between options", () -> {
            for (String with : List.of("--output @out.json", "--now " + NOW, "--state -", "--format json", "--format prometheus")) {
                refused("status --watch 1 " + with, "--watch");
            }
            refused("scenario stal --feed bravo --output @out.json", "invalid value given for KIND: stal; did you mean stale?");
            refused("scenario rotten --feed bravo --output @out.json", "invalid value given for KIND: rotten");
            refused("scenario stale down --feed bravo --output @out.json", "unexpected argument: down");
            for (String kind : KINDS) {
                boolean whole = KINDS.indexOf(kind) >= 6;
                refused("scenario " + kind + (whole ? " --feed bravo" : "") + " --output @out.json", "--feed");
                if (!kind.equals("stale")) {
                    refused("scenario " + kind + (whole ? "" : " --feed bravo") + " --age-seconds 700 --output @out.json", "--age-seconds");
                }
            }
            refused("recover --feed bravo --state @stale.json --output @out.json --record @out.json", "one file");
            refused("gate --feed alpha --state @healthy.json --action price_ordr", "invalid value given for --action: price_ordr; did you mean price_order?");
            refused("gate --feed alpha --state @healthy.json --action sell", "invalid value given for --action: sell");
        });

        test("usage: a value may look like an option or like something of the shell's", () -> {
            for (String name : List.of("--state", "-x", "-30", "-", "--", "a=b", "=", " ", "*", "$HOME", "'", "\\\"", "a  b", "%s")) {
                write("n.json", document("limit 90", feed(name, "alive true, age 8")));
                run("gate --state @n.json --baseline @n.json --feed=%", name.replace("\\", "")).exits(0).says("GATE OPEN");
                if (!name.startsWith("--")) {
                    run("gate --feed % --state @n.json --baseline @n.json", name.replace("\\", "")).exits(0).says("GATE OPEN");
                }
            }
        });
    }

    // ---- Words ----

    static void words() {
        test("words: what a misspelt word may have meant, at each distance and past it", () -> {
            String known = "; known are alpha-stream, bravo";
            for (String row : List.of(
                    // One edit in three characters and one more, at most three.
                    "alpha-strea alpha-stream", "alpha-stxxxm alpha-stream", "alpha-sxxxxm -", "xalpha-streamxx alpha-stream", "xxalpha-streamxx -",
                    "lphastrem alpha-stream", "lphastre -", "a alpha-stream", "al alpha-stream", "b bravo", "brXvo bravo", "bXXvo bravo", "bXXXo -", "bra bravo",
                    "rav bravo", "ra -", "vo -", "Alpha-stream alpha-stream", "q -")) {
                String[] pair = row.split(" ");
                write("base.json", document("limit 90", feed("alpha-stream", ""), feed("bravo", "")));
                equal(row, run("gate --feed % --state @base.json --baseline @base.json", pair[0]).exits(3).head(),
                    "GATE BLOCKED: unknown feed: " + pair[0] + (pair[1].equals("-") ? known : "; did you mean " + pair[1] + "?"));
            }
            for (int count : new int[] {10, 11}) {
                List<String> names = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    names.add("feed" + i);
                }
                write("base.json", document("limit 90", names.stream().map(name -> feed(name, "")).toArray(String[]::new)));
                equal(count + " names", run("gate --feed qqqqqqqqqq --state @base.json --baseline @base.json").exits(3).head(),
                    "GATE BLOCKED: unknown feed: qqqqqqqqqq" + (count > 10 ? "" : "; known are " + String.join(", ", names)));
            }
            // The nearest, and of two that are as near the first.
            write("base.json", document("limit 90", feed("feed12", ""), feed("feed1", ""), feed("feed2", "")));
            equal("nearest", run("gate --feed feed3 --state @base.json --baseline @base.json").exits(3).head(), "GATE BLOCKED: unknown feed: feed3; did you mean feed1?");
            // Names as long as they may be, as alike as they can be without being near: each is compared in time.
            List<String> alike = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                alike.add(feed("a".repeat(150 + i), ""));
            }
            write("base.json", document("limit 90", alike.toArray(new String[0])));
            run("gate --feed % --state @base.json --baseline @base.json", "b" + "a".repeat(92) + "b" + "a".repeat(92) + "bbb").exits(3).says("GATE BLOCKED: unknown feed: b");
        });

        test("words: how the program calls itself in a command", () -> {
            String source = System.getProperty("jdk.launcher.sourcefile");
            Files.copy(home.resolve("Freshness.java"), dir.resolve("freshness"));
            Files.createDirectory(dir.resolve("data"));
            Files.copy(home.resolve("data/healthy.json"), dir.resolve("data/healthy.json"));
            try {
                for (String[] row : new String[][] {{dir + "/freshness", "'DIR/freshness'"}, {source, "java 'HOME/Freshness.java'"},
                        {"Freshness.java", "java Freshness.java"}, {Path.of("Freshness.java").toAbsolutePath().toString(), "java Freshness.java"},
                        // Java itself would take these for a file of arguments and for an option.
                        {"@Freshness.java", "java ./@Freshness.java"}, {"-Freshness.java", "java ./-Freshness.java"}, {"@x y.java", "java './@x y.java'"},
                        {"/nowhere/@x/-.java", "java /nowhere/@x/-.java"}}) {
                    System.setProperty("jdk.launcher.sourcefile", row[0]);
                    equal(row[0], plain(run("help smoke").out()).lines().findFirst().orElse(""), "usage: " + row[1] + " smoke [--format text|json]");
                }
            } finally {
                System.setProperty("jdk.launcher.sourcefile", source);
            }
        });
    }

    // ---- Gate ----

    static void gate() {
        test("gate: every feed, every action and pairs of both", () -> {
            write("in.json", fixture.replace(": 11\n", ": 660\n").replaceFirst("(?s)(charlie.*?)true", "$1false"));
            Map<String, String> status = Map.of("alpha", "fresh", "bravo", "stale", "charlie", "unknown");
            List<String> asked = new ArrayList<>(List.of(""));
            for (String one : ACTIONS) {
                asked.add(one);
                ACTIONS.forEach(other -> asked.add(one + " " + other));
            }
            for (String feeds : List.of("alpha", "bravo", "charlie", "alpha bravo", "bravo alpha", "charlie bravo", "alpha charlie", "alpha alpha")) {
                for (String actions : asked) {
                    List<String> blocked = new ArrayList<>();
                    for (String feed : new LinkedHashSet<>(List.of(feeds.split(" ")))) {
                        boolean open = actions.isEmpty() ? feed.equals("alpha") : allowed(status.get(feed)).containsAll(List.of(actions.split(" ")));
                        blocked.addAll(open ? List.of() : List.of(feed));
                    }
                    String call = "gate --state @in.json --feed " + feeds.replace(" ", " --feed ")
                            + (actions.isEmpty() ? "" : " --action " + actions.replace(" ", " --action "));
                    int exit = blocked.isEmpty() ? 0 : 2;
                    run(call).exits(exit).says(exit == 0 ? "GATE OPEN" : "GATE BLOCKED", blocked.toArray(new String[0]));
                    run(call + " --format json").exits(exit).has("gate", exit == 0 ? "open" : "blocked").has("blocked_feeds", blocked);
                }
            }
        });

        test("gate: a blocked one says the feed, the figures, the reason and the command that recovers it", () -> {
            write("with space.json", read("stale.json"));
            write("it's.json", read("stale.json"));
            for (String file : List.of("stale.json", "with space.json", "it's.json")) {
                Run run = run("gate --feed bravo --feed alpha --action price_order --state %", dir + "/" + file).exits(2);
                run.says("GATE BLOCKED", "bravo", "660s", "90s", "price_order", "publish_signal", "rebalance_position");
                Run json = run("gate --feed alpha --feed bravo --state % --format json", dir + "/" + file).exits(2);
                String command = Reader.at(json.out(), "next.0").toString();
                equal("text has the command too", run.out().contains(command), true);
                equal("state", json.get("state"), dir + "/" + file);
                equal("no age was seen yet", command.endsWith(" --age-seconds AGE"), true);
                equal("so it is refused", paste(command).exits(3).err().contains("give the age of a tick that you have seen"), true);
                paste(command.replace("AGE", "5")).exits(0).says("RECOVERED");
                String recovered = words(command).get(words(command).indexOf("--output") + 1);
                run("gate --feed bravo --state %", recovered).exits(0).says("GATE OPEN");
                equal("recovered", Files.readString(Path.of(recovered)), fixture.replace(": 11\n", ": 5\n"));
            }
            // The command judges by what the gate judged by.
            write("base.json", fixture.replace("90", "80"));
            Run run = run("gate --feed bravo --state @stale.json --baseline @base.json --now " + NOW + " --format json");
            equal("baseline", words(run.get("next.0").toString()).contains(dir + "/base.json"), true);
            paste(run.get("next.0").toString().replace("AGE", "5")).exits(0).says("RECOVERED");
        });

        test("gate: the members of its JSON", () -> {
            Run run = run("gate --feed bravo --feed alpha --action price_order --action inspect_status --state @stale.json --format json").exits(2);
            run.members("", "gate", "actions", "blocked_feeds", "next", "evaluated_at", "as_of", "state", "state_sha256", "baseline",
                    "baseline_sha256", "exit", "feeds");
            run.reports("gate 'blocked'", "actions ['price_order', 'inspect_status']", "blocked_feeds ['bravo']", "feeds.0.name 'bravo'",
                    "feeds.0.reason_code 'stale'", "feeds.1.name 'alpha'", "feeds.1.safe_to_serve true");
            run("gate --feed alpha --state @stale.json --format json").exits(0).reports("gate 'open'", "actions []", "blocked_feeds []", "next []");
        });

        test("gate: what cannot be evaluated is exit 3, whatever is asked", () -> {
            write("broken.json", fixture.substring(9));
            for (String row : List.of("--feed alpha --state @broken.json => broken.json:1:1: ",
                    "--feed alpha --action inspect_status --state @broken.json => broken.json:1:1: ",
                    "--feed alpha --state @absent.json => absent.json",
                    "--feed alpha --state @stale.json --baseline @broken.json => baseline",
                    "--feed nobody --state @healthy.json => unknown feed: nobody",
                    "--feed nobody --action inspect_status --state @healthy.json => unknown feed: nobody",
                    "--feed alpha --feed nobody --state @healthy.json => unknown feed: nobody",
                    "--feed bravo --feed nobody --state @stale.json => unknown feed: nobody",
                    "--feed Alpha --state @healthy.json => did you mean alpha?")) {
                String[] half = row.split(" => ");
                run("gate " + half[0]).exits(3).says("GATE BLOCKED", half[1]);
                Run json = run("gate " + half[0] + " --format json").exits(3).reports("gate 'blocked'");
                json.members("", "gate", "actions", "blocked_feeds", "next", "evaluated_at", "as_of", "state", "state_sha256", "baseline",
                        "baseline_sha256", "exit", "error", "feeds");
                equal(row, json.get("error").toString().contains(half[1]), true);
                boolean known = row.contains("nobody") || row.contains("Alpha"); // then the feeds that are known may be safe
                equal(row, known || !json.out().contains("\"safe_to_serve\": true"), true);
            }
            refused("gate --feed alpha --state @healthy.json --action sell", "invalid value given for --action: sell");
        });

        test("gate: an action named twice is shown once, and no suggestion is sought for what no feed can be named", () -> {
            run("gate --feed alpha --action price_order --action price_order --state @healthy.json").exits(0)
                .says("GATE OPEN", "allowed: price_order\n");
            write("in.json", document("limit 90", feed("n".repeat(190), "")));
            run("gate --feed " + "q".repeat(100_000) + " --state @in.json --baseline @in.json").exits(3).says("GATE BLOCKED: unknown feed: ");
        });

        test("gate: other feeds do not matter, and an unexpected feed is blocked", () -> {
            write("in.json", fixture.replace("bravo", "delta"));
            run("gate --feed alpha --feed charlie --state @in.json").exits(0).says("GATE OPEN");
            run("gate --feed bravo --state @in.json").exits(2).says("GATE BLOCKED", "bravo", "feed_missing");
            run("gate --feed delta --state @in.json").exits(2).says("GATE BLOCKED", "delta", "feed_unexpected");
        });
    }

    // ---- Baselines ----

    static void baselines() {
        test("baseline: a member that it does not know is refused, with its place and the nearest known name", () -> {
            // Written in a baseline; where it is; what was meant.
            for (String row : List.of(
                    "'max_age_seconds':90,'require_asof':true,'feeds':[{'name':'x'}] => 1:23: unknown member of a baseline: require_asof; did you mean require_as_of?",
                    "'max_age_second':5,'feeds':[{'name':'x'}] => 1:2: unknown member of a baseline: max_age_second; did you mean max_age_seconds?",
                    "'max_age_seconds':90,'feeds':[{'name':'x','max_age_second':5}] => 1:44: unknown member of a baseline: max_age_second; did you mean max_age_seconds?",
                    "'max_age_seconds':90,'feeds':[{'host':{'a':[1]},'name':'x'}] => 1:33: unknown member of a baseline: host; known are name, alive,",
                    "'max_age_seconds':90,'feeds':[{'name':'x'}],'Max_age_seconds':1 => 1:46: unknown member of a baseline: Max_age_seconds; did you mean",
                    "'max_age_seconds':90,'feeds':[{'name':'x'}],'xnote':1 => 1:46: unknown member of a baseline: xnote;",
                    "'max_age_seconds':90,'feeds':[{'name':'x'}],'':1 => 1:46: unknown member of a baseline: ;")) {
                String[] half = row.split(" => ");
                write("base.json", "{" + half[0].replace('\'', '"') + "}");
                write("in.json", document("limit 90", feed("x", "alive true, age 1")));
                String want = "baseline " + dir + "/base.json:" + half[1];
                run("status --state @in.json --baseline @base.json").exits(3).says("FRESHNESS UNKNOWN: " + want, "; a note is named x-");
                run("gate --feed x --state @in.json --baseline @base.json").exits(3).says("GATE BLOCKED: " + want);
                run("status --baseline @base.json").exits(3).says("FRESHNESS UNKNOWN: " + want);
                refused("recover --feed x --state @in.json --baseline @base.json --output @out.json", half[1]);
                run("doctor --baseline @base.json").exits(2).says("DOCTOR FAILED", "not ok - the baseline can be read", half[1]);
                // The same as a state: a producer adds what it likes.
                run("doctor --state @base.json").exits(0).says("DOCTOR PASSED", "ok - the state can be read and is valid");
            }
            write("base.json", "{'$schema':'baseline.schema.json','x-owner':{'max_age_second':1},'max_age_seconds':90,'as_of':null,'feeds':[{'name':'x','x-':1,'$comment':2,'alive':0,'last_tick_at':1,'last_tick_age_seconds':'?'}]}"
                    .replace('\'', '"'));
            run("status --state @in.json --baseline @base.json").exits(0).says("FRESHNESS OK");
        });

        test("baseline: swapped with the state, or of other feeds: the headline says so", () -> {
            write("base.json", document("limit 90, require_as_of true", feed("x", "alive true, age 660")));
            write("in.json", document("limit 90, as_of '" + NOW + "'", feed("x", "alive false")));
            write("other.json", document("limit 90, as_of '" + NOW + "'", feed("y", "alive true, age 1")));
            String swapped = "; are --state and --baseline swapped?";
            String strangers = "; state and baseline share no feed: name the baseline of these feeds with --baseline";
            write("both.json", document("limit 90, as_of '" + NOW + "'", feed("y", "alive true, age 1"), feed("x", "alive false")));
            write("contract.json", document("limit 90, require_as_of true", feed("y", "")));
            for (String row : List.of("--state @base.json --baseline @in.json => " + swapped, "--state @in.json --baseline @base.json => ",
                    "--state @both.json --baseline @base.json => ", "--state @contract.json --baseline @base.json => " + strangers,
                    "--state @other.json --baseline @base.json => " + strangers, "--state @other.json => " + strangers, "--baseline @base.json => ")) {
                String[] half = (row + " ").split(" => ");
                Run status = run("status " + half[0] + " --now " + NOW).exits(2);
                equal(status.call(), ends(status.head(), swapped, strangers), half[1].strip());
                if (half[0].contains("--state")) {
                    Run gate = run("gate --feed x " + half[0] + " --now " + NOW);
                    equal(gate.call(), half[0].endsWith("other.json") ? gate.exit() == 3 : gate.exit() == 2 && ends(gate.head(), swapped, strangers).equals(half[1].strip()), true);
                }
            }
        });

        test("baseline: swapped, told by the date alone", () -> {
            String dated = "limit 90, as_of '" + NOW + "'";
            // The members of the baseline and of the state; the end of the headline.
            for (String row : List.of(dated + " | limit 90 => ; are --state and --baseline swapped?", "limit 90 | limit 90, require_as_of true"
                    + " => ; are --state and --baseline swapped?", dated + " | " + dated + " => ", "limit 90 | " + dated + " => ", "limit 90 | limit 90 => ",
                    dated + " | limit 90, as_of 'x' => ", "limit 90, as_of null | limit 90 => ; are --state and --baseline swapped?")) {
                String[] half = (row + " ").split(" => ");
                String[] members = half[0].split(" \\| ");
                write("base.json", document(members[0], feed("x", "")));
                write("in.json", document(members[1], feed("x", "alive false")));
                String reason = half[0].endsWith("'x'") ? "as_of_invalid" : "feed_down";
                for (String call : List.of("status", "gate --feed x")) {
                    Run run = run(call + " --state @in.json --baseline @base.json --now " + NOW).exits(2);
                    equal(run.call() + " of " + row, run.head(), (call.equals("status") ? "FRESHNESS CRITICAL: 1 of 1 feeds unsafe: x unknown (" + reason + ")"
                        : "GATE BLOCKED: x unknown (" + reason + "); not safe to serve") + half[1].strip());
                }
            }
        });

        test("baseline: the limit of a state is optional", () -> {
            String state = document("", feed("x", "alive true, age 50"), feed("y", "alive true, age 50, limit 40"));
            write("in.json", state.replace("[{", "[ {"));
            write("base.json", document("limit 90", feed("x", "limit 60"), feed("y", "")));
            run("status --state @in.json --baseline @base.json --format json").exits(2).reports("feeds.0.max_age_seconds 60", "feeds.0.alert 'ticket'",
                    "feeds.1.max_age_seconds 40", "feeds.1.reason_code 'stale'", "max_age_seconds 90");
        });
    }

    /** A start that says nothing of its source file, as from compiled classes: what lies in the working directory is a stranger's. */
    static void unknownSource() {
        for (String said : new String[] {null, ""}) {
            String source = said == null ? System.clearProperty("jdk.launcher.sourcefile") : System.setProperty("jdk.launcher.sourcefile", said);
            test("baseline: none by default, if " + (said == null ? "nobody says" : "nothing is said of") + " where the program is", () -> {
                equal("a contract that lies in the working directory", Files.exists(Path.of("Freshness.java")) && Files.exists(Path.of("data/healthy.json")), true);
                String none = "baseline not found: this start does not say where Freshness.java is; name one with --baseline";
                for (String state : List.of("", " --state @healthy.json", " --state data/healthy.json")) {
                    run("status" + state).exits(3).says("FRESHNESS UNKNOWN: " + none + "; nothing is safe to serve\n");
                    run("status --format json" + state).exits(3).reports("baseline null", "baseline_sha256 null", "state_sha256 null", "feeds null")
                        .has("error", none).has("state", state.isEmpty() ? null : at(state.split(" ")[2]));
                    run("status --format prometheus" + state).exits(3).warns("FRESHNESS UNKNOWN: " + none);
                }
                run("gate --feed alpha --state @healthy.json").exits(3).says("GATE BLOCKED: " + none + "\n");
                run("gate --feed alpha --state @healthy.json --format json").exits(3).reports("gate 'blocked'", "baseline null");
                run("gate --feed alpha --state @healthy.json --watch 1").exits(3).says("GATE BLOCKED: " + none + "\n");
                refused("recover --feed bravo --state @stale.json --output @out.json", none);
                String start = "freshness: this start does not say where Freshness.java is; ";
                for (String row : List.of("doctor => name a baseline with --baseline", "doctor --state @healthy.json => name a baseline with --baseline",
                        "smoke => start it as java Freshness.java smoke", "scenario frozen --output @out.json => name a state with --state")) {
                    String[] half = row.split(" => ");
                    whole(half[0], 3, start + half[1] + "\n");
                }
                // With what it needs, all the rest works.
                run("status --baseline @healthy.json").exits(0).says("FRESHNESS OK");
                run("gate --feed alpha --state @healthy.json --baseline @healthy.json").exits(0).says("GATE OPEN");
                run("scenario stale --feed bravo --state @healthy.json --output @out.json").exits(0).says("SCENARIO WRITTEN");
                run("recover --feed bravo --state @out.json --baseline @healthy.json --output @in.json").exits(0).says("RECOVERED");
                Run doctor = run("doctor --baseline @healthy.json").exits(0).says("DOCTOR PASSED: 6 of 6", "\nok - started from compiled classes\n");
                equal("the fixture that is not there", doctor.out().contains("fixture"), false);
                refused("recover --feed bravo --state @stale.json --baseline @healthy.json --output @healthy.json", "the baseline, which is never written");
                refused("recover --feed bravo --state @stale.json --baseline @healthy.json --output @stale.json", "the input, which is never written");
                String program = "java -cp " + System.getProperty("java.class.path") + " Freshness";
                equal("its name", run("help smoke").out().lines().findFirst().orElse("").replace("'", ""), "usage: " + program + " smoke [--format text|json]");
                String next = lastLine(run("gate --feed bravo --state @stale.json --baseline @healthy.json"));
                equal("a command", next.replace("'", "").startsWith("  next: " + program + " recover --feed bravo --state "), true);
            });
            System.setProperty("jdk.launcher.sourcefile", source);
        }
    }

    static String ends(String line, String... endings) {
        return Arrays.stream(endings).filter(line::endsWith).findFirst().orElse("");
    }

    // ---- Watches ----

    /** A look at in.json, by base.json, at that time; behind an earlier one of the same watch, if there is one. */
    private static Freshness.Evaluation evaluation(Instant now, Freshness.Evaluation before) {
        return evaluation("status --state @in.json --baseline @base.json --now " + now, before);
    }

    private static Freshness.Evaluation evaluation(String call, Freshness.Evaluation before) {
        Freshness.Watch seen = before == null ? Freshness.Watch.NOTHING : before.watch();
        return Freshness.Evaluation.ofAll(Freshness.Inputs.read(Freshness.Call.parse(arguments(call)), UNREAD), seen);
    }

    static void watches() {
        test("watch: nothing in a state is younger than the time since its bytes were first seen, whatever the clock says", () -> {
            String undated = document("limit 90", feed("x", "alive true, age 8"), feed("y", "alive true, last_tick_at '2026-11-22T09:36:52Z'"));
            String dated = undated.replace("{\"max", "{\"as_of\":\"" + NOW + "\",\"max");
            Freshness.State baseline = state(document("limit 90", feed("x", ""), feed("y", "")), true);
            for (String row : List.of("0 => x fresh none 8/90, y fresh none 8/90", "82000000000 => x fresh ticket 90/90, y fresh ticket 82/90",
                    "82000000001 => x stale page 90.000000001/90, y fresh ticket 82.000000001/90",
                    "90000000001 => x stale page 98.000000001/90, y stale page 90.000000001/90")) {
                String[] half = row.split(" => ");
                long unchanged = Long.parseLong(half[0]);
                for (String state : List.of(undated, dated, dated.replace(NOW, "2026-11-22T09:37:01Z"))) {
                    String got = shown(new Freshness.Decision(baseline, state(state, false), null, Instant.parse(NOW), unchanged).all());
                    equal(state + " for " + unchanged, got, half[1]);
                }
            }
        });

        test("watch: both clocks count, and neither of them makes a state younger", () -> {
            write("base.json", document("limit 90", feed("x", "")));
            write("in.json", document("limit 90", feed("x", "alive true, age 8")));
            // Seconds by which the clock of the day moves between two looks at the same bytes; the verdict then. The other clock has moved by next to nothing.
            for (String row : List.of("0 => fresh", "37 => fresh 45", "82 => fresh 90", "83 => stale 91", "3600 => stale 3608", "-1 => fresh", "-3600 => fresh")) {
                String[] half = row.split(" => ");
                Freshness.Evaluation first = evaluation(Instant.parse(NOW), null);
                Freshness.Evaluation second = evaluation(Instant.parse(NOW).plusSeconds(Long.parseLong(half[0])), first);
                Freshness.Verdict verdict = second.decision().of("x");
                equal(row, verdict.reason() + (half[1].contains(" ") ? " " + shown(verdict.ageNanos()) : ""), half[1]);
                equal(row + ": older by what the other clock saw", verdict.ageNanos() > 8_000_000_000L, true);
                // A third look still counts from the first; other bytes begin anew.
                equal(row + ", again", evaluation(second.inputs().now(), second).decision().of("x").ageNanos() >= verdict.ageNanos(), true);
                write("in.json", document("limit 90", feed("x", "alive true, age 8.0")));
                equal(row + ", other bytes", shown(evaluation(second.inputs().now(), second).decision().of("x").ageNanos()), "8");
                write("in.json", document("limit 90", feed("x", "alive true, age 8")));
            }
        });

        test("watch: what is next about an undated state that stands still, or has changed", () -> {
            write("base.json", document("limit 90", feed("x", "")));
            write("in.json", document("limit 90", feed("x", "alive true, age 8")));
            Freshness.Evaluation first = evaluation(Instant.parse(NOW), null);
            Freshness.Evaluation still = evaluation(Instant.parse(NOW).plusSeconds(91), first);
            equal("next", new Freshness.Explanations(Freshness.Call.parse(arguments("status --state @in.json")), still).next(still.decision().of("x")), "restart the collector: the state is 91s old");
            // Bytes that are new begin anew, by both clocks, and age from then on; also those that come back.
            write("in.json", document("limit 90", feed("x", "alive true, age 8.0")));
            Thread.sleep(20);
            long begin = System.nanoTime();
            Freshness.Evaluation changed = evaluation(Instant.parse(NOW), first);
            long age = evaluation(Instant.parse(NOW), changed).decision().of("x").ageNanos();
            equal("by the clock that nobody sets", age - 8_000_000_000L <= System.nanoTime() - begin, true);
            Freshness.Evaluation second = evaluation(Instant.parse(NOW).plusSeconds(50), first);
            Freshness.Evaluation third = evaluation(Instant.parse(NOW).plusSeconds(80), second);
            equal("the second content", shown(third.decision().of("x").ageNanos()), "38");
            write("in.json", "{");
            Freshness.Evaluation broken = evaluation(Instant.parse(NOW).plusSeconds(90), third);
            equal("cut", broken.error() != null, true);
            write("in.json", document("limit 90", feed("x", "alive true, age 8.0")));
            equal("and whole again", shown(evaluation(Instant.parse(NOW).plusSeconds(95), broken).decision().of("x").ageNanos()), "53");
        });

        test("watch: only what is valid takes the place of the bytes that were seen", () -> {
            Map<String, String> states = Map.of("A", document("limit 90", feed("x", "alive true, age 8")), "B", document("limit 90", feed("x", "alive true, age 8.0")),
                    "cut", "{", "empty", "", "feedless", document("limit 90"));
            // What the state is every ten seconds: A and B are valid, "contract" is A while the baseline is cut. How old the tick of the last is.
            for (String row : List.of("A A => 18", "A cut A => 28", "A empty A => 28", "A feedless A => 28", "A gone A => 28", "A directory A => 28",
                    "A contract A => 28", "A cut gone empty contract A => 58", "A B A => 8", "A cut B A => 8", "A B cut B => 28", "A cut B cut B => 28",
                    "cut A => 8", "gone A A => 18", "contract A => 8", "A A cut A cut A => 58")) {
                String[] half = row.split(" => ");
                Freshness.Evaluation last = null;
                Instant now = Instant.parse(NOW);
                for (String step : half[0].split(" ")) {
                    delete(dir.resolve("in.json"));
                    write("base.json", step.equals("contract") ? "{" : document("limit 90", feed("x", "")));
                    if (step.equals("directory")) {
                        Files.createDirectory(dir.resolve("in.json"));
                    } else if (!step.equals("gone")) {
                        write("in.json", states.getOrDefault(step, states.get("A")));
                    }
                    last = evaluation(now, last);
                    equal(row + ": " + step + " is valid", last.error() == null, step.length() == 1);
                    now = now.plusSeconds(10);
                }
                equal(row, shown(last.decision().of("x").ageNanos()), half[1]);
            }
        });

        test("watch: a dated state is not made younger by a clock that was behind", () -> {
            write("base.json", document("limit 90", feed("x", "")));
            write("in.json", document("limit 90, as_of '" + NOW + "'", feed("x", "alive true, age 8")));
            Freshness.Evaluation early = evaluation(Instant.parse(NOW).minusSeconds(1), null);
            equal("age", shown(evaluation(Instant.parse(NOW).plusSeconds(5), early).decision().of("x").ageNanos()), "14");
        });

        test("watch: the baseline is read again too, and one file for both ages as well", () -> {
            write("base.json", document("limit 90", feed("x", "")));
            write("in.json", document("limit 90", feed("x", "alive true, age 8")));
            Freshness.Evaluation first = evaluation(Instant.parse(NOW), null);
            Files.delete(dir.resolve("base.json"));
            equal("gone", plain(evaluation(Instant.parse(NOW), first).error()), "baseline DIR/base.json: cannot be read: no such file");
            for (String other : List.of("@in.json", "@./in.json")) {
                Freshness.Evaluation before = null;
                for (String age : List.of("8", "98")) {
                    before = evaluation("status --state @in.json --baseline " + other + " --now "
                        + Instant.parse(NOW).plusSeconds(Long.parseLong(age) - 8), before);
                    equal(other, shown(before.decision().of("x").ageNanos()), age);
                    equal(other + " is read once", before.inputs().state().document() == before.inputs().baseline().document()
                        && before.inputs().state().claims() == before.inputs().baseline().claims(), true);
                }
            }
        });

        test("usage: white space around a number is no number", () -> {
            for (String space : List.of("\r", "\n", " ", "\t")) {
                for (String number : List.of("90.1" + space, space + "5", "9.1e1" + space)) {
                    run("recover --feed bravo --state @stale.json --output @out.json --age-seconds %", number).exits(3);
                    run("gate --feed alpha --state @healthy.json --watch %", number).exits(3);
                }
            }
            run("scenario stale --feed bravo --output /out-of-nowhere.json --state /nowhere/out-of-nowhere.json").exits(3);
        });

        test("watch: what it goes with", () -> {
            String clock = "--watch reads a file again and again, by the real clock; leave out --now and --state -";
            for (String command : List.of("status", "gate --feed alpha")) {
                refused(command + " --state - --watch 1", clock);
                refused(command + " --state @healthy.json --watch 1 --now " + NOW, clock);
                for (String value : List.of("0", "0.09", "86401", "-1", "x", "1e9")) {
                    refused(command + " --state @healthy.json --watch " + value, "invalid value given for --watch: " + value, "expected a number of seconds from 0.1 to 86400");
                }
            }
            String format = "status --watch shows text, or writes a file with --format prometheus --output FILE";
            for (String options : List.of("--format json", "--format prometheus", "--output @out", "--format json --output @out", "--format prometheus --output -")) {
                refused("status --watch 1 " + options, format);
            }
            // A gate that is closed ends its watch at once, with the verdict.
            run("gate --feed bravo --state @stale.json --watch 1").exits(2).says("GATE BLOCKED: bravo stale, 660s > 90s; not safe to serve");
            run("gate --feed bravo --state @absent.json --watch 1").exits(3).says("GATE BLOCKED: ", "no such file");
            run("gate --feed bravo --state @stale.json --watch 1 --format json").exits(2).has("gate", "blocked");
        });

        test("gate: a feed may have the name of an option", () -> {
            write("in.json", document("limit 90", feed("-h", "alive true, age 8"), feed("--state", "alive true, age 660")));
            run("gate --feed -h --state @in.json --baseline @in.json").exits(0).says("GATE OPEN: -h fresh");
            run("gate --feed=--state --state @in.json --baseline @in.json").exits(2).says("GATE BLOCKED: --state stale", " recover --feed=--state --state ");
        });

        test("gate: quiet prints only what is blocked", () -> {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            String[] open = arguments("gate --feed alpha --state @stale.json --quiet");
            equal("open", Freshness.run(open, InputStream.nullInputStream(), out, out) + out.toString(UTF_8), "0");
            open = arguments("gate --feed alpha --state @stale.json --quiet --format json");
            equal("open, in JSON", Freshness.run(open, InputStream.nullInputStream(), out, out) + out.toString(UTF_8), "0");
            run("gate --feed bravo --state @stale.json --quiet").exits(2).says("GATE BLOCKED: bravo");
            run("gate --quiet --feed alpha --state @absent.json").exits(3).says("GATE BLOCKED: ");
            refused("gate --feed alpha --state @healthy.json --quiet=yes", "--quiet takes no value");
            refused("gate --feed alpha --state @healthy.json --quiet yes", "unexpected argument: yes");
            refused("gate --feed alpha --state @healthy.json --quiet --quiet", "--quiet is given twice");
        });

        test("the clock is read after the last byte of the state", () -> {
            // The input ends only once the tick in it is older than its limit.
            Instant tick = Instant.now();
            String state = "{\"feeds\":[{\"name\":\"x\",\"alive\":true,\"last_tick_at\":\"" + tick + "\"}]}";
            write("base.json", document("limit 0.05", feed("x", "")));
            InputStream slow = new ByteArrayInputStream(state.getBytes(UTF_8)) {
                @Override public byte[] readNBytes(int length) {
                    while (Instant.now().isBefore(tick.plusMillis(60))) {
                        Thread.onSpinWait();
                    }
                    byte[] all = new byte[available()];
                    read(all, 0, all.length);
                    return all;
                }
            };
            runWith(slow, "gate --feed x --state - --baseline @base.json").exits(2).says("GATE BLOCKED: x stale");
            AtomicReference<Instant> last = new AtomicReference<>();
            InputStream slower = new ByteArrayInputStream(state.getBytes(UTF_8)) {
                @Override public byte[] readNBytes(int length) {
                    long begin = System.currentTimeMillis();
                    while (System.currentTimeMillis() < begin + 5) {
                        Thread.onSpinWait();
                    }
                    last.set(Instant.now());
                    return readAllBytes();
                }
            };
            String frozen = runWith(slower, "scenario frozen --state - --output -").exits(0).out();
            equal("a scenario", Instant.parse(Reader.at(frozen, "as_of").toString()).plusSeconds(3600).isBefore(last.get()), false);
        });

        test("the clock is read once, and what is written is dated by that", () -> {
            // So long an entry that a second look would be another millisecond.
            String note = "x-note '" + "y".repeat(8_000_000) + "'";
            String entry = feed("x", note + ", alive false, last_tick_at null");
            write("base.json", document("limit 90", entry, feed("y", "")));
            for (String there : List.of(entry + ",", "")) { // what is down, and what is missing
                write("in.json", document("limit 90", there + feed("y", "alive true, age 8")));
                Run run = run("recover --feed x --state @in.json --baseline @base.json --output @out.json --format json").exits(0);
                String dated = "\"last_tick_at\":\"" + Instant.parse(run.get("time").toString()).minusSeconds(5) + "\"";
                equal("dated", read("out.json").contains(dated) ? dated : read("out.json").replaceAll("y{9,}", "y"), dated);
            }
        });

        test("the clock is read as the end of its millisecond", () -> {
            Freshness.Call call = Freshness.Call.parse("status");
            int within = 0;
            while (within < 100) {
                long before = System.currentTimeMillis();
                Instant now = Freshness.Inputs.clock(call);
                if (before == System.currentTimeMillis()) {
                    equal("now", now, Instant.ofEpochMilli(before + 1));
                    within++;
                }
            }
        });
    }

    // ---- Smoke and doctor ----

    static void smokeAndDoctor() {
        test("smoke and doctor: passed on the bundled fixture, a line for each check", () -> {
            for (String command : List.of("smoke", "doctor")) {
                Run text = run(command).exits(0).says(command.toUpperCase() + " PASSED");
                List<?> checks = (List<?>) run(command + " --format json").exits(0).has(command, "passed").get("checks");
                long lines = text.out().lines().filter(line -> line.startsWith("ok - ")).count();
                equal("checks", (int) lines, checks.size());
                equal("count", text.head().contains(lines + " of " + lines), true);
                for (Object check : checks) {
                    equal(command, ((Map<?, ?>) check).keySet() + " " + ((Map<?, ?>) check).get("ok"), "[name, ok, why] true");
                    equal(command, ((Map<?, ?>) check).get("why"), null);
                }
            }
            String smoke = run("smoke").out();
            for (String kind : KINDS) {
                equal(kind, smoke.contains(kind), true);
            }
        });

        test("doctor: a clock is plausible for the hundred years from 2026 on", () -> {
            for (String row : List.of("-1000000000-01-01T00:00:00Z false", "1970-01-01T00:00:00Z false", "2025-12-31T23:59:59.999999999Z false",
                    "2026-01-01T00:00:00Z true", "2125-12-31T23:59:59.999999999Z true", "2126-01-01T00:00:00Z false", "+1000000000-12-31T23:59:59.999999999Z false")) {
                String[] half = row.split(" ");
                equal(half[0], Freshness.Doctor.isPlausible(Instant.parse(half[0]).toString()) + "", half[1]);
            }
        });

        test("doctor: the state may come from a pipe", () -> {
            runWith(new ByteArrayInputStream(fixture.getBytes(UTF_8)), "doctor --state -").exits(0).says("DOCTOR PASSED", "ok - the state can be read and is valid: -\n");
        });

        test("smoke and doctor: failed where the fixture is not what it should be", () -> {
            Path faulty = Files.createDirectories(dir.resolve("faulty/data"));
            String source = System.setProperty("jdk.launcher.sourcefile", dir.resolve("faulty/Freshness.java").toString());
            Files.copy(home.resolve("Freshness.java"), dir.resolve("faulty/Freshness.java"));
            try {
                for (String text : List.of(read("stale.json"), "{", fixture.replace("bravo", "delta"), fixture.replace("charlie", "zulu"),
                        "absent")) {
                    delete(faulty.resolve("healthy.json"));
                    if (!text.equals("absent")) {
                        Files.writeString(faulty.resolve("healthy.json"), text);
                    }
                    boolean eligible = text.contains("delta") || text.contains("zulu");
                    for (String command : eligible ? List.of("smoke") : List.of("smoke", "doctor")) {
                        Run run = run(command);
                        equal(command + " with " + text, run.exit() == 2 && run.head().startsWith(command.toUpperCase() + " FAILED")
                            && run.out().contains("\nnot ok - ") || text.equals("absent") && run.exit() == 3, true);
                        Run json = run(command + " --format json");
                        equal(command + " with " + text, json.exit() == 2 ? Reader.at(json.out(), command) : "failed", "failed");
                    }
                }
            } finally {
                System.setProperty("jdk.launcher.sourcefile", source);
            }
        });
    }
}
