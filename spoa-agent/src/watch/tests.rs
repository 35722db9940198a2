use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::PathBuf;

use super::*;

struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("spoa-agent-watch-{}-{test}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        Self(folder)
    }

    fn file(&self, name: &str) -> PolicyFile {
        PolicyFile { path: self.0.join(name), kind: FileKind::Ranges }
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn sees_what_a_file_can_become() {
    let folder = Folder::new("becomes");
    let files = [folder.file("a")];
    let mut seen = Seen::look(&files);
    assert_eq!(seen.look_again(), seen, "nothing has changed");
    let mut changes = |what: &str| {
        let now = seen.look_again();
        assert_ne!(now, seen, "{what}");
        seen = now;
    };
    folder.write("a", "1");
    changes("it has appeared");
    folder.write("a", "12");
    changes("it is longer");
    folder.write("b", "34");
    fs::rename(folder.0.join("b"), folder.0.join("a")).unwrap();
    changes("another has taken its place");
    fs::set_permissions(folder.0.join("a"), fs::Permissions::from_mode(0o600)).unwrap();
    changes("others may not read it any more");
    fs::remove_file(folder.0.join("a")).unwrap();
    changes("it is gone");
}

#[test]
fn sees_a_link_that_is_turned_to_another_folder() {
    let folder = Folder::new("link");
    for (name, content) in [("one", "a"), ("two", "b")] {
        fs::create_dir(folder.0.join(name)).unwrap();
        folder.write(&format!("{name}/policy.yaml"), content);
    }
    symlink("one", folder.0.join("..data")).unwrap();
    symlink("..data/policy.yaml", folder.0.join("policy.yaml")).unwrap();
    let files = [folder.file("policy.yaml")];
    let (seen, content) = (Seen::look(&files), Contents::read(&files));
    symlink("two", folder.0.join("..data_tmp")).unwrap();
    fs::rename(folder.0.join("..data_tmp"), folder.0.join("..data")).unwrap();
    assert_ne!(seen.look_again(), seen);
    assert_ne!(Contents::read(&files), content);
}

#[test]
fn a_file_that_had_just_changed_when_it_was_first_read_is_read_again() {
    let folder = Folder::new("unsettled");
    folder.write("a", "1");
    let now = Seen::look(&[folder.file("a"), folder.file("missing")]);
    let begun = SystemTime::now();
    let fresh = now.clone().when_read(&now, &Seen::default(), begun);
    assert_ne!(fresh.look_again(), fresh);
    assert_eq!(fresh.modified().count(), 1, "it is there, whatever else");
    assert_eq!(now.clone().when_read(&now, &now, begun), now, "it was known");
    assert_eq!(now.clone().when_read(&now, &Seen::default(), begun + SETTLED_AFTER * 2), now, "it is old");
}

#[test]
fn a_file_that_changes_while_it_is_read_is_read_again_even_if_it_turns_back() {
    let folder = Folder::new("meanwhile");
    folder.write("a", "1");
    let before = Seen::look(&[folder.file("a")]);
    folder.write("a", "12");
    let after = before.look_again();
    assert!(before.is_as(&before) && !after.is_as(&before) && !after.is_as(&Seen::default()));
    let later = SystemTime::now() + SETTLED_AFTER * 2;
    let seen = after.clone().when_read(&before, &before, later);
    assert!(seen != after && seen != before);
    let unknown = after.clone().when_read(&Seen::default(), &Seen::default(), later);
    assert_ne!(unknown, after, "nobody knows what it was");
}

#[test]
fn what_is_shown_of_contents_does_not_depend_on_keys() {
    let folder = Folder::new("keys");
    let key = PolicyFile { kind: FileKind::Key, ..folder.file("key") };
    folder.write("policy", "a");
    folder.write("key", "1");
    let files = [folder.file("policy"), key];
    let one = Contents::read(&files);
    folder.write("key", "2");
    let two = Contents::read(&files);
    assert_ne!(one, two);
    assert_eq!(one.fingerprint(), two.fingerprint());
    assert_eq!(one.fingerprint().len(), 12);
}
