//! Each policy in `bad/` has one defect, which its name tells; the `.txt` beside it is what a person is told.
//!
//! `UPDATE=1 cargo test -p policy --test bad_policies` writes the texts anew: read the difference before you commit it.

use std::path::{Path, PathBuf};

use policy::Policy;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad")
}

#[test]
fn each_defect_is_told_with_file_line_and_key() {
    let mut checked = 0;
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let file = entry.unwrap().path();
        if file.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let told = match Policy::load(&file) {
            Ok(_) => "compiles".to_owned(),
            Err(why) => why.to_string().replace(&format!("{}/", folder().display()), "") + "\n",
        };
        let expected = file.with_extension("txt");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&expected, &told).unwrap();
        }
        if std::fs::read_to_string(&expected).unwrap_or_default() != told {
            wrong.push(format!("{}:\n{told}", file.display()));
        }
        checked += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked >= 40, "only {checked} policies");
}

#[test]
fn a_policy_that_is_missing_or_no_text_is_told_by_its_name() {
    let missing = Policy::load(&folder().join("files/nowhere.yaml")).unwrap_err().to_string();
    assert!(missing.contains("nowhere.yaml") && missing.contains("No such file"), "{missing}");
    let folder = Policy::load(&folder()).unwrap_err().to_string();
    assert!(folder.contains("not a regular file"), "{folder}");
}
