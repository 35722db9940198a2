//! One key, one purpose (NIST SP 800-57 part 1 section 5.2): who can make one use of a secret must not have the others.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::Compiler;
use crate::document::PolicyDocument;

/// What tells one file from another, whatever the names and links that lead to it: its device and its inode.
type Identity = (u64, u64);

/// Notes a `subject_key` whose file signs sessions or seals URLs: whoever holds it for that could try every account.
pub(super) fn check(document: &PolicyDocument, compiler: &mut Compiler<'_>) {
    let Some(section) = &document.sessions else { return };
    let Some(subject) = identity(&compiler.relative(&section.subject_key.value)) else { return };
    let signing = section.keys.value.iter().enumerate().filter_map(|(n, key)| {
        let file = &key.secret.as_ref()?.value;
        Some((file, format!("sessions.keys[{n}].secret")))
    });
    let sealing = document.provenance.iter().flat_map(|section| section.keys.iter().enumerate());
    let sealing = sealing.map(|(n, key)| (&key.file.value, format!("provenance.keys[{n}].file")));
    let mut others = signing.chain(sealing);
    if let Some((_, other)) = others.find(|(file, _)| identity(&compiler.relative(file)) == Some(subject)) {
        let message = format!("the same file as {other}; expected a secret of its own");
        compiler
            .note(&section.subject_key, "sessions.subject_key", message)
            .hint("make one with: (umask 027; head -c 32 /dev/urandom > FILE)");
    }
}

fn identity(file: &Path) -> Option<Identity> {
    std::fs::metadata(file).ok().map(|metadata| (metadata.dev(), metadata.ino()))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use crate::Policy;

    /// What is told of a policy whose secrets are these files; the test's name makes the folder its own.
    fn told(test: &str, token: &str, subject: &str, seal: &str) -> String {
        let folder =
            std::env::temp_dir().join(format!("provenance-separation-{}-{test}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for (name, content) in [("one", vec![1; 32]), ("two", vec![2; 32]), ("three", vec![3; 32])] {
            fs::write(folder.join(name), content).unwrap();
            fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o600)).unwrap();
        }
        symlink(folder.join("two"), folder.join("link")).unwrap();
        let policy = format!(
            "version: 1
contact: {{ email: noc@example.org, url: 'https://example.org/' }}
sessions:
  keys: [{{ id: t, algorithm: HS256, secret: {token} }}]
  subject_key: {subject}
provenance:
  keys: [{{ id: s, file: {seal} }}]
"
        );
        fs::write(folder.join("policy.yaml"), policy).unwrap();
        let loaded = Policy::load(&folder.join("policy.yaml"));
        fs::remove_dir_all(&folder).unwrap();
        let problems = loaded.err().map(|error| error.problems().to_vec()).unwrap_or_default();
        problems.iter().map(|problem| format!("{}: {}\n", problem.key, problem.message)).collect()
    }

    #[test]
    fn three_secrets_for_three_purposes_are_taken() {
        assert_eq!(told("good", "one", "two", "three"), "");
    }

    #[test]
    fn a_subject_key_that_signs_sessions_or_seals_is_refused() {
        let same =
            |key| format!("sessions.subject_key: the same file as {key}; expected a secret of its own\n");
        assert_eq!(told("token", "one", "one", "three"), same("sessions.keys[0].secret"));
        assert_eq!(told("seal", "one", "two", "two"), same("provenance.keys[0].file"));
        assert_eq!(told("link", "one", "link", "two"), same("provenance.keys[0].file"), "by a link, too");
        assert_eq!(
            told("path", "one", "./one", "two"),
            same("sessions.keys[0].secret"),
            "by another path, too"
        );
    }
}
