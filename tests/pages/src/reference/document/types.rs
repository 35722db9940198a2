//! What the sources of the documents declare.

use std::collections::BTreeMap;

use syn::{Attribute, Fields, GenericArgument, Item, ItemEnum, ItemStruct, PathArguments, Type};

use crate::reference::source::{doc, parse, serde};
use crate::{Error, repository};

/// The file of the type of a whole policy.
const ROOT_FILE: &str = "crates/policy/src/document.rs";
/// Where the types of the sections are.
const FOLDER: &str = "crates/policy/src/document";

/// Types by name.
pub(super) struct Types(BTreeMap<String, Declared>);

/// A type.
pub(super) enum Declared {
    Struct {
        doc: String,
        fields: Vec<Field>,
    },
    /// Values as the file has them, each with what it means.
    Enum(Vec<(String, String)>),
    Alias(Type),
}

/// A field of a struct.
pub(super) struct Field {
    pub(super) name: String,
    pub(super) doc: String,
    pub(super) ty: Type,
    /// Whether it may be absent although its type is no `Option`.
    pub(super) has_default: bool,
    /// Whether its default is not that of its type, so that the doc comment has to say it.
    pub(super) has_default_of_its_own: bool,
}

impl Types {
    /// Reads all sources of the documents.
    pub(super) fn read() -> Result<Self, Error> {
        let problem = |why: std::io::Error| Error::new(FOLDER, why);
        let mut files = vec![ROOT_FILE.to_owned()];
        for entry in std::fs::read_dir(repository().join(FOLDER)).map_err(problem)? {
            files.push(format!("{FOLDER}/{}", entry.map_err(problem)?.file_name().to_string_lossy()));
        }
        let mut types = BTreeMap::new();
        for file in files {
            for item in parse(&file)?.items {
                types.extend(declared(item)?);
            }
        }
        Ok(Self(types))
    }

    /// The type of this name, if it is one of the documents'.
    pub(super) fn get(&self, name: &str) -> Option<&Declared> {
        self.0.get(name)
    }
}

fn declared(item: Item) -> Result<Option<(String, Declared)>, Error> {
    Ok(match item {
        Item::Struct(item) => declared_struct(item)?,
        Item::Enum(item) => Some(declared_enum(item)?),
        Item::Type(item) => Some((item.ident.to_string(), Declared::Alias(*item.ty))),
        _ => None,
    })
}

fn declared_struct(item: ItemStruct) -> Result<Option<(String, Declared)>, Error> {
    let name = item.ident.to_string();
    let of_container = known(&name, &item.attrs, &["deny_unknown_fields", "default"])?;
    let container_default = of_container.iter().any(|(name, _)| name == "default");
    let Fields::Named(fields) = item.fields else { return Ok(None) };
    let mut declared = Vec::new();
    for field in fields.named {
        let default = known(&name, &field.attrs, &["default"])?.pop();
        declared.push(Field {
            name: field.ident.map(|name| name.to_string()).unwrap_or_default(),
            doc: doc(&field.attrs),
            ty: field.ty,
            has_default: container_default || default.is_some(),
            has_default_of_its_own: container_default
                || default.is_some_and(|(_, function)| function.is_some()),
        });
    }
    Ok(Some((name, Declared::Struct { doc: doc(&item.attrs), fields: declared })))
}

fn declared_enum(item: ItemEnum) -> Result<(String, Declared), Error> {
    let enumeration = item.ident.to_string();
    let renamed = known(&enumeration, &item.attrs, &["rename_all"])?.pop();
    let is_lower = match renamed {
        None => false,
        Some((_, Some(case))) if case == "lowercase" => true,
        Some(_) => {
            return Err(Error::new(enumeration, "is renamed in a way that the reference does not know"));
        }
    };
    let mut values = Vec::new();
    for variant in item.variants {
        let name = match known(&enumeration, &variant.attrs, &["rename"])?.pop() {
            Some((_, Some(name))) => name,
            _ if is_lower => variant.ident.to_string().to_lowercase(),
            _ => variant.ident.to_string(),
        };
        values.push((name, doc(&variant.attrs)));
    }
    Ok((enumeration, Declared::Enum(values)))
}

/// The attributes of serde of an item. One that is not `expected` could make another file of it than the reference says.
fn known(
    of: &str,
    attributes: &[Attribute],
    expected: &[&str],
) -> Result<Vec<(String, Option<String>)>, Error> {
    let found = serde(of, attributes)?;
    match found.iter().find(|(name, _)| !expected.contains(&name.as_str())) {
        Some((name, _)) => {
            Err(Error::new(of, format!("has serde({name}), which the reference does not know")))
        }
        None => Ok(found),
    }
}

/// The name of a type and its argument: `Vec` and `String` of `Vec<String>`.
pub(super) fn named(ty: &Type) -> Result<(String, Option<&Type>), Error> {
    let Type::Path(path) = ty else { return Err(Error::new(FOLDER, "a field whose type has no name")) };
    let Some(last) = path.path.segments.last() else { return Err(Error::new(FOLDER, "an empty type")) };
    let argument = match &last.arguments {
        PathArguments::AngleBracketed(arguments) => {
            arguments.args.iter().find_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })
        }
        _ => None,
    };
    Ok((last.ident.to_string(), argument))
}
