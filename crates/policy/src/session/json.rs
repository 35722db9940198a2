//! What header and claims have in common as JSON: texts that are borrowed, members that stand once.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{Error, MapAccess};

/// A JSON string, borrowed where nothing in it is escaped.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Text<'j>(#[serde(borrow)] pub(super) Cow<'j, str>);

/// Reads the value of a member that may stand only once.
pub(super) fn once<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
    slot: &mut Option<T>,
    map: &mut A,
) -> Result<(), A::Error> {
    match slot.replace(map.next_value()?) {
        None => Ok(()),
        Some(_) => Err(A::Error::custom("a member that is given twice")),
    }
}
