import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;

/**
 * CalendarTest checks when a market is open, how much of an age falls into open hours, and what
 * is said about it. All dates are in the past: for future dates another Java may have other rules.
 */
final class CalendarTest extends Sandbox {
    private static final long SECOND = 1_000_000_000L;

    /** 2025-11-27 was Thanksgiving, and on the Friday after it the market closed at 13:00. */
    private static final Freshness.Calendar NEW_YORK = calendar("America/New_York",
            "'Mon-Fri 09:30-16:00'", "'2025-11-27':[],'2025-11-28':['09:30-13:00']");
    private static final Freshness.Calendar HONG_KONG = calendar("Asia/Hong_Kong",
            "'Mon-Fri 09:30-12:00','Mon-Fri 13:00-16:00'", "");
    /** CME: from Sunday 17:00 to Friday 16:00, with an hour's pause each day from 16:00 on. */
    private static final Freshness.Calendar CHICAGO = calendar("America/Chicago",
            "'Sun-Thu 17:00-24:00','Mon-Fri 00:00-16:00'",
            "'2025-11-27':['00:00-12:00','17:00-24:00'],'2025-12-25':['17:00-24:00']");
    private static final Freshness.Calendar ALWAYS = calendar("America/New_York",
            "'Mon-Sun 00:00-24:00'", "");

    private static Freshness.Calendar calendar(String zone, String open, String dates) {
        Freshness.State baseline = state(baseline("'zone':'" + zone + "','open':[" + open
                + "],'dates':{" + dates + "}").replace('\'', '"'), true);
        return baseline.calendar(baseline.feed("x"));
    }

    private static String baseline(String members) {
        return "{'calendars':{'c':{" + members + "}},'calendar':'c','max_age_seconds':90,"
                + "'feeds':[{'name':'x'}]}";
    }

    /** Reads an instant with its offset. */
    private static Instant instant(String text) {
        return OffsetDateTime.parse(text).toInstant();
    }

    // ---- When it is open ----

    /** Checks when the market opens: a row is an instant, and "open" or the next opening. */
    private static void opens(Freshness.Calendar calendar, String table) {
        for (Row row : Row.table(table)) {
            Instant now = instant(row.cell(0));
            Instant opening = calendar.opensAt(now);
            equal(row + " ", opening == null ? "open" : opening,
                    row.cell(1).equals("open") ? "open" : instant(row.cell(1)));
            equal(row + ": open", calendar.isOpen(now), opening == null);
        }
    }

    @Harness.Test("calendar: a session has its start, and not its end")
    static void edgesOfSession() {
        opens(NEW_YORK, """
                2025-11-24T09:29:59.999999999-05:00 => 2025-11-24T09:30:00-05:00
                2025-11-24T09:30:00-05:00 => open
                2025-11-24T15:59:59-05:00 => open
                2025-11-24T15:59:59.999999999-05:00 => open
                2025-11-24T16:00:00-05:00 => 2025-11-25T09:30:00-05:00
                2025-11-24T16:00:01-05:00 => 2025-11-25T09:30:00-05:00
                2025-11-25T00:00:00-05:00 => 2025-11-25T09:30:00-05:00""");
    }

    @Harness.Test("calendar: a weekend, a holiday and an early close")
    static void daysOff() {
        opens(NEW_YORK, """
                2025-11-21T16:00:00-05:00 => 2025-11-24T09:30:00-05:00
                2025-11-22T12:00:00-05:00 => 2025-11-24T09:30:00-05:00
                2025-11-23T23:59:59-05:00 => 2025-11-24T09:30:00-05:00
                2025-11-26T16:00:00-05:00 => 2025-11-28T09:30:00-05:00
                2025-11-27T12:00:00-05:00 => 2025-11-28T09:30:00-05:00
                2025-11-28T12:59:59-05:00 => open
                2025-11-28T13:00:00-05:00 => 2025-12-01T09:30:00-05:00""");
    }

    @Harness.Test("calendar: a lunch break, sessions up to 24:00, and ranges that wrap")
    static void severalSessions() {
        opens(HONG_KONG, """
                2025-11-24T11:59:59+08:00 => open
                2025-11-24T12:00:00+08:00 => 2025-11-24T13:00:00+08:00
                2025-11-24T13:00:00+08:00 => open
                2025-11-24T16:00:00+08:00 => 2025-11-25T09:30:00+08:00""");
        opens(CHICAGO, """
                2025-11-22T12:00:00-06:00 => 2025-11-23T17:00:00-06:00
                2025-11-23T16:59:59-06:00 => 2025-11-23T17:00:00-06:00
                2025-11-23T17:00:00-06:00 => open
                2025-11-23T23:59:59.999999999-06:00 => open
                2025-11-24T00:00:00-06:00 => open
                2025-11-24T15:59:59-06:00 => open
                2025-11-24T16:00:00-06:00 => 2025-11-24T17:00:00-06:00
                2025-11-27T00:00:00-06:00 => open
                2025-11-27T12:00:00-06:00 => 2025-11-27T17:00:00-06:00
                2025-11-27T23:59:59-06:00 => open
                2025-11-28T16:00:00-06:00 => 2025-11-30T17:00:00-06:00
                2025-12-24T23:59:59-06:00 => open
                2025-12-25T00:00:00-06:00 => 2025-12-25T17:00:00-06:00""");
        opens(calendar("UTC", "'Sat-Mon 10:00-24:00'", ""), """
                2025-11-21T10:00:00Z => 2025-11-22T10:00:00Z
                2025-11-22T10:00:00Z => open
                2025-11-24T23:59:59Z => open
                2025-11-25T00:00:00Z => 2025-11-29T10:00:00Z""");
        opens(ALWAYS, "2025-11-25T00:00:00-05:00 => open");
    }

    @Harness.Test("calendar: zones that are a part of an hour off, and one that skipped a day")
    static void oddZones() {
        opens(calendar("Asia/Kolkata", "'Mon-Fri 09:15-15:30'", ""), """
                2025-11-24T03:44:59Z => 2025-11-24T03:45:00Z
                2025-11-24T09:59:59Z => open
                2025-11-24T10:00:00Z => 2025-11-25T03:45:00Z""");
        opens(calendar("Asia/Kathmandu", "'Sun-Thu 11:00-15:00'", ""), """
                2025-11-23T05:14:59Z => 2025-11-23T05:15:00Z
                2025-11-27T09:15:00Z => 2025-11-30T05:15:00Z""");
        // Half an hour was skipped from 02:00 on.
        opens(calendar("Australia/Lord_Howe", "'Sun 02:00-03:00'", ""), """
                2024-10-05T15:29:59Z => 2024-10-05T15:30:00Z
                2024-10-05T15:59:59Z => open
                2024-10-05T16:00:00Z => 2024-10-12T15:00:00Z""");
        // Friday, 2011-12-30, did not exist in Samoa.
        opens(calendar("Pacific/Apia", "'Thu-Fri 10:00-11:00'", "'2011-12-31':['12:00-13:00']"), """
                2011-12-29T11:00:00-10:00 => 2011-12-31T12:00:00+14:00
                2011-12-31T13:00:00+14:00 => 2012-01-05T10:00:00+14:00""");
    }

    @Harness.Test("calendar: hours that are skipped or repeated as daylight saving begins and ends")
    static void daylightSaving() {
        opens(NEW_YORK, """
                2025-03-07T16:00:00-05:00 => 2025-03-10T09:30:00-04:00
                2025-03-10T13:29:59Z => 2025-03-10T13:30:00Z
                2025-10-31T16:00:00-04:00 => 2025-11-03T09:30:00-05:00
                2025-11-03T13:30:00Z => 2025-11-03T14:30:00Z""");
        opens(calendar("Europe/London", "'Mon-Fri 08:00-16:30'", ""), """
                2025-03-28T16:30:00Z => 2025-03-31T08:00:00+01:00
                2025-03-31T07:00:00Z => open
                2025-10-24T16:30:00+01:00 => 2025-10-27T08:00:00Z
                2025-10-27T07:59:59Z => 2025-10-27T08:00:00Z""");
        // A session that begins in the skipped hour, one that lies in it, one that ends in it.
        opens(calendar("America/New_York", "'Sun 02:30-04:00'", ""), """
                2025-03-09T01:59:59-05:00 => 2025-03-09T03:00:00-04:00
                2025-03-09T07:00:00Z => open
                2025-03-09T04:00:00-04:00 => 2025-03-16T02:30:00-04:00""");
        opens(calendar("America/New_York", "'Sun 02:00-03:00'", ""), """
                2025-03-09T01:59:59-05:00 => 2025-03-16T02:00:00-04:00
                2025-03-09T03:00:00-04:00 => 2025-03-16T02:00:00-04:00""");
        opens(calendar("America/New_York", "'Sun 01:00-02:30'", ""), """
                2025-03-09T01:59:59-05:00 => open
                2025-03-09T03:00:00-04:00 => 2025-03-16T01:00:00-04:00""");
        // A session in the repeated hour opens twice.
        opens(calendar("America/New_York", "'Sun 01:15-01:45'", ""), """
                2025-11-02T01:15:00-04:00 => open
                2025-11-02T01:45:00-04:00 => 2025-11-02T01:15:00-05:00
                2025-11-02T01:15:00-05:00 => open
                2025-11-02T01:45:00-05:00 => 2025-11-09T01:15:00-05:00""");
    }

    @Harness.Test("calendar: dates that close a market for years")
    static void closedForYears() {
        Freshness.Calendar closed = calendar("America/New_York", "'Mon 09:30-16:00'",
                holidays("2020-01-01", "2023-12-31"));
        opens(closed, """
                2019-12-31T12:00:00-05:00 => 2024-01-01T09:30:00-05:00
                2020-06-06T12:00:00-04:00 => 2024-01-01T09:30:00-05:00""");
        equal("silent", closed.silence("tick", instant("2019-12-30T15:00:00-05:00"),
                instant("2020-01-01T12:00:00-05:00"), 90 * SECOND),
                "market closed until Mon 2024-01-01 09:30 America/New_York");
        Instant now = instant("1890-01-01T00:00:00Z");
        equal("for longer than that", calendar("UTC", "'Mon-Sun 00:00-24:00'",
                holidays("1890-01-01", "2016-12-31")).opensAt(now),
                now.plusSeconds(4_000_000_000L));
    }

    private static String holidays(String first, String last) {
        StringBuilder dates = new StringBuilder();
        LocalDate end = LocalDate.parse(last);
        for (LocalDate date = LocalDate.parse(first); date.isBefore(end); date = date.plusDays(1)) {
            dates.append("'").append(date).append("':[],");
        }
        return dates + "'" + end + "':[]";
    }

    // ---- Age in session ----

    /** Checks the time in session from a tick to an instant, in seconds. */
    private static void ages(Freshness.Calendar calendar, String table) {
        for (Row row : Row.table(table)) {
            long openNanos = calendar.openNanosBetween(instant(row.cell(0)), instant(row.cell(1)));
            equal(row.toString(), shown(openNanos), row.cell(2));
        }
    }

    @Harness.Test("calendar: of an age, what falls into sessions counts")
    static void ageInSession() {
        ages(NEW_YORK, """
                2025-11-24T10:00:00-05:00 => 2025-11-24T10:00:00-05:00 => 0
                2025-11-24T10:00:01-05:00 => 2025-11-24T10:00:00-05:00 => 0
                2025-11-24T10:00:00-05:00 => 2025-11-24T10:00:00.000000001-05:00 => 0.000000001
                2025-11-24T15:59:55-05:00 => 2025-11-24T15:59:59-05:00 => 4
                2025-11-24T15:59:55-05:00 => 2025-11-24T16:00:00-05:00 => 5
                2025-11-24T15:59:55-05:00 => 2025-11-24T16:00:01-05:00 => 5
                2025-11-24T15:59:55-05:00 => 2025-11-24T20:00:00-05:00 => 5
                2025-11-24T15:59:55-05:00 => 2025-11-25T00:00:00-05:00 => 5
                2025-11-24T15:59:55-05:00 => 2025-11-25T09:30:00-05:00 => 5
                2025-11-24T15:59:55-05:00 => 2025-11-25T09:30:00.5-05:00 => 5.5
                2025-11-24T15:59:55-05:00 => 2025-11-25T16:00:00-05:00 => 23405
                2025-11-24T16:00:00-05:00 => 2025-11-25T09:30:00-05:00 => 0
                2025-11-24T15:50:00-05:00 => 2025-11-24T23:00:00-05:00 => 600
                2025-11-21T15:59:55-05:00 => 2025-11-24T09:30:10-05:00 => 15
                2025-11-22T12:00:00-05:00 => 2025-11-23T12:00:00-05:00 => 0
                2025-11-26T15:59:55-05:00 => 2025-11-28T09:30:10-05:00 => 15
                2025-11-28T12:59:55-05:00 => 2025-12-01T09:30:10-05:00 => 15
                2025-11-24T00:00:00-05:00 => 2025-12-01T00:00:00-05:00 => 82800""");
        ages(HONG_KONG, """
                2025-11-24T11:59:50+08:00 => 2025-11-24T12:30:00+08:00 => 10
                2025-11-24T11:59:50+08:00 => 2025-11-24T13:00:10+08:00 => 20""");
        ages(CHICAGO, """
                2025-11-24T15:59:50-06:00 => 2025-11-24T17:00:10-06:00 => 20
                2025-11-23T23:59:50-06:00 => 2025-11-24T00:00:10-06:00 => 20
                2025-11-26T23:59:50-06:00 => 2025-11-27T17:00:10-06:00 => 43220
                2025-11-21T15:59:50-06:00 => 2025-11-23T17:00:10-06:00 => 20""");
    }

    @Harness.Test("calendar: a skipped hour has no time, and a repeated one counts twice")
    static void ageOverChangedClocks() {
        ages(ALWAYS, """
                2025-03-09T00:00:00-05:00 => 2025-03-10T00:00:00-04:00 => 82800
                2025-11-02T00:00:00-04:00 => 2025-11-03T00:00:00-05:00 => 90000""");
        ages(NEW_YORK, "2025-03-07T15:59:55-05:00 => 2025-03-10T09:30:10-04:00 => 15");
        ages(calendar("America/New_York", "'Sun 01:00-03:30'", ""), """
                2025-03-02T00:00:00-05:00 => 2025-03-03T00:00:00-05:00 => 9000
                2025-03-09T00:00:00-05:00 => 2025-03-10T00:00:00-04:00 => 5400
                2025-03-09T01:59:59-05:00 => 2025-03-09T03:00:01-04:00 => 2
                2025-11-02T00:00:00-04:00 => 2025-11-03T00:00:00-05:00 => 12600
                2025-11-02T01:59:59-04:00 => 2025-11-02T01:00:01-05:00 => 2""");
        ages(calendar("Europe/London", "'Sun 01:00-02:00'", ""), """
                2025-03-30T00:00:00Z => 2025-03-30T12:00:00Z => 0
                2025-10-26T00:00:00Z => 2025-10-26T12:00:00Z => 7200
                2025-10-25T12:00:00Z => 2025-10-26T01:30:00Z => 5400""");
    }

    @Harness.Test("calendar: an age of a year or of thirty is exact, and takes no time")
    static void longAges() {
        ages(NEW_YORK, """
                2024-01-01T00:00:00-05:00 => 2024-12-30T00:00:00-05:00 => 6084000
                1995-01-02T00:00:00-05:00 => 2025-01-06T00:00:00-05:00 => 183222000
                1995-01-01T18:00:00-05:00 => 2025-11-29T00:00:00-05:00 => 188686800""");
        ages(ALWAYS, "1895-01-02T00:00:00Z => 2020-12-31T00:00:00Z => 3976041600");
        // A tick that cannot be read is older than all: the last 4,000,000,000 s count.
        Instant now = instant("2025-11-24T12:00:00-05:00");
        equal("unreadable", ALWAYS.openNanosBetween(Instant.MIN, now), 4_000_000_000L * SECOND);
        // By minutes or days, this would not end before the deadline of a test.
        Instant tick = now.minusSeconds(946_080_000);
        long openNanos = 0;
        for (int i = 0; i < 20_000; i++) {
            openNanos = NEW_YORK.openNanosBetween(tick.plusSeconds(i), now);
        }
        equal("often", openNanos > 180_000_000 * SECOND, true);
    }

    // ---- When it has been open that long ----

    @Harness.Test("calendar: when the time in session reaches a limit")
    static void reachedLimits() {
        for (Row row : Row.table("""
                2025-11-24T10:00:00-05:00 => 0 => 2025-11-24T10:00:00-05:00
                2025-11-24T10:00:00-05:00 => 90 => 2025-11-24T10:01:30-05:00
                2025-11-24T10:00:00-05:00 => 0.000000001 => 2025-11-24T10:00:00.000000001-05:00
                2025-11-24T15:59:00-05:00 => 60 => 2025-11-24T16:00:00-05:00
                2025-11-24T15:59:00-05:00 => 60.5 => 2025-11-25T09:30:00.5-05:00
                2025-11-24T20:00:00-05:00 => 0 => 2025-11-24T20:00:00-05:00
                2025-11-24T20:00:00-05:00 => 85 => 2025-11-25T09:31:25-05:00
                2025-11-26T15:59:00-05:00 => 90 => 2025-11-28T09:30:30-05:00
                2025-11-28T12:59:00-05:00 => 90 => 2025-12-01T09:30:30-05:00
                2025-03-07T15:59:00-05:00 => 90 => 2025-03-10T09:30:30-04:00
                1995-01-02T00:00:00-05:00 => 183222000 => 2025-01-03T16:00:00-05:00""")) {
            long nanos = (long) (Double.parseDouble(row.cell(1)) * SECOND + 0.5);
            equal(row.toString(), NEW_YORK.whenInSession(instant(row.cell(0)), nanos),
                    instant(row.cell(2)));
        }
        Instant now = instant("2025-11-24T10:00:00-05:00");
        equal("never", NEW_YORK.whenInSession(now, 3_999_999_999L * SECOND), null);
    }

    // ---- Words ----

    @Harness.Test("calendar: what is said while a tick is not due")
    static void silence() {
        for (Row row : Row.table("""
                2025-11-24T15:59:55-05:00 => 2025-11-24T16:01:26-05:00 \
                => market closed until Tue 09:30 America/New_York
                2025-11-24T15:59:55-05:00 => 2025-11-25T06:00:00-05:00 \
                => market closed until Tue 09:30 America/New_York
                2025-11-21T15:59:55-05:00 => 2025-11-22T12:00:00-05:00 \
                => market closed until Mon 09:30 America/New_York
                2025-11-26T15:59:55-05:00 => 2025-11-27T12:00:00-05:00 \
                => market closed until Fri 09:30 America/New_York
                2025-11-21T15:59:55-05:00 => 2025-11-24T09:30:00-05:00 \
                => first tick due by 09:31:25
                2025-11-21T15:59:55.5-05:00 => 2025-11-24T09:31:25.5-05:00 \
                => first tick due by 09:31:25
                2025-11-21T15:00:00-05:00 => 2025-11-24T09:30:01-05:00 \
                => first tick due by 09:30:01""")) {
            equal(row.toString(), NEW_YORK.silence("tick", instant(row.cell(0)),
                    instant(row.cell(1)), 90 * SECOND), row.cell(2));
        }
    }

    @Harness.Test("calendar: a day that is not near has its date")
    static void daysFarAway() {
        Freshness.Calendar weekly = calendar("UTC", "'Mon 00:00-01:00'", "'2025-12-08':[]");
        Instant monday = instant("2025-11-24T00:30:00Z");
        for (Row row : Row.table("""
                2025-11-24T01:00:00Z => 1 => market closed until Mon 2025-12-01 00:00 UTC
                2025-11-25T00:00:00Z => 1 => market closed until Mon 00:00 UTC
                2025-12-01T01:00:00Z => 1 => market closed until Mon 2025-12-15 00:00 UTC
                2025-11-24T00:59:00Z => 3600 => first tick due by Mon 2025-12-01 00:30:00
                2025-11-24T00:59:00Z => 1800 => first tick due by 01:00:00
                2025-11-24T00:59:00Z => 3999999999 => market open""")) {
            long limitNanos = Long.parseLong(row.cell(1)) * SECOND;
            equal(row.toString(), weekly.silence("tick", monday, instant(row.cell(0)), limitNanos),
                    row.cell(2));
        }
        Freshness.Calendar daily = calendar("UTC", "'Mon-Sun 05:07-09:00'", "");
        equal("tomorrow", daily.silence("tick", monday, instant("2025-11-24T08:00:00Z"),
                20_000 * SECOND),
                "first tick due by Tue 06:47:20");
        equal("today", daily.silence("tick", monday, instant("2025-11-24T04:00:00Z"),
                20_000 * SECOND),
                "market closed until Mon 05:07 UTC");
    }

    // ---- Reading ----

    private static String fault(String json) {
        try {
            state(json.replace('\'', '"'), true);
            return "valid";
        } catch (Freshness.DataException e) {
            return e.getMessage();
        }
    }

    /** Checks what is said about a calendar: its members, then the column and the fault, or -. */
    private static void faults(String table) {
        for (Row row : Row.table(table)) {
            String want = row.cell(1).equals("-") ? "valid" : "test:1:" + row.cell(1);
            equal(row.toString(), fault(baseline(row.cell(0))), want);
        }
    }

    @Harness.Test("calendar: sessions that are refused, each with its place")
    static void refusedSessions() {
        String close = "split one that crosses midnight in two, up to 24:00 and from 00:00";
        String days = "expected one of Mon, Tue, Wed, Thu, Fri, Sat, Sun";
        faults("""
                'zone':'UTC','open':['Mon 09:30-16:00'] => -
                'zone':'UTC','open':['Mon 00:00-24:00'] => -
                'zone':'UTC','open':['Mon 09:30-12:00','Mon 12:00-16:00'] => -
                'zone':'UTC','open':['Mon-Wed 13:00-16:00','Wed-Sat 09:00-13:00'] => -
                'zone':'UTC','open':[] => 40: expected at least one session, like \
                Mon-Fri 09:30-16:00
                'zone':'UTC','open':'Mon 09:30-16:00' => 40: expected an array of sessions like \
                "Mon-Fri 09:30-16:00", found '"'
                'zone':'UTC','open':[930] => 41: expected a session like Mon-Fri 09:30-16:00
                'zone':'UTC','open':['09:30-16:00'] => 41: expected weekdays and times like \
                Mon-Fri 09:30-16:00, found 09:30-16:00
                'zone':'UTC','open':['Mon 09:00-12:00','Mon 24:30-25:00'] => 59: expected a time \
                from 00:00 to 24:00, found 24:30
                'zone':'UTC','open':['Mon 09:00-24:30'] => 41: expected a time from 00:00 to \
                24:00, found 24:30
                'zone':'UTC','open':['Mon 09:00-24:01'] => 41: expected a time from 00:00 to \
                24:00, found 24:01
                'zone':'UTC','open':['Mon 09:60-16:00'] => 41: expected a time from 00:00 to \
                24:00, found 09:60
                'zone':'UTC','open':['Mon 16:00-09:30'] => 41: expected a session that ends after \
                it begins, found 16:00-09:30; CLOSE
                'zone':'UTC','open':['Mon 16:00-16:00'] => 41: expected a session that ends after \
                it begins, found 16:00-16:00; CLOSE
                'zone':'UTC','open':['Mon 24:00-24:00'] => 41: expected a session that ends after \
                it begins, found 24:00-24:00; CLOSE
                'zone':'UTC','open':['Mon 9:30-16:00'] => 41: expected a session like \
                09:30-16:00, found 9:30-16:00
                'zone':'UTC','open':['Mon  09:30-16:00'] => 41: expected a session like \
                09:30-16:00, found  09:30-16:00
                'zone':'UTC','open':['Mon 09:30-16:00 '] => 41: expected a session like \
                09:30-16:00, found 09:30-16:00\s
                'zone':'UTC','open':['Mon 09:30 - 16:00'] => 41: expected a session like \
                09:30-16:00, found 09:30 - 16:00
                'zone':'UTC','open':['Mon 09:30-16:00, 17:00-18:00'] => 41: expected a session \
                like 09:30-16:00, found 09:30-16:00, 17:00-18:00
                'zone':'UTC','open':['Mon 09:30:00-16:00:00'] => 41: expected a session like \
                09:30-16:00, found 09:30:00-16:00:00
                'zone':'UTC','open':['Mo 09:30-16:00'] => 41: unknown weekday: Mo; did you mean Mon?
                'zone':'UTC','open':['mon-Fri 09:30-16:00'] => 41: unknown weekday: mon; did you \
                mean Mon?
                'zone':'UTC','open':['Mon-Friday 09:30-16:00'] => 41: unknown weekday: Friday; \
                did you mean Fri?
                'zone':'UTC','open':['Mon-Fri-Sat 09:30-16:00'] => 41: unknown weekday: \
                Fri-Sat; DAYS
                'zone':'UTC','open':['Mon,Tue 09:30-16:00'] => 41: unknown weekday: Mon,Tue; DAYS
                'zone':'UTC','open':['Mon-Mon 09:30-16:00'] => 41: expected two different \
                weekdays, found Mon-Mon
                'zone':'UTC','open':['Mon-Fri 09:30-16:00','Wed 15:59-17:00'] => 63: two sessions \
                on Wed overlap: 09:30-16:00 and 15:59-17:00
                'zone':'UTC','open':['Mon 09:30-16:00','Sun-Mon 00:00-24:00'] => 59: two sessions \
                on Mon overlap: 09:30-16:00 and 00:00-24:00"""
                .replace("CLOSE", close).replace("DAYS", days));
    }

    @Harness.Test("calendar: dates that are refused, each with its place")
    static void refusedDates() {
        String begin = "'zone':'UTC','open':['Mon 09:30-16:00'],'dates':";
        faults("""
                {} => -
                {'2024-02-29':[],'2025-11-28':['09:30-12:00','12:00-13:00']} => -
                {'x-source':'the venue','$from':2025,'2025-11-28':[]} => -
                [] => 68: expected an object of dates, each with an array of sessions, found '['
                {'2025-02-29':[]} => 69: there is no date 2025-02-29
                {'2025-13-01':[]} => 69: there is no date 2025-13-01
                {'2025-00-01':[]} => 69: there is no date 2025-00-01
                {'2025-11-31':[]} => 69: there is no date 2025-11-31
                {'2025-11-00':[]} => 69: there is no date 2025-11-00
                {'2025-11-28':[],'2025-11-28':[]} => 85: duplicate member: 2025-11-28
                {'28.11.2025':[]} => 69: expected a date like 2026-11-26, found 28.11.2025
                {'20251128':[]} => 69: expected a date like 2026-11-26, found 20251128
                {'2025-11-28':null} => 82: expected an array of sessions like "09:30-13:00", empty \
                for a holiday, found 'n'
                {'2025-11-28':'closed'} => 82: expected an array of sessions like "09:30-13:00", \
                empty for a holiday, found '"'
                {'2025-11-28':['Fri 09:30-13:00']} => 83: expected a session like 09:30-16:00, \
                found Fri 09:30-13:00
                {'2025-11-28':[0]} => 83: expected a session like 09:30-13:00
                {'2025-11-28':['09:30-13:00','12:00-14:00']} => 97: two sessions on 2025-11-28 \
                overlap: 09:30-13:00 and 12:00-14:00
                {'2025-11-28':['13:00-24:30']} => 83: expected a time from 00:00 to 24:00, found \
                24:30""".lines().map(begin::concat).reduce((a, b) -> a + "\n" + b).get());
    }

    @Harness.Test("calendar: zones and members that are refused, each with its place")
    static void refusedZones() {
        String kind = "expected a zone like America/New_York, or UTC";
        faults("""
                'zone':'America/Argentina/Buenos_Aires','open':['Mon 09:30-16:00'] => -
                'zone':'America/New_Yrok','open':['Mon 09:30-16:00'] => 27: unknown zone: \
                America/New_Yrok; did you mean America/New_York?
                'zone':'america/new_york','open':['Mon 09:30-16:00'] => 27: unknown zone: \
                america/new_york; did you mean America/New_York?
                'zone':'Hong_Kong','open':['Mon 09:30-16:00'] => 27: unknown zone: Hong_Kong; \
                did you mean Asia/Hong_Kong?
                'zone':'EST','open':['Mon 09:30-16:00'] => 27: unknown zone: EST; KIND
                'zone':'Z','open':['Mon 09:30-16:00'] => 27: unknown zone: Z; KIND
                'zone':'+01:00','open':['Mon 09:30-16:00'] => 27: unknown zone: +01:00; KIND
                'zone':'UTC+1','open':['Mon 09:30-16:00'] => 27: unknown zone: UTC+1; KIND
                'zone':'GMT+0','open':['Mon 09:30-16:00'] => 27: unknown zone: GMT+0; \
                did you mean Etc/GMT+0?
                'zone':'Mars/Olympus_Mons','open':['Mon 09:30-16:00'] => 27: unknown zone: \
                Mars/Olympus_Mons; KIND
                'zone':'../UTC','open':['Mon 09:30-16:00'] => 27: unknown zone: ../UTC; \
                did you mean Etc/UTC?
                'zone':'','open':['Mon 09:30-16:00'] => 27: unknown zone: ; KIND
                'zone':null,'open':['Mon 09:30-16:00'] => 27: expected a zone like \
                America/New_York, or UTC
                'open':['Mon 09:30-16:00'] => 19: expected a member named "zone"
                'zone':'UTC' => 19: expected a member named "open"
                'zone':'UTC','open':['Mon 09:30-16:00'],'x-desk':1,'$c':[] => -
                'zone':'UTC','open':['Mon 09:30-16:00'],'date':{} => 60: unknown member: date; \
                did you mean dates? If it is a note, name it x-date
                'zone':'UTC','open':['Mon 09:30-16:00'],'holidays':[] => 60: unknown member: \
                holidays; expected one of zone, open, dates. If it is a note, name it x-holidays"""
                .replace("KIND", kind));
    }

    @Harness.Test("calendar: names of calendars, and feeds that name them")
    static void names() {
        String calendar = "{'zone':'UTC','open':['Mon 09:30-16:00']}";
        for (String row : List.of(
                "{'calendars':{},FEEDS => valid",
                "{'calendars':{'nyse':CALENDAR},FEEDS => valid",
                "{'calendar':'nyse','calendars':{'nyse':CALENDAR},FEEDS => valid",
                "{'calendars':{'x-note':1,'$note':{}},FEEDS => valid",
                "{'calendars':[],FEEDS"
                    + " => test:1:14: expected an object of calendars, each with its name,"
                    + " found '['",
                "{'calendars':{'nyse':[]},FEEDS"
                    + " => test:1:22: expected a calendar, an object with zone and open, found '['",
                "{'calendars':{'':CALENDAR},FEEDS"
                    + " => test:1:15: expected a name, a string of 1 to 200 characters",
                "{'calendar':'nyse',FEEDS => test:1:13: unknown calendar: nyse",
                "{'calendar':'nsye','calendars':{'nyse':CALENDAR},FEEDS"
                    + " => test:1:13: unknown calendar: nsye; did you mean nyse?",
                "{'calendar':'x-note','calendars':{'x-note':CALENDAR},FEEDS"
                    + " => test:1:13: unknown calendar: x-note",
                "{'calendar':null,FEEDS => test:1:13: expected the name of a calendar",
                "{'max_age_seconds':90,'feeds':[{'name':'x','calendar':'lse'}]}"
                    + " => test:1:55: unknown calendar: lse",
                "{'max_age_seconds':90,'feeds':[{'name':'x','calendar':['lse']}]}"
                    + " => test:1:55: expected the name of a calendar",
                "{'max_age_seconds':90,'feeds':[{'name':'x','calender':'lse'}]}"
                    + " => test:1:44: unknown member: calender; did you mean"
                    + " calendar? If it is a note, name it x-calender")) {
            String[] half = halves(row);
            String text = half[0].replace("CALENDAR", calendar)
                    .replace("FEEDS", "'max_age_seconds':90,'feeds':[{'name':'x'}]}");
            equal(row, fault(text), half[1]);
        }
    }

    @Harness.Test("calendar: a feed has its own calendar, else the common one, else none")
    static void calendarOfFeed() {
        String night = "{'zone':'UTC','open':['Mon-Sun 00:00-08:00']}";
        String day = "{'zone':'UTC','open':['Mon-Sun 08:00-24:00']}";
        String feeds = "'feeds':[{'name':'x'},{'calendar':'d\\u0061y','name':'y'}],";
        String calendars = "'calendars':{'night':" + night + ",'day':" + day + "}";
        Instant noon = instant("2025-11-24T12:00:00Z");
        Freshness.State both = state(("{" + feeds + "'calendar':'night'," + calendars + "}")
                .replace('\'', '"'), true);
        equal("common", both.calendar(both.feed("x")).isOpen(noon), false);
        equal("own", both.calendar(both.feed("y")).isOpen(noon), true);
        Freshness.State own = state(("{" + feeds + calendars + "}").replace('\'', '"'), true);
        equal("none", own.calendar(own.feed("x")), null);
        equal("own alone", own.calendar(own.feed("y")).isOpen(noon), true);
    }

    @Harness.Test("calendar: the calendars of a state decide nothing, whatever they are")
    static void calendarsOfState() throws Exception {
        String json = "{'calendars':[1],'calendar':7,'feeds':[{'name':'x','calendar':{},"
                + "'alive':true,'last_tick_age_seconds':91}]}";
        Freshness.State claims = state(json.replace('\'', '"'), false);
        equal(json, claims.calendar(claims.feed("x")), null);
        write("in.json", json.replace('\'', '"'));
        write("base.json", document("limit 90", feed("x", "")));
        run("gate --feed x --state @in.json --baseline @base.json").exits(2)
                .says("GATE BLOCKED: x stale, 91s > 90s");
    }

    @Harness.Test("calendar: a baseline with a bad calendar opens nothing")
    static void badCalendar() throws Exception {
        write("base.json", baseline("'zone':'EST','open':['Mon 09:30-16:00']").replace('\'', '"'));
        write("in.json", document("", feed("x", "alive true, age 1")));
        String fault = "base.json:1:27: unknown zone: EST; expected a zone like";
        run("gate --feed x --state @in.json --baseline @base.json").exits(3)
                .says("GATE BLOCKED: baseline ", fault);
        run("status --state @in.json --baseline @base.json").exits(3)
                .says("FRESHNESS UNKNOWN: baseline ", fault);
    }

    @Harness.Test("zones: what is said to exist is what Java has, of the form Area/City, and UTC")
    static void zones() {
        // Not every Java has the file; what is not in it is only slower.
        boolean isFile = Files.exists(Path.of(System.getProperty("java.home"), "lib", "tzdb.dat"));
        for (String zone : ZoneId.getAvailableZoneIds()) {
            boolean isWanted = zone.contains("/") || zone.equals("UTC");
            equal(zone, Freshness.Zones.exists(zone), isWanted);
            if (isFile) {
                equal(zone + " in the file", Freshness.Zones.isInFile(zone), true);
            }
        }
        for (String zone : List.of("", "/", "America", "America/", "America/New_York/",
                "America/New_York ", "/America/New_York", "UTC/UTC", "utc", "TZDB", "2025a",
                "Europe/London\0", ZoneOffset.ofHours(1).getId(), "GMT/+1")) {
            equal(zone, Freshness.Zones.exists(zone), false);
        }
    }

    @Harness.Test("zones: a file of zones that is not there or of another form is not believed")
    static void fileOfZones() throws Exception {
        String zone = "America/New_York";
        String home = System.getProperty("java.home");
        try {
            System.setProperty("java.home", dir.toString());
            equal("none", Freshness.Zones.isInFile(zone), false);
            equal("none, but in Java", Freshness.Zones.exists(zone), true);
            Files.createDirectory(dir.resolve("lib"));
            for (String row : List.of("1 TZDB UTC,America/New_York => true",
                    "1 TZDB America/New_York,UTC => true", "1 TZDB UTC => false",
                    "1 TZDB  => false", "2 TZDB America/New_York => false",
                    "1 TZDC America/New_York => false")) {
                String[] half = halves(row);
                Files.write(dir.resolve("lib/tzdb.dat"), fileOfZones(half[0].split(" ", 3)));
                equal(row, Freshness.Zones.isInFile(zone), half[1].equals("true"));
            }
            Files.write(dir.resolve("lib/tzdb.dat"), new byte[] {1, 0, 4, 'T', 'Z'});
            equal("cut", Freshness.Zones.isInFile(zone), false);
        } finally {
            System.setProperty("java.home", home);
        }
    }

    /** Returns the beginning of such a file: its form, its name, one version, its zones. */
    private static byte[] fileOfZones(String[] words) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(Integer.parseInt(words[0]));
        out.writeUTF(words[1]);
        out.writeShort(1);
        out.writeUTF("2025a");
        String[] zones = words[2].isEmpty() ? new String[0] : words[2].split(",");
        out.writeShort(zones.length);
        for (String zone : zones) {
            out.writeUTF(zone);
        }
        out.writeUTF("America/New_York"); // what follows the names is none
        return bytes.toByteArray();
    }
}
