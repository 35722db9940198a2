//! Names of metrics' labels, numbered for the life of the process.

use std::sync::{PoisonError, RwLock};

/// What stands for all names for which there was no room. No name of a policy has such characters.
pub const MORE: &str = "(more)";

/// Names and their places. A policy that is read anew finds the places of the names that it shares with those before it, so
/// that counters go on; what is not in it any more keeps its place. A bounded number of names have one of their own.
#[derive(Debug)]
pub struct Names {
    list: RwLock<Vec<Box<str>>>,
    most: usize,
}

impl Names {
    /// Place 0, of all names for which there is no room.
    const MORE_PLACE: u16 = 0;

    /// Room for `most` names beside [`MORE`].
    #[must_use]
    pub fn new(most: u16) -> Self {
        Self { list: RwLock::new(vec![MORE.into()]), most: usize::from(most).saturating_add(1) }
    }

    /// Places in all, that of [`MORE`] included.
    #[must_use]
    pub fn places(&self) -> usize {
        self.most
    }

    /// The place of a name, from 1 on; a new one takes the next that is free.
    pub fn place(&self, name: &str) -> u16 {
        let mut list = self.list.write().unwrap_or_else(PoisonError::into_inner);
        let known = list.iter().position(|known| &**known == name);
        let place = known.or_else(|| {
            let free = list.len();
            (free < self.most).then(|| {
                list.push(name.into());
                free
            })
        });
        place.and_then(|place| u16::try_from(place).ok()).unwrap_or(Self::MORE_PLACE)
    }

    /// The names that have a place so far, by place.
    #[must_use]
    pub fn list(&self) -> Vec<Box<str>> {
        self.list.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_place_and_what_is_too_much_shares_one() {
        let names = Names::new(2);
        assert_eq!([names.place("a"), names.place("b"), names.place("a")], [1, 2, 1]);
        assert_eq!([names.place("c"), names.place("d"), names.place("b")], [0, 0, 2]);
        assert_eq!(names.list(), [MORE, "a", "b"].map(Box::from));
        assert_eq!(names.places(), 3);
    }
}
