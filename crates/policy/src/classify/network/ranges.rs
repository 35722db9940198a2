/// Disjoint ranges of addresses and whom each belongs to: prefixes, flattened once so that a look-up needs no tree.
#[derive(Debug)]
pub(super) struct Ranges<A> {
    /// First address of each range, ascending.
    starts: Vec<A>,
    /// Whom the range belongs to, if anybody.
    owners: Vec<Option<u32>>,
}

/// A prefix: its first and last address, and whom it belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prefix {
    pub(super) first: u128,
    pub(super) last: u128,
    pub(super) owner: u32,
}

impl<A> Default for Ranges<A> {
    fn default() -> Self {
        Self { starts: Vec::new(), owners: Vec::new() }
    }
}

impl<A: Copy + Ord + TryFrom<u128>> Ranges<A> {
    /// Flattens prefixes; inside of a wider prefix the narrower one counts. Two prefixes never overlap in part.
    pub(super) fn flatten(mut prefixes: Vec<Prefix>) -> Self {
        prefixes.sort_unstable_by_key(|prefix| (prefix.first, std::cmp::Reverse(prefix.last)));
        let mut ranges = Self::default();
        let mut open: Vec<Prefix> = Vec::new();
        for prefix in prefixes {
            ranges.close(&mut open, Some(prefix.first));
            ranges.begin(prefix.first, Some(prefix.owner));
            open.push(prefix);
        }
        ranges.close(&mut open, None);
        ranges
    }

    /// Ends the open prefixes that lie before `next` (all of them without it), innermost first.
    fn close(&mut self, open: &mut Vec<Prefix>, next: Option<u128>) {
        while let Some(ended) = open.pop_if(|innermost| next.is_none_or(|next| innermost.last < next)) {
            if let Some(after) = ended.last.checked_add(1) {
                self.begin(after, open.last().map(|outer| outer.owner));
            }
        }
    }

    /// Begins a range; one that begins at the same address gives way.
    fn begin(&mut self, start: u128, owner: Option<u32>) {
        // The address after the last one of all is no address.
        let Ok(start) = A::try_from(start) else { return };
        if self.starts.last() == Some(&start) {
            self.owners.pop();
        } else {
            self.starts.push(start);
        }
        self.owners.push(owner);
    }

    /// Whom `address` belongs to.
    pub(super) fn find(&self, address: A) -> Option<usize> {
        let range = self.starts.partition_point(|start| *start <= address).checked_sub(1)?;
        self.owners.get(range).copied().flatten().and_then(|owner| usize::try_from(owner).ok())
    }
}
