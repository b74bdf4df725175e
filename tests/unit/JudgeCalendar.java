import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;

/**
 * JudgeCalendar is a second judge of sessions. It looks at every minute by its local date and time,
 * with the calendars of java.time, and shares no code with the program. Calendars, zones and times
 * are random; a case is near a change of the zone's offset as often as not.
 *
 * <pre>
 *     java -cp DIR JudgeCalendar [CASES [SEED]]   each zone is met once in some 600 cases
 * </pre>
 */
final class JudgeCalendar {
    private static final int DAY_MINUTES = 24 * 60;
    private static final long MINUTE_NANOS = 60_000_000_000L;
    private static final String[] WEEKDAYS = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    /** Since then, every offset from UTC is of whole minutes. */
    private static final LocalDate FIRST = LocalDate.parse("1975-01-01");
    private static final int MAX_DAYS = 25_000;
    /** How far the judge looks; beyond it, it can only say "later". */
    private static final int LOOK_DAYS = 12;

    private final Random random;
    private final ZoneId zone;
    /** For each day of the week, whether each minute is open. */
    private final Map<DayOfWeek, boolean[]> week = new HashMap<>();
    private final Map<LocalDate, boolean[]> dates = new HashMap<>();
    private final List<String> entries = new ArrayList<>();
    private final List<String> exceptions = new ArrayList<>();
    private final Instant start;

    private JudgeCalendar(Random random, String zone) {
        this.random = random;
        this.zone = ZoneId.of(zone);
        start = start();
        for (DayOfWeek day : DayOfWeek.values()) {
            week.put(day, new boolean[DAY_MINUTES]);
        }
        int tries = 1 + random.nextInt(6);
        for (int i = 0; i < tries || entries.isEmpty(); i++) {
            addEntry();
        }
        LocalDate first = LocalDateTime.ofInstant(start, this.zone).toLocalDate();
        for (int i = random.nextInt(8); i > 0; i--) {
            addDate(first.plusDays(random.nextInt(LOOK_DAYS + 4) - 2));
        }
    }

    public static void main(String... args) {
        int cases = args.length > 0 ? Integer.parseInt(args[0]) : 600;
        long seed = args.length > 1 ? Long.parseLong(args[1]) : 20261122;
        System.out.println("# seed " + seed);
        System.exit(judge(cases, seed) ? 0 : 1);
    }

    /** Judges so many calendars. Returns whether the program agrees on all. */
    static boolean judge(int count, long seed) {
        List<String> zones = new ArrayList<>(List.of("UTC"));
        for (String zone : new TreeSet<>(ZoneId.getAvailableZoneIds())) {
            if (zone.contains("/")) {
                zones.add(zone);
            }
        }
        List<JudgeCase> cases = new ArrayList<>();
        int offset = (int) Math.floorMod(seed, (long) zones.size());
        for (int i = 0; i < count; i++) {
            Random random = new Random((seed * 1_000_003 + i) * 0x9E3779B97F4A7C15L);
            // Steps of a prime meet each zone once before any comes again.
            String zone = zones.get((int) ((offset + i * 401L) % zones.size()));
            cases.add(new JudgeCalendar(random, zone).judge());
        }
        return JudgeCase.report("judge: " + count + " calendars agree, minute by minute, in "
                + Math.min(count, zones.size()) + " zones", cases);
    }

    // ---- A random calendar ----

    /** Returns when a case begins: up to some days before the offset changes, or anywhere. */
    private Instant start() {
        Instant anywhere = FIRST.plusDays(random.nextInt(MAX_DAYS)).atStartOfDay(zone).toInstant();
        ZoneOffsetTransition change = zone.getRules().nextTransition(anywhere);
        if (change == null) {
            change = zone.getRules().previousTransition(anywhere);
        }
        boolean isAnywhere = random.nextInt(4) == 0 || change == null
                || change.getInstant().isBefore(FIRST.atStartOfDay(zone).toInstant());
        Instant start = isAnywhere ? anywhere : change.getInstant().minusSeconds(
                random.nextInt(4 * 86_400));
        return start.truncatedTo(ChronoUnit.MINUTES);
    }

    /** Adds an entry such as "Mon-Fri 09:30-16:00", unless it overlaps another one. */
    private void addEntry() {
        int first = random.nextInt(7);
        int length = random.nextInt(3) == 0 ? 7 : 1 + random.nextInt(7);
        int[] session = session();
        for (int i = 0; i < length; i++) {
            if (!isFree(week.get(DayOfWeek.of((first + i) % 7 + 1)), session)) {
                return;
            }
        }
        for (int i = 0; i < length; i++) {
            open(week.get(DayOfWeek.of((first + i) % 7 + 1)), session);
        }
        String days = WEEKDAYS[first];
        if (length > 1) {
            days += "-" + WEEKDAYS[(first + length - 1) % 7];
        }
        entries.add(days + " " + text(session));
    }

    private void addDate(LocalDate date) {
        if (dates.containsKey(date)) {
            return;
        }
        boolean[] open = new boolean[DAY_MINUTES];
        List<String> sessions = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            int[] session = session();
            if (isFree(open, session)) {
                open(open, session);
                sessions.add("\"" + text(session) + "\"");
            }
        }
        dates.put(date, open);
        exceptions.add("\"" + date + "\":[" + String.join(",", sessions) + "]");
    }

    private int[] session() {
        int kind = random.nextInt(6);
        if (kind == 0) {
            return new int[] {0, DAY_MINUTES};
        }
        int from = random.nextInt(DAY_MINUTES);
        if (kind <= 2) {
            from = random.nextInt(4 * 60); // when clocks are changed
        }
        int to = from + 1 + random.nextInt(DAY_MINUTES - from);
        if (kind == 3) {
            to = DAY_MINUTES;
        }
        if (kind == 4) {
            to = Math.min(DAY_MINUTES, from + 1 + random.nextInt(5));
        }
        return new int[] {from, to};
    }

    private static boolean isFree(boolean[] open, int[] session) {
        for (int minute = session[0]; minute < session[1]; minute++) {
            if (open[minute]) {
                return false;
            }
        }
        return true;
    }

    private static void open(boolean[] open, int[] session) {
        for (int minute = session[0]; minute < session[1]; minute++) {
            open[minute] = true;
        }
    }

    private static String text(int[] session) {
        return String.format("%02d:%02d-%02d:%02d", session[0] / 60, session[0] % 60,
                session[1] / 60, session[1] % 60);
    }

    private String json() {
        return "{\"max_age_seconds\":90,\"feeds\":[{\"name\":\"x\"}],\"calendar\":\"c\","
                + "\"calendars\":{\"c\":{\"zone\":\"" + zone + "\",\"open\":[\""
                + String.join("\",\"", entries) + "\"],\"dates\":{"
                + String.join(",", exceptions) + "}}}}";
    }

    // ---- What it says, and what the program says ----

    /** Returns whether the minute that begins there is open. */
    private boolean isOpen(Instant minute) {
        LocalDateTime local = LocalDateTime.ofInstant(minute, zone);
        boolean[] open = dates.get(local.toLocalDate());
        if (open == null) {
            open = week.get(local.getDayOfWeek());
        }
        return open[60 * local.getHour() + local.getMinute()];
    }

    private JudgeCase judge() {
        String json = json();
        Instant from = start.plusNanos(nanos(MINUTE_NANOS));
        Instant to = from.plusNanos(nanos(LOOK_DAYS * DAY_MINUTES * MINUTE_NANOS / 2));
        JudgeCase one = new JudgeCase(json + " from " + from + " to " + to, null);
        Freshness.Calendar calendar;
        try {
            Freshness.State state = Freshness.State.of(Freshness.Document.of("judge", json),
                    Freshness.Role.baseline);
            calendar = state.calendar(state.feed("x"));
        } catch (RuntimeException e) {
            one.same("the calendar", e.getMessage(), "valid");
            return one;
        }
        one.same("open", calendar.isOpen(from), isOpen(minute(from)));
        one.same("open at the end", calendar.isOpen(to), isOpen(minute(to)));
        long openNanos = openNanos(from, to);
        one.same("in session", calendar.openNanosBetween(from, to), openNanos);
        judgeOpening(one, calendar, from);
        judgeOpening(one, calendar, to);
        judgeDuration(one, calendar, from, openNanos);
        judgeDuration(one, calendar, from, openNanos / 3);
        judgeDuration(one, calendar, from, openNanos + 1);
        judgeDuration(one, calendar, from, nanos(LOOK_DAYS * DAY_MINUTES * MINUTE_NANOS));
        return one;
    }

    private long nanos(long below) {
        return random.nextInt(3) == 0 ? random.nextInt((int) (below / MINUTE_NANOS)) * MINUTE_NANOS
                : Math.floorMod(random.nextLong(), below);
    }

    private static Instant minute(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MINUTES);
    }

    private long openNanos(Instant from, Instant to) {
        long openNanos = 0;
        for (Instant minute = minute(from); minute.isBefore(to); minute = next(minute)) {
            if (isOpen(minute)) {
                Instant begin = minute.isBefore(from) ? from : minute;
                Instant end = next(minute).isAfter(to) ? to : next(minute);
                openNanos += Duration.between(begin, end).toNanos();
            }
        }
        return openNanos;
    }

    private static Instant next(Instant minute) {
        return minute.plusSeconds(60);
    }

    private void judgeOpening(JudgeCase one, Freshness.Calendar calendar, Instant now) {
        Instant got = calendar.opensAt(now);
        if (isOpen(minute(now))) {
            one.same("opens, though it is open", got, null);
            return;
        }
        Instant end = now.plus(LOOK_DAYS, ChronoUnit.DAYS);
        for (Instant at = next(minute(now)); at.isBefore(end); at = next(at)) {
            if (isOpen(at)) {
                one.same("opens after " + now, got, at);
                return;
            }
        }
        one.same("opens later", got != null && !got.isBefore(end), true);
    }

    /** Judges when the market has been open for so long. */
    private void judgeDuration(JudgeCase one, Freshness.Calendar calendar, Instant from,
            long openNanos) {
        String what = "open for " + openNanos;
        Instant got = calendar.whenInSession(from, openNanos);
        if (openNanos == 0) {
            one.same(what, got, from);
            return;
        }
        long restNanos = openNanos;
        Instant end = from.plus(LOOK_DAYS, ChronoUnit.DAYS);
        for (Instant minute = minute(from); minute.isBefore(end); minute = next(minute)) {
            if (!isOpen(minute)) {
                continue;
            }
            Instant begin = minute.isBefore(from) ? from : minute;
            long partNanos = Duration.between(begin, next(minute)).toNanos();
            if (partNanos >= restNanos) {
                one.same(what, got, begin.plusNanos(restNanos));
                return;
            }
            restNanos -= partNanos;
        }
        one.same(what + " later", got == null || got.isAfter(end), true);
    }
}
