use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use super::*;

/// Two releases of a policy, the second in shadow, and a link to one of them.
struct Releases(PathBuf);

impl Releases {
    fn new(test: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("spoa-agent-load-{}-{test}", std::process::id()));
        for (release, shadow) in [("one", false), ("two", true)] {
            fs::create_dir_all(folder.join(release)).unwrap();
            let contact = "contact: { email: a@example.org, url: \"https://example.org/\" }";
            let policy = format!("version: 1\n{contact}\nshadow: {shadow}\n");
            fs::write(folder.join(release).join("policy.yaml"), policy).unwrap();
        }
        let releases = Self(folder);
        releases.turn_to("one");
        releases
    }

    fn policy(&self) -> PathBuf {
        self.0.join("current/policy.yaml")
    }

    fn turn_to(&self, release: &str) {
        symlink(release, self.0.join("next")).unwrap();
        fs::rename(self.0.join("next"), self.0.join("current")).unwrap();
    }

    /// Reads, and turns the link after each of the first reads to one of these releases.
    fn load_while_turned(&self, before: &Seen, turns: &[&str]) -> (Policy, Load) {
        let (file, mut turns) = (self.policy(), turns.iter());
        let compile = || {
            let policy = load_policy(&file);
            turns.next().into_iter().for_each(|release| self.turn_to(release));
            policy
        };
        let (policy, load) = load_by(compile, &file, before);
        (policy.unwrap(), load)
    }
}

impl Drop for Releases {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_link_that_is_turned_at_the_start_is_followed_before_anything_is_in_force() {
    let releases = Releases::new("start");
    let (policy, load) = releases.load_while_turned(&Seen::default(), &["two"]);
    assert!(policy.is_shadow() && load.certain);
    assert_eq!(load.contents, Contents::read(policy.files()));
}

#[test]
fn a_link_that_is_turned_while_the_policy_is_read_anew_is_followed_at_once() {
    let releases = Releases::new("anew");
    let (_, load) = load(&releases.policy(), &Seen::default());
    let (policy, load) = releases.load_while_turned(&load.seen, &["two"]);
    assert!(policy.is_shadow() && load.certain);
}

#[test]
fn files_that_do_not_come_to_rest_are_read_so_often_and_then_once_more_later() {
    let releases = Releases::new("restless");
    let (policy, load) = releases.load_while_turned(&Seen::default(), &["two", "one", "two", "one"]);
    assert!(!policy.is_shadow(), "what the third read has found");
    assert!(!load.certain, "its fingerprint may be that of another");
    assert_ne!(load.seen.look_again(), load.seen);
}
