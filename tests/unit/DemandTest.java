import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

import static java.nio.charset.StandardCharsets.UTF_8;

/** DemandTest: what a job requires of a feed, by its baseline or by its caller. */
final class DemandTest extends Sandbox {
    /** Writes a baseline of x with these actions, and a state in which its tick is that old. */
    private static void writeAged(String actions, String age) throws Exception {
        String feed = feed("x", "alive true, age " + age);
        write("in.json", document("limit 90", feed));
        write("base.json", withActions(actions, feed("x", "")));
    }

    private static String withActions(String actions, String... feeds) {
        String text = document("limit 90", feeds);
        return "{" + quoted("'actions':{" + actions + "},") + text.substring(1);
    }

    private static String quoted(String text) {
        return text.replace('\'', '"');
    }

    // ---- Custom actions ----

    private static final String OWN = "'quote_mm':{'max_age_seconds':2},"
        + "'show_last_price':{'min_status':'stale','max_age_seconds':3600},'plain':{},"
        + "'any_old':{'min_status':'stale'},'x-note':[1]";
    private static final String BY_AGE = """
        0 => quote_mm show_last_price plain any_old
        2 => quote_mm show_last_price plain any_old
        2.000000001 => show_last_price plain any_old
        2.0000000001 => show_last_price plain any_old
        90 => show_last_price plain any_old
        90.000000001 => show_last_price any_old
        3600 => show_last_price any_old
        3600.000000001 => any_old
        1000000000 => any_old
        null =>\s
        1000000001 =>\s""";

    @Harness.Test("demand: an action of one's own is allowed up to its age, by its status")
    static void ownActions() throws Exception {
        for (Row row : Row.table(BY_AGE)) {
            writeAged(OWN, row.cell(0));
            List<String> allowed = row.cell(1).isBlank() ? List.of()
                : List.of(row.cell(1).trim().split(" "));
            for (String action : List.of("quote_mm", "show_last_price", "plain", "any_old")) {
                int exit = allowed.contains(action) ? 0 : 2;
                run("gate --feed x --state @in.json --baseline @base.json --action " + action)
                    .exits(exit).says(exit == 0 ? "GATE OPEN: x " : "GATE BLOCKED: x ", action);
            }
            Run status = run("status --state @in.json --baseline @base.json --format json");
            Set<?> reported = new LinkedHashSet<>((List<?>) status.get("feeds.0.allowed_actions"));
            reported.removeAll(ACTIONS);
            equal(row.line(), reported.toString(), allowed.toString());
            List<Object> all = new ArrayList<>((List<?>) status.get("feeds.0.allowed_actions"));
            all.addAll((List<?>) status.get("feeds.0.blocked_actions"));
            equal(row.line() + ": each once", all.size(), ACTIONS.size() + 4);
        }
    }

    @Harness.Test("demand: an action of one's own proves nothing of a feed that is not proved")
    static void ownActionsOfUnknownFeeds() throws Exception {
        for (String claim : List.of("alive false, age 1", "age 1", "alive true")) {
            writeAged(OWN, "1");
            write("in.json", document("limit 90", feed("x", claim)));
            for (String action : List.of("quote_mm", "show_last_price", "plain", "any_old")) {
                run("gate --feed x --state @in.json --baseline @base.json --action " + action)
                    .exits(2).says("GATE BLOCKED: x unknown");
            }
        }
        write("in.json", "{");
        run("gate --feed x --state @in.json --baseline @base.json --action any_old").exits(3);
        Run json = run("status --state @in.json --baseline @base.json --format json").exits(3);
        equal("all are blocked", ((List<?>) json.get("feeds.0.blocked_actions")).size(), 10);
        equal("none is allowed", json.get("feeds.0.allowed_actions").toString(), "[]");
    }

    @Harness.Test("demand: what is built in can be tightened")
    static void tightenedActions() throws Exception {
        String tight = "'read_last_price':{'max_age_seconds':3600},"
            + "'serve_cached_status':{'min_status':'fresh'},'price_order':{'max_age_seconds':5},"
            + "'inspect_status':{'min_status':'stale'}";
        writeAged(tight, "8");
        String files = " --state @in.json --baseline @base.json";
        run("gate --feed x --action price_order" + files).exits(2)
            .says("GATE BLOCKED: x fresh, 8s of 90s, price_order allows at most 5s;"
                + " not allowed: price_order\nblocked on x: price_order\n"
                + "  why:  last tick 8s old, limit 90s, price_order allows at most 5s\n"
                + "  next: wait: the next tick opens the gate\n");
        run("gate --feed x" + files).exits(2).says("GATE BLOCKED: x fresh");
        run("status" + files).exits(0).says("FRESHNESS OK");
        run("gate --feed x --action publish_signal" + files).exits(0).says("GATE OPEN");
        writeAged(tight, "5");
        run("gate --feed x" + files).exits(0).says("GATE OPEN");
        writeAged(tight, "100");
        run("gate --feed x --action read_last_price" + files).exits(0).says("GATE OPEN");
        run("gate --feed x --action serve_cached_status" + files).exits(2).says("GATE BLOCKED");
        writeAged(tight, "3601");
        run("gate --feed x --action read_last_price" + files).exits(2)
            .says("GATE BLOCKED: x stale, 3601s > 90s, read_last_price allows at most 3600s");
        write("in.json", document("limit 90", feed("x", "alive false, age 1")));
        run("gate --feed x --action inspect_status" + files).exits(2).says("GATE BLOCKED");
    }

    private static final String REFUSED = """
        [] => expected an object of actions, each with its name
        {'a':1} => expected an action, an object with min_status, max_age_seconds or neither
        {'':{}} => expected the name of an action, 1 to 200 letters, digits, _, -, . or :
        {'a b':{}} => expected the name of an action
        {'a/b':{}} => expected the name of an action
        {'a,b':{}} => expected the name of an action
        {'\u00e9':{}} => expected the name of an action
        {'LONG':{}} => expected the name of an action
        {'a':{'min_status':'unknown'}} => expected the least status, fresh or stale
        {'a':{'min_status':'Fresh'}} => expected the least status, fresh or stale
        {'a':{'min_status':null}} => expected the least status, fresh or stale
        {'a':{'min_status':['fresh']}} => expected the least status, fresh or stale
        {'a':{'max_age_seconds':0}} => expected a limit, a number greater than 0 and at most \
        1000000000
        {'a':{'max_age_seconds':-1}} => expected a limit
        {'a':{'max_age_seconds':'2'}} => expected a limit
        {'a':{'max_age_seconds':null}} => expected a limit
        {'a':{'max_age_seconds':1000000000.1}} => expected a limit
        {'a':{'max_age':2}} => unknown member: max_age; did you mean
        {'a':{'min_state':'stale'}} => did you mean min_status?
        {'a':{},'a':{}} => duplicate member: a
        {'priceOrder':{'max_age_seconds':2}} => priceOrder is too close to price_order, which is \
        built in; did you mean price_order? If not, give your action another name
        {'Publish_signal':{}} => did you mean publish_signal?
        {'price-order':{}} => did you mean price_order?
        {'price_oder':{}} => did you mean price_order?
        {'price_order_':{}} => did you mean price_order?
        {'price_orders':{}} => did you mean price_order?
        {'read_last_prices':{}} => did you mean read_last_price?
        {'price_order':{'min_status':'stale'}} => price_order needs a feed that is fresh
        {'publish_signal':{'max_age_seconds':1,'min_status':'stale'}} => never loosen it""";

    @Harness.Test("demand: a baseline with an action that is none is refused")
    static void refusedActions() throws Exception {
        writeAged("", "1");
        run("gate --feed x --state @in.json --baseline @base.json").exits(0);
        for (Row row : Row.table(REFUSED)) {
            String actions = quoted(row.cell(0)).replace("LONG", "n".repeat(201));
            String text = document("limit 90", feed("x", ""));
            write("base.json", "{\"actions\":" + actions + "," + text.substring(1));
            run("gate --feed x --state @in.json --baseline @base.json").exits(3)
                .says("GATE BLOCKED: baseline ", "base.json:1:", row.cell(1));
        }
        write("base.json", withActions("'price_order_eu':{},'price':{},'last_price':{},'x-p':1",
            feed("x", "")));
        run("gate --feed x --state @in.json --baseline @base.json").exits(0);
        // The actions of a state decide nothing, but are kept.
        write("base.json", document("limit 90", feed("x", "")));
        write("in.json", withActions("'a':1", feed("x", "alive true, age 1")));
        run("gate --feed x --state @in.json --baseline @base.json").exits(0);
        run("gate --feed x --state @in.json --baseline @base.json --action a").exits(3)
            .says("GATE BLOCKED: unknown action: a; expected one of inspect_status,");
        run("gate --feed x --state @in.json --baseline @base.json --action a --format json")
            .exits(3)
            .reports("next ['fix the problem named in the error, then run the command again']");
    }

    @Harness.Test("demand: an action that is misspelt, with the nearest")
    static void misspeltActions() throws Exception {
        writeAged(OWN, "1");
        String call = "gate --feed x --state @in.json --baseline @base.json --action ";
        run(call + "quote_nm").exits(3)
            .says("GATE BLOCKED: unknown action: quote_nm; did you mean quote_mm?\n");
        run(call + "x-note").exits(3).says("GATE BLOCKED: unknown action: x-note");
        run(call + "quote_mm --action nothing --format json").exits(3)
            .has("gate", "blocked");
    }

    // ---- Tighter for one call ----

    private static final String FILES = " --state @in.json --baseline @base.json";

    private static final String TIGHTER = """
        8 => --max-age-seconds 8 => 0
        8 => --max-age-seconds 7.999999999 => 2
        8 => --max-age-seconds 1e3 => 0
        8 => --max-age-seconds 7.9999999999 => 2
        8.0000000001 => --max-age-seconds 8 => 2
        90.1 => --max-age-seconds 1000 => 2
        660 => --max-age-seconds 700 --action read_last_price => 0
        660 => --max-age-seconds 600 --action read_last_price => 2
        660 => --max-age-seconds 600 --action inspect_status => 2
        null => --max-age-seconds 600 --action inspect_status => 2
        null => --action inspect_status => 0
        60 => --valid-for 30 => 0
        60 => --valid-for 30.000000001 => 2
        60 => --valid-for 30.0000000001 => 2
        60 => --valid-for 0 => 0
        90 => --valid-for 0 => 0
        90 => --valid-for 0.000000001 => 2
        0 => --valid-for 90 => 0
        0 => --valid-for 91 => 2
        60 => --valid-for 1000000000 --action read_last_price => 0
        60 => --valid-for 1000000000 --action inspect_status => 0
        60 => --valid-for 3540 --action show_last_price => 0
        60 => --valid-for 3541 --action show_last_price => 2
        1 => --valid-for 1 --action quote_mm => 0
        1 => --valid-for 1.1 --action quote_mm => 2
        60 => --valid-for 10 --max-age-seconds 70 => 0
        60 => --valid-for 11 --max-age-seconds 70 => 2
        60 => --valid-for 11 --max-age-seconds 70 --action inspect_status => 2""";

    @Harness.Test("demand: a caller can tighten, never loosen")
    static void tighterForOneCall() throws Exception {
        for (Row row : Row.table(TIGHTER)) {
            writeAged(OWN, row.cell(0));
            String exit = Integer.toString(run("gate --feed x" + FILES + " " + row.cell(1)).exit());
            equal(row.line(), exit, row.cell(2));
        }
    }

    @Harness.Test("demand: what is said of a gate that only this caller keeps closed, whole")
    static void callersObstacles() throws Exception {
        writeAged("", "65");
        String gate = "gate --feed x" + FILES + " --now " + NOW;
        run(gate + " --valid-for 30").exits(2).says("GATE BLOCKED:"
            + " x fresh, 65s of 90s, in 30 s it would be 95s > 90s; not safe to serve\n"
            + "blocked on x: price_order, publish_signal, rebalance_position\n"
            + "  why:  last tick 65s old, limit 90s, in 30 s it would be 95s > 90s\n"
            + "  next: wait: the next tick opens the gate\n");
        run(gate + " --valid-for 91").exits(2).says("GATE BLOCKED: ",
            "  next: pass a shorter --valid-for: not even new data stays valid that long; run"
                + " longer work beside gate --watch\n");
        run(gate + " --max-age-seconds 60 --action price_order").exits(2).says(
            "GATE BLOCKED: x fresh, 65s of 90s, --max-age-seconds is 60;"
            + " not allowed: price_order\nblocked on x: price_order\n"
            + "  why:  last tick 65s old, limit 90s, --max-age-seconds is 60\n");
        run(gate + " --valid-for 25").exits(0).says("GATE OPEN:"
            + " x fresh, 65s of 90s; safe to serve; open until 2026-11-22T09:37:25Z\n");
        run(gate + " --valid-for 30 --max-age-seconds 80 --format json").exits(2)
            .reports("gate 'blocked'", "open_until null", "max_age_seconds 80",
                "valid_for_seconds 30", "blocked_feeds ['x']",
                "why ['last tick 65s old, limit 90s, in 30 s it would be 95s > 80s']",
                "next ['wait: the next tick opens the gate']");
        run(gate + " --format json").exits(0).reports("open_until '2026-11-22T09:37:25Z'",
            "feeds.0.safe_until '2026-11-22T09:37:25Z'");
        writeAged("", "660");
        run(gate + " --max-age-seconds 60 --valid-for 5").exits(2)
            .says("GATE BLOCKED: x stale, 660s > 90s; not safe to serve\n");
    }

    @Harness.Test("demand: feeds that lack the same are explained once, and others apart")
    static void groupedShortfalls() throws Exception {
        write("base.json", withActions("'quote_mm':{'max_age_seconds':2.0000001},"
            + "'hedge':{'max_age_seconds':5}", feed("x", ""), feed("y", ""), feed("z", "")));
        write("in.json", document("limit 90", feed("x", "alive true, age 3"),
            feed("y", "alive true, age 4.0001"), feed("z", "alive true, age 6")));
        String gate = "gate --feed x --feed y --feed z --action hedge --action quote_mm" + FILES;
        run(gate).exits(2).says("GATE BLOCKED: ", """
            blocked on x, y: quote_mm
              why:  for example x: last tick 3s old, limit 90s, quote_mm allows at most 2s
              next: wait: the next tick opens the gate
            blocked on z: quote_mm, hedge
              why:  last tick 6s old, limit 90s, hedge allows at most 5s
              next: wait: the next tick opens the gate
            """);
        run(gate + " --format json").exits(2).reports("why ["
            + "'last tick 3s old, limit 90s, quote_mm allows at most 2.0000001s', "
            + "'last tick 4.0001s old, limit 90s, quote_mm allows at most 2.0000001s', "
            + "'last tick 6s old, limit 90s, hedge allows at most 5s']");
        run("gate --feed x --feed y --max-age-seconds 1 --at-least 2" + FILES).exits(2)
            .says("", "why:  for example x: last tick 3s old, limit 90s, --max-age-seconds is 1\n");
        run("gate --feed x --feed y --valid-for 89" + FILES).exits(2).says("", "blocked on x, y: ",
            "why:  for example x: last tick 3s old, limit 90s, in 89 s it would be 92s > 90s\n");
    }

    private static final String BAD_USAGE = """
        --max-age-seconds 0
        --max-age-seconds -1
        --max-age-seconds x
        --max-age-seconds null
        --max-age-seconds 1000000001
        --max-age-seconds=
        --max-age-seconds 1 --max-age-seconds 2
        --valid-for -1
        --valid-for -0.5
        --valid-for x
        --valid-for null
        --valid-for 1000000001
        --valid-for=
        --valid-for 1 --valid-for 1
        --at-least 0
        --at-least 2
        --at-least -1
        --at-least 1.0
        --at-least 01
        --at-least 1e0
        --at-least +1
        --at-least 99999999999
        --at-least x
        --at-least 1 --feed x
        --at-least 2 --feed x
        --at-least 1 --feed y --feed y""";

    @Harness.Test("demand: what is not asked for properly is bad usage")
    static void badUsage() throws Exception {
        writeAged("", "1");
        for (String options : BAD_USAGE.split("\n")) {
            char end = options.contains("=") ? '=' : ' ';
            String option = options.substring(0, options.indexOf(end));
            refused("gate --feed x" + FILES + " " + options, option);
        }
        refused("status --state @in.json --valid-for 1", "unknown option: --valid-for");
        refused("recover --feed x --state @in.json --output @o --max-age-seconds 1",
            "unknown option: --max-age-seconds");
    }

    // ---- k of n ----

    @Harness.Test("demand: so many of the feeds are enough, and the open ones are named")
    static void atLeast() throws Exception {
        write("base.json", document("limit 90", feed("a", ""), feed("b", ""), feed("c", "")));
        write("in.json", document("limit 90", feed("a", "alive true, age 8"),
            feed("b", "alive true, age 660"), feed("c", "alive true, age 7")));
        String gate = "gate --feed a --feed b --feed c" + FILES + " --at-least ";
        run(gate + "1").exits(0).says("GATE OPEN: 1 of 3 are enough, and 2 are open:"
            + " a fresh, 8s of 90s; c fresh, 7s of 90s; safe to serve\n");
        run(gate + "2").exits(0).says("GATE OPEN: 2 of 3 are enough");
        run(gate + "3").exits(2).says("GATE BLOCKED: 3 of 3 needed, open: a, c;"
            + " b stale, 660s > 90s; not safe to serve\nblocked on b: ");
        run(gate + "2 --max-age-seconds 7").exits(2)
            .says("GATE BLOCKED: 2 of 3 needed, open: c; a fresh, 8s of 90s,"
                + " --max-age-seconds is 7; b stale, 660s > 90s; not safe to serve\n");
        run(gate + "1 --max-age-seconds 7").exits(0)
            .says("GATE OPEN: 1 of 3 are enough, and 1 is open: c fresh");
        run(gate + "1 --max-age-seconds 6").exits(2)
            .says("GATE BLOCKED: 1 of 3 needed, open: none; a fresh");
        run(gate + "2 --format json --now " + NOW).exits(0).reports("gate 'open'", "at_least 2",
            "open_feeds ['a', 'c']", "blocked_feeds ['b']",
            "open_until '2026-11-22T09:38:22Z'");
        run(gate + "1 --format json --now " + NOW).exits(0)
            .reports("open_until '2026-11-22T09:38:23Z'");
        run(gate + "3 --format json").exits(2).reports("gate 'blocked'",
            "open_feeds ['a', 'c']", "blocked_feeds ['b']", "open_until null");
        run(gate + "3 --action inspect_status --format json").exits(0)
            .reports("open_until null", "open_feeds ['a', 'b', 'c']");
        run("gate --feed a --feed nobody --at-least 1" + FILES).exits(3)
            .says("GATE BLOCKED: unknown feed: nobody");
        write("in.json", "{");
        run(gate + "1 --action inspect_status").exits(3).says("GATE BLOCKED: ");
        run(gate + "1 --format json").exits(3).reports("open_feeds []", "open_until null");
    }

    @Harness.Test("demand: all open feeds are named, however many, since work may use only these")
    static void allOpenFeedsAreNamed() throws Exception {
        List<String> agreed = new ArrayList<>();
        List<String> claims = new ArrayList<>();
        StringBuilder asked = new StringBuilder("gate");
        for (int i = 0; i < 30; i++) {
            agreed.add(feed("f" + i, ""));
            claims.add(feed("f" + i, "alive true, age 1"));
            asked.append(" --feed f").append(i);
        }
        write("base.json", document("limit 90", agreed.toArray(new String[0])));
        write("in.json", document("limit 90", claims.toArray(new String[0])));
        Run run = run(asked + FILES + " --at-least 3").exits(0);
        for (int i = 0; i < 30; i++) {
            equal("f" + i, run.head().contains("f" + i + " fresh"), true);
        }
    }

    // ---- Until when ----

    private static final Instant START = Instant.parse(NOW);

    @Harness.Test("demand: open at open_until and safe at safe_until, and closed a moment later")
    static void untilWhen() throws Exception {
        Random random = new Random(25);
        int finite = 0;
        for (int i = 0; i < 400; i++) {
            boolean isDated = random.nextInt(4) > 0;
            writeRandom(random, isDated);
            String demand = randomDemand(random);
            Run now = until(demand, START);
            int validFor = random.nextInt(200);
            Run valid = until(demand + " --valid-for " + validFor, START);
            if (now.exit() != 0) {
                equal(demand + ": open_until", now.get("open_until"), null);
                equal(demand + ": valid for", valid.exit(), 2);
                continue;
            }
            if (now.get("open_until") == null) {
                equal(demand + ": open for ever",
                    until(demand, START.plusSeconds(600_000_000)).exit(), 0);
                equal(demand + ": valid for ever", valid.exit(), 0);
                continue;
            }
            finite++;
            Instant end = Instant.parse(now.get("open_until").toString());
            String what = demand + " of " + read("in.json") + " by " + read("base.json");
            equal(what + ": at its end", until(demand, end).exit(), 0);
            Run after = until(demand, end.plusNanos(1));
            if (isDated) {
                equal(what + ": after its end", after.exit(), 2);
            }
            boolean isValid = !end.isBefore(START.plusSeconds(validFor));
            equal(what + ": for " + validFor, valid.exit(), isValid ? 0 : 2);
        }
        equal("some end: " + finite, finite > 50, true);
    }

    @Harness.Test("demand: each feed is safe at its safe_until, and not a moment later")
    static void safeUntil() throws Exception {
        Random random = new Random(52);
        int safe = 0;
        for (int i = 0; i < 200; i++) {
            writeRandom(random, true);
            Run now = statusAt(START);
            for (int feed = 0; feed < 3; feed++) {
                String member = "feeds." + feed + ".safe_until";
                boolean isSafe = now.get("feeds." + feed + ".safe_to_serve").equals(true);
                equal(member + " is there", now.get(member) != null, isSafe);
                if (isSafe) {
                    safe++;
                    Instant end = Instant.parse(now.get(member).toString());
                    String what = read("in.json") + " by " + read("base.json") + ": " + feed;
                    String flag = "feeds." + feed + ".safe_to_serve";
                    equal(what, statusAt(end).get(flag), true);
                    equal(what + " after", statusAt(end.plusNanos(1)).get(flag), false);
                }
            }
        }
        equal("some are safe", safe > 50, true);
    }

    private static Run statusAt(Instant now) {
        return run("status --format json" + FILES + " --now " + now);
    }

    private static Run until(String demand, Instant now) {
        return run("gate --format json" + FILES + " --now " + now + demand);
    }

    private static void writeRandom(Random random, boolean isDated) throws Exception {
        List<String> agreed = new ArrayList<>();
        List<String> claims = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            String limit = random.nextBoolean() ? "limit " + seconds(random) : "";
            agreed.add(feed(name, limit));
            List<String> members = new ArrayList<>(List.of("alive " + (random.nextInt(9) > 0)));
            boolean hasTick = random.nextInt(3) == 0;
            if (hasTick) {
                String tick = START.minusNanos((long) (seconds(random) * 1e9)).toString();
                members.add("last_tick_at '" + tick + "'");
            }
            if (!hasTick || random.nextInt(3) == 0) {
                members.add("age " + seconds(random));
            }
            if (random.nextInt(3) == 0) {
                members.add("limit " + seconds(random));
            }
            claims.add(feed(name, String.join(", ", members)));
        }
        String actions = "'tight':{'max_age_seconds':" + seconds(random) + "},"
            + "'old':{'min_status':'stale','max_age_seconds':" + seconds(random) + "},"
            + "'price_order':{'max_age_seconds':" + (seconds(random) + 50) + "}";
        write("base.json", withActions(actions, agreed.toArray(new String[0])));
        String asOf = START.minusNanos((long) (seconds(random) * 1e8)).toString();
        write("in.json", document(isDated ? "as_of '" + asOf + "'" : "",
            claims.toArray(new String[0])));
    }

    /** Returns a time, mostly as it is written and sometimes with all its nanoseconds. */
    private static double seconds(Random random) {
        if (random.nextBoolean()) {
            return 1 + random.nextInt(150);
        }
        return random.nextInt(150_000) / 1000.0 + 0.001;
    }

    private static String randomDemand(Random random) {
        StringBuilder demand = new StringBuilder(" --feed a");
        int named = 1;
        for (String feed : List.of("b", "c")) {
            if (random.nextBoolean()) {
                demand.append(" --feed ").append(feed);
                named++;
            }
        }
        List<String> actions = List.of("tight", "old", "price_order", "read_last_price",
            "inspect_status", "publish_signal");
        for (int i = random.nextInt(3); i > 0; i--) {
            demand.append(" --action ").append(actions.get(random.nextInt(actions.size())));
        }
        if (random.nextInt(3) == 0) {
            demand.append(" --max-age-seconds ").append(seconds(random));
        }
        if (random.nextBoolean()) {
            demand.append(" --at-least ").append(1 + random.nextInt(named));
        }
        return demand.toString();
    }

    // ---- Watches ----

    @Harness.Test("demand: a watch closes when its time is up, and not at its next interval")
    static void watchEndsInTime() throws Exception {
        write("base.json", document("limit 0.3", feed("x", "")));
        write("in.json", document("limit 0.3", feed("x", "alive true, age 0")));
        Steps out = new Steps(Steps.NOTHING, Steps.NOTHING);
        long begun = System.nanoTime();
        String call = "gate --feed x" + FILES + " --watch 3600";
        equal(call, Freshness.run(arguments(call), UNREAD, out, out), 2);
        equal("long before its interval", System.nanoTime() - begun < 1800e9, true);
        // It has to stay valid for some time yet, so that the gate closes earlier.
        out = new Steps(Steps.NOTHING, Steps.NOTHING);
        equal(call, Freshness.run(arguments(call + " --valid-for 0.2"), UNREAD, out, out), 2);
        equal(out.text(), out.text().contains(", in 0.2 s it would be 0.3"), true);
    }

    @Harness.Test("demand: a watch names the open feeds again once they are others")
    static void watchOfSomeFeeds() throws Exception {
        write("base.json", document("limit 90", feed("x", ""), feed("y", "")));
        String both = document("limit 90", feed("x", "alive true, age 1"),
            feed("y", "alive true, age 2"));
        write("in.json", both);
        Steps.watch("gate --feed x --feed y --at-least 1" + FILES
                + " --watch 0.1 --record @log", 2, """
            GATE OPEN: 1 of 2 are enough, and 2 are open: x fresh, 1s of 90s; y fresh, 2s of 90s; \
            safe to serve
            GATE OPEN: 1 of 2 are enough, and 1 is open: y fresh, 2s of 90s; safe to serve
            GATE BLOCKED: 1 of 2 needed, open: none; x stale, 99s > 90s; y stale, 99s > 90s; \
            not safe to serve
            blocked on x, y: price_order, publish_signal, rebalance_position
              why:  last tick 99s old, limit 90s
              next: run this once per feed, and mv each output over the state before you \
            do the next feed:
                    java 'HOME/Freshness.java' recover --feed FEED --state 'DIR/in.json' \
            --output 'DIR/in-recovered.json' --baseline 'DIR/base.json' --age-seconds AGE
            """,
            () -> write("in.json", both.replace(":1}", ":99}")),
            () -> write("in.json", both.replace(":1}", ":99}").replace(":2}", ":99}")),
            Steps.NOTHING);
        String[] lines = read("log").split("\n");
        equal("lines", lines.length, 3);
        for (int i = 0; i < lines.length; i++) {
            equal(lines[i], new Run(lines[i], 0, lines[i] + "\n", "").get("open_feeds"),
                List.of(List.of("x", "y"), List.of("y"), List.of()).get(i));
        }
    }

    // ---- The record ----

    private static final String RECORDED = "gate --feed x" + FILES + " --record @log";

    @Harness.Test("demand: each verdict is a line of the record, open or blocked or not evaluated")
    static void record() throws Exception {
        writeAged(OWN, "1");
        run(RECORDED).exits(0).says("GATE OPEN");
        String quiet = RECORDED + " --quiet --action quote_mm --valid-for 0.5";
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        equal(quiet, Freshness.run(arguments(quiet), UNREAD, out, out) + out.toString(UTF_8), "0");
        run(RECORDED + " --format json --max-age-seconds 0.5").exits(2);
        write("in.json", "{");
        run(RECORDED).exits(3).says("GATE BLOCKED: ");
        delete(dir.resolve("in.json"));
        run(RECORDED + " --at-least 1").exits(3).says("GATE BLOCKED: ");
        String[] lines = read("log").split("\n");
        equal("lines", lines.length, 5);
        List<String> exits = new ArrayList<>();
        for (String line : lines) {
            Run run = new Run(line, 0, line + "\n", "");
            exits.add(run.get("exit").toString());
            equal(line, run.get("gate"), run.get("exit").toString().equals("0") ? "open"
                : "blocked");
            equal(line, run.get("evaluated_at") != null, true);
        }
        equal("exits", exits.toString(), "[0, 0, 2, 3, 3]");
        new Run("quiet", 0, lines[1] + "\n", "").reports("actions ['quote_mm']",
            "valid_for_seconds 0.5", "feeds.0.name 'x'", "feeds.0.alert 'none'");
    }

    @Harness.Test("demand: the record has all that JSON reports")
    static void recordIsTheReport() throws Exception {
        writeAged(OWN, "100");
        for (String options : List.of("", " --action any_old", " --at-least 1",
                " --valid-for 1 --max-age-seconds 3")) {
            delete(dir.resolve("log"));
            Run run = run(RECORDED + " --format json" + options);
            String line = read("log");
            equal(options, squeezed(line), squeezed(run.out()));
            equal(options + ": one line", line.indexOf('\n'), line.length() - 1);
        }
    }

    private static String squeezed(String json) {
        return json.replaceAll("\\s", "");
    }

    @Harness.Test("demand: a watch records its beginning and its end")
    static void recordOfAWatch() throws Exception {
        writeAged("", "1");
        String old = document("limit 90", feed("x", "alive true, age 660"));
        Steps out = new Steps(() -> Thread.sleep(250), Steps.NOTHING);
        Thread end = new Thread(() -> {
            try {
                while (!out.text().contains("GATE OPEN")) {
                    Thread.sleep(10);
                }
                write("in.json", old);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        end.start();
        equal("exit", Freshness.run(arguments(RECORDED + " --watch 0.1"), UNREAD, out, out), 2);
        end.join();
        String[] lines = read("log").split("\n");
        equal("lines", lines.length, 2);
        equal("beginning", lines[0].startsWith("{\"gate\": \"open\""), true);
        equal("end", lines[1].startsWith("{\"gate\": \"blocked\""), true);
        run(RECORDED + " --watch 0.1").exits(2).says("GATE BLOCKED");
        equal("one line of one that is closed", read("log").lines().count(), 3L);
    }

    @Harness.Test("demand: what cannot be recorded is not opened")
    static void notRecorded() throws Exception {
        writeAged("", "1");
        String gate = "gate --feed x" + FILES + " --record ";
        for (Row row : Row.table("""
                @in.json => this is the input file, which is never overwritten
                @base.json => this is the baseline, which is never overwritten
                @./in.json => the input
                @none/log => no such directory
                @folder => not a regular file
                @link => this is a symbolic link; name its target instead""")) {
            Files.createDirectories(dir.resolve("folder"));
            if (!Files.isSymbolicLink(dir.resolve("link"))) {
                Files.createSymbolicLink(dir.resolve("link"), dir.resolve("real"));
            }
            run(gate + row.cell(0)).exits(3).warns("freshness: --record ", row.cell(1));
        }
        equal("state", read("in.json"), document("limit 90", feed("x", "alive true, age 1")));
        run("gate --feed x" + FILES + " --record %", home.resolve("Freshness.java").toString())
            .exits(3).warns("freshness: --record ", "the program itself");
        run("gate --feed x" + FILES + " --record %", home.resolve("data/healthy.json").toString())
            .exits(3).warns("freshness: --record ", "the baseline");
        refused(RECORDED + " --now " + NOW, "--record is only for verdicts by the real clock");
        refused("gate --feed x" + FILES + " --record -", "expected a file");
        equal("nothing was recorded", Files.exists(dir.resolve("log")), false);
    }

    @Harness.Test("demand: a record that stays locked keeps the gate closed, and no state is read")
    static void lockedRecord() throws Exception {
        write("base.json", document("limit 90", feed("x", "")));
        write("log", "before\n");
        try (FileChannel holder = FileChannel.open(dir.resolve("log"),
                StandardOpenOption.WRITE)) {
            holder.lock();
            // Standard input is read first. It is not UNREAD, and yet the gate does not open.
            String state = document("limit 90", feed("x", "alive true, age 1"));
            ByteArrayInputStream in = new ByteArrayInputStream(state.getBytes(UTF_8));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            String call = "gate --feed x --state - --baseline @base.json --record @log";
            equal(call, Freshness.run(arguments(call), in, out, err), 3);
            equal("nothing is open", out.toString(UTF_8), "");
            equal("why", err.toString(UTF_8).contains("locked this record"), true);
            equal("standard input was read", in.available(), 0);
        }
        equal("record", read("log"), "before\n");
    }

    @Harness.Test("demand: a verdict is as old as its lock, however long that was waited for")
    static void clockUnderTheLock() throws Exception {
        write("base.json", document("limit 1", feed("x", "")));
        write("log", "");
        FileChannel holder = FileChannel.open(dir.resolve("log"), StandardOpenOption.WRITE);
        holder.lock();
        write("in.json", document("limit 1",
            feed("x", "alive true, last_tick_at '" + Instant.now() + "'")));
        Thread other = FilesTest.onWait(0, () -> {
            try {
                write("in.json", document("limit 1", feed("x", "alive true, age 2")));
                holder.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        run(RECORDED).exits(2).says("GATE BLOCKED: x stale, 2s > 1s");
        other.join();
        equal("record", read("log").startsWith("{\"gate\": \"blocked\""), true);
    }
}
