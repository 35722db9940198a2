//! The keys of a policy, read from the types that serde fills: names, kinds of values, defaults, and what their doc comments say.

mod types;

use syn::Type;

use crate::Error;
use types::{Declared, Field, Types, named};

/// A mapping of the policy file: a section, or an entry of a list in one.
#[derive(Debug)]
pub struct Section {
    /// The path that leads to it, `limits[].costs[]`; empty for the file itself.
    pub path: String,
    /// What its doc comment says.
    pub doc: String,
    /// Its keys, in the order of the type.
    pub keys: Vec<Key>,
}

/// A key of a mapping.
#[derive(Debug)]
pub struct Key {
    /// The whole path: `limits[].rate`.
    pub path: String,
    /// What may stand there: `text`, `list of numbers`, ….
    pub value: String,
    /// The values of an enumeration, each with what it means.
    pub values: Vec<(String, String)>,
    /// What counts where the key is absent; `None` where it must be there.
    pub default: Option<String>,
    /// What it means: its doc comment without the sentences on the default.
    pub meaning: String,
    /// Whether a mapping stands there, or a list of them: it has a section of its own.
    pub is_section: bool,
}

/// The mappings of a document, outer before inner: `PolicyDocument` is the policy, `ClassesDocument` the file of classes.
///
/// # Errors
/// If a source cannot be read, or has a type that this does not know.
pub fn sections(root: &str) -> Result<Vec<Section>, Error> {
    let types = Types::read()?;
    let mut found = Vec::new();
    match types.get(root) {
        Some(Declared::Alias(aliased)) => {
            let shape = types.shape(aliased)?;
            shape.add_to(&types, "", &mut found)?;
        }
        _ => types.add(root, "", &mut found)?,
    }
    Ok(found)
}

/// What stands at a key: the nesting of lists and tables, and the type inside.
struct Shape {
    is_optional: bool,
    /// `[]` or `.<name>` for each list and table around the type.
    nesting: Vec<&'static str>,
    /// Name of the type inside.
    inner: String,
}

impl Types {
    /// Adds the section of a type, and those below it.
    fn add(&self, name: &str, path: &str, found: &mut Vec<Section>) -> Result<(), Error> {
        let Some(Declared::Struct { doc, fields }) = self.get(name) else {
            return Err(Error::new(name, "is no type of the policy's documents"));
        };
        let shapes = fields.iter().map(|field| self.shape(&field.ty)).collect::<Result<Vec<_>, _>>()?;
        let keys = fields.iter().zip(&shapes).map(|(field, shape)| self.key(path, field, shape));
        found.push(Section {
            path: path.to_owned(),
            doc: doc.clone(),
            keys: keys.collect::<Result<_, _>>()?,
        });
        for (field, shape) in fields.iter().zip(&shapes) {
            shape.add_to(self, &join(path, &field.name), found)?;
        }
        Ok(())
    }

    fn shape(&self, ty: &Type) -> Result<Shape, Error> {
        let mut shape = Shape { is_optional: false, nesting: Vec::new(), inner: String::new() };
        let mut next = Some(ty);
        while let Some(ty) = next {
            let (name, argument) = named(ty)?;
            match name.as_str() {
                "Option" => shape.is_optional = true,
                "Vec" => shape.nesting.push("[]"),
                "Table" => shape.nesting.push(".<name>"),
                _ => {}
            }
            next = argument;
            shape.inner = name;
        }
        Ok(shape)
    }

    fn key(&self, path: &str, field: &Field, shape: &Shape) -> Result<Key, Error> {
        let path = join(path, &field.name);
        let problem = |why: String| Error::new(path.clone(), why);
        let (inner, values) = match self.get(&shape.inner) {
            Some(Declared::Struct { .. }) => ("mapping", Vec::new()),
            Some(Declared::Enum(values)) => ("one of", values.clone()),
            Some(Declared::Alias(_)) => return Err(problem(format!("an alias, {}", shape.inner))),
            None => (
                primitive(&shape.inner).ok_or_else(|| problem(format!("a type {}", shape.inner)))?,
                Vec::new(),
            ),
        };
        let mut value = inner.to_owned();
        for nesting in shape.nesting.iter().rev() {
            value = match *nesting {
                "[]" => format!("list of {}", plural(&value)),
                _ => format!("mapping of names to {}", plural(&value)),
            };
        }
        let (said, meaning) = split_default(&field.doc);
        let default = match (said, field.has_default || shape.is_optional) {
            (said @ Some(_), true) => said,
            (Some(said), false) => return Err(problem(format!("must be there, but says \"{said}\""))),
            (None, false) => None,
            (None, true) if field.has_default_of_its_own => {
                return Err(problem("its doc comment says no \"Default …\"".to_owned()));
            }
            (None, true) => Some(implied(shape, inner)),
        };
        if meaning.is_empty() {
            return Err(problem("has no doc comment".to_owned()));
        }
        Ok(Key { path, value, values, default, meaning, is_section: inner == "mapping" })
    }
}

impl Shape {
    fn add_to(&self, types: &Types, path: &str, found: &mut Vec<Section>) -> Result<(), Error> {
        if matches!(types.get(&self.inner), Some(Declared::Struct { .. })) {
            types.add(&self.inner, &format!("{path}{}", self.nesting.concat()), found)?;
        }
        Ok(())
    }
}

fn primitive(name: &str) -> Option<&'static str> {
    Some(match name {
        "String" => "text",
        "PathBuf" => "file",
        "bool" => "true or false",
        "u8" | "u16" | "u32" => "number",
        "OneOrMany" => "text or list of texts",
        _ => return None,
    })
}

fn plural(value: &str) -> String {
    match value {
        "one of" => "values".to_owned(),
        _ => match value.strip_prefix("list of ") {
            Some(rest) => format!("lists of {rest}"),
            None => format!("{value}s"),
        },
    }
}

/// The default where no sentence says one.
fn implied(shape: &Shape, inner: &str) -> String {
    match (shape.nesting.first(), inner) {
        (Some(_), _) if !shape.is_optional => "empty",
        (None, "true or false") if !shape.is_optional => "`false`",
        (None, "mapping") if !shape.is_optional => "empty",
        _ => "none",
    }
    .to_owned()
}

/// The sentences `Default …` of a doc comment, and all the others.
fn split_default(doc: &str) -> (Option<String>, String) {
    let (mut default, mut meaning) = (None, Vec::new());
    for sentence in doc.split_inclusive(". ") {
        match sentence.strip_prefix("Default") {
            Some(rest) => {
                let rest = rest.trim_start_matches(':').trim();
                default = Some(rest.strip_suffix('.').unwrap_or(rest).to_owned());
            }
            None => meaning.push(sentence),
        }
    }
    (default, meaning.concat().trim().to_owned())
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_the_sentence_that_says_so() {
        let (default, meaning) = split_default("How long, such as `60s`. Default: 5 minutes. At most 1h.");
        assert_eq!(default.as_deref(), Some("5 minutes"));
        assert_eq!(meaning, "How long, such as `60s`. At most 1h.");
        assert_eq!(split_default("A name.").0, None);
    }

    #[test]
    fn lists_and_tables_are_in_the_path_of_what_is_inside() {
        let policy = sections("PolicyDocument").unwrap();
        let paths: Vec<_> = policy.iter().map(|section| section.path.as_str()).collect();
        for path in
            ["", "networks[]", "limits[].costs[]", "user_agents.stages.<name>[]", "provenance.sources.<name>"]
        {
            assert!(paths.contains(&path), "{path} in {paths:?}");
        }
        assert_eq!(sections("ClassesDocument").unwrap()[0].path, ".<name>");
    }
}
