use std::path::PathBuf;

use serde_saphyr::Spanned;

use super::{ClassPatterns, PatternError, UserAgents};
use crate::FileKind;
use crate::compile::Compiler;
use crate::document::{ClassDocument, ClassesDocument, UserAgentsDocument, read_document};

/// The file of classes that a policy names, as it was read.
pub(crate) struct ClassesFile {
    pub(crate) path: PathBuf,
    pub(crate) document: ClassesDocument,
}

impl UserAgents {
    /// Reads and compiles the file of classes that a policy names; only the built-in classes where it names none. What was
    /// read is left in `read`.
    pub(crate) fn from_document(
        section: &UserAgentsDocument,
        read: &mut Option<ClassesFile>,
        compiler: &mut Compiler<'_>,
    ) -> Option<Self> {
        let Some(file) = &section.classes else { return Self::compile(&[]).ok() };
        let path = compiler.named_file(&file.value, FileKind::Classes);
        if let Err(why) = std::fs::metadata(&path) {
            compiler.note(file, "user_agents.classes", format!("cannot read {}: {why}", path.display()));
            return None;
        }
        let document = read_document::<ClassesDocument>(&path, compiler.problems)?;
        let ClassesFile { path, document: classes } = read.insert(ClassesFile { path, document });
        let patterns: Vec<ClassPatterns> = classes.0.iter().map(patterns).collect();
        match Self::compile(&patterns) {
            Ok(user_agents) => Some(user_agents),
            Err(why) => {
                match place(&why, classes) {
                    Some((value, key)) => drop(compiler.in_file(path).note(value, key, why)),
                    None => drop(compiler.note(file, "user_agents.classes", why)),
                }
                None
            }
        }
    }
}

fn patterns((name, class): &(Spanned<String>, ClassDocument)) -> ClassPatterns {
    let values = |list: &[Spanned<String>]| list.iter().map(|pattern| pattern.value.clone()).collect();
    ClassPatterns {
        name: name.value.clone(),
        products: values(&class.products),
        contains: values(&class.contains),
    }
}

/// The value that an error is about, and its key.
fn place<'d>(why: &PatternError, classes: &'d ClassesDocument) -> Option<(&'d Spanned<String>, String)> {
    let class = why.class();
    let (name, patterns) = classes.0.iter().rfind(|(name, _)| name.value == class)?;
    let lists = [("products", &patterns.products), ("contains", &patterns.contains)];
    let pattern = why.value().and_then(|value| {
        let mut places =
            lists.iter().flat_map(|(key, list)| list.iter().enumerate().map(move |(n, p)| (key, n, p)));
        places.rfind(|(_, _, pattern)| pattern.value == value)
    });
    Some(match pattern {
        Some((key, n, pattern)) => (pattern, format!("{class}.{key}[{n}]")),
        None => (name, class.to_owned()),
    })
}
