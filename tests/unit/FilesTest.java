import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static java.nio.charset.StandardCharsets.UTF_8;

/** FilesTest: what is read and written, and where it is not. */
final class FilesTest extends Sandbox {
    // ---- Files ----

    static void files() {
        test("files: the input, the baseline and all but regular files are refused as output", () -> {
            oddFiles();
            for (String row : List.of("@in.json => the input", "@./in.json => the input", "@sub/../in.json => the input",
                    "@linked/in.json => the input", "@hard.json => the input", "@base.json => the baseline", "@sub/.././base.json => the baseline",
                    "@hardbase.json => the baseline", "HOME/data/healthy.json => the baseline", "HOME/./data/../data/healthy.json => the baseline",
                    "@soft.json => a link", "@soft-old.json => a link", "@dangling.json => a link", "@sub => not a regular file",
                    "@sub/ => not a regular file", "@fifo => not a regular file", "@device => not a regular file", "/ => not a regular file",
                    "@absent/out.json => no such directory", "@in.json/out.json => no such directory", "@nul\0.json => no path",
                    "@" + "x".repeat(5000) + " => long")) {
                String[] half = row.split(" => ");
                for (String call : List.of("status --state @in.json --baseline @base.json",
                        "status --state @in.json --format json --baseline @base.json", "recover --feed bravo --state @in.json --baseline @base.json",
                        "scenario stale --feed bravo --state @in.json")) {
                    if (call.startsWith("scenario") && half[1].contains("baseline") && !half[0].startsWith("HOME")) {
                        continue; // it has no --baseline
                    }
                    refused(call + " --output %", half[1], at(half[0]));
                }
            }
            refused("scenario stale --feed bravo --output %", "the input", at("HOME/data/healthy.json"));
            refused("status --output %", "healthy.json", at("HOME/data/healthy.json"));
            refused("status --baseline @base.json --output @base.json", "base.json");
            refused("status --state @absent.json --output @./absent.json", "the input");
        });

        test("files: a new file takes the old one's place, and the old one stays whole", () -> {
            for (String call : List.of("status --state @healthy.json --format json", "recover --feed bravo --state @stale.json",
                    "scenario stale --feed bravo")) {
                write("old.json", "old");
                Files.createLink(dir.resolve("out.json"), dir.resolve("old.json"));
                run(call + " --output @out.json").exits(0);
                equal(call, read("out.json").contains("\"feeds\""), true);
                equal(call, read("old.json"), "old");
                delete(dir.resolve("out.json"));
            }
        });

        test("files: no file stays open behind a command", () -> {
            for (String call : List.of("status --state @healthy.json --output @out.json", "scenario stale --feed bravo --output @out.json",
                    "recover --feed bravo --state @stale.json --output @out.json --record @record")) {
                run(call).exits(0);
                Path open = Path.of("/proc/self/fd");
                if (Files.isDirectory(open)) {
                    List<String> ours = new ArrayList<>();
                    for (int number = 0; number < 64; number++) {
                        Path file = open.resolve(Integer.toString(number));
                        String target = Files.isSymbolicLink(file) ? Files.readSymbolicLink(file).toString() : "";
                        // What is deleted is of the tests before.
                        ours.addAll(target.startsWith(dir.toRealPath().toString()) && !target.endsWith(" (deleted)") ? List.of(target) : List.of());
                    }
                    equal(call, ours, List.of());
                }
            }
        });

        test("files: a state or baseline that is no regular file does not hang", () -> {
            oddFiles();
            for (String file : List.of("@fifo", "@device", "/dev/zero", "/dev/null", "@sub", "/", "@absent.json", "@in.json/x", "@dangling.json",
                    "@nul\0.json", "@" + "x".repeat(5000))) {
                for (String call : List.of("status --state %", "status --baseline %", "status --state @in.json --baseline %",
                        "gate --feed bravo --state %", "gate --feed bravo --state @in.json --baseline %")) {
                    String before = snapshot();
                    run(call, at(file)).exits(3).says(call.startsWith("gate") ? "GATE BLOCKED: " : "FRESHNESS UNKNOWN: ");
                    equal(call, snapshot(), before);
                }
                refused("scenario stale --feed bravo --state % --output @out.json", "", at(file));
                refused("recover --feed bravo --state % --output @out.json --record @record", "", at(file));
                refused("recover --feed bravo --state @in.json --baseline % --output @out.json --record @record", "", at(file));
            }
        });

        test("files: what is read has to be as long as the file is", () -> {
            if (Files.exists(Path.of("/proc/version"))) { // it says that it is empty
                run("status --state /proc/version").exits(3).says("FRESHNESS UNKNOWN: /proc/version: changed while it was read");
            }
            if (Files.exists(Path.of("/sys/kernel/uevent_seqnum"))) { // and this that it is longer
                run("status --state /sys/kernel/uevent_seqnum").exits(3).says("FRESHNESS UNKNOWN: /sys/kernel/uevent_seqnum: changed while it was read");
            }
        });

        test("files: a state that is written to while it is read is no state", () -> {
            Path state = dir.resolve("in.json");
            write("in.json", fixture);
            AtomicBoolean seen = new AtomicBoolean();
            Thread writer = new Thread(() -> {
                for (long time = 0; !seen.get(); time += 1000) {
                    state.toFile().setLastModified(time);
                }
            });
            writer.start();
            for (int i = 0; i < 10_000 && !seen.get(); i++) {
                Run run = run("status --state @in.json");
                seen.set(run.exit() == 3 && run.out().contains("in.json: changed while it was read"));
                equal("run " + i, run.exit() == 0 || seen.get(), true);
            }
            equal("was seen", seen.getAndSet(true), true);
            writer.join();
        });

        test("files: a state that is replaced while it is read is read whole, the old one or the new one", () -> {
            AtomicBoolean end = new AtomicBoolean();
            write("in.json", fixture);
            Thread writer = new Thread(() -> {
                try {
                    for (int i = 0; !end.get(); i++) {
                        write("new.json", i % 2 == 0 ? fixture : fixture + "\n".repeat(20_000)); // of two lengths
                        // Kept for a while: a file system gives the number of a file that is gone to the next one, which then looks like the old.
                        Path kept = dir.resolve("kept " + i % 64);
                        Files.deleteIfExists(kept);
                        Files.createLink(kept, dir.resolve("new.json"));
                        Files.move(dir.resolve("new.json"), dir.resolve("in.json"), StandardCopyOption.ATOMIC_MOVE);
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
        });

        test("files: of a state that is rewritten in place, no mixture of two contents is believed", () -> {
            // Each feed is stale in one of them, so that neither is safe, and the first half of one with the rest of the other is.
            String first = document("limit 90", feed("alpha", "alive true, age 660"), feed("bravo", "alive true, age 5  "));
            String second = document("limit 90", feed("alpha", "alive true, age 5  "), feed("bravo", "alive true, age 660"));
            String mixture = second.substring(0, second.indexOf("bravo")) + first.substring(first.indexOf("bravo"));
            write("base.json", mixture);
            String gate = "gate --feed alpha --feed bravo --state @in.json --baseline @base.json";
            write("in.json", mixture);
            run(gate).exits(0);
            for (String content : List.of(first, second)) {
                write("in.json", content);
                run(gate).exits(2);
            }
            // The rest comes once the reader looks again.
            boolean seen = false;
            for (int i = 0; i < 1000 && !seen; i++) {
                MappedByteBuffer memory = mapped("in.json", mixture);
                Thread writer = onWait(0, () -> memory.put(0, second.getBytes(UTF_8)));
                seen = run(gate).exit() == 2;
                writer.interrupt();
                writer.join();
            }
            equal("the rest came while it was read", seen, true);
            // A file system that knows whole seconds gives this one the same time for a while yet.
            MappedByteBuffer coarse = mapped("in.json", mixture);
            dir.resolve("in.json").toFile().setLastModified(System.currentTimeMillis() / 1000 * 1000);
            Thread late = onWait(100, () -> coarse.put(0, second.getBytes(UTF_8)));
            run(gate).exits(2);
            late.join();
            // One that goes on and on is refused in the end.
            AtomicBoolean end = new AtomicBoolean();
            MappedByteBuffer memory = mapped("in.json", mixture.replace("}]}", "}],\"x\":1000000}"));
            Thread restless = new Thread(() -> {
                for (int i = 0; !end.get(); i++) {
                    memory.put(memory.limit() - 2, (byte) ('0' + i % 10));
                    memory.put(memory.limit() - 3, (byte) ('0' + i / 10 % 10));
                    memory.put(memory.limit() - 4, (byte) ('0' + i / 100 % 10));
                }
            });
            run(gate).exits(0);
            restless.start();
            String refused = "";
            for (int i = 0; i < 1000 && refused.isEmpty(); i++) {
                Run run = run(gate);
                refused = run.exit() == 3 ? plain(run.out()) : "";
            }
            end.set(true);
            restless.join();
            equal("refused", refused, "GATE BLOCKED: DIR/in.json: changed while it was read; write a new file and rename it over the old one\n");
        });

        test("files: how long a file that was just written may be written again without another time", () -> {
            for (String row : List.of("2026-11-22T09:36:59.999Z => 9000001", "2026-11-22T09:36:59.990Z => 1", "2026-11-22T09:36:59.9899Z => 0",
                    "2026-11-22T09:36:00.5Z => 0", "2026-11-22T09:37:00Z => 2000000001", "2026-11-22T09:36:59Z => 1000000001",
                    "2026-11-22T09:36:58Z => 1", "2026-11-22T09:36:57Z => 0", "1970-01-01T00:00:00Z => 0", "2026-11-22T09:37:00.001Z => 10000000",
                    "2030-01-01T00:00:00Z => 10000000")) {
                String[] half = row.split(" => ");
                FileTime modified = FileTime.from(Instant.parse(half[0]));
                equal(row, Freshness.InputFile.unclearNanos(modified, Instant.parse(NOW)), Long.parseLong(half[1]));
            }
        });

        test("files: an input may be a link", () -> {
            oddFiles();
            run("status --state @soft.json").exits(2).says("FRESHNESS CRITICAL", "bravo");
            run("status --state @linked/in.json --baseline @soft.json").exits(2).says("FRESHNESS CRITICAL", "bravo");
        });

        test("files: standard input and standard output in a pipe", () -> {
            String stale = read("stale.json");
            runWith(new ByteArrayInputStream(fixture.getBytes(UTF_8)), "status --state -").exits(0).says("FRESHNESS OK");
            runWith(new ByteArrayInputStream(stale.getBytes(UTF_8)), "gate --feed bravo --state=-").exits(2).says("GATE BLOCKED", "bravo");
            runWith(new ByteArrayInputStream(stale.getBytes(UTF_8)), "gate --feed alpha --state -").exits(0).says("GATE OPEN", "alpha");
            runWith(InputStream.nullInputStream(), "status --state -").exits(3).says("FRESHNESS UNKNOWN: standard input:1:1: ");
            Run scenario = runWith(new ByteArrayInputStream(fixture.getBytes(UTF_8)), "scenario stale --feed bravo --state - --output -").exits(0);
            equal("the document", scenario.out(), stale);
            scenario.warns("SCENARIO WRITTEN");
            Run recover = runWith(new ByteArrayInputStream(stale.getBytes(UTF_8)),
                    "recover --feed bravo --state - --output - --format json").exits(0);
            equal("the document", recover.out(), fixture.replace(": 11\n", ": 5\n"));
            equal("the report", Reader.at(recover.err(), "recovery"), "recovered");
            Run status = run("status --state @stale.json --format json --now " + NOW + " --output -").exits(2).reports("unsafe_feeds ['bravo']");
            status.warns("FRESHNESS CRITICAL", "bravo");
            Run filed = run("status --state @stale.json --format json --now " + NOW + " --output @out.json").exits(2).says("FRESHNESS CRITICAL", "bravo");
            equal("one line", filed.out().lines().count() + filed.err(), "1");
            equal("the document", read("out.json"), status.out());
        });
    }

    /** Starts a thread that does this once the one that asks for it waits, and so many milliseconds later; never if it does not wait. */
    private static Thread onWait(int laterMillis, Runnable work) {
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
                work.run();
            } catch (InterruptedException tooLate) {
                return;
            }
        });
        thread.start();
        return thread;
    }

    /** A file of yesterday, in memory: what is put there changes the file, and leaves it the time that it has. */
    private static MappedByteBuffer mapped(String name, String text) throws IOException {
        write(name, text);
        try (FileChannel channel = FileChannel.open(dir.resolve(name), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size());
            FileTime time = Files.getLastModifiedTime(dir.resolve(name));
            memory.put(0, text.getBytes(UTF_8)); // of a page, only the first change is dated
            Files.setLastModifiedTime(dir.resolve(name), time);
            return memory;
        }
    }

    static void modes() {
        test("files: what is written has the mode of what it replaces from the beginning", () -> {
            Path out = dir.resolve("out.json");
            write("out.json", "old");
            Files.setPosixFilePermissions(out, PosixFilePermissions.fromString("rw-------"));
            try (Freshness.Delivery delivery = new Freshness.Delivery()) {
                OutputStream file = delivery.create(out);
                Path temporary = Files.list(dir).filter(each -> each.getFileName().toString().startsWith(".freshness-")).findFirst().orElseThrow();
                file.write("new".getBytes(UTF_8));
                equal("its mode", PosixFilePermissions.toString(Files.getPosixFilePermissions(temporary)), "rw-------");
            }
        });

        test("files: the directory behind a link is the one that the system says, not the one that is written", () -> {
            Files.createDirectories(dir.resolve("real/inner"));
            Files.createSymbolicLink(dir.resolve("link"), dir.resolve("real/inner"));
            run("scenario stale --feed bravo --output @link/../out.json").exits(0);
            equal("written", Files.exists(dir.resolve("real/out.json")) + " " + Files.exists(dir.resolve("out.json")), "true false");
        });

        test("files: the mode of what is replaced is kept, and the program itself is never written", () -> {
            for (String mode : List.of("rw-------", "rw-r-----", "rw-r--r--", "rw-rw-rw-")) {
                write("out.json", "old");
                Path out = dir.resolve("out.json");
                Files.setPosixFilePermissions(out, PosixFilePermissions.fromString(mode));
                for (String call : List.of("scenario stale --feed bravo", "recover --feed bravo --state @stale.json", "status --format json")) {
                    run(call + " --output @out.json").exits(0);
                    equal(call, PosixFilePermissions.toString(Files.getPosixFilePermissions(out)), mode);
                }
            }
            String source = home + "/Freshness.java";
            Files.createSymbolicLink(dir.resolve("home"), home);
            for (String target : List.of(source, dir + "/home/Freshness.java")) {
                String refusal = target + ": the program itself; name another file";
                refused("status --output %", "--output " + refusal, target);
                refused("scenario stale --feed bravo --output %", "--output " + refusal, target);
                refused("recover --feed bravo --state @stale.json --output @x.json --record %", "--record " + refusal, target);
            }
        });
    }

    // ---- Both or neither ----

    private interface Work {
        void run() throws IOException;
    }

    /** Once the end has begun, that waits for it; here, what comes is an interrupt. */
    private static void waits(String what, Work work) throws InterruptedException {
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
        } catch (IOException interrupted) {
            equal(what, interrupted instanceof InterruptedIOException, true);
            end.join();
        }
    }

    /** Delivers a document and its record. */
    private static void delivered(Path target, Path record) throws IOException {
        try (Freshness.Delivery delivery = new Freshness.Delivery()) {
            delivery.create(target, Freshness.Document.of("", "new"));
            delivery.append(record, "line\n");
            delivery.commit();
        }
    }

    /** Makes the record that is there before, if there is one. */
    private static void before(String record) throws IOException {
        Files.deleteIfExists(dir.resolve("record"));
        if (!record.equals("absent")) {
            write("record", record);
        }
    }

    /** What the record holds. */
    private static String record() throws IOException {
        return Files.exists(dir.resolve("record")) ? read("record") : "absent";
    }

    static void both() {
        test("files: what was read back must be what was written", () -> {
            Path target = dir.resolve("out.json");
            for (String wanted : List.of("new", "new ", "neW", "")) {
                write("out.json", "old");
                String got = "committed";
                try (Freshness.Delivery delivery = new Freshness.Delivery()) {
                    delivery.create(target, Freshness.Document.of("", wanted));
                    for (Path each : Files.list(dir).filter(each -> each.getFileName().toString().startsWith(".freshness-")).toList()) {
                        Files.writeString(each, "new");
                    }
                    delivery.commit();
                } catch (Freshness.DataException e) {
                    got = e.getMessage();
                }
                equal("wanted " + wanted, plain(got), wanted.equals("new") ? "committed" : "DIR/out.json: what was read back is not what was written");
                equal("wanted " + wanted, read("out.json"), wanted.equals("new") ? "new" : "old");
                equal("files", Files.list(dir).map(file -> file.getFileName().toString()).filter(file -> file.startsWith(".")).toList(), List.of());
            }
        });

        test("files: a record is taken back where its work is not done, and stays where it is", () -> {
            for (String before : List.of("absent", "", "{}\n", "{\"torn")) {
                before(before);
                String after = before.equals("absent") ? "line\n" : before.startsWith("{\"") ? before + "\nline\n" : before + "line\n";
                // Interrupted before the rename: the hook of a signal runs, and the rename must not come behind it.
                write("out.json", "old");
                Freshness.Document document = Freshness.Document.of("", "new");
                try (Freshness.Delivery delivery = new Freshness.Delivery()) {
                    delivery.create(dir.resolve("out.json"), document);
                    delivery.append(dir.resolve("record"), "line\n");
                    equal("appended", record(), after);
                    delivery.endOfProcess();
                    equal("taken back", record(), before);
                    equal("deleted", Files.list(dir).map(file -> file.getFileName().toString()).filter(file -> file.startsWith(".")).toList(), List.of());
                    // No error about the file that is gone may come before the end.
                    waits("commit", () -> delivery.commit());
                    waits("a file", () -> delivery.create(dir.resolve("out.json")));
                    waits("a record", () -> delivery.append(dir.resolve("record"), "line\n"));
                }
                equal("and not done", read("out.json"), "old");
                equal("taken back once", record(), before);
                // Interrupted behind it.
                try (Freshness.Delivery delivery = new Freshness.Delivery()) {
                    delivery.create(dir.resolve("out.json"), document);
                    delivery.append(dir.resolve("record"), "line\n");
                    delivery.commit();
                    delivery.endOfProcess();
                }
                equal("done", read("out.json"), "new");
                equal("and recorded", record(), after);
                // What fails on its way into place is not done: no file takes the place of a directory.
                before(before);
                Files.createDirectories(dir.resolve("taken"));
                try {
                    delivered(dir.resolve("taken"), dir.resolve("record"));
                    equal("deliver", "done", "fails");
                } catch (FileSystemException taken) {
                    equal("not done", Files.isDirectory(dir.resolve("taken")), true);
                }
                equal("and not recorded", record(), before);
            }
        });

        test("files: a record that takes the place of the one that is waited for gets the line, and one that is a link does not", () -> {
            for (String row : List.of("kept => old line", "moved => line, moved old", "removed => line", "replaced => newer line",
                    "a link => newer, refused")) {
                Path record = dir.resolve("record");
                before("old\n");
                FileChannel holder = FileChannel.open(record, StandardOpenOption.READ, StandardOpenOption.WRITE);
                holder.lock();
                Thread other = onWait(0, () -> {
                    try {
                        write("newer", "newer\n");
                        switch (row.split(" => ")[0]) {
                            case "moved" -> Files.move(record, dir.resolve("moved"));
                            case "removed" -> Files.delete(record);
                            case "replaced" -> Files.move(dir.resolve("newer"), record, StandardCopyOption.ATOMIC_MOVE);
                            case "a link" -> {
                                Files.delete(record);
                                Files.createSymbolicLink(record, dir.resolve("newer"));
                            }
                            default -> { }
                        }
                        holder.close();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
                String refused = "";
                try {
                    delivered(dir.resolve("out.json"), record);
                } catch (IOException link) {
                    refused = ", refused";
                }
                other.join();
                String moved = Files.exists(dir.resolve("moved")) ? ", moved " + read("moved").strip() : "";
                equal(row, record().strip().replace("\n", " ") + moved + refused, row.split(" => ")[1]);
                equal(row, Files.exists(dir.resolve("out.json")), refused.isEmpty());
                delete(dir.resolve("moved"));
                delete(dir.resolve("out.json"));
            }
        });

        test("files: another user's file is not written where others may have put it", () -> {
            if (!Files.getAttribute(base, "unix:uid").equals(0)) {
                equal("only root can make files of others", "", "");
                return;
            }
            Path shared = Files.createDirectories(dir.resolve("shared"));
            for (int mode : new int[] {01777, 0777, 0775, 0757, 02770}) {
                for (String call : List.of("status --format prometheus --output @shared/out", "scenario stale --feed bravo --output @shared/out",
                        "recover --feed bravo --state @stale.json --output @shared/out",
                        "recover --feed bravo --state @stale.json --output @out.json --record @shared/out",
                        "recover --feed bravo --state @stale.json --output - --record @shared/out")) {
                    Files.setAttribute(shared, "unix:mode", mode);
                    write("shared/out", "old\n");
                    for (int owner : new int[] {54321, 0}) {
                        Files.setAttribute(shared.resolve("out"), "unix:uid", owner);
                        String before = snapshot();
                        Run run = run(call);
                        if (owner == 0) {
                            run.exits(0);
                            continue;
                        }
                        run.exits(3);
                        equal(call, plain(run.err()),
                                "freshness: DIR/shared/out: another user's file, in a directory that others can write; name another file\n");
                        equal(call, snapshot(), before);
                    }
                    delete(dir.resolve("out.json"));
                    delete(shared.resolve("out"));
                    run(call).exits(0); // a new one
                    delete(dir.resolve("out.json"));
                }
            }
            // Elsewhere its owner is kept, and its record is appended to.
            Files.setAttribute(shared, "unix:mode", 0755);
            write("shared/out", "old");
            write("shared/record", "old\n");
            for (String file : List.of("", "out", "record")) {
                Files.setAttribute(shared.resolve(file), "unix:uid", 54321);
            }
            run("recover --feed bravo --state @stale.json --output @shared/out --record @shared/record").exits(0);
            equal("the output", Files.getAttribute(shared.resolve("out"), "unix:uid"), 54321);
            equal("the record", Files.getAttribute(shared.resolve("record"), "unix:uid") + " " + read("shared/record").lines().count(), "54321 2");
        });

        test("files: where the output cannot be created, nothing is recorded", () -> {
            if (!Files.exists(Path.of("/proc/self"))) {
                equal("no directory that refuses root as well", "", "");
                return;
            }
            for (String before : List.of("absent", "", "{}\n")) {
                before(before);
                Run run = run("recover --feed bravo --state @stale.json --output /proc/out.json --record @record").exits(3);
                equal("one line", run.out() + run.err().lines().count() + run.err().startsWith("freshness: the output could not be delivered: "), "1true");
                equal("the record", record(), before);
            }
            run("scenario stale --feed bravo --output /proc/out.json").exits(3);
            equal("no verdict on what could not be written", run("status --format json --output /proc/out.json").exits(3).out(), "");
        });

        test("files: who owns what is replaced", () -> {
            write("out.json", "old");
            Path out = dir.resolve("out.json");
            boolean root = Files.getAttribute(base, "unix:uid").equals(0);
            for (String owner : root ? List.of("unix:uid", "unix:gid") : List.<String>of()) {
                Files.setAttribute(out, owner, 54321);
            }
            int mode = root ? 06755 : 0750; // with bits that a change of the owner clears, and each writing by others than root
            Files.setAttribute(out, "unix:mode", mode);
            String before = Files.readAttributes(out, "unix:uid,gid,mode").toString();
            run("scenario stale --feed bravo --output @out.json").exits(0);
            equal("root " + root, Files.readAttributes(out, "unix:uid,gid,mode").toString(), before);
            equal("its mode", (int) Files.getAttribute(out, "unix:mode") & 07777, mode);
            equal("written", read("out.json"), read("stale.json"));
        });
    }

    // ---- Delivery ----

    static void delivery() {
        test("delivery: output that cannot be delivered is exit 3 and one line", () -> {
            write("broken.json", "{");
            List<String> calls = new ArrayList<>(CALLS.values());
            calls.addAll(List.of("help", "help gate", "--version", "status --format json", "status --format prometheus",
                "gate --feed alpha --state @healthy.json --format json", "gate --feed alpha --state @broken.json", "status --state @broken.json",
                "scenario stale --feed bravo --output -", "status --output @out.json", "recover --feed bravo --state @stale.json --output -",
                "recover --feed bravo --state @stale.json --output @out.json --age-seconds 91",
                "recover --feed alpha --state @stale.json --output @out.json --record @record"));
            for (String call : calls) {
                for (int room : new int[] {0, 1}) {
                    ByteArrayOutputStream err = new ByteArrayOutputStream();
                    int exit = Freshness.run(arguments(call), UNREAD, new Full(room), err);
                    equal(call, exit + " " + err.toString(UTF_8).replaceAll("could not be delivered.*\n", "..."), "3 freshness: the output ...");
                    equal(call + ", and nobody to tell", Freshness.run(arguments(call), UNREAD, new Full(room), new Full(0)), 3);
                }
            }
            equal("an error nobody hears", Freshness.run(arguments("status --bogus"), UNREAD, new Full(0), new Full(0)), 3);
            String[] piped = arguments("scenario stale --feed bravo --output -");
            equal("a report nobody hears", Freshness.run(piped, UNREAD, new ByteArrayOutputStream(), new Full(0)), 3);
        });

        test("delivery: a report longer than one piece comes once, whole and in order", () -> {
            List<String> feeds = new ArrayList<>();
            StringBuilder table = new StringBuilder();
            List<String> names = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                names.add("\u00e9\u20ac%04d".formatted(i) + "\ud83d\ude00".repeat(90));
                feeds.add(feed(names.get(i), "alive true, age 9"));
                table.append("  ").append(names.get(i)).append("  fresh    [#.........]     9s of 90s\n");
            }
            write("in.json", document("limit 90", feeds.toArray(new String[0])));
            String call = "status --state @in.json --baseline @in.json --now " + NOW;
            String text = "FRESHNESS OK: 1000 of 1000 feeds fresh and safe to serve\n\n" + table + "\nstate: DIR/in.json, judged by the baseline DIR/in.json\n";
            for (String way : List.of("", " --format json", " --format prometheus")) {
                Run run = run(call + way).exits(0);
                run(call + way + " --output @out").exits(0);
                if (!way.isEmpty()) {
                    equal("in a file" + way, read("out"), run.out());
                }
                List<String> seen = new ArrayList<>();
                Matcher name = Pattern.compile(way.isEmpty() ? "(?m)^  (\\S+)  fresh" : way.endsWith("json") ? "\"name\": \"(\\S+)\"" : "alive\\{feed=\"(\\S+)\"")
                    .matcher(run.out());
                while (name.find()) {
                    seen.add(name.group(1));
                }
                equal("feeds" + way, seen, names);
                equal("longer than a piece" + way, run.out().length() > 1 << 16, true);
                if (way.isEmpty()) {
                    equal(call, plain(run.out()), text);
                } else if (way.endsWith("json")) {
                    equal(call, ((List<?>) run.get("feeds")).size(), 1000);
                }
            }
        });

        test("delivery: what goes wrong inside is one line and exit 3", () -> {
            String[] call = arguments("status --state -");
            for (Throwable thrown : List.of(new OutOfMemoryError("Java heap space"), new IllegalStateException("odd"), new StackOverflowError(),
                    new AssertionError("odd"))) {
                InputStream in = new InputStream() {
                    @Override public int read() {
                        if (thrown instanceof Error e) {
                            throw e;
                        }
                        throw (RuntimeException) thrown;
                    }
                };
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                equal("" + thrown, Freshness.run(call, in, out, out) + out.toString(UTF_8), "3freshness: " + (thrown instanceof OutOfMemoryError
                    ? "out of memory; give the JVM more, for example with JDK_JAVA_OPTIONS=-Xmx4g" : "internal error, please report it: " + thrown) + "\n");
            }
        });

        test("delivery: standard input that fails is a state that cannot be read", () -> {
            InputStream failing = new InputStream() {
                @Override public int read() throws IOException {
                    throw new IOException("Input/output error");
                }
            };
            runWith(failing, "status --state -").exits(3).says("FRESHNESS UNKNOWN: ", "Input/output error");
            runWith(failing, "gate --feed alpha --state -").exits(3).says("GATE BLOCKED: ", "Input/output error");
        });
    }
}
