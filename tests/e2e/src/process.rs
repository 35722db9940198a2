//! A program that ends with the value that holds it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::{Error, at};

/// How long a part may take until it serves.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often is looked whether it does.
const PAUSE: Duration = Duration::from_millis(20);

/// The program of this name: that of `scripts/setup`, else the system's. Distributions keep daemons in `sbin`, which is not on
/// everybody's `PATH`.
#[must_use]
pub fn program(name: &str) -> PathBuf {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.build/varnish");
    [built.join("sbin"), built.join("bin"), PathBuf::from("/usr/sbin")]
        .into_iter()
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
        .unwrap_or_else(|| PathBuf::from(name))
}

/// A command that runs `program` and ends with the thread that starts it, however that ends (prctl(2), PR_SET_PDEATHSIG).
#[must_use]
pub fn tied(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL"]).arg(program);
    command
}

/// A running program, what it prints kept in a file.
#[derive(Debug)]
pub struct Process {
    part: &'static str,
    child: Child,
    output: PathBuf,
}

impl Process {
    /// Starts a program whose output goes to `<part>.log` below `folder`, and waits until `serves` holds.
    ///
    /// # Errors
    /// If it cannot be run, ends, or does not serve in time; with what it printed.
    pub fn start(
        part: &'static str,
        command: &mut Command,
        folder: &Path,
        serves: impl Fn() -> bool,
    ) -> Result<Self, Error> {
        let output = folder.join(format!("{part}.log"));
        let log = File::options().create(true).append(true).open(&output).map_err(at(&output))?;
        let stderr = log.try_clone().map_err(at(&output))?;
        let child = command.stdin(Stdio::null()).stdout(log).stderr(stderr).spawn().map_err(|why| {
            let why = format!("{why}; scripts/setup installs what is missing");
            Error::Process { part, why }
        })?;
        let mut process = Self { part, child, output };
        process.wait_until(|_| serves())?;
        Ok(process)
    }

    fn wait_until(&mut self, holds: impl Fn(&Self) -> bool) -> Result<(), Error> {
        let deadline = Instant::now() + PATIENCE;
        while !holds(self) {
            if !self.is_running() || Instant::now() > deadline {
                return Err(self.failed(self.output().trim()));
            }
            thread::sleep(PAUSE);
        }
        Ok(())
    }

    fn failed(&self, why: &str) -> Error {
        Error::Process { part: self.part, why: why.to_owned() }
    }

    /// What it has printed so far.
    #[must_use]
    pub fn output(&self) -> String {
        std::fs::read_to_string(&self.output).unwrap_or_default()
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Stops all its threads where they are, as `kill -STOP` does: it keeps its connections and answers nobody.
    ///
    /// # Errors
    /// If it cannot be stopped.
    pub fn pause(&mut self) -> Result<(), Error> {
        self.signal("STOP")?;
        self.wait_until(|process| process.threads_are_stopped())
    }

    /// Lets it go on.
    ///
    /// # Errors
    /// If it does not run.
    pub fn resume(&mut self) -> Result<(), Error> {
        self.signal("CONT")
    }

    /// Asks it to end, waits until it has, and gives what it has printed.
    ///
    /// # Errors
    /// If it does not end in time.
    pub fn terminate(&mut self) -> Result<String, Error> {
        self.signal("TERM")?;
        let deadline = Instant::now() + PATIENCE;
        while self.is_running() {
            if Instant::now() > deadline {
                return Err(self.failed("it did not end when it was asked to"));
            }
            thread::sleep(PAUSE);
        }
        Ok(self.output())
    }

    /// `kill` is a command of every shell.
    fn signal(&self, name: &str) -> Result<(), Error> {
        let id = self.id().to_string();
        let kill = Command::new("sh").args(["-c", "kill -s \"$0\" \"$1\"", name, &id]).status();
        match kill.map_err(at("sh"))? {
            status if status.success() => Ok(()),
            _ => Err(self.failed("it takes no signal")),
        }
    }

    /// Whether each thread is in state T (proc(5), `/proc/pid/stat`; the state stands behind the name in parentheses).
    fn threads_are_stopped(&self) -> bool {
        let Ok(threads) = std::fs::read_dir(format!("/proc/{}/task", self.id())) else { return false };
        threads.flatten().all(|thread| {
            let stat = std::fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
            stat.rsplit_once(") ").is_some_and(|(_, state)| state.starts_with('T'))
        })
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once, as `kill -9` does.
    pub fn kill(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
