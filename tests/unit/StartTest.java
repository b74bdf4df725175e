import java.io.ByteArrayOutputStream;
import java.io.InputStream;

import static java.nio.charset.StandardCharsets.UTF_8;

/** StartTest checks the section Start: how a call ends if something goes wrong inside. */
final class StartTest extends Sandbox {
    /** An error that comes up while standard input is read, and what is said about it. */
    private record Failure(Throwable thrown, String line) { }

    @Harness.Test("start: what goes wrong inside is one line and exit 3")
    static void internalErrorIsReported() {
        String memory = "out of memory; give the JVM more,"
                + " for example with JDK_JAVA_OPTIONS=-Xmx4g";
        String internal = "internal error, please report it: ";
        for (Failure row : new Failure[] {
                new Failure(new OutOfMemoryError("Java heap space"), memory),
                new Failure(new IllegalStateException("odd"),
                        internal + "java.lang.IllegalStateException: odd"),
                new Failure(new StackOverflowError(), internal + "java.lang.StackOverflowError"),
                new Failure(new AssertionError("odd"),
                        internal + "java.lang.AssertionError: odd")}) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            InputStream in = failing(row.thrown);
            int exit = Freshness.run(arguments("status --state -"), in, out, out);
            equal(row.thrown.toString(), exit, 3);
            equal(row.thrown.toString(), out.toString(UTF_8), "freshness: " + row.line + "\n");
        }
    }

    /** Returns a standard input that throws this. */
    private static InputStream failing(Throwable thrown) {
        return new InputStream() {
            @Override public int read() {
                if (thrown instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) thrown;
            }
        };
    }
}
