use std::path::{Path, PathBuf};

/// A file that a policy is made of: one that was read, or that would have been.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PolicyFile {
    /// Where it is: as the policy names it, relative to the policy's folder.
    pub path: PathBuf,
    /// What it holds.
    pub kind: FileKind,
}

/// What a file of a policy holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// The policy itself.
    Policy,
    /// Classes of user agents.
    Classes,
    /// Prefixes of a network or a crawler.
    Ranges,
    /// A key, secret or public.
    Key,
}

impl FileKind {
    /// The name that metrics and logs show.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Classes => "classes",
            Self::Ranges => "ranges",
            Self::Key => "key",
        }
    }
}

/// The files of a policy, the policy first, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PolicyFiles(Vec<PolicyFile>);

impl PolicyFiles {
    pub(crate) fn note(&mut self, path: &Path, kind: FileKind) {
        if !self.0.iter().any(|file| file.path == path) {
            self.0.push(PolicyFile { path: path.to_owned(), kind });
        }
    }

    pub(crate) fn as_slice(&self) -> &[PolicyFile] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Policy;

    fn kinds(files: &[PolicyFile]) -> Vec<(&'static str, String)> {
        let name = |file: &PolicyFile| file.path.file_name().unwrap().to_string_lossy().into_owned();
        files.iter().map(|file| (file.kind.as_str(), name(file))).collect()
    }

    #[test]
    fn a_policy_tells_its_files_itself_first() {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy/policy.yaml");
        let kinds = kinds(Policy::load(&shipped).unwrap().files());
        assert_eq!(kinds, [("policy", "policy.yaml".to_owned()), ("classes", "user-agents.yaml".to_owned())]);
    }

    #[test]
    fn a_file_that_is_named_twice_is_one() {
        let mut files = PolicyFiles::default();
        for path in ["keys/jwks.json", "keys/k1", "keys/jwks.json"] {
            files.note(path.as_ref(), FileKind::Key);
        }
        assert_eq!(files.as_slice().len(), 2);
    }

    #[test]
    fn a_policy_that_does_not_compile_tells_the_files_that_are_missing_too() {
        let bad = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad");
        let error = Policy::load(&bad.join("key-file-that-is-missing.yaml")).unwrap_err();
        assert_eq!(error.files()[0].kind, FileKind::Policy);
        assert!(
            error.files().iter().any(|file| file.kind == FileKind::Key && !file.path.exists()),
            "{error:?}"
        );
    }
}
