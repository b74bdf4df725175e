import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Steps is the output of a watch. At each write it does its next step, which changes the files that
 * the watch looks at next. After the last step it interrupts the watch, as a signal does.
 */
final class Steps extends ByteArrayOutputStream {
    /** Step is what is done once the watch has evaluated. */
    interface Step {
        void run() throws Exception;
    }

    static final Step NOTHING = () -> { };
    static final String INTERRUPTED = "freshness: the watch was interrupted\n";

    private final List<Step> steps;

    Steps(Step... steps) {
        this.steps = new ArrayList<>(List.of(steps));
    }

    @Override public void write(byte[] bytes) throws IOException {
        super.write(bytes);
        if (steps.isEmpty()) {
            Thread.currentThread().interrupt();
            return;
        }
        try {
            steps.remove(0).run();
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    /** What was written, with "TIME" for the times that begin its lines. */
    String text() {
        String text = Sandbox.plain(toString(UTF_8));
        return text.replaceAll("(?m)^20[0-9-]{8}T[0-9:]{8}Z ", "TIME ");
    }

    /** A watch prints that text, all of it, and ends with that exit code. */
    static void watch(String call, int exit, String text, Step... steps) {
        Steps out = new Steps(steps);
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int got = Freshness.run(Sandbox.arguments(call), Sandbox.UNREAD, out, err);
        boolean isInterrupted = Thread.interrupted();
        Sandbox.equal(call, got + "\n" + out.text() + err.toString(UTF_8), exit + "\n" + text);
        Sandbox.equal(call + ": is still interrupted", isInterrupted, false);
    }
}
