use std::fs;

use limits::{Seed, Table};
use policy::session::SessionCache;

use super::*;

const POLICY: &str = "version: 1\ncontact: { email: a@example.org, url: \"https://example.org/\" }\n";

/// A reloader of a policy in a file of this test.
fn reloader(test: &str) -> (PathBuf, Reloader) {
    let file = std::env::temp_dir().join(format!("spoa-agent-reload-{}-{test}.yaml", std::process::id()));
    fs::write(&file, POLICY).unwrap();
    let (policy, load) = Load::first(&file).unwrap();
    let status = Arc::new(ReloadStatus::of(&policy, &load));
    let table = Table::new(1, &Seed::from([7; 16])).unwrap();
    let service = PolicyService::new(policy, table, SessionCache::new(1, [7; 32]).unwrap());
    (file.clone(), Reloader::new(file, Arc::new(service), status, &load))
}

#[tokio::test]
async fn a_policy_that_a_request_still_uses_is_kept_and_freed_by_the_reloader() {
    let (file, mut reloader) = reloader("retired");
    let service = Arc::clone(&reloader.service);
    let used = service.policy().get();
    reloader.reload(Cause::Hangup).await;
    reloader.free_retired().await;
    assert_eq!(reloader.retired.len(), 1);
    drop(used);
    reloader.free_retired().await;
    assert_eq!(reloader.retired.len(), 0);
    fs::remove_file(file).unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_did_not_compile_is_read_again_after_a_minute_though_it_looks_the_same() {
    let (file, mut reloader) = reloader("retry");
    fs::write(&file, "version: 2\n").unwrap();
    reloader.reload(Cause::Hangup).await;
    assert!(!reloader.has_settled_change().await);
    tokio::time::advance(RETRY).await;
    assert!(reloader.has_settled_change().await);
    fs::write(&file, POLICY).unwrap();
    reloader.reload(Cause::Change).await;
    tokio::time::advance(RETRY).await;
    assert!(!reloader.has_settled_change().await, "it compiles");
    fs::remove_file(file).unwrap();
}

#[tokio::test]
async fn a_change_counts_when_it_was_seen_twice() {
    let (file, mut reloader) = reloader("settled");
    // What was read when it was new is read once more.
    reloader.reload(Cause::Hangup).await;
    assert!(!reloader.has_settled_change().await);
    fs::write(&file, format!("{POLICY}limits: [")).unwrap();
    assert!(!reloader.has_settled_change().await, "half written");
    fs::write(&file, format!("{POLICY}limits: []\n")).unwrap();
    assert!(!reloader.has_settled_change().await, "it has changed again");
    assert!(reloader.has_settled_change().await);
    reloader.reload(Cause::Change).await;
    assert!(!reloader.has_settled_change().await);
    assert_eq!(reloader.status.known().results, Results { success: 1, unchanged: 1, failure: 0 });
    fs::remove_file(file).unwrap();
}

#[tokio::test]
async fn what_was_read_while_it_changed_is_not_called_unchanged() {
    let (file, mut reloader) = reloader("uncertain");
    // As after a start whose files did not come to rest: what is in force may be another policy than what is there.
    reloader.contents = None;
    reloader.reload(Cause::Change).await;
    assert_eq!(reloader.status.known().results, Results { success: 1, unchanged: 0, failure: 0 });
    reloader.reload(Cause::Change).await;
    assert_eq!(reloader.status.known().results, Results { success: 1, unchanged: 1, failure: 0 });
    fs::remove_file(file).unwrap();
}

#[tokio::test(start_paused = true)]
async fn files_that_never_settle_are_read_after_a_while_all_the_same() {
    let (file, mut reloader) = reloader("restless");
    reloader.reload(Cause::Hangup).await;
    let mut text = POLICY.to_owned();
    for second in 0..=MAX_PENDING.as_secs() {
        text.push_str("# one more line\n");
        fs::write(&file, &text).unwrap();
        let due = second == MAX_PENDING.as_secs();
        assert_eq!(reloader.has_settled_change().await, due, "after {second} seconds");
        assert_eq!(reloader.restless, due);
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    reloader.reload(Cause::Change).await;
    assert_eq!(reloader.status.known().results.success, 1);
    text.push_str("# and another\n");
    fs::write(&file, &text).unwrap();
    assert!(!reloader.has_settled_change().await, "they are given as long again");
    fs::remove_file(file).unwrap();
}
