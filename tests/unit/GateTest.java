import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

import static java.nio.charset.StandardCharsets.UTF_8;

/** GateTest: when a gate is open, and what it prints. */
final class GateTest extends Sandbox {
    /** Writes a state whose alpha is fresh, bravo stale and charlie down. */
    private static void writeOneOfEach() throws Exception {
        String stale = fixture.replace(": 11\n", ": 660\n");
        write("in.json", stale.replaceFirst("(?s)(charlie.*?)true", "$1false"));
    }

    // ---- When it is open ----

    @Harness.Test("gate: every feed, every action and pairs of both")
    static void everyFeedAndAction() throws Exception {
        writeOneOfEach();
        List<String> asked = new ArrayList<>(List.of(""));
        for (String one : ACTIONS) {
            asked.add(one);
            for (String other : ACTIONS) {
                asked.add(one + " " + other);
            }
        }
        for (String feeds : List.of("alpha", "bravo", "charlie", "alpha bravo", "bravo alpha",
                "charlie bravo", "alpha charlie", "alpha alpha")) {
            for (String actions : asked) {
                asked(feeds, actions);
            }
        }
    }

    private static void asked(String feeds, String actions) {
        String call = "gate --state @in.json --feed " + feeds.replace(" ", " --feed ");
        if (!actions.isEmpty()) {
            call += " --action " + actions.replace(" ", " --action ");
        }
        List<String> blocked = new ArrayList<>();
        for (String feed : new LinkedHashSet<>(List.of(feeds.split(" ")))) {
            if (!isOpen(feed, actions)) {
                blocked.add(feed);
            }
        }
        boolean isOpen = blocked.isEmpty();
        int exit = isOpen ? 0 : 2;
        run(call).exits(exit)
            .says(isOpen ? "GATE OPEN" : "GATE BLOCKED", blocked.toArray(new String[0]));
        run(call + " --format json").exits(exit)
            .has("gate", isOpen ? "open" : "blocked")
            .has("blocked_feeds", blocked);
    }

    private static boolean isOpen(String feed, String actions) {
        if (actions.isEmpty()) {
            return feed.equals("alpha");
        }
        Map<String, String> status =
            Map.of("alpha", "fresh", "bravo", "stale", "charlie", "unknown");
        return allowed(status.get(feed)).containsAll(List.of(actions.split(" ")));
    }

    @Harness.Test("gate: other feeds do not matter, and an unexpected feed is blocked")
    static void otherFeeds() throws Exception {
        write("in.json", fixture.replace("bravo", "delta"));
        run("gate --feed alpha --feed charlie --state @in.json").exits(0).says("GATE OPEN");
        run("gate --feed bravo --state @in.json").exits(2)
            .says("GATE BLOCKED", "bravo", "feed_missing");
        run("gate --feed delta --state @in.json").exits(2)
            .says("GATE BLOCKED", "delta", "feed_unexpected");
    }

    @Harness.Test("gate: a feed may have the name of an option")
    static void feedsLikeOptions() throws Exception {
        write("in.json", document("limit 90", feed("-h", "alive true, age 8"),
            feed("--state", "alive true, age 660")));
        String files = " --state @in.json --baseline @=in.json";
        run("gate --feed -h" + files).exits(0).says("GATE OPEN: -h fresh");
        run("gate --feed=--state" + files).exits(2)
            .says("GATE BLOCKED: --state stale", " recover --feed=--state --state ");
    }

    // ---- Text ----

    @Harness.Test("gate: its headline, whole")
    static void headlines() throws Exception {
        writeOneOfEach();
        for (Row row : Row.table("""
                --feed alpha => GATE OPEN: alpha fresh, 8s of 90s; safe to serve
                --feed alpha --feed alpha => GATE OPEN: alpha fresh, 8s of 90s; safe to serve
                --feed alpha --action price_order --action inspect_status => \
                GATE OPEN: alpha fresh, 8s of 90s; allowed: price_order, inspect_status
                --feed bravo --action read_last_price --feed alpha => \
                GATE OPEN: bravo stale, 660s > 90s; alpha fresh, 8s of 90s; allowed: read_last_price
                --feed charlie --action inspect_status => \
                GATE OPEN: charlie unknown (feed_down); allowed: inspect_status
                --feed alpha --feed bravo => \
                GATE BLOCKED: bravo stale, 660s > 90s; not safe to serve
                --feed bravo --feed charlie --action rebalance_position --action read_last_price\
                 --action inspect_status => \
                GATE BLOCKED: bravo stale, 660s > 90s; charlie unknown (feed_down); \
                not allowed: rebalance_position, read_last_price
                --feed bravo --action price_order --action read_last_price => \
                GATE BLOCKED: bravo stale, 660s > 90s; not allowed: price_order
                --feed bravo --action read_last_price --action price_order => \
                GATE BLOCKED: bravo stale, 660s > 90s; not allowed: price_order""")) {
            equal(row.cell(0), run("gate --state @in.json " + row.cell(0)).head(), row.cell(1));
        }
        run("gate --feed alpha --action price_order --action price_order --state @healthy.json")
            .exits(0).says("GATE OPEN", "allowed: price_order\n");
    }

    @Harness.Test("gate: a blocked one says the feed, the figures, the reason and what recovers it")
    static void blocked() throws Exception {
        write("with space.json", read("stale.json"));
        write("it's.json", read("stale.json"));
        for (String file : List.of("stale.json", "with space.json", "it's.json")) {
            String state = dir + "/" + file;
            Run run = run("gate --feed bravo --feed alpha --action price_order --state %", state);
            run.exits(2).says("GATE BLOCKED", "bravo", "660s", "90s", "price_order",
                "publish_signal", "rebalance_position");
            Run json = run("gate --feed alpha --feed bravo --state % --format json", state)
                .exits(2).has("state", state);
            String command = json.get("next.0").toString();
            equal("text has the command too", run.out().contains(command), true);
            recovers(command);
        }
    }

    /** The command is refused as printed, and recovers bravo once it is given an age. */
    private static void recovers(String command) throws Exception {
        equal("no age was seen yet", command.endsWith(" --age-seconds AGE"), true);
        String refused = paste(command).exits(3).err();
        String hint = "replace it with the age, in seconds, of a tick you have seen";
        equal("so it is refused", refused.contains(hint), true);
        paste(command.replace("AGE", "5")).exits(0).says("RECOVERED");
        List<String> words = words(command);
        String recovered = words.get(words.indexOf("--output") + 1);
        run("gate --feed bravo --state %", recovered).exits(0).says("GATE OPEN");
        String want = fixture.replace(": 11\n", ": 5\n");
        equal("recovered", Files.readString(Path.of(recovered)), want);
    }

    @Harness.Test("gate: times for people, whole, and exact ones for programs")
    static void timesForPeople() throws Exception {
        write("base.json", document("limit 90", feed("a", ""), feed("b", "limit 86400.5005")));
        write("in.json", document("", feed("a", "alive true, age 226804.550528"),
            feed("b", "alive true, age 86400.5005")));
        String call = " --state @in.json --baseline @base.json --now " + NOW;
        whole("gate --feed a --feed b" + call, 2, """
            GATE BLOCKED: a stale, 226804.551s (2d 15h) > 90s; not safe to serve
            blocked on a: price_order, publish_signal, rebalance_position
              why:  last tick 226804.551s (2d 15h) old, limit 90s
              next: java 'HOME/Freshness.java' recover --feed a --state 'DIR/in.json'\
             --output 'DIR/in-recovered.json' --baseline 'DIR/base.json'\
             --now 2026-11-22T09:37:00Z --age-seconds AGE
            """);
        whole("gate --feed b" + call, 0, "GATE OPEN: b fresh, 86400.5s (1d) of 86400.5s (1d);"
            + " safe to serve\n");
        run("gate --feed a --feed b --format json" + call).exits(2).reports(
            "feeds.0.last_tick_age_seconds 226804.550528",
            "feeds.0.blocked_reason 'last tick 226804.550528s old, limit 90s'",
            "feeds.1.last_tick_age_seconds 86400.5005", "feeds.1.max_age_seconds 86400.5005");
        write("in.json", document("as_of '2026-11-20T09:37:00.0000001Z'",
            feed("a", "alive true, age 8"), feed("b", "alive true, age 8")));
        equal("next in text", lastLine(run("gate --feed a" + call)),
            "  next: restart the collector: the state is 172800s (2d) old");
        run("gate --feed a --format json" + call).exits(2).reports(
            "next ['restart the collector: the state is 172799.9999999s old']");
    }

    @Harness.Test("gate: the command that recovers judges by what the gate judged by")
    static void recoveryByTheSameBaseline() throws Exception {
        write("base.json", fixture.replace("90", "80"));
        Run run = run("gate --feed bravo --state @stale.json --baseline @base.json --now " + NOW
            + " --format json");
        String command = run.get("next.0").toString();
        equal("baseline", words(command).contains(dir + "/base.json"), true);
        paste(command.replace("AGE", "5")).exits(0).says("RECOVERED");
    }

    @Harness.Test("gate: quiet prints only what is blocked")
    static void quiet() {
        String open = "gate --feed alpha --state @stale.json --quiet";
        for (String call : List.of(open, open + " --format json")) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            equal(call, Freshness.run(arguments(call), UNREAD, out, out), 0);
            equal(call, out.toString(UTF_8), "");
        }
        run("gate --feed bravo --state @stale.json --quiet").exits(2).says("GATE BLOCKED: bravo");
        run("gate --quiet --feed alpha --state @absent.json").exits(3).says("GATE BLOCKED: ");
        String call = "gate --feed alpha --state @healthy.json";
        refused(call + " --quiet=yes", "--quiet takes no value");
        refused(call + " --quiet yes", "unexpected argument: yes");
        refused(call + " --quiet --quiet", "--quiet was given more than once");
    }

    // ---- What cannot be evaluated ----

    private static final String UNKNOWN_FEEDS = """
        --feed nobody --state @healthy.json => unknown feed: nobody
        --feed nobody --action inspect_status --state @healthy.json => unknown feed: nobody
        --feed alpha --feed nobody --state @healthy.json => unknown feed: nobody
        --feed bravo --feed nobody --state @stale.json => unknown feed: nobody
        --feed Alpha --state @healthy.json => did you mean alpha?""";
    private static final String UNREADABLE = """
        --feed alpha --state @broken.json => broken.json:1:1:\s
        --feed alpha --action inspect_status --state @broken.json => broken.json:1:1:\s
        --feed alpha --state @absent.json => absent.json
        --feed alpha --state @stale.json --baseline @broken.json => baseline""";

    @Harness.Test("gate: what cannot be evaluated is exit 3, whatever is asked")
    static void unevaluated() throws Exception {
        write("broken.json", fixture.substring(9));
        for (Row row : Row.table(UNREADABLE)) {
            Run json = unevaluated(row);
            equal(row.line(), json.out().contains("\"safe_to_serve\": true"), false);
        }
        for (Row row : Row.table(UNKNOWN_FEEDS)) {
            unevaluated(row); // the feeds that are known may be safe
        }
        unevaluated(Row.table("--feed alpha --state @healthy.json --action sell"
            + " => unknown action: sell; expected one of inspect_status, read_last_price,").get(0));
    }

    private static Run unevaluated(Row row) {
        run("gate " + row.cell(0)).exits(3).says("GATE BLOCKED", row.cell(1));
        Run json = run("gate " + row.cell(0) + " --format json").exits(3).has("gate", "blocked");
        json.members("", "gate", "open_until", "actions", "blocked_feeds", "next",
            "evaluated_at", "as_of", "state", "state_sha256", "baseline", "baseline_sha256",
            "exit", "error", "feeds");
        String error = json.get("error").toString();
        equal(row.line(), error.contains(row.cell(1)), true);
        return json;
    }

    @Harness.Test("gate: what cannot be evaluated, whole")
    static void unevaluatedWhole() {
        for (Row row : Row.table("""
                --feed alpha,bravo --state @stale.json => \
                unknown feed: alpha,bravo; to name several feeds, repeat --feed
                --feed one --feed two --state @stale.json => \
                unknown feed: one; expected one of alpha, bravo, charlie
                --feed x --state @absent.json => cannot read DIR/absent.json: no such file; check \
                the path given with --state, and that your collector is running
                --feed x --state @stale.json --baseline @absent.json => \
                cannot read baseline DIR/absent.json: no such file; check the path given with \
                --baseline""")) {
            whole("gate " + row.cell(0), 3, "GATE BLOCKED: " + row.cell(1) + "\n");
        }
        whole("gate --feed % --state @stale.json", 3,
            "GATE BLOCKED: unknown feed: bravo -h; did you mean bravo?\n", "bravo -h");
    }

    @Harness.Test("gate: a feed that is misspelt, with the nearest")
    static void misspeltFeeds() throws Exception {
        write("base.json", document("limit 90", feed("feed12", ""), feed("feed1", ""),
            feed("feed2", "")));
        String files = " --state @base.json --baseline @=base.json";
        whole("gate --feed feed3" + files, 3,
            "GATE BLOCKED: unknown feed: feed3; did you mean feed1?\n");
        whole("gate --feed qqqqqqqqqq" + files, 3,
            "GATE BLOCKED: unknown feed: qqqqqqqqqq; expected one of feed12, feed1, feed2\n");
        // No suggestion is sought for what cannot be a feed's name.
        write("base.json", document("limit 90", feed("n".repeat(190), "")));
        run("gate" + files + " --feed " + "q".repeat(100_000)).exits(3)
            .says("GATE BLOCKED: unknown feed: q");
        // Names of maximum length that are nearly close are compared in time.
        String[] alike = new String[50];
        for (int i = 0; i < alike.length; i++) {
            alike[i] = feed("a".repeat(150 + i), "");
        }
        write("base.json", document("limit 90", alike));
        String asked = "b" + "a".repeat(92) + "b" + "a".repeat(92) + "bbb";
        run("gate --feed %" + files, asked).exits(3).says("GATE BLOCKED: unknown feed: b");
    }

    // ---- JSON ----

    @Harness.Test("gate: JSON of an open one, whole")
    static void json() throws Exception {
        whole("gate --feed charlie --feed alpha --action publish_signal --action price_order"
            + " --format json --now " + NOW + " --state @healthy.json", 0, """
            {
              "gate": "open",
              "open_until": "2026-11-22T09:38:22Z",
              "actions": ["publish_signal", "price_order"],
              "blocked_feeds": [],
              "next": [],
              "evaluated_at": "2026-11-22T09:37:00Z",
              "as_of": null,
              "state": "DIR/healthy.json",
              "state_sha256": "SHA256",
              "baseline": "HOME/data/healthy.json",
              "baseline_sha256": "SHA256",
              "exit": 0,
              "feeds": [
                {"name": "charlie", "alive": true, "last_tick_age_seconds": 7, \
            SOME "2026-11-22T09:38:23Z", ALL,
                {"name": "alpha", "alive": true, "last_tick_age_seconds": 8, \
            SOME "2026-11-22T09:38:22Z", ALL
              ]
            }
            """.replace("SHA256", sha256("healthy.json")).replace("SOME", """
            "max_age_seconds": 90, "freshness_status": "fresh", "safe_to_serve": true, \
            "safe_until":""").replace("ALL", """
            "allowed_actions": ["inspect_status", "read_last_price", "serve_cached_status", \
            "price_order", "publish_signal", "rebalance_position"], "blocked_actions": [], \
            "blocked_reason": null, "reason_code": "fresh", "alert": "none"}"""));
    }

    @Harness.Test("gate: JSON of a state that cannot be evaluated, whole")
    static void jsonUnevaluated() throws Exception {
        write("base.json", document("limit 90", feed("x", "")));
        write("in.json", "{");
        String files = " --state @in.json --baseline @base.json --now " + NOW;
        String error = "DIR/in.json:1:2: expected a member name in double quotes,"
            + " found the end of the input";
        whole("gate --feed x" + files, 3, "GATE BLOCKED: " + error + "\n");
        Run run = run("gate --feed x --action price_order --format json" + files).exits(3);
        equal("error", plain(run.err()), "freshness: " + error + "\n");
        equal("JSON", plain(run.out()), """
            {
              "gate": "blocked",
              "open_until": null,
              "actions": ["price_order"],
              "blocked_feeds": ["x"],
              "next": ["fix the state file or the producer that writes it"],
            """ + unevaluated(error));
    }

    @Harness.Test("gate: the members of its JSON")
    static void membersOfJson() {
        Run run = run("gate --feed bravo --feed alpha --action price_order --action inspect_status"
            + " --state @stale.json --format json").exits(2);
        run.members("", "gate", "open_until", "actions", "blocked_feeds", "next",
            "evaluated_at", "as_of", "state", "state_sha256", "baseline", "baseline_sha256",
            "exit", "feeds");
        run.reports("gate 'blocked'", "actions ['price_order', 'inspect_status']",
            "blocked_feeds ['bravo']", "feeds.0.name 'bravo'", "feeds.0.reason_code 'stale'",
            "feeds.1.name 'alpha'", "feeds.1.safe_to_serve true");
        run("gate --feed alpha --state @stale.json --format json").exits(0)
            .reports("gate 'open'", "actions []", "blocked_feeds []", "next []");
    }

    @Harness.Test("gate: JSON names all feeds asked for that are not proved, even unknown ones")
    static void blockedFeedsInJson() throws Exception {
        write("broken.json", "{");
        run("gate --feed alpha --feed nobody --feed bravo --state @stale.json --format json")
            .exits(3).reports("blocked_feeds ['nobody', 'bravo']", "exit 3");
        // What is allowed on an unknown feed is not proven if nothing could be evaluated.
        for (String state : List.of("@absent.json", "@broken.json")) {
            String call = "gate --feed alpha --feed bravo --format json --state " + state;
            run(call).exits(3).reports("blocked_feeds ['alpha', 'bravo']");
            Run run = run(call + " --action inspect_status").exits(3)
                .reports("gate 'blocked'", "blocked_feeds ['alpha', 'bravo']", "exit 3");
            equal(run.call(), ((List<?>) run.get("next")).size(), 2);
        }
        run("gate --feed alpha --state @healthy.json --baseline @broken.json --format json")
            .exits(3).reports("blocked_feeds ['alpha']");
    }

    // ---- Watches ----

    private static final String OPEN = "GATE OPEN: alpha fresh, 8s of 90s; safe to serve\n";
    private static final String WATCH = "gate --feed alpha --state @in.json --watch 0.1";

    @Harness.Test("gate: a watch of one that is closed ends at once, with the verdict")
    static void watchOfAClosedGate() {
        run("gate --feed bravo --state @stale.json --watch 1").exits(2)
            .says("GATE BLOCKED: bravo stale, 660s > 90s; not safe to serve");
        run("gate --feed bravo --state @absent.json --watch 1").exits(3)
            .says("GATE BLOCKED: ", "no such file");
        run("gate --feed bravo --state @stale.json --watch 1 --format json").exits(2)
            .has("gate", "blocked");
    }

    @Harness.Test("gate: a watch says once that it is open, and ends when it closes")
    static void watchThatCloses() throws Exception {
        write("in.json", fixture);
        Steps.watch(WATCH, 2, OPEN + """
            GATE BLOCKED: alpha stale, 660s > 90s; not safe to serve
            blocked on alpha: price_order, publish_signal, rebalance_position
              why:  last tick 660s old, limit 90s
              next: java 'HOME/Freshness.java' recover --feed alpha --state 'DIR/in.json'\
             --output 'DIR/in-recovered.json' --age-seconds AGE
            """,
            () -> write("in.json", fixture.replace(": 8\n", ": 660\n")), Steps.NOTHING);
        write("in.json", fixture);
        Steps.watch(WATCH, 3, OPEN + "GATE BLOCKED: cannot read DIR/in.json: no such file; check"
            + " the path given with --state, and that your collector is running\n",
            () -> delete(dir.resolve("in.json")), Steps.NOTHING);
    }

    @Harness.Test("gate: a watch ends when its feed is in neither document any more")
    static void watchOfAFeedThatGoes() throws Exception {
        write("in.json", fixture);
        Steps.watch(WATCH, 3, OPEN + "GATE BLOCKED: unknown feed: alpha; expected one of beta\n",
            () -> {
                String beta = document("limit 90", feed("beta", "alive true, age 1"));
                write("in.json", beta);
                Files.writeString(home.resolve("data/healthy.json"), beta);
            },
            Steps.NOTHING);
        Files.writeString(home.resolve("data/healthy.json"), fixture);
    }

    /** It says nothing while it is open, so that the interruption is the next event. */
    @Harness.Test("gate: other feeds do not close a watch")
    static void watchOfOtherFeeds() throws Exception {
        write("in.json", fixture);
        Thread watch = Thread.currentThread();
        Steps.watch(WATCH + " --baseline @healthy.json", 3, OPEN + Steps.INTERRUPTED,
            () -> {
                write("in.json", fixture.replace(": 11\n", ": 660\n"));
                watch.interrupt();
            },
            Steps.NOTHING);
    }

    /** The reader is not done when the watch notices the interrupt, and is still waited for. */
    @Harness.Test("gate: a watch that is interrupted while it writes says so, once it has written")
    static void watchInterruptedInAWrite() throws Exception {
        write("in.json", fixture);
        Thread watch = Thread.currentThread();
        Steps.watch(WATCH, 3, OPEN + Steps.INTERRUPTED, () -> {
            long deadlineNanos = System.nanoTime() + 2_000_000_000L;
            while (!isWaiting(watch)) {
                Thread.onSpinWait();
            }
            watch.interrupt();
            while (!isWaiting(watch) && System.nanoTime() < deadlineNanos) {
                Thread.onSpinWait();
            }
        });
    }

    private static boolean isWaiting(Thread thread) {
        return !thread.isInterrupted() && thread.getState() == Thread.State.TIMED_WAITING;
    }

    @Harness.Test("gate: a watch closes when the same bytes have become too old")
    static void watchOfTheSameBytes() throws Exception {
        String state = document("limit 0.35", feed("x", "alive true, age 0"));
        write("base.json", state);
        write("in.json", state);
        Steps out = new Steps(Steps.NOTHING, Steps.NOTHING);
        String call = "gate --feed x --state @in.json --baseline @base.json --watch 0.1";
        equal(call, Freshness.run(arguments(call), UNREAD, out, out), 2);
        equal(call, out.text().replaceAll("(?s)[0-9.]+s > 0.35s.*", "..."), """
            GATE OPEN: x fresh, 0s of 0.35s; safe to serve
            GATE BLOCKED: x stale, ...""");
    }
}
