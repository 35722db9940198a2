use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::Error;
use crate::replay::source::Source;

/// The file that a page goes to. It is opened before the first log is read, so that hours of work do not end at a folder that
/// is not there; what it has is kept until the new page is complete. A file that is new goes again with a run that fails.
#[derive(Debug)]
pub struct ReportFile {
    path: PathBuf,
    file: File,
    /// Whether this run has made the file, and has no page in it yet.
    is_unfinished: bool,
}

impl ReportFile {
    /// Opens a file that is new, empty, or a page of before.
    ///
    /// # Errors
    /// [`Error::Usage`] for what is something else, such as a log, a pipe or a device; [`Error::WriteFile`] if it cannot be opened.
    pub fn open(path: &Path, logs: &[Source]) -> Result<Self, Error> {
        let failed = |source| Error::WriteFile { file: path.to_owned(), source };
        let refused = |what: &str| Error::usage(format!("--report {}: {what}", path.display()));
        let irregular = || refused("this is no regular file").with_hint("name a file that is new, or a page");
        // A pipe has nobody yet who reads it, and a device may act on being opened.
        if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
            return Err(irregular());
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true);
        let (file, is_unfinished) = match options.clone().create_new(true).open(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => (options.open(path), false),
            file => (file, true),
        };
        let report = Self { path: path.to_owned(), file: file.map_err(failed)?, is_unfinished };
        let metadata = report.file.metadata().map_err(failed)?;
        if !metadata.is_file() {
            return Err(irregular());
        }
        if logs.iter().filter_map(|log| opened_as(&log.file)).any(|log| is_same(&log, &metadata)) {
            return Err(refused("this is a log"));
        }
        if behind(io::stdout()).is_some_and(|answer| is_same(&answer, &metadata)) {
            return Err(refused("the answer goes there already").with_hint("name another file"));
        }
        let mut start = Vec::new();
        (&report.file).take(PAGE.len() as u64).read_to_end(&mut start).map_err(failed)?;
        if !start.is_empty() && start != PAGE {
            return Err(refused("this file is no page").with_hint("name another file, or remove this one"));
        }
        Ok(report)
    }

    /// Writes the page in place of what was there.
    ///
    /// # Errors
    /// [`Error::WriteFile`].
    pub fn write(mut self, page: &str) -> Result<(), Error> {
        self.replace(page).map_err(|source| Error::WriteFile { file: self.path.clone(), source })
    }

    fn replace(&mut self, page: &str) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()?;
        self.file.write_all(page.as_bytes())?;
        self.is_unfinished = false;
        Ok(())
    }
}

impl Drop for ReportFile {
    fn drop(&mut self) {
        let is_there = || Some(is_same(&fs::symlink_metadata(&self.path).ok()?, &self.file.metadata().ok()?));
        // What somebody else has put into its place stays; so does a file that cannot be removed, and the run has its error already.
        if self.is_unfinished && is_there() == Some(true) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// What a log is read from.
fn opened_as(log: &Path) -> Option<Metadata> {
    if log == Path::new("-") { behind(io::stdin()) } else { fs::metadata(log).ok() }
}

/// The file behind an open descriptor.
fn behind(descriptor: impl AsFd) -> Option<Metadata> {
    File::from(descriptor.as_fd().try_clone_to_owned().ok()?).metadata().ok()
}

/// Whether both are one file, whatever its names.
fn is_same(a: &Metadata, b: &Metadata) -> bool {
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

/// How every page of ours begins.
const PAGE: &[u8] = b"<!DOCTYPE html>";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_written_anew_and_nothing_else_is_overwritten() {
        let folder = std::env::temp_dir().join(format!("provenance-report-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let page = folder.join("out.html");
        for text in ["<!DOCTYPE html>first, the longer one", "<!DOCTYPE html>second"] {
            ReportFile::open(&page, &[]).unwrap().write(text).unwrap();
            assert_eq!(std::fs::read_to_string(&page).unwrap(), text);
        }
        let log = folder.join("access.log");
        std::fs::write(&log, "192.0.2.7 - -").unwrap();
        assert!(matches!(ReportFile::open(&log, &[]), Err(Error::Usage { .. })));
        assert_eq!(std::fs::read_to_string(&log).unwrap(), "192.0.2.7 - -");
        std::fs::remove_dir_all(&folder).unwrap();
    }

    /// What a run has to say of a file that it is to write its page to.
    fn refused(file: &Path, logs: &[Source]) -> String {
        match ReportFile::open(file, logs).unwrap_err() {
            Error::Usage { message, .. } => message,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn what_is_no_regular_file_is_refused_before_it_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        for file in [&pipe, Path::new("/dev/full"), Path::new("/dev/null"), folder.path()] {
            assert!(refused(file, &[]).contains("no regular file"), "{}", file.display());
        }
    }

    #[test]
    fn a_log_is_not_overwritten_under_another_name_either_even_an_empty_one() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("access.log");
        std::fs::write(&log, "").unwrap();
        let (soft, hard) = (folder.path().join("soft"), folder.path().join("hard"));
        std::os::unix::fs::symlink(&log, &soft).unwrap();
        std::fs::hard_link(&log, &hard).unwrap();
        let logs = [Source::find(&log).unwrap()];
        for name in [log, soft, hard, folder.path().join("./access.log")] {
            assert!(refused(&name, &logs).contains("this is a log"), "{}", name.display());
            assert_eq!(std::fs::metadata(&name).unwrap().len(), 0);
        }
    }

    #[test]
    fn a_run_that_fails_leaves_no_new_file_and_takes_no_old_one_away() {
        let folder = tempfile::tempdir().unwrap();
        let (new, old) = (folder.path().join("new.html"), folder.path().join("old.html"));
        std::fs::write(&old, "<!DOCTYPE html>old").unwrap();
        for file in [&new, &old] {
            drop(ReportFile::open(file, &[]).unwrap());
        }
        assert!(!new.exists());
        assert_eq!(std::fs::read_to_string(&old).unwrap(), "<!DOCTYPE html>old");
        // What somebody else has put there in the meantime is not of this run.
        let report = ReportFile::open(&new, &[]).unwrap();
        std::fs::rename(&old, &new).unwrap();
        drop(report);
        assert!(new.exists());
    }

    #[test]
    fn a_folder_that_is_not_there_is_told_at_once() {
        let file = Path::new("/nowhere/at-all/out.html");
        assert!(matches!(ReportFile::open(file, &[]), Err(Error::WriteFile { .. })));
    }
}
