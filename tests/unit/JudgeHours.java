import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * JudgeHours is a calendar as the judge reads it from the tree of a baseline. It knows the sessions
 * of a date and asks every minute for its local date and time. The calendar has to be valid.
 */
final class JudgeHours {
    private static final List<String> WEEKDAYS =
            List.of("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");
    private static final int DAY_MINUTES = 24 * 60;
    private static final BigDecimal MINUTE = BigDecimal.valueOf(60);
    /** What was read: the exhaustive part reads one calendar very often. */
    private static final Map<Node, JudgeHours> READ = new ConcurrentHashMap<>();

    private final ZoneId zone;
    private final Map<DayOfWeek, boolean[]> week = new HashMap<>();
    private final Map<String, boolean[]> dates = new HashMap<>();
    /** What was measured: the exhaustive part asks often for the same. */
    private final Map<List<Object>, BigDecimal> measured = new ConcurrentHashMap<>();

    private JudgeHours(Node calendar) {
        zone = ZoneId.of(Node.string(Node.get(calendar, "zone")));
        for (DayOfWeek day : DayOfWeek.values()) {
            week.put(day, new boolean[DAY_MINUTES]);
        }
        for (Node entry : Node.items(Node.get(calendar, "open"))) {
            String[] words = Node.string(entry).split(" ");
            int first = WEEKDAYS.indexOf(words[0].substring(0, 3));
            int last = WEEKDAYS.indexOf(words[0].substring(words[0].length() - 3));
            for (int day = first; ; day = (day + 1) % 7) {
                open(week.get(DayOfWeek.of(day + 1)), words[1]);
                if (day == last) {
                    break;
                }
            }
        }
        if (Node.get(calendar, "dates") instanceof Node.Obj object) {
            for (Node.Member date : object.members()) {
                boolean[] open = new boolean[DAY_MINUTES];
                Node.items(date.value()).forEach(each -> open(open, Node.string(each)));
                dates.put(date.name(), open);
            }
        }
    }

    /** Returns the hours of a feed by its entry in the baseline; null if it has no calendar. */
    static JudgeHours of(Node baseline, Node feed) {
        Node own = Node.get(feed, "calendar");
        String name = Node.string(own != null ? own : Node.get(baseline, "calendar"));
        if (feed == null || name == null) {
            return null;
        }
        Node calendar = Node.get(Node.get(baseline, "calendars"), name);
        return READ.computeIfAbsent(calendar, JudgeHours::new);
    }

    private static void open(boolean[] minutes, String session) {
        int end = minute(session.substring(6));
        for (int minute = minute(session); minute < end; minute++) {
            minutes[minute] = true;
        }
    }

    private static int minute(String time) {
        return 60 * Integer.parseInt(time.substring(0, 2))
                + Integer.parseInt(time.substring(3, 5));
    }

    boolean isOpen(Instant instant) {
        LocalDateTime local = LocalDateTime.ofInstant(instant, zone);
        boolean[] open = dates.get(local.toLocalDate().toString());
        if (open == null) {
            open = week.get(local.getDayOfWeek());
        }
        return open[60 * local.getHour() + local.getMinute()];
    }

    /** Returns when the market opens, null if it is open. */
    Instant opensAt(Instant now) {
        if (isOpen(now)) {
            return null;
        }
        Instant minute = now.truncatedTo(ChronoUnit.MINUTES);
        while (!isOpen(minute)) {
            minute = minute.plusSeconds(60);
        }
        return minute;
    }

    /** Returns whether so much of the last seconds was open, and more. */
    boolean wasOpenFor(BigDecimal limit, BigDecimal seconds, Instant now) {
        Instant from = now.minusNanos(seconds.min(JudgeRules.FOREVER_SECONDS).movePointRight(9)
                .setScale(0, RoundingMode.CEILING).longValueExact());
        List<Object> question = List.of(from, now, limit);
        return measured.computeIfAbsent(question, asked -> openSeconds(from, now, limit))
                .compareTo(limit) > 0;
    }

    /** Returns how long it was open; no more is counted once that is enough. */
    private BigDecimal openSeconds(Instant from, Instant to, BigDecimal enough) {
        BigDecimal open = BigDecimal.ZERO;
        Instant end = to;
        while (end.isAfter(from) && open.compareTo(enough) <= 0) {
            Instant minute = end.minusNanos(1).truncatedTo(ChronoUnit.MINUTES);
            Instant begin = minute.isBefore(from) ? from : minute;
            if (isOpen(minute)) {
                open = open.add(JudgeRules.secondsBetween(begin, end).min(MINUTE));
            }
            end = begin;
        }
        return open;
    }
}
