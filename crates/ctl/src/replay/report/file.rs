use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use crate::Error;
use crate::replay::source::Source;

/// The file that a page goes to. It is opened before the first log is read, so that hours of work do not end at a folder that
/// is not there; what it has is kept until the new page is complete.
#[derive(Debug)]
pub struct ReportFile {
    path: PathBuf,
    file: File,
}

impl ReportFile {
    /// Opens a file that is new, empty, or a page of before.
    ///
    /// # Errors
    /// [`Error::Usage`] for a file that is something else, such as a log; [`Error::WriteFile`] if it cannot be opened.
    pub fn open(path: &Path, logs: &[Source]) -> Result<Self, Error> {
        let failed = |source| Error::WriteFile { file: path.to_owned(), source };
        if logs.iter().any(|log| log.file == path) {
            return Err(Error::usage(format!("--report {}: this is a log", path.display())));
        }
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(failed)?;
        let mut start = Vec::new();
        (&file).take(PAGE.len() as u64).read_to_end(&mut start).map_err(failed)?;
        if !start.is_empty() && start != PAGE {
            let error = Error::usage(format!("--report {}: this file is no page", path.display()));
            return Err(error.with_hint("name another file, or remove this one"));
        }
        Ok(Self { path: path.to_owned(), file })
    }

    /// Writes the page in place of what was there.
    ///
    /// # Errors
    /// [`Error::WriteFile`].
    pub fn write(mut self, page: &str) -> Result<(), Error> {
        self.replace(page).map_err(|source| Error::WriteFile { file: self.path, source })
    }

    fn replace(&mut self, page: &str) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()?;
        self.file.write_all(page.as_bytes())
    }
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

    #[test]
    fn a_folder_that_is_not_there_is_told_at_once() {
        let file = Path::new("/nowhere/at-all/out.html");
        assert!(matches!(ReportFile::open(file, &[]), Err(Error::WriteFile { .. })));
    }
}
