//! Doc comments of Rust sources.

use syn::{Attribute, Expr, ExprLit, File, Lit, LitStr, Meta};

use crate::{Error, read};

/// Parses a file of the checkout.
pub(super) fn parse(path: &str) -> Result<File, Error> {
    syn::parse_file(&read(path)?).map_err(|why| Error::new(path, why))
}

/// The doc comment of an item, each paragraph a line.
pub(super) fn doc(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) => Some(line.value()),
            _ => None,
        },
        _ => None,
    });
    let mut text = String::new();
    for line in lines {
        let line = line.trim();
        match line {
            "" => text.push('\n'),
            _ if text.is_empty() || text.ends_with('\n') => text.push_str(line),
            _ => {
                text.push(' ');
                text.push_str(line);
            }
        }
    }
    text
}

/// What the `#[serde(…)]` attributes of an item say: `deny_unknown_fields`, `default = "yes"`, ….
pub(super) fn serde(of: &str, attributes: &[Attribute]) -> Result<Vec<(String, Option<String>)>, Error> {
    let mut found = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        let parsed = attribute.parse_nested_meta(|meta| {
            let name = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
            let value = match meta.value() {
                Ok(value) => Some(value.parse::<LitStr>()?.value()),
                Err(_) => None,
            };
            found.push((name, value));
            Ok(())
        });
        parsed.map_err(|why| Error::new(of, why))?;
    }
    Ok(found)
}
