import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;

/**
 * WindowsLike is the file system of a Linux that refuses what Windows refuses. To be started with
 *
 * <pre>java -Djava.nio.file.spi.DefaultFileSystemProvider=WindowsLike -cp DIRECTORY ...</pre>
 *
 * It knows nothing of Unix attributes, owners by number, modes and file keys; it opens no
 * directory; /proc and /dev are not there; some characters are in no name; a symbolic link needs a
 * privilege; and a file that is open in any process is neither replaced, renamed nor deleted, which
 * is stricter than Windows: there, one that was opened to be shared may be deleted. Paths are
 * spelled as on Linux, and what java.io opens does not come by here.
 *
 * <p>With -Dwindows.log=FILE, each refusal is a line in that file.
 */
public final class WindowsLike extends FileSystemProvider {
    private static final String IN_USE = "The process cannot access the file because it is being"
            + " used by another process";
    private static final Set<String> VIEWS = Set.of("basic", "owner");

    private final FileSystemProvider linux;
    private final Disk disk;

    public WindowsLike(FileSystemProvider linux) {
        this.linux = linux;
        disk = new Disk(this, linux.getFileSystem(URI.create("file:///")));
    }

    // ---- Refusals ----

    /** Notes a refusal, and returns it to be thrown. */
    private <T extends Throwable> T refused(String call, Object file, T refusal) {
        String log = System.getProperty("windows.log");
        if (log != null) {
            String line = call + " " + file + ": " + refusal.getClass().getSimpleName() + "\n";
            try (OutputStream out = new java.io.FileOutputStream(log, true)) {
                out.write(line.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
        return refusal;
    }

    /** Returns the path as Linux has it. */
    private static Path bare(Path path) {
        if (path instanceof Name name) {
            return name.bare;
        }
        throw new ProviderMismatchException(String.valueOf(path));
    }

    /** Returns the same, unless only Linux has such a file. */
    private Path existing(String call, Path path) throws NoSuchFileException {
        Path bare = bare(path);
        Path absolute = bare.toAbsolutePath().normalize();
        if (absolute.startsWith("/proc") || absolute.startsWith("/dev")) {
            throw refused(call, path, new NoSuchFileException(path.toString()));
        }
        return bare;
    }

    /** Returns the same, unless it is a directory. */
    private Path openable(String call, Path path) throws IOException {
        Path bare = existing(call, path);
        if (Files.isDirectory(bare)) {
            throw refused(call, path, new AccessDeniedException(path.toString()));
        }
        return bare;
    }

    /** Returns the same, unless any process has it open. */
    private Path unused(String call, Path path) throws IOException {
        Path bare = existing(call, path);
        if (Files.isRegularFile(bare, LinkOption.NOFOLLOW_LINKS) && isOpen(bare.toRealPath())) {
            throw refused(call, path, new FileSystemException(path.toString(), null, IN_USE));
        }
        return bare;
    }

    private boolean isOpen(Path file) throws IOException {
        Path root = disk.linux.getPath("/proc");
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(root, "[0-9]*")) {
            for (Path process : processes) {
                if (isOpenIn(process, file)) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean isOpenIn(Path process, Path file) {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : open) {
                if (leadsTo(descriptor, file)) {
                    return true;
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            return false; // it has ended, or is another user's
        }
        return false;
    }

    private boolean leadsTo(Path descriptor, Path file) {
        try {
            return linux.readSymbolicLink(descriptor).equals(file);
        } catch (IOException e) {
            return false; // it is closed by now
        }
    }

    private FileAttribute<?>[] plain(FileAttribute<?>... attributes) {
        for (FileAttribute<?> attribute : attributes) {
            throw refused("create with", attribute.name(), new UnsupportedOperationException(
                    "'" + attribute.name() + "' not supported as initial attribute"));
        }
        return attributes;
    }

    // ---- Files ----

    @Override public SeekableByteChannel newByteChannel(Path path,
            Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        return linux.newByteChannel(openable("open", path), options, plain(attributes));
    }

    @Override public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options,
            FileAttribute<?>... attributes) throws IOException {
        return linux.newFileChannel(openable("open", path), options, plain(attributes));
    }

    @Override public AsynchronousFileChannel newAsynchronousFileChannel(Path path,
            Set<? extends OpenOption> options, ExecutorService executor,
            FileAttribute<?>... attributes) throws IOException {
        return linux.newAsynchronousFileChannel(openable("open", path), options, executor,
                plain(attributes));
    }

    @Override public InputStream newInputStream(Path path, OpenOption... options)
            throws IOException {
        return linux.newInputStream(openable("open", path), options);
    }

    @Override public OutputStream newOutputStream(Path path, OpenOption... options)
            throws IOException {
        return linux.newOutputStream(openable("open", path), options);
    }

    @Override public DirectoryStream<Path> newDirectoryStream(Path directory,
            DirectoryStream.Filter<? super Path> filter) throws IOException {
        DirectoryStream<Path> entries = linux.newDirectoryStream(existing("list", directory),
                entry -> filter.accept(disk.name(entry)));
        return new DirectoryStream<>() {
            @Override public Iterator<Path> iterator() {
                return disk.names(entries.iterator());
            }

            @Override public void close() throws IOException {
                entries.close();
            }
        };
    }

    @Override public void createDirectory(Path directory, FileAttribute<?>... attributes)
            throws IOException {
        linux.createDirectory(existing("create", directory), plain(attributes));
    }

    @Override public void createSymbolicLink(Path link, Path target,
            FileAttribute<?>... attributes) throws IOException {
        throw refused("link", link, new FileSystemException(link.toString(), null,
                "A required privilege is not held by the client"));
    }

    @Override public void createLink(Path link, Path existing) throws IOException {
        linux.createLink(existing("link", link), existing("link", existing));
    }

    @Override public Path readSymbolicLink(Path link) throws IOException {
        return disk.name(linux.readSymbolicLink(existing("read link", link)));
    }

    @Override public void delete(Path path) throws IOException {
        linux.delete(unused("delete", path));
    }

    @Override public void copy(Path source, Path target, CopyOption... options)
            throws IOException {
        linux.copy(openable("copy", source), unused("copy onto", target), options);
    }

    @Override public void move(Path source, Path target, CopyOption... options)
            throws IOException {
        linux.move(unused("rename", source), unused("rename onto", target), options);
    }

    @Override public boolean isSameFile(Path one, Path other) throws IOException {
        return one.equals(other)
                || linux.isSameFile(existing("compare", one), existing("compare", other));
    }

    @Override public boolean isHidden(Path path) throws IOException {
        existing("look at", path);
        return false; // an attribute says that, not the name
    }

    @Override public FileStore getFileStore(Path path) throws IOException {
        return linux.getFileStore(existing("look at", path));
    }

    @Override public void checkAccess(Path path, AccessMode... modes) throws IOException {
        linux.checkAccess(existing("look at", path), modes);
    }

    // ---- Attributes ----

    @Override public <V extends FileAttributeView> V getFileAttributeView(Path path, Class<V> type,
            LinkOption... options) {
        Path bare = bare(path);
        if (type == FileOwnerAttributeView.class) {
            return linux.getFileAttributeView(bare, type, options);
        }
        if (type == BasicFileAttributeView.class) {
            V view = linux.getFileAttributeView(bare, type, options);
            InvocationHandler handler = (proxy, method, arguments) -> {
                Object answer = call(view, method, arguments);
                return answer instanceof BasicFileAttributes attributes
                        ? keyless(attributes)
                        : answer;
            };
            return type.cast(proxy(type, handler));
        }
        return refusedView(type, path);
    }

    private <V> V refusedView(Class<V> type, Path path) {
        refused("view " + type.getSimpleName(), path, new UnsupportedOperationException());
        return null;
    }

    @Override public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type,
            LinkOption... options) throws IOException {
        if (type != BasicFileAttributes.class) {
            throw refused("read " + type.getSimpleName(), path,
                    new UnsupportedOperationException());
        }
        return type.cast(keyless(linux.readAttributes(existing("look at", path),
                BasicFileAttributes.class, options)));
    }

    /** Returns the same attributes without what tells one file from another. */
    private static BasicFileAttributes keyless(BasicFileAttributes attributes) {
        InvocationHandler handler = (proxy, method, arguments) ->
                method.getName().equals("fileKey") ? null : call(attributes, method, arguments);
        return (BasicFileAttributes) proxy(BasicFileAttributes.class, handler);
    }

    private static Object proxy(Class<?> type, InvocationHandler handler) {
        return Proxy.newProxyInstance(WindowsLike.class.getClassLoader(), new Class<?>[] {type},
                handler);
    }

    private static Object call(Object object, Method method, Object... arguments)
            throws Throwable {
        try {
            return method.invoke(object, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @Override public Map<String, Object> readAttributes(Path path, String names,
            LinkOption... options) throws IOException {
        checkView("read", path, names);
        Map<String, Object> attributes =
                new HashMap<>(linux.readAttributes(existing("look at", path), names, options));
        attributes.replace("fileKey", null);
        return attributes;
    }

    @Override public void setAttribute(Path path, String name, Object value, LinkOption... options)
            throws IOException {
        checkView("set", path, name);
        linux.setAttribute(existing("set", path), name, value, options);
    }

    private void checkView(String call, Path path, String names) {
        int colon = names.indexOf(':');
        String view = colon < 0 ? "basic" : names.substring(0, colon);
        if (!VIEWS.contains(view)) {
            throw refused(call + " " + names, path,
                    new UnsupportedOperationException("View '" + view + "' not available"));
        }
    }

    // ---- The file system ----

    @Override public String getScheme() {
        return "file";
    }

    @Override public FileSystem newFileSystem(URI uri, Map<String, ?> environment)
            throws IOException {
        return linux.newFileSystem(uri, environment);
    }

    @Override public FileSystem getFileSystem(URI uri) {
        return disk;
    }

    @Override public Path getPath(URI uri) {
        return disk.name(linux.getPath(uri));
    }

    /** Disk is the one file system of this provider. */
    private static final class Disk extends FileSystem {
        private static final String IN_NO_NAME = "<>:\"|?*";

        private final WindowsLike provider;
        private final FileSystem linux;

        Disk(WindowsLike provider, FileSystem linux) {
            this.provider = provider;
            this.linux = linux;
        }

        Path name(Path bare) {
            return bare == null ? null : new Name(this, bare);
        }

        Iterator<Path> names(Iterator<Path> bare) {
            return new Iterator<>() {
                @Override public boolean hasNext() {
                    return bare.hasNext();
                }

                @Override public Path next() {
                    return name(bare.next());
                }
            };
        }

        @Override public Path getPath(String first, String... more) {
            check(first);
            for (String part : more) {
                check(part);
            }
            return name(linux.getPath(first, more));
        }

        private void check(String text) {
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c < ' ' || IN_NO_NAME.indexOf(c) >= 0) {
                    throw provider.refused("name", text,
                            new InvalidPathException(text, "Illegal char <" + c + ">", i));
                }
            }
        }

        @Override public FileSystemProvider provider() {
            return provider;
        }

        @Override public void close() {
            throw new UnsupportedOperationException();
        }

        @Override public boolean isOpen() {
            return true;
        }

        @Override public boolean isReadOnly() {
            return false;
        }

        @Override public String getSeparator() {
            return linux.getSeparator();
        }

        @Override public Iterable<Path> getRootDirectories() {
            return List.of(getPath("/"));
        }

        @Override public Iterable<FileStore> getFileStores() {
            return linux.getFileStores();
        }

        @Override public Set<String> supportedFileAttributeViews() {
            return VIEWS;
        }

        @Override public PathMatcher getPathMatcher(String pattern) {
            PathMatcher matcher = linux.getPathMatcher(pattern);
            return path -> matcher.matches(bare(path));
        }

        @Override public UserPrincipalLookupService getUserPrincipalLookupService() {
            return linux.getUserPrincipalLookupService();
        }

        @Override public WatchService newWatchService() throws IOException {
            return linux.newWatchService();
        }
    }

    /** Name is a path of this file system. */
    private static final class Name implements Path {
        private final Disk disk;
        private final Path bare;

        Name(Disk disk, Path bare) {
            this.disk = disk;
            this.bare = bare;
        }

        @Override public FileSystem getFileSystem() {
            return disk;
        }

        @Override public boolean isAbsolute() {
            return bare.isAbsolute();
        }

        @Override public Path getRoot() {
            return disk.name(bare.getRoot());
        }

        @Override public Path getFileName() {
            return disk.name(bare.getFileName());
        }

        @Override public Path getParent() {
            return disk.name(bare.getParent());
        }

        @Override public int getNameCount() {
            return bare.getNameCount();
        }

        @Override public Path getName(int index) {
            return disk.name(bare.getName(index));
        }

        @Override public Path subpath(int from, int to) {
            return disk.name(bare.subpath(from, to));
        }

        @Override public boolean startsWith(Path other) {
            return other instanceof Name name && bare.startsWith(name.bare);
        }

        @Override public boolean endsWith(Path other) {
            return other instanceof Name name && bare.endsWith(name.bare);
        }

        @Override public Path normalize() {
            return disk.name(bare.normalize());
        }

        @Override public Path resolve(Path other) {
            return disk.name(bare.resolve(bare(other)));
        }

        @Override public Path relativize(Path other) {
            return disk.name(bare.relativize(bare(other)));
        }

        @Override public URI toUri() {
            return bare.toUri();
        }

        @Override public Path toAbsolutePath() {
            return disk.name(bare.toAbsolutePath());
        }

        @Override public Path toRealPath(LinkOption... options) throws IOException {
            return disk.name(disk.provider.existing("resolve", this).toRealPath(options));
        }

        @Override public WatchKey register(WatchService watcher, WatchEvent.Kind<?>[] events,
                WatchEvent.Modifier... modifiers) throws IOException {
            return bare.register(watcher, events, modifiers);
        }

        @Override public Iterator<Path> iterator() {
            List<Path> names = new ArrayList<>();
            for (int i = 0; i < getNameCount(); i++) {
                names.add(getName(i));
            }
            return names.iterator();
        }

        @Override public int compareTo(Path other) {
            return bare.compareTo(bare(other));
        }

        @Override public boolean equals(Object other) {
            return other instanceof Name name && bare.equals(name.bare);
        }

        @Override public int hashCode() {
            return bare.hashCode();
        }

        @Override public String toString() {
            return bare.toString();
        }
    }
}
