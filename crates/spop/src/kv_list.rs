//! KV-LIST: the payload of hellos and disconnects (SPOE.txt, section 3.2).
//!
//! ```text
//! +----------+-------------+----------+-------------+---
//! | KV-NAME  | KV-VALUE    | KV-NAME  | KV-VALUE    | …   to the end of the frame
//! | STRING   | TYPED-DATA  | STRING   | TYPED-DATA  |
//! +----------+-------------+----------+-------------+---
//! ```

use crate::error::{Defect, Error, Field};
use crate::key::Key;
use crate::payload::Payload;
use crate::string::string;
use crate::typed_data::{TypedData, typed_data};

/// The value of an item and where in the frame it begins.
#[derive(Clone, Copy)]
struct Value<'a> {
    data: TypedData<'a>,
    start: Payload<'a>,
}

/// The items of one frame whose keys are known.
pub(crate) struct KvList<'a> {
    values: [Option<Value<'a>>; Key::ALL.len()],
}

impl<'a> KvList<'a> {
    /// Reads a payload to its end. Unknown keys are skipped, as section 3.2.4 allows; a known one that is
    /// given twice would mean one thing to the first reader and another to the last, so it is refused.
    pub(crate) fn parse(mut payload: Payload<'a>) -> Result<Self, Error> {
        let mut values = [None; Key::ALL.len()];
        while !payload.is_empty() {
            let item = payload;
            let name = payload.next(Field::ItemName, string)?;
            if name.is_empty() {
                return Err(item.malformed(Field::ItemName, Defect::EmptyName));
            }
            let key = Key::from_name(name);
            let start = payload;
            let data = payload.next(key.map_or(Field::ItemValue, Field::Item), typed_data)?;
            let Some(key) = key else { continue };
            if let Some(slot) = values.get_mut(key as usize)
                && slot.replace(Value { data, start }).is_some()
            {
                return Err(item.malformed(Field::Item(key), Defect::Duplicate));
            }
        }
        Ok(Self { values })
    }

    /// The bytes of a STRING item, if it is there.
    pub(crate) fn string(&self, key: Key) -> Result<Option<&'a [u8]>, Error> {
        self.read(key, |data| match data {
            TypedData::String(bytes) => Some(bytes),
            _ => None,
        })
    }

    /// The value of a BOOL item, if it is there.
    pub(crate) fn boolean(&self, key: Key) -> Result<Option<bool>, Error> {
        self.read(key, |data| data.as_bool())
    }

    /// An integer item, if it is there. SPOE.txt asks for a UINT32; HAProxy takes each of the integer types,
    /// and reads a negative one as the huge number that its bits are.
    pub(crate) fn integer(&self, key: Key) -> Result<Option<u64>, Error> {
        self.read(key, |data| match data {
            TypedData::Int32(value) => Some(i64::from(value).cast_unsigned()),
            TypedData::Uint32(value) => Some(value.into()),
            TypedData::Int64(value) => Some(value.cast_unsigned()),
            TypedData::Uint64(value) => Some(value),
            _ => None,
        })
    }

    /// The error for the value of an item that has the right type and yet does not do.
    pub(crate) fn malformed(&self, key: Key, defect: Defect) -> Error {
        match self.get(key) {
            Some(value) => value.start.malformed(Field::Item(key), defect),
            None => Error::Missing { key },
        }
    }

    fn get(&self, key: Key) -> Option<Value<'a>> {
        self.values.get(key as usize).copied().flatten()
    }

    fn read<T>(&self, key: Key, read: impl FnOnce(TypedData<'a>) -> Option<T>) -> Result<Option<T>, Error> {
        let Some(Value { data, .. }) = self.get(key) else { return Ok(None) };
        match read(data) {
            Some(value) => Ok(Some(value)),
            None => Err(self.malformed(key, Defect::UnexpectedType { found: data.data_type() })),
        }
    }
}

/// The value of a mandatory item.
pub(crate) fn required<T>(key: Key, value: Option<T>) -> Result<T, Error> {
    value.ok_or(Error::Missing { key })
}
