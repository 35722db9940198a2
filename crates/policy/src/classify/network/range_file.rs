//! Files of prefixes: a plain list, or the JSON that crawlers publish.

mod json;
mod list;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use ipnet::IpNet;
use serde_saphyr::Spanned;

use super::prefix::PrefixError;
use crate::FileKind;
use crate::Timestamp;
use crate::compile::Compiler;
use crate::document::read_bytes;
use crate::error::At;

/// Most prefixes of one file, and of all networks together.
pub(in crate::classify) const MAX_PREFIXES: usize = 1_000_000;

/// A file that a policy takes prefixes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RangeFile {
    /// Where it was read: the path in the policy, relative to the policy's folder.
    pub path: PathBuf,
    /// When it was made, by its own `creationTime`; a time without offset is taken for UTC. A list has none.
    pub created: Option<Timestamp>,
    /// How many prefixes it lists.
    pub prefixes: usize,
}

/// What a range file holds.
#[derive(Debug)]
pub(crate) struct RangeList {
    pub(in crate::classify) file: RangeFile,
    pub(in crate::classify) entries: Vec<Entry>,
    format: Format,
}

/// A prefix of a file and where it stands: its line in a list, its index in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::classify) struct Entry {
    pub(in crate::classify) net: IpNet,
    place: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    List,
    Json,
}

/// What the content of a file says, and why it could not be read.
struct Content {
    created: Option<Timestamp>,
    entries: Vec<Entry>,
}

struct ContentError {
    /// Line from 1; 0 for the file as a whole.
    line: u64,
    key: String,
    why: PrefixError,
}

/// The range files of a policy. Each is read once, so that all sections that name it see the same content.
#[derive(Debug, Default)]
pub(crate) struct RangeFiles {
    /// `None` for one that could not be read, of which the reader was told.
    read: HashMap<PathBuf, Option<Rc<RangeList>>>,
}

impl RangeFiles {
    /// The file named by the value of `key`; what is wrong with it is noted once.
    pub(in crate::classify) fn read(
        &mut self,
        named: &Spanned<PathBuf>,
        key: impl fmt::Display,
        compiler: &mut Compiler<'_>,
    ) -> Option<Rc<RangeList>> {
        let path = compiler.named_file(&named.value, FileKind::Ranges);
        if let Some(known) = self.read.get(&path) {
            return known.clone();
        }
        let ranged = match read_bytes(&path) {
            Ok(bytes) => RangeList::parse(&path, &bytes, compiler).map(Rc::new),
            Err(why) => {
                compiler.note(named, key, why);
                None
            }
        };
        self.read.insert(path, ranged.clone());
        ranged
    }
}

impl RangeFiles {
    /// The content of a file that was read; `path` is relative to the policy's folder as in [`RangeFile::path`].
    pub(crate) fn get(&self, path: &Path) -> Option<&RangeList> {
        self.read.get(path).and_then(Option::as_deref)
    }
}

impl RangeList {
    /// The prefixes, in the order of the file.
    pub(crate) fn nets(&self) -> impl Iterator<Item = IpNet> {
        self.entries.iter().map(|entry| entry.net)
    }

    /// The place and the key of the entry with this index.
    pub(crate) fn place(&self, index: usize) -> (At<'_>, String) {
        let path = &self.file.path;
        match (self.format, self.entries.get(index)) {
            (Format::List, Some(entry)) => (At::line(path, entry.place.into()), String::new()),
            (Format::Json, Some(entry)) => (At::file(path), json::key(*entry)),
            (_, None) => (At::file(path), String::new()),
        }
    }

    /// Reads the content of `path`. JSON is told from a list by its first byte that is not white space.
    fn parse(path: &Path, bytes: &[u8], compiler: &mut Compiler<'_>) -> Option<Self> {
        /// U+FEFF in UTF-8, which some editors and publishers put in front.
        const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
        let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        let (format, content) = match bytes.trim_ascii_start().first() {
            Some(b'{') => (Format::Json, json::parse(bytes)),
            _ => (Format::List, list::parse(bytes)),
        };
        match content {
            Ok(Content { created, entries }) => {
                let file = RangeFile { path: path.to_owned(), created, prefixes: entries.len() };
                Some(Self { file, entries, format })
            }
            Err(ContentError { line, key, why }) => {
                let at = if line == 0 { At::file(path) } else { At::line(path, line) };
                note(at, &key, why, compiler);
                None
            }
        }
    }

    /// Notes what a section has against a prefix of this file.
    pub(in crate::classify) fn note(&self, entry: Entry, why: PrefixError, compiler: &mut Compiler<'_>) {
        let path = &self.file.path;
        match self.format {
            Format::List => note(At::line(path, entry.place.into()), "", why, compiler),
            Format::Json => note(At::file(path), &json::key(entry), why, compiler),
        }
    }
}

fn note(at: At<'_>, key: &str, why: PrefixError, compiler: &mut Compiler<'_>) {
    let note = compiler.problems.add(at, key, why.message);
    if let Some(hint) = why.hint {
        note.hint(hint);
    }
}

/// The entries of a file, if there is at least one: a list that is empty is what an interrupted download leaves.
fn not_empty(entries: Vec<Entry>, key: &str) -> Result<Vec<Entry>, ContentError> {
    if entries.is_empty() {
        let hint = "a download that broke off leaves such a file: put the last good copy back, or take the entry out";
        let why = PrefixError { message: "lists no prefix".to_owned(), hint: Some(hint.to_owned()) };
        return Err(ContentError { line: 0, key: key.to_owned(), why });
    }
    Ok(entries)
}

/// Adds an entry, if there is room.
fn push(entries: &mut Vec<Entry>, net: IpNet, place: usize) -> Result<(), PrefixError> {
    let too_many = || PrefixError::from(format!("more than {MAX_PREFIXES} prefixes"));
    let place = u32::try_from(place).map_err(|_| too_many())?;
    if entries.len() >= MAX_PREFIXES {
        return Err(too_many());
    }
    entries.push(Entry { net, place });
    Ok(())
}
