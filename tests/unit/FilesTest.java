import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * FilesTest covers the reading half of the section Files: which targets are refused, and what is
 * believed about a file that changes while it is read. DeliveryTest covers what is written.
 */
final class FilesTest extends Sandbox {
    /** Names of files that no document can be read from. */
    private static final List<String> UNREADABLE = List.of(
            "@fifo", "@device", "/dev/zero", "/dev/null", "@sub", "/", "@absent.json",
            "@in.json/x", "@dangling.json", "@nul\0.json", "@" + "x".repeat(5000));

    // ---- Targets ----

    /** A target, and what the refusal says about it. */
    private record Target(String name, String refusal) {
        boolean isBaseline() {
            return refusal.equals("the baseline");
        }
    }

    private static final List<Target> FORBIDDEN_TARGETS = List.of(
            new Target("@in.json", "the input"),
            new Target("@./in.json", "the input"),
            new Target("@sub/../in.json", "the input"),
            new Target("@linked/in.json", "the input"),
            new Target("@hard.json", "the input"),
            new Target("@base.json", "the baseline"),
            new Target("@sub/.././base.json", "the baseline"),
            new Target("@hardbase.json", "the baseline"),
            new Target("HOME/data/healthy.json", "the baseline"),
            new Target("HOME/./data/../data/healthy.json", "the baseline"),
            new Target("@soft.json", "a symbolic link"),
            new Target("@soft-old.json", "a symbolic link"),
            new Target("@dangling.json", "a symbolic link"),
            new Target("@sub", "not a regular file"),
            new Target("@sub/", "not a regular file"),
            new Target("@fifo", "not a regular file"),
            new Target("@device", "not a regular file"),
            new Target("/", "not a regular file"),
            new Target("@Freshness.class", "the program itself"),
            new Target("@absent/out.json", "no such directory"),
            new Target("@in.json/out.json", "no such directory"),
            new Target("@nul\0.json", "is not a valid path"),
            new Target("@" + "x".repeat(5000), "long"));

    @Harness.Test("files: the input, the baseline and all but regular files are refused as output")
    static void forbiddenTargetsAreRefused() throws Exception {
        oddFiles();
        List<String> withBaseline = List.of(
                "status --state @in.json --baseline @base.json",
                "status --state @in.json --format json --baseline @base.json",
                "recover --feed bravo --state @in.json --baseline @base.json");
        for (Target target : FORBIDDEN_TARGETS) {
            for (String call : withBaseline) {
                refused(call + " --output %", target.refusal, at(target.name));
            }
            // A scenario has no --baseline, so its only baseline is the bundled one.
            if (!target.isBaseline() || target.name.startsWith("HOME")) {
                String scenario = "scenario stale --feed bravo --state @in.json --output %";
                refused(scenario, target.refusal, at(target.name));
            }
        }
        String bundled = at("HOME/data/healthy.json");
        refused("scenario stale --feed bravo --output %", "the input", bundled);
        refused("status --output %", "healthy.json", bundled);
        refused("status --baseline @base.json --output @base.json", "base.json");
        refused("status --state @absent.json --output @./absent.json", "the input");
    }

    @Harness.Test("files: the program itself is never written")
    static void programIsRefused() throws Exception {
        Files.createSymbolicLink(dir.resolve("home"), home);
        String recover = "recover --feed bravo --state @stale.json --output @x.json --record %";
        for (String target : List.of(home + "/Freshness.java", dir + "/home/Freshness.java")) {
            String refusal = target + ": this is the program itself; choose another file";
            refused("status --output %", "--output " + refusal, target);
            refused("scenario stale --feed bravo --output %", "--output " + refusal, target);
            refused(recover, "--record " + refusal, target);
        }
    }

    @Harness.Test("files: the directory behind a link is the system's, not the one by its name")
    static void linkedDirectoryIsFollowed() throws Exception {
        Files.createDirectories(dir.resolve("real/inner"));
        Files.createSymbolicLink(dir.resolve("link"), dir.resolve("real/inner"));
        run("scenario stale --feed bravo --output @link/../out.json").exits(0);
        equal("real/out.json", Files.exists(dir.resolve("real/out.json")), true);
        equal("out.json", Files.exists(dir.resolve("out.json")), false);
    }

    // ---- Documents ----

    @Harness.Test("files: a state or baseline that is no regular file does not hang")
    static void unreadableInputsDoNotHang() throws Exception {
        oddFiles();
        for (String file : UNREADABLE) {
            for (String call : List.of(
                    "status --state %",
                    "status --baseline %",
                    "status --state @in.json --baseline %",
                    "gate --feed bravo --state %",
                    "gate --feed bravo --state @in.json --baseline %")) {
                String verdict = call.startsWith("gate") ? "GATE BLOCKED: "
                        : "FRESHNESS UNKNOWN: ";
                String before = snapshot();
                run(call, at(file)).exits(3).says(verdict);
                equal(call, snapshot(), before);
            }
            for (String call : List.of(
                    "scenario stale --feed bravo --state % --output @out.json",
                    "recover --feed bravo --state % --output @out.json --record @record",
                    "recover --feed bravo --state @in.json --baseline % --output @out.json"
                            + " --record @record")) {
                refused(call, "", at(file));
            }
        }
    }

    @Harness.Test("files: an input may be a link")
    static void inputMayBeLink() throws Exception {
        oddFiles();
        for (String call : List.of(
                "status --state @soft.json",
                "status --state @linked/in.json",
                "status --state @stale.json --baseline @soft.json")) {
            run(call).exits(2).says("FRESHNESS CRITICAL", "bravo");
        }
    }

    @Harness.Test("files: a file has to be as long as the system says")
    static void sizeHasToBeTrue() {
        run("status --state @healthy.json").exits(0);
        // The first says that it is empty, the second that it is longer than it is.
        for (String file : List.of("/proc/version", "/sys/kernel/uevent_seqnum")) {
            if (Files.exists(Path.of(file))) {
                String reason = file + " changed while it was read";
                run("status --state " + file).exits(3).says("FRESHNESS UNKNOWN: " + reason);
            }
        }
    }

    @Harness.Test("files: standard input is read as a state")
    static void standardInputIsState() throws Exception {
        String stale = read("stale.json");
        fed(fixture, "status --state -").exits(0).says("FRESHNESS OK");
        fed(stale, "gate --feed bravo --state=-").exits(2).says("GATE BLOCKED", "bravo");
        fed(stale, "gate --feed alpha --state -").exits(0).says("GATE OPEN", "alpha");
        String nothing = "FRESHNESS UNKNOWN: standard input:1:1: ";
        fed("", "status --state -").exits(3).says(nothing);
    }

    @Harness.Test("files: standard input that fails is a state that cannot be read")
    static void failingStandardInputIsNoState() {
        InputStream failing = new InputStream() {
            @Override public int read() throws IOException {
                throw new IOException("Input/output error");
            }
        };
        String reason = "Input/output error";
        runWith(failing, "status --state -").exits(3).says("FRESHNESS UNKNOWN: ", reason);
        runWith(failing, "gate --feed alpha --state -").exits(3).says("GATE BLOCKED: ", reason);
    }

    /** Runs a call with that text on standard input. */
    private static Run fed(String text, String call) {
        return runWith(new ByteArrayInputStream(text.getBytes(UTF_8)), call);
    }

    // ---- Files that change while they are read ----

    private static final String GATE =
            "gate --feed alpha --feed bravo --state @in.json --baseline @base.json";

    // In each of two contents one feed is stale, so that neither is safe. What a reader gets who
    // sees the first half of the second and the rest of the first is a state that is safe.
    private static final String BRAVO_IS_STALE = document("limit 90",
            feed("alpha", "alive true, age 5  "), feed("bravo", "alive true, age 660"));
    private static final String ALPHA_IS_STALE = document("limit 90",
            feed("alpha", "alive true, age 660"), feed("bravo", "alive true, age 5  "));
    private static final String MIXTURE =
            BRAVO_IS_STALE.substring(0, BRAVO_IS_STALE.indexOf("bravo"))
            + ALPHA_IS_STALE.substring(ALPHA_IS_STALE.indexOf("bravo"));

    @Harness.Test("files: a state that is written to while it is read is no state")
    static void writtenStateIsRefused() throws Exception {
        Path state = dir.resolve("in.json");
        write("in.json", fixture);
        AtomicBoolean wasRefused = new AtomicBoolean();
        Thread writer = new Thread(() -> {
            long millis = 0;
            while (!wasRefused.get()) {
                state.toFile().setLastModified(millis);
                millis += 1000;
            }
        });
        writer.start();
        for (int i = 0; i < 10_000 && !wasRefused.get(); i++) {
            Run run = run("status --state @in.json");
            boolean hasReason = run.out().contains("in.json changed while it was read");
            wasRefused.set(run.exit() == 3 && hasReason);
            equal("run " + i, run.exit() == 0 || wasRefused.get(), true);
        }
        equal("was refused", wasRefused.getAndSet(true), true);
        writer.join();
    }

    @Harness.Test("files: a state that is replaced while it is read is either the old or the new")
    static void replacedStateIsReadWhole() throws Exception {
        AtomicBoolean end = new AtomicBoolean();
        write("in.json", fixture);
        Thread writer = new Thread(() -> {
            try {
                for (int i = 0; !end.get(); i++) {
                    replaceState(i);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        writer.start();
        for (int i = 0; i < 100; i++) {
            run("status --state @in.json").exits(0);
        }
        end.set(true);
        writer.join();
    }

    /** Renames a new file over in.json: a short one and a long one in turn. */
    private static void replaceState(int turn) throws IOException {
        Path next = dir.resolve("new.json");
        write("new.json", turn % 2 == 0 ? fixture : fixture + "\n".repeat(20_000));
        // Each is kept for a while: a file system gives the number of a file that is gone to the
        // next one, which then looks like the old one.
        Path kept = dir.resolve("kept " + turn % 64);
        Files.deleteIfExists(kept);
        Files.createLink(kept, next);
        Files.move(next, dir.resolve("in.json"), StandardCopyOption.ATOMIC_MOVE);
    }

    @Harness.Test("files: of a state that is rewritten in place, no mixture is believed")
    static void mixtureIsNotBelieved() throws Exception {
        write("base.json", MIXTURE);
        write("in.json", MIXTURE);
        run(GATE).exits(0);
        for (String content : List.of(ALPHA_IS_STALE, BRAVO_IS_STALE)) {
            write("in.json", content);
            run(GATE).exits(2);
        }
        // The rest comes once the reader looks again.
        boolean wasBlocked = false;
        for (int i = 0; i < 1000 && !wasBlocked; i++) {
            MappedByteBuffer memory = mapped("in.json", MIXTURE);
            Thread writer = onWait(0, () -> memory.put(0, BRAVO_IS_STALE.getBytes(UTF_8)));
            wasBlocked = run(GATE).exit() == 2;
            writer.interrupt();
            writer.join();
        }
        equal("the rest came while it was read", wasBlocked, true);
    }

    @Harness.Test("files: nor on a file system that knows whole seconds")
    static void mixtureWithCoarseTimeIsNotBelieved() throws Exception {
        write("base.json", MIXTURE);
        MappedByteBuffer memory = mapped("in.json", MIXTURE);
        // Such a file system gives the rest the same time 100 ms later.
        long wholeSecondMillis = System.currentTimeMillis() / 1000 * 1000;
        equal("dated", dir.resolve("in.json").toFile().setLastModified(wholeSecondMillis), true);
        Thread late = onWait(100, () -> memory.put(0, BRAVO_IS_STALE.getBytes(UTF_8)));
        run(GATE).exits(2);
        late.join();
    }

    @Harness.Test("files: a state that is rewritten again and again is refused in the end")
    static void restlessStateIsRefused() throws Exception {
        write("base.json", MIXTURE);
        AtomicBoolean end = new AtomicBoolean();
        MappedByteBuffer memory = mapped("in.json", MIXTURE.replace("}]}", "}],\"x\":1000000}"));
        Thread writer = new Thread(() -> {
            for (int i = 0; !end.get(); i++) {
                memory.put(memory.limit() - 2, (byte) ('0' + i % 10));
                memory.put(memory.limit() - 3, (byte) ('0' + i / 10 % 10));
                memory.put(memory.limit() - 4, (byte) ('0' + i / 100 % 10));
            }
        });
        run(GATE).exits(0);
        writer.start();
        String refusal = "";
        for (int i = 0; i < 1000 && refusal.isEmpty(); i++) {
            Run run = run(GATE);
            if (run.exit() == 3) {
                refusal = plain(run.out());
            }
        }
        end.set(true);
        writer.join();
        equal(GATE, refusal, "GATE BLOCKED: DIR/in.json changed while it was read; make the"
            + " producer write a new file and rename it over the old one\n");
    }

    /** A modification time, and how long another write may still get the same one. */
    private record Unclear(String modified, long nanos) { }

    @Harness.Test("files: how long a file may be written again without getting another time")
    static void unclearNanosFollowTheClockOfTheFileSystem() {
        for (Unclear row : List.of(
                // Clocks of 10 ms.
                new Unclear("2026-11-22T09:36:59.999Z", 9_000_001),
                new Unclear("2026-11-22T09:36:59.990Z", 1),
                new Unclear("2026-11-22T09:36:59.9899Z", 0),
                new Unclear("2026-11-22T09:36:00.5Z", 0),
                // Whole seconds: clocks of 2 s.
                new Unclear("2026-11-22T09:37:00Z", 2_000_000_001),
                new Unclear("2026-11-22T09:36:59Z", 1_000_000_001),
                new Unclear("2026-11-22T09:36:58Z", 1),
                new Unclear("2026-11-22T09:36:57Z", 0),
                new Unclear("1970-01-01T00:00:00Z", 0),
                // Times in the future.
                new Unclear("2026-11-22T09:37:00.001Z", 10_000_000),
                new Unclear("2030-01-01T00:00:00Z", 10_000_000))) {
            FileTime modified = FileTime.from(Instant.parse(row.modified));
            long unclear = Freshness.InputFile.unclearNanos(modified, Instant.parse(NOW));
            equal(row.modified, unclear, row.nanos);
        }
    }

    /**
     * Starts a thread that does this once the one that asks for it waits, and so many
     * milliseconds later. It does nothing if it is interrupted before.
     */
    static Thread onWait(int laterMillis, Runnable work) {
        Thread here = Thread.currentThread();
        Thread thread = new Thread(() -> {
            while (here.getState() != Thread.State.TIMED_WAITING) {
                if (Thread.interrupted()) {
                    return;
                }
                Thread.onSpinWait();
            }
            try {
                Thread.sleep(laterMillis);
            } catch (InterruptedException tooLate) {
                return;
            }
            work.run();
        });
        thread.start();
        return thread;
    }

    /**
     * Writes a file of yesterday and returns its content in memory: what is put there changes
     * the file, and leaves it the time that it has.
     */
    private static MappedByteBuffer mapped(String name, String text) throws IOException {
        write(name, text);
        Path file = dir.resolve(name);
        FileTime time = Files.getLastModifiedTime(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            FileChannel.MapMode mode = FileChannel.MapMode.READ_WRITE;
            MappedByteBuffer memory = channel.map(mode, 0, channel.size());
            // Only the first change to a page is dated.
            memory.put(0, text.getBytes(UTF_8));
            Files.setLastModifiedTime(file, time);
            return memory;
        }
    }
}
