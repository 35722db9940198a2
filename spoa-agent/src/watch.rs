//! Whether the files of a policy have changed.
//!
//! By what stat(2) says of them, asked at intervals, rather than by inotify(7): it sees a rename, a symbolic link that is turned to
//! another folder (Kubernetes), a file that appears, a new mode, and what another machine writes on NFS, all in one way, and cannot
//! lose an event. It costs one system call a file.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::time::{Duration, SystemTime};

use policy::{FileKind, PolicyFile};
use sha2::{Digest as _, Sha256};

/// A file that was changed so shortly before it was read may have changed once more within one tick of its clock.
const SETTLED_AFTER: Duration = Duration::from_secs(2);

/// What the system says of a file; another content, file or mode is another stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

/// How the files of a policy looked at one time, symbolic links followed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen(Vec<(PolicyFile, Look)>);

/// How a file looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    /// It could be asked after.
    There(Stamp),
    /// It is not there, or may not be asked after.
    Absent,
    /// It was read while it changed, or when it had just changed: it looks like nothing that will be seen.
    Unsettled(Option<Stamp>),
}

impl Stamp {
    fn of(metadata: &fs::Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

impl Seen {
    /// Looks at files. Waits for the file system, for as long as that takes.
    #[must_use]
    pub fn look(files: &[PolicyFile]) -> Self {
        let look = |file: &PolicyFile| match fs::metadata(&file.path) {
            Ok(metadata) => Look::There(Stamp::of(&metadata)),
            Err(_) => Look::Absent,
        };
        Self(files.iter().map(|file| (file.clone(), look(file))).collect())
    }

    /// Looks at the same files again.
    #[must_use]
    pub fn look_again(&self) -> Self {
        Self::look(&self.files().cloned().collect::<Vec<_>>())
    }

    /// Whether each file looked the same in `before`. One that was not looked at then may have been another.
    #[must_use]
    pub fn is_as(&self, before: &Self) -> bool {
        self.differing(before).is_none()
    }

    /// How files looked when they were read, which began at `begun`: `self` is how they look after it, `just_before` how they looked
    /// before it, and `earlier` before anything was read. A file that did not look the same before and after may have been read in
    /// either state, and so may one that was not looked at `earlier` and had changed lately: they are to be read once more.
    #[must_use]
    pub fn when_read(mut self, just_before: &Self, earlier: &Self, begun: SystemTime) -> Self {
        let settled = begun
            .checked_sub(SETTLED_AFTER)
            .and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
        let settled = settled.and_then(|time| i64::try_from(time.as_secs()).ok()).unwrap_or(i64::MIN);
        for (file, look) in &mut self.0 {
            let stamp = match look {
                Look::There(stamp) => Some(*stamp),
                Look::Absent | Look::Unsettled(_) => None,
            };
            let is_fresh = stamp.is_some_and(|stamp| stamp.changed.0 >= settled);
            let was_known = earlier.look_of(file).is_some();
            if just_before.look_of(file) != Some(*look) || (is_fresh && !was_known) {
                *look = Look::Unsettled(stamp);
            }
        }
        self
    }

    /// The first file that looks other than in `before`.
    #[must_use]
    pub fn differing(&self, before: &Self) -> Option<&PolicyFile> {
        self.0.iter().find(|(file, look)| before.look_of(file) != Some(*look)).map(|(file, _)| file)
    }

    fn look_of(&self, file: &PolicyFile) -> Option<Look> {
        self.0.iter().find(|(known, _)| known.path == file.path).map(|(_, look)| *look)
    }

    /// The files, in the order in which the policy names them.
    pub fn files(&self) -> impl Iterator<Item = &PolicyFile> {
        self.0.iter().map(|(file, _)| file)
    }

    /// The files that are there, and when they were written last, in seconds since the Unix epoch.
    pub fn modified(&self) -> impl Iterator<Item = (&PolicyFile, i64)> {
        self.0.iter().filter_map(|(file, look)| match look {
            Look::There(stamp) | Look::Unsettled(Some(stamp)) => Some((file, stamp.modified.0)),
            Look::Absent | Look::Unsettled(None) => None,
        })
    }
}

/// What tells one content of files from another, and one that may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contents {
    all: [u8; 32],
    public: [u8; 32],
}

impl Contents {
    /// Reads files; one that cannot be read counts as such.
    #[must_use]
    pub fn read(files: &[PolicyFile]) -> Self {
        /// Longer than what a policy reads.
        const MAX_FILE: u64 = 64 * 1024 * 1024;
        let (mut all, mut public) = (Sha256::new(), Sha256::new());
        for file in files {
            let is_file = fs::metadata(&file.path).is_ok_and(|data| data.is_file() && data.len() <= MAX_FILE);
            let content = is_file.then(|| fs::read(&file.path).ok()).flatten();
            let digest = content.map_or([0; 32], |content| Sha256::digest(content).into());
            all.update(digest);
            if file.kind != FileKind::Key {
                public.update(digest);
            }
        }
        Self { all: all.finalize().into(), public: public.finalize().into() }
    }

    /// Twelve hexadecimal digits that are the same wherever the same policy is in force. Nothing of a key is in them.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let digits: String = self.public.iter().map(|byte| format!("{byte:02x}")).collect();
        digits.chars().take(12).collect()
    }
}

#[cfg(test)]
mod tests;
