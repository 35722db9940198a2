//! The cases: which there are and what they are called.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Error;

/// One `.vtc` file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Case {
    /// Path below the folder of the cases, without `.vtc`: `seal/forged`.
    pub name: String,
    /// Where the file lies.
    pub path: PathBuf,
}

/// Lists the cases below `folder` and its subfolders, in the order of their names.
///
/// # Errors
///
/// [`Error::File`] where a folder cannot be read, [`Error::NoCase`] where there is none.
pub fn find(folder: &Path) -> Result<Vec<Case>, Error> {
    let mut cases = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        for path in entries(&current).map_err(|source| Error::File { path: current.clone(), source })? {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "vtc") {
                cases.push(Case { name: name(folder, &path), path });
            }
        }
    }
    if cases.is_empty() {
        return Err(Error::NoCase(folder.to_owned()));
    }
    cases.sort();
    Ok(cases)
}

fn entries(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
}

fn name(folder: &Path, path: &Path) -> String {
    path.strip_prefix(folder).unwrap_or(path).with_extension("").to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str, files: &[&str]) -> PathBuf {
        let root = std::env::temp_dir().join(format!("vtc-case-{}-{name}", std::process::id()));
        fs::create_dir_all(root.join("seal")).unwrap();
        for file in files {
            fs::write(root.join(file), "").unwrap();
        }
        root
    }

    #[test]
    fn finds_cases_in_subfolders_and_nothing_else() {
        let root = folder("found", &["zero.vtc", "seal/forged.vtc", "seal/forged.vcl", "Cargo.toml"]);
        let names: Vec<_> = find(&root).unwrap().into_iter().map(|case| case.name).collect();
        fs::remove_dir_all(root).unwrap();
        assert_eq!(names, ["seal/forged", "zero"]);
    }

    #[test]
    fn a_folder_without_cases_is_an_error() {
        let root = folder("empty", &["forged.vcl"]);
        let found = find(&root);
        fs::remove_dir_all(root).unwrap();
        assert!(matches!(found, Err(Error::NoCase(_))), "{found:?}");
    }
}
