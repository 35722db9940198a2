//! Who may write to the files of a policy. Who may read a secret is not asked here: one that everyone can read does not compile.

use std::collections::HashSet;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use serde_saphyr::Spanned;

use super::WarningKind::{FileWritable, KeyFileWritable};
use super::checker::Checker;
use crate::error::At;

/// The permission bit that lets everyone write.
const BY_EVERYONE: u32 = 0o002;
/// The bits that let anybody but the owner write.
const BY_OTHERS: u32 = 0o022;
/// The bit of a folder in which only the owner of a file may replace it.
const STICKY: u32 = 0o1000;

/// A file that a policy names.
struct Named<'c> {
    value: &'c Spanned<PathBuf>,
    key: String,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Read by whoever likes, and kept in a repository as readily, where a group may write.
    Plain,
    /// A public key: who can write it can sign.
    Public,
    Secret,
}

impl<'c> Checker<'c> {
    pub(super) fn check_files(&mut self) {
        if let Some(mode) = mode(self.file()).filter(|mode| mode & BY_EVERYONE != 0) {
            let message = format!("everyone may write to it (mode {mode:04o}), and decide who is let in");
            self.warn_at(FileWritable, At::file(self.file()), "", message).hint("chmod o-w FILE");
        }
        let mut seen = HashSet::new();
        for Named { value, key, kind } in self.named_files() {
            let path = self.relative(&value.value);
            if seen.insert(path.clone()) {
                self.check_file(value, &key, kind, &path);
            }
        }
    }

    fn check_file(&mut self, value: &Spanned<PathBuf>, key: &str, kind: Kind, path: &Path) {
        let Some(mode) = mode(path) else { return };
        let shown = path.display();
        let by_others = if kind == Kind::Secret { BY_OTHERS } else { BY_EVERYONE };
        let writable = mode & by_others != 0;
        if kind == Kind::Plain && writable {
            let message = format!("everyone may write to {shown} (mode {mode:04o})");
            self.warn(FileWritable, value, key, message).hint("chmod o-w FILE");
        } else if writable {
            let message = format!("others than its owner may write another key to {shown} (mode {mode:04o})");
            self.warn(KeyFileWritable, value, key, message).hint("chmod go-w FILE");
        } else if kind != Kind::Plain
            && let Some(folder) = path.parent().filter(|folder| can_be_replaced_in(folder))
        {
            let message =
                format!("everyone may put another key in its place, in the folder {}", folder.display());
            self.warn(KeyFileWritable, value, key, message).hint("chmod o-w FOLDER");
        }
    }

    fn named_files(&self) -> Vec<Named<'c>> {
        let document = self.document;
        let plain = |value, key| Named { value, key, kind: Kind::Plain };
        let secret = |value, key| Named { value, key, kind: Kind::Secret };
        let mut files = Vec::new();
        for (n, network) in document.networks.iter().enumerate() {
            files.extend(network.file.iter().map(|file| plain(file, format!("networks[{n}].file"))));
        }
        for (n, crawler) in document.crawlers.iter().enumerate() {
            files.extend(crawler.file.iter().map(|file| plain(file, format!("crawlers[{n}].file"))));
        }
        if let Some(sessions) = &document.sessions {
            for (n, key) in sessions.keys.value.iter().enumerate() {
                let public = [("pem", &key.pem), ("jwks", &key.jwks)];
                files.extend(public.into_iter().filter_map(|(name, file)| {
                    let key = format!("sessions.keys[{n}].{name}");
                    Some(Named { value: file.as_ref()?, key, kind: Kind::Public })
                }));
                files
                    .extend(key.secret.iter().map(|file| secret(file, format!("sessions.keys[{n}].secret"))));
            }
            files.push(secret(&sessions.subject_key, "sessions.subject_key".to_owned()));
        }
        let seals = document.provenance.iter().flat_map(|provenance| provenance.keys.iter().enumerate());
        files.extend(seals.map(|(n, key)| secret(&key.file, format!("provenance.keys[{n}].file"))));
        let classes = document.user_agents.classes.iter();
        files.extend(classes.map(|file| plain(file, "user_agents.classes".to_owned())));
        files
    }
}

/// The permission bits of a file; none where it cannot be asked.
fn mode(file: &Path) -> Option<u32> {
    std::fs::metadata(file).ok().map(|metadata| metadata.mode() & 0o7777)
}

fn can_be_replaced_in(folder: &Path) -> bool {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    mode(folder).is_some_and(|mode| mode & BY_EVERYONE != 0 && mode & STICKY == 0)
}
