import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;

/**
 * JudgeGenerator makes a baseline and a state as trees, spoils them up to four times, and writes
 * them as bytes. All that it does comes from its Random, in this order: a change of the order makes
 * other documents of the same seed.
 */
final class JudgeGenerator {
    final Random random;
    final Instant now;
    /** The trees; null if the bytes are not JSON. */
    final Node baselineTree;
    final Node stateTree;
    final byte[] baselineBytes;
    final byte[] stateBytes;
    private final Node.Obj baseline;
    private final Node.Obj state;

    JudgeGenerator(Random random) {
        this.random = random;
        now = Instant.parse(pick("2026-11-22T09:37:00Z", "2026-11-22T09:37:00Z",
                "2026-11-22T09:37:00.5Z", "2024-02-29T00:00:00.000000001Z"));
        List<String> names = new ArrayList<>(List.of(JudgeSamples.NAMES));
        if (oneIn(3)) {
            Collections.shuffle(names, random);
        }
        names = names.subList(0, 1 + random.nextInt(4));
        baseline = document(names, "90");
        state = document(names, pick("90", "90", "90", "90.0", "9e1", "60", "30", "120"));
        if (oneIn(4)) {
            put(state, "as_of", date());
        }
        for (int mutations = random.nextInt(5); mutations > 0; mutations--) {
            mutate(oneIn(7) ? baseline : state);
        }
        if (oneIn(4)) {
            addCalendars();
        }
        if (oneIn(6)) {
            addHeartbeats();
        }
        if (oneIn(6)) {
            addWarnAges();
        }
        if (oneIn(6)) {
            addOptionalFeed();
        }
        if (oneIn(6)) {
            addActions();
        }
        Node top = state;
        if (oneIn(60)) {
            top = pick(arr(state), new Node.Str("feeds"), Node.NULL, Node.TRUE, new Node.Num("0"),
                    arr());
        }
        boolean isStateSpoiled = oneIn(15);
        boolean isBaselineSpoiled = oneIn(60);
        byte[] written = new JudgeWriter(random).document(top);
        stateBytes = isStateSpoiled ? spoiled(written) : written;
        stateTree = isStateSpoiled ? null : top;
        written = new JudgeWriter(random).document(baseline);
        baselineBytes = isBaselineSpoiled ? spoiled(written) : written;
        baselineTree = isBaselineSpoiled ? null : baseline;
    }

    private Node.Obj document(List<String> names, String limit) {
        Node.Arr feeds = arr();
        for (String name : names) {
            int age = age();
            Node alive = oneIn(30) ? Node.FALSE : Node.TRUE;
            Node written = Node.NULL;
            if (!oneIn(30)) {
                written = new Node.Num(age + pick("", "", ".0", "e0", ".25"));
            }
            feeds.items().add(obj(
                    new Node.Member("name", new Node.Str(name)),
                    new Node.Member("alive", alive),
                    new Node.Member("last_tick_age_seconds", written)));
        }
        return obj(
                new Node.Member("max_age_seconds", new Node.Num(limit)),
                new Node.Member("feeds", feeds));
    }

    /** Gives the baseline two calendars, and its feeds one of them; some states get a date. */
    private void addCalendars() {
        Node.Obj calendars = obj(
                new Node.Member("common", calendar()), new Node.Member("own", calendar()));
        put(baseline, "calendars", calendars);
        if (!oneIn(4)) {
            put(baseline, "calendar", new Node.Str("common"));
        }
        if (oneIn(3)) {
            put(feed(baseline), "calendar", new Node.Str("own"));
        }
        if (oneIn(2)) {
            put(state, "as_of", new Node.Str(now.minusSeconds(random.nextInt(120)).toString()));
        }
    }

    /** Returns hours of which some begin or end about now, a Sunday or a Thursday. */
    private Node calendar() {
        Node zone = new Node.Str(pick("UTC", "UTC", "America/New_York", "Asia/Kolkata",
                "Australia/Lord_Howe"));
        Node open = arr(new Node.Str(pick("Mon-Wed 09:30-16:00", "Fri-Sat 00:00-24:00",
                "Sun-Thu 09:36-24:00", "Sun 09:35-12:00", "Sun 09:00-09:36", "Sat-Fri 04:36-04:40",
                "Mon-Sun 00:01-23:59")));
        Node.Obj calendar = obj(new Node.Member("zone", zone), new Node.Member("open", open));
        if (oneIn(3)) {
            Node sessions = oneIn(2) ? arr() : arr(new Node.Str("09:34-09:36"));
            put(calendar, "dates", obj(new Node.Member(now.toString().substring(0, 10),
                    sessions)));
        }
        return calendar;
    }

    /** Asks for heartbeats, of all feeds or of one, and gives them to most. */
    private void addHeartbeats() {
        Node.Obj owner = oneIn(3) ? feed(baseline) : baseline;
        put(owner, "max_heartbeat_age_seconds", new Node.Num(pick("5", "5.0", "90", "600", "1e-9",
                "5", "0.5", "1e9")));
        if (oneIn(20)) {
            put(feed(baseline), "max_heartbeat_age_seconds", junk());
        }
        for (Node item : Node.items(Node.get(state, "feeds"))) {
            if (item instanceof Node.Obj feed && !oneIn(8)) {
                put(feed, "last_heartbeat_at", heartbeat());
            }
        }
    }

    /** Adds ages that raise a ticket: most are below the limit. */
    private void addWarnAges() {
        if (oneIn(2)) {
            put(baseline, "warn_age_seconds", new Node.Num(pick("60", "5", "8.0", "1e-9", "89.9999",
                    "29", "30", "90")));
        }
        if (oneIn(2)) {
            Node warn = oneIn(20) ? junk() : new Node.Num(pick("10", "3", "19", "59.5", "200"));
            put(feed(baseline), "warn_age_seconds", warn);
        }
    }

    /** Has a feed as optional: one of the baseline, or one that is planned. */
    private void addOptionalFeed() {
        Node optional = oneIn(10) ? junk() : pick(Node.TRUE, Node.TRUE, Node.FALSE);
        put(feed(baseline), "optional", optional);
        if (oneIn(2) && Node.get(baseline, "feeds") instanceof Node.Arr feeds) {
            feeds.items().add(random.nextInt(feeds.items().size() + 1), obj(
                    new Node.Member("name", new Node.Str("planned")),
                    new Node.Member("optional", optional)));
        }
    }

    /** Gives the baseline work of its own, and tightens what is built in; some is refused. */
    private void addActions() {
        Node.Obj actions = obj();
        for (int left = 1 + random.nextInt(3); left > 0; left--) {
            String name = pick("quote_mm", "show_last", "a", "price_order", "read_last_price",
                    "inspect_status", "publish_signal", "x-note", "s:l.p-2");
            Node.Obj action = obj();
            if (oneIn(2)) {
                put(action, "max_age_seconds", new Node.Num(pick("2", "8.0", "30", "90", "600",
                        "1e-9", "1e9")));
            }
            if (oneIn(3)) {
                put(action, "min_status", new Node.Str(pick("stale", "stale", "fresh")));
            }
            if (oneIn(20)) {
                put(action, pick("min_status", "max_age_seconds", "x-why", "max_age"), junk());
            }
            put(actions, oneIn(40) ? pick("", "a b", "\u00e9", "priceOrder", "price_oder") : name,
                    oneIn(60) ? junk() : action);
        }
        put(baseline, "actions", oneIn(60) ? junk() : actions);
    }

    private Node heartbeat() {
        if (oneIn(4)) {
            return date();
        }
        long nanos = pick(0L, 1L, 5_000_000_000L, 5_000_000_001L, 3_000_000_000L, -500_000_000L,
                600_000_000_000L);
        return new Node.Str(now.minusNanos(nanos).toString());
    }

    private int age() {
        if (oneIn(10)) {
            return 91 + random.nextInt(600);
        }
        return oneIn(5) ? random.nextInt(91) : random.nextInt(20);
    }

    // ---- Mutations ----

    private void mutate(Node.Obj document) {
        Node.Obj feed = feed(document);
        Node.Obj owner = oneIn(3) ? document : feed;
        Node.Member member = new Node.Member("none", Node.NULL);
        if (!owner.members().isEmpty()) {
            member = pick(owner.members().toArray(new Node.Member[0]));
        }
        switch (random.nextInt(27)) {
            case 0 -> put(owner, member.name(), junk());
            case 1 -> owner.members().remove(member);
            case 2 -> doubleMember(owner, member);
            case 3 -> misspell(owner, member);
            case 4 -> shuffle(document, owner);
            case 5 -> changeNumber(owner);
            case 6, 7 -> changeAge(feed);
            case 8 -> copyWhereItDoesNotCount(document, feed, owner);
            case 9 -> nest(owner, owner == document ? 1 : 3);
            case 10 -> addBroken(owner);
            case 11 -> changeAgeAndLimit(feed);
            case 12 -> changeLimit(owner);
            case 13 -> dateState(feed);
            case 14 -> requireDate();
            case 15 -> changeFeeds(document, feed);
            case 16, 17 -> rename(feed(state));
            case 18 -> put(feed, "alive", pick(Node.TRUE, Node.FALSE, junk()));
            case 19, 20, 21 -> dateTick();
            case 22, 25 -> addNote(document);
            case 23 -> removeLimit();
            case 24 -> dateTickWhereRequired();
            default -> dateBaseline();
        }
    }

    /** Doubles a member, or puts a doubled one deep inside an ignored member. */
    private void doubleMember(Node.Obj owner, Node.Member member) {
        Node twice = obj(new Node.Member("a", Node.NULL), new Node.Member("a", Node.NULL));
        if (oneIn(3)) {
            add(owner, new Node.Member("ignored", arr(obj(new Node.Member("x", twice)))));
        } else {
            Node value = oneIn(2) ? copy(member.value()) : junk();
            add(owner, new Node.Member(member.name(), value));
        }
    }

    private void misspell(Node.Obj owner, Node.Member member) {
        String old = member.name();
        String name = pick(old.toUpperCase(), old + " ", "_" + old, old + "\0", "", "ignored");
        owner.members().replaceAll(
                each -> each == member ? new Node.Member(name, each.value()) : each);
    }

    private void shuffle(Node.Obj document, Node.Obj owner) {
        if (oneIn(2) && Node.get(document, "feeds") instanceof Node.Arr feeds) {
            Collections.shuffle(feeds.items(), random);
        } else {
            Collections.shuffle(owner.members(), random);
        }
    }

    private void changeNumber(Node.Obj owner) {
        String name = pick("last_tick_age_seconds", "max_age_seconds");
        if (oneIn(5)) {
            put(owner, name, new Node.Broken(pick(JudgeSamples.NO_NUMBERS)));
        } else {
            put(owner, name, new Node.Num(pick(JudgeSamples.NUMBERS)));
        }
    }

    private void changeAge(Node.Obj feed) {
        Node age;
        if (oneIn(6)) {
            age = junk();
        } else if (oneIn(3)) {
            age = new Node.Num(Integer.toString(random.nextInt(100)));
        } else {
            age = new Node.Num(pick(JudgeSamples.NUMBERS));
        }
        put(feed, "last_tick_age_seconds", age);
    }

    private void copyWhereItDoesNotCount(Node.Obj document, Node.Obj feed, Node.Obj owner) {
        Node inner = copy(oneIn(2) ? feed : document);
        String name = pick("ignored", "meta", "Feeds", "alive2", "max_age_seconds ", "feed");
        add(owner, new Node.Member(name, oneIn(2) ? inner : arr(inner)));
    }

    /** Adds a member so deep that it is just allowed, or just not; the owner lies that deep. */
    private void nest(Node.Obj owner, int ownerDepth) {
        Node deep = new Node.Num("1");
        int depth = pick(10, 63, 64, 64, 64, 65, 66, 400);
        for (int containers = ownerDepth; containers < depth; containers++) {
            deep = oneIn(2) ? arr(deep) : obj(new Node.Member("d", deep));
        }
        add(owner, new Node.Member("deep", deep));
    }

    private void addBroken(Node.Obj owner) {
        Node value;
        if (oneIn(2)) {
            String[] samples = oneIn(2) ? JudgeSamples.NO_STRINGS : JudgeSamples.NO_NUMBERS;
            value = new Node.Broken(pick(samples));
        } else {
            value = new Node.Num(pick(JudgeSamples.NUMBERS));
        }
        add(owner, new Node.Member("ignored", value));
    }

    private void changeAgeAndLimit(Node.Obj feed) {
        String[] pair = pick(JudgeSamples.AGE_AND_LIMIT).split(" ");
        put(feed, "last_tick_age_seconds", new Node.Num(pair[0]));
        put(feed, "max_age_seconds", new Node.Num(pair[1]));
    }

    private void changeLimit(Node.Obj owner) {
        Node limit = oneIn(8) ? junk() : new Node.Num(pick(JudgeSamples.LIMITS));
        put(owner, "max_age_seconds", limit);
    }

    /** Dates the state, beside an age that puts the sum around the limit. */
    private void dateState(Node.Obj feed) {
        put(state, "as_of", oneIn(6) ? Node.NULL : date());
        put(feed, "last_tick_age_seconds", new Node.Num(pick("8", "8.0", "0", "5e-1")));
    }

    private void requireDate() {
        Node.Obj document = oneIn(8) ? state : baseline;
        Node value = oneIn(12) ? junk() : pick(Node.TRUE, Node.TRUE, Node.FALSE);
        put(document, "require_as_of", value);
    }

    private void changeFeeds(Node.Obj document, Node.Obj feed) {
        if (!(Node.get(document, "feeds") instanceof Node.Arr feeds)) {
            return;
        }
        int at = random.nextInt(feeds.items().size() + 1);
        switch (random.nextInt(7)) {
            case 0, 1, 2 -> feeds.items().add(at, obj(
                    new Node.Member("name", new Node.Str(pick(JudgeSamples.NAMES))),
                    new Node.Member("alive", Node.TRUE),
                    new Node.Member("last_tick_age_seconds", new Node.Num("1"))));
            case 3, 4 -> feeds.items().remove(feed);
            case 5 -> feeds.items().add(at, junk());
            default -> feeds.items().clear();
        }
    }

    /** Renames a feed in the state, or on both sides, so that it may still be fresh. */
    private void rename(Node.Obj feed) {
        Node old = Node.get(feed, "name");
        String rocket = JudgeSamples.ROCKET;
        Node name = new Node.Str(pick("", "y".repeat(200), "y".repeat(201), rocket.repeat(101),
                rocket.repeat(200), rocket.repeat(201), "ALPHA", "bravo", "bravo",
                pick(JudgeSamples.NAMES), pick(JudgeSamples.NAMES)));
        put(feed, "name", oneIn(6) ? junk() : name);
        if (!oneIn(2) || old == null) {
            return;
        }
        for (Node item : Node.items(Node.get(baseline, "feeds"))) {
            if (item instanceof Node.Obj agreed && old.equals(Node.get(agreed, "name"))) {
                put(agreed, "name", name);
            }
        }
    }

    /** Dates a tick, beside its age or in place of it. */
    private void dateTick() {
        put(feed(state), "last_tick_at", oneIn(9) ? Node.NULL : date());
        if (oneIn(9)) {
            put(state, "as_of", Node.NULL);
        }
        if (oneIn(3)) {
            feed(state).members().removeIf(each -> each.name().equals("last_tick_age_seconds"));
        }
    }

    /** Adds a note, which is free, or a misspelt rule, which is not; in a state both are free. */
    private void addNote(Node.Obj document) {
        Node.Obj noted = oneIn(3) ? document : baseline;
        String wrong = pick("xnote", "X-note", " x-note", "require_asof", "max_age_second",
                "last_tick", "note");
        String name = wrong;
        if (!oneIn(2)) {
            name = pick("x-note", "x-", "x-max_age_seconds", "$schema", "$");
        }
        add(oneIn(2) ? noted : feed(noted), new Node.Member(name, junk()));
    }

    /** Takes the limit out of the state, so that the baseline's applies. */
    private void removeLimit() {
        state.members().removeIf(each -> each.name().equals("max_age_seconds"));
        if (oneIn(4)) {
            put(feed(baseline), "max_age_seconds", new Node.Num(pick(JudgeSamples.LIMITS)));
        }
    }

    private void dateTickWhereRequired() {
        put(baseline, "require_as_of", Node.TRUE);
        put(feed(state), "last_tick_at", oneIn(4) ? junk() : date());
    }

    /** Dates the baseline, which decides nothing. */
    private void dateBaseline() {
        Node.Obj dated = oneIn(2) ? baseline : feed(baseline);
        String name = dated == baseline ? "as_of" : pick("last_tick_at", "alive");
        put(dated, name, oneIn(2) ? date() : junk());
    }

    // ---- Values ----

    private Node date() {
        int minutes = pick(0, 0, 0, 60, -330, 1439, -1439);
        Instant instant = now.plusNanos(pick(JudgeSamples.NANOS_FROM_NOW));
        String text = instant.plusSeconds(60L * minutes).toString();
        if (minutes != 0) {
            int distance = Math.abs(minutes);
            String sign = minutes < 0 ? "-" : "+";
            String offset = String.format("%s%02d:%02d", sign, distance / 60, distance % 60);
            text = text.replace("Z", offset);
        }
        return switch (random.nextInt(15)) {
            case 0 -> junk();
            case 1 -> new Node.Str(pick(JudgeSamples.DATES));
            case 2 -> new Node.Str(pick(JudgeSamples.NO_DATES));
            case 3 -> new Node.Str(text.substring(0, text.length() - 1)); // no Z, or a digit less
            case 4 -> new Node.Str(text.toLowerCase());
            case 5, 6 -> damaged(text);
            default -> new Node.Str(text);
        };
    }

    private Node damaged(String text) {
        int at = random.nextInt(text.length());
        String other = pick("9", "e", "-", "}", " ", ":", "+", "\u0667", "\uff12", "");
        return new Node.Str(text.substring(0, at) + other + text.substring(at + 1));
    }

    /** Returns a value of the wrong type for most places. It is new: trees change in place. */
    private Node junk() {
        return pick(Node.NULL, Node.TRUE, Node.FALSE, new Node.Str("true"), new Node.Str("90"),
                new Node.Str(""), new Node.Num("8"), new Node.Num("1"), new Node.Num("0"), arr(),
                arr(Node.TRUE), arr(new Node.Num("8")), obj(),
                obj(new Node.Member("seconds", new Node.Num("8"))));
    }

    /** Returns the bytes of a document changed so that they are not JSON, whatever it was. */
    private byte[] spoiled(byte[] bytes) {
        String text = new String(bytes, ISO_8859_1);
        String end = text.stripTrailing();
        int at = random.nextInt(text.length() + 1);
        int cut = random.nextInt(end.length());
        String spoiled = switch (random.nextInt(7)) {
            case 0 -> "\u00ef\u00bb\u00bf" + text;
            // What is left is never whole: a number at the top level has one digit.
            case 1 -> end.substring(0, cut);
            case 2 -> text + pick(" x", "{}", "\0", "]", "}", ",", "#", "// end", "/* end */",
                    "\u000b", "\f", "\u00c2\u00a0", "\u001a", "null");
            case 3 -> pick("x", "// start\n", "/* */", ",", "[", "[".repeat(200_000), ")]}'\n",
                    "\u00a0", "\0", "#!json\n") + text;
            case 4 -> text.substring(0, at) + pick("\0", "\u00ff", "\u0080", "\u001f")
                    + text.substring(at);
            case 5 -> withTrailingComma(end);
            default -> text.indexOf('"') < 0 ? "'" : text.replaceFirst("\"", "'");
        };
        return spoiled.getBytes(oneIn(9) ? UTF_16 : ISO_8859_1);
    }

    private static String withTrailingComma(String text) {
        if (text.endsWith("}")) {
            return text.substring(0, text.length() - 1) + ",}";
        }
        return text + ",";
    }

    // ---- Trees ----

    /** Returns one of the document's feeds; the document itself if it has none. */
    private Node.Obj feed(Node.Obj document) {
        List<Node> feeds = Node.items(Node.get(document, "feeds"));
        if (feeds.isEmpty()) {
            return document;
        }
        return pick(feeds.toArray(new Node[0])) instanceof Node.Obj feed ? feed : document;
    }

    private void add(Node.Obj owner, Node.Member member) {
        owner.members().add(random.nextInt(owner.members().size() + 1), member);
    }

    private void put(Node.Obj owner, String name, Node value) {
        Node.Member member = new Node.Member(name, value);
        if (Node.get(owner, name) == null) {
            add(owner, member);
        } else {
            owner.members().replaceAll(old -> old.name().equals(name) ? member : old);
        }
    }

    private static Node copy(Node node) {
        if (node instanceof Node.Obj object) {
            Node.Obj copy = obj();
            for (Node.Member member : object.members()) {
                copy.members().add(new Node.Member(member.name(), copy(member.value())));
            }
            return copy;
        }
        if (node instanceof Node.Arr array) {
            Node.Arr copy = arr();
            array.items().forEach(item -> copy.items().add(copy(item)));
            return copy;
        }
        return node;
    }

    private static Node.Obj obj(Node.Member... members) {
        return new Node.Obj(new ArrayList<>(List.of(members)));
    }

    private static Node.Arr arr(Node... items) {
        return new Node.Arr(new ArrayList<>(List.of(items)));
    }

    private boolean oneIn(int count) {
        return random.nextInt(count) == 0;
    }

    @SafeVarargs
    private <T> T pick(T... values) {
        return values[random.nextInt(values.length)];
    }
}
