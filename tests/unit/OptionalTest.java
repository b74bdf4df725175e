import java.io.ByteArrayOutputStream;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * OptionalTest checks feeds that are optional in a baseline because they are planned or retired:
 * missing, one pages nobody and leaves the whole eligible, and nothing is allowed on it.
 */
final class OptionalTest extends Sandbox {
    private static final String CALL =
            " --state @in.json --baseline @base.json --now " + NOW;
    private static final String BASELINE = document("limit 90", feed("x", ""),
            feed("new", "optional true"));

    private static void given(String baseline, String... feeds) throws Exception {
        write("base.json", baseline);
        write("in.json", document("limit 90", feeds));
    }

    @Harness.Test("optional: missing, it leaves the whole eligible, and is counted apart")
    static void missing() throws Exception {
        given(BASELINE, feed("x", "alive true, age 8"));
        whole("status --state @in.json --baseline @base.json --color never --now " + NOW, 0, """
                FRESHNESS OK: 1 of 2 feeds fresh and safe to serve, 1 optional missing

                  x    fresh    [#.........]     8s of 90s
                  new  unknown  [??????????]      ? of 90s  optional, missing

                state: DIR/in.json (checked against baseline DIR/base.json)
                """);
        run("status --format json" + CALL).exits(0).reports("overall_status 'eligible'",
                "unsafe_feeds []", "fresh_feeds 1", "alive_feeds 1", "total_feeds 2", "exit 0",
                "feeds.1.name 'new'", "feeds.1.reason_code 'feed_missing'",
                "feeds.1.freshness_status 'unknown'", "feeds.1.safe_to_serve false",
                "feeds.1.allowed_actions []", "feeds.1.alert 'none'",
                "feeds.1.blocked_reason 'optional in the baseline, and missing from the state'")
                .has("feeds.1.blocked_actions", ACTIONS);
        run("status --format prometheus" + CALL).exits(0).says("#",
                "freshness_feed_page{feed=\"new\"} 0\n",
                "freshness_feed_safe_to_serve{feed=\"new\"} 0\n",
                "freshness_feed_info{feed=\"new\",freshness_status=\"unknown\","
                    + "reason_code=\"feed_missing\",alert=\"none\"} 1\n",
                "freshness_state_valid 1\n");
    }

    @Harness.Test("optional: nobody goes on without it, whatever the action")
    static void gate() throws Exception {
        given(BASELINE, feed("x", "alive true, age 8"));
        whole("gate --feed new --state @in.json --baseline @base.json --now " + NOW, 2, """
                GATE BLOCKED: new unknown (feed_missing); not safe to serve
                blocked on new: inspect_status, read_last_price, serve_cached_status, price_order, \
                publish_signal, rebalance_position
                  why:  optional in the baseline, and missing from the state
                  next: wait until its producer writes it: this feed is optional
                """);
        for (String action : ACTIONS) {
            run("gate --feed new --action " + action + CALL).exits(2);
            run("gate --feed x --feed new --action " + action + CALL).exits(2)
                    .says("GATE BLOCKED: new unknown (feed_missing); not allowed: " + action);
            run("gate --feed x --action " + action + CALL).exits(0);
        }
        run("gate --format json --feed x --feed new" + CALL).exits(2)
                .reports("gate 'blocked'", "blocked_feeds ['new']");
    }

    @Harness.Test("optional: present, it is judged like any other")
    static void present() throws Exception {
        for (Row row : Row.table("""
                alive true, age 8 => fresh none => 0
                alive true, age 91 => stale page => 2
                alive false, age 8 => feed_down page => 2
                alive true, age null => age_missing page => 2
                optional true, alive 1 => alive_invalid page => 2""")) {
            given(BASELINE, feed("x", "alive true, age 8"), feed("new", row.cell(0)));
            Run run = run("status --format json" + CALL).exits(Integer.parseInt(row.cell(2)));
            String got = run.get("feeds.1.reason_code") + " " + run.get("feeds.1.alert");
            equal(row.toString(), got, row.cell(1));
            run("gate --feed new" + CALL).exits(Integer.parseInt(row.cell(2)));
        }
    }

    @Harness.Test("optional: beside a feed that is unsafe, or one that nobody agreed on")
    static void besideOthers() throws Exception {
        given(document("limit 90", feed("x", ""), feed("new", "optional true"),
                feed("old", "optional true"), feed("y", "optional false")),
                feed("x", "alive true, age 660"));
        run("status" + CALL).exits(2).says("FRESHNESS CRITICAL: 2 of 4 feeds unsafe, 2 optional"
                + " missing: x stale, 660s > 90s; y unknown (feed_missing)\n",
                "blocked on x:", "blocked on y:");
        run("status --format json" + CALL).exits(2).reports("unsafe_feeds ['x', 'y']",
                "fresh_feeds 0", "total_feeds 4");
        given(BASELINE, feed("x", "alive true, age 8"), feed("neu", "alive true, age 8"));
        run("status" + CALL).exits(2).says("FRESHNESS CRITICAL: 1 of 3 feeds unsafe, 1 optional"
                + " missing: neu unknown (feed_unexpected)\n");
        run("gate --feed new" + CALL).exits(2).says("GATE BLOCKED: new unknown (feed_missing)",
                "next: the state has neu instead; if the feed was renamed,");
        given(document("limit 90", feed("new", "optional true")),
                feed("z", "alive true, age 8"));
        run("status" + CALL).exits(2).says("FRESHNESS CRITICAL: the state and the baseline have"
            + " no feeds in"
            + " common");
    }

    @Harness.Test("optional: a state that cannot be evaluated, or needs a date, excuses nobody")
    static void invalidStates() throws Exception {
        given(BASELINE, feed("x", "alive true, age 8"));
        write("in.json", "{");
        run("status --format json" + CALL).exits(3).reports("feeds.1.reason_code 'state_invalid'",
                "feeds.1.alert 'page'", "unsafe_feeds ['x', 'new']", "fresh_feeds 0");
        given(BASELINE.replace("{\"max", "{\"require_as_of\":true,\"max"),
                feed("x", "alive true, age 8"));
        run("status --format json" + CALL).exits(2).reports("unsafe_feeds ['x']",
                "feeds.1.alert 'none'");
    }

    @Harness.Test("optional: it is true or false, and only a feed of a baseline has it")
    static void strictBaseline() throws Exception {
        for (String value : List.of("1", "'true'", "null", "[]")) {
            given(document("limit 90", feed("x", ""), feed("new", "optional " + value)),
                    feed("x", "alive true, age 8"));
            run("status" + CALL).exits(3).says("FRESHNESS UNKNOWN: baseline ",
                    "expected true or false");
        }
        given(document("limit 90, optional true", feed("x", "")), feed("x", "alive true, age 8"));
        run("status" + CALL).exits(3).says("FRESHNESS UNKNOWN: baseline ",
                "unknown member: optional");
        // A state cannot excuse anything.
        given(document("limit 90", feed("x", ""), feed("new", "")),
                feed("x", "optional true, alive true, age 8"));
        run("status" + CALL).exits(2).says("FRESHNESS CRITICAL: 1 of 2 feeds unsafe: new unknown"
                + " (feed_missing)\n");
    }

    @Harness.Test("optional: with a calendar, nothing is said of its market but when it opens")
    static void calendar() throws Exception {
        given(document("limit 90, calendar 'c', calendars {'c':{'zone':'UTC',"
                + "'open':['Mon-Fri 09:30-16:00']}}", feed("x", ""), feed("new", "optional true")),
                feed("x", "alive true, age 8"));
        run("status" + CALL).exits(0).says("FRESHNESS OK: 1 of 2 feeds fresh and safe to serve, 1"
                + " optional missing\n", "? of 90s  optional, missing\n");
        run("status --format json" + CALL).exits(0)
                .has("feeds.1.opens_at", "2026-11-23T09:30:00Z");
    }

    @Harness.Test("optional: a watch that draws shows it, too")
    static void drawn() throws Exception {
        given(BASELINE, feed("x", "alive true, age 8"));
        Freshness.Call call = Freshness.Call.parse(
                arguments("status --state @in.json --baseline @base.json --watch 1"));
        Freshness.Evaluation evaluation = Freshness.Evaluation.ofAll(
                Freshness.Inputs.read(call, UNREAD), Freshness.Watch.NOTHING);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new Freshness.StatusText(call, evaluation, false).redraw(new Freshness.Output(out));
        equal("drawn", out.toString(UTF_8).contains("? of 90s  optional, missing\n"), true);
    }

    @Harness.Test("optional: a watch that does not draw says when it goes")
    static void watched() throws Exception {
        given(BASELINE, feed("x", "alive true, age 8"), feed("new", "alive true, age 8"));
        Steps.watch("status --state @in.json --baseline @base.json --watch 0.1", 3, """
                TIME FRESHNESS OK: 2 of 2 feeds fresh and safe to serve
                TIME new fresh -> unknown: optional in the baseline, and missing from the state
                """ + Steps.INTERRUPTED,
                () -> write("in.json", document("limit 90", feed("x", "alive true, age 8"))));
    }

    @Harness.Test("optional: somebody who has seen its tick can recover it")
    static void recovered() throws Exception {
        given(BASELINE, feed("x", "alive true, age 8"));
        run("recover --feed new --output @out.json" + CALL).exits(0).says("RECOVERED: new");
        run("status --state @out.json --baseline @base.json --now " + NOW).exits(0)
                .says("FRESHNESS OK: 2 of 2 feeds fresh and safe to serve\n");
    }
}
