//! Patterns of a policy's classes, checked and compiled.

use std::collections::{HashMap, hash_map::Entry};

use super::{
    ENGINE, ENGINES, LEGACY_ENGINE, LEGACY_ENGINES, UaClass, UserAgents,
    product::is_product_byte,
    substrings::{HEAD_BYTES, Substrings},
};

/// Classes, built-in ones included.
pub const MAX_CLASSES: usize = ENGINE as usize;
/// Patterns of all classes together.
pub const MAX_PATTERNS: usize = 4096;
/// Bytes of one pattern or of a class's name.
pub const MAX_PATTERN_BYTES: usize = 64;

/// The patterns of one class, as a policy lists them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClassPatterns {
    /// Name of the class: a built-in one other than `none` and `bot`, or a new one of `a-z`, `0-9` and `_`.
    pub name: String,
    /// Names of products in lower case, without a version. A user agent matches that begins with one.
    pub products: Vec<String>,
    /// Substrings in lower case, of four bytes or more. A user agent matches that has one anywhere.
    pub contains: Vec<String>,
}

/// Why patterns were refused. The policy's compiler adds file and line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PatternError {
    /// More than [`MAX_CLASSES`].
    #[error(
        "class {class:?} is one too many: a policy has at most {MAX_CLASSES} classes, built-in ones included"
    )]
    TooManyClasses {
        /// The first class beyond the limit.
        class: String,
    },
    /// Not a name that a policy, a metric and a header can all carry.
    #[error("class name {class:?} is not a letter a-z followed by up to 63 of a-z, 0-9 and _")]
    ClassName {
        /// The name.
        class: String,
    },
    /// The class is listed twice.
    #[error("class {class:?} is listed twice")]
    DuplicateClass {
        /// The class.
        class: String,
    },
    /// Patterns for `none` or `bot`, which depend on what is missing and on the contact.
    #[error("class {class:?} takes no patterns: it is decided by the presence of a user agent or a contact")]
    NotByPattern {
        /// The class.
        class: String,
    },
    /// Neither products nor substrings.
    #[error("class {class:?} has neither products nor contains, so nothing could match it")]
    NoPatterns {
        /// The class.
        class: String,
    },
    /// More than [`MAX_PATTERNS`].
    #[error("class {class:?} exceeds the {MAX_PATTERNS} patterns of a policy at {value:?}")]
    TooManyPatterns {
        /// The class.
        class: String,
        /// The first pattern beyond the limit.
        value: String,
    },
    /// A pattern that is empty, too short, too long, or holds what can never match.
    #[error("class {class:?}: {key} has {value:?}, expected {expected}")]
    Malformed {
        /// The class.
        class: String,
        /// `products` or `contains`.
        key: &'static str,
        /// The pattern.
        value: String,
        /// What a pattern of that key is.
        expected: &'static str,
    },
    /// The pattern is there already, in this class or in another.
    #[error("class {class:?}: {key} has {value:?}, which class {first:?} has already")]
    Duplicate {
        /// The class.
        class: String,
        /// `products` or `contains`.
        key: &'static str,
        /// The pattern.
        value: String,
        /// The class that had it first.
        first: String,
    },
}

impl PatternError {
    /// The class that the error is about.
    #[must_use]
    pub fn class(&self) -> &str {
        match self {
            Self::TooManyClasses { class }
            | Self::ClassName { class }
            | Self::DuplicateClass { class }
            | Self::NotByPattern { class }
            | Self::NoPatterns { class }
            | Self::TooManyPatterns { class, .. }
            | Self::Malformed { class, .. }
            | Self::Duplicate { class, .. } => class,
        }
    }

    /// The pattern that the error is about; none where it is about the class itself.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        match self {
            Self::TooManyPatterns { value, .. }
            | Self::Malformed { value, .. }
            | Self::Duplicate { value, .. } => Some(value),
            _ => None,
        }
    }
}

/// One key of a class, and what its patterns are.
struct Key {
    name: &'static str,
    expected: &'static str,
    least_bytes: usize,
    accepts: fn(u8) -> bool,
}

const PRODUCTS: Key = Key {
    name: "products",
    expected: "the name of a product: 1 to 64 bytes in lower case, no white space, version or comment",
    least_bytes: 1,
    accepts: |byte| is_product_byte(byte) && !byte.is_ascii_uppercase(),
};

const CONTAINS: Key = Key {
    name: "contains",
    expected: "4 to 64 printable ASCII bytes in lower case",
    least_bytes: HEAD_BYTES,
    accepts: |byte| matches!(byte, b' '..=b'~') && !byte.is_ascii_uppercase(),
};

impl UserAgents {
    /// Compiles the classes of a policy. Those that it adds are matched in the order given, before the built-in
    /// ones; the order of built-in ones means nothing.
    ///
    /// # Errors
    /// The first pattern or name that is malformed, listed twice, or beyond a limit.
    pub fn compile(classes: &[ClassPatterns]) -> Result<Self, PatternError> {
        let mut names: Vec<Box<str>> = UaClass::BUILT_IN.into_iter().map(Box::from).collect();
        let mut patterns = Patterns::default();
        for (position, class) in classes.iter().enumerate() {
            let earlier = classes.get(..position).unwrap_or_default();
            patterns.add(class, class_for(class, earlier, &mut names)?)?;
        }
        let engines = ENGINES.into_iter().map(|token| (token, ENGINE));
        let legacy = LEGACY_ENGINES.into_iter().map(|token| (token, LEGACY_ENGINE));
        let contains = patterns.contains.iter().map(|(value, owner)| (*value, owner.class.0));
        Ok(Self {
            substrings: Substrings::new(contains.chain(engines).chain(legacy)),
            products: patterns
                .products
                .iter()
                .map(|(value, owner)| (Box::from(value.as_bytes()), owner.class))
                .collect(),
            names,
        })
    }
}

/// The built-in class of that name, or a new one.
fn class_for(
    patterns: &ClassPatterns,
    earlier: &[ClassPatterns],
    names: &mut Vec<Box<str>>,
) -> Result<UaClass, PatternError> {
    let class = || patterns.name.clone();
    if earlier.iter().any(|other| other.name == patterns.name) {
        return Err(PatternError::DuplicateClass { class: class() });
    }
    if patterns.products.is_empty() && patterns.contains.is_empty() {
        return Err(PatternError::NoPatterns { class: class() });
    }
    if let Some(index) = names.iter().position(|name| **name == *patterns.name) {
        let known = UaClass(u8::try_from(index).unwrap_or(u8::MAX));
        let matchable = known != UaClass::NONE && known != UaClass::BOT;
        return if matchable { Ok(known) } else { Err(PatternError::NotByPattern { class: class() }) };
    }
    if !is_class_name(&patterns.name) {
        return Err(PatternError::ClassName { class: class() });
    }
    let added = u8::try_from(names.len()).ok().filter(|_| names.len() < MAX_CLASSES);
    let added = added.ok_or_else(|| PatternError::TooManyClasses { class: class() })?;
    names.push(Box::from(&*patterns.name));
    Ok(UaClass(added))
}

fn is_class_name(name: &str) -> bool {
    name.len() <= MAX_PATTERN_BYTES
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// All patterns so far, each with the class that has it.
#[derive(Default)]
struct Patterns<'p> {
    products: HashMap<&'p str, Owner<'p>>,
    contains: HashMap<&'p str, Owner<'p>>,
}

#[derive(Clone, Copy)]
struct Owner<'p> {
    class: UaClass,
    name: &'p str,
}

impl<'p> Patterns<'p> {
    fn add(&mut self, patterns: &'p ClassPatterns, class: UaClass) -> Result<(), PatternError> {
        let owner = Owner { class, name: &patterns.name };
        for value in &patterns.products {
            self.check(&PRODUCTS, owner, value)?;
            insert(&mut self.products, &PRODUCTS, owner, value)?;
        }
        for value in &patterns.contains {
            self.check(&CONTAINS, owner, value)?;
            insert(&mut self.contains, &CONTAINS, owner, value)?;
        }
        Ok(())
    }

    fn check(&self, key: &Key, owner: Owner<'_>, value: &str) -> Result<(), PatternError> {
        let class = || owner.name.to_owned();
        if self.products.len().saturating_add(self.contains.len()) >= MAX_PATTERNS {
            return Err(PatternError::TooManyPatterns { class: class(), value: value.into() });
        }
        let length = key.least_bytes..=MAX_PATTERN_BYTES;
        if !length.contains(&value.len()) || !value.bytes().all(key.accepts) {
            return Err(PatternError::Malformed {
                class: class(),
                key: key.name,
                value: value.into(),
                expected: key.expected,
            });
        }
        Ok(())
    }
}

fn insert<'p>(
    patterns: &mut HashMap<&'p str, Owner<'p>>,
    key: &Key,
    owner: Owner<'p>,
    value: &'p str,
) -> Result<(), PatternError> {
    match patterns.entry(value) {
        Entry::Vacant(entry) => {
            entry.insert(owner);
            Ok(())
        }
        Entry::Occupied(entry) => Err(PatternError::Duplicate {
            class: owner.name.into(),
            key: key.name,
            value: value.into(),
            first: entry.get().name.into(),
        }),
    }
}
