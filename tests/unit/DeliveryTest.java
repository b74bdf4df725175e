import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * DeliveryTest covers the writing half of the section Files: new files, records, both or
 * neither of them, their owners and modes, and standard output.
 */
final class DeliveryTest extends Sandbox {
    /** An owner that the system is unlikely to know. */
    private static final int STRANGER = 54321;
    private static final int ROOT = 0;

    /** What the record holds before: no file, nothing, a line, a line that was cut. */
    private static final List<String> EARLIER_RECORDS = List.of("absent", "", "{}\n", "{\"torn");

    // ---- New files ----

    @Harness.Test("delivery: a new file takes the old one's place, and the old one stays whole")
    static void oldFileStaysWhole() throws Exception {
        for (String call : List.of(
                "status --state @healthy.json --format json",
                "recover --feed bravo --state @stale.json",
                "scenario stale --feed bravo")) {
            write("old.json", "old");
            Files.createLink(dir.resolve("out.json"), dir.resolve("old.json"));
            run(call + " --output @out.json").exits(0);
            equal(call, read("out.json").contains("\"feeds\""), true);
            equal(call, read("old.json"), "old");
            delete(dir.resolve("out.json"));
        }
    }

    @Harness.Test("delivery: no file stays open after a command")
    static void noFileStaysOpen() throws Exception {
        for (String call : List.of(
                "status --state @healthy.json --output @out.json",
                "scenario stale --feed bravo --output @out.json",
                "recover --feed bravo --state @stale.json --output @out.json --record @record")) {
            run(call).exits(0);
            equal(call, openFiles(), List.of());
        }
    }

    /** Returns which files of this test are open, as far as the system can tell. */
    private static List<String> openFiles() throws IOException {
        List<String> open = new ArrayList<>();
        for (int number = 0; number < 64; number++) {
            Path link = Path.of("/proc/self/fd", Integer.toString(number));
            if (!Files.isSymbolicLink(link)) {
                continue;
            }
            String target = Files.readSymbolicLink(link).toString();
            // Deleted files belong to earlier tests.
            boolean isDeleted = target.endsWith(" (deleted)");
            if (target.startsWith(dir.toRealPath().toString()) && !isDeleted) {
                open.add(target);
            }
        }
        return open;
    }

    @Harness.Test("delivery: what is read back has to be what was written")
    static void writtenFileIsReadBack() throws Exception {
        Path target = dir.resolve("out.json");
        for (String wanted : List.of("new", "new ", "neW", "")) {
            write("out.json", "old");
            String got = "committed";
            try (Freshness.Delivery delivery = new Freshness.Delivery()) {
                delivery.create(target, Freshness.Document.of("", wanted));
                for (Path file : temporaryFiles()) {
                    Files.writeString(file, "new");
                }
                delivery.commit();
            } catch (Freshness.DataException e) {
                got = plain(e.getMessage());
            }
            if (wanted.equals("new")) {
                equal("new", got, "committed");
                equal("new", read("out.json"), "new");
            } else {
                String refusal = "DIR/out.json: read-back check failed: the file does not hold"
                    + " what was written";
                equal("wanted " + wanted, got, refusal);
                equal("wanted " + wanted, read("out.json"), "old");
            }
            equal("temporary files", temporaryFiles(), List.of());
        }
    }

    /** Returns the files that a delivery has created but not renamed yet. */
    private static List<Path> temporaryFiles() throws IOException {
        List<Path> found = new ArrayList<>();
        try (var files = Files.newDirectoryStream(dir, ".freshness-*")) {
            files.forEach(found::add);
        }
        return found;
    }

    /** Returns the names of all files of this test that begin with a dot. */
    private static List<String> hiddenFiles() throws IOException {
        List<String> found = new ArrayList<>();
        try (var files = Files.newDirectoryStream(dir, ".*")) {
            files.forEach(file -> found.add(file.getFileName().toString()));
        }
        return found;
    }

    // ---- Modes and owners ----

    @Harness.Test("delivery: a file has the mode of what it replaces from the beginning")
    static void modeIsThereFromTheBeginning() throws Exception {
        Path out = dir.resolve("out.json");
        write("out.json", "old");
        Files.setPosixFilePermissions(out, PosixFilePermissions.fromString("rw-------"));
        try (Freshness.Delivery delivery = new Freshness.Delivery()) {
            OutputStream file = delivery.create(out);
            file.write("new".getBytes(UTF_8));
            equal("files", temporaryFiles().size(), 1);
            equal("its mode", mode(temporaryFiles().get(0)), "rw-------");
        }
    }

    @Harness.Test("delivery: the mode of what is replaced is kept")
    static void modeIsKept() throws Exception {
        Path out = dir.resolve("out.json");
        for (String mode : List.of("rw-------", "rw-r-----", "rw-r--r--", "rw-rw-rw-")) {
            write("out.json", "old");
            Files.setPosixFilePermissions(out, PosixFilePermissions.fromString(mode));
            for (String call : List.of(
                    "scenario stale --feed bravo",
                    "recover --feed bravo --state @stale.json",
                    "status --format json")) {
                run(call + " --output @out.json").exits(0);
                equal(call, mode(out), mode);
            }
        }
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Harness.Test("delivery: who owns what is replaced owns it still")
    static void ownerIsKept() throws Exception {
        write("out.json", "old");
        Path out = dir.resolve("out.json");
        int mode = 0750;
        if (isRoot()) {
            Files.setAttribute(out, "unix:uid", STRANGER);
            Files.setAttribute(out, "unix:gid", STRANGER);
            // Changing the owner clears the first two bits, and so does each write.
            mode = 06755;
        }
        Files.setAttribute(out, "unix:mode", mode);
        String before = Files.readAttributes(out, "unix:uid,gid,mode").toString();
        run("scenario stale --feed bravo --output @out.json").exits(0);
        String after = Files.readAttributes(out, "unix:uid,gid,mode").toString();
        equal("root: " + isRoot(), after, before);
        equal("its mode", (int) Files.getAttribute(out, "unix:mode") & 07777, mode);
        equal("written", read("out.json"), read("stale.json"));
    }

    private static boolean isRoot() throws IOException {
        return Files.getAttribute(base, "unix:uid").equals(ROOT);
    }

    private static int owner(Path file) throws IOException {
        return (int) Files.getAttribute(file, "unix:uid");
    }

    @Harness.Test("delivery: another user's file is not written if others could have put it there")
    static void foreignFileIsRefused() throws Exception {
        if (!isRoot()) {
            equal("only root can make files of others", "", "");
            return;
        }
        Path shared = Files.createDirectories(dir.resolve("shared"));
        for (int mode : new int[] {01777, 0777, 0775, 0757, 02770}) {
            Files.setAttribute(shared, "unix:mode", mode);
            for (String call : List.of(
                    "status --format prometheus --output @shared/out",
                    "status --format html --output @shared/out",
                    "scenario stale --feed bravo --output @shared/out",
                    "recover --feed bravo --state @stale.json --output @shared/out",
                    "recover --feed bravo --state @stale.json --output @out.json"
                            + " --record @shared/out",
                    "recover --feed bravo --state @stale.json --output - --record @shared/out")) {
                checkForeignFile(call, shared.resolve("out"));
            }
        }
    }

    /** Checks a call that writes this file: of a stranger, of its own, and a new one. */
    private static void checkForeignFile(String call, Path file) throws Exception {
        write("shared/out", "old\n");
        Files.setAttribute(file, "unix:uid", STRANGER);
        String before = snapshot();
        Run run = run(call).exits(3);
        equal(call, plain(run.err()), "freshness: DIR/shared/out belongs to another user, in a"
            + " directory that others can write to; choose another file\n");
        equal(call, snapshot(), before);

        Files.setAttribute(file, "unix:uid", ROOT);
        run(call).exits(0);
        delete(dir.resolve("out.json"));

        delete(file);
        run(call).exits(0);
        delete(dir.resolve("out.json"));
    }

    @Harness.Test("delivery: in a directory of its own, another user's file is written")
    static void foreignFileInItsOwnDirectoryIsWritten() throws Exception {
        if (!isRoot()) {
            equal("only root can make files of others", "", "");
            return;
        }
        Path shared = Files.createDirectories(dir.resolve("shared"));
        Files.setAttribute(shared, "unix:mode", 0755);
        write("shared/out", "old");
        write("shared/record", "old\n");
        for (String file : List.of("", "out", "record")) {
            Files.setAttribute(shared.resolve(file), "unix:uid", STRANGER);
        }
        run("recover --feed bravo --state @stale.json --output @shared/out"
                + " --record @shared/record").exits(0);
        equal("the output", owner(shared.resolve("out")), STRANGER);
        equal("the record", owner(shared.resolve("record")), STRANGER);
        equal("lines", read("shared/record").lines().count(), 2L);
    }

    // ---- Both or neither ----

    @Harness.Test("delivery: if the output cannot be created, nothing is recorded")
    static void nothingIsRecordedWithoutOutput() throws Exception {
        if (!Files.exists(Path.of("/proc/self"))) {
            equal("no directory that refuses root as well", "", "");
            return;
        }
        String recover = "recover --feed bravo --state @stale.json --output /proc/out.json"
                + " --record @record";
        String beginning = "freshness: cannot write the output: ";
        for (String before : List.of("absent", "", "{}\n")) {
            putRecord(before);
            Run run = run(recover).exits(3);
            equal("standard output", run.out(), "");
            equal("lines", run.err().lines().count(), 1L);
            run.warns(beginning);
            equal("the record", record(), before);
        }
        run("scenario stale --feed bravo --output /proc/out.json").exits(3);
        Run status = run("status --format json --output /proc/out.json").exits(3);
        equal("no verdict on what could not be written", status.out(), "");
    }

    @Harness.Test("delivery: a signal before the rename takes back the record, once")
    static void signalBeforeRenameTakesBack() throws Exception {
        Path target = dir.resolve("out.json");
        for (String before : EARLIER_RECORDS) {
            putRecord(before);
            write("out.json", "old");
            try (Freshness.Delivery delivery = new Freshness.Delivery()) {
                delivery.create(target, Freshness.Document.of("", "new"));
                delivery.append(dir.resolve("record"), "line\n");
                equal("appended", record(), withLine(before));
                delivery.endOfProcess();
                equal("taken back", record(), before);
                equal("deleted", hiddenFiles(), List.of());
                // The rename must not come later, nor an error about the file that is gone.
                checkWaits("commit", () -> delivery.commit());
                checkWaits("a file", () -> delivery.create(target));
                checkWaits("a record", () -> delivery.append(dir.resolve("record"), "line\n"));
            }
            equal("not done", read("out.json"), "old");
            equal("taken back once", record(), before);
        }
    }

    @Harness.Test("delivery: a signal after the rename changes nothing")
    static void signalAfterRenameChangesNothing() throws Exception {
        for (String before : EARLIER_RECORDS) {
            putRecord(before);
            write("out.json", "old");
            try (Freshness.Delivery delivery = new Freshness.Delivery()) {
                delivery.create(dir.resolve("out.json"), Freshness.Document.of("", "new"));
                delivery.append(dir.resolve("record"), "line\n");
                delivery.commit();
                delivery.endOfProcess();
            }
            equal("done", read("out.json"), "new");
            equal("and recorded", record(), withLine(before));
        }
    }

    @Harness.Test("delivery: what fails on its way into place is not recorded")
    static void failedRenameIsNotRecorded() throws Exception {
        Path taken = dir.resolve("taken");
        for (String before : EARLIER_RECORDS) {
            putRecord(before);
            try (Freshness.Delivery delivery = new Freshness.Delivery()) {
                delivery.create(taken, Freshness.Document.of("", "new"));
                delivery.append(dir.resolve("record"), "line\n");
                Files.createDirectories(taken.resolve("inside"));
                delivery.commit();
                equal("commit", "done", "fails");
            } catch (FileSystemException expected) {
                // A file cannot replace a directory.
                equal("not done", Files.isDirectory(taken), true);
            }
            delete(taken);
            equal("and not recorded", record(), before);
        }
    }

    @Harness.Test("delivery: what is no file and took the target's place stays")
    static void linkIsNotReplaced() throws Exception {
        Path target = dir.resolve("out.json");
        Files.createSymbolicLink(target, dir.resolve("elsewhere"));
        try {
            deliver(target, dir.resolve("record"));
            equal("deliver", "done", "refused");
        } catch (Freshness.DataException e) {
            equal("refused", plain(e.getMessage()), "DIR/out.json: no longer a regular file");
        }
        equal("still a link", Files.isSymbolicLink(target), true);
        equal("and no record", record(), "absent");
    }

    /** Returns an earlier record with a line appended. */
    private static String withLine(String before) {
        if (before.equals("absent")) {
            return "line\n";
        }
        boolean isTorn = !before.isEmpty() && !before.endsWith("\n");
        return before + (isTorn ? "\n" : "") + "line\n";
    }

    /** Work is what a delivery is asked to do. */
    private interface Work {
        void run() throws IOException;
    }

    /** Checks that this waits for the process to end; here, an interrupt comes instead. */
    private static void checkWaits(String what, Work work) throws InterruptedException {
        Thread here = Thread.currentThread();
        Thread end = new Thread(() -> {
            while (here.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            here.interrupt();
        });
        end.setDaemon(true);
        end.start();
        try {
            work.run();
            equal(what, "done", "waits");
        } catch (IOException e) {
            equal(what, e instanceof InterruptedIOException, true);
            end.join();
        }
    }

    /** Delivers a document and its record. */
    private static void deliver(Path target, Path record) throws IOException {
        try (Freshness.Delivery delivery = new Freshness.Delivery()) {
            delivery.create(target, Freshness.Document.of("", "new"));
            delivery.append(record, "line\n");
            delivery.commit();
        }
    }

    /** Makes the record that is there before, unless it is "absent". */
    private static void putRecord(String before) throws IOException {
        Files.deleteIfExists(dir.resolve("record"));
        if (!before.equals("absent")) {
            write("record", before);
        }
    }

    /** Returns what the record holds, or "absent". */
    private static String record() throws IOException {
        return Files.exists(dir.resolve("record")) ? read("record") : "absent";
    }

    // ---- Waiting for a record ----

    /** What happens to a record while its lock is waited for, and what it is at the end. */
    private record Rotation(String change, String record, boolean isRefused) { }

    @Harness.Test("delivery: a line goes to the record that has its name once the lock is free")
    static void lineGoesToTheNewRecord() throws Exception {
        for (Rotation row : List.of(
                new Rotation("kept", "old\nline\n", false),
                new Rotation("moved", "line\n", false),
                new Rotation("removed", "line\n", false),
                new Rotation("replaced", "newer\nline\n", false),
                new Rotation("a link", "newer\n", true))) {
            putRecord("old\n");
            write("newer", "newer\n");
            Path record = dir.resolve("record");
            FileChannel holder = FileChannel.open(record, StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
            holder.lock();
            Thread other = FilesTest.onWait(0, () -> change(row.change, record, holder));
            boolean isRefused = false;
            try {
                deliver(dir.resolve("out.json"), record);
            } catch (IOException e) {
                isRefused = true;
            }
            other.join();
            equal(row.change, record(), row.record);
            equal(row.change + ": refused", isRefused, row.isRefused);
            equal(row.change, Files.exists(dir.resolve("out.json")), !row.isRefused);
            if (row.change.equals("moved")) {
                equal("moved", read("moved"), "old\n");
            }
            delete(dir.resolve("out.json"));
        }
    }

    /** Changes the record, then releases its lock. */
    private static void change(String change, Path record, FileChannel holder) {
        Path newer = dir.resolve("newer");
        try {
            switch (change) {
                case "moved" -> Files.move(record, dir.resolve("moved"));
                case "removed" -> Files.delete(record);
                case "replaced" -> Files.move(newer, record, StandardCopyOption.ATOMIC_MOVE);
                case "a link" -> {
                    Files.delete(record);
                    Files.createSymbolicLink(record, newer);
                }
                default -> equal(change, change, "kept");
            }
            holder.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- Standard streams ----

    @Harness.Test("delivery: a state goes through pipes, and its reports to standard error")
    static void stateGoesThroughPipes() throws Exception {
        String stale = read("stale.json");
        InputStream in = new ByteArrayInputStream(fixture.getBytes(UTF_8));
        Run scenario = runWith(in, "scenario stale --feed bravo --state - --output -").exits(0);
        equal("the scenario", scenario.out(), stale);
        scenario.warns("SCENARIO WRITTEN");

        in = new ByteArrayInputStream(stale.getBytes(UTF_8));
        String call = "recover --feed bravo --state - --output - --format json";
        Run recover = runWith(in, call).exits(0);
        equal("the recovered state", recover.out(), fixture.replace(": 11\n", ": 5\n"));
        new Run(call, 0, recover.err(), "").has("recovery", "recovered");
    }

    @Harness.Test("delivery: a document goes to a file, and then one line to standard output")
    static void documentGoesToFile() throws Exception {
        String call = "status --state @stale.json --format json --now " + NOW;
        Run piped = run(call + " --output -").exits(2).reports("unsafe_feeds ['bravo']");
        piped.warns("FRESHNESS CRITICAL", "bravo");
        Run filed = run(call + " --output @out.json").exits(2).says("FRESHNESS CRITICAL", "bravo");
        equal("lines", filed.out().lines().count(), 1L);
        equal("the document", unmarked(read("out.json")), piped.out());
    }

    @Harness.Test("delivery: output that cannot be delivered is exit 3 and one line")
    static void undeliveredOutputIsReported() throws Exception {
        write("broken.json", "{");
        List<String> calls = new ArrayList<>(CALLS.values());
        calls.addAll(List.of(
                "help",
                "help gate",
                "--version",
                "status --format json",
                "status --format prometheus",
                "status --format html",
                "status --state @broken.json",
                "status --output @out.json",
                "gate --feed alpha --state @healthy.json --format json",
                "gate --feed alpha --state @broken.json",
                "scenario stale --feed bravo --output -",
                "recover --feed bravo --state @stale.json --output -",
                "recover --feed bravo --state @stale.json --output @out.json --age-seconds 91",
                "recover --feed alpha --state @stale.json --output @out.json --record @record"));
        for (String call : calls) {
            for (int room : new int[] {0, 1}) {
                ByteArrayOutputStream err = new ByteArrayOutputStream();
                int exit = Freshness.run(arguments(call), UNREAD, new Full(room), err);
                equal(call, exit, 3);
                String line = err.toString(UTF_8);
                String beginning = "freshness: cannot write the output";
                equal(call, line.startsWith(beginning) ? beginning : line, beginning);
                equal(call, line.indexOf('\n'), line.length() - 1);
                equal(call + ", and nobody to tell", exitUnheard(call, new Full(room)), 3);
            }
        }
    }

    @Harness.Test("delivery: an error or a report that nobody hears is exit 3")
    static void unheardErrorIsExitThree() {
        equal("status --bogus", exitUnheard("status --bogus", new Full(0)), 3);
        String piped = "scenario stale --feed bravo --output -";
        equal(piped, exitUnheard(piped, new ByteArrayOutputStream()), 3);
    }

    /** Returns the exit code of a call whose standard error accepts nothing. */
    private static int exitUnheard(String call, OutputStream out) {
        return Freshness.run(arguments(call), UNREAD, out, new Full(0));
    }

    // ---- Long reports ----

    private static final int FEEDS = 1000;
    /** A report is written in pieces of this length. */
    private static final int PIECE = 1 << 16;

    /** A form of a report, and what finds the names of the feeds in it. */
    private record Form(String options, String nameOfFeed) { }

    @Harness.Test("delivery: a report longer than one piece comes once, whole and in order")
    static void longReportIsWhole() throws Exception {
        List<String> names = longNames();
        List<String> feeds = new ArrayList<>();
        for (String name : names) {
            feeds.add(feed(name, "alive true, age 9"));
        }
        write("in.json", document("limit 90", feeds.toArray(new String[0])));
        for (Form form : List.of(
                new Form("", "(?m)^  (\\S+)  fresh"),
                new Form(" --format json", "\"name\": \"(\\S+)\""),
                new Form(" --format prometheus", "alive\\{feed=\"(\\S+)\""),
                new Form(" --format html", "<bdi>(\\S+)</bdi>"))) {
            String call = "status --state @in.json --baseline @=in.json --now " + NOW
                    + form.options;
            Run run = run(call).exits(0);
            equal(call, namesIn(run.out(), form.nameOfFeed), names);
            equal(call + ": longer than a piece", run.out().length() > PIECE, true);
            run(call + " --output @out").exits(0);
            switch (form.options) {
                case "" -> equal(call, plain(run.out()), longText(names));
                case " --format json" -> equal(call, ((List<?>) run.get("feeds")).size(), FEEDS);
                default -> equal(call, run.out().endsWith("\n"), true);
            }
            if (!form.options.isEmpty()) {
                // A board says how it was made, and with that where it is.
                String written = read("out").replaceFirst(" --output .*?/out&#39;", "");
                equal("in a file: " + call, unmarked(written), run.out());
            }
        }
    }

    /** Returns names with 1 to 4 bytes per character, so that each piece ends somewhere else. */
    private static List<String> longNames() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < FEEDS; i++) {
            names.add("\u00e9\u20ac%04d".formatted(i) + "\ud83d\ude00".repeat(90));
        }
        return names;
    }

    private static List<String> namesIn(String report, String nameOfFeed) {
        List<String> names = new ArrayList<>();
        Matcher name = Pattern.compile(nameOfFeed).matcher(report);
        while (name.find()) {
            names.add(name.group(1));
        }
        return names;
    }

    /** Returns the report for people on feeds with these names. */
    private static String longText(List<String> names) {
        StringBuilder text = new StringBuilder();
        text.append("FRESHNESS OK: 1000 of 1000 feeds fresh and safe to serve\n\n");
        for (String name : names) {
            text.append("  ").append(name).append("  fresh    [#.........]     9s of 90s\n");
        }
        text.append("\nstate: DIR/in.json (checked against baseline DIR/in.base.json)\n");
        return text.toString();
    }
}
