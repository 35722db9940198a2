use policy::session::SessionStatus;

use crate::policies::{load, vectors};

fn page() -> String {
    std::fs::read_to_string(vectors().join("../../../docs/sessions.md")).unwrap()
}

#[test]
fn the_policy_of_the_page_compiles() {
    let page = page();
    let fragment = page.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let policy = load("default.yaml", "page", |yaml| {
        let contact = yaml.split("sessions:").next().unwrap();
        // The keys of the page, by those of the vectors.
        let fragment = fragment.replace("mw2026a.pub", "rs2026a.pub").replace("keys/tools", "keys/hs2026");
        format!("{contact}{}", fragment.replace("id: mw2026b", "id: ed2026"))
    });
    let sessions = policy.sessions().unwrap();
    assert_eq!(sessions.cookies().collect::<Vec<_>>(), ["__Host-sessionJwt", "sessionJwt"]);
    assert_eq!((sessions.reads_bearer(), sessions.parameter()), (true, Some("token")));
}

#[test]
fn the_page_has_every_status_in_the_order_of_decision() {
    let page = page();
    let table = page.split("## What a status means").nth(1).unwrap().split("##").next().unwrap();
    let places = SessionStatus::ALL.map(|status| table.find(&format!("`{status}`")).unwrap());
    assert!(places.is_sorted(), "{places:?}");
}
