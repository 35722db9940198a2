//! A folder of objects: a checkout of what `requestctl dump` writes, or files that `requestctl get` printed.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::document::{Problem, is_name, parse_all, parse_one};
use super::object::{Kind, Object};
use crate::Error;

/// Longest file, in bytes: a hundred thousand prefixes with room to spare.
const MAX_FILE: u64 = 8 * 1024 * 1024;
/// Longest that all files are together, in bytes.
const MAX_TOTAL: u64 = 64 * 1024 * 1024;
/// Most entries of all folders.
const MAX_ENTRIES: usize = 20_000;

/// What requestctl writes from the other objects.
const GENERATED: [&str; 2] = ["request-vcl", "request-haproxy-dsl"];

/// What a folder holds.
#[derive(Debug, Default)]
pub(super) struct Objects {
    /// In the order of their types and names.
    pub(super) objects: Vec<Object>,
    /// What could not be read as an object.
    pub(super) problems: Vec<Problem>,
    /// Folders and files whose type is none that is imported, and why it is not.
    pub(super) others: Vec<(String, &'static str)>,
}

impl Objects {
    /// Reads `folder`. Names that begin with a dot are passed over, as requestctl does; links are not followed.
    ///
    /// # Errors
    /// [`Error::Read`] if something cannot be read, [`Error::Usage`] if there is nothing of requestctl, or too much.
    pub(super) fn read(folder: &Path) -> Result<Self, Error> {
        let mut reader = Reader { folder, entries: 0, bytes: 0, found: Self::default() };
        let mut is_requestctl = false;
        for entry in reader.entries(folder)? {
            let folder_of = Kind::ALL.into_iter().find(|kind| kind.folder() == entry.name);
            let file_of = Kind::ALL.into_iter().find(|kind| is_file_of(*kind, &entry.name));
            let known = folder_of.or(file_of).is_some();
            is_requestctl |= known;
            match (folder_of, file_of) {
                _ if known && entry.is_link => reader.not_followed(&entry.path),
                (Some(kind), _) if entry.is_folder => reader.folder_of(kind, &entry.path)?,
                (_, Some(kind)) if !entry.is_folder => reader.file_of(kind, &entry.path)?,
                _ => reader.other(&entry),
            }
        }
        if !is_requestctl {
            let message = format!("{}: no objects of requestctl", folder.display());
            let hint = "expected request-actions/, request-patterns/, request-ipblocks/, or action.yaml, pattern.yaml, \
                        ipblock.yaml, as requestctl dump and requestctl get write them";
            return Err(Error::usage(message).with_hint(hint));
        }
        reader.found.finish()
    }

    fn finish(mut self) -> Result<Self, Error> {
        self.objects.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
        let mut twice = Vec::new();
        for pair in self.objects.windows(2) {
            if let [a, b] = pair
                && (a.kind, &a.name) == (b.kind, &b.name)
            {
                let message = format!("{b} stands in {} as well; that one counts", a.file);
                twice.push(Problem { file: b.file.clone(), line: Some(b.line), message });
            }
        }
        self.problems.extend(twice);
        self.objects.dedup_by(|b, a| (a.kind, &a.name) == (b.kind, &b.name));
        Ok(self)
    }
}

/// `pattern.yaml`, `patterns.json` and so on.
fn is_file_of(kind: Kind, name: &str) -> bool {
    let stem = stem(name).unwrap_or_default();
    stem == kind.as_str() || stem.strip_suffix('s') == Some(kind.as_str())
}

/// The name of a file of YAML or JSON without its extension.
fn stem(name: &str) -> Option<&str> {
    [".yaml", ".yml", ".json"].into_iter().find_map(|extension| name.strip_suffix(extension))
}

struct Entry {
    path: PathBuf,
    name: String,
    is_folder: bool,
    is_link: bool,
}

struct Reader<'f> {
    folder: &'f Path,
    entries: usize,
    bytes: u64,
    found: Objects,
}

impl Reader<'_> {
    /// The entries of a folder, by name.
    fn entries(&mut self, folder: &Path) -> Result<Vec<Entry>, Error> {
        let cannot = |source| Error::Read { file: folder.to_owned(), source };
        let mut entries = Vec::new();
        for entry in fs::read_dir(folder).map_err(cannot)? {
            let entry = entry.map_err(cannot)?;
            self.entries = self.entries.saturating_add(1);
            if self.entries > MAX_ENTRIES {
                let message = format!("{}: more than {MAX_ENTRIES} files and folders", self.folder.display());
                return Err(Error::usage(message));
            }
            let name = entry.file_name().to_string_lossy().into_owned();
            let file_type = entry.file_type().map_err(cannot)?;
            let (is_folder, is_link) = (file_type.is_dir(), file_type.is_symlink());
            if !name.starts_with('.') {
                entries.push(Entry { path: entry.path(), name, is_folder, is_link });
            }
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    /// `request-patterns/<scope>/<name>.yaml`.
    fn folder_of(&mut self, kind: Kind, folder: &Path) -> Result<(), Error> {
        for tag in self.entries(folder)? {
            if tag.is_link {
                self.not_followed(&tag.path);
            }
            if !tag.is_folder {
                continue;
            }
            for entry in self.entries(&tag.path)? {
                let Some(stem) = stem(&entry.name) else { continue };
                let name = format!("{}/{stem}", tag.name);
                if entry.is_link {
                    self.not_followed(&entry.path);
                } else if !is_name(&name) {
                    self.problem(
                        &entry.path,
                        "its name is none that requestctl takes: letters, digits, - and _",
                    );
                } else if let Some((file, text)) = self.text(&entry.path)? {
                    match parse_one(kind, &name, &file, &text) {
                        Ok(object) => self.found.objects.push(object),
                        Err(problem) => self.found.problems.push(problem),
                    }
                }
            }
        }
        Ok(())
    }

    fn file_of(&mut self, kind: Kind, path: &Path) -> Result<(), Error> {
        if let Some((file, text)) = self.text(path)? {
            match parse_all(kind, &file, &text) {
                Ok(objects) => self.found.objects.extend(objects),
                Err(problem) => self.found.problems.push(problem),
            }
        }
        Ok(())
    }

    fn other(&mut self, entry: &Entry) {
        if GENERATED.contains(&&*entry.name) {
            let why = "requestctl generates it from the actions";
            self.found.others.push((format!("{}/", entry.name), why));
        } else if entry.name.starts_with("request-") {
            self.found.others.push((entry.name.clone(), "not a type of object that is imported"));
        }
    }

    /// The content of a file with its name, or none where that was told as a problem.
    fn text(&mut self, path: &Path) -> Result<Option<(String, String)>, Error> {
        let cannot = |source| Error::Read { file: path.to_owned(), source };
        // What is no regular file is not opened: that would wait for the writer of a FIFO.
        if !fs::symlink_metadata(path).map_err(cannot)?.is_file() {
            self.problem(path, "not a regular file");
            return Ok(None);
        }
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(cannot)?;
        let length = file.take(MAX_FILE.saturating_add(1)).read_to_end(&mut bytes).map_err(cannot)?;
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        self.bytes = self.bytes.saturating_add(length);
        if self.bytes > MAX_TOTAL {
            let too_much =
                io::Error::new(io::ErrorKind::FileTooLarge, "more than 64 MiB with the files before it");
            return Err(cannot(too_much));
        }
        if length > MAX_FILE {
            self.problem(path, "longer than 8 MiB");
            return Ok(None);
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Some((self.relative(path), text))),
            Err(_) => {
                self.problem(path, "not UTF-8");
                Ok(None)
            }
        }
    }

    fn not_followed(&mut self, path: &Path) {
        self.problem(path, "a symbolic link, which is not followed");
    }

    fn problem(&mut self, path: &Path, message: &str) {
        let file = self.relative(path);
        self.found.problems.push(Problem { file, line: None, message: message.to_owned() });
    }

    fn relative(&self, path: &Path) -> String {
        path.strip_prefix(self.folder).unwrap_or(path).display().to_string()
    }
}
