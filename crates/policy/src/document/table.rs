use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_saphyr::Spanned;

/// A mapping whose keys are names that the policy chooses, in the order of the file and with the place of each key.
#[derive(Debug)]
pub struct Table<V>(pub Vec<(Spanned<String>, V)>);

impl<V> Default for Table<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Table<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<V>(PhantomData<V>);

        impl<'de, V: Deserialize<'de>> Visitor<'de> for Entries<V> {
            type Value = Table<V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mapping")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(key) = map.next_key::<Spanned<String>>()? {
                    OPEN_KEYS.with_borrow_mut(|keys| keys.push(key.value.clone()));
                    let value = map.next_value()?;
                    OPEN_KEYS.with_borrow_mut(Vec::pop);
                    entries.push((key, value));
                }
                Ok(Table(entries))
            }
        }

        deserializer.deserialize_map(Entries(PhantomData))
    }
}

thread_local! {
    /// Keys of the tables whose values are being read; what is left after an error leads to its place. Keys with a place are
    /// behind [`Spanned`], where `serde_path_to_error` does not see them and writes `?`.
    static OPEN_KEYS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// `path` with each `?` replaced by the key that was read there; ends the reading of a document.
pub(super) fn name_keys(path: &str) -> String {
    let mut keys = OPEN_KEYS.take().into_iter();
    let segments = path.split('.').map(|segment| match segment.strip_prefix('?') {
        Some(index) => keys.next().map_or_else(|| segment.to_owned(), |key| key + index),
        None => segment.to_owned(),
    });
    segments.collect::<Vec<_>>().join(".")
}
