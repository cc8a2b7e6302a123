//! A PostgreSQL for the tests: a private one that ends with them, or the one that `MODELPIN_TEST_POSTGRES_URL` names.

use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, process, thread};

use secrecy::SecretString;
use tempfile::TempDir;
use tokio_postgres::NoTls;

/// Names a server that is there already, with a user who may make databases.
const GIVEN: &str = "MODELPIN_TEST_POSTGRES_URL";

/// How long the server may take to start.
const PATIENCE: Duration = Duration::from_mins(1);

/// The password that the tests give: nothing is encrypted between two programs on one machine, and nothing is asked.
pub(crate) const PASSWORD: &str = "sk-test-postgres-0d41";

static SHARED: OnceLock<Option<Server>> = OnceLock::new();
static NUMBER: AtomicU32 = AtomicU32::new(0);

/// A server, and where it is.
pub(crate) struct Server {
    /// Up to the name of the database, which stands at `{}`.
    url: String,
    private: Option<Private>,
}

/// A server of our own.
struct Private {
    programs: PathBuf,
    folder: TempDir,
    port: u16,
    running: Option<Child>,
    options: &'static [&'static str],
}

/// A database of its own, taken away again when it is let go.
pub(crate) struct Database {
    name: String,
    server: &'static Server,
}

/// A database on the server that all tests share; `None`, and said aloud, where there can be no server.
pub(crate) fn database() -> Option<Database> {
    // Nothing that is tested here depends on what a disk has kept, and the tests are many.
    let server = SHARED.get_or_init(|| Server::start(&["-c", "fsync=off", "-c", "max_connections=400"]));
    let server = server.as_ref()?;
    let name = format!("mp_{}_{}", process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    server.execute(&format!("CREATE DATABASE {name}"));
    Some(Database { name, server })
}

impl Database {
    /// Where it is, for modelpin.
    pub(crate) fn url(&self) -> SecretString {
        SecretString::from(self.server.url(&self.name))
    }

    /// Does something in it behind modelpin's back.
    pub(crate) fn execute(&self, sql: &str) {
        execute(&self.server.url(&self.name), sql);
    }

    /// What it answers to a question for one text.
    pub(crate) fn ask(&self, sql: &str) -> Option<String> {
        ask(&self.server.url(&self.name), sql)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (server, name) = (self.server, &self.name);
        if !thread::panicking() {
            server.execute(&format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

impl Server {
    /// One that is given, or one of our own with these options.
    pub(crate) fn start(options: &'static [&'static str]) -> Option<Self> {
        if let Ok(url) = env::var(GIVEN) {
            return Some(Self { url: named(&url, "{}"), private: None });
        }
        let Some(programs) = programs() else {
            println!("SKIPPED: there is no PostgreSQL here; Debian's package `postgresql` has it");
            return None;
        };
        let mut private = Private::new(programs, options);
        private.run();
        // A socket of its own: nobody else on this machine is asked by mistake.
        let folder = private.folder.path().display().to_string();
        let url = format!("postgres://modelpin:{PASSWORD}@/{{}}?host={folder}&port={}", private.port);
        let server = Self { url, private: Some(private) };
        server.wait();
        Some(server)
    }

    /// Where a database is.
    pub(crate) fn url(&self, database: &str) -> String {
        self.url.replace("{}", database)
    }

    /// Where a database is that is on this server and on another, of which one can be written to.
    pub(crate) fn url_with(&self, other: &Self, database: &str) -> String {
        let places = [self, other].map(|server| {
            let Private { folder, port, .. } = server.private.as_ref().expect("one of our own");
            format!("{}:{port}", folder.path().display().to_string().replace('/', "%2F"))
        });
        format!("postgres://modelpin:{PASSWORD}@{}/{database}?target_session_attrs=read-write", places.join(","))
    }

    /// Whether it is one of our own.
    pub(crate) fn is_private(&self) -> bool {
        self.private.is_some()
    }

    /// Ends it at once, as a power cut would; only one of our own.
    pub(crate) fn kill(&mut self) {
        self.private.as_mut().expect("only a server of the test's own is ended").kill();
    }

    /// Starts it again.
    pub(crate) fn restart(&mut self) {
        self.private.as_mut().expect("only a server of the test's own is ended").run();
        self.wait();
    }

    fn wait(&self) {
        let begun = Instant::now();
        let url = self.url("postgres");
        while connect(&url).is_err() {
            assert!(begun.elapsed() < PATIENCE, "PostgreSQL did not start");
            thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn execute(&self, sql: &str) {
        execute(&self.url("postgres"), sql);
    }
}

impl Private {
    fn new(programs: PathBuf, options: &'static [&'static str]) -> Self {
        // Not below the home of who runs the tests: the server may have to be somebody else.
        let folder = tempfile::Builder::new().prefix("mp").tempdir_in("/tmp").unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let made = Self { programs, folder, port, running: None, options };
        if let Some((user, group)) = other_than_root() {
            chown(made.folder.path(), Some(user), Some(group)).unwrap();
        }
        // Sorted as people sort, not as bytes are: what has to compare byte by byte must say so itself.
        let mut init = made.program("initdb");
        init.args(["-U", "modelpin", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"]);
        init.args(["--locale-provider=icu", "--icu-locale=en-US", "-D"]).arg(made.data());
        let ended = init.output().unwrap();
        assert!(ended.status.success(), "initdb: {}", String::from_utf8_lossy(&ended.stderr));
        made
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A program of PostgreSQL, as somebody it agrees to run as.
    fn program(&self, name: &str) -> Command {
        self.program_at(&self.programs.join(name))
    }

    fn program_at(&self, path: &Path) -> Command {
        let mut command = Command::new(path);
        command.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C.UTF-8").current_dir(self.folder.path());
        command.stdin(Stdio::null());
        if let Some((user, group)) = other_than_root() {
            command.uid(user).gid(group);
        }
        command
    }

    /// Runs it until it is stopped, or until this process is gone, however it went.
    fn run(&mut self) {
        // The shell reads from a pipe that nobody writes to: that ends when the last one who holds the other end has ended.
        let watch = r#"server=$1; shift; "$server" "$@" & server=$!
            read -r _; kill -QUIT "$server" 2>/dev/null; wait "$server"; [ -e keep ] || rm -rf "$PWD""#;
        let folder = self.folder.path();
        let log = fs::OpenOptions::new().create(true).append(true).open(folder.join("log")).unwrap();
        let mut shell = self.program_at(Path::new("/bin/sh"));
        shell.args(["-c", watch, "watch"]).arg(self.programs.join("postgres")).arg("-D").arg(self.data());
        shell.arg("-k").arg(folder).args(["-h", "", "-p", &self.port.to_string()]).args(self.options);
        self.running = Some(shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log).spawn().unwrap());
        let _ = fs::remove_file(folder.join("keep"));
    }

    /// Ends it, with all it has in memory.
    fn kill(&mut self) {
        fs::write(self.folder.path().join("keep"), "").unwrap();
        let mut stop = self.program("pg_ctl");
        let stopped = stop.args(["stop", "-w", "-m", "immediate", "-D"]).arg(self.data()).output().unwrap();
        assert!(stopped.status.success(), "{}", String::from_utf8_lossy(&stopped.stderr));
        let mut shell = self.running.take().expect("it was running");
        drop(shell.stdin.take());
        shell.wait().unwrap();
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        if let Some(mut shell) = self.running.take() {
            drop(shell.stdin.take());
            let _ = shell.wait();
        }
    }
}

/// Whom it runs as when the tests run as root, whom it refuses.
fn other_than_root() -> Option<(u32, u32)> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let people = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let ids = |line: &str| {
        let mut fields = line.strip_prefix("postgres:")?.split(':').skip(1);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    Some(people.lines().find_map(ids).unwrap_or((65_534, 65_534)))
}

/// The folder of PostgreSQL's programs: on the path, or where Debian has them.
fn programs() -> Option<PathBuf> {
    let on_path = env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect::<Vec<_>>();
    let debian =
        fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
    let mut places = on_path.into_iter().chain(debian);
    places.find_map(|place| {
        // Behind a link there may be the one program only.
        let program = place.join("initdb").canonicalize().ok()?;
        let folder = program.parent()?.to_path_buf();
        ["postgres", "pg_ctl"].iter().all(|name| folder.join(name).exists()).then_some(folder)
    })
}

/// `url` with another database.
fn named(url: &str, database: &str) -> String {
    let (before, options) =
        url.split_once('?').map_or((url, String::new()), |(before, rest)| (before, format!("?{rest}")));
    let host = before.find("://").map_or(0, |at| at + 3);
    let end = before[host..].find('/').map_or(before.len(), |at| host + at);
    format!("{}/{database}{options}", &before[..end])
}

fn connect(url: &str) -> Result<(), String> {
    on_own_runtime(async { tokio_postgres::connect(url, NoTls).await.map(|_| ()).map_err(|error| error.to_string()) })
}

/// Does something in the database at `url`.
pub(crate) fn execute(url: &str, sql: &str) {
    on_own_runtime(async {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
        tokio::spawn(connection);
        client.batch_execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    });
}

fn ask(url: &str, sql: &str) -> Option<String> {
    on_own_runtime(async {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
        tokio::spawn(connection);
        client.query_opt(sql, &[]).await.unwrap_or_else(|error| panic!("{sql}: {error:?}")).map(|row| row.get(0))
    })
}

/// The caller may be on a runtime, and is made to wait.
fn on_own_runtime<T: Send>(work: impl Future<Output = T> + Send) -> T {
    thread::scope(|scope| {
        let run = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work);
        scope.spawn(run).join().unwrap()
    })
}
