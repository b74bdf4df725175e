import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

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

    static void modes() {
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
