import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Refusals prints what the file system says to calls that Windows and Unix answer differently. */
final class Refusals {
    private Refusals() { }

    /** Call is one call, and what it returns. */
    private interface Call {
        Object run() throws IOException;
    }

    public static void main(String... arguments) throws IOException {
        Path directory = Files.createTempDirectory("refusals");
        Path file = Files.createFile(directory.resolve("file"));
        Path held = Files.createFile(directory.resolve("held"));
        Path shared = Files.createFile(directory.resolve("shared"));

        print("open a directory", () -> FileChannel.open(directory).isOpen());
        print("read a directory", () -> Files.newInputStream(directory).available());
        print("unix attributes", () -> Files.readAttributes(file, "unix:uid,nlink").size());
        print("unix attribute of no file",
                () -> Files.getAttribute(directory.resolve("none"), "unix:mode"));
        print("set a unix attribute", () -> Files.setAttribute(file, "unix:mode", 0600) == null);
        print("posix permissions", () -> Files.getPosixFilePermissions(file));
        print("posix view", () -> Files.getFileAttributeView(file, PosixFileAttributeView.class));
        Set<PosixFilePermission> permissions = PosixFilePermissions.fromString("rw-------");
        print("posix permissions at create", () -> Files.createFile(directory.resolve("private"),
                PosixFilePermissions.asFileAttribute(permissions)));
        print("an owner", () -> Files.getOwner(file) != null);
        print("owner view",
                () -> Files.getFileAttributeView(file, FileOwnerAttributeView.class) != null);
        print("file key",
                () -> Files.readAttributes(file, BasicFileAttributes.class).fileKey());
        print("file key by its name",
                () -> Files.getAttribute(file, "fileKey", LinkOption.NOFOLLOW_LINKS));
        print("file key of a view",
                () -> Files.getFileAttributeView(file, BasicFileAttributeView.class)
                        .readAttributes().fileKey());
        print("size", () -> Files.size(file));
        print("is the same file",
                () -> Files.isSameFile(file, directory.resolve(".").resolve("file")));
        print("/proc", () -> Files.readSymbolicLink(Path.of("/proc/self/fd/0")));
        print("/dev", () -> Files.exists(Path.of("/dev/fd/0")));
        print("a colon in a name", () -> Path.of("a:b"));
        print("a colon in a part", () -> directory.resolve("a:b"));
        print("a symbolic link",
                () -> Files.createSymbolicLink(directory.resolve("link"), file));
        print("replace a file", () -> move(file, directory.resolve("other")));
        try (RandomAccessFile reader = new RandomAccessFile(held.toFile(), "r");
                FileChannel channel = FileChannel.open(shared, StandardOpenOption.READ)) {
            print("replace a file that is open", () -> move(directory.resolve("other"), held));
            print("replace one that is open as a channel",
                    () -> move(directory.resolve("other"), shared));
            print("rename a file that is open", () -> move(held, file));
            print("delete a file that is open", () -> Files.deleteIfExists(held));
            print("still open", () -> reader.length() + channel.size());
        }
        print("replace it once it is closed", () -> move(directory.resolve("other"), held));
        print("delete it", () -> Files.deleteIfExists(held));
        Files.delete(shared);
        Files.delete(directory);
    }

    private static boolean move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        return true;
    }

    private static void print(String what, Call call) {
        String answer;
        try {
            answer = String.valueOf(call.run());
        } catch (IOException | RuntimeException e) {
            answer = e.getClass().getSimpleName();
        }
        System.out.print(what + ": " + answer + "\n");
    }
}
