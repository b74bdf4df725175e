import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import static java.nio.charset.StandardCharsets.UTF_8;

/** StatusTest: what status prints, as text, JSON and metrics, and while it watches. */
final class StatusTest extends Sandbox {
    private static final String FIXTURE_SHA256 =
        "62881c02e5348e8f234e6e2ff02dee093269966a9e9130b62e39e0e188010719";
    /** What JSON says about a fresh feed after its figures. */
    private static final String ALL_ALLOWED = """
        "freshness_status": "fresh", "safe_to_serve": true, "safe_until": "UNTIL", \
        "allowed_actions": ["inspect_status", "read_last_price", "serve_cached_status", \
        "price_order", "publish_signal", "rebalance_position"], "blocked_actions": [], \
        "blocked_reason": null, "reason_code": "fresh", "alert": "none"}""";

    // ---- Text ----

    @Harness.Test("status: text of the fixture, whole")
    static void textOfTheFixture() {
        whole("status --now " + NOW, 0, """
            FRESHNESS OK: 3 of 3 feeds fresh and safe to serve

              alpha    fresh    [#.........]     8s of 90s
              bravo    fresh    [##........]    11s of 90s
              charlie  fresh    [#.........]     7s of 90s

            state: HOME/data/healthy.json (this is the baseline itself; use --state FILE to check \
            a state)
            """);
    }

    @Harness.Test("status: text of a stale state, whole, in colors")
    static void coloredText() {
        whole("status --color always --state @stale.json --now " + NOW, 2, """
            #31mFRESHNESS CRITICAL: 1 of 3 feeds unsafe: bravo stale, 660s > 90s#0m

              alpha    #32mfresh#0m    [#.........]     8s of 90s
              bravo    #33mstale#0m    [##########]   660s of 90s  page
              charlie  #32mfresh#0m    [#.........]     7s of 90s

            blocked on bravo: price_order, publish_signal, rebalance_position
              why:  last tick 660s old, limit 90s
              next: java 'HOME/Freshness.java' recover --feed bravo --state 'DIR/stale.json'\
             --output 'DIR/stale-recovered.json' --now 2026-11-22T09:37:00Z --age-seconds AGE

            state: DIR/stale.json (checked against baseline HOME/data/healthy.json)
            """.replaceAll("#(?=[0-9]+m)", "\u001b["));
    }

    @Harness.Test("status: unknown and not evaluated are red, eligible is green")
    static void colorsOfVerdicts() throws Exception {
        write("down.json", fixture.replaceFirst("true", "false"));
        List<String> lines =
            run("status --color always --state @down.json").exits(2).out().lines().toList();
        equal("headline", lines.get(0),
            "\u001b[31mFRESHNESS CRITICAL:"
                + " 1 of 3 feeds unsafe: alpha unknown (feed_down)\u001b[0m");
        equal("row", lines.get(2),
            "  alpha    \u001b[31munknown\u001b[0m  [#.........]     8s of 90s  page: feed_down");
        equal("eligible", run("status --color always").exits(0).head(),
            "\u001b[32mFRESHNESS OK: 3 of 3 feeds fresh and safe to serve\u001b[0m");
        whole("status --color always --state @absent.json", 3, "\u001b[31mFRESHNESS UNKNOWN:"
            + " cannot read DIR/absent.json: no such file; check the path given with --state, and"
            + " that your collector is running;"
            + " nothing is safe to serve\u001b[0m\n");
    }

    @Harness.Test("status: colors only where they are asked for")
    static void colorsIfAskedFor() throws Exception {
        for (String color : List.of("", " --color auto", " --color never")) {
            String out = run("status --state @stale.json" + color).exits(2).out();
            equal(color, out.contains("\u001b"), false);
        }
        String colored = run("status --state @stale.json --color always").exits(2).out();
        equal("always", colored.contains("\u001b[31m"), true);
        Run run = run("status --state @stale.json --color auto --output @out").exits(2);
        equal("in a file", (run.out() + read("out")).contains("\u001b"), false);
        run = run("status --state @stale.json --color always --output @o").exits(2);
        run.says(run.head() + "\n");
        equal("in a file, where asked for", read("o").startsWith("\u001b[31mFRESHNESS"), true);
    }

    @Harness.Test("status: text begins with the verdict and has a line for each feed")
    static void textBeginsWithTheVerdict() throws Exception {
        run("status --state @healthy.json").exits(0).says("FRESHNESS OK: 3 of 3 feeds",
            "alpha", "bravo", "charlie", "8s", "11s", "7s", "90s");
        run("status --state @stale.json").exits(2).says(
            "FRESHNESS CRITICAL: 1 of 3 feeds unsafe: bravo stale, 660s > 90s",
            "price_order, publish_signal, rebalance_position", "last tick 660s old, limit 90s",
            "recover --feed bravo");
        write("in.json", fixture.replace(": 11\n", ": 46\n"));
        run("status --state @in.json").exits(0).says("FRESHNESS OK", "ticket");
        run("status --state @absent.json").exits(3)
            .says("FRESHNESS UNKNOWN: cannot read " + dir + "/absent.json: no such file; ");
        String[] many = new String[30];
        Arrays.setAll(many, i -> feed("feed" + i, "alive true, age 91"));
        write("many.json", document("limit 90", many));
        Run run = run("status --state @many.json --baseline @=many.json").exits(2)
            .says("FRESHNESS CRITICAL: 30 of 30 feeds unsafe", "feed29");
        equal("a headline stays short", run.head().length() < 250, true);
    }

    @Harness.Test("status: the columns of its table are aligned, also under long and wide names")
    static void alignedColumns() throws Exception {
        write("in.json", document("limit 90", feed("ab", "alive true, age 8"),
            feed("\u65e5", "alive true, age 80.25"), feed("e\u0301x", "alive false, age 8"),
            feed("x".repeat(60), "alive true, age 1000")));
        List<String> rows = rows(run("status --state @in.json --baseline @=in.json").exits(2));
        equal("rows", rows.size(), 4);
        int bar = rows.get(0).indexOf("[");
        // The names take 2, 2, 2 and 60 columns: in Java's characters one less, or one more.
        equal("wide", rows.get(1).indexOf("["), bar - 1);
        equal("with a mark", rows.get(2).indexOf("["), bar + 1);
        equal("long", rows.get(3).indexOf("["), bar);
        for (String row : rows(run("status --state @stale.json"))) {
            equal(row, row.length() <= 80, true);
        }
    }

    private static List<String> rows(Run run) {
        return run.out().lines().filter(line -> line.contains("[")).toList();
    }

    @Harness.Test("status: times for people, whole: three decimals at most, and days beside them")
    static void timesForPeople() throws Exception {
        write("base.json", document("limit 90", feed("a", ""), feed("b", ""), feed("c", ""),
            feed("weekly", "limit 604800")));
        write("in.json", document("limit 90", feed("a", "alive true, age 89.9994"),
            feed("b", "alive true, age 90.0000000001"), feed("c", "alive true, age 226804.550528"),
            feed("weekly", "alive true, age 10000, limit 604800")));
        String call = "status --state @in.json --baseline @base.json --now " + NOW;
        whole(call, 2, """
            FRESHNESS CRITICAL: 2 of 4 feeds unsafe: b stale, 90.001s > 90s; \
            c stale, 226804.551s (2d 15h) > 90s

              a       fresh    [##########]    90s of 90s  ticket: past half its limit
              b       stale    [##########] 90.001s of 90s  page
              c       stale    [##########] 226804.551s (2d 15h) of 90s  page
              weekly  fresh    [#.........] 10000s (2h 46m) of 604800s (7d)

            blocked on b, c: price_order, publish_signal, rebalance_position
              why:  for example b: last tick 90.001s old, limit 90s
              next: run this once per feed, and mv each output over the state before you \
            do the next feed:
                    java 'HOME/Freshness.java' recover --feed FEED --state 'DIR/in.json'\
             --output 'DIR/in-recovered.json' --baseline 'DIR/base.json'\
             --now 2026-11-22T09:37:00Z --age-seconds AGE

            state: DIR/in.json (checked against baseline DIR/base.json)
            """);
        // Programs get every digit.
        run(call + " --format json").exits(2).reports(
            "feeds.0.last_tick_age_seconds 89.9994", "feeds.1.last_tick_age_seconds 90.000000001",
            "feeds.2.last_tick_age_seconds 226804.550528",
            "feeds.2.blocked_reason 'last tick 226804.550528s old, limit 90s'");
        String metrics = run(call + " --format prometheus").exits(2).out();
        equal("metrics", metrics.contains(
            "freshness_feed_last_tick_age_seconds{feed=\"c\"} 226804.550528\n"), true);
    }

    @Harness.Test("status: a row says why there is a ticket")
    static void rowsWithTickets() throws Exception {
        write("in.json", document("limit 900", feed("alpha", "alive true, age 8"),
            feed("bravo", "alive true, age 46, limit 90"),
            feed("charlie", "alive true, age 45, limit 90")));
        equal("rows", String.join("\n", rows(run("status --state @in.json").exits(0))) + "\n", """
            \s alpha    fresh    [#.........]     8s of 90s  \
            ticket: the state claims a looser limit (900s)
              bravo    fresh    [######....]    46s of 90s  ticket: past half its limit
              charlie  fresh    [#####.....]    45s of 90s
            """);
    }

    @Harness.Test("status: a state that cannot be evaluated, whole")
    static void textWithoutVerdicts() throws Exception {
        write("base.json", document("limit 90", feed("x", "")));
        write("in.json", "{");
        whole("status --state @in.json --baseline @base.json --now " + NOW, 3, """
            FRESHNESS UNKNOWN: DIR/in.json:1:2: expected a member name in double quotes, \
            found the end of the input; nothing is safe to serve
            """);
        whole("status --state / --baseline @healthy.json", 3, """
            FRESHNESS UNKNOWN: / is a directory; expected a file; nothing is safe to serve
            """);
    }

    // ---- What it judges, and by what ----

    @Harness.Test("status: without a state it shows the baseline, and says so")
    static void withoutState() {
        String itself = "the baseline itself";
        run("status").exits(0).says("FRESHNESS OK", home + "/data/healthy.json", itself);
        run("status --state HOME/data/healthy.json").exits(0).says("FRESHNESS OK");
        run("status --format json").exits(0).has("state", home + "/data/healthy.json");
        String out = run("status --state @healthy.json").out();
        equal("a state is said to be one", out.contains(itself), false);
    }

    @Harness.Test("status: only the set of feeds, the limits and require_as_of of a baseline count")
    static void whatCountsOfABaseline() throws Exception {
        write("base.json", document("limit 90, as_of '2030-01-01T00:00:00Z'",
            feed("alpha", "alive false, age 900"), feed("bravo", "age 'x'"), feed("charlie", "")));
        run("status --state @healthy.json --baseline @base.json").exits(0);
        String strict = "{\n  \"require_as_of\": true,\n  \"max";
        write("strict.json", fixture.replace("{\n  \"max", strict));
        run("status --state @healthy.json --baseline @strict.json --format json").exits(2)
            .reports("feeds.0.reason_code 'as_of_missing'");
        for (String value : List.of("'yes'", "1", "null", "[]")) {
            write("wrong.json", document("limit 90, require_as_of " + value,
                feed("alpha", "alive true, age 8")));
            run("status --state @healthy.json --baseline @wrong.json").exits(3)
                .says("FRESHNESS UNKNOWN: baseline ", "true or false");
            run("status --baseline @wrong.json").exits(3)
                .says("FRESHNESS UNKNOWN: baseline ", "true or false");
        }
    }

    @Harness.Test("status: a contract proves nothing about a feed, so it is no state")
    static void contractAsState() throws Exception {
        write("base.json", fixture);
        write("equal.json", fixture);
        Files.createSymbolicLink(dir.resolve("soft.json"), Path.of("base.json"));
        Files.createLink(dir.resolve("hard.json"), dir.resolve("base.json"));
        for (String call : List.of(
                "status --baseline @base.json",
                "status --baseline @base.json --state @base.json",
                "status --baseline @base.json --state @soft.json",
                "status --baseline @soft.json --state @hard.json",
                "status --baseline @base.json --state @./base.json",
                "status --baseline HOME/data/healthy.json",
                "gate --feed alpha --state HOME/data/healthy.json",
                "gate --feed alpha --state @hard.json --baseline @base.json",
                "gate --feed alpha --state @soft.json --baseline @hard.json",
                "recover --feed alpha --state HOME/data/healthy.json --output @out.json",
                "recover --feed alpha --state @base.json --baseline @hard.json"
                    + " --output @out.json")) {
            Run run = run(call).exits(3);
            String want = ": this is the baseline, and a contract proves nothing about a feed;"
                + " pass your collector's state with --state, or try it on a copy:"
                + " cp 'HOME/data/healthy.json' state.json";
            equal(call, plain(run.out() + run.err()).contains(want), true);
            equal(call + ": files", Files.exists(dir.resolve("out.json")), false);
        }
        run("status --state @equal.json --baseline @base.json").exits(0);
        run("gate --feed alpha --state @equal.json --baseline @base.json").exits(0);
    }

    @Harness.Test("status: a new limit is tried beside the current one")
    static void anotherBaseline() throws Exception {
        write("candidate.json", fixture.replace("90", "10"));
        run("status --state @healthy.json").exits(0);
        run("status --state @healthy.json --baseline @candidate.json --format json").exits(2)
            .reports("unsafe_feeds ['bravo']");
    }

    @Harness.Test("status: the limit of a state is optional")
    static void withoutLimitInTheState() throws Exception {
        String state = document("", feed("x", "alive true, age 50"),
            feed("y", "alive true, age 50, limit 40"));
        write("in.json", state.replace("[{", "[ {"));
        write("base.json", document("limit 90", feed("x", "limit 60"), feed("y", "")));
        run("status --state @in.json --baseline @base.json --format json").exits(2).reports(
            "feeds.0.max_age_seconds 60", "feeds.0.alert 'ticket'",
            "feeds.1.max_age_seconds 40", "feeds.1.reason_code 'stale'", "max_age_seconds 90");
    }

    @Harness.Test("status: the real clock, where --now does not replace it")
    static void realClock() throws Exception {
        String asOf = Instant.now().minusSeconds(40).toString();
        String dated = "{\n  \"as_of\": \"" + asOf + "\",\n  \"max";
        write("in.json", fixture.replace("{\n  \"max", dated));
        String age = run("status --state @in.json --format json").exits(0)
            .get("feeds.0.last_tick_age_seconds").toString();
        equal(age, age.matches("4[89]\\..*|5[0-9]\\..*"), true);
        run("gate --feed alpha --state @in.json").exits(0);
        run("gate --feed alpha --state @in.json --now 2126-11-22T09:37:00Z").exits(2);
        run("recover --feed alpha --state @in.json --output @out.json --now 2126-11-22T09:37:00Z")
            .exits(2);
    }

    @Harness.Test("status: its verdict is on standard error where standard output has a document")
    static void verdictBesideADocument() {
        Run run = run("status --state @stale.json --output - --now " + NOW).exits(2);
        equal(run.call(), run.err(), run.head() + "\n");
        for (String format : List.of("json", "prometheus")) {
            String unsafe = "status --state @stale.json --format " + format;
            equal(unsafe, run(unsafe).exits(2).err(), "");
            String absent = "status --state @absent.json --format " + format;
            equal(absent, plain(run(absent).exits(3).err()), "FRESHNESS UNKNOWN:"
                + " cannot read DIR/absent.json: no such file; check the path given with --state,"
                + " and that your collector is running; nothing is safe to serve\n");
        }
    }

    // ---- JSON ----

    /** Returns what JSON says of a fresh feed that is safe until that second of the next minute. */
    private static String until(String second) {
        return ALL_ALLOWED.replace("UNTIL", "2026-11-22T09:38:" + second + "Z");
    }

    @Harness.Test("status: JSON of the fixture, whole")
    static void jsonOfTheFixture() {
        whole("status --format json --now " + NOW, 0, """
            {
              "overall_status": "eligible",
              "unsafe_feeds": [],
              "max_age_seconds": 90,
              "fresh_feeds": 3,
              "alive_feeds": 3,
              "total_feeds": 3,
              "evaluated_at": "2026-11-22T09:37:00Z",
              "as_of": null,
              "state": "HOME/data/healthy.json",
              "state_sha256": "SHA256",
              "baseline": "HOME/data/healthy.json",
              "baseline_sha256": "SHA256",
              "exit": 0,
              "feeds": [
                {"name": "alpha", "alive": true, "last_tick_age_seconds": 8, \
            "max_age_seconds": 90, ALL22,
                {"name": "bravo", "alive": true, "last_tick_age_seconds": 11, \
            "max_age_seconds": 90, ALL19,
                {"name": "charlie", "alive": true, "last_tick_age_seconds": 7, \
            "max_age_seconds": 90, ALL23
              ]
            }
            """.replace("SHA256", FIXTURE_SHA256).replace("ALL22", until("22"))
            .replace("ALL19", until("19")).replace("ALL23", until("23")));
    }

    @Harness.Test("status: JSON of a state that cannot be evaluated, whole")
    static void jsonWithoutVerdicts() throws Exception {
        write("base.json", document("limit 90", feed("x", "")));
        write("in.json", "{");
        String error =
            "DIR/in.json:1:2: expected a member name in double quotes, found the end of the input";
        Run run = run("status --format json --state @in.json --baseline @base.json --now " + NOW)
            .exits(3);
        equal("error", plain(run.err()),
            "FRESHNESS UNKNOWN: " + error + "; nothing is safe to serve\n");
        equal("JSON", plain(run.out()), """
            {
              "overall_status": "restricted",
              "unsafe_feeds": ["x"],
              "max_age_seconds": 90,
              "fresh_feeds": 0,
              "alive_feeds": 0,
              "total_feeds": 1,
            """ + unevaluated(error));
    }

    @Harness.Test("status: JSON where the baseline cannot be read, whole")
    static void jsonWithoutBaseline() throws Exception {
        write("in.json", "{");
        Run run = run("status --format json --baseline @in.json --now " + NOW).exits(3);
        equal("JSON", plain(run.out()), """
            {
              "overall_status": "restricted",
              "unsafe_feeds": null,
              "max_age_seconds": null,
              "fresh_feeds": 0,
              "alive_feeds": 0,
              "total_feeds": 0,
              "evaluated_at": "2026-11-22T09:37:00Z",
              "as_of": null,
              "state": "DIR/in.json",
              "state_sha256": null,
              "baseline": "DIR/in.json",
              "baseline_sha256": "021fb596db81e6d02bf3d2586ee3981fe519f275c0ac9ca76bbcf2ebb4097d96",
              "exit": 3,
              "error": "baseline \
            DIR/in.json:1:2: expected a member name in double quotes, found the end of the input",
              "feeds": null
            }
            """);
    }

    @Harness.Test("status: the members of its JSON, in their order")
    static void membersOfJson() throws Exception {
        Run run = run("status --state @stale.json --format json --now " + NOW).exits(2);
        run.members("", "overall_status", "unsafe_feeds", "max_age_seconds", "fresh_feeds",
            "alive_feeds", "total_feeds", "evaluated_at", "as_of", "state", "state_sha256",
            "baseline", "baseline_sha256", "exit", "feeds");
        run.members("feeds.1", "name", "alive", "last_tick_age_seconds", "max_age_seconds",
            "freshness_status", "safe_to_serve", "safe_until", "allowed_actions", "blocked_actions",
            "blocked_reason", "reason_code", "alert");
        run.reports("overall_status 'restricted'", "unsafe_feeds ['bravo']", "max_age_seconds 90",
            "fresh_feeds 2", "alive_feeds 3", "total_feeds 3", "feeds.1.name 'bravo'",
            "feeds.1.alive true", "feeds.1.last_tick_age_seconds 660",
            "feeds.1.max_age_seconds 90");
        run.has("state", dir + "/stale.json").has("state_sha256", sha256("stale.json"));
        run.has("feeds.1.blocked_reason", "last tick 660s old, limit 90s");
        run("status --state @healthy.json --format json").exits(0)
            .reports("overall_status 'eligible'", "unsafe_feeds []");
    }

    @Harness.Test("status: figures that JSON gives, and null for those that are not known")
    static void figuresInJson() throws Exception {
        write("in.json", document("limit 60, as_of '2026-11-22T09:36:59.5Z'",
            feed("alpha", "alive true, age 8.25, limit 1e2"), feed("bravo", "alive false"),
            feed("charlie", "alive 1, age 1e400")));
        run("status --state @in.json --format json --now " + NOW).exits(2).reports(
            "alive_feeds 1", "max_age_seconds 60",
            "feeds.0.last_tick_age_seconds 8.75", "feeds.0.max_age_seconds 90",
            "feeds.0.alert 'ticket'",
            "feeds.1.last_tick_age_seconds null", "feeds.1.max_age_seconds 60",
            "feeds.1.alive false",
            "feeds.2.last_tick_age_seconds null", "feeds.2.alive null");
    }

    // ---- Machine formats if nothing could be evaluated ----

    @Harness.Test("status: machine formats name every feed unsafe if the state fails")
    static void programsWithoutState() throws Exception {
        write("broken.json", "{");
        for (String state : List.of("@broken.json", "@absent.json", "/dev/null")) {
            Run json = run("status --state " + state + " --format json").exits(3);
            json.members("", "overall_status", "unsafe_feeds", "max_age_seconds", "fresh_feeds",
                "alive_feeds", "total_feeds", "evaluated_at", "as_of", "state", "state_sha256",
                "baseline", "baseline_sha256", "exit", "error", "feeds");
            json.reports("overall_status 'restricted'",
                "unsafe_feeds ['alpha', 'bravo', 'charlie']", "fresh_feeds 0", "total_feeds 3");
            for (String feed : List.of("feeds.0", "feeds.1", "feeds.2")) {
                json.reports(feed + ".reason_code 'state_invalid'", feed + ".safe_to_serve false",
                    feed + ".max_age_seconds 90", feed + ".allowed_actions []");
            }
            Run metrics = run("status --state " + state + " --format prometheus --now " + NOW);
            equal(state, samples(metrics.exits(3).out()), """
                freshness_feed_alive{feed="alpha"} 0
                freshness_feed_alive{feed="bravo"} 0
                freshness_feed_alive{feed="charlie"} 0
                freshness_feed_safe_to_serve{feed="alpha"} 0
                freshness_feed_safe_to_serve{feed="bravo"} 0
                freshness_feed_safe_to_serve{feed="charlie"} 0
                freshness_feed_page{feed="alpha"} 1
                freshness_feed_page{feed="bravo"} 1
                freshness_feed_page{feed="charlie"} 1
                freshness_feed_max_age_seconds{feed="alpha"} 90
                freshness_feed_max_age_seconds{feed="bravo"} 90
                freshness_feed_max_age_seconds{feed="charlie"} 90
                freshness_feed_info{feed="alpha",WHY} 1
                freshness_feed_info{feed="bravo",WHY} 1
                freshness_feed_info{feed="charlie",WHY} 1
                freshness_state_valid 0
                freshness_last_evaluation_timestamp_seconds 1795340220
                """.replace("WHY", "freshness_status=\"unknown\",reason_code=\"state_invalid\","
                    + "alert=\"page\""));
        }
    }

    @Harness.Test("status: machine formats are not empty if the baseline fails")
    static void programsWithoutBaseline() throws Exception {
        write("broken.json", "{");
        for (String baseline : List.of("@broken.json", "@absent.json")) {
            for (String state : List.of("", " --state @healthy.json")) {
                String call = "status --baseline " + baseline + state;
                Run json = run(call + " --format json").exits(3);
                json.reports("overall_status 'restricted'", "feeds null", "unsafe_feeds null",
                    "fresh_feeds 0");
                String error = json.get("error").toString();
                equal(baseline, error.contains("baseline " + at(baseline)), true);
                Run metrics = run(call + " --format prometheus --now " + NOW).exits(3);
                equal(baseline, samples(metrics.out()), """
                    freshness_state_valid 0
                    freshness_last_evaluation_timestamp_seconds 1795340220
                    """);
            }
        }
    }

    /** The lines of metrics without those that describe them. */
    private static String samples(String metrics) {
        StringBuilder samples = new StringBuilder();
        for (String line : metrics.split("\n")) {
            if (!line.startsWith("#")) {
                samples.append(line).append('\n');
            }
        }
        return samples.toString();
    }

    // ---- Prometheus ----

    @Harness.Test("status: Prometheus metrics, whole")
    static void metrics() throws Exception {
        write("in.json", document("limit 90, as_of '2026-11-22T09:36:59.5Z'",
            feed("a", "alive true, age 8"), feed("b", "alive false"),
            feed("c", "alive true, age 90, limit 'x'"),
            feed("d", "alive true, last_tick_at '2026-11-22T09:36:52Z', limit 9")));
        write("base.json", document("limit 90", feed("a", ""), feed("b", ""), feed("c", ""),
            feed("d", "limit 9")));
        whole("status --state @in.json --baseline @base.json --format prometheus"
            + " --now 2026-11-22T09:37:00.25Z", 2, """
            # HELP freshness_feed_alive Whether the feed consumer is up; 0 if unknown.
            # TYPE freshness_feed_alive gauge
            freshness_feed_alive{feed="a"} 1
            freshness_feed_alive{feed="b"} 0
            freshness_feed_alive{feed="c"} 1
            freshness_feed_alive{feed="d"} 1
            # HELP freshness_feed_safe_to_serve Whether the feed is proven safe to serve.
            # TYPE freshness_feed_safe_to_serve gauge
            freshness_feed_safe_to_serve{feed="a"} 1
            freshness_feed_safe_to_serve{feed="b"} 0
            freshness_feed_safe_to_serve{feed="c"} 0
            freshness_feed_safe_to_serve{feed="d"} 1
            # HELP freshness_feed_page Whether to page someone about the feed; an unsafe feed \
            need not page.
            # TYPE freshness_feed_page gauge
            freshness_feed_page{feed="a"} 0
            freshness_feed_page{feed="b"} 1
            freshness_feed_page{feed="c"} 1
            freshness_feed_page{feed="d"} 0
            # HELP freshness_feed_last_tick_age_seconds Age of the newest tick at evaluation \
            time; absent if unknown.
            # TYPE freshness_feed_last_tick_age_seconds gauge
            freshness_feed_last_tick_age_seconds{feed="a"} 8.75
            freshness_feed_last_tick_age_seconds{feed="c"} 90.75
            freshness_feed_last_tick_age_seconds{feed="d"} 8.25
            # HELP freshness_feed_max_age_seconds Limit that applied; absent if there is no valid \
            one.
            # TYPE freshness_feed_max_age_seconds gauge
            freshness_feed_max_age_seconds{feed="a"} 90
            freshness_feed_max_age_seconds{feed="b"} 90
            freshness_feed_max_age_seconds{feed="d"} 9
            # HELP freshness_feed_last_tick_timestamp_seconds Unix time of the newest tick; \
            absent if unknown.
            # TYPE freshness_feed_last_tick_timestamp_seconds gauge
            freshness_feed_last_tick_timestamp_seconds{feed="a"} 1795340211.5
            freshness_feed_last_tick_timestamp_seconds{feed="c"} 1795340129.5
            freshness_feed_last_tick_timestamp_seconds{feed="d"} 1795340212
            # HELP freshness_feed_safe_until_timestamp_seconds Unix time until which the feed is \
            safe if no tick arrives; absent if it is not safe.
            # TYPE freshness_feed_safe_until_timestamp_seconds gauge
            freshness_feed_safe_until_timestamp_seconds{feed="a"} 1795340301.5
            freshness_feed_safe_until_timestamp_seconds{feed="d"} 1795340221
            # HELP freshness_feed_info Status, reason and alert of the feed, as labels; always 1.
            # TYPE freshness_feed_info gauge
            freshness_feed_info{feed="a",freshness_status="fresh",\
            reason_code="fresh",alert="none"} 1
            freshness_feed_info{feed="b",freshness_status="unknown",\
            reason_code="feed_down",alert="page"} 1
            freshness_feed_info{feed="c",freshness_status="unknown",\
            reason_code="limit_invalid",alert="page"} 1
            freshness_feed_info{feed="d",freshness_status="fresh",\
            reason_code="fresh",alert="ticket"} 1
            # HELP freshness_state_valid Whether the state and the baseline could be evaluated.
            # TYPE freshness_state_valid gauge
            freshness_state_valid 1
            # HELP freshness_last_evaluation_timestamp_seconds Unix time of the last evaluation.
            # TYPE freshness_last_evaluation_timestamp_seconds gauge
            freshness_last_evaluation_timestamp_seconds 1795340220
            """);
    }

    private static final String THREE_FEEDS = document("limit 60",
        feed("alpha", "alive true, age 8.50"), feed("bravo", "alive false, age null"),
        feed("charlie", "alive true, age 1e2"));

    @Harness.Test("status: a sample that is not known is left out")
    static void samplesOfMetrics() throws Exception {
        write("in.json", THREE_FEEDS);
        String call = "status --state @in.json --format prometheus --now " + NOW;
        equal("samples", samples(run(call).exits(2).out()), """
            freshness_feed_alive{feed="alpha"} 1
            freshness_feed_alive{feed="bravo"} 0
            freshness_feed_alive{feed="charlie"} 1
            freshness_feed_safe_to_serve{feed="alpha"} 1
            freshness_feed_safe_to_serve{feed="bravo"} 0
            freshness_feed_safe_to_serve{feed="charlie"} 0
            freshness_feed_page{feed="alpha"} 0
            freshness_feed_page{feed="bravo"} 1
            freshness_feed_page{feed="charlie"} 1
            freshness_feed_last_tick_age_seconds{feed="alpha"} 8.5
            freshness_feed_last_tick_age_seconds{feed="charlie"} 100
            freshness_feed_max_age_seconds{feed="alpha"} 60
            freshness_feed_max_age_seconds{feed="bravo"} 60
            freshness_feed_max_age_seconds{feed="charlie"} 60
            freshness_feed_last_tick_timestamp_seconds{feed="alpha"} 1795340211.5
            freshness_feed_last_tick_timestamp_seconds{feed="charlie"} 1795340120
            freshness_feed_safe_until_timestamp_seconds{feed="alpha"} 1795340271.5
            freshness_feed_info{feed="alpha",freshness_status="fresh",\
            reason_code="fresh",alert="none"} 1
            freshness_feed_info{feed="bravo",freshness_status="unknown",\
            reason_code="feed_down",alert="page"} 1
            freshness_feed_info{feed="charlie",freshness_status="stale",\
            reason_code="stale",alert="page"} 1
            freshness_state_valid 1
            freshness_last_evaluation_timestamp_seconds 1795340220
            """);
    }

    @Harness.Test("status: a tick's time in metrics, by clocks of any year; none if not known")
    static void timestampsInMetrics() throws Exception {
        write("in.json", THREE_FEEDS);
        String timestamp = "freshness_feed_last_tick_timestamp_seconds{";
        // Counted back from that day, as long as an age that is not known is said to be, it would
        // be a time after 1970.
        String late = run("status --state @in.json --format prometheus --now 2200-01-01T00:00:00Z")
            .exits(2).out();
        equal("no tick is known", late.contains(timestamp + "feed=\"bravo\"}"), false);
        write("in.json", document("limit 60, as_of '1800-01-01T00:00:00Z'",
            feed("alpha", "alive true, age 8")));
        late = run("status --state @in.json --baseline @=in.json --format prometheus"
            + " --now 2200-01-01T00:00:00Z").exits(2).out();
        equal("nor where the age is cut", late.contains(timestamp), false);
        // The clock; the tick; its time in metrics, none before 1970.
        for (Row row : Row.table("""
                2100-01-01T12:00:00Z => 2100-01-01T11:59:55.25Z => 4102487995.25
                1970-01-01T00:00:05Z => 1970-01-01T00:00:00Z => 0
                1970-01-01T00:00:05Z => 1969-12-31T23:59:59.5Z =>""")) {
            write("tick.json", document("limit 90",
                feed("alpha", "alive true, last_tick_at '" + row.cell(1) + "'")));
            String out = run("status --state @tick.json --baseline @=tick.json --format prometheus"
                + " --now " + row.cell(0)).exits(0).out();
            String sample = timestamp + "feed=\"alpha\"} ";
            String got = out.lines().filter(line -> line.startsWith(sample))
                .map(line -> line.substring(sample.length())).findFirst().orElse("");
            equal(row.line(), got, row.cell(2));
            equal(row + ": samples", samples(out).contains(timestamp), !row.cell(2).isEmpty());
        }
    }

    @Harness.Test("status: each metric is described once, in front of its samples")
    static void describedMetrics() throws Exception {
        write("in.json", THREE_FEEDS);
        String metrics = run("status --state @in.json --format prometheus").exits(2).out();
        Set<String> described = new TreeSet<>();
        for (String line : metrics.split("\n")) {
            String family = line.replaceFirst("^# (HELP|TYPE) ", "").replaceFirst("[ {].*", "");
            if (line.startsWith("# HELP ")) {
                equal(line, described.add(family), true);
                equal(line, line.length() > family.length() + 10, true);
            } else {
                equal(line, described.contains(family), true);
            }
            if (line.startsWith("# TYPE ")) {
                equal(line, line.endsWith(" gauge"), true);
            }
        }
        equal("the last line ends", metrics.endsWith("\n"), true);
    }

    @Harness.Test("status: metrics are written whether or not the feeds are safe")
    static void writtenMetrics() throws Exception {
        String sample = "freshness_feed_safe_to_serve{feed=\"bravo\"} ";
        run("status --state @healthy.json --format prometheus --output @feeds.prom").exits(0)
            .says("FRESHNESS ");
        equal("safe", samples(read("feeds.prom")).contains(sample + "1\n"), true);
        run("status --state @stale.json --format prometheus --output @feeds.prom").exits(2)
            .says("FRESHNESS ");
        equal("unsafe", samples(read("feeds.prom")).contains(sample + "0\n"), true);
    }

    // ---- Watches ----

    private static final String OK = "TIME FRESHNESS OK: 3 of 3 feeds fresh and safe to serve\n";
    private static final String OK_1 = "TIME FRESHNESS OK: 1 of 1 feeds fresh and safe to serve\n";
    private static final String OK_2 = "TIME FRESHNESS OK: 2 of 2 feeds fresh and safe to serve\n";
    private static final String X = feed("x", "alive true, age 1");
    private static final String Y = feed("y", "alive true, age 2");

    @Harness.Test("status: a watch says first what there is, and an interrupted one is no 0")
    static void watchThatIsInterrupted() {
        String call = "status --state @healthy.json --watch 0.1";
        Steps.watch(call, 3, OK + Steps.INTERRUPTED);
        Steps.watch(call, 3, OK + Steps.INTERRUPTED, Steps.NOTHING);
        Steps.watch(call + " --output -", 3, OK + Steps.INTERRUPTED);
        Steps.watch("status --state @absent.json --watch 0.1", 3, """
            TIME FRESHNESS UNKNOWN: cannot read DIR/absent.json: no such file; check the path \
            given with --state, and that your collector is running; \
            nothing is safe to serve
            """ + Steps.INTERRUPTED);
    }

    @Harness.Test("status: a watch prints what changes")
    static void watchOfChanges() throws Exception {
        write("in.json", fixture);
        Steps.watch("status --state @in.json --watch 0.1", 3, OK + """
            TIME bravo fresh -> stale: last tick 660s old, limit 90s
            TIME alpha fresh -> unknown: GONE
            TIME bravo stale -> unknown: GONE
            TIME charlie fresh -> unknown: GONE
            TIME alpha unknown -> fresh: last tick 8s old, limit 90s
            TIME charlie unknown -> fresh: last tick 7s old, limit 90s
            TIME bravo unknown -> fresh: last tick 11s old, limit 90s
            """.replace("GONE", "the state cannot be evaluated:"
                + " cannot read DIR/in.json: no such file; check the path given with --state, and"
                + " that your collector is running") + Steps.INTERRUPTED,
            () -> write("in.json", fixture.replace(": 11\n", ": 660\n")),
            () -> delete(dir.resolve("in.json")),
            // A truncated file does not add another line: they are already unknown.
            () -> write("in.json", "{"),
            () -> write("in.json", fixture.replaceFirst("(?s)(bravo.*?)true", "$1false")),
            () -> write("in.json", fixture));
    }

    @Harness.Test("status: a watch writes times for people, too")
    static void watchWithLongTimes() throws Exception {
        write("in.json", document("limit 90", X));
        write("base.json", document("limit 90", X));
        Steps.watch("status --state @in.json --baseline @base.json --watch 0.1", 3, OK_1 + """
            TIME x fresh -> stale: last tick 226804.551s (2d 15h) old, limit 90s
            """ + Steps.INTERRUPTED,
            () -> write("in.json", document("limit 90", feed("x", "alive true, age 226804.5501"))));
    }

    @Harness.Test("status: a watch takes a feed that was not there before for unknown")
    static void watchOfNewFeeds() throws Exception {
        write("in.json", document("limit 90", X));
        String call = "status --state @in.json --baseline @base.json --watch 0.1";
        write("base.json", document("limit 90", X));
        Steps.watch(call, 3, OK_1 + """
            TIME y unknown -> stale: last tick 91s old, limit 90s
            TIME z unknown -> fresh: last tick 2s old, limit 90s
            """ + Steps.INTERRUPTED,
            () -> {
                String text = document("limit 90", X, feed("y", "alive true, age 91"),
                    feed("z", "alive true, age 2"));
                write("in.json", text);
                write("base.json", text);
            });
        // One that leaves and comes back unchanged has still been away.
        write("in.json", document("limit 90", X, Y));
        write("base.json", document("limit 90", X, Y));
        Steps.watch(call, 3, OK_2 + """
            TIME y unknown -> fresh: last tick 2s old, limit 90s
            """ + Steps.INTERRUPTED,
            () -> {
                write("in.json", document("limit 90", X));
                write("base.json", document("limit 90", X));
            },
            () -> {
                write("in.json", document("limit 90", X, Y));
                write("base.json", document("limit 90", X, Y));
            });
    }

    @Harness.Test("status: a watch says once that the baseline cannot be read")
    static void watchWithoutBaseline() throws Exception {
        String baseline = document("limit 90", feed("x", ""), feed("y", ""));
        write("base.json", baseline);
        write("in.json", document("limit 90", X, Y));
        Steps.watch("status --state @in.json --baseline @base.json --watch 0.1", 3, OK_2 + """
            TIME FRESHNESS UNKNOWN: cannot read baseline DIR/base.json: no such file; check the \
            path given with --baseline; \
            nothing is safe to serve
            TIME x unknown -> fresh: last tick 1s old, limit 90s
            TIME y unknown -> fresh: last tick 2s old, limit 90s
            """ + Steps.INTERRUPTED,
            () -> delete(dir.resolve("base.json")),
            Steps.NOTHING,
            () -> {
                write("base.json", baseline);
                write("in.json", read("in.json") + " "); // other bytes: their age begins anew
            });
    }

    @Harness.Test("status: nothing in a name or a state acts on the terminal of a watch")
    static void watchOfHostileNames() throws Exception {
        String feed = feed("a\\u001b", "alive true, age 1");
        write("in.json", document("limit 90", feed));
        Steps.watch("status --state @in.json --baseline @=in.json --watch 0.1", 3, OK_1 + """
            TIME a\\u001b fresh -> unknown: as_of is \\u001b, which is not an RFC 3339 timestamp
            """ + Steps.INTERRUPTED,
            () -> write("in.json", document("limit 90, as_of '\\u001b'", feed)));
    }

    @Harness.Test("status: a watch with Prometheus writes the file at each evaluation")
    static void watchWithMetrics() throws Exception {
        write("in.json", fixture);
        List<String> seen = new ArrayList<>();
        Steps.Step look = () -> seen.add(safeAndValid(read("feeds.prom")));
        Steps.watch("status --state @in.json --watch 0.1 --format prometheus --output @feeds.prom",
            3, OK + """
            TIME bravo fresh -> stale: last tick 660s old, limit 90s
            TIME alpha fresh -> unknown: CUT
            TIME bravo stale -> unknown: CUT
            TIME charlie fresh -> unknown: CUT
            """.replace("CUT", "the state cannot be evaluated: DIR/in.json:1:2:"
                + " expected a member name in double quotes, found the end of the input")
                + Steps.INTERRUPTED,
            () -> {
                look.run();
                write("in.json", fixture.replace(": 11\n", ": 660\n"));
            },
            () -> {
                look.run();
                write("in.json", "{");
                delete(dir.resolve("feeds.prom"));
            },
            look);
        equal("written", seen, List.of("1 1 1 1", "1 0 1 1", "0 0 0 0"));
    }

    /** Whether each feed is safe, and whether the state is valid, as in "1 0 1 1". */
    private static String safeAndValid(String metrics) {
        List<String> values = new ArrayList<>();
        for (String line : metrics.split("\n")) {
            if (line.matches("freshness_(feed_safe_to_serve\\{|state).*")) {
                values.add(line.substring(line.lastIndexOf(' ') + 1));
            }
        }
        return String.join(" ", values);
    }

    @Harness.Test("status: a target that can no longer be written ends the watch")
    static void watchWithoutTarget() throws Exception {
        write("in.json", fixture);
        Files.createDirectory(dir.resolve("metrics"));
        Steps.watch("status --state @in.json --watch 0.1 --format prometheus"
            + " --output @metrics/feeds.prom", 3,
            OK + "freshness: cannot write the output: no such file at " + dir + "/metrics\n",
            () -> delete(dir.resolve("metrics")));
    }

    @Harness.Test("status: an undated state turns stale while its bytes stay the same")
    static void watchOfTheSameBytes() throws Exception {
        String state = document("limit 0.35", feed("x", "alive true, age 0"));
        write("base.json", state);
        Steps.Step gone = () -> delete(dir.resolve("in.json"));
        Steps.Step again = () -> {
            gone.run();
            write("in.json", state);
        };
        Steps.Step nothing = Steps.NOTHING;
        for (Steps.Step[] steps : new Steps.Step[][] {
                {nothing, nothing, nothing, nothing, nothing},
                {again, again, again, again, again},
                {gone, again, gone, again, gone, again, gone, again},
        }) {
            again.run();
            Steps out = new Steps(steps);
            String call = "status --state @in.json --baseline @base.json --watch 0.1";
            equal("exit", Freshness.run(arguments(call), UNREAD, out, new Full(1_000)), 3);
            equal(out.text(), out.text().startsWith("TIME FRESHNESS OK: 1 of 1 "), true);
            equal(out.text(), out.text().contains("-> stale: last tick "), true);
        }
    }

    @Harness.Test("status: an undated state stays fresh while its bytes change")
    static void watchOfOtherBytes() throws Exception {
        String state = document("limit 0.35", feed("x", "alive true, age 0"));
        write("base.json", state);
        write("in.json", state);
        Steps.Step[] others = new Steps.Step[6];
        for (int i = 0; i < others.length; i++) {
            String other = document("limit 0.35, n " + i, feed("x", "alive true, age 0"));
            others[i] = () -> write("in.json", other);
        }
        Steps.watch("status --state @in.json --baseline @base.json --watch 0.1", 3,
            OK_1 + Steps.INTERRUPTED, others);
    }

    // ---- Terminals ----

    @Harness.Test("status: a terminal shows as many lines as it has, unsafe feeds first")
    static void terminal() throws Exception {
        int lines = linesOfTheTerminal();
        drawn(lines - 6, Set.of(), lines);
        drawn(lines - 5, Set.of(), lines);
        drawn(200, Set.of(7, 150), lines);
        drawn(3000, Set.of(), lines);
    }

    private static int linesOfTheTerminal() {
        String lines = System.getenv("LINES");
        return lines == null ? 24 : Integer.parseInt(lines);
    }

    private static void drawn(int feeds, Set<Integer> stale, int lines) throws Exception {
        List<String> entries = new ArrayList<>();
        for (int i = 0; i < feeds; i++) {
            int age = stale.contains(i) ? 91 : 1;
            entries.add(feed("f%04d".formatted(i), "alive true, age " + age));
        }
        write("in.json", document("limit 90", entries.toArray(new String[0])));
        String call = "status --state @in.json --baseline @=in.json --watch 1";
        Freshness.Call parsed = Freshness.Call.parse(arguments(call));
        Freshness.Evaluation evaluation = Freshness.Evaluation.ofAll(
            Freshness.Inputs.read(parsed, UNREAD), Freshness.Watch.NOTHING);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new Freshness.StatusText(parsed, evaluation, false).redraw(new Freshness.Output(out));
        equal(feeds + " feeds", plain(out.toString(UTF_8)), screen(text(feeds, stale), lines));
    }

    /** What status prints, as far as it can be seen: the explanations are below 200 rows. */
    private static String text(int feeds, Set<Integer> stale) {
        StringBuilder text = new StringBuilder();
        if (stale.isEmpty()) {
            text.append("FRESHNESS OK: %d of %d feeds fresh and safe to serve\n\n"
                .formatted(feeds, feeds));
        } else {
            text.append("""
                FRESHNESS CRITICAL: 2 of 200 feeds unsafe: f0007 stale, 91s > 90s; \
                f0150 stale, 91s > 90s

                  f0007  stale    [##########]    91s of 90s  page
                  f0150  stale    [##########]    91s of 90s  page
                """);
        }
        for (int i = 0; i < feeds; i++) {
            if (!stale.contains(i)) {
                text.append("  f%04d  fresh    [#.........]     1s of 90s\n".formatted(i));
            }
        }
        if (!stale.isEmpty()) {
            text.append("\nblocked on ...\n  why:  ...\n  next: for each ...\n        ...\n");
        }
        return text + "\nstate: DIR/in.json (checked against baseline DIR/in.base.json)\n";
    }

    /** A cleared terminal without wrapping; a text that is too long is cut, and says so. */
    private static String screen(String text, int lines) {
        StringBuilder screen = new StringBuilder("\u001b[H\u001b[2J\u001b[3J\u001b[?7l");
        List<String> all = text.lines().toList();
        int shown = Math.min(all.size(), lines - 2);
        for (String line : all.subList(0, shown)) {
            screen.append(line).append('\n');
        }
        String wrap = "\u001b[?7h";
        int more = all.size() - shown;
        if (more == 0) {
            return screen + wrap;
        }
        return screen + "... " + more + " more lines (run status without --watch to see them"
            + " all)" + wrap
            + "\n";
    }
}
